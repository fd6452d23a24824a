"""Who may do what at the returns desk: pages, uploads, phone links and programs, asked by all."""

import base64
import io
from datetime import datetime, timedelta

import pytest
import requests
from client import Client
from PIL import Image
from test_access import CLERK, EMPLOYEE, GARBAGE, INSIDERS, OUTSIDERS
from test_access import make_world as make_access_world
from world import PASSWORD, SERIALS

OWNER, COLLEAGUE = INSIDERS  # who typed and submitted, and the head office that sees it
WORDS = "half a sentence about a dead screen"
MESSAGE = "Is the replacement on its way?"
NOTE = "Between us: this customer claims often."


def make_photo():
    """Return the bytes of a small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#7a4b2a").save(content, "JPEG")
    return content.getvalue()


def make_world(env):
    world = make_access_world(env)
    owner = env["res.users"].search([("login", "=", OWNER)])
    return {
        **world,
        **make_draft(env, world, owner),
        **make_talk(env, world, owner),
        "uids": {user.login: user.id for user in env["res.users"].search([])},
        "keys": {login: make_key(env, login) for login in (*INSIDERS, *OUTSIDERS, CLERK)},
    }


def make_draft(env, world, owner):
    """Make what only its owner may see: words, a file and a link for his phone; and a cart."""
    drafts = env(user=owner)["cso.form.draft"].sudo()
    line = drafts.env["sale.order.line"].browse(world["delivered_line"])
    reason = drafts.env["cso.reason"].search([("code", "=", "defect")])
    draft = drafts._ensure_draft(line, reason)
    draft.answers = {"comment": WORDS}
    _link, token = drafts.env["cso.upload.link"]._open(draft)
    lot = env["stock.lot"].search([("name", "=", SERIALS[1])])
    cart = env["cso.rma"].create(
        {
            "partner_id": world["rotterdam"],
            "user_id": owner.id,
            "line_ids": [
                (
                    0,
                    0,
                    {"sale_line_id": line.id, "reason_id": reason.id, "lot_ids": [(6, 0, lot.ids)]},
                )
            ],
        }
    )
    return {
        "draft": draft.id,
        "draft_file": draft._add_file("draft.jpg", make_photo()).id,
        "token": token,
        "cart": cart.id,
        "cart_position": cart.line_ids.id,
    }


def make_talk(env, world, owner):
    """Make a photo of the submitted position, a message with a file, and a note of the desk."""
    case = env(user=owner)["cso.rma"].sudo().browse(world["case"])
    values = env["portal.file.check"]._prepare_attachment_values("box.jpg", make_photo())
    place = {"res_model": "cso.rma.line", "res_id": case.line_ids.id}
    photo = env["ir.attachment"].create({**values, **place})
    case.line_ids.attachment_ids = photo
    message = case._post_customer_message(MESSAGE, [("screen.jpg", make_photo())])
    case.message_post(body=NOTE, subtype_xmlid="mail.mt_note")
    return {"photo": photo.id, "message_file": message.attachment_ids.id}


def make_key(env, login):
    """Make the key of a customer's program."""
    user = env["res.users"].search([("login", "=", login)])
    keys = env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate(None, "Our system", datetime.now() + timedelta(days=30))


@pytest.fixture(scope="module")
def clients(server):
    logins = [*INSIDERS, *OUTSIDERS, CLERK, EMPLOYEE]
    found = {login: Client(server, login, PASSWORD) for login in logins}
    return {**found, "public": Client(server)}


# --- Pages ---------------------------------------------------------------------------------------


def case_pages(world):
    """Return what belongs to a submitted case: of all who see its order."""
    case = f"/my/returns/{world['case']}"
    return [
        *(case, f"{case}/pdf", f"{case}/label", f"{case}/file/{world['message_file']}"),
        f"{case}/documents",
        f"/my/returns/file/{world['photo']}",
    ]


@pytest.mark.parametrize("login", INSIDERS)
def test_who_sees_the_order_sees_the_case_with_its_files(server, clients, login):
    for page in case_pages(server.world):
        assert clients[login].get(page).status_code == 200, page
    text = clients[login].get(f"/my/returns/{server.world['case']}").text
    assert MESSAGE in text
    assert NOTE not in text, "what the desk notes is the desk's"


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nobody_else_sees_a_case_or_its_files(server, clients, login):
    for page in case_pages(server.world):
        assert clients[login].get(page).status_code == 404, page


def test_what_is_not_submitted_is_its_owners_alone(server, clients):
    world = server.world
    form = f"/my/returns/form?line={world['delivered_line']}&reason=defect"
    assert WORDS in clients[OWNER].get(form).text
    assert clients[OWNER].get(f"/my/returns/file/{world['draft_file']}").status_code == 200
    assert SERIALS[1] in clients[OWNER].get("/my/returns/cart").text
    for login in (COLLEAGUE, *OUTSIDERS):
        assert WORDS not in clients[login].get(form).text, login
        assert clients[login].get(f"/my/returns/file/{world['draft_file']}").status_code == 404
        for page in ("/my/returns/cart", "/my/returns", "/my/returns/status"):
            text = clients[login].get(page).text
            assert not [secret for secret in (WORDS, SERIALS[1]) if secret in text], (login, page)


@pytest.mark.parametrize("login", OUTSIDERS)
def test_several_lines_at_once_are_ones_own(server, clients, login):
    number = server.world["delivered_name"]
    for query in (f"kind=order&number={number}", "serials=" + "%0A".join(SERIALS)):
        answer = clients[login].get(f"/my/returns/bulk?{query}")
        assert answer.status_code == 200
        assert "IdeaCentre" not in answer.text


# --- Acting --------------------------------------------------------------------------------------


def actions(world):
    """Return what changes a case, with what a page would post."""
    case, position = f"/my/returns/{world['case']}", world["case_line"]
    return [
        (f"{case}/message", {"message": "ours"}),
        (f"{case}/sent", {"carrier": "UPS"}),
        (f"{case}/withdraw", {"position": position}),
        (f"{case}/answer", {"position": position, "answer": "ours"}),
        (f"{case}/object", {"position": position, "objection": "ours"}),
        ("/my/returns/cart/submit", {"cart": world["cart"]}),
        ("/my/returns/form", {"line": world["delivered_line"], "reason": "doa", "comment": "x"}),
        ("/my/returns/form/address", {"line": world["delivered_line"], "reason": "doa"}),
        ("/my/returns/form/upload", {"line": world["delivered_line"], "reason": "doa"}),
        ("/my/returns/form/phone", {"line": world["delivered_line"], "reason": "doa"}),
        ("/my/returns/form/phone/close", {"line": world["delivered_line"], "reason": "defect"}),
        (
            "/my/returns/form/remove",
            {"line": world["delivered_line"], "reason": "defect", "file": world["draft_file"]},
        ),
    ]


def asked_by_scripts(world):
    """Return what the scripts of the form ask while somebody types."""
    about = {"line": world["delivered_line"], "reason": "defect", "answers": {"comment": "x"}}
    return [
        ("/my/returns/form/check", about),
        ("/my/returns/form/save", about),
        ("/my/returns/form/address/save", about),
    ]


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nobody_else_acts_on_a_case_a_cart_or_a_line(server, clients, login):
    for path, values in actions(server.world):
        answer = clients[login].post(path, values, form="/my/returns/register")
        assert answer.status_code == 404, path


@pytest.mark.parametrize("login", [*OUTSIDERS, "public"])
def test_a_script_of_a_page_answers_nobody_else(server, clients, login):
    for path, values in asked_by_scripts(server.world):
        answer = clients[login].ask(path, **values, uid=server.world["uids"].get(login))
        assert "error" in answer, (path, answer)
        assert "IdeaCentre" not in str(answer), path
    about = f"line={server.world['delivered_line']}&reason=defect"
    for path in (f"/my/returns/form/files?{about}", f"/my/returns/register/line?{about}"):
        answer = clients[login].get(path)
        assert answer.status_code in (303, 404), path
        assert "IdeaCentre" not in answer.text, path


@pytest.mark.parametrize("login", [COLLEAGUE, *OUTSIDERS])
def test_positions_of_others_stay_in_their_cart(server, clients, login):
    world = server.world
    for path in ("/my/returns/cart/remove", "/my/returns/cart/edit"):
        values = {"position": world["cart_position"]}
        clients[login].post(path, values, form="/my/returns/register")
    values = {"draft": world["draft"]}
    clients[login].post("/my/returns/draft/discard", values, form="/my/returns/register")
    assert SERIALS[1] in clients[OWNER].get("/my/returns/cart").text
    form = f"/my/returns/form?line={world['delivered_line']}&reason=defect"
    assert WORDS in clients[OWNER].get(form).text


def test_who_is_not_signed_in_acts_on_nothing(server, clients):
    for path, values in actions(server.world):
        answer = clients["public"].post(path, values)
        assert answer.status_code in (302, 303), path
        assert "/web/login" in answer.headers["Location"], path


@pytest.mark.parametrize("login", [*INSIDERS, *OUTSIDERS])
def test_no_customer_writes_a_case_by_rpc(server, clients, login):
    world = server.world
    for model, record in (("cso.rma", world["case"]), ("cso.rma.line", world["case_line"])):
        for method in ("write", "copy", "unlink", "_submit", "_authorise", "action_authorise"):
            arguments = [[record], {"reference": "mine"}] if method == "write" else [[record]]
            assert clients[login].call(model, method, *arguments) is None, (model, method)
    line = {"sale_line_id": world["delivered_line"], "override_reason": "because"}
    for model in ("cso.rma", "cso.rma.line", "cso.form.defect", "cso.form.draft", "cso.register"):
        assert clients[login].call(model, "create", [line]) is None, model
    assert clients[login].call("cso.upload.link", "search", []) is None


@pytest.mark.parametrize("login", [*INSIDERS, *OUTSIDERS])
def test_documents_and_figures_tell_nothing_of_others(server, clients, login):
    case = f"/my/returns/{server.world['case']}"
    for kind in ("credit", "invoice", "slip"):
        for number in ("1", "0", "99999999", "2147483648", "x"):
            answer = clients[login].get(f"{case}/{kind}/{number}")
            assert answer.status_code == 404, (kind, number)
    for period in ("all", "x", "%00"):
        answer = clients[login].get(f"/my/returns/figures?period={period}")
        assert answer.status_code < 500, period
        assert login in INSIDERS or "IdeaCentre" not in answer.text, period


# What the desk, the dock and the bench know of a position, and customers never read.
STAFF_FIELDS = (
    *("test_note", "test_photo_ids", "tested_by_id", "disposition", "difference_ids", "promised"),
    *("repair_partner_id", "repair_number", "repair_deadline", "decided_by_id", "free_line_ids"),
    *("kept_line_id", "eligibility", "override_reason"),
)
STAFF_MODELS = (
    *("cso.difference", "cso.report", "cso.return.rate", "cso.step", "cso.claim", "cso.test"),
    *("cso.decide.credit", "cso.decide.keep", "cso.decide.goodwill", "cso.decide.correction"),
    *("cso.decide.delivery", "cso.decide.repair", "cso.decide.take.back", "cso.choose.outcome"),
    *("cso.split", "cso.receive", "cso.parcel", "cso.refuse"),
)


@pytest.mark.parametrize("login", [*INSIDERS, *OUTSIDERS])
def test_no_customer_reads_or_decides_what_is_the_desks(server, clients, login):
    client, position = clients[login], server.world["case_line"]
    for name in STAFF_FIELDS:
        assert client.call("cso.rma.line", "read", [position], [name]) is None, name
    for model in STAFF_MODELS:
        assert client.call(model, "search_read", []) is None, model
        values = {"position_ids": [[6, 0, [position]]]}
        assert client.call(model, "create", [values]) is None, model
    methods = ("action_repaired", "action_end_repair", "action_split", "action_test")
    for method in (*methods, "action_withdraw", "_settle", "_refuse", "_send_back"):
        assert client.call("cso.rma.line", method, [position]) is None, method


# --- Phone links ---------------------------------------------------------------------------------


def test_a_phone_link_takes_photos_and_tells_nothing(server):
    link = f"{server.url}/photos/{server.world['token']}"
    page = requests.get(link, timeout=60)
    assert page.status_code == 200
    assert not [word for word in (WORDS, "IdeaCentre", "Kade", *SERIALS) if word in page.text]
    files = {"file_other": ("one.jpg", make_photo(), "image/jpeg")}
    answer = requests.post(f"{link}/upload", files=files, timeout=60)
    assert answer.status_code == 200, answer.text
    for number in (server.world["draft_file"], server.world["photo"], 1):
        assert requests.get(f"{link}/file/{number}", timeout=60).status_code == 404
    assert page.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", [*GARBAGE, "A" * 32, "x" * 5000])
def test_an_unknown_phone_link_is_answered(server, token):
    for path in (f"/photos/{token}", f"/photos/{token}/file/1"):
        assert requests.get(server.url + path, timeout=60).status_code in (400, 404, 414), path
    assert requests.post(f"{server.url}/photos/{token}/upload", timeout=60).status_code in (
        *(400, 404, 410, 414),
    )


# --- Programs of customers -----------------------------------------------------------------------


def call_api(server, login, method, **values):
    """Call a method of the returns desk with the key of a person."""
    return requests.post(
        f"{server.url}/json/2/cso.rma/{method}",
        json=values,
        headers={"Authorization": f"bearer {server.world['keys'].get(login, 'none')}"},
        timeout=60,
    )


def position(world, **values):
    """Return a position as a program sends it."""
    return {
        "line_id": world["delivered_line"],
        "reason": "defect",
        "serials": SERIALS[2:3],
        "answers": {"comment": "dead", "fault_code": "no_response"},
        **values,
    }


@pytest.mark.parametrize("login", INSIDERS)
def test_a_program_sees_what_its_person_sees(server, login):
    found = call_api(server, login, "find_lines", number=SERIALS[0]).json()
    assert [line["line_id"] for line in found["lines"]] == [server.world["delivered_line"]]
    cases = call_api(server, login, "get_status").json()["cases"]
    assert len(cases) == 1, "the case; the cart is not submitted"
    answer = call_api(server, login, "eligible_reasons", line_id=server.world["delivered_line"])
    assert len(answer.json()["reasons"]) == 14


@pytest.mark.parametrize("login", [*OUTSIDERS, CLERK])
def test_a_program_of_others_finds_and_makes_nothing(server, login):
    world = server.world
    for number in (*SERIALS, "PO 7781", world["delivered_name"], "90SM00AAMH"):
        answer = call_api(server, login, "find_lines", number=number)
        assert answer.status_code == 403 or answer.json()["total"] == 0, answer.text
    line = world["delivered_line"]
    assert call_api(server, login, "eligible_reasons", line_id=line).status_code in (403, 404)
    assert call_api(server, login, "submit", positions=[position(world)]).status_code >= 400
    answer = call_api(server, login, "get_status")
    assert answer.status_code == 403 or answer.json()["cases"] == []


@pytest.mark.parametrize("value", [*GARBAGE, None, -1, 2**40, 1.5, [], {}, True, [[]], {"a": 1}])
def test_a_program_that_sends_garbage_is_answered(server, value):
    calls = [
        ("find_lines", {name: value})
        for name in ("number", "number_type", "date_from", "document", "limit", "offset")
    ]
    calls += [("eligible_reasons", {"line_id": value}), ("get_status", {"numbers": value})]
    calls += [("submit", {"positions": value}), ("submit", {"positions": [value]})]
    calls += [
        ("submit", {"positions": [position(server.world, **{name: value})]})
        for name in ("line_id", "reason", "serials", "quantity", "answers", "attachments")
        if value or name not in ("attachments", "quantity")  # nothing is an answer to these
    ]
    for method, values in calls:
        answer = call_api(server, OWNER, method, **values)
        assert answer.status_code < 500, (method, values, answer.text)
        assert method != "submit" or answer.status_code >= 400, (method, values, answer.text)


def test_a_file_of_a_program_is_judged_by_its_content(server):
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    bad = {"name": "box.jpg", "kind": "other", "data": page}
    positions = [position(server.world, attachments=[bad])]
    answer = call_api(server, OWNER, "submit", positions=positions)
    assert answer.status_code == 422, answer.text
    assert answer.json()["context"]["errors"]


def test_without_a_key_there_is_no_answer(server):
    assert call_api(server, "public", "find_lines").status_code == 401
