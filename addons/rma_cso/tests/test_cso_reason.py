from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RmaCommon

CODES = [
    "defect",
    "doa",
    "commercial",
    "own_mistake",
    "buyback",
    "wrong_delivery",
    "complaint",
    "over_delivery",
    "transport_damage",
    "concealed_damage",
    "shortage",
    "missing_accessory",
    "wrong_invoice",
    "licence_return",
]
SENT_AT_ONCE = {"defect", "doa", "commercial", "own_mistake"}
HANDLED = {"shortage", "wrong_invoice", "licence_return"}
TAKING_NO_UNITS = {"over_delivery", "missing_accessory", "wrong_invoice"}


@tagged("post_install", "-at_install")
class TestCsoReason(RmaCommon):
    def test_there_are_fourteen_reasons_in_their_order(self):
        own = self.env["cso.reason"].search([("code", "in", CODES)])
        self.assertEqual(own.mapped("code"), CODES)

    def test_each_reason_explains_its_rules(self):
        for code in CODES:
            with self.subTest(code):
                self.assertGreater(len(self._get_reason(code).help_text), 80)

    def test_some_reasons_are_authorised_at_once(self):
        for code in CODES:
            with self.subTest(code):
                reason = self._get_reason(code)
                self.assertEqual(reason.authorisation == "immediate", code in SENT_AT_ONCE)
                self.assertEqual(reason.message == "send", code in SENT_AT_ONCE)
                self.assertEqual(reason.message == "handled", code in HANDLED)

    def test_three_reasons_take_no_units(self):
        for code in CODES:
            with self.subTest(code):
                reason = self._get_reason(code)
                self.assertEqual(not reason.takes_units, code in TAKING_NO_UNITS)

    def test_a_code_is_unique(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["cso.reason"].create({"name": "Again", "code": "doa"})
            self.env.flush_all()

    def test_a_highest_value_below_the_lowest_is_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._get_reason("commercial").max_amount = 10
            self.env.flush_all()

    def test_only_forms_that_exist_can_be_chosen(self):
        reason = self._get_reason("doa")
        with self.assertRaises(ValidationError):
            reason.form = "res.partner"
        self.assertIn("cso.form.defect", dict(reason._get_forms()))
        self.assertNotIn("cso.form", dict(reason._get_forms()))

    def test_forms_are_named_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        model = self.env["ir.model"]._get("cso.form.defect")
        model.with_context(lang="nl_NL").name = "Formulier"
        reasons = self.env["cso.reason"].with_context(lang="nl_NL")
        self.assertEqual(dict(reasons._get_forms())["cso.form.defect"], "Formulier")

    def test_the_words_for_customers_name_the_figures_of_the_rule(self):
        reason = self._get_reason("commercial")
        reason.write({"window_days": 17, "fee_percent": 12.5, "min_amount": 25, "max_amount": 2000})
        reason.help_text = "{window_days} days, {fee_percent} %, {min_amount} to {max_amount}, {x}"
        self.assertRegex(reason.help_shown, r"^17 days, 12\.5 %, \D*25\D* to \D*2,000\D*, \{x\}$")

    def test_the_window_is_one_line(self):
        for code, text in (
            ("commercial", "15 days from the invoice"),
            ("doa", "as the vendor names, else 45 days from the receipt"),
            ("defect", "as the vendor names, else 24 months from the invoice"),
        ):
            with self.subTest(code):
                self.assertEqual(self._get_reason(code).window_text, text)

    def test_a_code_fits_into_an_address(self):
        for code in ("Recall", "1st", "re call", "rückruf", ""):
            with (
                self.subTest(code),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.env["cso.reason"].create({"name": "Again", "code": code})

    def test_a_fifteenth_reason_is_a_record_and_no_code(self):
        reason = self.env["cso.reason"].create(
            {"name": "Recall", "code": "recall", "window_days": 3, "authorisation": "immediate"}
        )
        line = self._create_delivered_line()
        answer = line._get_return_eligibility(reason)[line.id][0]
        self.assertTrue(answer["allowed"])
        self.assertEqual((answer["until"] - self.today).days, 3)
