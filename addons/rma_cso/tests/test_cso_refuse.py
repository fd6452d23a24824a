from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoRefuse(RmaCommon):
    def _refuse(self, position, user):
        wizard = (
            self.env["cso.refuse"]
            .with_user(user)
            .with_context(active_model="cso.rma.line", active_ids=position.ids)
            .create({"text": "The seal is broken."})
        )
        wizard.action_refuse()

    def test_a_clerk_refuses_with_a_text(self):
        position = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        self._refuse(position, self._create_clerk())
        self.assertEqual(position.state, "refused")
        self.assertEqual(position.refusal_text, "The seal is broken.")
        self.assertIn("The seal is broken.", position.rma_id.message_ids[0].body)

    def test_who_is_not_of_the_desk_refuses_nothing(self):
        position = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        with self.assertRaises(AccessError):
            self._refuse(position, self._create_clerk("seller", "sales_team.group_sale_manager"))
