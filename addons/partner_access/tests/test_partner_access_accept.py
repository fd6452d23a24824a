from odoo.tests import TransactionCase, tagged

from .application_common import EMAIL, ApplicationCommon


@tagged("post_install", "-at_install")
class TestPartnerAccessAccept(ApplicationCommon, TransactionCase):
    def _open(self, application):
        clerk = self._create_clerk()
        action = application.with_user(clerk).action_accept()
        dialogs = self.env["partner.access.accept"].with_user(clerk)
        return dialogs.with_context(**action["context"]).create({})

    def test_the_dialog_proposes_the_company_that_has_the_numbers_already(self):
        company = self._create_company(vat="NL079244026B01")
        self._create_entry(
            email="baas@testman.example", partner_id=company.id, roles=["administrator"]
        )
        dialog = self._open(self._create_submitted())
        self.assertEqual(dialog.partner_id, company)
        self.assertEqual(dialog.administrators, "baas@testman.example")
        self.assertEqual(dialog.action_accept()["res_id"], company.id)

    def test_the_dialog_makes_a_new_company_whose_account_manager_is_the_clerk(self):
        dialog = self._open(self._create_submitted())
        self.assertFalse(dialog.partner_id)
        self.assertEqual(dialog.email, EMAIL)
        company = self.env["res.partner"].browse(dialog.action_accept()["res_id"])
        self.assertEqual(company.user_id, dialog.user_id)
