"""Addresses and sign-in names as they come from outside."""

import re

from odoo.tools import email_normalize

# What no keyboard types; some of them end a line of a mail's head.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
SURROGATES = re.compile(r"[\ud800-\udfff]")


def is_text(value, limit):
    """Whether something is a text that can be looked up: JSON holds numbers and lists, too, and
    halves of characters that no database takes.

    :param value: as it came
    :param int limit: characters that it has at most
    """
    return isinstance(value, str) and len(value) <= limit and not SURROGATES.search(value)


def read_email(text):
    """The one address in a text, normalised; Odoo alone reads ``b@c`` in ``a@b@c``.

    :param str text: as typed
    :return: the address; empty where there is none, or several
    :rtype: str
    """
    text = text or ""
    address = email_normalize(text) or ""
    return address if text.count("@") == 1 and ADDRESS.fullmatch(address) else ""


def clean_location(location):
    """Where a redirect leads, as browsers read it: they drop control characters, and take what
    begins with two slashes (or backslashes) for another server.

    :param str location: path or address
    :return: the same; a path stays on this server
    """
    location = CONTROL_CHARACTERS.sub("", location).strip()
    if location.startswith(("/", "\\")):
        location = "/" + location.lstrip("/\\ ")
    return location


def get_local_path(location):
    """A path to go back to that a page was given.

    :param str location: as it came
    :return: the path; empty for anything but a path of this server
    """
    location = clean_location(location or "")
    return location if location.startswith("/") else ""
