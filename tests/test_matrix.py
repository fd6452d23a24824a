"""Every page, call and model of the routing map and the registry has a verdict, and keeps it."""

import contextlib

import psycopg2
import pytest
from client import Client, let_in
from conftest import odoo_env
from matrix import ANSWERS, CLOSED, KINDS, MAGIC, MODELS, MOOT, NUMBERS, PRICED, ROUTES
from matrix_routes import (
    OURS,
    ask,
    find_verdicts,
    get_questions,
    get_values,
    get_wanted,
    judge,
    read_routes,
)
from matrix_world import CUSTOMERS, LOGINS, RECORDS, find_in_text, find_leaks, make_world

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tools import mute_logger

assert make_world  # what the fixture `server` fills its database with


@pytest.fixture(scope="module")
def routes(server):
    with odoo_env(server.database) as env:
        return read_routes(env)


@pytest.fixture(scope="module")
def clients(server):
    found = {role: Client(server) for role in LOGINS}
    with odoo_env(server.database) as env:
        for role, uid in server.world["people"].items():
            let_in(found[role], env(user=uid))
    return found


def test_every_route_has_a_verdict(routes):
    assert [key for key in sorted(routes) if not find_verdicts(key)] == []


def test_every_route_of_ours_has_a_line_of_its_own(routes):
    ours = {key for key, route in routes.items() if route["is_ours"]}
    assert ours - ROUTES.keys() == set()


def test_every_verdict_is_of_a_route(routes):
    used = {find_verdicts(key) for key in routes}
    assert [line for line in ROUTES if line not in used] == []


def test_every_parameter_of_ours_is_of_a_known_kind(routes):
    unknown = {
        (key, name)
        for key, route in routes.items()
        if route["is_ours"]
        for name in route["arguments"]
        if name not in KINDS
    }
    assert unknown == set()


def ask_everything(server, client, role, routes):
    """Ask all routes as a person; return what was not as the tables say."""
    wrong = []
    world = {**server.world, "person": server.world["people"].get(role, 0)}
    for key, route in sorted(routes.items()):
        for verdict, special in get_questions(find_verdicts(key)):
            wanted = get_wanted(verdict, role, route)
            if not wanted:
                continue
            response = ask(client, route, get_values(route, world, special))
            answers, leaks = judge(response, client), find_leaks(response, role)
            is_right = wanted in answers or (wanted == "any" and not route["is_ours"])
            if leaks or not is_right:
                wrong.append((key, special, wanted, sorted(answers), response.status_code, leaks))
    return wrong


@pytest.mark.parametrize("role", LOGINS)
def test_everybody_is_answered_as_the_table_says(server, clients, routes, role):
    wrong = ask_everything(server, clients[role], role, routes)
    assert not wrong, "\n".join(str(one) for one in wrong)


# --- models ---------------------------------------------------------------------------------------

LETTERS = {"read": "r", "write": "w", "create": "c", "unlink": "u"}


@pytest.fixture(scope="module")
def env(server, routes):
    """Odoo's environment in the database of the server; nothing is kept."""
    with odoo_env(server.database) as env:
        yield env
        env.cr.rollback()


def get_rights(env, uid):
    """Return the letters of the rights of a user on each model of the database."""
    found = {}
    for name, model in env(user=uid).items():
        if not model._abstract:
            rights = [letter for right, letter in LETTERS.items() if model.has_access(right)]
            found[name] = "".join(rights) or "-"
    return found


def test_every_model_has_a_verdict(server, env):
    customer = get_rights(env, server.world["people"]["owner"])
    visitor = get_rights(env, env.ref("base.public_user").id)
    found = {
        name: f"{customer[name]} {visitor[name]}"
        for name in customer
        if customer[name] + visitor[name] != "--" or env[name]._original_module in OURS
    }
    said = {name: line.rpartition(" ")[0] for name, line in MODELS.items()}
    assert found == said | dict.fromkeys(CLOSED, "- -")


def find_records(model, ids):
    """Return which of the records somebody finds or reads, as a program would ask for them."""
    found = set()
    with contextlib.suppress(AccessError):
        found.update(model.search([("id", "in", ids)]).ids)
    for one in model.browse(ids):
        with contextlib.suppress(AccessError, MissingError):
            found.update(row["id"] for row in one.read(["display_name"]))
    return sorted(found)


@pytest.mark.parametrize("role", LOGINS)
def test_everybody_finds_the_records_that_the_table_says(server, env, role):
    wrong = []
    for name, line in MODELS.items():
        ids = [server.world[key] for key in RECORDS.get(name, [])]
        wanted = ANSWERS.get(line.split()[-1], {}).get(role, ".")
        if not ids or wanted == ".":
            continue
        found = find_records(as_role(server, env, role)[name], ids)
        if found != (sorted(ids) if wanted == "yes" else []):
            wrong.append((name, ids, wanted, found))
    assert not wrong, "\n".join(str(one) for one in wrong)


def as_role(server, env, role):
    """Return the environment of the person of a role."""
    uid = server.world["people"].get(role) or env.ref("base.public_user").id
    return env(user=uid, su=False, context={"lang": "en_US"})


def read_all(records, names):
    """Return all that somebody reads of records; a field that fails is left out, others stay."""
    try:
        return records.read(names)
    except (AccessError, MissingError):
        half = len(names) // 2
        if half:
            return read_all(records, names[:half]) + read_all(records, names[half:])
        return [] if len(records) == 1 else [row for one in records for row in read_all(one, names)]


@pytest.mark.parametrize("role", CUSTOMERS)
def test_nobody_reads_what_is_not_theirs_in_any_field(server, env, role):
    leaks = []
    for name in MODELS:
        records = as_role(server, env, role)[name].search([], limit=9, order="id")
        for row in read_all(records, list(records.fields_get(attributes=["type"]))):
            if find_in_text(str(row), role):
                found = {field: find_in_text(str(value), role) for field, value in row.items()}
                leaks.append((name, row["id"], {key: one for key, one in found.items() if one}))
    assert leaks == []


# --- prices ---------------------------------------------------------------------------------------


def tell(model, path):
    """Return by which questions somebody learns of a field: an answer to them that says something.

    :param path: the field, or the way to it through another record
    """
    questions = {
        "read": lambda: any(row[path] for row in model.search([], order="id").read([path])),
        "filter": lambda: model.search([(path, "!=", False)], order="id"),
        "order": lambda: model.search([], order=f"{path}, id"),
        "group": lambda: model._read_group([], [path])[1:],
        "sum": lambda: any(model._read_group([], [], [f"{path}:sum"])[0]),
        "max": lambda: any(model._read_group([], [], [f"{path}:max"])[0]),
    }
    return [name for name, ask_it in questions.items() if is_answered(model.env, ask_it)]


def is_answered(env, question):
    try:
        with env.cr.savepoint(flush=False), mute_logger("odoo.sql_db"):
            return bool(question())
    except (AccessError, UserError, ValueError, KeyError, TypeError, psycopg2.Error):
        return False


def get_hidden(model):
    """Return the fields of a model that its user is not told of."""
    told = model.fields_get(attributes=["type"]).keys() | MAGIC
    moot = f"{MOOT['*']} {MOOT.get(model._name, '')}".split()
    return [name for name in model._fields if name not in told and name not in moot]


@pytest.mark.parametrize("role", ["owner", "clerk"])
def test_no_filter_order_or_group_tells_of_a_hidden_field(server, env, role):
    found = []
    for name, line in MODELS.items():
        model = as_role(server, env, role)[name]
        if not line.endswith(" open"):
            found += [(name, field, tell(model, field)) for field in get_hidden(model)]
    told = [one for one in found if one[-1]]
    assert not told, "\n".join(str(one) for one in told)


def test_no_way_around_leads_to_a_price(server, env):
    """Through the records that hang on what somebody sees, neither filter nor order says one."""
    found = []
    for name, line in MODELS.items():
        model = as_role(server, env, "clerk")[name]
        for field, facts in model.fields_get(attributes=["relation"]).items():
            comodel = facts.get("relation")
            if line.endswith(" open") or comodel not in PRICED:
                continue
            found += [(name, field, one, tell(model, f"{field}.{one}")) for one in PRICED[comodel]]
    told = [one for one in found if one[-1]]
    assert not told, "\n".join(str(one) for one in told)


def test_every_number_without_the_role_for_prices_has_a_verdict(server, env):
    found = {}
    for name, line in MODELS.items():
        fields = as_role(server, env, "clerk")[name].fields_get(attributes=["type"])
        if line.endswith((" order", " claim", " contact")):
            found[name] = {
                field for field, facts in fields.items() if facts["type"] in ("float", "monetary")
            }
    wanted = {name: set(NUMBERS.get(name, "").split()) for name in found}
    wrong = {name: found[name] ^ wanted[name] for name in found if found[name] != wanted[name]}
    assert not wrong, "\n".join(f"{name}: {sorted(fields)}" for name, fields in wrong.items())
