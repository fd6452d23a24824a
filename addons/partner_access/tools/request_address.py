"""Where a request comes from, also while Odoo hides the request from what a program calls."""

import threading
from contextlib import contextmanager

from odoo.http import request

ADDRESS = "partner_access_address"


@contextmanager
def keep_address(address):
    """Remember where the request comes from that this thread answers: Odoo takes the request away
    while it answers XML-RPC and JSON-RPC.

    :param str address: network address
    """
    thread = threading.current_thread()
    setattr(thread, ADDRESS, address)
    try:
        yield
    finally:
        delattr(thread, ADDRESS)


def get_address():
    """The network address of who asks.

    :rtype: str | None
    """
    if request:
        return request.httprequest.remote_addr
    return getattr(threading.current_thread(), ADDRESS, None)
