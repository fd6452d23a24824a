from lxml import html

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestPortal(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cart = cls._create_cart(user=cls.user)
        cls.position = cls._create_position(cls.line, cart=cart)
        cart._submit()
        cls.case = cart

    def test_a_case_is_seen_by_owner_and_colleague_and_nobody_else(self):
        for url in (f"/my/returns/{self.case.id}", f"/my/returns/{self.case.id}/pdf"):
            with self.subTest(url=url):
                self.assertEqual(self.get_status(url, self.user), 200)
                self.assertEqual(self.get_status(url, self.colleague), 200)
                self.assertEqual(self.get_status(url, self.stranger), 404)
                self.assertEqual(self.get_status(url), 303)

    def test_the_lists_show_a_case_to_its_company_only(self):
        for user, seen in ((self.user, True), (self.colleague, True), (self.stranger, False)):
            self.sign_in(user)
            for url in ("/my/returns", "/my/returns/status"):
                with self.subTest(user=user.login, url=url):
                    self.assertEqual(self.case.name in self.url_open(url).text, seen)

    def test_closed_cases_move_to_the_archive(self):
        self.position._refuse("Not ours.")
        self.assertNotIn(self.case.name, self.url_open("/my/returns/status").text)
        self.assertIn(self.case.name, self.url_open("/my/returns/archive").text)

    def test_unknown_cases_and_carts_are_not_found(self):
        cart = self._create_cart(user=self.user)
        for case_id in (cart.id, 0, 999999, 99999999999999):
            with self.subTest(case_id=case_id):
                self.assertEqual(self.get_status(f"/my/returns/{case_id}", self.user), 404)

    def test_without_the_role_for_returns_nothing_is_there(self):
        entry = self.user.access_entry_ids
        entry.role_ids -= self.env.ref("partner_access.role_returns")
        for url in ("/my/returns", "/my/returns/register", "/my/returns/cart"):
            with self.subTest(url=url):
                self.assertEqual(self.get_status(url, self.user), 404)
        self.assertNotIn('href="/my/returns"', self.url_open("/my").text)

    def test_the_page_says_what_to_send_until_when(self):
        text = self.url_open(f"/my/returns/{self.case.id}").text
        self.assertIn("I have sent it", text)
        self.assertIn("send until", text)

    def test_sent_goods_are_noted_with_carrier_and_tracking(self):
        self.post(f"/my/returns/{self.case.id}/sent", carrier=" UPS ", tracking="1Z999")
        self.assertTrue(self.position.sent_on)
        self.assertEqual((self.position.carrier, self.position.tracking_ref), ("UPS", "1Z999"))
        self.assertIn("on its way", self.url_open(f"/my/returns/{self.case.id}").text)

    def test_a_stranger_notes_nothing_as_sent(self):
        self.sign_in(self.stranger)
        response = self.post(f"/my/returns/{self.case.id}/sent", carrier="UPS")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.position.sent_on)

    def test_a_credit_note_is_there_once_it_is_posted(self):
        line = self._create_delivered_line(1)
        cart = self._create_cart(user=self.user)
        position = self._create_tested_position(line, cart=cart)
        note = self._decide_credit(position)
        url = f"/my/returns/{cart.id}/credit/{note.id}"
        self.assertEqual(self.get_status(url, self.user), 404)
        note.action_post()
        self.assertEqual(self.get_status(url, self.user), 200)
        self.assertEqual(self.get_status(url, self.stranger), 404)
        other = f"/my/returns/{self.case.id}/credit/{note.id}"
        self.assertEqual(self.get_status(other, self.user), 404)

    def test_customers_write_nothing_into_the_notes_of_a_case(self):
        thread = {"thread_model": "cso.rma", "thread_id": self.case.id}
        messages, files = self.case.message_ids, self.count_files()
        with mute_logger("odoo.http"):
            answer = self.call("/mail/message/post", post_data={"body": "x"}, **thread)
            response = self.post(
                "/mail/attachment/upload",
                files={"ufile": ("a.html", b"<script/>", "text/html")},
                **thread,
            )
        self.assertTrue(answer["code"])
        self.assertGreaterEqual(response.status_code, 400)
        self.assertEqual(self.case.message_ids, messages)
        self.assertEqual(self.count_files(), files)

    def count_files(self):
        domain = [("res_model", "=", "cso.rma"), ("res_id", "=", self.case.id)]
        return self.env["ir.attachment"].search_count(domain)

    def test_every_cell_of_the_list_stands_below_its_heading(self):
        page = html.fromstring(self.url_open("/my/returns").content)
        self.assertFalse(self.case.reference)
        self.assertEqual(len(find(page, "thead//th")), len(find(page, "tbody/tr[1]/td")))

    def test_reading_pages_write_nothing(self):
        pages = ("", "/status", "/archive", "/figures", "/register", "/cart", f"/{self.case.id}")
        pages += (f"/{self.case.id}/documents",)
        self.sign_in(self.user)
        for page in pages:
            with self.subTest(page=page):
                before = self.get_rows()
                self.assertEqual(self.url_open(f"/my/returns{page}").status_code, 200)
                self.assertEqual(self.get_rows(), before)

    def get_rows(self):
        """Return the contents of all tables that a page of returns could write to."""
        self.env.flush_all()
        self.env.invalidate_all()
        models = ("cso.rma", "cso.rma.line", "cso.rma.line.lot", "cso.form.draft")
        models += ("sale.order.line", "mail.message", "ir.attachment", "res.partner")
        rows = {}
        for model in models:
            table = SQL.identifier(self.env[model]._table)
            query = SQL("SELECT array_agg(t::text ORDER BY t.id) FROM %s t", table)
            rows[model] = self.env.execute_query(query)
        return rows
