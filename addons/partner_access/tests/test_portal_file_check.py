import io
from unittest.mock import patch

from PIL import Image

from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged

from .file_common import make_attacks, make_doc, make_docx, make_exif, make_pdf, make_photo


@tagged("post_install", "-at_install")
class TestPortalFileCheck(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.check = cls.env["portal.file.check"]

    def get_content(self, name, content):
        return self.check._prepare_attachment_values(name, content)["raw"]

    def test_the_six_kinds_are_taken_by_their_content(self):
        files = {
            "scan.pdf": (make_pdf(b"<< /Type /Catalog >>"), "application/pdf"),
            "photo.PNG": (make_photo("PNG"), "image/png"),
            "photo.jpg": (make_photo(), "image/jpeg"),
            "photo.jpeg": (make_photo(progressive=True), "image/jpeg"),
            "letter.doc": (make_doc(), "application/msword"),
        }
        for name, (content, mimetype) in files.items():
            with self.subTest(name=name):
                values = self.check._prepare_attachment_values(name, content)
                self.assertEqual((values["name"], values["mimetype"]), (name, mimetype))
        values = self.check._prepare_attachment_values("letter.docx", make_docx())
        self.assertIn("wordprocessingml", values["mimetype"])

    def test_what_is_no_honest_file_of_the_six_kinds_is_refused_with_the_reason(self):
        for name, (content, reason) in make_attacks().items():
            with self.subTest(name=name):
                with self.assertRaises(UserError) as refusal:
                    self.get_content(name, content)
                self.assertIn(name, str(refusal.exception))
                self.assertIn(reason, str(refusal.exception))

    def test_a_file_above_20_mb_is_refused(self):
        photo = make_photo()
        limit = 20 * 1024 * 1024
        self.assertTrue(self.get_content("photo.jpg", photo.ljust(limit, b"\0")))
        with self.assertRaisesRegex(UserError, "photo.jpg is larger than 20 MB"):
            self.get_content("photo.jpg", photo.ljust(limit + 1, b"\0"))

    def test_a_picture_of_too_many_pixels_is_refused_by_its_header(self):
        content = io.BytesIO()
        Image.new("1", (9000, 6000)).save(content, "PNG")
        small = make_photo("PNG")
        with patch.object(Image.Image, "load", side_effect=AssertionError("decoded")):
            self.assertTrue(self.get_content("photo.png", small))
            with self.assertRaisesRegex(UserError, "50 million"):
                self.get_content("huge.png", content.getvalue())

    def test_a_photo_loses_its_place_and_keeps_its_pixels_and_its_orientation(self):
        photo = make_photo(exif=make_exif(orientation=6), comment=b"Mira's phone")
        kept = self.get_content("photo.jpg", photo)
        self.assertNotIn(b"Mira", kept)
        self.assertNotIn(b"Phone of", kept)
        with Image.open(io.BytesIO(photo)) as before, Image.open(io.BytesIO(kept)) as after:
            self.assertEqual(dict(after.getexif()), {0x0112: 6})
            self.assertEqual(after.tobytes(), before.tobytes())

    def test_what_phones_add_behind_a_photo_is_left_out(self):
        photo = make_photo()
        kept = self.get_content("photo.jpg", photo + make_photo(size=(9, 9)) + b"SEFT moving")
        self.assertTrue(kept.endswith(b"\xff\xd9"))
        self.assertNotIn(b"SEFT", kept)
        self.assertEqual(kept.count(b"\xff\xd8\xff"), 1)

    def test_texts_in_a_screen_picture_are_left_out_and_its_pixels_kept(self):
        picture = make_photo("PNG", exif=make_exif())
        kept = self.get_content("screen.png", picture + b"more")
        self.assertNotIn(b"eXIf", kept)
        self.assertTrue(kept.endswith(b"IEND\xaeB`\x82"))
        with Image.open(io.BytesIO(picture)) as before, Image.open(io.BytesIO(kept)) as after:
            self.assertEqual(after.tobytes(), before.tobytes())

    def test_a_name_is_reduced_to_its_last_part(self):
        names = {
            "../../etc/pass.png": "pass.png",
            "C:\\photos\\box.jpg": "box.jpg",
            "a\x00b\n.pdf": "ab.pdf",
            "gpj.\u202eexe.jpg": "gpj.exe.jpg",
            "x" * 300 + ".pdf": "x" * 100 + ".pdf",
        }
        for name, clean in names.items():
            with self.subTest(name=name):
                self.assertEqual(self.check._clean_name(name), clean)
