from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoOutcome(RmaCommon):
    def test_an_outcome_names_a_dialog_that_decides(self):
        outcome = self.env.ref("rma_cso.outcome_credit")
        with self.assertRaises(ValidationError):
            outcome.form = "cso.refuse"

    def test_every_outcome_of_the_table_is_there(self):
        codes = self.env["cso.outcome"].search([]).mapped("code")
        table = (
            "credit licence_cancelled keep_offer replacement redelivery accessory repair"
            " invoice_correction taken_back goodwill"
        )
        self.assertEqual(set(codes), set(table.split()))
