from unittest.mock import patch
from uuid import uuid4

from odoo.exceptions import ConcurrencyError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.cso_api_submission import CsoApiSubmission
from .api_common import ApiCase, make_file
from .common import RaceCommon

WRONG = (True, [], {}, [1], {"a": 1}, "x", "-1", "²", "9" * 400, -1, 2**40, 1.5)
# Methods that are public for staff, with what a customer may try.
CALLS = {
    "_submit": {},
    "_authorise": {},
    "write": {"vals": {"reference": "x"}},
    "create": {"vals_list": [{"reference": "x"}]},
    "unlink": {},
    "copy": {},
    "web_save": {"vals": {"reference": "x"}, "specification": {}},
    "message_post": {"body": "x"},
    "message_subscribe": {"partner_ids": [1]},
    "activity_schedule": {"summary": "x"},
}
ID_PARAMETERS = ("id", "ids", "user_id", "partner_id", "state", "company_id", "channel", "name")


@tagged("post_install", "-at_install")
class TestCsoApiSubmission(ApiCase):
    def count_cases(self):
        return self.env["cso.rma"].search_count([("user_id", "=", self.user.id)])

    def get_fields(self, **body):
        """Return the names of what is wrong with a call that must be refused."""
        faults = self.get_faults("submit", **{"positions": [self.make_doa()], **body})
        self.assertEqual(self.count_cases(), 0)
        return [fault["field"] for fault in faults]

    def test_a_case_is_made_submitted_and_answered(self):
        answer = self.submit_doa(reference="OUR-1")
        case = self.find_case(answer["number"])
        until = str(case.line_ids.valid_until)
        expected = [{"line_id": self.line.id, "state": "authorised", "valid_until": until}]
        self.assertEqual(answer["positions"], expected)
        self.assertEqual(case.user_id, self.user)
        self.assertEqual(case.contact_id, self.user.partner_id)
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

    def test_one_wrong_position_and_nothing_is_made(self):
        positions = [self.make_doa(), self.make_doa(serials=["x"]), self.make_doa(reason="gold")]
        response = self.call_api("submit", positions=positions)
        faults = response.json()["context"]["errors"]
        found = [(fault["position"], fault["line_id"], fault["field"]) for fault in faults]
        self.assertEqual(found, [(1, self.line.id, "serials"), (2, self.line.id, "reason")])
        self.assertIn("positions[1].serials: ", response.json()["message"])
        self.assertEqual(self.count_cases(), 0)

    def test_what_is_possible_alone_but_not_together_is_named_by_position(self):
        line = self._create_delivered_line(4, product=self._create_product())
        position = self.make_doa(line_id=line.id, serials=None, quantity=3)
        faults = self.get_faults("submit", positions=[position, position])
        found = [(fault["position"], fault["line_id"], fault["field"]) for fault in faults]
        self.assertEqual(found, [(1, line.id, "quantity")])
        faults = self.get_faults("submit", positions=[self.make_doa(), self.make_doa()])
        self.assertEqual({fault["position"] for fault in faults}, {1})
        self.assertEqual({fault["field"] for fault in faults}, {"serials"})
        self.assertEqual(self.count_cases(), 0)

    def test_positions_that_are_no_list_or_too_many_are_refused(self):
        for value in (None, "x", 5, True, {}, [], [self.make_doa()] * 201):
            with self.subTest(value=str(value)[:20]):
                self.assertEqual(self.get_fields(positions=value), ["positions"])
        for value in (None, "x", 5, [], True):
            with self.subTest(position=value):
                self.assertEqual(self.get_fields(positions=[value])[0], "position")

    def test_a_case_is_of_one_customer(self):
        head = self._create_portal_user("head", self.office)
        line = self._create_delivered_line(1, partner=self.other_branch)
        other = self.make_doa(line_id=line.id, serials=self._get_lots(line).mapped("name"))
        faults = self.get_faults("submit", head, positions=[self.make_doa(), other])
        found = [(fault["position"], fault["field"]) for fault in faults]
        self.assertEqual(found, [(1, "line_id")])

    def test_goods_go_back_to_an_address_of_the_customer_only(self):
        self.stranger_company.street = "Elsewhere 1"
        dock = self._create_customer(
            name="Dock 3", parent_id=self.branch.id, type="delivery", street="Kade 1"
        )
        for value in (self.stranger_company.id, 2**31 - 1, self.vendor.id, *WRONG):
            if value not in ([], {}):
                with self.subTest(value=str(value)[:20]):
                    fields = self.get_fields(return_address_id=value)
                    self.assertEqual(fields, ["return_address_id"])
        answer = self.submit_doa(return_address_id=dock.id)
        self.assertEqual(self.find_case(answer["number"]).return_address_id, dock)

    def test_texts_of_the_wrong_kind_are_refused(self):
        for name in ("reference", "idempotency_key"):
            for value in ([], {}, True, "x" * 101):
                with self.subTest(name=name, value=str(value)[:20]):
                    self.assertEqual(self.get_fields(**{name: value}), [name])

    def test_parameters_that_nobody_asked_for_are_refused(self):
        for name in ID_PARAMETERS:
            with self.subTest(name=name):
                response = self.call_api("submit", positions=[self.make_doa()], **{name: [1]})
                self.assertEqual(response.status_code, 422)
        self.assertEqual(self.count_cases(), 0)

    def test_the_context_of_a_call_sets_no_field(self):
        context = {
            "default_authorisation_state": "authorised",
            "default_valid_until": "2099-12-31",
            "default_fee_percent": 0,
            "default_sent_on": "2020-01-01",
            "default_clerk_id": self.env.ref("base.user_admin").id,
            "allowed_company_ids": [99999],
            "active_test": False,
            "partner_access_in_rule": True,
            "tracking_disable": True,
        }
        answer = self.submit_doa(context=context)
        case = self.find_case(answer["number"])
        self.assertFalse(case.clerk_id | case.line_ids.clerk_id)
        self.assertFalse(case.line_ids.sent_on)
        self.assertLess(str(case.line_ids.valid_until), "2099-12-31")
        self.assertEqual(case.company_id, self.env.company)

    def test_the_cart_of_the_user_is_left_alone(self):
        cart = self._create_cart(self.user)
        self._create_position(self.line, cart=cart, lot_ids=self.lots[2])
        answer = self.submit_doa()
        self.assertEqual(self.find_case(answer["number"]).line_ids.lot_ids, self.lots[0])
        self.assertFalse(cart.submitted_on)
        self.assertEqual(cart.line_ids.lot_ids, self.lots[2])

    def test_a_key_makes_one_case(self):
        first = self.submit_doa(idempotency_key="order 17")
        self.assertEqual(self.submit_doa(idempotency_key="order 17"), first)
        self.assertEqual(self.count_cases(), 1)
        other = self.make_doa(serials=self.lots[1:2].mapped("name"))
        self.get_answer("submit", positions=[other], idempotency_key="order 18")
        self.assertEqual(self.count_cases(), 2)

    def test_a_key_with_other_content_is_refused(self):
        self.submit_doa(idempotency_key="order 17")
        other = self.make_doa(serials=self.lots[1:2].mapped("name"))
        for body in (
            {"positions": [other]},
            {"positions": [self.make_doa()], "reference": "OUR-2"},
            {"positions": [self.make_doa(attachments=[make_file()])]},
        ):
            faults = self.get_faults("submit", idempotency_key="order 17", **body)
            self.assertEqual([fault["field"] for fault in faults], ["idempotency_key"])
        self.assertEqual(self.count_cases(), 1)

    def test_a_key_is_of_its_user_and_of_what_was_submitted_only(self):
        self.get_faults("submit", positions=[self.make_doa(reason="x")], idempotency_key="order 17")
        first = self.submit_doa(idempotency_key="order 17")
        other = self.make_doa(serials=self.lots[1:2].mapped("name"))
        second = self.get_answer(
            "submit", self.colleague, positions=[other], idempotency_key="order 17"
        )
        self.assertNotEqual(first["number"], second["number"])

    def test_a_key_does_not_tell_of_cases_that_one_may_not_see_any_more(self):
        self.submit_doa(idempotency_key="order 17")
        elsewhere = self.env["res.company"].create({"name": "Another distributor"})
        self.user.write({"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id})
        faults = self.get_faults("submit", positions=[self.make_doa()], idempotency_key="order 17")
        self.assertEqual([fault["field"] for fault in faults], ["idempotency_key"])

    def test_what_is_refused_at_last_leaves_nothing(self):
        def refuse(submission, case, errors):
            errors.add("positions", "Refused.")
            errors.check()

        with patch.object(CsoApiSubmission, "_submit_case", refuse):
            self.assertEqual(self.get_fields(), ["positions"])

    def test_clerks_register_by_api_and_other_employees_do_not(self):
        clerk = self._create_clerk()
        answer = self.submit_doa(clerk)
        case = self.find_case(answer["number"])
        self.assertEqual((case.user_id, case.channel), (clerk, "api"))
        self.assertEqual(case.partner_id, self.branch)
        self.assertEqual(case.contact_id, self.line.order_id.partner_id)
        dock = self._create_staff("dock", "sales_team.group_sale_salesman_all_leads")
        response = self.call_api("submit", dock, positions=[self.make_doa()])
        self.assertEqual(response.status_code, 403)

    def test_fifty_positions_are_submitted_at_once(self):
        line = self._create_delivered_line(50, product=self._create_product(), price=1.0)
        position = self.make_doa(line_id=line.id, serials=None, quantity=1)
        answer = self.get_answer("submit", positions=[position] * 50)
        self.assertEqual(len(answer["positions"]), 50)

    def test_a_further_position_asks_the_database_few_questions(self):
        counts = []
        for number in (2, 12):
            lines = [
                self._create_delivered_line(1, product=self._create_product())
                for _index in range(number)
            ]
            shared = {"serials": None, "quantity": 1}
            positions = [self.make_doa(line_id=line.id, **shared) for line in lines]
            with self.count_queries() as queries:
                self.env["cso.rma"].with_user(self.user).submit(positions)
            counts.append(len(queries))
        self.assertLess(counts[1] - counts[0], 10 * 20)

    def test_other_methods_are_closed_to_customers(self):
        case = self.find_case(self.submit_doa()["number"])
        before = self.read_everything(case)
        for model, records in (("cso.rma", case), ("cso.rma.line", case.line_ids)):
            for method, arguments in CALLS.items():
                with self.subTest(model=model, method=method):
                    response = self.call_api(method, model=model, ids=records.ids, **arguments)
                    self.assertIn(response.status_code, (403, 404, 422), response.text[:200])
        self.assertEqual(self.read_everything(case), before)

    def test_buttons_of_the_desk_do_nothing_for_customers(self):
        """They are refused, or answer which window a clerk would see."""
        case = self.find_case(self.submit_doa()["number"])
        before = self.read_everything(case)
        for records in (case, case.line_ids):
            names = [name for name in dir(type(records)) if name.startswith("action_")]
            for name in set(names) - {"action_archive", "action_unarchive"}:
                with self.subTest(model=records._name, method=name):
                    response = self.call_api(name, model=records._name, ids=records.ids)
                    if response.status_code == 200:
                        self.assertTrue(response.json()["type"].startswith("ir.actions."))
                    else:
                        self.assertIn(response.status_code, (403, 422), response.text[:200])
        self.assertEqual(self.read_everything(case), before)

    def test_dialogs_of_the_desk_are_closed_to_customers(self):
        for model in sorted(name for name in self.env.registry if name.startswith("cso.")):
            if not self.env[model]._abstract:
                with self.subTest(model=model):
                    response = self.call_api("create", model=model, vals_list=[{}])
                    self.assertEqual(response.status_code, 403)

    def read_everything(self, case):
        self.env.flush_all()
        self.env.invalidate_all()
        return case.read() + case.line_ids.read()


@tagged("post_install", "-at_install")
class TestCsoApiRace(RaceCommon):
    def test_a_key_that_is_used_twice_at_once_makes_one_case(self):
        with self._open_factories() as factories:
            # The database may have the user of an earlier run.
            user = factories._create_portal_user(f"racer-{uuid4().hex}", factories.branch)
            line = factories._create_delivered_line(2, product=factories._create_product())
            position = {
                "line_id": line.id,
                "reason": "doa",
                "quantity": 1,
                "answers": {"comment": "No light.", "fault_code": "other", "wish": "credit"},
            }
            user_id = user.id

        def submit(record):
            api = record.env["cso.rma"].with_user(user_id)
            return api.submit([position], idempotency_key="race")["number"]

        with self._open("res.users", user_id) as second:
            with self._open("res.users", user_id) as first:
                number = submit(first)
            with mute_logger("odoo.sql_db"), self.assertRaises(ConcurrencyError):
                submit(second)
            second.env.cr.rollback()
            second.env.invalidate_all()
            self.assertEqual(submit(second), number)
