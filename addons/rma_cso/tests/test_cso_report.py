from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoReport(RmaCommon):
    def _read(self, positions, *measures):
        self.env.flush_all()
        domain = [("position_id", "in", positions.ids)]
        return self.env["cso.report"]._read_group(domain, [], measures)[0]

    def test_positions_are_counted_with_their_days_rates_and_amounts(self):
        line = self._create_delivered_line(price=100.0, quantity=3)
        first = self._create_tested_position(line, "commercial")
        lots = self._get_lots(line).sorted("id")
        second = self._create_tested_position(line, "defect", lot_ids=lots[1])
        second.test_result = "no_fault"
        waiting = self._create_case(line, "defect", lot_ids=lots[2])
        self._decide_credit(first).action_post()
        found = self._read(
            first | second | waiting,
            *("position_count:sum", "no_fault_rate:avg", "credited_amount:sum"),
            *("fee_amount:sum", "claimed_amount:sum"),
        )
        self.assertEqual(found, (3, 50.0, 100.0, 10.0, 300.0))

    def test_the_age_of_open_ones_is_grouped(self):
        position = self._create_case(self._create_delivered_line())
        for days, group in ((1, "1"), (4, "2"), (8, "3"), (20, "4"), (60, "5")):
            with self.subTest(days):
                moment = self.env.cr.now() - timedelta(days=days)
                position.rma_id.sudo().submitted_on = moment
                self.env.flush_all()
                row = self.env["cso.report"].search([("position_id", "=", position.id)])
                row.invalidate_recordset()
                self.assertEqual((row.age_group, row.is_open), (group, True))

    def test_a_row_opens_its_position(self):
        position = self._create_case(self._create_delivered_line())
        self.env.flush_all()
        row = self.env["cso.report"].search([("position_id", "=", position.id)])
        self.assertEqual(row.action_open_position()["res_id"], position.id)

    def test_others_read_no_figures_of_the_desk(self):
        user = self._create_clerk("seller", "sales_team.group_sale_salesman")
        for model in ("cso.report", "cso.return.rate"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])
