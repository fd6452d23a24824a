"""Each of the fourteen reasons in a browser: from the customer's form to what it leads to."""

import io

import pytest
from browser import open_browser, signed_in
from conftest import act, odoo_env
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
        "cable": {**goods, "name": CABLE},
        "other": {**goods, "name": "Cherry KC 1000 keyboard", "maker_part_number": "KB-100"},
        "licence": {
            "name": "Device manager licence",
            "type": "service",
            "is_email_delivery": True,
            "invoice_policy": "delivery",
        },
    }
    products = {kind: env["product.product"].create(values) for kind, values in articles.items()}
    for product in (products[kind] for kind in ("tracked", "plain", "other", "cable")):
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


def choose_cell(page, name, label):
    """Choose a value in the first row of the list of a dialog."""
    page.locator(f".modal td[name={name}]").first.click()
    cell = page.locator(f".modal td[name={name}]").first
    cell.locator("input, select").first.click()
    page.click(f".o-dropdown-item:has-text('{label}'), .o_select_menu_item:has-text('{label}')")


def fill_cell(page, name, value):
    """Type a value in the first row of the list of a dialog."""
    page.locator(f".modal td[name={name}]").first.click()
    page.locator(f".modal td[name={name}] input").first.fill(value)
    page.keyboard.press("Tab")


def pick_cell(page, name, text):
    """Pick a record in the first row of the list of a dialog."""
    page.locator(f".modal td[name={name}]").first.click()
    page.locator(f".modal td[name={name}] input").first.fill(text)
    page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def grant_goodwill(page):
    """Fill in a goodwill of 50.00."""
    page.locator(".modal div[name=text] textarea, .modal div[name=text] input").fill("Trouble")
    fill_cell(page, "amount", "50.00")


def choose_repairer(page):
    """Choose who repairs it."""
    page.fill(".modal div[name=repair_partner_id] input", VENDOR)
    page.locator(".o-autocomplete--dropdown-item", has_text=VENDOR).first.click()


def choose_cable(page):
    """Choose the accessory that is sent."""
    pick_cell(page, "product_id", CABLE)


VENDOR = "Lenovo Benelux"
CABLE = "Power cable C13"
MONITOR = "Dell P2425H monitor"
PHONE = "Poly Sync 20 speakerphone"
RETURN = {
    "outcome": "Credit",
    "shows": ["333.97", "33.40", "300.57"],
    "amounts": {"out_refund": 300.57},
    "state": "credited",
}
CREDIT = {
    "outcome": "Credit",
    "shows": ["333.97"],
    "amounts": {"out_refund": 333.97},
    "state": "credited",
}
# What staff decides and what it makes: net amounts by kind of document, units delivered free.
PLANS = {
    "defect": {
        "outcome": "Repair or vendor handles it",
        "fill": choose_repairer,
        "state": "settled",
    },
    "doa": {"outcome": "Replacement", "delivered": {MONITOR: 1}, "state": "settled"},
    "commercial": RETURN,
    "own_mistake": RETURN,
    "buyback": {
        "fee": "25",
        "outcome": "Credit",
        "shows": ["83.49", "250.48"],
        "amounts": {"out_refund": 250.48},
        "state": "credited",
    },
    "wrong_delivery": {
        "goods": "Yes",
        "outcome": "Redelivery",
        "delivered": {PHONE: 1},
        "state": "settled",
    },
    "complaint": {
        "goods": "No",
        "outcome": "Goodwill",
        "fill": grant_goodwill,
        "shows": ["50.00"],
        "amounts": {"out_refund": 50.00},
        "state": "credited",
    },
    "over_delivery": {
        "goods": "No",
        "outcome": "Keep at the offer",
        "shows": ["332.30"],
        "amounts": {"out_invoice": 332.30},
        "state": "settled",
    },
    "transport_damage": {
        "goods": "No",
        "outcome": "Keep at the offer",
        "shows": ["33.40"],
        "amounts": {"out_refund": 33.40},
        "state": "credited",
    },
    "concealed_damage": {**CREDIT, "goods": "Yes"},
    "shortage": CREDIT,
    "missing_accessory": {
        "outcome": "Accessory sent",
        "fill": choose_cable,
        "delivered": {CABLE: 1},
        "state": "settled",
    },
    "wrong_invoice": {
        "outcome": "Invoice correction",
        "shows": ["1,001.91", "900.00"],
        "amounts": {"out_refund": 1001.91, "out_invoice": 900.00},
        "state": "credited",
    },
    "licence_return": {**CREDIT, "outcome": "Licence cancelled"},
}


def authorise(clerk, plan):
    """Authorise the position that is shown, with what the reviewer decides."""
    clerk.click("button[name=action_authorise]:visible")
    if "goods" in plan or "fee" in plan:
        clerk.wait_for_selector(".modal button[name=action_authorise]")
        if "goods" in plan:
            choose_cell(clerk, "goods", plan["goods"])
        if "fee" in plan:
            fill_cell(clerk, "fee_percent", plan["fee"])
        clerk.click(".modal button[name=action_authorise]")
        clerk.wait_for_selector(".modal", state="detached")
    clerk.wait_for_selector("button[name=action_authorise]:visible", state="detached")


def decide(clerk, plan):
    """Decide the position that is shown: choose the outcome, fill in what it asks, make it."""
    clerk.click("button[name=action_decide]:visible")
    clerk.wait_for_selector(".modal footer button.btn-primary")
    if clerk.locator(".modal button[name=action_continue]").count():
        clerk.locator(".modal .o_radio_item label", has_text=plan["outcome"]).first.click()
        clerk.click(".modal button[name=action_continue]")
    clerk.wait_for_selector(".modal button[name=action_decide]")
    if "fill" in plan:
        plan["fill"](clerk)
    for amount in plan.get("shows", ()):
        clerk.wait_for_selector(f".modal div[name=preview]:has-text('{amount}')")
    clerk.click(".modal button[name=action_decide]")
    clerk.wait_for_selector(".modal", state="detached")


def as_user(env, login):
    """Return the environment of one of the staff."""
    user = env["res.users"].search([("login", "=", f"{login}@distributor.example")])
    return env(user=user.id)


def ship(pickings):
    """Validate transfers with all that they announce."""
    for picking in pickings.filtered(lambda one: one.state not in ("done", "cancel")):
        picking.action_assign()
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        assert picking.state == "done"


def receive_and_test(env, number):
    """Receive what is announced, as the warehouse does, and test it, as a clerk does."""
    position = env["cso.rma.line"].browse(number)
    if not position.is_goods_expected:
        return
    ship(as_user(env, "dock")["stock.picking"].browse(position.rma_id.picking_ids.ids))
    action = position.with_env(as_user(env, "clerk")).action_test()
    tests = as_user(env, "clerk")[action["res_model"]].with_context(**action["context"]).create({})
    tests.line_ids.test_result = "confirmed"
    tests.action_test()


def carry_out(env, number):
    """Post the documents, as an accountant does, and ship the deliveries, as the warehouse does."""
    position = env["cso.rma.line"].browse(number)
    assert position.state == "decided"
    moves = position.refund_line_ids.move_id.filtered(lambda move: move.state == "draft")
    moves.invoice_date = env.cr.now().date()
    moves.with_env(as_user(env, "accountant")).action_post()
    if position.repair_partner_id:
        position.with_env(as_user(env, "clerk")).action_repaired()
    deliveries = position._get_free_lines().move_ids.picking_id
    deliveries |= position.move_ids.filtered(lambda move: move.cso_step == "back").picking_id
    ship(as_user(env, "dock")["stock.picking"].browse(deliveries.ids))


def get_documents(position):
    """Return what was made for a position: net amounts by kind, units delivered by article."""
    amounts = {}
    for move in position.refund_line_ids.move_id:
        amounts[move.move_type] = amounts.get(move.move_type, 0.0) + move.amount_untaxed
    free = position._get_free_lines()
    delivered = {line.product_id.name: line.qty_delivered for line in free}
    return {kind: round(amount, 2) for kind, amount in amounts.items()}, delivered


@pytest.fixture(scope="module")
def clerk(browser, server):
    """The page of a clerk of the returns desk who is signed in."""
    with signed_in(browser, server, "clerk@distributor.example", PASSWORD) as page:
        yield page
        assert page.troubles == []


@pytest.mark.parametrize("code", ANSWERS)
def test_a_reason_from_the_form_to_its_outcome(server, buyer, clerk, code):
    plan = PLANS[code]
    title = submit(buyer, server, code)
    with odoo_env(server.database) as env:
        line = env["sale.order.line"].browse(server.world["lines"][code])
        position = line.cso_rma_line_ids
        assert position.rma_id.name in title
        number, case, waits = position.id, position.rma_id.access_url, position.state == "review"
    clerk.goto(f"/odoo/action-rma_cso.cso_rma_line_action/{number}")
    if waits:
        authorise(clerk, plan)
    act(server.database, lambda env: receive_and_test(env, number))
    clerk.goto(f"/odoo/action-rma_cso.cso_rma_line_action/{number}")
    decide(clerk, plan)
    act(server.database, lambda env: carry_out(env, number))
    with odoo_env(server.database) as env:
        position = env["cso.rma.line"].browse(number)
        assert position.state == plan["state"]
        assert get_documents(position) == (plan.get("amounts", {}), plan.get("delivered", {}))
        assert position.sale_line_id.qty_to_invoice == 0
        assert position.sale_line_id.invoice_status == "invoiced"
    buyer.goto(case)
    assert plan["state"] in buyer.inner_text("main")
