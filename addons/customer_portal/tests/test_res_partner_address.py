from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestResPartnerAddress(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("mira@kade.example", cls.branch)
        cls.first = cls._create_address(name="Loods 1")
        cls.second = cls._create_address(name="Loods 2")
        cls.bills = cls._create_address(name="Crediteuren", type="invoice")

    @classmethod
    def _create_address(cls, **values):
        values = {"type": "delivery", "parent_id": cls.branch.id, "street": "Kade 1", **values}
        return cls.env["res.partner"].create(values)

    def _create_order(self, partner, **values):
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        values = {"partner_id": partner.id, "order_line": [line], **values}
        return self.env["sale.order"].create(values)

    def test_new_orders_get_what_the_company_chose(self):
        other_bills = self._create_address(name="Hoofdkantoor", type="invoice")
        for delivery, invoice in ((self.second, other_bills), (self.first, self.bills)):
            self.branch.default_delivery_address_id = delivery
            self.branch.default_invoice_address_id = invoice
            for partner in (self.branch, self.user.partner_id):
                order = self._create_order(partner)
                with self.subTest(partner=partner.name, delivery=delivery.name):
                    self.assertEqual(order.partner_shipping_id, delivery)
                    self.assertEqual(order.partner_invoice_id, invoice)

    def test_without_a_choice_all_is_as_in_odoo(self):
        addresses = self.branch.address_get(["delivery", "invoice"])
        self.assertEqual(addresses["delivery"], self.first.id)
        self.assertEqual(addresses["invoice"], self.bills.id)
        self.branch.default_delivery_address_id = self.second
        self.assertEqual(self.first.address_get(["delivery"])["delivery"], self.first.id)
        self.assertEqual(
            self.other_branch.address_get(["delivery"])["delivery"], self.other_branch.id
        )

    def test_a_branch_may_have_its_invoices_sent_to_the_head_office_and_to_no_stranger(self):
        self.branch.default_invoice_address_id = self.office
        self.assertEqual(self._create_order(self.branch).partner_invoice_id, self.office)
        with self.assertRaises(ValidationError):
            self.branch.default_invoice_address_id = self.stranger_company

    def test_an_address_that_is_archived_or_moved_is_no_default(self):
        self.branch.default_delivery_address_id = self.second
        self.second.active = False
        self.assertFalse(self.branch.default_delivery_address_id)
        self.branch.default_delivery_address_id = self.first
        self.first.parent_id = self.stranger_company
        self.assertFalse(self.branch.default_delivery_address_id)

    def _deliver_to(self, address):
        order = self._create_order(self.branch, partner_shipping_id=address.id)
        order.action_confirm()
        return order

    def test_a_place_that_deliveries_are_on_their_way_to_is_replaced_and_stays_for_them(self):
        self.branch.default_delivery_address_id = self.second
        order = self._deliver_to(self.second)
        self.assertEqual(
            self.second._count_open_deliveries(), {self.second: len(order.picking_ids)}
        )
        kept = self.second.with_context(customer_portal_keep_deliveries=True)
        kept.write({"street": "Haven 9", "city": "Delft"})
        new = self.branch.default_delivery_address_id
        self.assertEqual((new.name, new.street, new.active), ("Loods 2", "Haven 9", True))
        self.assertEqual((self.second.street, self.second.active), ("Kade 1", False))
        self.assertEqual(order.partner_shipping_id, self.second)
        self.assertEqual(order.picking_ids.partner_id, self.second)

    def test_what_is_no_place_and_what_nothing_is_sent_to_is_changed_as_it_is(self):
        self._deliver_to(self.second)
        kept = (self.first | self.second).with_context(customer_portal_keep_deliveries=True)
        kept.write({"phone": "+31 10 1", "street": "Kade 1"})
        self.assertEqual(self.second.phone, "+31 10 1")
        kept[0].write({"street": "Haven 9"})
        self.assertEqual((self.first.street, self.first.active), ("Haven 9", True))
        self.second.write({"street": "Haven 9"})  # staff know what they do
        self.assertEqual((self.second.street, self.second.active), ("Haven 9", True))

    def test_the_book_holds_addresses_and_no_persons_or_strangers(self):
        self._create_address(name="Vreemd", parent_id=self.stranger_company.id)
        found = self.env["res.partner"].search(self.branch._get_book_domain(self.branch))
        self.assertEqual(found, self.branch | self.first | self.second | self.bills)
