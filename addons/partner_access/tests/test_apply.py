import re
from unittest.mock import patch

from lxml import html

from odoo.tests import HttpCase, tagged

from ..models.partner_access_application_link import MAX_LINKS_PER_HOUR
from .application_common import ANSWERS, EMAIL, KINDS, PDF, ApplicationCommon

START = {"company_name": "Testman", "contact_name": "Tess", "email": EMAIL}


@tagged("post_install", "-at_install")
class TestApply(ApplicationCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.env["partner.access.conditions"].search([]).active = False
        self._create_conditions()
        self.applications = self.env["partner.access.application"]

    def _post(self, path, files=None, **values):
        page = self.url_open("/apply").text
        token = re.search(r"csrf_token\" value=\"([^\"]+)", page).group(1)
        return self.url_open(path, data={"csrf_token": token, **values}, files=files)

    def _create_link(self, **values):
        application = self._create_application(**values)
        token = self.env["partner.access.application.link"]._open(application)
        return application, f"/apply/{token}"

    def test_the_page_is_open_as_long_as_there_are_conditions(self):
        self.assertIn('href="/apply"', self.url_open("/web/login").text)
        page = self.url_open("/apply")
        self.assertEqual(page.status_code, 200)
        self.assertIn("resellers", page.text)
        self.env["partner.access.conditions"].search([]).active = False
        self.assertEqual(self.url_open("/apply").status_code, 404)
        self.assertNotIn('href="/apply"', self.url_open("/web/login").text)

    def test_an_application_from_beginning_to_end(self):
        response = self._post("/apply", **START)
        path = response.url.removeprefix(self.base_url()).partition("?")[0]
        self.assertIn("is on its way to", response.text)
        answers = {**ANSWERS, "country_id": self.env.ref("base.nl").id}
        files = [(f"file_{kind}", (f"{kind}.pdf", PDF)) for kind in KINDS]
        page = html.fromstring(self._post(path, files, **answers).text)
        accepted = page.xpath("//input[@name='accepted']/@value")[0]
        signed = {"signed_name": "Tess Testman", "accepted": accepted, "send": "1"}
        response = self._post(path, **answers, **signed)
        self.assertIn("We have your application", response.text)
        application = self.applications.search([("email", "=", EMAIL)])
        self.assertEqual(application.state, "submitted")
        self.assertEqual(len(application.document_ids), 3)
        self.assertTrue(application.signed_address)

    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(self):
        for email in ("tess", "tess@@", "a@b@velthuis.example"):
            response = self._post("/apply", **{**START, "email": email})
            self.assertIn("This is not an e-mail address.", response.text, email)
            self.assertIn("Testman", response.text)
        _application, path = self._create_link(documents=())
        values = {**ANSWERS, "vat": "NL1", "comment": "Ring twice", "signed_name": "Te"}
        page = self._post(path, [("file_other", ("x.exe", b"MZ"))], **values, send="1").text
        self.assertIn("cannot be taken", page)
        page = self._post(path, **values, send="1").text
        for text in ("This is not a VAT number", "NL1", "Ring twice", 'value="Te"'):
            with self.subTest(text):
                self.assertIn(text, page)

    def test_what_is_typed_is_saved_by_itself(self):
        application, path = self._create_link()
        values = {"answers": {"vat": "NL 07924", "state": "accepted"}}
        answer = self.make_jsonrpc_request(f"{path}/save", values)
        self.assertTrue(answer["saved"] and answer["vat_error"])
        self.assertEqual((application.vat, application.state), ("NL 07924", "draft"))
        for odd in ({"answers": []}, {"answers": {"vat": {"a": 1}}}, {}):
            with self.subTest(odd):
                self.assertTrue(self.make_jsonrpc_request(f"{path}/save", odd)["saved"])
        self.assertFalse(self.make_jsonrpc_request("/apply/x/save", values)["saved"])

    def test_documents_are_added_shown_and_removed_by_their_applicant_only(self):
        application, path = self._create_link(documents=())
        stranger, _path = self._create_link(email="b@x.example")
        answer = self._post(f"{path}/upload", [("file_letterhead", ("a.pdf", PDF))]).json()
        self.assertIn("a.pdf", answer["files"]["letterhead"])
        document = application.document_ids
        response = self.url_open(f"{path}/file/{document.id}")
        self.assertEqual(response.content, PDF)
        self.assertIn("attachment", response.headers["Content-Disposition"])
        foreign = stranger.document_ids[0]
        self.assertEqual(self.url_open(f"{path}/file/{foreign.id}").status_code, 404)
        self._post(f"{path}/upload", remove=str(foreign.id))
        self.assertTrue(foreign.exists())
        self._post(f"{path}/upload", remove=str(document.id))
        self.assertFalse(document.exists())

    def test_what_is_no_number_of_a_document_removes_none(self):
        _application, path = self._create_link(documents=())
        for remove in ("²", "9" * 30):
            with self.subTest(remove):
                answer = self._post(f"{path}/upload", remove=remove)
                self.assertEqual(answer.status_code, 200)

    def test_a_name_that_is_typed_at_the_beginning_is_one_line(self):
        values = {"company_name": "Velthuis", "email": "jan@velthuis.example"}
        self._post("/apply", contact_name="Jan\r\nBcc: x@velthuis.example", **values)
        application = self.env["partner.access.application"].search([], order="id desc", limit=1)
        self.assertEqual(application.contact_name, "Jan Bcc: x@velthuis.example")

    def test_a_link_that_does_not_work_says_so_everywhere(self):
        for token in ("x", "%00", "a" * 300):
            page = self.url_open(f"/apply/{token}")
            with self.subTest(token):
                self.assertEqual(page.status_code, 404)
        self.assertIn("This link no longer works", self.url_open("/apply/x").text)
        self.assertEqual(self._post("/apply/x", vat="1").status_code, 404)
        self.assertEqual(self._post("/apply/x/upload").status_code, 404)
        self.assertEqual(self.url_open("/apply/x/file/1").status_code, 404)

    def test_a_token_that_is_garbled_foreign_or_has_ended_opens_nothing(self):
        application, path = self._create_link()
        _stranger, foreign = self._create_link(email="b@x.example", documents=())
        user = self._create_portal_user()
        reset = user.partner_id._generate_signup_token()
        over, ended = self._create_link(email="c@x.example")
        self.env["partner.access.application.link"].search(
            [("application_id", "=", over.id)]
        ).expires_on = "2020-01-01"
        document = f"file/{application.document_ids[0].id}"
        self.assertEqual(self.url_open(f"{foreign}/{document}").status_code, 404)
        typed = {"company_name": "Changed", "email": "d@x.example"}
        for base in (
            f"{path}x",
            path[:-1],
            f"/apply/{path[7:].swapcase()}",
            f"/apply/{reset}",
            ended,
        ):
            answers = [self.url_open(base), self.url_open(f"{base}/{document}")]
            answers += [self._post(base + tail, **typed) for tail in ("", "/address", "/upload")]
            with self.subTest(base):
                self.assertEqual({answer.status_code for answer in answers}, {404})
                saved = self.make_jsonrpc_request(f"{base}/save", {"answers": typed})
                self.assertEqual(saved, {"saved": False})
        names = (application | over).mapped("company_name")
        self.assertNotIn("Changed", names)

    def test_the_answer_for_a_lost_link_is_the_same_for_every_address(self):
        self._create_link()
        answers = set()
        for address in (EMAIL, "niemand@testman.example"):
            response = self._post("/apply/link", email=address)
            answers.add((response.status_code, response.text.replace(address, "")))
        pages = [re.sub(r"csrf_token: \"[^\"]+\"", "", text) for _status, text in answers]
        self.assertEqual(len(set(pages)), 1)

    def test_one_network_begins_so_many_applications_in_an_hour(self):
        self._post("/apply", **START)
        links = self.env["partner.access.application.link"]
        address = links.search([("network_address", "!=", False)]).network_address
        row = {"network_address": address, "expires_on": "2100-01-01"}
        links.create([row] * MAX_LINKS_PER_HOUR)
        count = self.applications.search_count([])
        response = self._post("/apply", **{**START, "company_name": "Kept B.V."})
        self.assertEqual(response.status_code, 429)
        self.assertIn("Kept B.V.", response.text)
        self.assertEqual(self.applications.search_count([]), count)

    def test_a_captcha_that_is_installed_is_asked_at_the_beginning(self):
        with patch.object(type(self.env["ir.http"]), "_verify_request_recaptcha_token") as verify:
            self._post("/apply", **START)
        verify.assert_called_once_with("partner_access_apply")

    def test_pages_with_a_link_are_kept_nowhere(self):
        _application, path = self._create_link()
        headers = self.url_open(path).headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_the_applicant_follows_question_and_decision(self):
        application, path = self._create_link()
        self._submit(application)
        clerk = application.with_user(self._create_clerk())
        clerk._ask("An extract of this year?")
        page = self.url_open(path).text
        self.assertIn("An extract of this year?", page)
        self.assertIn('name="answer"', page)
        clerk._refuse("We sell to <resellers> only.")
        page = self.url_open(path).text
        self.assertIn("We sell to &lt;resellers&gt; only.", page)
        self.assertNotIn("<form id=", page)

    def test_duplicates_are_never_told_to_the_applicant(self):
        company = self._create_company(name="Geheim B.V.", vat="NL079244026B01")
        self._create_entry(email=EMAIL, partner_id=company.id)
        application, path = self._create_link()
        self._submit(application)
        self.assertTrue(application.is_duplicate)
        self.assertNotIn("Geheim", self.url_open(path).text)
