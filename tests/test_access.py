"""Who sees what: every page, document, export and record, asked by everybody."""

import io
import re
import time
import zipfile

import openpyxl
import pytest
from client import Client
from world import (
    PASSWORD,
    SERIALS,
    make_distributor,
    make_portal_user,
    make_software,
    sell,
)

# Who is of the branch that ordered, or above it; who is not.
INSIDERS = ["colleague@kade.example", "head@kade.example"]
OUTSIDERS = [
    *("utrecht@kade.example", "stranger@elders.example", "former@kade.example"),
    "abroad@kade.example",  # of the branch, but another of our companies looks after him
]
CLERK = "clerk@kade.example"  # of the branch, without the role for prices
EMPLOYEE = "employee@distributor.example"  # without any right on sales
GARBAGE = [
    *("0", "-1", "999999999", "99999999999999999999", "1.5", "abc", "%00", "1%20OR%201=1"),
    *("²", "null"),
]
# What only the branch that ordered and its head office may read.
LICENCE_KEY = "KADE-2217-XKEY"
SECRETS = [*SERIALS, LICENCE_KEY, "IdeaCentre", "Device manager", "1Z999AA10123456784"]


def make_world(env):
    world = make_distributor(env)
    rotterdam = env["res.partner"].browse(world["rotterdam"])
    former = make_portal_user(env, "former@kade.example", rotterdam)
    # Read once as a colleague, so that whatever is remembered for this user is the old answer.
    assert env["sale.order"].with_user(former).search_count([]) == 2
    former.partner_id.parent_id = env["res.partner"].search([("name", "=", "Elders BV")])
    make_limited(env, rotterdam)
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
    world["delivered_name"] = line.order_id.name
    return {**world, "lot": lot.id, **make_keepsakes(env, rotterdam, colleague)}


def make_limited(env, rotterdam):
    """Make who belongs to the branch or to us, and may see less than others there."""
    company = env["res.company"].create({"name": "Another Distributor"})
    abroad = make_portal_user(env, OUTSIDERS[-1], rotterdam)
    abroad.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
    clerk = make_portal_user(env, CLERK, rotterdam)
    orders = env["partner.access.role"].search([("code", "=", "orders")])
    clerk.access_entry_ids.role_ids = orders
    env["res.users"].with_context(no_reset_password=True).create(
        {"name": "Employee", "login": EMPLOYEE, "password": PASSWORD}
    )


def make_keepsakes(env, rotterdam, colleague):
    """Make a delivery by e-mail with its key, a change of a date, a filter and a queued file."""
    software = make_software(env)
    order = sell(env, rotterdam, software, 2, 80.0)
    line = order.order_line
    row = {"line_id": line.id, "quantity": 1, "keys": [LICENCE_KEY]}
    delivery = env["sale.order.line"].mark_email_delivered([row])
    waiting = env["sale.order.line"].search([("product_id.name", "ilike", "webcam")])
    for day in ("2031-12-11", "2031-12-18"):
        env["purchase.order.line"].search(
            [("product_id", "=", waiting.product_id.id)]
        ).supplier_eta = day
        env.flush_all()
    saved = env["portal.saved.filter"].create(
        {"user_id": colleague.id, "name": "Webcams", "query": "description=webcam"}
    )
    as_colleague = env(user=colleague)
    parameters = as_colleague["sale.line.export"]._prepare_parameters({})
    queued = as_colleague["portal.download"]._enqueue("lines_csv", "lines.csv", parameters, 3)
    return {
        "software": order.id,
        "delivery": delivery[0],
        "change": waiting.eta_change_ids[:1].id,
        "saved": saved.id,
        "download": queued.id,
    }


@pytest.fixture(scope="module")
def clients(server):
    logins = [*INSIDERS, *OUTSIDERS, CLERK, EMPLOYEE]
    found = {login: Client(server, login, PASSWORD) for login in logins}
    return {**found, "public": Client(server)}


def pages(world):
    """Return the pages and documents of the journey."""
    return [
        f"/my/orders/{world['delivered']}",
        f"/my/orders/{world['delivered']}?report_type=pdf&download=true",
        f"/my/orders/{world['software']}",
        f"/my/picking/pdf/{world['picking']}",
        f"/my/picking/return/pdf/{world['picking']}",
        f"/my/serials/{world['lot']}",
        f"/my/documents/zip?document=slip-{world['picking']}",
        f"/my/documents/zip?document=invoice-{world['invoice']}",
        f"/my/documents/zip?document=confirmation-{world['waiting']}",
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
        ("sale.order.line.eta.change", world["change"], "new_last"),
        ("sale.line.delivery", world["delivery"], "keys"),
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


def test_employees_without_rights_see_no_orders_in_the_portal(server, clients):
    client = clients[EMPLOYEE]
    for page in pages(server.world):
        if "/my/returns" not in page:
            assert client.get(page).status_code == 404, page
    for path in LISTS:
        if "/my/returns" not in path:
            text = client.get(path).text
            assert not [secret for secret in SECRETS if secret in text], path


def test_without_the_role_for_prices_nothing_tells_one(server, clients):
    client, world = clients[CLERK], server.world
    order = f"/my/orders/{world['delivered']}"
    for path in (order, f"{order}?payment_amount=1", "/my/lines?sort=price_unit", "/my/orders"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "IdeaCentre" in answer.text or world["delivered_name"] in answer.text, path
        assert not re.search(r"oe_currency_value|[€$]\s*[\d,.]+|[\d,.]+\s*€", answer.text), path
    for path in (f"{order}?report_type=pdf", f"/my/invoices/{world['invoice']}"):
        assert client.get(path).status_code == 404, path
    line = world["delivered_line"]
    assert client.call("sale.order.line", "read", [line], ["name"])
    for name in ("price_unit", "price_subtotal", "discount"):
        assert client.call("sale.order.line", "read", [line], [name]) is None, name
        assert client.call("sale.order.line", "search", [[name, ">", 0]]) is None, name
        assert client.call("sale.order.line", "search", [], order=name) is None, name


@pytest.mark.parametrize("login", INSIDERS)
def test_no_question_leads_to_purchases_costs_or_staff(clients, login):
    questions = [
        ("sale.order.line", [["purchase_line_ids", "!=", False]]),
        ("sale.order.line", [["purchase_line_ids.partner_id.name", "ilike", "a"]]),
        ("sale.order", [["order_line.purchase_line_ids", "!=", False]]),
        ("stock.picking", [["sale_id.order_line.purchase_line_ids", "!=", False]]),
        ("stock.picking", [["partner_id.name", "ilike", "a"]]),
        ("stock.picking", [["origin", "ilike", "P0"]]),
        ("sale.order.line", [["product_id.standard_price", ">", 0]]),
        ("sale.order.line", [["move_ids.purchase_line_id", "!=", False]]),
        ("sale.order.line.eta.change", [["user_id.name", "ilike", "a"]]),
        ("sale.order.line.eta.change", [["write_uid", "!=", False]]),
        ("res.users", [["portal_eta_digest", "!=", "none"]]),
        ("res.users", [["portal_line_columns", "!=", False]]),
    ]
    for model, domain in questions:
        assert clients[login].call(model, "search_count", domain) is None, (model, domain)


LISTS = [
    *("/my", "/my/orders", "/my/lines", "/my/shipments", "/my/documents", "/my/downloads"),
    *("/my/search?q=S0", "/my/lines?columns=all&open=1", "/my/lines?status=fulfilled&sort=-eta"),
    *("/my/lines/export?format=csv&columns=all", "/my/returns/register", "/my/returns/status"),
]


@pytest.mark.parametrize("login", OUTSIDERS)
def test_lists_and_exports_hold_nothing_of_others(clients, login):
    for path in LISTS:
        answer = clients[login].get(path)
        assert answer.status_code == 200, path
        assert not [secret for secret in SECRETS if secret in answer.text], path


@pytest.mark.parametrize("login", INSIDERS)
def test_lists_and_exports_hold_what_is_ones_own(clients, login):
    for path in ("/my/lines", "/my/lines/export?format=csv&columns=all", "/my/shipments"):
        answer = clients[login].get(path)
        assert answer.status_code == 200, path
        assert "IdeaCentre" in answer.text, path


def read_sheet(client):
    answer = client.get("/my/lines/export?format=xlsx&columns=all")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return str([list(sheet.iter_rows(values_only=True)) for sheet in book])


def test_the_sheet_of_excel_holds_ones_own_lines_only(clients):
    assert all("IdeaCentre" in read_sheet(clients[login]) for login in INSIDERS)
    for login in OUTSIDERS:
        text = read_sheet(clients[login])
        assert not [secret for secret in SECRETS if secret in text]


def test_a_month_of_documents_holds_ones_own_only(server, clients):
    slip = server.world["picking_name"].replace("/", "-")
    for login in (*INSIDERS, *OUTSIDERS):
        answer = clients[login].get(f"/my/documents/zip?kind=slip&month={server.world['month']}")
        if answer.headers["Content-Type"] != "application/zip":
            assert login in OUTSIDERS
            continue
        names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
        assert any(slip in name for name in names) is (login in INSIDERS)


def test_a_file_is_for_who_asked_for_it_alone(server, clients):
    page = f"/my/downloads/{server.world['download']}"
    owner = clients[INSIDERS[0]]
    server.wake_jobs()
    given_up = time.monotonic() + 60
    while owner.get(page).status_code != 200:
        assert time.monotonic() < given_up, "the file was not made within a minute"
        time.sleep(0.5)
    assert "IdeaCentre" in owner.get(page).text
    for login in (INSIDERS[1], *OUTSIDERS):
        assert clients[login].get(page).status_code == 404, login
        for model in ("portal.download", "ir.attachment"):
            assert not clients[login].call(model, "search", [["name", "=", "lines.csv"]])


def test_a_saved_filter_is_its_owners_alone(server, clients):
    saved = server.world["saved"]
    for login in (INSIDERS[1], *OUTSIDERS):
        assert "Webcams" not in clients[login].get("/my/lines").text
        assert clients[login].call("portal.saved.filter", "read", [saved], ["name"]) is None
        answer = clients[login].post(f"/my/lines/filters/{saved}/delete", {}, form="/my/lines")
        assert answer.status_code == 404
    assert "Webcams" in clients[INSIDERS[0]].get("/my/lines").text


def test_licence_keys_are_on_the_page_of_the_order_only(server, clients):
    client = clients[INSIDERS[0]]
    assert LICENCE_KEY in client.get(f"/my/orders/{server.world['software']}").text
    for path in ("/my/lines", "/my/lines/export?format=csv&columns=all", "/my/documents"):
        assert LICENCE_KEY not in client.get(path).text
    answer = client.get(f"/my/search?q={LICENCE_KEY}")
    assert answer.status_code == 200  # a hit would lead to its page
    assert "Device manager" not in answer.text


# Pages that only read; the ones of the returns desk keep drafts and a cart.
READING = [
    *("/my", "/my/orders", "/my/lines", "/my/lines?open=1&sort=eta", "/my/shipments"),
    *("/my/documents", "/my/downloads", "/my/notifications", "/my/search?q=PO 7781"),
    *("/my/search?q=4256321", "/my/lines/export?format=csv", "/my/lines/export?format=xlsx"),
]


def test_pages_that_read_can_be_served_by_a_replica(server, clients):
    world = server.world
    paths = [*READING, f"/my/orders/{world['delivered']}", f"/my/serials/{world['lot']}"]
    before = len(server.log.read_text())
    for path in paths:
        assert clients[INSIDERS[0]].get(path).status_code in (200, 303), path
    log = server.log.read_text()[before:]
    for path in paths:
        calls = re.escape(path.replace(" ", "%20"))
        modes = re.findall(rf'"GET {calls} HTTP/1.1" \d+ - \S+ \S+ \S+ (\S+)', log)
        assert set(modes) == {"ro"}, (path, modes)


@pytest.mark.parametrize("login", OUTSIDERS)
@pytest.mark.parametrize(
    "number",
    [
        *(SERIALS[0], SERIALS[0].lower(), SERIALS[0][:6], "4256321", "90SM00AAMH", "90-sm00aamh"),
        *("5099206045200", "PO 7781", "7781", "po-7781", "1Z999AA10123456784", LICENCE_KEY),
    ],
)
def test_search_finds_nothing_of_others(clients, login, number):
    paths = ["/my/search?q=", "/my/returns/register?number=", "/my/orders?search="]
    paths += [f"/my/lines?{name}=" for name in ("serial", "article", "part", "reference", "ean")]
    for path in [*paths, "/my/shipments?search=", "/my/serials?number="]:
        answer = clients[login].get(path + number)
        assert answer.status_code in (200, 303), path
        assert "IdeaCentre" not in answer.text, path
        assert "/my/orders/" not in answer.text.replace("/my/orders/?", ""), path


LINE_PARAMETERS = [
    *("open", "late", "arriving", "eta_from", "eta_to", "status", "period", "date_from"),
    *("date_to", "order", "reference", "article", "part", "ean", "maker", "description"),
    *("serial", "shipment", "invoice", "address", "sort", "after", "before", "columns", "page"),
]


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
        f"/my/serials/{value}",
        f"/my/downloads/{value}",
        f"/my/documents/zip?document={value}",
        f"/my/documents/zip?document=slip-{value}",
        f"/my/returns/form?line={value}&reason=doa",
        f"/my/returns/form?line=1&reason={value}",
        f"/my/returns/register/line?line={value}&number={value}",
    ):
        assert client.get(path).status_code in (301, 400, 404), path
    for path in (
        f"/my/orders?page={value}&sortby={value}&filterby={value}&search={value}",
        f"/my/search?q={value}&q={value}",
        "/my/lines?" + "&".join(f"{name}={value}&{name}=x" for name in LINE_PARAMETERS),
        *(f"/my/lines?{name}={value}" for name in LINE_PARAMETERS),
        f"/my/lines/export?format=csv&sort={value}&columns={value}&order={value}",
        f"/my/shipments?page={value}&search={value}&sort={value}&filterby={value}&period={value}",
        f"/my/shipments?date_from={value}&date_to={value}&kind={value}",
        f"/my/documents?page={value}",
        f"/my/serials?number={value}",
        f"/my/notifications?saved={value}",
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
