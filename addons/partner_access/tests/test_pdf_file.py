import io

from odoo.tests import BaseCase, tagged
from odoo.tools.pdf import OdooPdfFileWriter

from ..tools.pdf_file import check_pdf
from ..tools.refused_file import RefusedFile
from .file_common import make_pdf


def make_invoice(*names):
    """Return a PDF with files inside, as electronic invoices have them."""
    writer, content = OdooPdfFileWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    for name in names:
        writer.addAttachment(name, b"<Invoice/>", subtype="text/xml")
    writer.write(content)
    return content.getvalue().rstrip() + b"\n"


@tagged("post_install", "-at_install")
class TestPdfFile(BaseCase):
    def test_a_pdf_that_opens_at_a_page_or_links_to_a_site_is_taken(self):
        check_pdf(make_pdf(b"<< /OpenAction [3 0 R /Fit] >>", b"<< /S /URI /URI (x) >>"))
        check_pdf(make_pdf(packed=[b"<< /Type /Page >>"] * 50))
        check_pdf(make_pdf() + b"\n" + make_pdf()[9:])

    def test_an_invoice_with_its_data_inside_is_taken_other_files_inside_are_not(self):
        check_pdf(make_invoice("factur-x.xml"))
        for names in (["run.exe"], ["factur-x.xml", "run.exe"]):
            with self.subTest(names=names), self.assertRaisesRegex(RefusedFile, "active"):
                check_pdf(make_invoice(*names))

    def test_what_is_packed_is_unpacked_up_to_a_limit_only(self):
        bomb = [b"<< /Type /Page >>" * 100_000] * 60
        with self.assertRaisesRegex(RefusedFile, "large"):
            check_pdf(make_pdf(packed=bomb))

    def test_a_packed_part_that_cannot_be_read_is_refused(self):
        content = make_pdf(packed=[b"<< /Type /Page >>"]).replace(b"\x78\x9c", b"\x00\x00")
        with self.assertRaisesRegex(RefusedFile, "damaged"):
            check_pdf(content)
