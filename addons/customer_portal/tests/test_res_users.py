from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories

MODELS = ["sale.order", "sale.order.line", "stock.picking", "account.move", "account.move.line"]


@tagged("post_install", "-at_install")
class TestResUsers(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("access_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("access_colleague", cls.branch)
        cls.head = cls._create_portal_user("access_head", cls.office)
        cls.sibling = cls._create_portal_user("access_sibling", cls.other_branch)
        cls.stranger = cls._create_portal_user("access_stranger", cls.stranger_company)
        cls._put_in_stock(quantity=100)
        cls.order = cls._create_order(partner=cls.user.partner_id, client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order)
        cls.invoice = cls._invoice(cls.order)

    def _get_records(self):
        return {
            "sale.order": self.order,
            "sale.order.line": self.order.order_line,
            "stock.picking": self.picking,
            "account.move": self.invoice,
            "account.move.line": self.invoice.invoice_line_ids,
        }

    def _assert_sees(self, user, expected):
        for model_name, record in self._get_records().items():
            with self.subTest(user=user.login, model=model_name):
                domain = user._get_access_domain(model_name) & Domain("id", "in", record.ids)
                self.assertEqual(bool(self.env[model_name].search(domain)), expected)
                self.assertEqual(record.with_user(user).has_access("read"), expected)

    def test_owner_colleague_and_head_office_see_the_documents_of_a_branch(self):
        for user in (self.user, self.colleague, self.head):
            self._assert_sees(user, True)

    def test_other_branch_and_stranger_see_nothing(self):
        for user in (self.sibling, self.stranger):
            self._assert_sees(user, False)

    def test_a_former_colleague_sees_nothing_any_more(self):
        self._assert_sees(self.colleague, True)
        self.colleague.partner_id.parent_id = self.stranger_company
        self._assert_sees(self.colleague, False)

    def test_the_public_sees_nothing(self):
        self._assert_sees(self.env.ref("base.public_user"), False)

    def test_the_rules_leave_staff_everything(self):
        staff = self.env.ref("base.user_admin").with_context(partner_access_in_rule=True)
        for model_name in MODELS:
            self.assertTrue(staff._get_access_domain(model_name).is_true())

    def test_staff_see_in_the_portal_what_their_rights_leave(self):
        groups = {
            "access_seller": "sales_team.group_sale_salesman_all_leads",
            "access_own_seller": "sales_team.group_sale_salesman",
            "access_purchaser": "purchase.group_purchase_user",
            "access_nobody": "base.group_user",
        }
        self.order.user_id = self.env.ref("base.user_admin")
        self.env.flush_all()
        for login, group in groups.items():
            staff = self._create_staff(login, group)
            domain = staff._get_access_domain("sale.order.line")
            found = self.env["sale.order.line"].search(
                domain & Domain("order_id", "=", self.order.id)
            )
            self.assertEqual(bool(found), login == "access_seller", login)

    def test_staff_of_another_company_see_nothing_of_this_one(self):
        company = self.env["res.company"].create({"name": "Another Company"})
        staff = self._create_staff(
            "access_abroad", "sales_team.group_sale_manager,stock.group_stock_manager"
        )
        staff.write({"company_ids": company.ids, "company_id": company.id})
        for model_name, record in self._get_records().items():
            records = self.env[model_name].with_user(staff).with_company(company)
            domain = records.env.user._get_access_domain(model_name)
            found = self.env[model_name].search(domain & Domain("id", "in", record.ids))
            self.assertFalse(found, model_name)

    def test_nobody_asks_which_lines_have_a_purchase(self):
        lines = self.env["sale.order.line"].with_user(self.user)
        for domain in ([("purchase_line_ids", "!=", False)], [("purchase_line_ids.name", "!=", 1)]):
            with self.subTest(domain), self.assertRaises(AccessError):
                lines.search_count(domain)

    def test_the_branch_sees_its_invoice_billed_to_the_head_office(self):
        self._bill_to_head_office([self.order.partner_id])
        self._assert_sees(self.user, True)
        self._assert_sees(self.sibling, False)

    def _bill_to_head_office(self, partners):
        orders = self.env["sale.order"]
        for partner in partners:
            orders |= self._create_order(
                partner=partner,
                partner_invoice_id=self.office.id,
                partner_shipping_id=self.office.id,
            )
        self.invoice = self._invoice(orders)
        return self.invoice

    def test_an_invoice_shared_with_another_branch_stays_with_the_head_office(self):
        shared = self._bill_to_head_office([self.branch, self.other_branch])
        self.assertEqual(len(shared), 1)
        self.assertTrue(shared.with_user(self.head).has_access("read"))
        self.assertFalse(shared.with_user(self.user).has_access("read"))

    def test_an_exception_of_a_person_goes_before_what_the_company_says(self):
        cases = [
            (self.user, "own", True),
            (self.colleague, "own", False),
            (self.colleague, "branch", True),
            (self.head, "own", False),
            (self.head, "branch", True),
            (self.sibling, "company", True),
            (self.sibling, "branch", False),
            (self.stranger, "company", False),
        ]
        for company_scope in (False, "own", "company"):
            self.office.portal_scope = company_scope
            for user, scope, expected in cases:
                user.sudo().access_entry_ids.scope = scope
                with self.subTest(company=company_scope, scope=scope):
                    self._assert_sees(user, expected)

    def test_who_sees_the_own_only_sees_the_invoice_to_the_head_office(self):
        self.user.sudo().access_entry_ids.scope = "own"
        order = self._create_order(partner=self.user.partner_id, partner_invoice_id=self.office.id)
        invoice = self._invoice(order)
        self.assertEqual(invoice.partner_id, self.office)
        self.assertTrue(invoice.with_user(self.user).has_access("read"))
        self.colleague.sudo().access_entry_ids.scope = "own"
        self.assertFalse(invoice.with_user(self.colleague).has_access("read"))

    def test_quotations_are_seen_when_they_were_sent(self):
        quotation = self._create_order(confirm=False)
        self.assertFalse(quotation.with_user(self.user).has_access("read"))
        quotation.state = "sent"
        self.assertTrue(quotation.with_user(self.user).has_access("read"))

    def test_drop_shipments_and_returns_are_seen(self):
        back = self._return(self.picking, 1)
        order = self._create_route_order(self.dropship)
        purchase = self._get_purchase_lines(order).order_id
        purchase.button_confirm()
        for picking in (back, purchase.picking_ids):
            self.assertTrue(picking.with_user(self.colleague).has_access("read"))
            self.assertFalse(picking.with_user(self.stranger).has_access("read"))

    def test_internal_transfers_are_not_seen(self):
        self.warehouse.delivery_steps = "pick_ship"
        order = self._create_order()
        pick = order.picking_ids
        self.assertEqual(pick.picking_type_id.code, "internal")
        self.assertFalse(pick.with_user(self.user).has_access("read"))

    def test_costs_booked_beside_an_invoice_are_not_read(self):
        item = self.invoice.invoice_line_ids[0]
        self.env.cr.execute(
            "UPDATE account_move_line SET display_type = 'cogs' WHERE id = %s", [item.id]
        )
        item.invalidate_recordset()
        self.assertFalse(item.with_user(self.user).has_access("read"))
        found = self.env["account.move.line"].with_user(self.user).search([])
        self.assertNotIn("cogs", found.mapped("display_type"))

    def test_customers_read_no_purchases(self):
        purchase = self._create_purchase(10, "2031-12-11")
        for record in (purchase, purchase.order_line):
            self.assertFalse(record.with_user(self.user).has_access("read"))
        with self.assertRaises(AccessError):
            self.order.order_line.with_user(self.user).read(["purchase_line_ids"])

    def test_no_field_that_customers_read_names_supplier_purchase_or_cost(self):
        order = self._create_route_order(self.dropship)
        purchase = self._get_purchase_lines(order).order_id
        purchase.order_line.write({"price_unit": 51.37, "supplier_eta": "2031-12-11"})
        purchase.button_confirm()
        purchase.picking_ids.move_ids.quantity = 4
        purchase.picking_ids.move_ids.picked = True
        purchase.picking_ids.with_context(skip_backorder=True)._action_done()
        self.env.cr.flush()
        seen = (order, order.order_line, order.order_line.eta_change_ids, purchase.picking_ids[:1])
        for records in seen:
            self.assertTrue(records)
            theirs = records.with_user(self.user)
            for name in theirs.fields_get():
                with self.subTest(model=records._name, field=name):
                    texts = self._read_texts(theirs, name)
                    for secret in (self.vendor.name, purchase.name, "51.37", "205.48"):
                        self.assertNotIn(secret, texts)

    def _read_texts(self, records, name):
        """What a customer gets of a field by RPC; nothing where it is refused."""
        with suppress(AccessError):
            return str([record[name] for record in records.read([name])])
        return ""

    def test_orders_of_another_of_our_companies_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Another company of ours"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)], limit=1)
        order = self.env["sale.order"].create(
            {"partner_id": self.branch.id, "company_id": other.id, "warehouse_id": warehouse.id}
        )
        order.confirmed_on = "2026-11-12 10:00:00"
        domain = Domain("id", "=", order.id)
        seen = self.user._get_access_domain("sale.order") & domain
        self.assertFalse(self.env["sale.order"].search(seen))
        self.user.company_ids += other
        seen = self.user._get_access_domain("sale.order") & domain
        self.assertEqual(self.env["sale.order"].search(seen), order)

    def test_customers_do_not_read_which_vendor_holds_software(self):
        partner = self.user.partner_id.with_user(self.user)
        with self.assertRaises(AccessError):
            partner.read(["holds_software_until_hardware"])

    def test_vendors_keep_their_purchases_and_bills(self):
        vendor = self._create_portal_user("access_vendor", self.vendor)
        purchase = self._create_purchase(10)
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.vendor.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [(0, 0, {"name": "goods", "price_unit": 5})],
            }
        )
        bill.action_post()
        for record in (purchase, purchase.order_line, bill, bill.invoice_line_ids):
            self.assertTrue(record.with_user(vendor).has_access("read"))
        self._assert_sees(vendor, False)

    def test_roles_open_orders_and_prices(self):
        cases = [("orders", True, False), ("prices", False, True), ("returns", False, False)]
        for code, orders, prices in cases:
            with self.subTest(code):
                role = self.env["partner.access.role"].search([("code", "=", code)])
                self.user.sudo().access_entry_ids.role_ids = role
                self.assertEqual(self.order.with_user(self.user).has_access("read"), orders)
                self.assertEqual(self.picking.with_user(self.user).has_access("read"), orders)
                self.assertEqual(self.invoice.with_user(self.user).has_access("read"), prices)

    def test_customers_write_nothing(self):
        for record in self._get_records().values():
            self.assertFalse(record.with_user(self.user).has_access("write"))

    def test_a_search_groups_what_it_finds(self):
        other = self._create_order(client_order_ref="PO 7781")
        groups = self.user._search_portal("po 7781")
        self.assertEqual([group["key"] for group in groups], ["order"])
        urls = {item["url"] for item in groups[0]["items"]}
        self.assertEqual(urls, {f"/my/orders/{order.id}" for order in (self.order, other)})

    def test_a_search_finds_documents(self):
        cases = {"invoice": self.invoice.name, "shipment": self.picking.name}
        for key, number in cases.items():
            with self.subTest(key):
                self.assertEqual(
                    [group["key"] for group in self.user._search_portal(number)], [key]
                )

    def test_a_search_finds_nothing_of_others(self):
        numbers = (self.order.name, "PO 7781", self.invoice.name, self.picking.name)
        for user in (self.stranger, self.sibling):
            for number in numbers:
                self.assertEqual(user._search_portal(number), [])
