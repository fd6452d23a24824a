from odoo.tests import tagged

from .api_common import ApiCase, make_file


@tagged("post_install", "-at_install")
class TestCsoApiSubmission(ApiCase):
    def test_a_case_is_made_submitted_and_answered(self):
        answer = self.submit_doa(reference="OUR-1")
        case = self.find_case(answer["number"])
        until = str(case.line_ids.valid_until)
        expected = [{"line_id": self.line.id, "state": "authorised", "valid_until": until}]
        self.assertEqual(answer["positions"], expected)
        self.assertEqual(case.user_id, self.user)
        self.assertEqual((case.channel, case.reference), ("api", "OUR-1"))
        self.assertEqual(case.partner_id, self.branch)
        self.assertEqual(case.return_address_id, self.line.order_id.partner_shipping_id)
        self.assertEqual(case.line_ids.lot_ids, self.lots[0])
        self.assertEqual(case.line_ids.fault_code, "no_response")

    def test_positions_keep_their_order_and_their_files(self):
        other = self._create_delivered_line(2, product=self._create_product())
        shortage = {
            "line_id": other.id,
            "reason": "shortage",
            "quantity": "1",
            "answers": {"wish": "credit"},
            "attachments": [make_file("slip.png")],
        }
        positions = [shortage, self.make_doa(attachments=[make_file("a.png"), make_file("b.png")])]
        answer = self.get_answer("submit", positions=positions)
        states = [(one["line_id"], one["state"], one["valid_until"]) for one in answer["positions"]]
        self.assertEqual(states[0], (other.id, "review", None))
        self.assertEqual(states[1][:2], (self.line.id, "authorised"))
        lines = self.find_case(answer["number"]).line_ids.sorted("id")
        names = [line.attachment_ids.sorted("id").mapped("name") for line in lines]
        self.assertEqual(names, [["slip.png"], ["a.png", "b.png"]])
        files = lines.attachment_ids
        self.assertEqual(set(files.mapped("res_model")), {"cso.rma.line"})
        self.assertEqual(lines.ids, sorted(set(files.mapped("res_id"))))
        self.assertEqual(set(files.mapped("cso_kind")), {"other"})
