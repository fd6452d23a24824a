"""What customers do by themselves, as they walk it, and who answers: order, pay, account."""

import contextlib
import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from browser import open_browser, signed_in
from conftest import act, odoo_env
from world import PASSWORD, make_portal_user

DUTCH, GERMAN = "nl_NL", "de_DE"
DESKTOP, PHONE = 1280, 390
LANGUAGES = {DUTCH: "nl-NL", GERMAN: "de-DE"}
ADDONS = ["partner_access", "customer_portal", "rma_cso"]

MIRA = "mira@kade.example"  # buyer, Dutch
NADIA = "nadia@kade.example"  # administrator of the same company, Dutch
JONAS = "jonas@lindenhof.example"  # buyer, German; what he sends is an order at once
KARIN = "karin@alster.example"  # buyer, German; pays before delivery
MANAGER, DOCK = "manager@distributor.example", "dock@distributor.example"

WEBCAM, KEYBOARD, DOCKING, OLD_DOCKING = "4256321", "4256322", "4256323", "4256300"
PRICES = {WEBCAM: 60.0, KEYBOARD: 25.0, DOCKING: 140.0, OLD_DOCKING: 120.0}
IBAN, NEW_NAME = "NL91ABNA0417164300", "Kade IT Diensten B.V."


# -- the world -------------------------------------------------------------------------------------


def make_world(env):
    """Make three customers with old orders, one that is held, and open invoices."""
    modules = env["ir.module.module"]
    demo = modules.search([("name", "=", "payment_demo"), ("state", "!=", "installed")])
    if demo:
        demo.button_immediate_install()
    for lang in LANGUAGES:
        env["res.lang"]._activate_lang(lang)
    modules.search([("name", "in", ADDONS)])._update_translations(list(LANGUAGES))
    manager = make_staff(env)
    products = make_articles(env)
    kade, lindenhof, alster = make_customers(env, manager)
    late, soon = (make_invoice(env, kade, products, days) for days in (-12, 20))
    return {
        "products": {number: product.id for number, product in products.items()},
        "kade": kade.id,
        "warehouse_address": kade.child_ids.filtered(lambda one: one.type == "delivery").id,
        "again": sell(env, lindenhof, products, {WEBCAM: 3, KEYBOARD: 2}).id,
        "to_cancel": sell(env, lindenhof, products, {DOCKING: 2}).id,
        "to_change": sell(env, kade, products, {WEBCAM: 10, KEYBOARD: 5}).id,
        "held": sell(env, alster, products, {KEYBOARD: 4}).id,
        "late": late.name,
        "soon": soon.name,
    }


def make_staff(env):
    """Make the account manager, whom it returns, and who ships, with no more rights than that."""
    groups = {MANAGER: "sales_team.group_sale_salesman", DOCK: "stock.group_stock_user"}
    env.company.write({"email": "portal@distributor.example", "country_id": env.ref("base.nl").id})
    users = env["res.users"].with_context(no_reset_password=True)
    for login, group in groups.items():
        users |= users.create(
            {
                "name": login.split("@")[0].capitalize(),
                "login": login,
                "email": login,
                "password": PASSWORD,
                "group_ids": [(6, 0, [env.ref(group).id])],
            }
        )
    return users[0]


def make_articles(env):
    """Make articles that are in stock, and one that is no longer sold, with what replaces it."""
    names = {
        WEBCAM: "Logitech C930e",
        KEYBOARD: "Cherry KC 1000",
        DOCKING: "Dell WD22TB4",
        OLD_DOCKING: "Dell WD19",
    }
    products = {
        number: env["product.product"].create(
            {
                "name": name,
                "default_code": number,
                "is_storable": True,
                "list_price": PRICES[number],
                "taxes_id": False,
            }
        )
        for number, name in names.items()
    }
    location = env.ref("stock.warehouse0").lot_stock_id
    for product in products.values():
        env["stock.quant"]._update_available_quantity(product, location, 100)
    products[OLD_DOCKING].product_tmpl_id.write(
        {"replaced_by_id": products[DOCKING].product_tmpl_id.id, "active": False}
    )
    return products


def make_customers(env, manager):
    """Make three customers, each with its people, its language and its terms."""
    values = {"is_company": True, "user_id": manager.id}
    values.update(street="Maaskade 12", zip="3071 AB", city="Rotterdam")
    netherlands, germany = env.ref("base.nl").id, env.ref("base.de").id
    kade, lindenhof, alster = env["res.partner"].create(
        [
            {**values, "name": "Kade IT", "lang": DUTCH, "country_id": netherlands},
            {**values, "name": "Lindenhof GmbH", "lang": GERMAN, "country_id": germany},
            {**values, "name": "Alster Systeme GmbH", "lang": GERMAN, "country_id": germany},
        ]
    )
    env["res.partner"].create(
        {
            "name": "Loods Waalhaven",
            "type": "delivery",
            "parent_id": kade.id,
            "street": "Waalhaven 8",
            "zip": "3088 HH",
            "city": "Rotterdam",
            "country_id": netherlands,
        }
    )
    lindenhof.portal_order_policy = "confirm"
    alster.payment_before_delivery = "prepayment"
    people = {MIRA: kade, NADIA: kade, JONAS: lindenhof, KARIN: alster}
    users = {login: make_portal_user(env, login, company) for login, company in people.items()}
    for login, user in users.items():
        user.lang = people[login].lang
    role = env["partner.access.role"].search([("code", "=", "administrator")])
    users[NADIA].access_entry_ids.role_ids |= role
    return kade, lindenhof, alster


def sell(env, partner, products, quantities):
    """Make and confirm an order of so many of each article number."""
    lines = [
        (0, 0, {"product_id": products[number].id, "product_uom_qty": quantity})
        for number, quantity in quantities.items()
    ]
    order = env["sale.order"].create({"partner_id": partner.id, "order_line": lines})
    order.action_confirm()
    return order


def make_invoice(env, partner, products, days):
    """Make an invoice of one webcam that is due in so many days."""
    due = date.today() + timedelta(days=days)
    line = {"product_id": products[WEBCAM].id, "quantity": 1, "price_unit": 100.0 + days}
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, {**line, "tax_ids": False})],
        }
    )
    invoice.action_post()
    return invoice


# -- what the journeys share -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.fixture(scope="module")
def manager(browser, server):
    """The page of the account manager who is signed in."""
    with signed_in(browser, server, MANAGER, PASSWORD) as page:
        yield page
        assert page.troubles == []


@pytest.fixture
def visit(browser, server):
    """Give a function that signs a customer in, at a width; all pages are fine at the end."""
    pages = []
    with contextlib.ExitStack() as opened:

        def sign_in(login, width, lang):
            context = signed_in(browser, server, login, PASSWORD, width, LANGUAGES[lang])
            pages.append(opened.enter_context(context))
            return pages[-1]

        yield sign_in
        assert [page.troubles for page in pages if page.troubles] == []


def look(page, path, lang):
    """Open a page of a customer: it is in his language and no wider than his screen."""
    assert page.goto(path).status == 200
    check(page, lang)


def check(page, lang):
    """The page that is shown is in this language and no wider than the screen."""
    assert page.get_attribute("html", "lang") == LANGUAGES[lang]
    width, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width <= screen, f"{page.url} is {width} wide on a screen of {screen}"


def get_quantities(page):
    """Return the quantities in the cart that is shown, by article number."""
    quantities = {}
    for row in page.locator("#portal_cart_lines tr[data-line]").all():
        number = re.search(r"42563\d\d", row.inner_text())[0]
        quantities[number] = row.locator("input[name^=quantity_]").input_value()
    return quantities


def pay(page):
    """Pay with Odoo's demo provider, in the payment that is shown."""
    page.locator("input[name=o_payment_radio]").first.check()
    page.fill("input#customer_input:visible", "4111 1111 1111 1111")
    page.click("button[name=o_payment_submit_button]:visible")
    page.wait_for_url("**/payment/status*")


def find_request(server, domain):
    """Return id and number of the newest request from a customer."""
    with odoo_env(server.database) as env:
        found = env["portal.request"].search(domain, order="id desc", limit=1)
        assert found, f"no request {domain}"
        return found.id, found.name


def answer(page, number, decision, text=""):
    """Find a request in the queue and answer it, as the account manager does."""
    page.goto("/odoo/action-customer_portal.portal_request_action")
    page.click(f".o_data_row td[name=name]:has-text('{number}')")
    page.click(f".o_form_statusbar button:has-text('{decision}')")
    if text:
        page.fill(".modal div[name=text] textarea, .modal div[name=text] input", text)
    page.click(".modal footer button[name=action_answer]:visible")
    page.wait_for_selector(".modal", state="detached")
    state = {"Accept": "accepted", "Refuse": "refused"}[decision]
    page.wait_for_selector(f".o_arrow_button_current[data-value={state}]")


# -- order -----------------------------------------------------------------------------------------


def test_a_buyer_pastes_rows_on_a_phone_and_gets_a_quotation(server, visit, manager):
    page = visit(MIRA, PHONE, DUTCH)
    look(page, "/my/cart", DUTCH)
    rows = ["Artikel\tAantal", f"{WEBCAM}\t5", f"{KEYBOARD};2", f"{OLD_DOCKING}\t2", "NOPE-1\t4"]
    page.fill("#cart_rows", "\n".join([*rows, f"{WEBCAM}\t3"]))
    page.click("#portal_cart_box button[type=submit]")
    page.wait_for_selector("#portal_cart_lines")
    assert get_quantities(page) == {WEBCAM: "8", KEYBOARD: "2"}
    kept = page.input_value("#cart_rows")
    assert "NOPE-1" in kept and OLD_DOCKING in kept and WEBCAM not in kept
    mend_rows(page)
    assert get_quantities(page) == {WEBCAM: "10", KEYBOARD: "2", DOCKING: "2"}
    check(page, DUTCH)
    fill_details(server, page)
    send_twice(page)
    check(page, DUTCH)
    order = find_sent(server)
    send_quotation(manager, find_request(server, [("order_id", "=", order)])[1])
    look(page, f"/my/orders/{order}", DUTCH)
    assert "PO 2026-118" in page.inner_text("main")
    assert find_request(server, [("order_id", "=", order), ("state", "=", "accepted")])
    manager.click("button[name=action_confirm]:visible")
    manager.wait_for_selector(".o_arrow_button_current[data-value=sale]")
    look(page, f"/my/orders/{order}", DUTCH)
    assert page.locator("#portal_order_buttons").count() == 1, "it is an order now"


def mend_rows(page):
    """Take the article that replaces another, then mend the row that names none."""
    page.locator(".op-cart-choice button").first.click()
    page.wait_for_function("!document.querySelector('.op-cart-choice')")
    assert page.input_value("#cart_rows").split() == ["NOPE-1", "4"]
    page.fill("#cart_rows", f"{WEBCAM} 2")
    page.click("#portal_cart_box button[type=submit]")
    page.wait_for_function("!document.querySelector('#cart_rows').value")


def fill_details(server, page):
    """Type a reference, choose another address; both are kept when the page is loaded anew."""
    page.fill("#cart_reference", "PO 2026-118")
    assert page.input_value("#cart_address") == str(server.world["warehouse_address"])
    page.select_option("#cart_address", str(server.world["kade"]))
    with page.expect_response("**/my/cart/update"):
        page.locator("#cart_note").focus()
    page.wait_for_function("document.querySelector('.op-cart-saved').textContent")
    page.reload()
    assert page.input_value("#cart_reference") == "PO 2026-118"
    assert page.input_value("#cart_address") == str(server.world["kade"])


def send_twice(page):
    """Press the button of the cart twice, as impatient people do."""
    page.dblclick(".op-bottom button[formaction='/my/cart/send']")
    page.wait_for_selector(".op-cart-sent a[href*='/my/requests/']")


def find_sent(server):
    """Return the only quotation with the reference of the cart; see that it is as asked for."""
    with odoo_env(server.database) as env:
        order = env["sale.order"].search([("client_order_ref", "=", "PO 2026-118")])
        assert (len(order), order.state) == (1, "draft")
        assert order.partner_shipping_id.id == server.world["kade"]
        assert order.amount_total == 10 * 60 + 2 * 25 + 2 * 140
        return order.id


def send_quotation(page, number):
    """Open the quotation of a request from the queue and send it, as the account manager does."""
    page.goto("/odoo/action-customer_portal.portal_request_action")
    page.click(f".o_data_row td[name=name]:has-text('{number}')")
    page.click(".o_form_statusbar button[name=action_open_order]")
    page.click("button[name=action_quotation_send]:visible")
    page.click(".modal footer button[name=action_send_mail]")
    page.wait_for_selector(".o_arrow_button_current[data-value=sent]")


def test_an_old_order_is_ordered_again_in_german(server, visit):
    page = visit(JONAS, DESKTOP, GERMAN)
    look(page, f"/my/orders/{server.world['again']}", GERMAN)
    page.click("#order_again button")
    page.wait_for_url("**/my/cart*")
    check(page, GERMAN)
    assert get_quantities(page) == {WEBCAM: "3", KEYBOARD: "2"}
    with page.expect_response("**/my/cart/update"):
        page.locator("input[name^=quantity_]").first.fill("4,0")
        page.keyboard.press("Tab")
    page.wait_for_selector("#portal_cart_amounts:has-text('290,00')")
    page.click(".op-bottom button[formaction='/my/cart/send']")
    page.wait_for_url("**/my/orders/*")
    check(page, GERMAN)
    with odoo_env(server.database) as env:
        order = env["sale.order"].browse(int(re.search(r"/orders/(\d+)", page.url)[1]))
        assert (order.state, order.amount_total) == ("sale", 290.0)
        assert order.id != server.world["again"]


# -- change and cancel -----------------------------------------------------------------------------


def test_a_change_is_asked_for_in_dutch_and_accepted(server, visit, manager):
    page = visit(MIRA, DESKTOP, DUTCH)
    order = server.world["to_change"]
    look(page, f"/my/orders/{order}", DUTCH)
    page.click(f"a[href$='/my/orders/{order}/change']")
    page.wait_for_selector("#portal_change_form")
    check(page, DUTCH)
    wished = date.today() + timedelta(days=30)
    page.locator("#portal_change_form input[inputmode=decimal]").first.fill("6")
    page.select_option("#change_address", str(server.world["kade"]))
    page.fill("#change_date", wished.isoformat())
    page.fill("#change_articles", f"{DOCKING} 1")
    page.click("#portal_change_form button[type=submit]")
    page.wait_for_selector("#portal_order_change, #portal_request")
    check(page, DUTCH)
    request, number = find_request(server, [("order_id", "=", order)])
    answer(manager, number, "Accept", "Het is gewijzigd.")
    look(page, f"/my/requests/{request}", DUTCH)
    assert "Het is gewijzigd." in page.inner_text("#request_answer")
    with odoo_env(server.database) as env:
        changed = env["sale.order"].browse(order)
        quantities = changed.order_line.mapped("product_uom_qty")
        assert (quantities, changed.state) == ([6.0, 5.0, 1.0], "sale")
        assert changed.partner_shipping_id.id == server.world["kade"]
        assert changed.picking_ids.partner_id.id == server.world["kade"]
        assert changed.commitment_date.date() == wished
        assert sum(changed.picking_ids.move_ids.mapped("product_uom_qty")) == 12.0
    assert number in server.wait_for_mail(MIRA, "Geaccepteerd")["subject"]


def test_cancelling_is_refused_and_the_answer_is_read_on_a_german_phone(server, visit, manager):
    page = visit(JONAS, PHONE, GERMAN)
    order = server.world["to_cancel"]
    look(page, f"/my/orders/{order}/change", GERMAN)
    page.click("#portal_change_cancel summary")
    page.fill("#cancel_note", "Das Projekt ist abgesagt.")
    page.click("#portal_change_cancel button[type=submit]")
    page.wait_for_selector("#portal_order_change, #portal_request")
    check(page, GERMAN)
    request, number = find_request(server, [("order_id", "=", order)])
    answer(manager, number, "Refuse", "Die Ware ist schon verpackt.")
    look(page, f"/my/requests/{request}", GERMAN)
    assert "Die Ware ist schon verpackt." in page.inner_text("#request_answer")
    assert page.locator("#request_withdraw").count() == 0
    look(page, f"/my/orders/{order}", GERMAN)
    assert "Die Ware ist schon verpackt." in page.inner_text("#portal_order_change")
    assert number in server.wait_for_mail(JONAS, "Nicht angenommen")["subject"]
    with odoo_env(server.database) as env:
        assert env["sale.order"].browse(order).state == "sale"


# -- pay -------------------------------------------------------------------------------------------


def test_a_held_delivery_leaves_when_the_customer_has_paid(server, visit, browser):
    order = server.world["held"]
    with odoo_env(server.database) as env:
        picking = env["sale.order"].browse(order).picking_ids.id
    with signed_in(browser, server, DOCK, PASSWORD) as dock:
        dock.goto(f"/odoo/action-stock.action_picking_tree_all/{picking}")
        dock.wait_for_selector("div[name=delivery_hold_text]:visible")
        reason = dock.inner_text("div[name=delivery_hold_text]")
        assert reason and "100" not in reason, "who ships reads why, and no amounts"
        dock.click("button[name=button_validate]:visible")
        dock.wait_for_selector(".modal:has-text('is held and must not leave')")
        dock.click(".modal footer button >> nth=0")
        page = visit(KARIN, PHONE, GERMAN)
        look(page, f"/my/orders/{order}", GERMAN)
        assert "100,00" in page.inner_text("#portal_order_hold")
        page.click("#portal_order_hold a.btn-primary")
        pay(page)
        page.wait_for_url(f"**/my/orders/{order}*")
        look(page, f"/my/orders/{order}", GERMAN)
        assert page.locator("#portal_order_hold").count() == 0
        dock.reload()
        dock.click("button[name=button_validate]:visible")
        dock.wait_for_selector(".o_arrow_button_current[data-value=done]")


def test_a_statement_is_read_and_paid_on_a_dutch_phone(server, visit):
    page = visit(MIRA, PHONE, DUTCH)
    look(page, "/my/statement", DUTCH)
    text = page.inner_text("#portal_statement")
    assert server.world["late"] in text and server.world["soon"] in text
    assert "88,00" in text and "120,00" in text
    content = page.request.get("/my/statement/pdf").body()
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 1
    table = page.request.get("/my/statement/csv").body().decode("utf-8-sig")
    assert server.world["late"] in table
    page.locator("#portal_statement .op-pay a").first.click()
    page.wait_for_selector("#portal_statement_pay")
    check(page, DUTCH)
    assert server.world["soon"] not in page.inner_text("#portal_statement_pay")
    pay(page)
    page.wait_for_url("**/my/statement*")
    check(page, DUTCH)
    with odoo_env(server.database) as env:
        late = env["account.move"].search([("name", "=", server.world["late"])])
        assert late.transaction_ids.mapped("state") == ["done"]
    assert page.locator("#portal_statement .op-badge.ba").count() == 0, "nothing is overdue"


# -- account ---------------------------------------------------------------------------------------


def test_an_administrator_changes_name_and_address_of_mails(server, visit):
    page = visit(NADIA, DESKTOP, DUTCH)
    look(page, "/my/account", DUTCH)
    page.fill("#account_name", "Nadia el Amrani")
    page.fill("#account_phone", "+31 10 123 45 67")
    page.click("#account_details button[type=submit]")
    page.wait_for_url("**/my/account?done=saved")
    assert page.input_value("#account_name") == "Nadia el Amrani"
    page.goto("/my/account/email")
    page.fill("#email_new", "n.elamrani@kade.example")
    page.fill("#email_password", PASSWORD)
    page.click("#portal_account_email form button[type=submit]")
    page.wait_for_selector("#account_email_waits")
    check(page, DUTCH)
    server.wait_for_mail(NADIA)
    mail = server.wait_for_mail("n.elamrani@kade.example")
    html = mail.get_body(("html",)).get_content()
    link = re.search(r'href="([^"]*/my/account/email/confirm/[^"]*)"', html)[1]
    page.goto(re.sub(r"^https?://[^/]+", server.url, link))
    check(page, DUTCH)
    page.click("#portal_account_link form button[type=submit]")
    page.wait_for_url("**/my/account?done=email")
    again = visit("n.elamrani@kade.example", PHONE, DUTCH)
    look(again, "/my/account", DUTCH)
    assert again.input_value("#account_name") == "Nadia el Amrani"
    act(server.database, restore_address)


def restore_address(env):
    """Give the administrator the address back that the other journeys sign in with."""
    user = env["res.users"].search([("login", "=", "n.elamrani@kade.example")])
    user.access_entry_ids.email = NADIA
    user.write({"login": NADIA, "email": NADIA})


def test_a_new_cart_goes_to_the_address_that_is_marked(server, visit):
    page = visit(NADIA, PHONE, DUTCH)
    look(page, "/my/addresses", DUTCH)
    page.click("#add_delivery")
    page.fill("#o_name", "Loods Eemhaven")
    page.fill("#o_street", "Eemhavenweg 70")
    page.fill("#o_zip", "3089 KS")
    page.fill("#o_city", "Rotterdam")
    page.check("#use_for_delivery")
    check(page, DUTCH)
    page.click("#save_address")
    page.wait_for_url("**/my/addresses*")
    assert page.locator(".op-badge.ok").count() == 2, "one address for deliveries, one for invoices"
    page.goto("/my/cart")
    page.fill("#cart_rows", f"{WEBCAM} 1")
    page.click("#portal_cart_box button[type=submit]")
    page.wait_for_selector("#cart_address")
    chosen = page.locator("#cart_address option:checked").inner_text()
    assert "Eemhavenweg 70" in chosen or "Loods Eemhaven" in chosen
    look(page, "/my/addresses", DUTCH)
    card = page.locator(".op-card[id^=address-]", has_text="Waalhaven 8")
    card.locator("form[action$='/default/delivery'] button").click()
    page.wait_for_url("**/my/addresses?done=delivery")
    with odoo_env(server.database) as env:
        order = env["sale.order"].new({"partner_id": server.world["kade"]})
        assert order.partner_shipping_id._origin.id == server.world["warehouse_address"]


def test_company_data_are_asked_for_with_a_document_and_accepted(server, visit, manager):
    page = visit(NADIA, DESKTOP, DUTCH)
    look(page, "/my/company", DUTCH)
    page.click("a[href$='/my/company/change']")
    page.fill("#company_name", NEW_NAME)
    page.fill("#company_vat", "NL123456782B90")
    page.fill("#company_bank", IBAN)
    page.set_input_files("#company_files", [extract()])
    page.fill("#company_note", "Wij zijn nu een BV.")
    check(page, DUTCH)
    page.click("#portal_company_form form button[type=submit]")
    page.wait_for_selector("#portal_request, #company_waits")
    check(page, DUTCH)
    request, number = find_request(server, [("kind", "=", "company")])
    answer(manager, number, "Accept", "Gecontroleerd en aangepast.")
    look(page, f"/my/requests/{request}", DUTCH)
    assert "Gecontroleerd en aangepast." in page.inner_text("#request_answer")
    document = page.locator(f"a[href*='/my/requests/{request}/file/']")
    assert page.request.get(document.get_attribute("href")).body().startswith(b"%PDF")
    look(page, "/my/company", DUTCH)
    assert NEW_NAME in page.inner_text("#portal_company")
    with odoo_env(server.database) as env:
        company = env["res.partner"].browse(server.world["kade"])
        assert (company.name, company.vat) == (NEW_NAME, "NL123456782B90")
        assert company.bank_ids.mapped("sanitized_acc_number") == [IBAN]
        assert not company.bank_ids.allow_out_payment


def extract():
    """Return a small PDF."""
    content, writer = io.BytesIO(), pypdf.PdfWriter()
    writer.add_blank_page(210, 297)
    writer.write(content)
    return {"name": "extract.pdf", "mimeType": "application/pdf", "buffer": content.getvalue()}


# -- all of it -------------------------------------------------------------------------------------

PAGES = [
    "/my/cart",
    "/my/requests",
    "/my/statement",
    "/my/account",
    "/my/account/email",
    "/my/addresses",
    "/my/address?address_type=delivery",
    "/my/company",
    "/my/company/change",
]


# Of these pages; each has another word in both languages.
ENGLISH = {
    "Add articles",
    "Addresses",
    "Answer",
    "Ask for a change",
    "Cart",
    "Change address",
    "Change company data",
    "Company data",
    "Deliver to",
    "E-mail address",
    "Lines",
    "My details",
    "Remark",
    "Requests",
    "Save",
    "Statement",
    "What was asked for",
    "Your order",
    "Your reference",
}


def read_headings(page):
    """Return the headings, labels and buttons of the page that is shown."""
    texts = page.locator("main").locator("h1, h2, label, th, button, a.btn, summary")
    return {text.strip() for text in texts.all_inner_texts()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_pages_are_translated_and_fit_a_desk_and_a_phone(server, visit, lang):
    act(server.database, lambda env: set_language(env, NADIA, lang))
    page = visit(NADIA, DESKTOP, lang)
    for path in [*PAGES, f"/my/orders/{server.world['to_change']}/change"]:
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        look(page, path, lang)
        page.set_viewport_size({"width": PHONE, "height": 900})
        check(page, lang)
        assert not read_headings(page) & ENGLISH


def set_language(env, login, lang):
    """Let a person have the portal in another language."""
    env["res.users"].search([("login", "=", login)]).lang = lang


def test_nothing_of_this_troubled_the_server(server):
    assert [line for line in server.trouble() if is_ours(line)] == []


def is_ours(line):
    """Whether a line of the log is no refusal that is wanted, and not of Odoo's discussions.

    A browser asks Odoo for several things at once there; who is second is asked once more.
    """
    is_refusal = "is held and must not leave" in line
    return not is_refusal and ("odoo.sql_db" not in line or "portal_" in line)
