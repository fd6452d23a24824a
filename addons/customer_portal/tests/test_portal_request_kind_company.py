from odoo.exceptions import AccessError
from odoo.fields import Command, Datetime
from odoo.tests import TransactionCase, tagged

from odoo.addons.partner_access.tests.common import RetentionCommon

from .common import PortalFactories

IBAN = "NL91ABNA0417164300"


@tagged("post_install", "-at_install")
class TestPortalRequestKindCompany(RetentionCommon, PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_staff("joost@noorder.example", "sales_team.group_sale_salesman")
        cls.company = cls._create_customer(
            name="Kade IT",
            street="Kade 1",
            zip="3011 AA",
            city="Rotterdam",
            country_id=cls.env.ref("base.nl").id,
            state_id=cls.env["res.country.state"]
            .search([("country_id.code", "=", "NL")], limit=1)
            .id,
            user_id=cls.manager.id,
        )
        cls.admin = cls._create_portal_user("nadia@kade.example", cls.company)
        role = cls.env.ref("partner_access.role_administrator")
        cls.admin.sudo().access_entry_ids.role_ids = role
        cls.buyer = cls._create_portal_user("mira@kade.example", cls.company)

    def _submit(self, **typed):
        data = self.env["portal.company.data"].with_user(self.admin)
        values, errors = data._read(typed, data._get_present(self.company))
        self.assertFalse(errors)
        return data._submit(values).with_user(self.manager)

    def test_accepted_data_are_written_and_noted_on_the_company(self):
        request = self._submit(name="Kade IT GmbH", country="DE", zip="40210", city="Düsseldorf")
        request._accept("Done.")
        self.assertEqual((self.company.name, self.company.zip), ("Kade IT GmbH", "40210"))
        self.assertEqual(self.company.country_id, self.env.ref("base.de"))
        self.assertFalse(self.company.state_id)
        self.assertIn(request.name, self.company.message_ids[:1].body)
        self.assertEqual(self.admin.commercial_partner_id, self.company)

    def test_an_accepted_account_comes_first_and_no_money_is_sent_to_it_yet(self):
        old = "NL20INGB0001234567"
        self.company.bank_ids = [(0, 0, {"acc_number": old})]
        self._submit(bank=IBAN)._accept()
        self.company.invalidate_recordset(["bank_ids"])
        self.assertEqual(self.company.bank_ids.mapped("sanitized_acc_number"), [IBAN, old])
        self.assertFalse(self.company.bank_ids[0].allow_out_payment)
        self.company.bank_ids[0].active = False
        self._submit(bank=IBAN)._accept()
        self.assertEqual(self.company.bank_ids[0].sanitized_acc_number, IBAN)

    def test_a_new_account_is_to_be_confirmed_by_telephone(self):
        other = self._create_customer(name="Bekend B.V.", bank_ids=[(0, 0, {"acc_number": IBAN})])
        warnings = " ".join(self._submit(bank=IBAN)._get_warnings())
        self.assertIn("call the customer back", warnings)
        self.assertIn(other.name, warnings)

    def test_what_changed_meanwhile_is_told(self):
        request = self._submit(name="Kade IT B.V.", city="Schiedam")
        self.assertFalse(request._get_warnings())
        self.company.write({"name": "Kade Groep", "city": "Schiedam"})
        warnings = request._get_warnings()
        self.assertEqual(len(warnings), 1)
        self.assertIn("Kade Groep", warnings[0])

    def test_a_refused_request_changes_nothing_and_is_told_to_administrators_only(self):
        request = self._submit(name="Kade IT B.V.")
        request._refuse("Send the register extract.")
        self.assertEqual(self.company.name, "Kade IT")
        mine = request.with_user(self.admin)
        self.assertEqual(mine.answer, "Send the register extract.")
        self.assertEqual(mine._get_differences()[0]["new"], "Kade IT B.V.")
        with self.assertRaises(AccessError):
            request.with_user(self.buyer).read(["answer"])

    def test_nobody_but_who_answers_accepts(self):
        request = self._submit(name="Kade IT B.V.")
        for user in (self.admin, self.buyer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                request.with_user(user)._accept()
        self.assertEqual(self.company.name, "Kade IT")

    def test_documents_are_deleted_a_set_time_after_the_answer(self):
        requests = self.env["portal.request"]
        document = {"name": "extract.png", "res_model": requests._name}
        for days in (364, 366, None):
            requests |= self._submit(name=f"Kade {days}").sudo()
            requests[-1].document_ids = [Command.create({**document, "res_id": requests[-1].id})]
            if days:
                requests[-1]._refuse("No.")
                requests[-1].decided_on = Datetime.subtract(Datetime.now(), days=days)
        self._run_retention(requests)
        self.assertEqual([len(request.document_ids) for request in requests], [1, 0, 1])
        self.assertEqual(requests[1].field_ids.new_value, "Kade 366")

    def test_differences_show_a_country_and_an_account_as_they_are_read(self):
        request = self._submit(country="BE", zip="1000", bank=IBAN)
        texts = {row["new"] for row in request._get_differences()}
        self.assertEqual(texts, {"Belgium", "1000", "NL91 ABNA 0417 1643 00"})
