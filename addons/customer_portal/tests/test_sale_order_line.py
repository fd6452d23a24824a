from freezegun import freeze_time

from odoo.fields import Date, Domain
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleOrderLine(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("line_buyer", cls.branch)

    def _find(self, number, number_type="any", user=None, **values):
        lines = self.env["sale.order.line"].with_user(user or self.user)
        return lines._get_portal_lines(number, number_type, **values)[0]

    def test_a_confirmed_line_is_confirmed(self):
        line = self._create_order().order_line
        self.assertEqual((line.customer_status, line.customer_open_qty), ("confirmed", 10))

    def test_a_quotation_has_no_status(self):
        self.assertFalse(self._create_order(confirm=False).order_line.customer_status)

    def test_a_line_shipped_in_part_is_partial(self):
        self._put_in_stock(quantity=4)
        order = self._create_order()
        self._ship(order)
        line = order.order_line
        self.assertEqual(line.customer_status, "partial")
        self.assertEqual((line.customer_shipped_qty, line.customer_open_qty), (4, 6))

    def test_a_shipped_line_is_delivered_until_it_is_invoiced(self):
        self._put_in_stock()
        order = self._create_order()
        self._ship(order)
        self.assertEqual(order.order_line.customer_status, "delivered")
        self._invoice(order)
        self.assertEqual(order.order_line.customer_status, "fulfilled")

    def test_a_draft_invoice_does_not_count(self):
        self._put_in_stock()
        order = self._create_order()
        self._ship(order)
        order._create_invoices()
        self.assertEqual(order.order_line.customer_status, "delivered")

    def test_free_lines_count_as_invoiced(self):
        self._put_in_stock()
        order = self._create_order(lines=[{"price_unit": 0}])
        self._ship(order)
        self.assertEqual(order.order_line.customer_status, "fulfilled")

    def test_a_return_does_not_turn_the_status_back(self):
        self._put_in_stock()
        order = self._create_order()
        picking = self._ship(order)
        self._invoice(order)
        self._return(picking, 3)
        line = order.order_line
        self.assertEqual(line.qty_delivered, 7)
        self.assertEqual(line.customer_shipped_qty, 10)
        self.assertEqual(line.customer_status, "fulfilled")

    def test_a_credit_note_does_not_turn_the_status_back(self):
        self._put_in_stock()
        order = self._create_order()
        self._ship(order)
        self._credit(self._invoice(order))
        self.assertEqual(order.order_line.qty_invoiced, 0)
        self.assertEqual(order.order_line.customer_status, "fulfilled")

    def test_a_license_counts_by_what_was_sent(self):
        order = self._create_order(lines=[(self._create_license(), 2)])
        self.assertEqual(order.order_line.customer_status, "confirmed")
        order.order_line.qty_delivered = 1
        self.assertEqual(order.order_line.customer_status, "partial")
        order.order_line.qty_delivered = 2
        self.assertEqual(order.order_line.customer_status, "delivered")

    def test_a_line_set_to_nothing_is_cancelled(self):
        order = self._create_order()
        order.order_line.product_uom_qty = 0
        self.assertEqual(order.order_line.customer_status, "cancelled")

    def test_a_drop_shipment_counts_as_shipped(self):
        order = self._create_route_order(self.dropship)
        purchase = self._get_purchase_lines(order).order_id
        purchase.button_confirm()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.assertEqual(order.order_line.customer_shipped_qty, 10)

    def test_the_first_full_date_is_the_promise(self):
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-03")
        self.env.cr.flush()
        purchase.order_line.supplier_eta = "2031-12-11"
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_promised, Date.to_date("2031-12-03"))
        self.assertTrue(order.order_line.eta_is_later)
        self.assertEqual(order.order_line._get_portal_eta()["days_later"], 8)

    def test_an_earlier_date_is_not_late(self):
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        purchase.order_line.supplier_eta = "2031-12-03"
        self.env.cr.flush()
        self.assertFalse(order.order_line.eta_is_later)

    def test_a_date_taken_back_is_late(self):
        order = self._create_order()
        purchase = self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        purchase.order_line.supplier_eta = False
        self.env.cr.flush()
        self.assertTrue(order.order_line.eta_is_later)
        self.assertTrue(order.order_line._get_portal_eta()["is_taken_back"])

    def test_a_date_that_passed_without_goods_is_late(self):
        order = self._create_order()
        self._create_purchase(10, self._in_days(-3))
        self.env.cr.flush()
        eta = order.order_line._get_portal_eta(Date.today())
        self.assertTrue(eta["is_overdue"])
        self.assertEqual(eta["days_later"], 0)
        self.assertIn(
            order.order_line,
            self.env["sale.order.line"].search(order.order_line._get_late_domain()),
        )

    def test_goods_ship_two_working_days_after_the_eta(self):
        order = self._create_order()
        self._create_purchase(10, "2026-12-11")
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_ship_last, Date.to_date("2026-12-15"))

    def _create_line_with_dates(self, *days):
        order = self._create_order(lines=[(self._create_product(), 2 * len(days))])
        for day in days:
            self._create_purchase(2, day, order.order_line.product_id)
        self.env.cr.flush()
        return order.order_line

    def test_a_period_finds_dates_in_it_not_ranges_that_span_it(self):
        line = self._create_line_with_dates("2031-12-01", "2031-12-20")
        cases = [
            ("2031-12-01", "2031-12-01", True),
            ("2031-12-02", "2031-12-19", False),
            ("2031-12-02", "2031-12-20", True),
            ("2031-12-21", None, False),
            ("2031-12-20", None, True),
            (None, "2031-11-30", False),
            (None, "2031-12-01", True),
            (None, None, True),
        ]
        for date_from, date_to, expected in cases:
            with self.subTest(date_from=date_from, date_to=date_to):
                domain = line._get_eta_between_domain(date_from, date_to)
                self.assertEqual(bool(line.search(domain & Domain("id", "=", line.id))), expected)
                self.assertEqual(bool(line.filtered_domain(domain)), expected)

    @freeze_time("2031-12-10 12:00:00")
    def test_a_line_arrives_this_week_when_one_of_its_dates_does(self):
        spans = self._create_line_with_dates("2031-12-01", "2031-12-20")
        arrives = self._create_line_with_dates("2031-12-01", "2031-12-14")
        found = spans.search(
            spans._get_arriving_domain() & Domain("id", "in", (spans | arrives).ids)
        )
        self.assertEqual(found, arrives)
        self.assertEqual(spans._count_open_lines(Domain("id", "in", found.ids))[1], 1)

    def test_lines_are_found_by_every_number(self):
        product = self._create_serial_product(
            maker_part_number="960-000972", barcode="5099206045200", default_code="LOG-1"
        )
        self._put_in_stock(product, serials=["SN_0001"])
        order = self._create_order(lines=[(product, 1)], client_order_ref="PO 7781")
        picking = self._ship(order)
        invoice = self._invoice(order)
        self.env["product.customer.code"].create(
            {"partner_id": self.office.id, "product_id": product.id, "code": "88-120"}
        )
        numbers = {
            "order": order.name,
            "customer_reference": "po 7781",
            "invoice": invoice.name,
            "delivery_slip": picking.name,
            "serial": "sn_0001",
            "ean": "5099206045200",
            "maker_part_number": "960-000972",
            "article": "log-1",
            "customer_item": "88-120",
        }
        for number_type, number in numbers.items():
            with self.subTest(number_type):
                self.assertEqual(self._find(number, number_type), order.order_line)
                self.assertEqual(self._find(number), order.order_line)
                self.assertFalse(self._find("no such number", number_type))

    def test_wildcards_in_a_number_find_nothing(self):
        self._create_order(client_order_ref="PO 7781")
        for number in ("%", "PO_7781", "P%"):
            with self.subTest(number):
                self.assertFalse(self._find(number))

    def test_lines_of_others_are_not_found(self):
        self._create_order(partner=self.stranger_company, client_order_ref="PO 1")
        self._create_order(partner=self.other_branch, client_order_ref="PO 1")
        self._create_order(partner=self.office, client_order_ref="PO 1")
        self.assertFalse(self._find("PO 1"))
        self.assertFalse(self._find(None))

    def test_staff_find_lines_of_all_customers_or_of_one(self):
        theirs = self._create_order(partner=self.stranger_company, client_order_ref="PO 1")
        ours = self._create_order(client_order_ref="PO 1")
        staff = self.env.ref("base.user_admin")
        self.assertEqual(
            self._find("PO 1", user=staff), (ours | theirs).order_line.sorted("id", reverse=True)
        )
        self.assertEqual(self._find("PO 1", user=staff, partner=self.branch), ours.order_line)

    def test_lines_are_narrowed_by_document_and_dates(self):
        self._put_in_stock()
        shipped = self._create_order()
        self._ship(shipped)
        self._create_order()
        self._invoice(shipped)
        today = Date.today()
        for document in ("invoice", "delivery_slip"):
            with self.subTest(document):
                found = self._find(None, document=document, date_from=today, date_to=today)
                self.assertEqual(found, shipped.order_line)
                self.assertFalse(self._find(None, document=document, date_from=self._in_days(1)))

    def test_the_total_counts_what_a_page_does_not_show(self):
        self._create_order(lines=[(self.product, 1)] * 5)
        lines = self.env["sale.order.line"].with_user(self.user)
        found, total = lines._get_portal_lines(limit=2)
        self.assertEqual((len(found), total), (2, 5))
        self.assertEqual(lines._get_portal_lines(limit=2, count_limit=3)[1], 3)

    def test_facts_name_invoices_shipments_and_serials(self):
        product = self._create_serial_product()
        self._put_in_stock(product, serials=["SN1", "SN2"])
        order = self._create_order(lines=[(product, 2)])
        picking = self._ship(order)
        invoice = self._invoice(order)
        facts = order.order_line._get_portal_facts()[order.order_line.id]
        self.assertEqual(facts["invoices"], invoice)
        self.assertEqual(facts["shipments"], picking)
        self.assertEqual(facts["serials"].mapped("name"), ["SN1", "SN2"])
        self.assertEqual(
            (facts["shipped_qty"], facts["open_qty"], facts["invoiced_qty"]), (2, 0, 2)
        )
        self.assertEqual(facts["ship_date"], Date.context_today(order))

    def test_facts_name_the_first_and_the_last_day_on_which_something_was_sent(self):
        line = self._create_order(lines=[(self._create_license(), 2)]).order_line
        days = [Date.to_date("2025-03-04"), Date.to_date("2025-05-06")]
        for day in days:
            values = {"sale_line_id": line.id, "quantity": 1, "date": day}
            self.env["sale.line.delivery"].create(values)
        facts = line._get_portal_facts()[line.id]
        self.assertEqual([facts["ship_date"], facts["last_ship_date"]], days)

    def test_serials_that_came_back_are_not_at_the_customer(self):
        product = self._create_serial_product()
        self._put_in_stock(product, serials=["SN1"])
        order = self._create_order(lines=[(product, 1)])
        picking = self._ship(order)
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
        back.move_ids.move_line_ids.lot_id = picking.move_ids.move_line_ids.lot_id
        back.move_ids.picked = True
        back._action_done()
        self.assertFalse(order.order_line._get_portal_facts()[order.order_line.id]["serials"])

    def test_facts_need_no_more_queries_for_more_lines(self):
        self._put_in_stock(quantity=100)
        counts = []
        for number in (2, 20):
            order = self._create_order(lines=[(self.product, 1)] * number)
            self._ship(order)
            self._invoice(order)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line._get_portal_facts()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_a_user_without_the_role_finds_nothing(self):
        self._create_order(client_order_ref="PO 1")
        roles = self.env["partner.access.role"].search([("code", "=", "returns")])
        self.user.sudo().access_entry_ids.role_ids = roles
        self.assertFalse(self._find("PO 1"))
