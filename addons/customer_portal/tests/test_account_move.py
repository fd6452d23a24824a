from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestAccountMove(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.buyer = cls.env["res.partner"].create({"name": "Ilse", "parent_id": cls.branch.id})

    def _invoice_to_the_office(self, *partners):
        orders = self.env["sale.order"]
        for partner in partners:
            orders |= self._create_order(
                partner=partner,
                partner_invoice_id=self.office.id,
                partner_shipping_id=self.office.id,
            )
        invoice = self._invoice(orders)
        self.assertEqual(len(invoice), 1)
        return invoice

    def test_an_invoice_knows_who_ordered(self):
        invoice = self._invoice_to_the_office(self.branch)
        self.assertEqual(invoice.ordering_partner_id, self.branch)
        self.assertEqual(self._credit(invoice).ordering_partner_id, self.branch)

    def test_several_who_ordered_have_their_company(self):
        cases = [
            ((self.buyer, self.branch), self.branch),
            ((self.buyer, self.other_branch), self.office),
            ((self.buyer, self.stranger_company), self.env["res.partner"]),
        ]
        for partners, expected in cases:
            with self.subTest(expected.name):
                invoice = self._invoice_to_the_office(*partners)
                self.assertEqual(invoice.ordering_partner_id, expected)

    def test_an_invoice_without_order_was_ordered_by_nobody(self):
        for move_type in ("out_invoice", "in_invoice", "entry"):
            move = self.env["account.move"].create(
                {"move_type": move_type, "partner_id": self.branch.id}
            )
            self.assertFalse(move.ordering_partner_id)

    def test_invoices_from_before_the_installation_get_the_same(self):
        invoices = self._invoice_to_the_office(self.branch)
        invoices |= self._invoice_to_the_office(self.buyer, self.other_branch)
        expected = invoices.mapped("ordering_partner_id")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET ordering_partner_id = NULL WHERE id = ANY(%s)", [invoices.ids]
        )
        self.env.invalidate_all()
        self.env["account.move"]._fill_ordering_partner()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(invoices.mapped("ordering_partner_id"), expected)
        self.assertEqual(invoices[0].ordering_partner_id, self.branch)

    def test_the_customer_does_not_read_who_is_said_to_have_ordered(self):
        user = self._create_portal_user("ordering_buyer", self.branch)
        invoice = self._invoice_to_the_office(self.branch).with_user(user)
        self.assertTrue(invoice.has_access("read"))
        self.assertFalse(invoice._has_field_access(invoice._fields["ordering_partner_id"], "read"))
