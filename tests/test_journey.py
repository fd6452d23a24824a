"""One journey, end to end, as people walk it: sign-in, order, return, desk, credit note."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from browser import open_browser, signed_in
from conftest import odoo_env
from PIL import Image
from world import PASSWORD, SERIALS, make_distributor

MIRA = "mira@kade.example"
NEW_PASSWORD = "Tulpenveld#2217"


def make_world(env):
    return make_distributor(env)


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.fixture(scope="module")
def mira(browser, server):
    """The page of the technician, who has no password when the journey begins."""
    with signed_in(browser, server) as page:
        yield page
        assert page.troubles == []


def photo():
    """Return a small JPEG."""
    content = io.BytesIO()
    Image.new("RGB", (320, 240), "#7a4b2a").save(content, "JPEG")
    return {"name": "screen.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def count_pages(content):
    """Return the number of pages of a PDF; raise where it is none.

    Its text cannot be asked for: a wkhtmltopdf without patched Qt draws letters as shapes.
    """
    return len(pypdf.PdfReader(io.BytesIO(content)).pages)


def ask_for_link(page, address):
    """Ask for a link as `address`; return what the page answers."""
    page.goto("/web/login")
    page.click("a#first_time_here")
    page.fill("input[name=login]", address)
    page.click("button:has-text('Send the link')")
    page.wait_for_selector("h1:has-text('mailbox')")
    return page.inner_text("main").replace(address, "")


def test_1_the_answer_does_not_tell_who_is_registered(server, browser):
    with signed_in(browser, server) as page:
        unknown = ask_for_link(page, "nobody@elsewhere.example")
        known = ask_for_link(page, f" {MIRA.upper()} ")
        assert known == unknown


def test_2_the_link_of_the_mail_leads_to_a_password_and_home(server, mira):
    mail = server.wait_for_mail(MIRA)
    html = mail.get_body(("html",)).get_content()
    link = re.search(r'href="([^"]*/web/reset_password\?[^"]*)"', html)[1].replace("&amp;", "&")
    mira.goto(re.sub(r"^https?://[^/]+", server.url, link))
    mira.fill("input[name=password]", "Welkom01!2026")
    mira.fill("input[name=confirm_password]", "Welkom01!2026")
    mira.click("button:has-text('Save and sign in')")
    mira.wait_for_selector(".alert-danger")
    mira.fill("input[name=password]", NEW_PASSWORD)
    mira.fill("input[name=confirm_password]", NEW_PASSWORD)
    mira.click("button:has-text('Save and sign in')")
    mira.wait_for_url("**/my**")
    assert "mira" in mira.inner_text("h1").lower()
    mira.goto(re.sub(r"^https?://[^/]+", server.url, link))
    assert mira.locator("input[name=password]").count() == 0, "the link works once"


def test_3_the_order_shows_what_the_supplier_named(server, browser, mira):
    waiting = f"/my/orders/{server.world['waiting']}"
    mira.goto(waiting)
    assert "…" in mira.inner_text("main")
    arrival = date.today() + timedelta(days=24)
    with signed_in(browser, server, "buyer@distributor.example", PASSWORD) as page:
        page.goto(f"/odoo/action-purchase.purchase_form_action/{server.world['purchase']}")
        page.click("td[name=supplier_eta]")
        page.fill("td[name=supplier_eta] input", arrival.strftime("%m/%d/%Y"))
        page.keyboard.press("Tab")
        page.click("button.o_form_button_save")
        page.wait_for_selector("button.o_form_button_save", state="hidden")
    mira.goto(waiting)
    text = mira.inner_text("main")
    assert f"{arrival.day} {arrival:%b}" in text
    assert "Lenovo Benelux" not in text


def test_4_the_order_shows_shipment_serials_and_documents(server, mira):
    mira.goto(f"/my/orders/{server.world['delivered']}")
    text = mira.inner_text("main")
    assert all(serial in mira.content() for serial in SERIALS)
    assert "1Z999AA10123456784" in text
    links = [link.get_attribute("href") for link in mira.locator("main a[href*=pdf]").all()]
    assert {link.split("/")[2] for link in links} == {"orders", "picking", "invoices"}
    for link in links:
        assert "access_token" not in link
        assert count_pages(mira.request.get(link).body()) == 1


def test_5_a_serial_is_claimed_and_the_number_comes_by_mail(server, mira):
    mira.goto("/my/returns/register")
    mira.fill("input[name=number]", SERIALS[0])
    mira.keyboard.press("Enter")
    mira.wait_for_selector("text=Lenovo IdeaCentre 3")
    refused = mira.locator(".op-reason.no", has_text="Return of new goods")
    assert re.search(r"\d", refused.inner_text()), "the refusal names a date or an amount"
    mira.locator(".op-reason", has_text="Dead on arrival").get_by_role("link").first.click()
    chosen = mira.locator("label", has_text=SERIALS[0]).locator("input[name=lot_ids]")
    assert chosen.is_checked(), "the serial that was searched for is chosen"
    mira.locator("label", has_text="Does not respond").first.click()
    mira.fill("textarea[name=comment]", "No light, no sound, tried two power cables.")
    mira.locator("label", has_text="Credit note").first.click()
    mira.locator("input[type=file]").first.set_input_files([photo()])
    mira.wait_for_selector("text=screen.jpg")
    mira.click("button:has-text('Next: return address')")
    mira.wait_for_selector("h1:has-text('Where do goods go back to')")
    mira.locator("main button[type=submit].btn-primary").first.click()
    mira.wait_for_url("**/my/returns/cart*")
    mira.locator("main button[type=submit].btn-primary").first.click()
    mira.wait_for_url("**/my/returns/*submitted=1*")
    server.world["case"] = re.search(r"RMA\d+", mira.inner_text("h1"))[0]
    server.world["case_url"] = mira.url.split("?")[0]
    mail = server.wait_for_mail(MIRA, server.world["case"])
    attached = next(mail.iter_attachments())
    assert server.world["case"] in attached.get_filename()
    assert count_pages(attached.get_content()) == 2, "the form, and the label for the box"


def test_6_the_desk_receives_tests_and_credits(server, browser):
    with signed_in(browser, server, "dock@distributor.example", PASSWORD) as page:
        page.goto("/odoo/action-rma_cso.cso_receive_action")
        page.fill("div[name=number] input", server.world["case"])
        page.click("button[name=action_open]")
        page.click("button[name=button_validate]:visible")
        page.wait_for_selector(".o_arrow_button_current:has-text('Done')")
    with signed_in(browser, server, "clerk@distributor.example", PASSWORD) as page:
        page.goto("/odoo/action-rma_cso.cso_rma_line_action")
        page.click(f"td:has-text('{server.world['case']}')")
        page.click("button[name=action_test]:visible")
        page.click(".modal td[name=test_result]")
        page.locator(".modal td[name=test_result]").locator("input, select").first.click()
        page.click(
            ".o-dropdown-item:has-text('Fault confirmed'),"
            " .o_select_menu_item:has-text('Fault confirmed')"
        )
        page.click(".modal button[name=action_test]")
        page.wait_for_selector(".modal", state="detached")
        page.click("button[name=action_decide]:visible")
        page.locator(".modal .o_radio_item label", has_text="Credit").first.click()
        page.click(".modal button[name=action_continue]")
        page.wait_for_selector(".modal div[name=preview]:has-text('900.00')")
        page.click(".modal button[name=action_decide]")
        page.wait_for_selector(".modal", state="detached")
    with signed_in(browser, server, "accountant@distributor.example", PASSWORD) as page:
        page.goto("/odoo/action-rma_cso.cso_rma_action")
        page.click(f"td:has-text('{server.world['case']}')")
        page.click("button[name=action_view_credit_notes]")
        page.click("button[name=action_post]:visible")
        page.wait_for_selector(".o_arrow_button_current:has-text('Posted')")
    with odoo_env(server.database) as env:
        case = env["cso.rma"].search([("name", "=", server.world["case"])])
        server.world["credit"] = case.refund_ids.id
        invoice = env["account.move"].browse(server.world["invoice"])
        assert case.refund_ids.reversed_entry_id == invoice
        assert case.refund_ids.invoice_line_ids.price_unit == 900.0
        assert case.refund_ids.invoice_line_ids.tax_ids == invoice.invoice_line_ids.tax_ids
        returns = case.line_ids.move_ids.location_dest_id
        assert returns.warehouse_id
        assert returns != returns.warehouse_id.lot_stock_id


def test_7_the_customer_sees_the_way_and_downloads_the_credit_note(server, mira):
    mira.goto(server.world["case_url"])
    text = mira.inner_text("main")
    assert "credited" in text
    link = mira.locator("a[href*='/credit/']").first.get_attribute("href")
    assert count_pages(mira.request.get(link).body()) == 1
    mira.goto(f"/my/invoices/{server.world['credit']}?report_type=html")
    assert "900.00" in mira.inner_text("body")
