from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.tests import tagged

from .common import RmaCommon

# The table of the fourteen reasons; x is yes and - no. Only the defect counts months.
COLUMNS = (
    "kind",
    "applies_to",
    "window_days",
    "window_start",
    "window_policy",
    "min_amount",
    "max_amount",
    "respects_exclusions",
    "takes_units",
    "authorisation",
    "message",
    "goods_expected",
    "fee_percent",
    "fee_manual",
    "offer_percent",
    "serials",
    "requires_comment",
    "requires_photo",
    "wants_photo",
    "form",
)
TABLE = {
    "defect": "defect goods 0 invoice warranty 0 0 - x"
    " immediate send yes 0 - 0 required x - - defect",
    "doa": "defect goods 45 receipt doa 0 0 - x immediate send yes 0 - 0 required x - - defect",
    "commercial": "return goods 15 invoice none 25 2000 x x"
    " immediate send yes 10 - 0 required - - - unopened",
    "own_mistake": "return goods 15 invoice none 25 2000 x x"
    " immediate send yes 10 - 0 required - - - unopened",
    "buyback": "return goods 30 invoice none 25 0 x x"
    " review wait yes 0 x 0 required x - - unopened",
    "wrong_delivery": "return both 15 invoice none 0 0 - x"
    " review wait reviewer 0 - 0.5 optional - - x wrong.delivery",
    "complaint": "claim both 15 invoice none 0 0 - x"
    " review wait reviewer 0 - 0 optional x - x complaint",
    "over_delivery": "return goods 15 invoice none 0 0 - -"
    " review wait reviewer 0 - 0.5 typed - - x over.delivery",
    "transport_damage": "claim goods 4 invoice none 0 0 - x"
    " review wait reviewer 0 - 10 optional x x - transport.damage",
    "concealed_damage": "claim goods 15 invoice none 0 0 - x"
    " review wait reviewer 0 - 0 required x x - concealed.damage",
    "shortage": "claim both 4 invoice none 0 0 - x review handled no 0 - 0 none - - - shortage",
    "missing_accessory": "claim goods 15 invoice none 0 0 - -"
    " review wait no 0 - 0 required x - - claim",
    "wrong_invoice": "claim both 30 invoice none 0 0 - -"
    " review handled no 0 - 0 none x - - wrong.invoice",
    "licence_return": "return licence 15 invoice none 0 0 - x"
    " review handled no 0 - 0 typed - - - licence",
}
AMOUNTS = (24.99, 25.00, 25.01, 1999.99, 2000.00, 2000.01)
# What each form must be told, and the photos that it must have; "lots" are serials of the line.
ANSWERS = {
    "defect": {"lot_ids": "lots", "fault_code": "noise", "comment": "It rattles."},
    "doa": {
        "lot_ids": "lots",
        "fault_code": "no_response",
        "comment": "No light.",
        "wish": "credit",
    },
    "commercial": {"lot_ids": "lots", "sealed_confirmed": True},
    "own_mistake": {"lot_ids": "lots", "sealed_confirmed": True},
    "buyback": {"lot_ids": "lots", "comment": "Project cancelled.", "condition": "unopened"},
    "wrong_delivery": {"quantity": "1", "slip_matches": "yes", "keep_choice": "keep"},
    "complaint": {"quantity": "1", "comment": "It does not fit.", "condition": "opened"},
    "over_delivery": {"received_total": "3", "keep_choice": "send_back"},
    "transport_damage": {
        "quantity": "1",
        "comment": "The box and the article.",
        "noted_at_delivery": "yes",
        "keep_choice": "keep",
    },
    "concealed_damage": {"lot_ids": "lots", "comment": "The foot is broken."},
    "shortage": {"quantity": "1", "wish": "credit"},
    "missing_accessory": {"lot_ids": "lots", "comment": "The cable."},
    "wrong_invoice": {
        "invoice_detail": "currency",
        "invoice_answer": "EUR",
        "comment": "We pay in euro.",
    },
    "licence_return": {"quantity": "1", "not_activated": True},
}
PHOTOS = {
    "transport_damage": ("shipping_box", "retail_box", "shipping_label"),
    "concealed_damage": ("packaging", "damage", "serial_number"),
}
# Answers that ask for others, and those.
FOLLOWING = [
    ("wrong_delivery", {"slip_matches": "no"}, "received_identification", "unknown"),
    ("wrong_delivery", {"slip_matches": "no"}, "still_wanted", "yes"),
    ("wrong_invoice", {"invoice_detail": "customer_number"}, "invoice_answer", "4711"),
    ("wrong_invoice", {"invoice_detail": "leasing"}, "invoice_answer", "Lease Co, 12"),
    ("wrong_invoice", {"invoice_detail": "price"}, "invoice_amount", "12.5"),
    ("wrong_invoice", {"invoice_detail": "payment_term"}, "invoice_answer", "30 days"),
    ("wrong_invoice", {"invoice_detail": "serials"}, "typed_serials", "SN 12"),
    ("wrong_invoice", {"invoice_detail": "information"}, "invoice_answer", "Our order"),
    ("wrong_invoice", {"invoice_detail": "costs"}, "invoice_amount", "0"),
]


def read_cell(cell):
    """Return a cell of the table as the field has it."""
    if cell in ("-", "x"):
        return cell == "x"
    return float(cell) if cell.replace(".", "").isdigit() else cell


@tagged("post_install", "-at_install")
class TestCsoReasonData(RmaCommon):
    """The rule table: every reason at its boundaries, with and without what it asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.licence = cls._create_license()
        cls.line = cls._create_delivered_line(2, shipped_ago=3)
        cls.licence_line = cls._create_delivered_line(2, product=cls.licence)

    def _get_line(self, code):
        is_licence = self._get_reason(code).applies_to == "licence"
        return self.licence_line if is_licence else self.line

    def _get_codes(self, line, reasons=None, quantity=None):
        """Return the codes of the objections by the code of the reason, of all reasons."""
        answers = line._get_return_eligibility(reasons, quantity)[line.id]
        return {
            answer["reason"].code: {objection["code"] for objection in answer["objections"]}
            for answer in answers
        }

    def test_every_reason_has_the_columns_of_the_table(self):
        for code, row in TABLE.items():
            reason = self._get_reason(code)
            cells = dict(zip(COLUMNS, row.split(), strict=True))
            cells["form"] = f"cso.form.{cells['form']}"
            for name, cell in cells.items():
                with self.subTest(f"{code} {name}"):
                    value = cell if name == "form" else read_cell(cell)
                    self.assertEqual(reason[name], value)

    def test_the_figures_that_only_some_have(self):
        reasons = self.env["cso.reason"].search([("code", "in", list(TABLE))])
        self.assertEqual(set(reasons.mapped("validity_days")), {5})
        for name, codes in (
            ("window_months", {"defect"}),
            ("requires_invoice", {"wrong_invoice"}),
            ("flag_after_hours", {"transport_damage"}),
        ):
            with self.subTest(name):
                self.assertEqual(set(reasons.filtered(name).mapped("code")), codes)

    def test_the_words_for_customers_are_two_or_three_sentences_with_all_figures(self):
        for code in TABLE:
            with self.subTest(code):
                text = self._get_reason(code).help_shown
                self.assertIn(len(text.replace("?", ".").split(". ")), (2, 3))
                self.assertNotRegex(text, r"[{}]")

    def test_every_reason_is_possible_to_the_end_of_its_last_day(self):
        for code in TABLE:
            reason, line = self._get_reason(code), self._get_line(code)
            start = self.today - timedelta(days=3 if reason.window_start == "receipt" else 0)
            last = start + relativedelta(days=reason.window_days, months=reason.window_months)
            for days, is_late in ((-1, False), (0, False), (1, True)):
                with self.subTest(f"{code} {days}"), self._freeze(last + timedelta(days=days)):
                    found = self._get_codes(line, reason)[code]
                    self.assertEqual("window" in found, is_late)

    def _freeze(self, day):
        return freeze_time(datetime.combine(day, time(11, 30)))

    def test_every_limit_of_the_value_is_included(self):
        for product in (self._create_product(), self.licence):
            for price in AMOUNTS:
                line = self._create_delivered_line(product=product, price=price)
                for code, found in self._get_codes(line).items():
                    if code in TABLE:
                        with self.subTest(f"{product.name} {code} {price}"):
                            self.assertEqual("amount" in found, self._is_out(code, price))

    def _is_out(self, code, price):
        low, high = (float(TABLE[code].split()[index]) for index in (5, 6))
        return price < low or bool(high and price > high)

    def test_every_reason_is_for_goods_or_licences_or_both(self):
        for line, wrong in ((self.line, "licence"), (self.licence_line, "goods")):
            for code, found in self._get_codes(line).items():
                if code in TABLE:
                    with self.subTest(f"{wrong} {code}"):
                        self.assertEqual("kind" in found, TABLE[code].split()[1] == wrong)

    def test_three_reasons_exclude_articles_and_special_orders(self):
        special = self._create_delivered_line(line={"is_special_order": True})
        product = self._create_product(is_returnable=False)
        excluded = self._create_delivered_line(product=product)
        for line, objection in ((special, "special_order"), (excluded, "excluded")):
            found = self._get_codes(line)
            concerned = {code for code, codes in found.items() if objection in codes}
            self.assertEqual(concerned, {"commercial", "own_mistake", "buyback"})

    def test_what_takes_units_takes_them_from_the_others_that_do(self):
        line = self._create_delivered_line()
        self._create_case(line)
        for code, found in self._get_codes(line).items():
            if code in TABLE and code != "licence_return":
                with self.subTest(code):
                    self.assertEqual("units" in found, TABLE[code].split()[8] == "x")

    def test_complete_answers_are_accepted_by_every_form(self):
        for code in TABLE:
            with self.subTest(code):
                self.assertEqual(self._get_errors(code, ANSWERS[code]), {})

    def test_every_required_answer_is_missed(self):
        for code, answers in ANSWERS.items():
            for name in answers:
                with self.subTest(f"{code} {name}"):
                    rest = {key: value for key, value in answers.items() if key != name}
                    self.assertIn(name, self._get_errors(code, rest))

    def test_every_required_photo_is_missed(self):
        for code, kinds in PHOTOS.items():
            for kind in kinds:
                with self.subTest(f"{code} {kind}"):
                    rest = [other for other in kinds if other != kind]
                    errors = self._get_errors(code, ANSWERS[code], rest)
                    self.assertEqual(set(errors), {f"photo_{kind}"})

    def test_every_answer_that_follows_from_another_is_missed(self):
        for code, answers, name, answer in FOLLOWING:
            with self.subTest(f"{code} {answers} {name}"):
                base = {**ANSWERS[code], **answers}
                base.pop("invoice_answer", None)
                self.assertIn(name, self._get_errors(code, base))
                self.assertNotIn(name, self._get_errors(code, {**base, name: answer}))

    def test_only_unopened_goods_are_bought_back(self):
        for condition in ("opened", "damaged", "unclear"):
            with self.subTest(condition):
                answers = {**ANSWERS["buyback"], "condition": condition}
                self.assertIn("condition", self._get_errors("buyback", answers))

    def _get_errors(self, code, answers, kinds=None):
        """Return what must be mended when the form of a reason is filled like this."""
        reason, line = self._get_reason(code), self._get_line(code)
        form = self.env[reason.form].new({"sale_line_id": line.id, "reason_id": reason.id})
        kinds = PHOTOS.get(code, ()) if kinds is None else kinds
        for kind in kinds:
            photo = self._create_photo()
            photo.cso_kind = kind
            form.attachment_ids |= photo
        lots = self._get_lots(line)[:1].ids
        answers = {name: lots if one == "lots" else one for name, one in answers.items()}
        errors = form._fill(form._clean_answers(answers))
        return {**form._get_errors(), **errors}
