import base64

from odoo.tests import tagged

from .api_common import ApiCase, make_file

# Values of the wrong type or out of range, for any key of a position.
WRONG = (True, [], {}, [1], {"a": 1}, "x", "-1", "²", "9" * 400, -1, 2**40, float("nan"))
# Fields of a position, a case or a form that are nobody's to send.
FOREIGN_KEYS = (
    *("state", "authorisation_state", "authorised_on", "valid_until", "fee_percent", "rma_id"),
    *("user_id", "partner_id", "company_id", "override_reason", "override_user_id", "is_flagged"),
    *("takes_units", "offer_unit_price", "offer_percent", "position_id", "attachment_ids"),
    *("lot_ids", "sale_line_id", "reason_id", "return_address_id", "id", "create_uid", "__class__"),
    *("outcome_id", "test_result", "received_product_id", "eligibility", "flags", ""),
)


@tagged("post_install", "-at_install")
class TestCsoApiPosition(ApiCase):
    def submit(self, **values):
        """Submit a position and return the response."""
        return self.call_api("submit", positions=[self.make_doa(**values)])

    def get_fields(self, **values):
        """Return the names of what is wrong with a position that must be refused."""
        faults = self.get_faults("submit", positions=[self.make_doa(**values)])
        self.assertEqual({fault["position"] for fault in faults}, {0})
        self.assertFalse(self.env["cso.rma"].search([("user_id", "=", self.user.id)]))
        return [fault["field"] for fault in faults]

    def test_a_line_that_is_not_ones_own_is_not_there(self):
        foreign = self._create_delivered_line(1, partner=self.stranger_company)
        sibling = self._create_delivered_line(1, partner=self.other_branch)
        for line_id in (foreign.id, sibling.id, 2**31 - 1):
            with self.subTest(line_id=line_id):
                self.assertEqual(self.get_fields(line_id=line_id), ["line_id"])

    def test_ids_may_be_texts_and_anything_else_is_refused(self):
        for value in (*WRONG, None, "", 0, 1.0, f" {self.line.id}"):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(self.get_fields(line_id=value), ["line_id"])
        self.assertEqual(self.submit(line_id=str(self.line.id)).status_code, 200)

    def test_a_serial_of_another_line_or_customer_is_refused(self):
        foreign = self._create_delivered_line(1, partner=self.stranger_company)
        sibling = self._create_delivered_line(1)
        for line in (foreign, sibling):
            names = self._get_lots(line).mapped("name")
            for serials in (names, [*self.lots[:1].mapped("name"), *names], self.lots[:1].ids):
                with self.subTest(serials=serials):
                    self.assertEqual(self.get_fields(serials=serials), ["serials"])

    def test_serials_of_the_wrong_kind_are_refused(self):
        name = self.lots[0].name
        for value in ("x", name, {}, True, [[]], [{}], [True], [name, name], [name] * 1001, 5):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(self.get_fields(serials=value), ["serials"])
        self.assertEqual(self.get_fields(serials=None), ["serials"])
        self.assertEqual(self.submit(serials=[f" {name.lower()} "]).status_code, 200)

    def test_a_serial_of_an_open_case_is_refused_with_its_number(self):
        case = self._create_case(self.line, cart=self._create_cart(self.colleague)).rma_id
        faults = self.get_faults("submit", positions=[self.make_doa()])
        self.assertIn(case.name, faults[0]["text"])
        self.assertEqual((faults[0]["field"], faults[0]["line_id"]), ("serials", self.line.id))

    def test_the_quantity_follows_from_the_serials(self):
        self.assertEqual(self.get_fields(quantity=2), ["quantity"])
        for value in WRONG:
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(self.get_fields(quantity=value), ["quantity"])
        self.assertEqual(self.submit(quantity=1).status_code, 200)

    def test_a_quantity_is_asked_of_what_has_no_serials(self):
        line = self._create_delivered_line(4, product=self._create_product())
        shared = {"line_id": line.id, "serials": None}
        self.assertEqual(self.get_fields(**shared), ["quantity"])
        for quantity in (5, 0, 1.5, *WRONG):
            with self.subTest(quantity=str(quantity)[:20]):
                self.assertEqual(self.get_fields(quantity=quantity, **shared), ["quantity"])
        self.assertEqual(self.get_fields(line_id=line.id, quantity=1), ["serials"])
        self.assertEqual(self.submit(quantity="4", **shared).status_code, 200)

    def test_quantities_mean_the_same_in_every_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        liquid = self._create_product(uom_id=self.env.ref("uom.product_uom_litre").id)
        line = self._create_delivered_line(4, product=liquid)
        for quantity, kept in ((1.25, 1.25), ("2.250", 2.25)):
            position = self.make_doa(line_id=line.id, serials=None, quantity=quantity)
            answer = self.get_answer("submit", positions=[position])
            self.assertEqual(self.find_case(answer["number"]).line_ids.quantity, kept)

    def test_reasons_that_are_unknown_archived_or_without_a_form_are_refused(self):
        self._get_reason("defect").active = False
        self._get_reason("buyback").form = False
        for reason in ("gold", "defect", "buyback", "", None, 5, [], {}, "\x00", "\ud800"):
            with self.subTest(reason=str(reason).encode("utf-8", "replace")):
                self.assertEqual(self.get_fields(reason=reason), ["reason"])

    def test_what_speaks_against_the_reason_is_told(self):
        old = self._create_delivered_line(1, invoiced_ago=60, shipped_ago=60)
        position = self.make_doa(line_id=old.id, serials=self._get_lots(old).mapped("name"))
        faults = self.get_faults("submit", positions=[position])
        self.assertIn("Possible until", faults[0]["text"])

    def test_keys_that_nobody_asked_for_are_refused_by_name(self):
        for key in FOREIGN_KEYS:
            with self.subTest(key=key):
                self.assertEqual(self.get_fields(**{key: 1}), ["position"])
        faults = self.get_faults("submit", positions=[self.make_doa(state="credited")])
        self.assertIn("state", faults[0]["text"])

    def test_answers_that_nobody_asked_for_are_refused_by_name(self):
        answers = self.make_doa()["answers"]
        for key in (*FOREIGN_KEYS, "quantity", "serials"):
            with self.subTest(key=key):
                self.assertEqual(self.get_fields(answers={**answers, key: 1}), ["answers"])
        for value in ("x", 5, True, [1], ["comment"]):
            with self.subTest(value=value):
                self.assertEqual(self.get_fields(answers=value), ["answers"])

    def test_required_answers_are_named(self):
        expected = ["answers.fault_code", "answers.wish", "answers.comment"]
        for answers in ({}, None, dict.fromkeys(("fault_code", "wish", "comment"))):
            with self.subTest(answers=answers):
                self.assertCountEqual(self.get_fields(answers=answers), expected)

    def test_answers_of_the_wrong_kind_are_refused_with_what_is_possible(self):
        answers = self.make_doa()["answers"]
        for name, values in {
            "fault_code": ("gold", 5, True, [], {}, "no response"),
            "comment": ([], {}, True, "x" * 10_001),
            "reference": ([], {}, True, "x" * 101),
            "wish": ("credit_redelivery",),
        }.items():
            for value in values:
                with self.subTest(name=name, value=str(value)[:20]):
                    fields = self.get_fields(answers={**answers, name: value})
                    self.assertEqual(fields, [f"answers.{name}"])
        faults = self.get_faults(
            "submit", positions=[self.make_doa(answers={**answers, "fault_code": "gold"})]
        )
        self.assertIn("no_response", faults[0]["text"])

    def test_declarations_are_true_or_false(self):
        shared = {"reason": "commercial", "serials": self.lots[:1].mapped("name")}
        for value in ("true", "yes", 1, [], "on", None, False):
            with self.subTest(value=value):
                fields = self.get_fields(answers={"sealed_confirmed": value}, **shared)
                self.assertEqual(fields, ["answers.sealed_confirmed"])
        self.assertEqual(self.submit(answers={"sealed_confirmed": True}, **shared).status_code, 200)

    def test_texts_that_no_database_can_hold_are_taken_without_what_is_wrong(self):
        answers = {**self.make_doa()["answers"], "comment": "No\x00 light\ud800.\r\nAt all"}
        answer = self.get_answer("submit", positions=[self.make_doa(answers=answers)])
        comment = self.find_case(answer["number"]).line_ids.comment
        self.assertEqual(comment.splitlines(), ["No light.", "At all"])

    def test_an_answer_that_does_not_count_is_refused(self):
        line = self._create_delivered_line(2, product=self._create_product())
        position = {
            "line_id": line.id,
            "reason": "wrong_delivery",
            "quantity": 1,
            "answers": {"slip_matches": "yes", "keep_choice": "send_back", "still_wanted": "yes"},
        }
        faults = self.get_faults("submit", positions=[position])
        self.assertEqual([fault["field"] for fault in faults], ["answers.still_wanted"])
        position["answers"].pop("still_wanted")
        self.get_answer("submit", positions=[position])

    def test_a_reason_about_the_invoice_takes_neither_quantity_nor_serials(self):
        answers = {"invoice_detail": "price", "invoice_amount": 300, "comment": "Agreed: 300."}
        shared = {"reason": "wrong_invoice", "answers": answers}
        self.assertEqual(self.get_fields(**shared), ["serials"])
        self.assertEqual(self.get_fields(serials=None, quantity=1, **shared), ["quantity"])
        self.assertEqual(self.submit(serials=None, **shared).status_code, 200)

    def test_files_of_the_wrong_kind_are_refused(self):
        good = make_file()
        for value, field in (
            ("x", "attachments"),
            ({}, None),
            ([5], "attachments[0]"),
            ([None], "attachments[0]"),
            ([{}], "attachments[0]"),
            ([good, {**good, "kind": "box"}], "attachments[1]"),
            ([{**good, "kind": 5}], "attachments[0]"),
            ([{**good, "data": "§§§"}], "attachments[0]"),
            ([{**good, "data": 5}], "attachments[0]"),
            ([{**good, "data": ""}], "attachments[0]"),
            ([{**good, "data": None}], "attachments[0]"),
            ([{**good, "name": None}], "attachments[0]"),
            ([{**good, "name": "box.exe"}], "attachments[0]"),
            ([make_file("box.png", content=b"<html><script>1</script>")], "attachments[0]"),
            ([{**good, "res_id": 1}], "attachments[0]"),
            ([{**good, "id": 1}], "attachments[0]"),
            ([{**good, "url": "file:///etc/passwd"}], "attachments[0]"),
            ([good] * 60, "attachments"),
        ):
            with self.subTest(value=str(value)[:60]):
                if field:
                    self.assertEqual(self.get_fields(attachments=value), [field])

    def test_a_file_above_the_limit_is_refused(self):
        data = base64.b64encode(b"%PDF-" + b"x" * (20 * 1024 * 1024)).decode()
        file = {"name": "long.pdf", "kind": "other", "data": data}
        faults = self.get_faults("submit", positions=[self.make_doa(attachments=[file])])
        self.assertIn("larger than 20 MB", faults[0]["text"])

    def test_required_photos_are_asked_for_by_their_place(self):
        line = self._create_delivered_line(2, product=self._create_product())
        position = {
            "line_id": line.id,
            "reason": "concealed_damage",
            "quantity": 1,
            "answers": {"comment": "Screen broken in a sound box."},
        }
        faults = self.get_faults("submit", positions=[position])
        self.assertEqual({fault["field"] for fault in faults}, {"attachments"})
        form = self.env[self._get_reason("concealed_damage").form].new(
            {"sale_line_id": line.id, "reason_id": self._get_reason("concealed_damage").id}
        )
        kinds = [slot["kind"] for slot in form._get_photo_slots() if slot["required"]]
        position["attachments"] = [make_file(f"{kind}.png", kind) for kind in kinds]
        answer = self.get_answer("submit", positions=[position])
        files = self.find_case(answer["number"]).line_ids.attachment_ids
        self.assertEqual(sorted(files.mapped("cso_kind")), sorted(kinds))
