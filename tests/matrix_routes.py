"""The routes as Odoo's routing map has them, and how each is asked with ids of somebody else."""

import inspect
import json
import re
import threading

from client import TOKEN
from matrix import ANSWERS, KIND_OF, KINDS, ROUTES, SAME

OURS = ("partner_access", "customer_portal", "rma_cso")
LEFT_OUT = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
HOME = re.compile(r"/(my(/home|/invoices)?|odoo|web)?")
ACCESS_ERRORS = {
    *("AccessError", "AccessDenied", "MissingError", "UserError", "ValidationError"),
    *("Forbidden", "BadRequest", "Unauthorized", "Gone", "Conflict", "CheckIdentityException"),
}


def read_routes(env):
    """Return the routes of a database: ``{"GET /my/orders": {…}}``."""
    threading.current_thread().dbname = env.cr.dbname  # where the routing map looks for it
    found = {}
    for rule in env["ir.http"].routing_map().iter_rules():
        function = rule.endpoint.func
        for verb in get_verbs(rule.endpoint.routing["type"], rule.methods):
            found[f"{verb} {rule.rule}"] = {
                "verb": verb,
                "rule": rule.rule,
                "is_ours": function.__module__.split(".")[2] in OURS,
                "arguments": rule.arguments,
                "parameters": get_parameters(function),
            }
    return found


def get_verbs(kind, methods):
    if kind != "http":
        return ["JSON" if kind == "jsonrpc" else "JSON2"]
    return sorted({"GET", "POST"} & set(methods or {"GET"})) or ["GET"]


def get_parameters(function):
    """Return the parameters of a function, and whether each must be given."""
    return {
        name: parameter.default is parameter.empty
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self" and parameter.kind not in LEFT_OUT
    }


def find_verdicts(key):
    """Return the line of the table for a route: its own, else the first pattern that fits."""
    if key in ROUTES:
        return key
    for pattern in ROUTES:
        if "*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), key):
            return pattern
    return None


def get_questions(line):
    """Return the verdicts of a line with the values that they are about."""
    verdicts = ROUTES.get(line, [])  # what has no line fails a test of its own
    return [(verdicts, {})] if isinstance(verdicts, str) else verdicts


def get_value(kind, world):
    """Return the value of a kind of parameter, see matrix.py."""
    if isinstance(kind, dict):
        return {name: get_value(one, world) for name, one in kind.items()}
    if isinstance(kind, list):
        return [get_value(one, world) for one in kind]
    if isinstance(kind, str) and kind.startswith("="):
        return re.sub(r"{(\w+)}", lambda found: str(world[found[1]]), kind[1:])
    return world[kind] if isinstance(kind, str) else kind


def get_values(route, world, special):
    """Return all that a route is asked with, by name; what has to be given and is no kind of
    parameter that the tables know is some text."""
    names = set(route["arguments"]) | {
        name for name, is_must in route["parameters"].items() if is_must or name in KINDS
    }
    kinds = {name: KINDS.get(name, "=x") for name in names} | special
    return {name: get_value(kind, world) for name, kind in kinds.items()}


def ask(client, route, values):
    """Ask a route; return the response."""
    path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: str(values[found[1]]), route["rule"])
    rest = {name: value for name, value in values.items() if name not in route["arguments"]}
    send = client.session.request
    options = {"allow_redirects": False, "timeout": 60}
    if route["verb"] == "JSON":
        return send("POST", client.url + path, json={"params": rest}, **options)
    if route["verb"] == "JSON2":
        return send("POST", client.url + path, json=rest, **options)
    flat = {
        name: json.dumps(value) if isinstance(value, list | dict) else value
        for name, value in rest.items()
    }
    if route["verb"] == "GET":
        return send("GET", client.url + path, params=flat, **options)
    return send("POST", client.url + path, data=flat | {"csrf_token": get_token(client)}, **options)


def get_token(client):
    """Return a token by which forms of this session may be posted."""
    if not hasattr(client, "token"):
        found = TOKEN.search(client.get("/web/login").text)
        client.token = found[1] or found[2]
    return client.token


def judge(response, client):
    """Return in the words of the tables what a response is: a set, as some are two things."""
    if response.status_code >= 500:
        return {"fault"}
    if 300 <= response.status_code < 400:
        target = response.headers["Location"].removeprefix(client.url)
        if target.startswith("/web/login"):
            return {"in", "off"}
        return {"off", "yes"} if HOME.fullmatch(target) else {"yes"}
    if response.status_code >= 400:
        return {"no", "off"} if response.status_code == 404 else {"off"}
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return judge_json(response)
    # how core answers the download of a report that it refused
    return {"off"} if "Odoo Server Error" in response.text[:200] else {"yes"}


def judge_json(response):
    answer = response.json()
    if not isinstance(answer, dict) or "jsonrpc" not in answer:
        return {"yes"}
    if "error" not in answer:
        result = answer.get("result")
        is_refusal = isinstance(result, dict) and {"error", "other_user"} & result.keys()
        return {"off", "yes"} if is_refusal or is_empty(result) else {"yes"}
    name = (answer["error"].get("data") or {}).get("name", "").rpartition(".")[2]
    if name == "NotFound":
        return {"no", "off"}
    if name == "SessionExpiredException":
        return {"in", "off"}
    return {"off"} if name in ACCESS_ERRORS else {"fault"}


def is_empty(result):
    """Whether an answer holds nothing, as the empty lists of a chatter do."""
    if isinstance(result, dict):
        return all(is_empty(value) for value in result.values())
    if isinstance(result, list):
        return all(is_empty(value) for value in result)
    return not result or "303 SEE OTHER" in str(result)


def get_wanted(verdict, role, route):
    """Return what a role is answered, None when it is not asked."""
    wanted = ANSWERS[verdict][role]
    is_same = verdict in SAME or (verdict == "signed" and not route["is_ours"])
    if wanted == "." or (is_same and role not in KIND_OF):
        return None
    return None if wanted == "yes" and route["verb"] != "GET" else wanted
