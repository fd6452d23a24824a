import io
import zipfile
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .portal_common import make_picture

WORD_PARTS = ("[Content_Types].xml", "word/document.xml")


def make_zip(*names):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestCsoFileCheck(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["cso.file.check"]
        word = bytes.fromhex("D0CF11E0A1B11AE1") + "WordDocument".encode("utf-16-le")
        cls.good = {
            "scan.pdf": b"%PDF-1.4\n...\n%%EOF\n",
            "photo.PNG": make_picture("PNG"),
            "photo.jpg": make_picture("JPEG"),
            "photo.jpeg": make_picture("JPEG"),
            "letter.docx": make_zip(*WORD_PARTS),
            "letter.doc": word,
        }

    def test_the_six_kinds_are_taken_by_their_content(self):
        for name, content in self.good.items():
            with self.subTest(name=name):
                self.assertTrue(self.check._check_file(name, content))

    def test_what_is_not_what_its_name_says_is_refused(self):
        picture = make_picture("PNG")
        bad = {
            "program.png": b"MZ\x90\x00" + b"x" * 100,
            "empty.pdf": b"",
            "page.html": b"<html></html>",
            "drawing.svg": b"<svg onload='alert(1)'/>",
            "cut.png": picture[: len(picture) // 2],
            "other.jpg": picture,
            "half.pdf": b"%PDF-1.4 but it never ends",
            "page.pdf": b"<html>%PDF-1.4 %%EOF</html>",
            "archive.docx": make_zip("a.txt"),
            "macro.docx": make_zip(*WORD_PARTS, "word/vbaProject.bin"),
            "sheet.doc": bytes.fromhex("D0CF11E0A1B11AE1") + b"Workbook",
            "noname": picture,
        }
        for name, content in bad.items():
            with self.subTest(name=name), self.assertRaisesRegex(UserError, name):
                self.check._check_file(name, content)

    def test_a_file_above_20_mb_is_refused(self):
        with self.assertRaisesRegex(UserError, "20 MB"):
            self.check._check_file("scan.pdf", b"%PDF-" + b"x" * (20 * 1024 * 1024))

    def test_a_picture_of_too_many_pixels_is_refused_by_its_header(self):
        content = io.BytesIO()
        Image.new("1", (9000, 6000)).save(content, "PNG")
        small = make_picture("PNG")
        with patch.object(Image.Image, "load", side_effect=AssertionError("decoded")):
            self.assertTrue(self.check._check_file("photo.png", small))
            with self.assertRaisesRegex(UserError, "50 million"):
                self.check._check_file("huge.png", content.getvalue())

    def test_a_name_is_reduced_to_its_last_part(self):
        names = {
            "../../etc/pass.png": "pass.png",
            "C:\\photos\\box.jpg": "box.jpg",
            "a\x00b\n.pdf": "ab.pdf",
            "x" * 300 + ".pdf": "x" * 100 + ".pdf",
        }
        for name, clean in names.items():
            with self.subTest(name=name):
                self.assertEqual(self.check._clean_name(name), clean)
