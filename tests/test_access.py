"""Who sees what: every page, document and record of the journey, asked by everybody."""

import pytest
from client import Client
from world import PASSWORD, SERIALS, make_distributor, make_portal_user

# Who is of the branch that ordered, or above it; who is not.
INSIDERS = ["colleague@kade.example", "head@kade.example"]
OUTSIDERS = ["utrecht@kade.example", "stranger@elders.example", "former@kade.example"]
GARBAGE = [
    *("0", "-1", "999999999", "99999999999999999999", "1.5", "abc", "%00", "1%20OR%201=1"),
    *("²", "null"),
]


def make_world(env):
    world = make_distributor(env)
    rotterdam = env["res.partner"].browse(world["rotterdam"])
    former = make_portal_user(env, "former@kade.example", rotterdam)
    # Read once as a colleague, so that whatever is remembered for this user is the old answer.
    assert env["sale.order"].with_user(former).search_count([]) == 2
    former.partner_id.parent_id = env["res.partner"].search([("name", "=", "Elders BV")])
    colleague = env["res.users"].search([("login", "=", INSIDERS[0])])
    line = env["sale.order.line"].browse(world["delivered_line"])
    lot = env["stock.lot"].search([("name", "=", SERIALS[0])])
    case = env["cso.rma"].create(
        {
            "partner_id": rotterdam.id,
            "user_id": colleague.id,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "sale_line_id": line.id,
                        "reason_id": env["cso.reason"].search([("code", "=", "doa")]).id,
                        "quantity": 1,
                        "lot_ids": [(6, 0, lot.ids)],
                        "comment": "dead",
                        "fault_code": "no_response",
                        "wish": "credit",
                    },
                )
            ],
        }
    )
    case._submit()
    world["case"] = case.id
    world["case_line"] = case.line_ids.id
    return world


@pytest.fixture(scope="module")
def clients(server):
    logins = [*INSIDERS, *OUTSIDERS]
    found = {login: Client(server, login, PASSWORD) for login in logins}
    return {**found, "public": Client(server)}


def pages(world):
    """Return the pages and documents of the journey."""
    return [
        f"/my/orders/{world['delivered']}",
        f"/my/orders/{world['delivered']}?report_type=pdf&download=true",
        f"/my/picking/pdf/{world['picking']}",
        f"/my/invoices/{world['invoice']}",
        f"/my/invoices/{world['invoice']}?report_type=pdf&download=true",
        f"/my/returns/{world['case']}",
        f"/my/returns/{world['case']}/pdf",
        f"/my/returns/form?line={world['delivered_line']}&reason=defect",
        f"/my/returns/form/address?line={world['delivered_line']}&reason=defect",
    ]


def records(world):
    """Return the records of the journey: model, id, a field to read."""
    return [
        ("sale.order", world["delivered"], "name"),
        ("sale.order.line", world["delivered_line"], "name"),
        ("stock.picking", world["picking"], "name"),
        ("account.move", world["invoice"], "name"),
        ("cso.rma", world["case"], "name"),
        ("cso.rma.line", world["case_line"], "quantity"),
    ]


@pytest.mark.parametrize("login", INSIDERS)
def test_the_branch_and_its_head_office_see_everything(server, clients, login):
    answers = {page: clients[login].get(page).status_code for page in pages(server.world)}
    # The form is of whoever may claim: colleagues and head office alike.
    assert set(answers.values()) <= {200, 303}, answers
    for model, record, field in records(server.world):
        assert clients[login].call(model, "read", [record], [field]), model


@pytest.mark.parametrize("login", OUTSIDERS)
def test_everybody_else_is_told_that_there_is_nothing(server, clients, login):
    answers = {page: clients[login].get(page).status_code for page in pages(server.world)}
    assert set(answers.values()) == {404}, answers
    for model, record, field in records(server.world):
        assert clients[login].call(model, "read", [record], [field]) is None, model
        assert not clients[login].call(model, "search", [["id", "=", record]]), model


def test_who_is_not_signed_in_is_asked_to(server, clients):
    for page in pages(server.world):
        answer = clients["public"].get(page)
        if answer.status_code != 404:
            target = answer.headers["Location"].removeprefix(server.url)
            assert target == "/my" or target.startswith("/web/login"), page


@pytest.mark.parametrize("login", OUTSIDERS)
@pytest.mark.parametrize("number", [SERIALS[0], "4256321", "90SM00AAMH", "PO 7781"])
def test_search_finds_nothing_of_others(clients, login, number):
    for path in ("/my/search?q=", "/my/returns/register?number=", "/my/orders?search="):
        answer = clients[login].get(path + number)
        assert answer.status_code == 200
        assert "IdeaCentre" not in answer.text


@pytest.mark.parametrize("value", GARBAGE)
def test_garbage_is_answered_and_never_an_error(clients, value):
    client = clients[INSIDERS[0]]
    for path in (
        f"/my/orders/{value}",
        f"/my/picking/pdf/{value}",
        f"/my/invoices/{value}",
        f"/my/returns/{value}",
        f"/my/returns/{value}/pdf",
        f"/my/returns/file/{value}",
        f"/my/returns/form?line={value}&reason=doa",
        f"/my/returns/form?line=1&reason={value}",
    ):
        assert client.get(path).status_code in (301, 400, 404), path
    for path in (
        f"/my/orders?page={value}&sortby={value}&filterby={value}&search={value}",
        f"/my/search?q={value}",
        f"/my/returns/register?number={value}&number_type={value}&period={value}&page={value}",
        f"/my/returns/register?period=free&date_from={value}&date_to={value}&document={value}",
        f"/my/returns/status?page={value}",
    ):
        assert client.get(path).status_code in (200, 303, 404), path


def test_a_purchase_is_never_shown_to_a_customer(server, clients):
    purchase = server.world["purchase"]
    for login in (*INSIDERS, *OUTSIDERS):
        assert clients[login].call("purchase.order", "search", []) in ([], None)
        assert clients[login].call("purchase.order", "read", [purchase], ["name"]) is None
    line = server.world["waiting_line"]
    for login in INSIDERS:
        for field in fields_about_purchases(clients[login]):
            rows = clients[login].call("sale.order.line", "read", [line], [field])
            assert not rows or not rows[0][field], field


def fields_about_purchases(client):
    """Return the fields of an order line that lead to purchases, as the user is told of them."""
    fields = client.call("sale.order.line", "fields_get")
    return [
        name
        for name, value in fields.items()
        if (value.get("relation") or "").startswith("purchase")
    ]


def test_the_server_met_nothing_unexpected(server):
    """No warning and no error in the log of all of the above."""
    # A call that is refused is a warning of Odoo: that is what the tests above provoke.
    expected = ("models.ir_rule", " odoo.http: ", "wkhtmltopdf: ")
    lines = server.trouble()
    assert [line for line in lines if not any(text in line for text in expected)] == []
