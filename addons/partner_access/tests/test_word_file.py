import random

from odoo.tests import BaseCase, tagged

from ..tools.refused_file import RefusedFile
from ..tools.word_file import check_doc, check_docx
from .file_common import make_doc, make_docx, make_relation


@tagged("post_install", "-at_install")
class TestWordFile(BaseCase):
    def test_links_to_sites_and_to_the_template_of_the_office_are_taken(self):
        for kind, target in (
            ("http://x/hyperlink", "https://x.example"),
            ("http://x/attachedTemplate", "file:///C:/Letter.dotx"),
        ):
            with self.subTest(kind=kind):
                relations = make_relation(kind, target)
                check_docx(make_docx(**{"word/_rels/document.xml.rels": relations}))

    def test_a_table_inside_a_letter_is_taken(self):
        check_docx(make_docx(**{"word/embeddings/Microsoft_Excel_Sheet.xlsx": "x"}))

    def test_a_document_with_a_password_is_told_so(self):
        with self.assertRaisesRegex(RefusedFile, "locked"):
            check_docx(make_doc("EncryptedPackage"))

    def test_broken_bytes_are_refused_or_taken_and_never_fail(self):
        chance = random.Random(4)
        for check, document in ((check_docx, make_docx()), (check_doc, make_doc())):
            for _number in range(200):
                broken = bytearray(document)
                for _place in range(3):
                    broken[chance.randrange(len(broken))] = chance.randrange(256)
                try:
                    check(bytes(broken))
                except RefusedFile as refused:
                    self.assertTrue(refused.reason)
