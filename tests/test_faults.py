"""What must hold when something goes wrong in the middle."""

import contextlib
import threading
import time

import pytest
from client import Client
from conftest import odoo_env
from world import PASSWORD, SERIALS, make_distributor

LOGIN = "colleague@kade.example"
# Seconds between posting the cart and the end of the server.
MOMENTS = [0.01, 0.05, 0.1, 0.2, 0.4]


def make_world(env):
    return make_distributor(env)


def make_cart(env, world, serial):
    """Put one position for the serial into the cart of the customer."""
    user = env["res.users"].search([("login", "=", LOGIN)])
    return env["cso.rma"].create(
        {
            "partner_id": world["rotterdam"],
            "user_id": user.id,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "sale_line_id": world["delivered_line"],
                        "reason_id": env["cso.reason"].search([("code", "=", "doa")]).id,
                        "quantity": 1,
                        "lot_ids": [(6, 0, env["stock.lot"].search([("name", "=", serial)]).ids)],
                        "comment": "dead",
                        "fault_code": "no_response",
                        "wish": "credit",
                    },
                )
            ],
        }
    )


def submit(client, cart):
    """Submit the cart as the page does."""
    return client.post("/my/returns/cart/submit", {"cart": cart}, form="/my/returns/cart")


def submitted_cases(env, cart):
    """Return the cases that the cart became: none, or the one whole case."""
    case = env["cso.rma"].browse(cart).exists()
    assert case, "nothing is lost"
    positions = case.line_ids
    assert len(positions) == 1
    assert bool(case.submitted_on) == (case.name != "/") == bool(positions.eligibility)
    assert bool(case.submitted_on) == bool(positions.authorised_on)
    return case.filtered("submitted_on")


def test_a_second_submit_of_the_same_cart_makes_no_second_case(server):
    with odoo_env(server.database) as env:
        cart = make_cart(env, server.world, SERIALS[0]).id
        before = env["cso.rma"].search_count([])
    clients = [Client(server, LOGIN, PASSWORD) for _tab in range(2)]
    answers = []
    threads = [
        threading.Thread(target=lambda client=client: answers.append(submit(client, cart)))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(submit(clients[0], cart))
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with odoo_env(server.database) as env:
        assert env["cso.rma"].search_count([]) == before
        assert len(submitted_cases(env, cart)) == 1
        numbers = env["cso.rma"].search([("submitted_on", "!=", False)]).mapped("name")
        assert len(numbers) == len(set(numbers)) == 1


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_killed_in_mid_submit_leaves_no_case_or_a_whole_one(server, moment):
    with odoo_env(server.database) as env:
        env["cso.rma.line"].search([("state", "=", "authorised")])._withdraw()
        cart = make_cart(env, server.world, SERIALS[1]).id
    client = Client(server, LOGIN, PASSWORD)
    client.get("/my/returns/cart")

    def post():
        with contextlib.suppress(OSError):  # the server is gone: what this test is about
            submit(client, cart)

    poster = threading.Thread(target=post)
    poster.start()
    time.sleep(moment)
    server.kill()
    poster.join()
    server.start()
    with odoo_env(server.database) as env:
        submitted_cases(env, cart)
    assert submit(client, cart).status_code == 303
    with odoo_env(server.database) as env:
        assert len(submitted_cases(env, cart)) == 1
