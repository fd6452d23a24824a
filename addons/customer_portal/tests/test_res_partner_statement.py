from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .test_portal_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestResPartnerStatement(StatementCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_statement()
        cls.accountant = cls._create_staff("statement_books", "account.group_account_invoice")

    def test_a_statement_is_sent_to_the_address_of_invoices_with_the_paper(self):
        self._create_invoice()
        self.assertEqual(self.branch._get_statement_recipient(), self.branch)
        address = self.env["res.partner"].create(
            {"name": "Books", "email": "books@k.example", "parent_id": self.branch.id}
        )
        address.type = "invoice"
        action = self.branch.with_user(self.accountant).action_send_statement()
        composer = self.env["mail.compose.message"].with_user(self.accountant)
        mail = composer.with_context(**action["context"]).create({})
        self.assertEqual(mail.partner_ids, address)
        self.assertTrue(mail.attachment_ids.name.startswith(f"Statement {self.branch.name}"))

    def test_several_customers_are_sent_their_own_at_once(self):
        self._create_invoice()
        customers = self.branch | self.office
        action = customers.with_user(self.accountant).action_send_statement()
        self.assertEqual(action["context"]["default_composition_mode"], "mass_mail")
        self.assertEqual(action["context"]["default_res_ids"], customers.ids)

    def test_nothing_is_sent_where_nothing_is_open_or_by_who_has_no_right(self):
        clerk = self._create_staff("statement_clerk", "base.group_user")
        for user, error in ((self.accountant, UserError), (clerk, AccessError)):
            with self.subTest(user.login), self.assertRaises(error):
                self.branch.with_user(user).action_send_statement()
