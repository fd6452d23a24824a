from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PortalFactories, PortalHttp


class StatementCommon(PortalFactories):
    """Customers with invoices that are due on other days."""

    @classmethod
    def _setup_statement(cls):
        cls._setup_world()
        cls.today = fields.Date.today()
        cls.currency = cls.env.company.currency_id
        cls.buyer = cls._create_portal_user("statement_buyer", cls.branch)
        cls.head = cls._create_portal_user("statement_head", cls.office)

    @classmethod
    def _create_invoice(cls, days=0, amount=100, partner=None, **values):
        """A posted invoice that is due so many days from today; negative days are overdue."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.branch).id,
                "invoice_date": cls.today - timedelta(days=120),
                "invoice_date_due": cls.today + timedelta(days=days),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "price_unit": amount, "tax_ids": False})
                ],
                **values,
            }
        )
        move.action_post()
        cls.env.flush_all()
        return move

    @classmethod
    def _create_credit(cls, amount=30, **values):
        return cls._create_invoice(0, amount, move_type="out_refund", **values)

    @classmethod
    def _receive(cls, amount=40, partner=None):
        """Money on the account of a customer that is not matched with an invoice."""
        receivable = (partner or cls.branch).property_account_receivable_id
        journal = cls.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", cls.env.company.id)], limit=1
        )
        customer = {"account_id": receivable.id, "partner_id": (partner or cls.branch).id}
        bank = {"account_id": cls.env.company.transfer_account_id.id}
        move = cls.env["account.move"].create(
            {
                "journal_id": journal.id,
                "ref": "our own words",
                "line_ids": [
                    Command.create({**customer, "balance": -amount}),
                    Command.create({**bank, "balance": amount}),
                ],
            }
        )
        move.action_post()
        cls.env.flush_all()
        return move

    def _get_accounts(self, user=None):
        """Accounts as a user has them, by the names of who is billed."""
        statement = self.env["portal.statement"].with_user(user or self.buyer)
        return statement._prepare_accounts(statement._get_own_items(), self.today)

    def _get_moves(self, user):
        moves = self.env["account.move"]
        return moves.union(
            *(
                row["move"].sudo()
                for account in self._get_accounts(user)
                for row in account["items"]
            )
        ).sudo(False)

    def _prepare_payment(self, choice="due"):
        statement = self.env["portal.statement"].with_user(self.buyer)
        return statement._prepare_payment(self._get_accounts()[0], choice, self.today)


@tagged("post_install", "-at_install")
class TestPortalStatement(StatementCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_statement()

    # --- who sees what --------------------------------------------------------------------------

    def test_everybody_has_the_open_items_of_his_own_companies(self):
        mine, paid = self._create_invoice(), self._receive()
        above, paid_above = self._create_invoice(partner=self.office), self._receive(5, self.office)
        beside = self._create_invoice(partner=self.other_branch)
        users = {
            "buyer": (self.buyer, mine | paid),
            "head office": (self.head, mine | paid | above | paid_above | beside),
            "sibling": (self._create_portal_user("statement_sibling", self.other_branch), beside),
            "stranger": (
                self._create_portal_user("statement_stranger", self.stranger_company),
                mine.browse(),
            ),
        }
        for name, (user, moves) in users.items():
            with self.subTest(name):
                self.assertEqual(self._get_moves(user), moves)

    def test_nothing_is_shown_to_who_sees_no_prices_and_only_the_own_to_who_sees_his_own(self):
        self._create_invoice()
        self._receive()
        own = self._create_invoice(partner=self.buyer.partner_id)
        entry = self.buyer.sudo().access_entry_ids
        entry.scope = "own"
        self.assertEqual(self._get_moves(self.buyer), own)
        entry.role_ids = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.assertFalse(self._get_moves(self.buyer))

    def test_a_branch_has_the_invoices_of_its_orders_that_go_to_the_head_office(self):
        order = self._create_order(partner_invoice_id=self.office.id, client_order_ref="PO 31")
        invoice = self._invoice(order)
        (account,) = self._get_accounts()
        self.assertEqual(account["partner"], self.office)
        (row,) = account["items"]
        self.assertEqual((row["move"], row["orders"], row["reference"]), (invoice, order, "PO 31"))

    def test_what_another_of_our_companies_is_owed_is_for_its_own_users(self):
        self._create_invoice()
        sister = self.env["res.company"].create({"name": "Sister"})
        self.buyer.write({"company_ids": [Command.set(sister.ids)], "company_id": sister.id})
        self.assertFalse(self._get_accounts())

    def test_drafts_paid_invoices_and_the_words_of_our_accountants_are_not_shown(self):
        self._create_invoice().button_draft()
        paid = self._create_invoice()
        (paid.line_ids | self._credit(paid).line_ids).filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        self._receive(-7)
        (account,) = self._get_accounts()
        (row,) = account["items"]
        self.assertEqual((row["kind"], row["open"], row["reference"]), ("other", 7, ""))

    # --- figures --------------------------------------------------------------------------------

    def test_the_total_is_what_odoo_has_in_its_books(self):
        self._create_invoice(-3, 100)
        self._create_invoice(9, 60.5)
        self._create_credit(30)
        self._receive(40)
        (account,) = self._get_accounts()
        self.assertEqual(account["open"], 90.5)
        self.assertEqual(account["open"], self.branch.credit)
        self.assertEqual((account["credits"], account["unmatched"]), (-30, -40))

    def test_what_is_overdue_is_told_by_its_age(self):
        cases = {0: 0, 1: 1, 30: 1, 31: 2, 60: 2, 61: 3, 90: 3, 91: 4, -5: 0}
        for days, place in cases.items():
            with self.subTest(days=days):
                rows = [{"due": self.today - timedelta(days=days), "open": 10}]
                statement = self.env["portal.statement"]
                buckets = statement._get_buckets(rows, self.currency, self.today)
                expected = [10 if number == place else 0 for number in range(5)]
                self.assertEqual([amount for _label, amount in buckets], expected)

    def test_due_and_overdue_are_counted_from_today(self):
        self._create_invoice(-10, 100)
        self._create_invoice(0, 20)
        self._create_invoice(7, 3)
        (account,) = self._get_accounts()
        self.assertEqual((account["overdue"], account["due"]), (100, 120))
        self.assertEqual(account["overdue_since"], self.today - timedelta(days=10))
        self.assertEqual((account["next_due"], account["next_amount"]), (self.today, 20))
        self.assertEqual([row["days"] for row in account["items"]], [10, 0, 0])

    def test_each_instalment_is_due_on_its_own_day(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half now",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": 0}),
                    Command.create({"value_amount": 50, "nb_days": 200}),
                ],
            }
        )
        self._create_invoice(amount=80, invoice_payment_term_id=term.id)
        (account,) = self._get_accounts()
        self.assertEqual((account["overdue"], account["open"]), (40, 80))
        self.assertEqual([row["whole"] for row in account["items"]], [80, 80])

    def test_a_payment_that_has_no_entry_yet_is_not_asked_for_again(self):
        invoice = self._create_invoice(-5, 100)
        self._create_invoice(-5, 20)
        asked = type(invoice)._get_unbooked_amount
        self.patch(
            type(invoice),
            "_get_unbooked_amount",
            lambda move: 100 if move.id == invoice.id else asked(move),
        )
        (account,) = self._get_accounts()
        self.assertEqual((account["overdue"], account["open"]), (20, 20))
        self.assertEqual([row["received"] for row in account["items"]], [100, 0])
        self.assertEqual(self._prepare_payment()["amount"], 20)

    def test_each_currency_and_each_company_that_is_billed_has_its_own_totals(self):
        dollar = self.env.ref("base.USD")
        other = self.env.ref("base.EUR") if dollar == self.currency else dollar
        other.active = True
        self._create_invoice(amount=10)
        self._create_invoice(amount=7, currency_id=other.id)
        self._create_invoice(amount=5, partner=self.office)
        found = {
            (account["partner"], account["currency"]): account["open"]
            for account in self._get_accounts(self.head)
        }
        expected = {
            (self.branch, self.currency): 10,
            (self.branch, other): 7,
            (self.office, self.currency): 5,
        }
        self.assertEqual(found, expected)

    # --- credit limit ---------------------------------------------------------------------------

    def test_the_limit_left_is_the_limit_less_what_is_open_and_ordered(self):
        self.env.company.account_use_credit_limit = True
        self.branch.credit_limit = 1000
        self._create_invoice(amount=300)
        order = self._create_order(lines=[(self.product, 2)])
        statement = self.env["portal.statement"].with_user(self.buyer)
        (limit,) = statement._get_own_limits(self._get_accounts())
        self.assertEqual((limit["limit"], limit["open"]), (1000, 300))
        self.assertEqual(limit["ordered"], order.amount_total)
        self.assertEqual(limit["left"], self.currency.round(700 - order.amount_total))

    def test_no_limit_is_told_where_none_is_used_nor_that_of_the_head_office_to_a_branch(self):
        self._create_invoice(partner=self.office)
        order = self._create_order(partner_invoice_id=self.office.id)
        self._invoice(order)
        self.office.credit_limit = 500
        for is_used, user, count in (
            (False, self.head, 0),
            (True, self.head, 1),
            (True, self.buyer, 0),
        ):
            with self.subTest(is_used=is_used, user=user.login):
                self.env.company.account_use_credit_limit = is_used
                statement = self.env["portal.statement"].with_user(user)
                limits = statement._get_own_limits(self._get_accounts(user))
                self.assertEqual(len(limits), count)

    # --- payment --------------------------------------------------------------------------------

    def test_what_is_due_is_paid_less_the_open_credit_notes(self):
        due, later = self._create_invoice(-1, 100), self._create_invoice(1, 50)
        self._create_credit(30)
        self._receive(40)
        for choice, amount, moves in (("due", 70, due), ("open", 120, due | later)):
            with self.subTest(choice):
                payment = self._prepare_payment(choice)
                self.assertEqual(payment["amount"], amount)
                invoices = due.union(*(row["move"].sudo(False) for row in payment["invoices"]))
                self.assertEqual(invoices, moves)

    def test_nothing_is_paid_where_credit_notes_cover_what_is_due(self):
        self._create_invoice(-1, 20)
        self._create_credit(30)
        payment = self._prepare_payment()
        self.assertEqual((payment["amount"], payment["set_off"]), (0, -30))

    def test_what_is_in_dispute_or_being_paid_is_not_paid_again(self):
        disputed, paying = self._create_invoice(-1, 20), self._create_invoice(-1, 30)
        self._create_invoice(-1, 40)
        disputed.action_toggle_block_payment()
        asked = type(paying)._has_to_be_paid  # Odoo's own word on what is under way
        self.patch(
            type(paying), "_has_to_be_paid", lambda move: move.id != paying.id and asked(move)
        )
        self.assertEqual(self._prepare_payment()["amount"], 40)

    def test_the_bank_account_on_the_invoices_is_told_else_the_first_of_the_company(self):
        ours = self.env.company.partner_id
        ours.bank_ids.active = False
        first, second = self.env["res.partner.bank"].create(
            [{"acc_number": number, "partner_id": ours.id} for number in ("NL01 A", "NL02 B")]
        )
        invoice = self._create_invoice()
        statement = self.env["portal.statement"]
        for on_invoice, expected in ((second, second), (first.browse(), first)):
            with self.subTest(on_invoice.acc_number):
                invoice.partner_bank_id = on_invoice
                self.assertEqual(statement._get_bank_accounts(self._get_accounts()), expected)


@tagged("post_install", "-at_install")
class TestPortalStatementPages(StatementCommon, PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_statement()
        term = cls.env.ref("account.account_payment_term_30days")
        cls.order = cls._create_order(client_order_ref="PO 4412", payment_term_id=term.id)
        cls.invoice = cls._invoice(cls.order)
        cls.overdue = cls._create_invoice(-9, 250)
        cls.provider = cls.env["payment.provider"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )

    def _call(self, path, **params):
        response = self.url_open(path, json={"params": params})
        return response.json()

    def test_the_page_answers_what_is_overdue_and_shows_document_reference_and_order(self):
        page = self._get("/my/statement", self.buyer).text
        for text in (
            self.invoice.name,
            "PO 4412",
            f'href="/my/orders/{self.order.id}"',
            f'href="/my/invoices/{self.overdue.id}"',
            "▲ overdue",
            "9 days overdue",
        ):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_queries_do_not_grow_with_the_invoices_and_nothing_is_written(self):
        self.authenticate(self.buyer.login, PASSWORD)
        few = self._count_queries("/my/statement")
        self._create_invoice(-5)
        self._invoice(self._create_order(client_order_ref="PO many"))
        self._create_credit(1)
        with self.assertQueriesWriteNothing():
            self.assertEqual(self._count_queries("/my/statement"), few)

    def test_who_sees_no_prices_has_no_statement_and_no_way_to_it(self):
        roles = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.buyer.sudo().access_entry_ids.role_ids = roles
        self.authenticate(self.buyer.login, PASSWORD)
        for path in ("", "/pdf", "/csv", "/pay/1-2-3/due"):
            with self.subTest(path):
                self.assertEqual(self._get(f"/my/statement{path}").status_code, 404)
        self.assertNotIn("/my/statement", self._get("/my/orders").text)

    def test_the_file_has_every_open_item(self):
        content = self._get("/my/statement/csv", self.buyer).content.decode("utf-8-sig")
        lines = content.splitlines()
        self.assertEqual(len(lines), 3)
        row = next(line for line in lines if self.overdue.name in line)
        for text in (self.branch.name, "250.00", ",9,", self.currency.name):
            with self.subTest(text):
                self.assertIn(text, row)

    def test_overdue_invoices_are_paid_at_the_statement(self):
        self.authenticate(self.buyer.login, PASSWORD)
        response = self._get("/my/invoices/overdue")
        self.assertTrue(response.headers["Location"].endswith("/my/statement"))
        counters = self._call("/my/counters", counters=["overdue_invoice_count"])
        self.assertEqual(counters["result"]["overdue_invoice_count"], 1)
        with mute_logger("odoo.http"):
            answer = self._call("/invoice/transaction/overdue", payment_reference="x", amount=1)
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.UserError")

    def test_the_page_of_payment_lists_what_is_paid_and_nobody_reaches_that_of_others(self):
        key = f"{self.env.company.id}-{self.branch.id}-{self.currency.id}"
        page = self._get(f"/my/statement/pay/{key}/due", self.buyer)
        self.assertIn(self.overdue.name, page.text)
        self.assertNotIn(self.invoice.name, page.text)
        for foreign in (f"{self.env.company.id}-{self.office.id}-{self.currency.id}", "x", "1-1"):
            with self.subTest(foreign):
                response = self._get(f"/my/statement/pay/{foreign}/due")
                self.assertEqual(response.status_code, 404)

    def test_the_server_counts_the_amount_of_a_payment(self):
        self.authenticate(self.buyer.login, PASSWORD)
        key = f"{self.env.company.id}-{self.branch.id}-{self.currency.id}"
        method = self.env["payment.method"].search([], limit=1)
        values = {
            "provider_id": self.provider.id,
            "payment_method_id": method.id,
            "token_id": None,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "https://elsewhere.example",
        }
        path = f"/my/statement/transaction/{key}/due"
        for amount in (1, 249.99, -250, "x", None, 1e12, "NaN"):
            with self.subTest(amount=amount), mute_logger("odoo.http"):
                answer = self._call(path, amount=amount, **values)
                self.assertIn("has changed meanwhile", answer["error"]["data"]["message"])
        self.assertNotIn("error", self._call(path, amount=250, **values))
        transaction = self.env["payment.transaction"].search([], limit=1)
        self.assertEqual(transaction.invoice_ids, self.overdue)
        self.assertEqual(transaction.landing_route, "/my/statement?paid=1")
        self.assertEqual(transaction.reference, self.overdue.name)
