import io
import re
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import PASSWORD, PortalHttp

GARBAGE = ("", "²", "-1", "0", "9" * 30, "x" * 300, "%00", "2026-13", "0000-00", "../../etc")


@tagged("post_install", "-at_install")
class TestPortalDocument(PortalHttp, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("document_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("document_colleague", cls.branch)
        cls.head = cls._create_portal_user("document_head", cls.office)
        cls.sibling = cls._create_portal_user("document_sibling", cls.other_branch)
        cls.stranger = cls._create_portal_user("document_stranger", cls.stranger_company)
        cls._put_in_stock(quantity=4)
        cls.order = cls._create_order(partner=cls.branch, client_order_ref="PO 3344")
        cls.picking = cls._ship(cls.order)
        cls.invoice = cls._invoice(cls.order)
        cls.credit = cls._credit(cls.invoice)
        cls.documents = cls.env["portal.document"]
        cls.references = [
            f"invoice-{cls.invoice.id}",
            f"credit_note-{cls.credit.id}",
            f"slip-{cls.picking.id}",
            f"confirmation-{cls.order.id}",
        ]
        cls.month = cls.invoice.invoice_date.strftime("%Y-%m")
        cls.env.flush_all()

    def _post_zip(self, user=None, **data):
        if user:
            self.authenticate(user.login, PASSWORD)
        data["csrf_token"] = Request.csrf_token(self)
        return self.url_open("/my/documents/zip", data=data, allow_redirects=False)

    def _get_names(self, response):
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        return zipfile.ZipFile(io.BytesIO(response.content)).namelist()

    def _set_role(self, code):
        role = self.env["partner.access.role"].search([("code", "=", code)])
        self.user.sudo().access_entry_ids.role_ids = role

    # --- the page -------------------------------------------------------------------------------

    def test_all_kinds_are_listed_under_their_month(self):
        page = self._get("/my/documents", self.user).text
        for reference in self.references:
            with self.subTest(reference):
                self.assertIn(f'value="{reference}"', page)
        self.assertIn("PO 3344", page)
        self.assertIn(f"month={self.month}", page)
        self.assertNotIn("access_token=", page)

    def test_kind_and_month_narrow_the_list(self):
        self.authenticate(self.user.login, PASSWORD)
        cases = {
            "kind=invoice": self.references[:1],
            "kind=slip": self.references[2:3],
            f"month={self.month}": self.references,
            f"month={self.month}&kind=credit_note": self.references[1:2],
            "month=1999-01": [],
        }
        for query, expected in cases.items():
            with self.subTest(query):
                page = self._get(f"/my/documents?{query}").text
                found = re.findall(r'value="((?:invoice|credit_note|slip|confirmation)-\d+)"', page)
                self.assertEqual(set(found), set(expected))

    def test_others_see_none_of_them(self):
        former = self._create_portal_user("document_former", self.branch)
        former.partner_id.parent_id = self.stranger_company
        for user in (self.sibling, self.stranger, former):
            with self.subTest(user.login):
                self.assertNotIn(self.invoice.name, self._get("/my/documents", user).text)
        for user in (self.colleague, self.head):
            with self.subTest(user.login):
                self.assertIn(self.invoice.name, self._get("/my/documents", user).text)

    def test_the_public_signs_in_first(self):
        for path in ("/my/documents", "/my/documents/zip?kind=invoice"):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 303)

    def test_garbage_in_the_address_is_answered_clearly(self):
        self.authenticate(self.user.login, PASSWORD)
        for path in ("/my/documents", "/my/documents/zip"):
            for name in ("kind", "month", "page", "document"):
                for value in GARBAGE:
                    with self.subTest(path=path, name=name, value=value):
                        response = self._get(f"{path}?{name}={value}")
                        self.assertIn(response.status_code, (200, 400, 404))

    def test_a_month_that_is_none_is_answered_beside_a_kind_or_chosen_documents(self):
        self.authenticate(self.user.login, PASSWORD)
        chosen = "&".join(f"document={one}" for one in self.references)
        with patch("odoo.addons.customer_portal.controllers.portal_document.DIRECT_LIMIT", 0):
            for rest, status in (("kind=slip", 400), (chosen, 200), (f"{chosen}&kind=zz", 200)):
                with self.subTest(rest=rest):
                    page = self._get(f"/my/documents/zip?month=2026-13&{rest}")
                    self.assertEqual(page.status_code, status)

    def test_an_unknown_kind_is_said_to_be_none(self):
        response = self._get("/my/documents?kind=cost", self.user)
        self.assertEqual(response.status_code, 400)
        self.assertIn("There are no documents of this kind for you.", response.text)

    def test_reading_writes_nothing(self):
        self.authenticate(self.user.login, PASSWORD)
        with self.assertQueriesWriteNothing():
            self._get("/my/documents")

    def test_the_page_needs_no_more_queries_for_more_documents(self):
        self.authenticate(self.user.login, PASSWORD)
        counts = []
        for number in (2, 18):
            for _number in range(number):
                order = self._create_order(lines=[(self.product, 1)])
                self._invoice(order)
            self.env.flush_all()
            counts.append(self._count_queries("/my/documents"))
        self.assertEqual(counts[0], counts[1])

    # --- ZIP ------------------------------------------------------------------------------------

    def test_chosen_documents_come_with_sensible_names(self):
        names = self._get_names(self._post_zip(self.user, document=self.references))
        slip = self.picking.name.replace("/", "-")
        invoice = self.invoice.name.replace("/", "-")
        self.assertEqual(len(names), 4)
        self.assertIn(f"{self.month} Delivery slip {slip}.pdf", names)
        self.assertIn(f"{self.month} Invoice {invoice}.pdf", names)

    def test_a_month_and_kind_come_whole_by_a_link(self):
        response = self._get(f"/my/documents/zip?month={self.month}&kind=invoice", self.user)
        self.assertEqual(len(self._get_names(response)), 1)
        self.assertIn("Invoices.zip", response.headers["Content-Disposition"])

    def test_one_foreign_document_refuses_all(self):
        foreign = self._create_order(partner=self.stranger_company)
        for user, references in (
            (self.user, [*self.references, f"confirmation-{foreign.id}"]),
            (self.sibling, self.references),
            (self.stranger, self.references[2:3]),
        ):
            with self.subTest(user.login):
                self.assertEqual(self._post_zip(user, document=references).status_code, 404)

    def test_references_that_are_none_give_404(self):
        self.authenticate(self.user.login, PASSWORD)
        for reference in ("x", "invoice", "invoice-", "slip-0", "slip--1", "cost-1", "slip-²"):
            with self.subTest(reference):
                self.assertEqual(self._post_zip(document=[reference]).status_code, 404)
        for number in (2**31, 10**30):
            with self.subTest(number):
                self.assertEqual(self._post_zip(document=[f"slip-{number}"]).status_code, 404)

    def test_an_internal_move_is_no_slip(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._put_in_stock(quantity=1)
        pick = self._ship(self._create_order(lines=[(self.product, 1)]))
        self.assertEqual(pick.picking_type_code, "internal")
        response = self._post_zip(self.user, document=[f"slip-{pick.id}"])
        self.assertEqual(response.status_code, 404)

    def test_nothing_chosen_is_said(self):
        response = self._post_zip(self.user)
        self.assertEqual(response.status_code, 400)
        self.assertIn("Choose documents first", response.text)

    def test_too_many_are_refused_with_the_limit(self):
        self.authenticate(self.user.login, PASSWORD)
        with patch("odoo.addons.customer_portal.models.portal_document.MAX_DOCUMENTS", 2):
            for data in ({"document": self.references}, {"month": self.month}):
                with self.subTest(data):
                    response = self._post_zip(**data)
                    self.assertEqual(response.status_code, 400)
                    self.assertIn("at most 2 documents", response.text)

    def test_many_are_queued_and_only_when_asked_for(self):
        self.authenticate(self.user.login, PASSWORD)
        downloads = self.env["portal.download"].search([])
        with patch("odoo.addons.customer_portal.controllers.portal_document.DIRECT_LIMIT", 2):
            page = self._get(f"/my/documents/zip?month={self.month}")
            self.assertIn("Prepare the file", page.text)
            self.assertEqual(self.env["portal.download"].search([]), downloads)
            response = self._post_zip(month=self.month)
        download = self.env["portal.download"].search([]) - downloads
        self.assertEqual(response.headers["Location"].split("/my/")[1], "downloads")
        self.assertEqual((download.kind, download.total_count), ("documents_zip", 4))
        self.assertEqual(download.user_id, self.user)

    def test_the_queue_writes_the_same_documents(self):
        documents = self.documents.with_user(self.user)
        found = documents._search_documents(self.references)
        parameters = {"references": [f"{kind}-{record_id}" for kind, record_id in found]}
        download = self.env["portal.download"].with_user(self.user)
        download = download._enqueue("documents_zip", "Documents.zip", parameters, len(found))
        with patch.object(type(download), "_set_progress"):  # commits
            download._make()
        names = zipfile.ZipFile(io.BytesIO(download.attachment_id.raw)).namelist()
        self.assertEqual(len(names), 4)

    def test_a_document_that_cannot_be_printed_is_named_and_the_rest_is_there(self):
        render = type(self.documents)._render

        def fail(documents, kind, record):
            if kind == "slip":
                raise ValueError
            return render(documents, kind, record)

        logger = "odoo.addons.customer_portal.models.portal_document"
        with patch.object(type(self.documents), "_render", fail), self.assertLogs(logger):
            response = self._post_zip(self.user, document=self.references)
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertEqual(len(archive.namelist()), 4)
        note = archive.read("Missing documents.txt").decode()
        self.assertIn(self.picking.name.replace("/", "-"), note)

    def test_an_invoice_that_was_printed_before_is_not_printed_again(self):
        self.invoice.invoice_pdf_report_file = "c3RvcmVk"  # "stored"
        self.env.flush_all()
        response = self._post_zip(self.user, document=self.references[:1])
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertEqual(archive.read(archive.namelist()[0]), b"stored")

    # --- names ----------------------------------------------------------------------------------

    def test_a_name_leads_nowhere_and_is_one_on_every_system(self):
        cases = {
            "WH/OUT/00001": "WH-OUT-00001",
            "../../etc/passwd": "etc-passwd",
            'a\\b:c*d?"<>|e': "a-b-c-d-e",
            "\x00\x1f.": "",
            "INV 1 ": "INV 1",
        }
        for name, expected in cases.items():
            with self.subTest(name):
                safe = self.documents._get_safe_name(name)
                self.assertEqual(safe, expected)

    def test_names_are_unique_whatever_their_case(self):
        names = set()
        found = [
            self.documents._get_unique_name(name, names) for name in ("A.pdf", "a.pdf", "A.pdf")
        ]
        self.assertEqual(found, ["A.pdf", "a (2).pdf", "A (3).pdf"])

    # --- roles ----------------------------------------------------------------------------------

    def test_without_the_role_for_prices_there_are_slips_only(self):
        self._set_role("orders")
        self.authenticate(self.user.login, PASSWORD)
        page = self._get("/my/documents").text
        self.assertIn(self.references[2], page)
        for reference in (*self.references[:2], self.references[3]):
            with self.subTest(reference):
                self.assertNotIn(reference, page)
                self.assertEqual(self._post_zip(document=[reference]).status_code, 404)
        path = f"/my/orders/{self.order.id}?report_type=pdf"
        self.assertEqual(self._get(path).status_code, 404)

    def test_without_the_role_for_prices_no_amount_is_read_over_the_api(self):
        order = self.order.with_user(self.user)
        self.assertEqual(order.read(["amount_total"])[0]["amount_total"], 632.1)
        self._set_role("orders")
        for records, name in (
            (order, "amount_total"),
            (order, "tax_totals"),
            (order, "access_token"),
            (order.order_line, "price_unit"),
            (order.order_line, "discount"),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                records.read([name])
        self.assertEqual(order.read(["name"])[0]["name"], order.name)

    def test_without_the_role_for_prices_there_are_no_quotations(self):
        quotation = self._create_order(confirm=False)
        quotation.state = "sent"
        self.env.flush_all()
        self.assertIn(quotation.name, self._get("/my/quotes", self.user).text)
        self._set_role("orders")
        self.assertNotIn(quotation.name, self._get("/my/quotes", self.user).text)
        self.assertEqual(self._get(f"/my/orders/{quotation.id}").status_code, 404)

    def test_with_prices_only_there_are_invoices_only(self):
        self._set_role("prices")
        kinds = self.documents.with_user(self.user)._get_kinds()
        self.assertEqual(set(kinds), {"invoice", "credit_note"})

    def test_a_kind_that_the_role_does_not_open_is_refused(self):
        self._set_role("orders")
        documents = self.documents.with_user(self.user)
        with self.assertRaises(UserError):
            documents._search_documents(kind="invoice")
        with self.assertRaises(MissingError):
            documents._search_documents(self.references[:1])
