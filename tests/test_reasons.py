"""Each of the fourteen reasons in a browser: from the customer's form to what it leads to."""

import io

import pytest
from browser import open_browser, signed_in
from conftest import odoo_env
from PIL import Image
from world import PASSWORD, bill, deliver, make_distributor, sell_lines

BUYER = "colleague@kade.example"
PRICE = 333.97  # of each article that is sold here
SHIPPED_DAYS_AGO = 2  # within every window
QUANTITY = 3

FAULT = {"fault_code": "no_response", "comment": "No light, no sound."}
SEALED = {"sealed_confirmed": True}
# What the customer answers, by reason; serials and quantity are asked by all that have them.
ANSWERS = {
    "defect": FAULT,
    "doa": {**FAULT, "wish": "replacement"},
    "commercial": SEALED,
    "own_mistake": SEALED,
    "buyback": {"comment": "The project was cancelled.", "condition": "unopened"},
    "wrong_delivery": {
        "slip_matches": "no",
        "quantity": "1",
        "received_identification": "KB-100",
        "keep_choice": "send_back",
        "still_wanted": "yes",
    },
    "complaint": {
        "quantity": "1",
        "comment": "It does not fit the dock that it is said to fit.",
        "condition": "opened",
    },
    "over_delivery": {"received_total": "4", "keep_choice": "keep"},
    "transport_damage": {
        "quantity": "1",
        "noted_at_delivery": "yes",
        "comment": "The box is torn, the article has a scratch.",
        "keep_choice": "keep",
    },
    "concealed_damage": {"quantity": "1", "comment": "The screen is broken."},
    "shortage": {"quantity": "1", "wish": "credit"},
    "missing_accessory": {"comment": "The power cable."},
    "wrong_invoice": {
        "invoice_detail": "price",
        "invoice_amount": "300.00",
        "comment": "We agreed on 300.00 each.",
    },
    "licence_return": {"quantity": "1", "not_activated": True},
}
# Reasons about an article that is tracked by serial number.
TRACKED = ("defect", "doa", "missing_accessory")
LICENCES = ("licence_return",)


def make_world(env):
    """Make an order line per reason, shipped and invoiced two days ago."""
    world = make_distributor(env)
    products = make_articles(env)
    partner = env["res.partner"].browse(world["rotterdam"])
    order = sell_lines(
        env, partner, [(products[get_kind(code)], QUANTITY, PRICE) for code in ANSWERS]
    )
    order.order_line.filtered(
        lambda line: line.product_id == products["licence"]
    ).qty_delivered = QUANTITY
    deliver(order, SHIPPED_DAYS_AGO)
    bill(order)
    return {**world, "lines": dict(zip(ANSWERS, order.order_line.ids, strict=True))}


def get_kind(code):
    """Return which kind of article the line of a reason sells."""
    return "licence" if code in LICENCES else "tracked" if code in TRACKED else "plain"


def make_articles(env):
    """Make the articles and put them in stock: tracked, plain, a licence, and one not ordered."""
    goods = {"is_storable": True, "invoice_policy": "delivery", "standard_price": 200.0}
    articles = {
        "tracked": {**goods, "name": "Dell P2425H monitor", "tracking": "serial"},
        "plain": {**goods, "name": "Poly Sync 20 speakerphone"},
        "other": {**goods, "name": "Cherry KC 1000 keyboard", "maker_part_number": "KB-100"},
        "licence": {
            "name": "Device manager licence",
            "type": "service",
            "is_email_delivery": True,
            "invoice_policy": "delivery",
        },
    }
    products = {kind: env["product.product"].create(values) for kind, values in articles.items()}
    for product in (products["tracked"], products["plain"], products["other"]):
        put_in_stock(env, product, 60)
    return products


def put_in_stock(env, product, quantity):
    """Count units of an article into our stock, with serials where it is tracked."""
    location = env.ref("stock.warehouse0").lot_stock_id
    if product.tracking == "serial":
        lots = env["stock.lot"].create(
            [{"name": f"P24-{number:03}", "product_id": product.id} for number in range(quantity)]
        )
        for lot in lots:
            env["stock.quant"]._update_available_quantity(product, location, 1, lot_id=lot)
    else:
        env["stock.quant"]._update_available_quantity(product, location, quantity)


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.fixture(scope="module")
def buyer(browser, server):
    """The page of a buyer who is signed in."""
    with signed_in(browser, server, BUYER, PASSWORD) as page:
        yield page
        assert page.troubles == []


def photo(name):
    """Return a small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (320, 240), "#7a4b2a").save(content, "JPEG")
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def answer(page, name, value):
    """Answer one question of the form, whatever kind it is."""
    question = page.locator(f"[data-question={name}]")
    if question.locator("input[type=radio]").count():
        question.locator(f"label[data-option={value}]").click()
    elif question.locator("input[type=checkbox]").count():
        question.locator("label").first.click()
    else:
        question.locator(f"[name={name}]").fill(value)


def submit(page, server, code):
    """Fill in the form of a reason and submit it; return the number of the case."""
    page.goto(f"/my/returns/form?line={server.world['lines'][code]}&reason={code}")
    serials = page.locator("[data-question=lot_ids] input[name=lot_ids]")
    if code in TRACKED:
        serials.first.locator("xpath=..").click()
    elif page.locator("[data-question=quantity]").count() and "quantity" not in ANSWERS[code]:
        answer(page, "quantity", "1")
    for name, value in ANSWERS[code].items():
        answer(page, name, value)
    for slot in page.locator(".o_cso_slot:has(.o_cso_star)").all():
        kind = slot.get_attribute("data-kind")
        slot.locator("input[type=file]").first.set_input_files([photo(kind)])
        page.wait_for_selector(f"text={kind}.jpg")
    page.click("button:has-text('Next: return address')")
    page.wait_for_selector("h1:has-text('Where do goods go back to')")
    page.locator("main button[type=submit].btn-primary").first.click()
    page.wait_for_url("**/my/returns/cart*")
    page.locator("main button[type=submit].btn-primary").first.click()
    page.wait_for_url("**/my/returns/*submitted=1*")
    return page.inner_text("h1")


@pytest.mark.parametrize("code", ANSWERS)
def test_a_reason_from_the_form_to_its_outcome(server, buyer, code):
    number = submit(buyer, server, code)
    with odoo_env(server.database) as env:
        line = env["sale.order.line"].browse(server.world["lines"][code])
        position = line.cso_rma_line_ids
        assert position.reason_id.code == code
        assert position.rma_id.name in number
