from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .application_common import EMAIL, ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessApplicationReview(ApplicationCommon, TransactionCase):
    def setUp(self):
        super().setUp()
        self.clerk = self._create_clerk()
        self.application = self._create_submitted().with_user(self.clerk)
        self.entries = self.env["partner.access.entry"]

    def _find_entry(self):
        return self.entries.search([("email", "=", EMAIL)])

    def test_accepting_makes_company_contact_access_and_link_in_one_step(self):
        salesperson = self._create_staff()
        company = self.application._accept(salesperson=salesperson).sudo()
        self.assertEqual(company.name, "Testman Netwerken B.V.")
        self.assertEqual(company.vat, "NL079244026B01")
        self.assertEqual(company.company_registry, "81230047")
        self.assertEqual(company.user_id, salesperson)
        self.assertEqual(company.child_ids.mapped("name"), ["Tess Testman"])
        entry = self._find_entry()
        self.assertEqual((entry.partner_id, entry.source), (company, "application"))
        self.assertEqual(entry.role_ids.mapped("code"), ["administrator"])
        self.assertEqual(self.application.state, "accepted")
        self.assertIn(EMAIL, self._run_link_job().email_to)
        self.assertEqual(entry.user_id.partner_id.parent_id, company)

    def test_the_signed_document_stays_with_the_customer(self):
        company = self.application._accept().sudo()
        self.application.sudo().unlink()
        names = company.message_ids.attachment_ids.mapped("name")
        self.assertEqual(len(names), 1)
        self.assertTrue(names[0].startswith("APP"))

    def test_an_existing_company_keeps_its_data_and_gets_an_administrator(self):
        company = self._create_company(name="Bestaand B.V.", vat="NL079244026B01", city="Hoorn")
        self.application._accept(company)
        self.assertEqual((company.name, company.city), ("Bestaand B.V.", "Hoorn"))
        self.assertEqual(self._find_entry().partner_id, company)
        self.assertEqual(self.application.partner_id, company)

    def test_who_has_access_there_already_becomes_administrator(self):
        entry = self._create_entry(email=EMAIL, roles=["orders"])
        self.application._accept(entry.partner_id)
        self.assertEqual(self._find_entry(), entry)
        self.assertIn("administrator", entry.role_ids.mapped("code"))

    def test_who_has_access_elsewhere_is_not_moved(self):
        self._create_entry(email=EMAIL, partner_id=self._create_company(name="Elders B.V.").id)
        with self.assertRaisesRegex(UserError, "Elders B.V."):
            self.application._accept()

    def test_our_own_company_is_no_customer(self):
        with self.assertRaises(UserError):
            self.application._accept(self.env.company.partner_id)

    def test_nothing_half_made_stays_when_something_fails(self):
        companies = self.env["res.partner"].search_count([])
        failing = patch.object(type(self.entries), "action_send_link", side_effect=OSError)
        with failing, self.assertRaises(OSError), self.env.cr.savepoint():
            self.application._accept()
        self.env.invalidate_all()
        self.assertEqual(self.env["res.partner"].search_count([]), companies)
        self.assertEqual(self.application.state, "submitted")
        self.assertFalse(self._find_entry())

    def test_what_is_decided_is_not_decided_again(self):
        self.application._refuse("We sell to resellers only.")
        for act in (
            self.application._accept,
            lambda: self.application._refuse("No"),
            lambda: self.application._ask("Why?"),
        ):
            with self.assertRaisesRegex(UserError, "Refused"):
                act()

    def test_a_draft_is_not_decided(self):
        draft = self._create_application(email="b@x.example").with_user(self.clerk)
        with self.assertRaises(UserError):
            draft._accept()

    def test_the_applicant_is_told_by_mail(self):
        before = self.env["mail.mail"].search([])
        self.application._ask("An extract of this year, please.")
        self.application._refuse("We sell to <resellers> only.")
        mails = (self.env["mail.mail"].search([]) - before).sorted("id")
        self.assertEqual(mails.mapped("email_to"), [EMAIL, EMAIL])
        self.assertIn("An extract of this year", mails[0].body_html)
        self.assertIn("/apply/", mails[0].body_html)
        self.assertIn("&lt;resellers&gt;", mails[1].body_html)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})

    def test_each_step_stands_in_the_log(self):
        self.application._accept()
        rows = self.env["partner.access.log"].search([("kind", "=", "application")])
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0].partner_id, self.application.partner_id)
        self.assertEqual(rows[0].actor_id, self.clerk)

    def test_only_clerks_decide(self):
        for user in (self._create_staff(), self._create_portal_user(login="k@x.example")):
            application = self.application.with_user(user)
            for act in (application._accept, lambda a=application: a._refuse("No")):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    act()

    def test_what_was_signed_or_decided_is_not_written_by_hand(self):
        self.application.city = "Delfzijl"
        for values in ({"state": "accepted"}, {"signed_name": "X"}, {"vies_state": "valid"}):
            with self.subTest(values), self.assertRaises(UserError):
                self.application.write(values)

    def test_a_clerk_of_another_company_does_not_see_it(self):
        company = self.env["res.company"].create({"name": "B"})
        values = {"company_id": company.id, "company_ids": [(6, 0, company.ids)]}
        stranger = self._create_clerk(login="b@noorder.example", **values)
        applications = self.env["partner.access.application"].with_user(stranger)
        self.assertFalse(applications.search([]))
        with self.assertRaises(AccessError):
            self.application.with_user(stranger).read(["company_name"])


@tagged("post_install", "-at_install")
class TestTwoClerksAtOnce(BaseCase):
    """In transactions of their own; what they commit is deleted again."""

    def setUp(self):
        super().setUp()
        values = {"email": EMAIL, "state": "submitted", "company_name": "Tegelijk B.V."}
        with self._open() as env:
            self.number = env["partner.access.application"].create(values).id
        self.addCleanup(self._delete)

    @contextmanager
    def _open(self):
        with Registry(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _delete(self):
        with self._open() as env:
            env["partner.access.application"].browse(self.number).unlink()
            env["mail.mail"].search([("email_to", "=", EMAIL)]).unlink()
            env["partner.access.log"].search([("login", "=", EMAIL)]).unlink()

    def _refuse(self, env):
        env["partner.access.application"].browse(self.number)._refuse("No")

    def test_the_second_one_sees_what_the_first_one_did(self):
        with self._open() as one, self._open() as two:
            two.cr.execute("SELECT count(*) FROM partner_access_application")  # its snapshot begins
            self._refuse(one)
            one.cr.commit()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                self._refuse(two)
            two.cr.rollback()
            two.invalidate_all()
            with self.assertRaisesRegex(UserError, "Refused"):
                self._refuse(two)
