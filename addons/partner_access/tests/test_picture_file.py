import io
import random

from PIL import Image

from odoo.tests import BaseCase, tagged

from ..tools.picture_file import clean_jpeg, clean_png
from ..tools.refused_file import RefusedFile
from .file_common import make_exif, make_photo


@tagged("post_install", "-at_install")
class TestPictureFile(BaseCase):
    def test_every_way_to_hold_a_phone_is_kept(self):
        for orientation in range(1, 9):
            with self.subTest(orientation=orientation):
                photo = clean_jpeg(make_photo(exif=make_exif(orientation)))
                with Image.open(io.BytesIO(photo)) as image:
                    self.assertEqual(image.getexif().get(0x0112, 1), orientation)

    def test_a_photo_of_twelve_million_pixels_keeps_them_all(self):
        photo = make_photo(size=(4032, 3024), quality=90)
        with Image.open(io.BytesIO(clean_jpeg(photo))) as image:
            self.assertEqual(image.size, (4032, 3024))

    def test_the_colours_of_a_photo_are_kept(self):
        photo = make_photo(icc_profile=b"profile of the camera")
        with Image.open(io.BytesIO(clean_jpeg(photo))) as image:
            self.assertEqual(image.info["icc_profile"], b"profile of the camera")

    def test_broken_bytes_are_refused_or_cleaned_and_never_fail(self):
        chance = random.Random(4)
        for clean, photo in ((clean_jpeg, make_photo()), (clean_png, make_photo("PNG"))):
            for _number in range(200):
                broken = bytearray(photo)
                for _place in range(3):
                    broken[chance.randrange(2, len(broken))] = chance.randrange(256)
                try:
                    self.assertTrue(clean(bytes(broken)))
                except RefusedFile as refused:
                    self.assertIn(refused.reason, ("damaged", "incomplete", "mixed", "pixels"))

    def test_a_photo_with_more_scans_than_any_camera_writes_is_refused(self):
        photo = make_photo(progressive=True)
        scan = photo[photo.index(b"\xff\xda") : -2]
        with self.assertRaisesRegex(RefusedFile, "incomplete"):
            clean_jpeg(photo[:-2] + scan * 120 + b"\xff\xd9")
