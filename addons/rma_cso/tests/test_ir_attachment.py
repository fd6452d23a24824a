import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.partner_access.tests.file_common import make_photo

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestIrAttachment(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.colleague = cls._create_portal_user("noor", cls.branch)
        cls.stranger = cls._create_portal_user("hans", cls.stranger_company)

    def create_file(self, user=None, **values):
        attachments_sudo = self.env["ir.attachment"].with_user(user or self.user).sudo()
        return attachments_sudo.create(
            {"name": "box.jpg", "raw": make_photo(), "cso_kind": "other", **values}
        )

    def test_the_users_of_a_customer_share_the_files_of_a_day(self):
        self.env.company.cso_day_files = 2
        self.create_file()
        self.create_file(self.colleague)
        with self.assertRaisesRegex(UserError, "2 files"):
            self.create_file()
        self.assertTrue(self.create_file(self.stranger))
        self.assertTrue(self.create_file(cso_kind=False))

    def test_the_files_of_yesterday_are_not_counted(self):
        self.env.company.cso_day_files = 1
        file = self.create_file()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = now() - interval '25 hours' WHERE id = %s",
            [file.id],
        )
        file.invalidate_recordset()
        self.assertTrue(self.create_file())

    def test_megabytes_are_counted_too(self):
        self.env.company.cso_day_megabytes = 1
        with self.assertRaisesRegex(UserError, "1 MB"):
            self.create_file(raw=make_photo().ljust(1024 * 1024 + 1, b"\0"))

    def test_the_desk_has_no_limit_of_a_day(self):
        self.env.company.cso_day_files = 1
        clerk = self._create_clerk()
        self.assertTrue(self.create_file(clerk) + self.create_file(clerk))

    def test_a_photo_of_a_return_is_not_made_smaller(self):
        photo = make_photo(size=(4032, 3024))
        with Image.open(io.BytesIO(self.create_file(raw=photo).raw)) as image:
            self.assertEqual(image.size, (4032, 3024))

    def test_a_customer_does_not_read_the_slot_by_himself(self):
        file = self.create_file().with_user(self.user)
        with self.assertRaises(AccessError):
            file.read(["cso_kind"])
