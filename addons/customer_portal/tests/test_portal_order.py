from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp

HUGE = 99999999999999999999


@tagged("post_install", "-at_install")
class TestPortalOrder(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("order_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("order_colleague", cls.branch)
        cls.head = cls._create_portal_user("order_head", cls.office)
        cls.sibling = cls._create_portal_user("order_sibling", cls.other_branch)
        cls.stranger = cls._create_portal_user("order_stranger", cls.stranger_company)
        cls._put_in_stock(quantity=4)
        cls.product.write({"maker_part_number": "960-000972", "barcode": "5099206045200"})
        cls.order = cls._create_order(partner=cls.user.partner_id, client_order_ref="PO 7781")
        cls.picking = cls._ship(cls.order, tracking="1Z999")
        cls.picking.carrier_id = cls._create_carrier(
            tracking_url="https://carrier.example/<shipmenttrackingnumber>"
        )
        cls.purchase = cls._create_purchase(6, "2031-12-11")
        cls.env.cr.flush()
        cls.invoice = cls._invoice(cls.order)

    def _get_paths(self):
        return [
            f"/my/orders/{self.order.id}",
            f"/my/orders/{self.order.id}?report_type=pdf",
            f"/my/picking/pdf/{self.picking.id}",
            f"/my/invoices/{self.invoice.id}",
        ]

    # --- one order ------------------------------------------------------------------------------

    def test_owner_colleague_and_head_office_open_every_page_and_document(self):
        for user in (self.user, self.colleague, self.head):
            self.authenticate(user.login, PASSWORD)
            for path in self._get_paths():
                with self.subTest(user=user.login, path=path):
                    self.assertEqual(self._get(path).status_code, 200)

    def test_other_branch_and_stranger_get_404_for_every_page_and_document(self):
        for user in (self.sibling, self.stranger):
            self.authenticate(user.login, PASSWORD)
            for path in self._get_paths():
                with self.subTest(user=user.login, path=path):
                    self.assertEqual(self._get(path).status_code, 404)

    def test_a_former_colleague_gets_404(self):
        self.colleague.partner_id.parent_id = self.stranger_company
        self.assertEqual(self._get(self._get_paths()[0], self.colleague).status_code, 404)

    def test_the_public_reads_no_order_and_no_document(self):
        for path in self._get_paths():
            with self.subTest(path):
                self.assertIn(self._get(path).status_code, (303, 404))

    def test_numbers_that_are_nobodys_give_404(self):
        self.authenticate(self.user.login, PASSWORD)
        for page in (
            "/my/orders/%s",
            "/my/picking/pdf/%s",
            "/my/picking/return/pdf/%s",
            "/my/invoices/%s",
        ):
            for number in (HUGE, 2**31, 2**31 - 1, 0, -1, "abc"):
                with self.subTest(page=page, number=number):
                    self.assertEqual(self._get(page % number).status_code, 404)

    def test_a_wrong_token_gives_404(self):
        self.authenticate(self.stranger.login, PASSWORD)
        for path in (self._get_paths()[0], self._get_paths()[2]):
            for token in ("", "x", "é"):
                with self.subTest(path=path, token=token):
                    response = self._get(f"{path}?access_token={token}")
                    self.assertEqual(response.status_code, 404)

    def test_the_page_shows_what_the_customer_asks_for(self):
        page = self._get(self._get_paths()[0], self.user).text
        expected = [
            "Partially fulfilled",
            "PO 7781",
            "960-000972",
            "5099206045200",
            "4 shipped, 6 open",
            "11 Dec",
            "Ordered from the supplier",
            "https://carrier.example/1Z999",
            f"/my/picking/pdf/{self.picking.id}",
            f"/my/invoices/{self.invoice.id}",
            self.picking.name,
            self.invoice.name,
            "Kade IT Rotterdam",
        ]
        for text in expected:
            with self.subTest(text):
                self.assertIn(text, page)

    def test_the_history_says_what_happened_newest_first(self):
        self.purchase.order_line.supplier_eta = "2031-12-20"
        self.env.flush_all()
        page = self._get(self._get_paths()[0], self.user).text
        history = page[page.index('id="portal_order_history"') :]
        texts = [
            f"Invoiced with {self.invoice.name}",
            f"Shipped as {self.picking.name}: 4",
            "Logitech C930e webcam: ETA moved from 11 Dec 2031 to 20 Dec 2031",
            "Order confirmed",
        ]
        places = [history.index(text) for text in texts]
        self.assertEqual(places, sorted(places))
        for secret in (self.vendor.name, self.purchase.name):
            self.assertNotIn(secret, history)

    def test_an_invoice_says_what_is_to_be_paid_and_when(self):
        self.invoice.invoice_date_due = "2031-01-05"
        self.env.flush_all()
        page = self._get(self._get_paths()[0], self.user).text
        self.assertRegex(page, "632.10 due on 5 Jan 2031")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({})._create_payments()
        self.env.flush_all()
        self.assertIn("Paid", self._get(self._get_paths()[0]).text)

    def test_the_hint_about_dates_goes_when_nothing_is_open(self):
        self._put_in_stock(quantity=6)
        self.authenticate(self.user.login, PASSWORD)
        self.assertIn("we cannot", self._get(self._get_paths()[0]).text)
        self._ship(self.order)
        self.env.flush_all()
        self.assertNotIn("we cannot", self._get(self._get_paths()[0]).text)

    def test_without_a_salesperson_the_contact_is_that_of_the_company(self):
        self.order.user_id = False
        staff = self._create_staff("order_contact", "base.group_user")
        self.branch.user_id = staff
        self.env.flush_all()
        page = self._get(self._get_paths()[0], self.user).text
        contact = page[page.index("Your contact person") :]
        self.assertIn(staff.name, contact[:400])

    def test_every_shipment_of_an_order_is_there_also_the_fourth(self):
        self._put_in_stock(quantity=6)
        pickings = self.picking
        for _number in range(3):
            pickings |= self._ship(self.order, quantity=1)
        pickings |= self._return(self.picking, 1)
        self.env.flush_all()
        page = self._get(self._get_paths()[0], self.user).text
        for picking in pickings | self.order.picking_ids:
            with self.subTest(picking.name):
                self.assertIn(f'id="shipment-{picking.id}"', page)
        self.assertIn("came back on", page)

    def test_the_order_page_needs_no_more_queries_for_more_shipments(self):
        self._put_in_stock(quantity=40)
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (2, 10):
            order = self._create_order(lines=[(self.product, 11)])
            for _number in range(number):
                self._ship(order, quantity=1, tracking="A1,B2")
            self.env.flush_all()
            counts.append(self._count_queries(f"/my/orders/{order.id}"))
        self.assertEqual(counts[0], counts[1])

    def test_a_carrier_without_a_number_stands_alone(self):
        self.picking.write({"carrier_tracking_ref": False})
        page = self._get(self._get_paths()[0], self.user).text
        self.assertRegex(page, r"Parcel\s*<")
        self.assertNotIn("Parcel:", page)

    def test_the_page_names_neither_vendor_nor_purchase_nor_cost(self):
        page = self._get(self._get_paths()[0], self.user).text
        for secret in (self.vendor.name, self.purchase.name, "50.00"):
            with self.subTest(secret):
                self.assertNotIn(secret, page)

    def test_no_link_of_a_signed_in_user_has_a_token(self):
        self.authenticate(self.user.login, PASSWORD)
        self.order._portal_ensure_token()
        self._create_order(confirm=False).state = "sent"
        for path in ("/my", "/my/orders", self._get_paths()[0], "/my/search?q=PO", "/my/quotes"):
            with self.subTest(path):
                self.assertNotIn("access_token=", self._get(path).text)

    def test_reading_writes_nothing(self):
        self.authenticate(self.user.login, PASSWORD)
        self.order.access_token = False
        self.env.flush_all()
        paths = ("/my", "/my/orders", f"/my/orders/{self.order.id}", "/my/search?q=PO 7781")
        for path in paths:
            with self.subTest(path), self.assertQueriesWriteNothing():
                self._get(path)
        self.assertFalse(self.order.access_token)

    def test_a_public_token_holder_still_signs_on_the_page_of_odoo(self):
        quotation = self._create_order(confirm=False, require_signature=True, require_payment=False)
        quotation.state = "sent"
        url = quotation.get_portal_url()
        response = self._get(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("modalaccept", response.text)

    def test_a_quotation_is_accepted_by_its_customer(self):
        quotation = self._create_order(confirm=False, require_signature=True, require_payment=False)
        quotation.state = "sent"
        page = self._get(f"/my/orders/{quotation.id}", self.user)
        self.assertIn("modalaccept", page.text)

    def test_a_token_opens_its_own_slip_only(self):
        token = self.order._portal_ensure_token()
        other = self._create_order(partner=self.stranger_company)
        self.assertEqual(
            self._get(f"/my/picking/pdf/{self.picking.id}?access_token={token}").status_code, 200
        )
        path = f"/my/picking/pdf/{other.picking_ids.id}?access_token={token}"
        self.assertEqual(self._get(path).status_code, 404)

    def test_a_slip_of_an_order_without_a_token_is_no_error(self):
        self.order.access_token = False
        path = f"/my/picking/pdf/{self.picking.id}?access_token=abc"
        self.assertEqual(self._get(path).status_code, 404)

    def test_the_page_that_takes_payments_is_for_who_sees_prices(self):
        role = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.sudo().access_entry_ids.role_ids = role
        page = self._get(f"/my/orders/{self.order.id}?payment_amount=1", self.user)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("632.10", page.text)

    def test_an_amount_to_pay_that_is_no_number_is_none(self):
        for text in ("nan", "1e400", "-5"):
            with self.subTest(text):
                page = self._get(f"/my/orders/{self.order.id}?payment_amount={text}", self.user)
                self.assertIn("op-", page.text)
                self.assertEqual(page.status_code, 200)

    def test_without_the_role_for_prices_no_amount_is_shown(self):
        role = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.sudo().access_entry_ids.role_ids = role
        page = self._get(self._get_paths()[0], self.user).text
        self.assertNotIn("63.21", page)
        self.assertNotIn("632.10", page)

    def test_the_order_page_needs_no_more_queries_for_more_lines(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (2, 20):
            order = self._create_order(lines=[(self.product, 1)] * number)
            counts.append(self._count_queries(f"/my/orders/{order.id}"))
        self.assertEqual(counts[0], counts[1])

    # --- pages of Odoo --------------------------------------------------------------------------

    def test_nonsense_in_the_address_of_quotations_and_documents_does_no_harm(self):
        self.authenticate(self.user.login, PASSWORD)
        for path in (
            "/my/quotes?sortby=zz",
            "/my/quotes?date_begin=abc&date_end=x",
            f"/my/orders/{self.order.id}/document/1",
            f"/my/orders/{self.order.id}/document/{HUGE}",
            f"/my/orders/{HUGE}/document/1",
        ):
            with self.subTest(path):
                self.assertIn(self._get(path).status_code, (200, 303))
