"""Brings the file of a feed: from an https address, or from the one folder that may be read."""

import time
from configparser import ConfigParser
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from odoo.tools import config

from .feed_file import MAX_BYTES

TIMEOUT = 20  # seconds until the other server answers, and between two pieces of the file
MAX_SECONDS = 90  # for the whole file; a request of Odoo ends after 120 seconds
PIECE = 256 * 1024
SECTION, OPTION = "partner_access", "feed_folder"


class FeedLocationError(Exception):
    """The file cannot be had; ``code`` says why."""

    def __init__(self, *, code, **places):
        super().__init__(code)
        self.code = code
        self.places = places


def read_address(address, user=None, password=None):
    """Fetch a file over https; certificates are checked, and no redirect is followed.

    :param str address: that begins with https://
    :param str user: for basic authentication
    :param str password: for the same
    :return: the content, and the moment it was made (UTC), None where the server does not tell
    :rtype: tuple[bytes, datetime | None]
    :raise FeedLocationError: not_https, unreachable, status, too_large, slow
    """
    if not address.lower().startswith("https://"):
        raise FeedLocationError(code="not_https")
    try:
        with requests.get(
            address,
            auth=(user, password or "") if user else None,
            timeout=TIMEOUT,
            stream=True,
            allow_redirects=False,
        ) as answer:
            if answer.status_code != 200:
                raise FeedLocationError(code="status", status=answer.status_code)
            return _read_pieces(answer), _get_moment(answer.headers.get("Last-Modified"))
    except (requests.RequestException, OSError, ValueError) as error:
        raise FeedLocationError(code="unreachable", error=type(error).__name__) from error


def _read_pieces(answer):
    content = bytearray()
    end = time.monotonic() + MAX_SECONDS
    for piece in answer.iter_content(PIECE):
        content += piece
        if len(content) > MAX_BYTES:
            raise FeedLocationError(code="too_large", limit=MAX_BYTES // 1024 // 1024)
        if time.monotonic() > end:
            raise FeedLocationError(code="slow", seconds=MAX_SECONDS)
    return bytes(content)


def _get_moment(text):
    """The moment of a header, in UTC without a zone, as Odoo keeps it."""
    try:
        moment = parsedate_to_datetime(text or "")
    except (TypeError, ValueError):
        return None
    return moment.astimezone(timezone.utc).replace(tzinfo=None)


def get_folder():
    """The folder that files may be read from: ``feed_folder`` in the section ``partner_access`` of
    the server's settings.

    :return: the folder; None where none is named
    :rtype: Path | None
    """
    settings = ConfigParser(interpolation=None, strict=False)
    settings.read(config["config"] or [], encoding="utf-8")
    name = settings.get(SECTION, OPTION, fallback="").strip()
    return Path(name).resolve() if name else None


def read_folder_file(name):
    """Read a file of the folder, or of one below it, and nothing outside of it.

    :param str name: path within the folder
    :return: the content, and the moment of its last change (UTC)
    :rtype: tuple[bytes, datetime]
    :raise FeedLocationError: no_folder, outside, no_file, too_large
    """
    folder = get_folder()
    if not folder:
        raise FeedLocationError(code="no_folder")
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder):
            raise FeedLocationError(code="outside", name=name)
        if not path.is_file():
            raise FeedLocationError(code="no_file", name=name)
        found = path.stat()
        if found.st_size > MAX_BYTES:
            raise FeedLocationError(code="too_large", limit=MAX_BYTES // 1024 // 1024)
        return path.read_bytes(), datetime.fromtimestamp(int(found.st_mtime), timezone.utc).replace(
            tzinfo=None
        )
    except (OSError, ValueError) as error:
        raise FeedLocationError(code="no_file", name=name) from error
