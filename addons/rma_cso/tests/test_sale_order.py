from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestSaleOrder(RmaCommon):
    def test_an_order_counts_its_cases_and_not_its_positions(self):
        line = self._create_delivered_line(3)
        self.assertEqual(line.order_id.cso_rma_count, 0)
        lots = self._get_lots(line).sorted("id")
        first = self._create_position(line, lot_ids=lots[0])
        self._create_position(line, cart=first.rma_id, lot_ids=lots[1])
        self.assertEqual(line.order_id.cso_rma_count, 0)
        first.rma_id._submit()
        self._create_case(line, lot_ids=lots[2])
        self.env.invalidate_all()
        self.assertEqual(line.order_id.cso_rma_count, 2)

    def test_the_button_opens_the_case_or_the_list(self):
        line = self._create_delivered_line(2)
        lots = self._get_lots(line).sorted("id")
        first = self._create_case(line, lot_ids=lots[0])
        self.assertEqual(line.order_id.action_view_cso_rma()["res_id"], first.rma_id.id)
        second = self._create_case(line, lot_ids=lots[1])
        domain = line.order_id.action_view_cso_rma()["domain"]
        self.assertEqual(self.env["cso.rma"].search(domain), (first | second).rma_id)

    def test_counting_takes_the_same_queries_for_two_and_for_many_orders(self):
        orders = self.env["sale.order"]
        for _number in range(4):
            position = self._create_case(self._create_delivered_line())
            orders |= position.order_id
        counts = []
        for some in (orders[:2], orders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.mapped("cso_rma_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
