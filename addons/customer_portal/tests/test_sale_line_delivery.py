from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Date
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PortalFactories, PortalHttp

KEYS = "AAAA-1111\nBBBB-2222"


class EmailDeliveryCase(PortalFactories):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.licence = cls._create_license()
        cls.order = cls._create_order(lines=[(cls.licence, 5)])
        cls.line = cls.order.order_line
        cls.clerk = cls._create_staff("mail_clerk", "sales_team.group_sale_salesman_all_leads")

    @classmethod
    def _mark(cls, quantity=2, line=None, **values):
        return cls.env["sale.line.delivery"].create(
            {"sale_line_id": (line or cls.line).id, "quantity": quantity, **values}
        )


@tagged("post_install", "-at_install")
class TestSaleLineDelivery(EmailDeliveryCase, TransactionCase):
    def test_what_was_sent_is_delivered_and_the_rest_stays_open(self):
        self._mark(2)
        self.assertEqual(self.line.qty_delivered, 2)
        self.assertEqual((self.line.customer_shipped_qty, self.line.customer_open_qty), (2, 3))
        self.assertEqual(self.order.customer_status, "partial")
        self._mark(3)
        self.assertEqual(self.order.customer_status, "delivered")
        self.assertEqual(self.line.eta_state, "none")

    def test_what_was_sent_can_be_invoiced(self):
        self.licence.invoice_policy = "delivery"
        order = self._create_order(lines=[(self.licence, 5)])
        self.assertEqual(order.order_line.qty_to_invoice, 0)
        self._mark(2, order.order_line)
        self.assertEqual(order.order_line.qty_to_invoice, 2)

    def test_wrong_deliveries_are_refused(self):
        tomorrow = self._in_days(2)
        cases = {
            "more than open": {"quantity": 6},
            "in the future": {"date": tomorrow},
            "more keys than pieces": {"quantity": 1, "keys": KEYS},
            "a key twice": {"quantity": 3, "keys": "A-1\nA-1"},
            "a key without end": {"keys": "A" * 1001},
        }
        for name, values in cases.items():
            with self.subTest(name), self.assertRaises(ValidationError):
                self._mark(**values)

    def test_one_key_may_be_for_many_seats(self):
        delivery = self._mark(5, keys="  VOLUME-1\ud800  \n\n\x00")
        self.assertEqual(delivery.keys, "VOLUME-1")

    def test_no_quantity_is_refused_by_the_database(self):
        for quantity in (0, -1):
            muted = mute_logger("odoo.sql_db")
            with self.subTest(quantity), muted, self.assertRaises(CheckViolation):
                self._mark(quantity).flush_recordset()

    def test_lines_that_are_not_sent_by_email_are_refused_with_the_reason(self):
        goods = self._create_order(lines=[(self.product, 1)]).order_line
        boxed = self._create_product(is_email_delivery=True)
        moved = self._create_order(lines=[(boxed, 1)]).order_line
        draft = self._create_order(lines=[(self.licence, 1)], confirm=False).order_line
        cases = {"not delivered by e-mail": goods, "warehouse": moved, "not confirmed": draft}
        for reason, line in cases.items():
            with self.subTest(reason), self.assertRaisesRegex(ValidationError, reason):
                self._mark(1, line)

    def test_a_wrong_mark_is_deleted_and_the_quantity_open_again(self):
        delivery = self._mark(2)
        delivery.unlink()
        self.assertEqual((self.line.qty_delivered, self.line.customer_open_qty), (0, 5))
        self._mark(5)

    def test_what_was_invoiced_for_being_sent_is_not_deleted(self):
        self.licence.invoice_policy = "delivery"
        order = self._create_order(lines=[(self.licence, 5)])
        delivery = self._mark(2, order.order_line)
        self._invoice(order)
        with self.assertRaises(UserError):
            delivery.unlink()

    def test_a_quantity_cannot_be_changed_but_keys_and_date_can(self):
        delivery = self._mark(2)
        with self.assertRaises(UserError):
            delivery.quantity = 1
        delivery.write({"keys": KEYS, "date": self._in_days(-1)})
        self.assertEqual(delivery._get_keys(), KEYS.split())

    def test_nobody_types_less_than_was_sent(self):
        self._mark(2)
        with self.assertRaises(ValidationError):
            self.line.qty_delivered = 1
        self.line.qty_delivered = 4

    def test_the_customer_reads_date_quantity_and_keys_newest_first(self):
        self._mark(1, date="2026-01-02", keys="K-1")
        self._mark(2, date="2026-02-03")
        other = self._create_order(lines=[(self.licence, 1)]).order_line
        found = (self.line | other)._get_email_deliveries()
        self.assertEqual(list(found), [self.line.id])
        self.assertEqual([one["quantity"] for one in found[self.line.id]], [2, 1])
        self.assertEqual(found[self.line.id][1]["keys"], ["K-1"])
        self.assertEqual(found[self.line.id][1]["date"], Date.to_date("2026-01-02"))

    def test_deliveries_of_many_lines_are_read_by_as_many_queries(self):
        lines = self.line.browse()
        counts = []
        for _number in range(2):
            for _line in range(4):
                line = self._create_order(lines=[(self.licence, 1)]).order_line
                self._mark(1, line, keys="K")
                lines |= line
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines._get_email_deliveries()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_keys_are_not_offered_for_export(self):
        fields = self.env["sale.line.delivery"].fields_get(["keys", "quantity"])
        self.assertFalse(fields["keys"]["exportable"])

    # --- API --------------------------------------------------------------------------------------

    def _mark_rows(self, *rows, user=None):
        lines = self.env["sale.order.line"].with_user(user or self.clerk)
        return lines.mark_email_delivered(list(rows))

    def test_a_salesperson_marks_many_lines_at_once(self):
        other = self._create_order(lines=[(self.licence, 1)]).order_line
        ids = self._mark_rows(
            {"line_id": self.line.id, "quantity": 2, "keys": KEYS.split(), "date": "2026-01-02"},
            {"line_id": other.id, "quantity": 1},
        )
        first, second = self.env["sale.line.delivery"].browse(ids)
        self.assertEqual((first.keys, first.user_id), (KEYS, self.clerk))
        self.assertEqual(second.date, Date.context_today(second))
        self.assertEqual((self.line.qty_delivered, other.qty_delivered), (2, 1))

    def test_one_wrong_row_marks_nothing_and_is_named(self):
        rows = [{"line_id": self.line.id, "quantity": 2}, {"line_id": self.line.id, "quantity": 4}]
        with self.assertRaisesRegex(UserError, "Delivery 2: Only 3 of"), self.env.cr.savepoint():
            self._mark_rows(*rows)
        self.env.invalidate_all()
        self.assertEqual(self.line.qty_delivered, 0)

    def test_nonsense_gets_an_answer(self):
        good = {"line_id": self.line.id, "quantity": 1}
        ids = [None, "²", True, -1, 0, 2**31, 2**70, 1.5, [], 2**31 - 1]
        quantities = [None, "1", True, 0, -1, float("nan"), float("inf"), 1e300, 10**400, []]
        dates = ["31-12-2026", "²", 5, [], "2026-13-01", "9999-12-31"]
        keys = [5, [5], {"a": 1}, "A\nB"]
        rows = ["text", None, [], {**good, "note": "x"}]
        rows += [{**good, "line_id": value} for value in ids]
        rows += [{**good, "quantity": value} for value in quantities]
        rows += [{**good, "date": value} for value in dates]
        rows += [{**good, "keys": value} for value in keys]
        for row in rows:
            with self.subTest(row=row), self.assertRaises(UserError), self.env.cr.savepoint():
                self._mark_rows(row)
        for rows in (None, [], "text", 5, {}):
            with self.subTest(rows=rows), self.assertRaises(UserError):
                self.env["sale.order.line"].mark_email_delivered(rows)

    def test_customers_and_other_staff_mark_nothing(self):
        customer = self._create_portal_user("mail_marks", self.branch)
        accountant = self._create_staff("mail_acc", "account.group_account_user")
        for user in (customer, accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._mark_rows({"line_id": self.line.id, "quantity": 1}, user=user)

    def test_a_clerk_of_the_warehouse_marks_too(self):
        clerk = self._create_staff("mail_stock", "stock.group_stock_user")
        self._mark_rows({"line_id": self.line.id, "quantity": 1}, user=clerk)
        self.assertEqual(self.line.qty_delivered, 1)

    def test_lines_of_another_company_do_not_exist(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.clerk.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        with self.assertRaisesRegex(UserError, "no order line"):
            self._mark_rows({"line_id": self.line.id, "quantity": 1})

    def test_clerks_of_another_company_see_no_keys(self):
        self._mark(1, keys="K-1")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.clerk.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        found = self.env["sale.line.delivery"].with_user(self.clerk).search([])
        self.assertFalse(found)


@tagged("post_install", "-at_install")
class TestSaleLineDeliveryAccess(EmailDeliveryCase, PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "owner": (cls._create_portal_user("key_owner", cls.branch), True),
            "colleague": (cls._create_portal_user("key_colleague", cls.branch), True),
            "head office": (cls._create_portal_user("key_office", cls.office), True),
            "other branch": (cls._create_portal_user("key_utrecht", cls.other_branch), False),
            "stranger": (cls._create_portal_user("key_stranger", cls.stranger_company), False),
            "former colleague": (cls._create_portal_user("key_former", cls.branch), False),
        }
        cls.users["former colleague"][0].partner_id.parent_id = cls.stranger_company
        cls.delivery = cls._mark(1, keys="SECRET-KEY-1")

    def test_keys_are_read_by_who_sees_the_order_only(self):
        for name, (user, is_allowed) in self.users.items():
            with self.subTest(name):
                found = self.env["sale.line.delivery"].with_user(user).search([])
                self.assertEqual(found, self.delivery if is_allowed else found.browse())
                if is_allowed:
                    self.assertEqual(found.keys, "SECRET-KEY-1")
                else:
                    with self.assertRaises(AccessError):
                        self.delivery.with_user(user).read(["keys"])

    def test_customers_read_and_change_nothing_else(self):
        own = self.delivery.with_user(self.users["owner"][0])
        for name in ("user_id", "create_uid"):
            with self.subTest(name), self.assertRaises(AccessError):
                own.read([name])
        with self.assertRaises(AccessError):
            own.write({"keys": "OTHER"})
        with self.assertRaises(AccessError):
            own.unlink()

    def test_keys_over_the_wire_and_on_the_order_page(self):
        arguments = {
            "model": "sale.line.delivery",
            "method": "read",
            "args": [self.delivery.ids, ["keys"]],
            "kwargs": {},
        }
        for name, (user, is_allowed) in self.users.items():
            with self.subTest(name):
                page = self._get(f"/my/orders/{self.order.id}", user)
                self.assertEqual(page.status_code, 200 if is_allowed else 404)
                self.assertNotEqual(is_allowed, "SECRET-KEY-1" not in page.text)
                with mute_logger("odoo.http"):
                    answer = self.url_open("/web/dataset/call_kw", json={"params": arguments}).text
                self.assertEqual("SECRET-KEY-1" in answer, is_allowed)

    def test_keys_are_nothing_the_search_finds(self):
        page = self._get("/my/search?q=SECRET-KEY-1", self.users["owner"][0])
        self.assertNotIn(self.order.name, page.text)
