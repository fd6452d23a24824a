from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoExtend(RmaCommon):
    def _extend(self, positions, user=None, **values):
        wizard = (
            self.env["cso.extend"]
            .with_user(user or self._create_clerk())
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
            .create({"text": "Carrier on strike"} | values)
        )
        wizard.action_extend()
        return wizard

    def _create_expired(self, line=None):
        position = self._create_case(line or self._create_delivered_line())
        position.valid_until = self.today - timedelta(days=1)
        position._close("expired")
        return position

    def test_the_dialog_proposes_as_many_days_more_as_the_reason_gives(self):
        position = self._create_case(self._create_delivered_line())
        self._extend(position)
        self.assertEqual(position.valid_until, self.today + timedelta(days=10))

    def test_the_dialog_proposes_days_from_today_for_what_has_expired(self):
        position = self._create_expired()
        self._extend(position)
        self.assertEqual(position.valid_until, self.today + timedelta(days=5))

    def test_the_reason_of_an_extension_is_kept_and_mailed(self):
        position = self._create_case(self._create_delivered_line())
        self._extend(position, until=self.today + timedelta(days=30))
        self.assertEqual(position.extension_text, "Carrier on strike")
        self.assertIn("Carrier on strike", position.rma_id.message_ids[0].body)
        events = self.env["cso.notification"].search([("rma_id", "=", position.rma_id.id)])
        self.assertIn("extended", events.mapped("event"))

    def test_what_has_expired_is_opened_again_and_expected(self):
        position = self._create_expired()
        self.assertEqual(set(position.move_ids.mapped("state")), {"cancel"})
        self._extend(position, until=self.today + timedelta(days=3))
        self.assertEqual((position.state, position.holds_units), ("authorised", True))
        self.assertFalse(position.closed_on)
        self.assertIn("assigned", position.move_ids.mapped("state"))

    def test_what_has_expired_stays_closed_when_its_units_are_claimed_elsewhere(self):
        line = self._create_delivered_line()
        position = self._create_expired(line)
        self._create_case(line)
        with self.assertRaisesRegex(UserError, "claimed"):
            self._extend(position, until=self.today + timedelta(days=3))

    def test_two_expired_positions_do_not_take_the_same_units(self):
        line = self._create_delivered_line(product=self._create_product(), quantity=2)
        positions = self._create_expired(line) | self._create_expired(line)
        self._extend(positions, until=self.today + timedelta(days=3))
        self.assertEqual(line.cso_claimed_qty, 2)

    def test_what_was_sent_or_refused_is_not_extended(self):
        clerk = self._create_clerk()
        sent = self._create_case(self._create_delivered_line())
        sent._mark_sent()
        refused = self._create_case(self._create_delivered_line())
        refused._refuse("No")
        for position in (sent, refused):
            with self.subTest(position.state), self.assertRaisesRegex(UserError, "waited for"):
                self._extend(position, clerk, until=self.today + timedelta(days=9))

    def test_who_is_not_of_the_desk_extends_nothing(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaises(AccessError):
            self._extend(position, self._create_clerk("s", "sales_team.group_sale_manager"))
