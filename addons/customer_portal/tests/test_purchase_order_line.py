from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Date, Datetime
from odoo.tests import Form, TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPurchaseOrderLine(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_a_typed_date_keeps_its_source_and_time(self):
        line = self._create_purchase(10, "2031-12-11").order_line
        self.assertEqual(line.supplier_eta_source, "typed")
        self.assertTrue(line.supplier_eta_changed_on)

    def test_a_date_is_typed_in_the_purchase_order(self):
        purchase = self._create_purchase(10)
        with Form(purchase) as form, form.order_line.edit(0) as line:
            line.supplier_eta = "2031-12-11"
        self.assertEqual(purchase.order_line.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(purchase.order_line.supplier_eta_source, "typed")

    def test_computed_planned_dates_are_no_suppliers_dates(self):
        purchase = self._create_purchase(10)
        purchase.order_line.product_qty = 12
        self.assertTrue(purchase.order_line.date_planned)
        self.assertFalse(purchase.order_line.supplier_eta)

    def test_a_planned_date_edited_by_a_buyer_counts(self):
        line = self._create_purchase(10).order_line
        line.date_planned = "2031-12-11 12:00:00"
        self.assertEqual(line.supplier_eta, Date.to_date("2031-12-11"))
        self.assertEqual(line.supplier_eta_source, "buyer")

    def test_a_planned_date_edited_before_the_purchase_is_sent_does_not_count(self):
        line = self._create_purchase(10, confirm=False).order_line
        line.date_planned = "2031-12-11 12:00:00"
        self.assertFalse(line.supplier_eta)

    def test_a_planned_date_sent_along_with_a_quantity_does_not_count(self):
        line = self._create_purchase(10).order_line
        line.write({"product_qty": 12, "date_planned": "2031-12-11 12:00:00"})
        self.assertFalse(line.supplier_eta)

    def _get_history(self, line):
        return [
            (change.old_eta, change.new_eta, change.source)
            for change in line.supplier_eta_change_ids.sorted("id")
        ]

    def test_every_date_is_kept_with_who_and_how(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        line = self._create_purchase(10, "2031-12-11").order_line.with_user(buyer)
        line.with_context(supplier_eta_source="import").supplier_eta = "2031-12-12"
        line.date_planned = "2031-12-13 12:00:00"
        line.supplier_eta = False
        days = [Date.to_date(f"2031-12-{day}") for day in (11, 12, 13)]
        history = [
            (False, days[0], "typed"),
            (days[0], days[1], "import"),
            (days[1], days[2], "buyer"),
            (days[2], False, "typed"),
        ]
        self.assertEqual(self._get_history(line), history)
        self.assertEqual(line.supplier_eta_change_ids.sorted("id")[1:].user_id, buyer)
        self.assertFalse(line.supplier_eta_source)

    def test_a_date_that_is_said_again_changes_nothing(self):
        line = self._create_purchase(10, "2031-12-11").order_line
        said_on = line.supplier_eta_changed_on
        with freeze_time("2031-01-01"):
            line.with_context(supplier_eta_source="import").supplier_eta = "2031-12-11"
        self.assertEqual((line.supplier_eta_source, len(self._get_history(line))), ("typed", 1))
        self.assertEqual(line.supplier_eta_changed_on, said_on)

    def test_a_vendors_date_is_kept_once(self):
        purchase = self._create_purchase(10)
        moment = Datetime.to_datetime("2031-12-11 12:00:00")
        purchase._update_date_planned_for_lines([(purchase.order_line, moment)])
        day = Date.to_date("2031-12-11")
        self.assertEqual(self._get_history(purchase.order_line), [(False, day, "vendor")])

    def test_queries_do_not_grow_with_purchase_lines(self):
        counts = []
        for number in (2, 20):
            orders = self._create_order(lines=[(self._create_product(), 1)] * number)
            purchases = self.env["purchase.order"]
            for _line in orders.order_line:
                purchases |= self._create_purchase(1, product=orders.order_line[:1].product_id)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            purchases.order_line.write({"supplier_eta": "2031-12-11"})
            self.env.cr.flush()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(orders.order_line.mapped("eta_state")), {"known"})
        self.assertLessEqual(counts[1], counts[0] + 4)

    def test_a_deleted_purchase_takes_its_date_back(self):
        order = self._create_mto_order()
        bought = self._get_purchase_lines(order)
        bought.write({"supplier_eta": "2031-12-11", "propagate_cancel": False})
        self.assertEqual(order.order_line.eta_state, "known")
        bought.unlink()
        self.assertEqual(order.order_line.eta_state, "unknown")

    def test_a_copy_has_no_date(self):
        copy = self._create_purchase(10, "2031-12-11").copy()
        self.assertFalse(copy.order_line.supplier_eta)

    def test_buyers_need_no_rights_on_sales(self):
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        order = self._create_order()
        purchase = self._create_purchase(10)
        purchase.order_line.with_user(buyer).supplier_eta = "2031-12-11"
        self.env.cr.flush()
        self.assertEqual(order.order_line.eta_state, "known")

    def _import_etas(self, rows, user=None):
        return (
            self.env["purchase.order.line"]
            .with_user(user or self.env.user)
            .import_supplier_etas(rows)
        )

    def test_rows_of_the_api_change_dates_and_say_what_they_did_not(self):
        purchase = self._create_purchase(10)
        self.product.default_code = "WEB930"
        day = self._in_days(30).isoformat()
        row = {"order": purchase.name, "article": "WEB930", "date": day}
        rows = [row, {**row, "date": "31-02-2027"}, {**row, "order": "P9999999"}, "nonsense"]
        buyer = self._create_staff("buyer", "purchase.group_purchase_user")
        answer = self._import_etas(rows, buyer)
        self.assertEqual((answer["changed"], answer["unchanged"]), (1, 0))
        found = [(error["row"], error["code"]) for error in answer["errors"]]
        self.assertEqual(found, [(2, "malformed"), (3, "unmatched"), (4, "malformed")])
        self.assertEqual(purchase.order_line.supplier_eta_source, "import")
        self.assertEqual(self._import_etas(rows[:1], buyer)["unchanged"], 1)

    def test_only_purchase_users_call_the_import(self):
        vendor = self._create_portal_user("vendor_user", self.vendor)
        table = [
            vendor,
            self._create_portal_user("mira", self.branch),
            self._create_staff("seller", "sales_team.group_sale_manager"),
            self._create_staff("accountant", "account.group_account_invoice"),
            self._create_staff("clerk", "stock.group_stock_manager"),
        ]
        purchase = self._create_purchase(10)
        purchase.partner_id = self.vendor
        row = {"order": purchase.name, "article": self.product.name, "date": "2026-12-31"}
        for user in table:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._import_etas([row], user)
        self.assertFalse(purchase.order_line.supplier_eta)

    def test_rows_that_are_no_list_are_refused(self):
        for rows in (None, {}, "text", 7, [{}] * 10_001):
            with self.subTest(kind=type(rows)), self.assertRaises(UserError):
                self._import_etas(rows)
