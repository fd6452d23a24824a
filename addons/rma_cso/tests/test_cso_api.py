import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from odoo.tests import tagged
from odoo.tools import mute_logger

from .api_common import REFUSALS, ApiCase
from .portal_common import make_picture

LINE_KEYS = {
    *("line_id", "order", "customer_reference", "invoices", "delivery_slips", "article"),
    *("maker_part_number", "ean", "description", "quantity", "claimable_quantity", "unit_price"),
    *("currency", "invoice_date", "ship_date", "serials"),
}
GARBAGE = (
    *("", " ", "x", "-1", "²", "\x00", "\ud800", "9" * 400, "' OR 1=1 --", 0, -1, 1.5, 2**31),
    *(10**30, float("nan"), float("inf"), True, False, None, [], {}, [1], {"a": 1}, [[]]),
)
# What the page for developers uses of curl, for a machine that has none.
CURL = """
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

url, headers, body, words = None, {}, b"", sys.argv[1:]
while words:
    word = words.pop(0)
    if word == "-H":
        name, _colon, value = words.pop(0).partition(":")
        headers[name] = value.strip()
    elif word == "-d":
        value = words.pop(0)
        body = Path(value[1:]).read_bytes() if value.startswith("@") else value.encode()
    elif word != "-s":
        url = word
try:
    sys.stdout.buffer.write(urlopen(Request(url, body, headers)).read())
except HTTPError as error:
    sys.stdout.buffer.write(error.read())
"""


@tagged("post_install", "-at_install")
class TestCsoApi(ApiCase):
    def find(self, user=None, **params):
        return self.get_answer("find_lines", user, **params)

    def test_a_serial_finds_its_line_with_all_facts(self):
        self.line.order_id.client_order_ref = "PO 7781"
        self.line.product_id.write({"default_code": "4256321", "barcode": "5099206045200"})
        answer = self.find(number=self.lots[1].name.lower(), number_type="serial")
        self.assertEqual(answer["total"], 1)
        line = answer["lines"][0]
        self.assertEqual(set(line), LINE_KEYS)
        self.assertEqual((line["line_id"], line["order"]), (self.line.id, self.line.order_id.name))
        self.assertEqual(line["customer_reference"], "PO 7781")
        self.assertEqual((line["article"], line["ean"]), ("4256321", "5099206045200"))
        self.assertEqual((line["quantity"], line["claimable_quantity"]), (3.0, 3.0))
        self.assertEqual((line["unit_price"], line["currency"]), (333.97, "USD"))
        self.assertEqual(line["invoice_date"], str(self.today))
        self.assertEqual(sorted(line["serials"]), sorted(self.lots.mapped("name")))
        self.assertEqual(line["invoices"], self.line.invoice_lines.move_id.mapped("name"))

    def test_pages_of_the_answer_follow_each_other(self):
        other = self._create_delivered_line(1)
        pages = [self.find(limit=1, offset=offset) for offset in (0, 1, 2)]
        self.assertEqual({page["total"] for page in pages}, {2})
        found = [[line["line_id"] for line in page["lines"]] for page in pages]
        self.assertEqual(found, [[other.id], [self.line.id], []])

    def test_lines_are_found_by_day_and_document(self):
        today, tomorrow = str(self.today), str(self.today + timedelta(days=2))
        for expected, params in (
            (1, {"date_from": str(self.today - timedelta(days=1))}),
            (0, {"date_from": tomorrow}),
            (1, {"document": "invoice", "date_from": today, "date_to": today}),
            (1, {"document": "delivery_slip"}),
            (0, {"number": self.lots[0].name, "number_type": "invoice"}),
        ):
            with self.subTest(params=params):
                self.assertEqual(self.find(**params)["total"], expected)

    def test_prices_are_left_out_without_the_role_for_them(self):
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        self.user.access_entry_ids.role_ids = roles
        self.assertIsNone(self.find()["lines"][0]["unit_price"])

    def _create_delivered_order(self, size):
        """An order that was shipped and invoiced, with so many lines of one serial each."""
        product = self._create_serial_product()
        order = self._create_order(lines=[(product, 1)] * size)
        self._put_in_stock(product, size, [f"M{order.id}-{number}" for number in range(size)])
        self._ship(order)
        self._invoice(order)

    def test_forty_lines_take_as_many_queries_as_two(self):
        counts = []
        self.env["cso.rma"].with_user(self.user).find_lines()  # fills what is remembered
        for number, sizes in ((2, [1]), (40, [10, 10, 10, 8])):
            for size in sizes:
                self._create_delivered_order(size)
            with self.count_queries() as queries:
                api = self.env["cso.rma"].with_user(self.user)
                self.assertEqual(len(api.find_lines()["lines"]), number)
            counts.append(len(queries))
        self.assertEqual(*counts)

    def test_a_colleague_finds_the_line_and_strangers_nothing(self):
        head = self._create_portal_user("head", self.office)
        neighbour = self._create_portal_user("neighbour", self.other_branch)
        for user, total in ((self.colleague, 1), (head, 1), (neighbour, 0), (self.stranger, 0)):
            with self.subTest(user=user.login):
                self.assertEqual(self.find(user)["total"], total)
                self.assertEqual(self.find(user, number=self.lots[0].name)["total"], total)

    def test_employees_find_what_their_rights_leave(self):
        clerk = self._create_clerk()
        self.assertIn(self.line.id, [line["line_id"] for line in self.find(clerk)["lines"]])
        visitor = self._create_staff("visitor", "base.group_user")
        response = self.call_api("find_lines", visitor)
        self.assertFalse(response.status_code == 200 and response.json()["total"])

    def test_parameters_that_cannot_be_read_are_named(self):
        for name, values in {
            "number": ([], {}, True, "x" * 129),
            "number_type": ("gold", "", None, 1, []),
            "document": ("gold", None, []),
            "date_from": ("yesterday", "2026-13-01", "20260101", 5, [], "0001-01-01"),
            "date_to": ("31.12.2026", "2026-02-30", "9999-12-31"),
            "limit": (0, -1, 201, "x", None, 1.5, True, "²", 10**30, float("nan")),
            "offset": (-1, 10**9, [], "²"),
        }.items():
            for value in values:
                with self.subTest(name=name, value=str(value)[:20]):
                    faults = self.get_faults("find_lines", **{name: value})
                    self.assertEqual([fault["field"] for fault in faults], [name])

    def test_all_reasons_are_judged_in_their_order(self):
        line = self._create_delivered_line(1, invoiced_ago=16, shipped_ago=16)
        reasons = self.get_answer("eligible_reasons", line_id=line.id)["reasons"]
        expected = self.env["cso.reason"].search([]).mapped("code")
        self.assertEqual([reason["code"] for reason in reasons], expected)
        self.assertEqual(len(reasons), 14)
        by_code = {reason["code"]: reason for reason in reasons}
        self.assertEqual(by_code["doa"], {"code": "doa", "allowed": True, "objections": []})
        objection = by_code["commercial"]["objections"][0]
        self.assertEqual(objection["code"], "window")
        self.assertEqual(objection["until"], str(self.today - timedelta(days=1)))
        self.assertEqual(objection["alternative"], "buyback")

    def test_a_quantity_is_judged_and_none_means_all_that_is_left(self):
        line = self._create_delivered_line(15)
        for quantity, allowed in ((None, False), (5, True), ("5", True), (6, False)):
            answer = self.get_answer("eligible_reasons", line_id=line.id, quantity=quantity)
            commercial = next(one for one in answer["reasons"] if one["code"] == "commercial")
            with self.subTest(quantity=quantity):
                self.assertEqual(commercial["allowed"], allowed)
                for objection in commercial["objections"]:
                    self.assertIn("5 Units", objection["text"])

    def test_objections_are_in_the_language_of_the_user_or_the_one_asked_for(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        line = self._create_delivered_line(1, invoiced_ago=16, shipped_ago=16)
        texts = []
        for context in ({}, {"lang": "nl_NL"}, {"lang": "xx_XX"}, {"lang": []}):
            answer = self.get_answer("eligible_reasons", line_id=line.id, context=context)
            commercial = next(one for one in answer["reasons"] if one["code"] == "commercial")
            texts.append(commercial["objections"][0]["text"])
        self.assertEqual(texts[0], texts[2])
        self.assertEqual(texts[0], texts[3])
        self.assertNotEqual(texts[0], texts[1])

    def test_a_reason_without_a_form_is_not_allowed(self):
        self._get_reason("doa").form = False
        answer = self.get_answer("eligible_reasons", line_id=self.line.id)
        doa = next(reason for reason in answer["reasons"] if reason["code"] == "doa")
        self.assertFalse(doa["allowed"])
        self.assertEqual(doa["objections"][0]["code"], "no_form")

    def test_a_line_of_others_is_not_there(self):
        foreign = self._create_delivered_line(1, partner=self.stranger_company)
        draft = self._create_order(confirm=False).order_line
        for line_id in (foreign.id, draft.id, 2**31 - 1):
            with self.subTest(line_id=line_id):
                response = self.call_api("eligible_reasons", line_id=line_id)
                self.assertEqual(response.status_code, 404)
                self.assertEqual(response.json()["name"], "odoo.exceptions.MissingError")

    def test_garbage_is_refused_by_the_name_of_the_parameter(self):
        for value in GARBAGE:
            with self.subTest(value=str(value)[:20].encode("utf-8", "replace")):
                faults = self.get_faults("eligible_reasons", line_id=value)
                self.assertEqual([fault["field"] for fault in faults], ["line_id"])
                if value not in (None, 1.5):
                    faults = self.get_faults(
                        "eligible_reasons", line_id=self.line.id, quantity=value
                    )
                    self.assertEqual([fault["field"] for fault in faults], ["quantity"])

    def test_status_tells_number_state_and_day(self):
        case = self._create_case(self.line, cart=self._create_cart(self.user))
        answer = self.get_answer("get_status", numbers=[case.rma_id.name])
        self.assertEqual(len(answer["cases"]), 1)
        self.assertEqual(answer["cases"][0]["number"], case.rma_id.name)
        submitted = case.rma_id.submitted_on.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertEqual(answer["cases"][0]["submitted"], submitted)
        position = answer["cases"][0]["positions"][0]
        until = date.fromisoformat(position.pop("valid_until"))
        self.assertEqual(until, self.today + timedelta(days=5))
        expected = {
            "reason": "doa",
            "state": "authorised",
            "quantity": 1.0,
            "received": 0.0,
            "outcome": None,
            "credit_notes": [],
            "shipments": [],
        }
        self.assertEqual(position, expected)

    def test_status_names_posted_credit_notes_to_who_may_see_prices(self):
        position = self._create_tested_position(self.line, cart=self._create_cart(self.user))
        note = self._decide_credit(position)
        numbers = [position.rma_id.name]
        for post, count in ((False, 0), (True, 1)):
            if post:
                note.action_post()
            case = self.get_answer("get_status", numbers=numbers)["cases"][0]
            self.assertEqual(len(case["positions"][0]["credit_notes"]), count)
        self.assertEqual(case["positions"][0]["outcome"], "credit")
        self.assertEqual(case["positions"][0]["received"], 1.0)
        told = case["positions"][0]["credit_notes"][0]
        self.assertEqual((told["number"], told["currency"]), (note.name, "USD"))
        self.assertEqual(told["amount"], note.amount_total)
        roles = self.env["partner.access.role"].search([("code", "in", ("orders", "returns"))])
        self.user.access_entry_ids.role_ids = roles
        case = self.get_answer("get_status", numbers=numbers)["cases"][0]
        self.assertEqual(case["positions"][0]["credit_notes"], [])

    def test_who_sees_a_case_follows_the_scope_of_the_company(self):
        case = self._create_case(self.line, cart=self._create_cart(self.user)).rma_id
        cart = self._create_cart(self.user)
        for scope, seen in (("branch", True), ("own", False)):
            self.office.portal_scope = scope
            for user, expected in (
                (self.user, True),
                (self.colleague, seen),
                (self.stranger, False),
            ):
                with self.subTest(scope=scope, user=user.login):
                    answer = self.get_answer("get_status", user, numbers=[case.name, cart.name])
                    self.assertEqual(len(answer["cases"]), int(expected))
                    answer = self.get_answer("get_status", user)
                    self.assertEqual(len(answer["cases"]), int(expected))

    def test_numbers_that_are_no_list_of_texts_are_refused(self):
        for value in ("RMA00001", 5, {}, True, [[]], [{}], ["x" * 200], ["x"] * 1001):
            with self.subTest(value=str(value)[:20]):
                faults = self.get_faults("get_status", numbers=value)
                self.assertEqual([fault["field"] for fault in faults], ["numbers"])
        odd = ["", "\x00", "\ud800", "'", "RMA%", 5, "/"]
        self.assertEqual(self.get_answer("get_status", numbers=odd), {"cases": []})

    def test_status_of_ten_cases_takes_as_many_queries_as_of_two(self):
        counts = []
        self.env["cso.rma"].with_user(self.user).get_status()  # fills what is remembered
        for number in (2, 10):
            cases = self.env["cso.rma"].search([("user_id", "=", self.user.id)])
            for _index in range(number - len(cases)):
                line = self._create_delivered_line(1)
                self._create_case(line, cart=self._create_cart(self.user))
            with self.count_queries() as queries:
                api = self.env["cso.rma"].with_user(self.user)
                self.assertEqual(len(api.get_status()["cases"]), number)
            counts.append(len(queries))
        self.assertEqual(*counts)

    def test_keys_of_people_without_access_open_nothing(self):
        expired = self.make_key(self.colleague, days=-1)
        self.assertEqual(self.call_api("find_lines", key=expired).status_code, 401)
        self.assertEqual(self.call_api("find_lines", key="x" * 40).status_code, 401)
        key = self.make_key(self.colleague)
        self.colleague.access_entry_ids.valid_until = self.today - timedelta(days=1)
        self.assertEqual(self.call_api("find_lines", key=key).status_code, 401)
        self.colleague.active = False
        self.env.flush_all()
        self.assertEqual(self.call_api("find_lines", key=key).status_code, 401)

    def test_who_has_no_role_for_returns_is_refused_everything(self):
        case = self._create_case(self.line, cart=self._create_cart(self.user)).rma_id
        orders = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.access_entry_ids.role_ids = orders
        calls = {
            "find_lines": {},
            "eligible_reasons": {"line_id": self.line.id},
            "get_status": {"numbers": [case.name]},
            "submit": {"positions": [self.make_doa()]},
        }
        for method, body in calls.items():
            with self.subTest(method=method):
                self.assertEqual(self.call_api(method, **body).status_code, 403)

    def test_portal_users_make_keys_for_a_year(self):
        self.assertTrue(self.env["ir.config_parameter"].get_param("portal.allow_api_keys"))
        self.assertEqual(self.env.ref("base.group_portal").api_key_duration, 365)
        wizard = self.env["res.users.apikeys.description"].with_user(self.user)
        self.assertIn("365", dict(wizard._selection_duration()))

    def test_the_page_for_keys_is_for_who_uses_the_returns_desk(self):
        self.make_key(self.user)
        self.sign_in(self.user)
        page = self.url_open("/my/security").text
        self.assertIn("o_portal_new_api_key", page)
        self.assertIn("Our system", page)
        self.assertIn("/my/security#api_keys", page)
        orders = self.env["partner.access.role"].search([("code", "=", "orders")])
        self.user.access_entry_ids.role_ids = orders
        page = self.url_open("/my/security").text
        self.assertNotIn("api_key", page)


@tagged("post_install", "-at_install")
class TestCsoApiPage(ApiCase):
    """The page for developers: its examples are run as they stand there."""

    page = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
    serials = ("SYL01BPYX", "SYL01BPZA", "SYL01BPZC")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(
            3, serials=cls.serials, shipped_ago=16, invoiced_ago=16
        )

    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(TemporaryDirectory()))
        (self.folder / "box.jpg").write_bytes(make_picture("JPEG"))
        self.key = self.make_key(self.user)

    def get_examples(self):
        """Return the examples of the page in their order: pairs of command and answer."""
        return re.findall(r"```bash\n(.*?)```\s+```json\n(.*?)```", self.page, re.DOTALL)

    def run_example(self, command, number="", with_curl=True):
        """Run a command of the page against this server and return its answer."""
        command = command.replace("4711", str(self.line.id)).replace("RMA00031", number)
        if not (with_curl and which("curl")):
            self.make_curl()
        variables = {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "HOST": self.base_url(),
            "KEY": self.key,
        }
        with self.allow_requests(all_requests=True), mute_logger(*REFUSALS):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=self.folder,
                env=variables,
                capture_output=True,
                text=True,
                check=False,
            )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def make_curl(self):
        """Put a program in the place of curl that understands what the page uses of it."""
        program = self.folder / "curl"
        program.write_text(f"#!{sys.executable}\n{CURL}")
        program.chmod(0o755)

    def check_shape(self, found, told, path=""):
        """Compare names and kinds of values; what is None may be anything."""
        if isinstance(told, dict):
            self.assertEqual(set(found), set(told), f"{path}: {found}"[:500])
            for name, value in told.items():
                self.check_shape(found[name], value, f"{path}.{name}")
        elif isinstance(told, list):
            self.assertIsInstance(found, list, path)
            for value in found:
                self.check_shape(value, told[0], f"{path}[]")
        elif found is not None:
            self.assertIs(type(found), type(told), path)

    def test_every_example_is_answered_as_the_page_says(self):
        number, answers = "", []
        for command, answer in self.get_examples():
            with self.subTest(command=command[:60]):
                found = self.run_example(command, number)
                self.check_shape(found, json.loads(answer))
                number = number or found.get("number", "")
                answers.append(found)
        lines, reasons, first, second, again, status, error = answers
        self.assertEqual(sorted(lines["lines"][0]["serials"]), sorted(self.serials))
        told = {
            reason["code"]: [one["alternative"] for one in reason["objections"]]
            for reason in reasons["reasons"]
        }
        self.assertEqual((told["doa"], told["commercial"]), ([], ["buyback"]))
        self.assertNotEqual(first["number"], second["number"])
        self.assertEqual(second, again)
        self.assertEqual(status["cases"][0]["number"], first["number"])
        self.assertEqual(error["context"]["errors"][0]["field"], "answers.fault_code")
        files = self.find_case(second["number"]).line_ids.attachment_ids
        self.assertEqual(files.mapped("mimetype"), ["image/jpeg"])

    def test_a_machine_without_curl_runs_the_examples_too(self):
        command, answer = self.get_examples()[0]
        self.check_shape(self.run_example(command, with_curl=False), json.loads(answer))

    def test_the_page_names_all_that_can_be_sent_and_answered(self):
        names = set(self.env["sale.line.number"]._get_number_domains())
        names |= set(dict(self.env["cso.rma.line"]._fields["state"].selection)) - {"draft"}
        line = self._create_delivered_line(1)
        for reason in self.env["cso.reason"].search([]):
            form = self.env[reason.form].new({"sale_line_id": line.id, "reason_id": reason.id})
            questions = set(form._get_question_names()) - {"lot_ids", "quantity"}
            names |= {reason.code} | questions
            names |= {key for name in questions for key, _label in form._get_options(name)}
            names |= {slot["kind"] for slot in form._get_photo_slots()}
        missing = [name for name in sorted(names) if f"`{name}`" not in self.page]
        self.assertEqual(missing, [])
