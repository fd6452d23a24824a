from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .api_common import ApiCase


@tagged("post_install", "-at_install")
class TestCsoReasonViews(ApiCase):
    """A returns manager adds a fifteenth reason with a form that is there: no line of code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls._create_clerk("manager", "rma_cso.group_cso_manager")
        cls.clerk = cls._create_clerk()
        cls.recall = cls._create_recall(cls.manager)

    @classmethod
    def _create_recall(cls, user):
        """The reason as a returns manager types it into the backend."""
        form = Form(cls.env["cso.reason"].with_user(user), "rma_cso.cso_reason_view_form")
        form.name = "Recall"
        form.code = "recall"
        form.kind = "defect"
        form.form = "cso.form.defect"
        form.window_days = 10
        form.max_amount = 1000
        form.authorisation = "immediate"
        form.message = "send"
        form.goods_expected = "yes"
        form.validity_days = 8
        form.requires_comment = True
        form.help_text = "The maker calls these back. Possible for {window_days} days."
        return form.save()

    def get_recall(self, **values):
        answers = self.get_answers(reason="recall", **values)
        return {name: value for name, value in answers.items() if name != "wish"}

    def check_case(self, position):
        """The position follows the fifteenth rule."""
        self.assertEqual((position.reason_id, position.state), (self.recall, "authorised"))
        self.assertEqual((position.valid_until - self.today).days, 8)
        self.assertEqual(position.message, "send")
        self.assertEqual(position.eligibility["rules"]["window_days"], 10)
        self.assertEqual(position.fault_code, "no_response")
        self.assertEqual(position.move_ids.product_uom_qty, 1)

    def test_it_stands_at_the_line_with_its_words(self):
        self.sign_in(self.user)
        page = self.url_open(f"/my/returns/register?number={self.line.order_id.name}").text
        self.assertIn(f"line={self.line.id}&amp;reason=recall", page)
        self.assertIn("The maker calls these back. Possible for 10 days.", page)

    def test_it_is_judged_by_its_own_figures(self):
        late = self._create_delivered_line(shipped_ago=11, invoiced_ago=11)
        answer = late._get_return_eligibility(self.recall, 1)[late.id][0]
        self.assertEqual([one["code"] for one in answer["objections"]], ["window"])
        dear = self._create_delivered_line(4)
        answer = dear._get_return_eligibility(self.recall)[dear.id][0]
        self.assertEqual(answer["objections"][0]["max_quantity"], 2)

    def test_a_customer_registers_it_in_the_portal(self):
        self.sign_in(self.user)
        page = self.url_open(self.get_form_url(code="recall")).text
        self.assertIn("What does it do?", page)
        self.assertNotIn("What would you like?", page)
        response = self.post("/my/returns/form", **self.get_recall(comment=""))
        self.assertIn("Describe the fault in a few words.", response.text)
        cart = self.add_to_cart(**self.get_recall())
        self.assertEqual(cart.line_ids.reason_id, self.recall)
        self.submit(cart)
        self.check_case(cart.line_ids)

    def test_a_clerk_registers_it_on_the_phone(self):
        register = self.env["cso.register"].with_user(self.clerk).create({"number": "x"})
        register._choose(self.line.with_user(self.clerk))
        row = register.reason_ids.filtered(lambda one: one.reason_id == self.recall)
        self.assertTrue(row.is_possible)
        action = row.action_fill_in()
        form = self.env[action["res_model"]].with_user(self.clerk).browse(action["res_id"])
        self.assertIn(",fault_code,", form.asked_names)
        with self.assertRaisesRegex(UserError, "Choose the fault"):
            form.action_add_and_submit()
        form.write(
            {"lot_ids": self.lots[:1].ids, "fault_code": "no_response", "comment": "No light."}
        )
        form.action_add_and_submit()
        self.check_case(self.env["cso.rma.line"].search([("reason_id", "=", self.recall.id)]))

    def test_a_program_submits_it(self):
        reasons = self.get_answer("eligible_reasons", line_id=self.line.id, quantity=1)["reasons"]
        self.assertEqual(reasons[-1]["code"], "recall")
        self.assertTrue(reasons[-1]["allowed"])
        answers = {"fault_code": "no_response", "comment": "No light."}
        faults = self.get_faults("submit", positions=[self.make_doa(reason="recall", answers={})])
        names = {fault["field"] for fault in faults}
        self.assertEqual(names, {"answers.fault_code", "answers.comment"})
        position = self.make_doa(reason="recall", answers=answers)
        answer = self.get_answer("submit", positions=[position])
        self.check_case(self.find_case(answer["number"]).line_ids)

    def test_a_customer_sets_no_rule_aside(self):
        late = self._create_delivered_line(shipped_ago=11, invoiced_ago=11)
        lots, why = self._get_lots(late), {"override_reason": "The desk said so."}
        self.sign_in(self.user)
        self.post("/my/returns/form", **self.get_recall(lots=lots, line=late.id, **why))
        page = self.url_open(f"/my/returns/form?line={late.id}&reason=recall&check=1").text
        self.assertIn("Possible until", page)
        self.assertFalse(self.get_cart())
        answers = {"fault_code": "no_response", "comment": "No light.", **why}
        position = self.make_doa(line_id=late.id, serials=lots.mapped("name"), reason="recall")
        faults = self.get_faults("submit", positions=[{**position, "answers": answers}])
        self.assertIn("answers", {fault["field"] for fault in faults})
        self.assertTrue(self.get_faults("submit", positions=[{**position, **why}]))
        self.assertFalse(self.env["cso.rma.line"].search([("sale_line_id", "=", late.id)]))

    def test_a_copy_begins_with_a_code_of_its_own(self):
        copy = self.recall.with_user(self.manager).copy()
        self.assertEqual((copy.code, copy.name), ("recall_copy", "Recall (copy)"))
        self.assertEqual((copy.window_days, copy.form), (10, "cso.form.defect"))

    def test_only_a_returns_manager_adds_reasons(self):
        for user in (self.clerk, self.user):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.env["cso.reason"].with_user(user).create({"name": "Mine", "code": "mine"})

    def test_an_archived_reason_is_nowhere(self):
        self.recall.with_user(self.manager).action_archive()
        self.sign_in(self.user)
        self.assertEqual(self.url_open(self.get_form_url(code="recall")).status_code, 404)
        reasons = self.get_answer("eligible_reasons", line_id=self.line.id)["reasons"]
        self.assertNotIn("recall", [reason["code"] for reason in reasons])
