from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, tagged

from odoo.addons.customer_portal.hooks import post_init_hook

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleOrder(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()

    def test_an_order_is_confirmed_when_the_back_office_confirms_it(self):
        order = self._create_order(confirm=False)
        self.assertFalse(order.confirmed_on)
        order.action_confirm()
        self.assertEqual(order.confirmed_on, order.date_order)
        self.assertEqual(order.customer_status, "confirmed")

    def test_a_cancelled_order_stays_visible_as_cancelled(self):
        order = self._create_order()
        order._action_cancel()
        self.assertTrue(order.confirmed_on)
        self.assertEqual(order.customer_status, "cancelled")

    def test_an_order_put_back_to_quotation_is_not_confirmed(self):
        order = self._create_order()
        order._action_cancel()
        order.action_draft()
        self.assertFalse(order.confirmed_on)
        self.assertFalse(order.customer_status)

    def test_something_shipped_and_something_open_is_partial(self):
        other = self._create_product(name="Other")
        self._put_in_stock()
        order = self._create_order(lines=[(self.product, 10), (other, 1)])
        self._ship(order)
        self.assertEqual(order.customer_status, "partial")

    def test_all_shipped_and_invoiced_is_fulfilled(self):
        self._put_in_stock()
        order = self._create_order()
        self._ship(order)
        self.assertEqual(order.customer_status, "delivered")
        self._invoice(order)
        self.assertEqual(order.customer_status, "fulfilled")

    def test_shipping_costs_need_no_shipment_but_an_invoice(self):
        self._put_in_stock()
        service = self.env["product.product"].create({"name": "Shipping", "type": "service"})
        carrier = self.env["delivery.carrier"].create(
            {"name": "Parcel", "product_id": service.id, "fixed_price": 5}
        )
        order = self._create_order(confirm=False)
        order.set_delivery_line(carrier, 5)
        order.action_confirm()
        self._ship(order)
        self.assertEqual(order.customer_status, "delivered")
        self._invoice(order)
        self.assertEqual(order.customer_status, "fulfilled")

    def test_cancelled_lines_do_not_hold_an_order_open(self):
        other = self._create_product(name="Other")
        self._put_in_stock()
        order = self._create_order(lines=[(self.product, 10), (other, 1)])
        order.order_line[1].product_uom_qty = 0
        self._ship(order)
        self.assertEqual(order.customer_status, "delivered")

    def test_the_eta_of_an_order_is_the_range_of_its_open_lines(self):
        other = self._create_product(name="Other")
        order = self._create_order(lines=[(self.product, 10), (other, 1)])
        self._create_purchase(10, "2031-12-11")
        self._create_purchase(1, "2031-12-18", other)
        self.env.cr.flush()
        self.assertEqual(order.eta_state, "known")
        self.assertEqual(str(order.eta_first), "2031-12-11")
        self.assertEqual(str(order.eta_last), "2031-12-18")

    def test_a_line_without_a_date_makes_the_order_partly_known(self):
        other = self._create_product(name="Other")
        order = self._create_order(lines=[(self.product, 10), (other, 1)])
        self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        self.assertEqual(order.eta_state, "partial")

    def test_an_order_is_ordered_from_the_supplier_when_all_purchases_are_sent(self):
        other = self._create_product(name="Other")
        order = self._create_order(lines=[(self.product, 10), (other, 1)])
        self._create_purchase(10)
        self.env.cr.flush()
        self.assertFalse(order.supplier_ordered_on)
        self._create_purchase(1, product=other)
        self.env.cr.flush()
        self.assertTrue(order.supplier_ordered_on)

    def test_an_order_stays_ordered_when_its_goods_arrive(self):
        order = self._create_order()
        purchase = self._create_purchase(10)
        self.env.cr.flush()
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids._action_done()
        self.env.cr.flush()
        self.assertEqual(order.eta_state, "in_stock")
        self.assertTrue(order.supplier_ordered_on)

    def test_amounts_add_up_to_the_total(self):
        tax = self.env["account.tax"].create(
            {"name": "VAT", "amount": 21, "amount_type": "percent"}
        )
        order = self._create_order(lines=[{"tax_ids": [(6, 0, tax.ids)]}])
        amounts = order._get_portal_amounts()
        taxes = sum(amount for _name, amount in amounts["taxes"])
        self.assertAlmostEqual(amounts["lines"] + amounts["shipping"] + taxes, amounts["total"])

    def test_the_form_shows_what_the_customer_sees(self):
        order = self._create_order()
        with Form(order) as form:
            form.client_order_ref = "PO 7781"
        self.assertEqual(order.customer_status, "confirmed")

    def test_the_installation_finds_cancelled_orders_that_were_confirmed(self):
        order = self._create_order()
        order._action_cancel()
        order.confirmed_on = False
        self.env.flush_all()
        post_init_hook(self.env)
        self.assertEqual(order.confirmed_on, order.date_order)

    def test_customers_cannot_search_in_the_notes_of_their_orders(self):
        order = self._create_order()
        order.message_post(body="Geheime marge", subtype_xmlid="mail.mt_note")
        user = self._create_portal_user("order_notes", self.branch)
        orders = self.env["sale.order"].with_user(user)
        self.assertIn(order, orders.search([]))
        for path in ("message_ids", "website_message_ids", "order_line.order_id.message_ids"):
            with self.subTest(path), self.assertRaises(AccessError):
                orders.search([(f"{path}.body", "ilike", "Geheime")])

    def test_staff_sees_what_the_customer_sees(self):
        order = self._create_order()
        order.order_line = [Command.create({"display_type": "line_note", "name": "Note"})]
        purchase = self._create_purchase(10, "2031-12-11")
        self.env.cr.flush()
        purchase.order_line.supplier_eta = "2031-12-18"
        self.env.cr.flush()
        seller = self._create_staff("seller", "sales_team.group_sale_salesman_all_leads")
        order = order.with_user(seller)
        self.assertEqual(order.eta_text, "18 Dec 2031")
        self.assertEqual(order.portal_line_ids.mapped("eta_text"), ["18 Dec 2031"])
        change = order.portal_eta_change_ids[0]
        self.assertEqual((change.old_text, change.new_text), ("11 Dec 2031", "18 Dec 2031"))
        self.env["res.lang"]._activate_lang("de_DE")
        self.assertEqual(order.with_context(lang="de_DE").eta_text, "18. Dez. 2031")

    def test_the_tab_is_read_only(self):
        order = self._create_order()
        with Form(order) as form:
            for name in ("portal_line_ids", "portal_eta_change_ids", "eta_text", "customer_status"):
                self.assertTrue(form._get_modifier(name, "readonly"), name)

    def test_the_texts_of_staff_are_not_the_customers_to_read(self):
        order = self._create_order()
        mira = self._create_portal_user("mira", self.branch)
        for name in ("eta_text", "portal_line_ids", "portal_eta_change_ids"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                order.with_user(mira).read([name])
