import re
from datetime import timedelta
from unittest.mock import patch

from odoo.http import Request
from odoo.sql_db import Cursor
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp


@tagged("post_install", "-at_install")
class TestPortalOrderChange(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("change_buyer", cls.branch)
        cls.product.default_code = "C930E"
        cls._put_in_stock(quantity=4)
        cls.order = cls._create_order(client_order_ref="PO 7781")
        cls.line = cls.order.order_line
        cls._ship(cls.order, 3)
        cls.foreign = cls._create_order(partner=cls.stranger_company)
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.authenticate(self.user.login, PASSWORD)
        self.path = f"/my/orders/{self.order.id}/change"

    def _post(self, path=None, **typed):
        data = {
            "csrf_token": Request.csrf_token(self),
            "version": self.env["sale.order.change"]._get_version(self.order),
            "action": "change",
            **typed,
        }
        response = self.url_open(path or self.path, data=data, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def test_the_page_says_what_to_know_and_writes_nothing(self):
        with self.assertQueriesWriteNothing():
            page = self._get(self.path).text
        for text in ("3 shipped already", "1 in stock and reserved", 'value="PO 7781"', "C930E"):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_what_is_asked_for_becomes_one_request_that_the_order_shows(self):
        name = f"quantity-{self.line.id}"
        response = self._post(**{name: "6"}, articles="C930E 2\nC930E;3", note="Please.")
        request = self.order.portal_change_id
        self.assertIn(f"/my/requests/{request.id}?done=sent", response.headers["Location"])
        self.assertEqual(
            [(one.kind, one.old_quantity, one.new_quantity) for one in request.change_ids],
            [("quantity", 10, 6), ("add", 0, 5)],
        )
        self.assertEqual((request.note, request.requester_id), ("Please.", self.user))
        self.assertEqual(self.line.product_uom_qty, 10)
        self.assertIn("A change is asked for", self._get(f"/my/orders/{self.order.id}").text)
        self.assertNotIn('id="portal_change_form"', self._get(self.path).text)

    def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(self):
        name = f"quantity-{self.line.id}"
        typed = {name: "-1", "date": "2001-01-01", "articles": "NOSUCH 4", "note": "My remark"}
        page = self._post(**typed, reference="PO 9").text
        for text in ("enter a number", "This day is over", "NOSUCH 4:", "This was not sent"):
            with self.subTest(text):
                self.assertIn(text, page)
        for text in (*typed.values(), "PO 9"):
            with self.subTest(text):
                self.assertRegex(page, rf"[>\"]{re.escape(text)}[<\"]")
        self.assertFalse(self.order.portal_change_id)

    def test_of_others_nothing_can_be_named(self):
        cases = [
            (self.foreign.id, {}),
            (self.order.id, {f"quantity-{self.foreign.order_line.id}": "1"}),
            (self.order.id, {"quantity-0": "1"}),
            (self.order.id, {"address": str(self.stranger_company.id)}),
            (self.order.id, {"address": str(2**70)}),
            (2**70, {}),
        ]
        for number, typed in cases:
            with self.subTest(number=number, typed=typed):
                path = f"/my/orders/{number}/change"
                self.assertEqual(self._post(path, **typed).status_code, 404)
                if not typed:
                    self.assertEqual(self._get(path).status_code, 404)
        self.assertFalse(self.foreign.portal_change_id | self.order.portal_change_id)

    def test_posted_prices_products_and_states_count_for_nothing(self):
        price = self.line.price_unit
        more = {"price_unit": "0", "product_id": "1", "state": "accepted", "order_id": "1"}
        self._post(reference="PO 2", **more)
        request = self.order.portal_change_id
        self.assertEqual((request.state, request.order_id), ("open", self.order))
        self.assertEqual(request.change_ids.mapped("kind"), ["reference"])
        self.assertEqual(self.line.price_unit, price)

    def test_a_second_tab_is_told_of_the_first_and_keeps_what_is_typed(self):
        self._post(reference="PO 2")
        first = self.order.portal_change_id
        page = self._post(reference="PO 3").text
        self.assertIn("waits for an answer already", page)
        self.assertIn("PO 3", page)
        self.assertEqual(self.order.portal_change_id, first)

    def test_a_page_of_before_a_change_is_looked_at_again(self):
        version = self.env["sale.order.change"]._get_version(self.order)
        self.line.product_uom_qty = 9
        self.env.flush_all()
        page = self._post(reference="PO 2", version=version).text
        self.assertIn("was changed since you opened this page", page)
        self.assertFalse(self.order.portal_change_id)

    def test_the_rest_of_a_shipped_order_is_cancelled(self):
        self.assertIn("Cancel what has not been shipped", self._get(self.path).text)
        self._post(action="cancel", cancel_note="Too late")
        request = self.order.portal_change_id
        self.assertEqual((request.change_ids.new_quantity, request.note), (3, "Too late"))

    def test_once_invoiced_only_articles_are_added_and_on_that_day_only(self):
        invoice = self.order._create_invoices()
        self.env.flush_all()
        self.assertIn("is being invoiced", self._get(self.path).text)
        invoice.action_post()
        self.env.flush_all()
        page = self._get(self.path).text
        self.assertIn("Today you can still add articles", page)
        self.assertNotIn('name="reference"', page)
        self.assertNotIn("portal_change_cancel", page)
        self._post(reference="PO 3", articles="C930E 1")
        self.assertEqual(self.order.portal_change_id.change_ids.mapped("kind"), ["add"])

    def test_later_than_that_the_page_says_why_not(self):
        invoice = self.order._create_invoices()
        today = self.order.company_id._get_today()
        invoice.invoice_date = today - timedelta(days=3)
        invoice.action_post()
        self.env.flush_all()
        for page in (self._get(self.path), self._post(articles="C930E 1")):
            self.assertIn("has been invoiced", page.text)
            self.assertNotIn('id="portal_change_form"', page.text)
        self.assertNotIn(self.path, self._get(f"/my/orders/{self.order.id}").text)

    def test_queries_do_not_grow_with_lines(self):
        counts = []
        products = self.env["product.product"].create([{"name": "Cable", "is_storable": True}] * 20)
        for size in (2, 20):
            order = self._create_order(lines=[(product, 2) for product in products[:size]])
            counts.append(self._count_queries(f"/my/orders/{order.id}/change"))
        self.assertLessEqual(counts[1], counts[0])

    def test_the_page_of_an_order_reads_no_request_where_there_is_none(self):
        path = f"/my/orders/{self.order.id}"
        self._get(path)
        asked = []
        execute = Cursor.execute

        def spy(cursor, query, *args, **kwargs):
            if 'FROM "portal_request"' in str(getattr(query, "code", query)):
                asked.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", spy):
            self.assertIn("Change or cancel", self._get(path).text)
        self.assertFalse(asked)
