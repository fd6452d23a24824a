"""A real browser for the tests of the whole."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

# Chromium looks for its maker's hosts at every start unless it is told not to.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def open_browser():
    """Give a browser that is closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def signed_in(browser, server, login=None, password=None, width=1280, locale="en-US"):
    """Give a page of a browser session of its own, signed in when a login is given.

    Errors that a page logs are kept in the list ``page.troubles``.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale=locale, base_url=server.url
    )
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    if login:
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url(lambda url: "/web/login" not in url)
    try:
        yield page
    finally:
        context.close()
