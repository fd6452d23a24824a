from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoStandardText(RmaCommon):
    def test_the_manager_writes_the_texts_and_the_clerk_reads_them(self):
        manager = self._create_clerk("head", "rma_cso.group_cso_manager")
        text = (
            self.env["cso.standard.text"]
            .with_user(manager)
            .create({"name": "Seal", "kind": "refuse", "text": "The seal is broken."})
        )
        text = text.with_user(self._create_clerk())
        self.assertEqual(text.text, "The seal is broken.")
        with self.assertRaises(AccessError):
            text.text = "Nobody reads this"

    def test_who_is_not_of_the_desk_reads_no_text(self):
        seller = self._create_clerk("seller", "sales_team.group_sale_manager")
        self.assertFalse(self.env["cso.standard.text"].with_user(seller).has_access("read"))
