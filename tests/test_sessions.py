"""Sessions in a real browser: ended, locked, taken by another user; nothing typed is lost."""

import io
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from browser import open_browser, signed_in
from client import Client
from conftest import odoo_env
from PIL import Image
from test_access import INSIDERS
from test_access import make_world as make_access_world
from world import PASSWORD

OWNER, COLLEAGUE = INSIDERS
COVER = ".o_portal_session_cover"
FORM = "form[action$='/message']"


def make_world(env):
    return make_access_world(env)


@pytest.fixture(scope="module")
def browser():
    with open_browser() as running:
        yield running


@pytest.fixture
def page(browser, server):
    """The page of a case, with a message that is being written."""
    with signed_in(browser, server, OWNER, PASSWORD) as page:
        yield open_case(page, server)
        assert page.troubles == []


def open_case(page, server, text="Half a sentence"):
    open_page(page, f"/my/returns/{server.world['case']}")
    page.fill(f"{FORM} textarea", text)
    return page


def open_page(page, path):
    page.goto(path)
    page.wait_for_selector("body[is-ready]", state="attached")


def sign_out_elsewhere(page):
    """End the session without a page that would tell the others."""
    page.context.request.get("/web/session/logout")


def wait_for_cover(page):
    """Return why the page is covered."""
    page.wait_for_selector(COVER)
    return page.get_attribute(COVER, "data-kind")


def go_on(page):
    page.fill(f"{COVER} input[type=password]", PASSWORD)
    page.click(f"{COVER} button[type=submit]")
    page.wait_for_selector(COVER, state="detached")


def send(page):
    page.click(f"{FORM} button[type=submit]")


def count_messages(server, text):
    with odoo_env(server.database) as env:
        return env["mail.message"].search_count([("body", "like", text)])


def photo():
    content = io.BytesIO()
    Image.new("RGB", (320, 240), "#7a4b2a").save(content, "JPEG")
    return {"name": "screen.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def test_a_form_is_sent_once_with_its_files_after_a_new_sign_in(page, server):
    page.fill(f"{FORM} textarea", "Written before the end")
    page.set_input_files(f"{FORM} input[type=file]", [photo()])
    sign_out_elsewhere(page)
    send(page)
    assert wait_for_cover(page) == "ended"
    go_on(page)
    page.wait_for_url("**done=message**")
    assert "screen.jpg" in page.inner_text("main")
    assert count_messages(server, "Written before the end") == 1


def test_a_form_that_is_sent_before_the_scripts_run_waits_for_them(page):
    scripts = []
    page.route("**/*frontend_lazy*", lambda script: scripts.append(script))
    page.reload(wait_until="domcontentloaded")
    page.fill(f"{FORM} textarea", "Sent in haste")
    page.eval_on_selector(FORM, "form => form.requestSubmit()")
    page.wait_for_function("window.portalForms.held")
    with page.expect_request(lambda one: one.url.endswith("/message")) as sent:
        for script in scripts:
            script.continue_()
    assert "portal_key" in sent.value.post_data
    page.wait_for_url("**done=message**")


def test_signing_out_is_told_to_the_other_tabs(page):
    other = page.context.new_page()
    other.goto("/web/session/logout?redirect=/web/login")
    assert wait_for_cover(page) == "ended"
    go_on(page)
    assert page.input_value(f"{FORM} textarea") == "Half a sentence"


def test_a_second_user_covers_the_tabs_of_the_first(page):
    other = page.context.new_page()
    open_page(other, "/web/login")
    assert OWNER in other.inner_text(".op-signed-in")
    other.fill("input[name=login]", COLLEAGUE)
    other.fill("input[name=password]", PASSWORD)
    other.click(".oe_login_buttons button[type=submit] >> nth=0")
    other.wait_for_url("**/my**")
    assert wait_for_cover(page) == "other"
    assert COLLEAGUE in page.inner_text(COVER)
    go_on(page)
    assert page.input_value(f"{FORM} textarea") == "Half a sentence"
    assert wait_for_cover(other) == "other"


def test_a_shared_computer_locks_and_opens_all_tabs_without_websockets(page, server):
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    share_computer(page, seconds=4)
    open_case(page, server)
    other = page.context.new_page()
    open_page(other, "/my/orders")
    assert wait_for_cover(page) == wait_for_cover(other) == "locked"
    go_on(page)
    other.wait_for_selector(COVER, state="detached")
    assert page.input_value(f"{FORM} textarea") == "Half a sentence"
    assert sockets == []


def share_computer(page, seconds):
    """Let the session be one of a shared computer with so short a time."""
    import odoo

    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    session = odoo.http.root.session_store.get(cookies["session_id"])
    session.update({"shared_computer": seconds, "last_used": time.time()})
    odoo.http.root.session_store.save(session)


def test_the_same_form_sent_twice_at_once_is_one(server):
    client = Client(server, OWNER, PASSWORD)
    path = f"/my/returns/{server.world['case']}"
    values = {"message": "Sent twice at once", "portal_key": "k" * 32}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: client.post(f"{path}/message", values, path), "ab"))
    assert {answer.headers["Location"] for answer in answers} == {
        answers[0].headers["Location"],
    }
    assert count_messages(server, "Sent twice at once") == 1
