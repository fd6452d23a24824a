from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories

IBAN = "NL91ABNA0417164300"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


@tagged("post_install", "-at_install")
class TestPortalCompanyData(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._create_customer(
            name="Kade IT",
            street="Kade 1",
            zip="3011 AA",
            city="Rotterdam",
            country_id=cls.env.ref("base.nl").id,
            company_registry="24112233",
        )
        cls.admin = cls._create_portal_user("nadia@kade.example", cls.company)
        role = cls.env.ref("partner_access.role_administrator")
        cls.admin.sudo().access_entry_ids.role_ids = role
        cls.buyer = cls._create_portal_user("mira@kade.example", cls.company)

    def setUp(self):
        super().setUp()
        self.data = self.env["portal.company.data"].with_user(self.admin)

    def _read(self, **typed):
        return self.data._read(typed, self.data._get_present(self.company))

    def _submit(self, files=(), note="", **typed):
        values, errors = self._read(**typed)
        self.assertFalse(errors)
        return self.data._submit(values, note, files)

    def test_only_an_administrator_has_company_data(self):
        self.assertEqual(self.data._get_company(), self.company)
        for user in (self.buyer, self.env.user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.data.with_user(user)._get_company()

    def test_what_is_typed_is_checked_by_its_country(self):
        cases = {
            "name": ["", " \x00 ", "x" * 129],
            "vat": ["NL123456789B01", "DE123", "x"],
            "zip": ["", "30110", "D-3011"],
            "country": ["", "XX", "nl; DROP", "NaN"],
            "bank": ["", "NL91ABNA0417164301", "-1", "1e12"],
            "city": [""],
        }
        self.company.bank_ids = [(0, 0, {"acc_number": IBAN})]
        for name, values in cases.items():
            for value in values:
                with self.subTest(name=name, value=value[:20]):
                    _values, errors = self._read(**{name: value})
                    self.assertIn(name, errors)

    def test_another_country_asks_for_its_own_postal_code(self):
        _values, errors = self._read(country="DE")
        self.assertEqual(list(errors), ["zip"])
        _values, errors = self._read(country="DE", zip="40210")
        self.assertFalse(errors)

    def test_what_only_looks_another_way_is_no_change(self):
        self.company.vat = "NL123456782B90"
        self.company.bank_ids = [(0, 0, {"acc_number": "NL91 ABNA 0417 1643 00"})]
        typed = {"name": " Kade  IT ", "bank": IBAN, "vat": "NL 1234.56.782.B90"}
        with self.assertRaisesRegex(UserError, "Nothing differs"):
            self._submit(**typed)

    def test_what_differs_becomes_a_request_and_nothing_is_written(self):
        before = self.company.read(["name", "city", "vat"])
        request = self._submit(
            name="Kade IT B.V.", bank="NL91 ABNA 0417 1643 00", vat="", id="1", credit_limit="9"
        )
        rows = {row.field_name: (row.old_value, row.new_value) for row in request.field_ids}
        self.assertEqual(rows, {"name": ("Kade IT", "Kade IT B.V."), "bank": ("", IBAN)})
        self.assertEqual((request.kind, request.partner_id), ("company", self.company))
        self.company.invalidate_recordset()
        self.assertEqual(self.company.read(["name", "city", "vat"]), before)
        self.assertFalse(self.company.bank_ids)

    def test_a_second_request_waits_for_the_answer_of_the_first(self):
        request = self._submit(city="Schiedam")
        with self.assertRaisesRegex(UserError, "waits for an answer"):
            self._submit(city="Delft")
        request.with_user(self.admin)._withdraw()
        self.assertTrue(self._submit(city="Delft"))

    def test_up_to_three_checked_documents_belong_to_the_request(self):
        request = self._submit(files=[("brief.png", PNG)], city="Schiedam")
        document = request.document_ids
        self.assertEqual((document.res_model, document.res_id), ("portal.request", request.id))
        request.with_user(self.admin)._withdraw()
        for files in ([("a.exe", b"MZ")], [("brief.pdf", PNG)], [("a.png", PNG)] * 4):
            with self.subTest(files[0][0]), self.assertRaises(UserError):
                self._submit(files=files, city="Schiedam")
