from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import TransactionCase, tagged

from .application_common import EMAIL, ApplicationCommon

VIES = "odoo.addons.partner_access.models.partner_access_application_check.check_vies"


@tagged("post_install", "-at_install")
class TestPartnerAccessApplicationCheck(ApplicationCommon, TransactionCase):
    def test_companies_with_the_same_numbers_are_flagged_however_they_are_written(self):
        same_vat = self._create_company(vat="NL 079244026 b01")
        same_registry = self._create_company(company_registry="8123 0047")
        self._create_company(vat="NL945807302B01", company_registry="1")
        self._create_company(vat="81230047", active=False)
        application = self._create_submitted()
        self.assertEqual(application.duplicate_partner_ids, same_vat + same_registry)
        self.assertTrue(application.is_duplicate)

    def test_two_applications_of_one_company_know_each_other(self):
        first = self._create_submitted()
        second = self._create_submitted(email="b@testman.example", company_registry="1")
        third = self._create_submitted(
            email="c@other.example", vat="DE317771259", company_registry="2"
        )
        self.assertEqual(first.duplicate_application_ids, second)
        self.assertEqual(second.duplicate_application_ids, first)
        self.assertFalse(third.is_duplicate)

    def test_an_address_that_has_access_already_is_flagged(self):
        company = self._create_company(name="Elders B.V.")
        self._create_entry(email=EMAIL, partner_id=company.id)
        self.assertEqual(self._create_submitted().access_note, "Elders B.V.")

    def test_many_applications_are_compared_at_once(self):
        records = self.env["partner.access.application"]
        for number in range(6):
            records += self._create_application(
                documents=(), email=f"{number}@x.example", company_registry=str(number)
            )
        records.invalidate_recordset()
        records[:2].mapped("is_duplicate")
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            records.mapped("is_duplicate")

    def _check(self, **answer):
        application = self._create_submitted()
        with patch(VIES, **answer) as vies:
            application._check_vies()
        vies.assert_called_once_with("NL079244026B01", timeout=10)
        return application

    def test_vies_says_whether_a_number_is_in_use(self):
        for is_valid, state in ((True, "valid"), (False, "invalid")):
            with self.subTest(state):
                answer = {"valid": is_valid, "name": "TESTMAN"}
                application = self._check(return_value=answer)
                self.assertEqual(application.vies_state, state)
                self.assertEqual(application.vies_name, "TESTMAN")

    def test_vies_out_of_reach_holds_nothing_up_and_is_asked_again_for_two_days(self):
        application = self._check(side_effect=OSError("no network"))
        self.assertEqual((application.state, application.vies_state), ("submitted", "waiting"))
        with (
            freeze_time(fields.Datetime.now() + timedelta(days=3)),
            patch(VIES, side_effect=OSError),
        ):
            application._check_vies()
        self.assertEqual(application.vies_state, "unreachable")

    def test_vies_is_asked_about_numbers_of_the_union_only_and_where_it_is_wanted(self):
        self.assertEqual(self._create_submitted().vies_state, "waiting")
        swiss = {"vat": "CHE-107.787.577 MWST", "country_id": self.env.ref("base.ch").id}
        self.assertEqual(self._create_submitted(**swiss).vies_state, "none")
        self.env.company.portal_asks_vies = False
        application = self._create_submitted()
        self.assertEqual(application.vies_state, "none")
        application.action_check_vies()
        self.assertEqual(application.vies_state, "waiting")
