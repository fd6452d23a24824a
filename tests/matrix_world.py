"""What the access matrix asks for: records with secrets in them, and one person per role."""

import io
import re

from PIL import Image
from test_access import CLERK, EMPLOYEE, INSIDERS, LICENCE_KEY, OUTSIDERS
from test_access import make_world as make_shared_world
from world import SERIALS, bill, deliver, make_portal_user, sell

# The person of each column of the tables in matrix.py.
LOGINS = {
    "owner": INSIDERS[0],  # of the branch; made the case, the draft, the filter, the file
    "colleague": "mate@kade.example",
    "head": INSIDERS[1],
    "clerk": "priceless@kade.example",  # of the branch, without the role for prices
    "plain": CLERK,  # of the branch, for orders alone: neither prices nor returns
    "solo": "solo@kade.example",  # of the branch, sees the own documents only
    "branch": OUTSIDERS[0],
    "stranger": OUTSIDERS[1],
    "former": OUTSIDERS[2],
    "abroad": OUTSIDERS[3],
    "employee": EMPLOYEE,  # of ours, without any right on sales
    "public": None,
}
OUTSIDE = ["solo", "branch", "stranger", "former", "abroad", "employee", "public"]
PRICELESS = ["clerk", "plain"]
STRANGERS = ["branch", "stranger", "former", "public"]
CUSTOMERS = [role for role in LOGINS if role not in ("employee", "public")]

REFERENCE, NOTE = "KADE-REF-4471", "please ring KADE-NOTE-9931"
# What only the branch that ordered and its head office may read.
SECRETS = [*SERIALS, LICENCE_KEY, REFERENCE, NOTE, "IdeaCentre", "Device manager", "Canary cage"]
# What no customer may read.
INNER_NOTE, COST = "INNER-5518", 571.93
# Amounts of the order: unit price, line, with tax, of the quotation. Whoever has no role for
# prices may read none of them, however they are written.
PRICE, QUANTITY, QUOTED = 913.37, 3, 8123.45
AMOUNTS = re.compile(
    r"(?<![\d.,-])(?:913[.,]37|2[.,]?740[.,]11|8[.,]?123[.,]45|24[.,]?370[.,]35)(?!\d)"
)

# Records of each model that somebody may ask for, by their names in the world.
RECORDS = {
    "account.move": ["bill"],
    "account.move.line": ["bill_line"],
    "cso.rma": ["case"],
    "cso.rma.line": ["case_line"],
    "mail.message": ["message"],
    "portal.request": ["request"],
    "portal.saved.filter": ["saved"],
    "purchase.order": ["purchase"],
    "res.partner": ["owner_partner"],
    "res.users": ["owner_id"],
    "res.users.apikeys": ["key"],
    "sale.line.delivery": ["delivery"],
    "sale.order": ["order", "delivered", "waiting"],
    "sale.order.line": ["line", "delivered_line"],
    "sale.order.line.eta.change": ["change"],
    "stock.picking": ["shipment", "picking"],
}


def make_world(env):
    """Make the world of the other tests, and beside it one thing of each kind with secrets."""
    world = make_shared_world(env)
    rotterdam = env["res.partner"].browse(world["rotterdam"])
    make_people(env, rotterdam)
    owner = env["res.users"].search([("login", "=", LOGINS["owner"])])
    world.update(make_order(env, rotterdam))
    world.update(make_papers(env, env["sale.order"].browse(world["order"]), owner))
    world.update(make_draft(env, world, owner))
    world.update(make_request(env, env["sale.order"].browse(world["order"]), owner))
    env["res.partner"].search([("name", "=", "Lenovo Benelux")]).ref = "VENDOR-1"
    world["entry"] = make_administrators(env).id
    application = env["partner.access.application"].create({"email": "new@somewhere.example"})
    world["application_token"] = env["partner.access.application.link"]._open(application)
    world["owner_id"] = owner.id
    world["owner_partner"] = owner.partner_id.id
    world["people"] = {
        role: env["res.users"].search([("login", "=", login)]).id
        for role, login in LOGINS.items()
        if login
    }
    return world


def make_people(env, rotterdam):
    """Make the people of the columns that the other tests have not."""
    make_portal_user(env, LOGINS["colleague"], rotterdam)
    clerk = make_portal_user(env, LOGINS["clerk"], rotterdam)
    roles = env["partner.access.role"].search([("code", "in", ["orders", "returns"])])
    clerk.access_entry_ids.role_ids = roles
    make_portal_user(env, LOGINS["solo"], rotterdam).access_entry_ids.scope = "own"


def make_administrators(env):
    """Make administrators of three companies; return the entry of a colleague in the first."""
    role = env["partner.access.role"].search([("code", "=", "administrator")])
    entries = env["partner.access.entry"]
    for name in ("owner", "branch", "stranger"):
        entries.search([("email", "=", LOGINS[name])]).role_ids |= role
    return entries.search([("email", "=", LOGINS["colleague"])])


def make_order(env, rotterdam):
    """Make an article, an order that was delivered and invoiced, a quotation, a bill."""
    article = env["product.product"].create(
        {
            "name": "Canary cage",
            "default_code": "CAGE-1",
            "type": "consu",
            "standard_price": COST,
            "list_price": PRICE,
            "invoice_policy": "order",
        }
    )
    order = sell(env, rotterdam, article, QUANTITY, PRICE)
    order.client_order_ref = REFERENCE
    deliver(order, days=2)
    invoice = bill(order)
    quotation = order.copy({"client_order_ref": REFERENCE})
    quotation.order_line.price_unit = QUOTED
    quotation.action_quotation_sent()
    bought = env["purchase.order"].search([("partner_id.name", "=", "Lenovo Benelux")], limit=1)
    vendor_bill = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "partner_id": bought.partner_id.id,
            "invoice_date": "2031-01-05",
            "invoice_line_ids": [(0, 0, {"name": INNER_NOTE, "price_unit": COST})],
        }
    )
    vendor_bill.action_post()
    return {
        "order": order.id,
        "line": order.order_line.id,
        "shipment": order.picking_ids.id,
        "bill": invoice.id,
        "account": f"{invoice.company_id.id}-{rotterdam.id}-{invoice.currency_id.id}",
        "bill_line": invoice.invoice_line_ids.id,
        "quotation": quotation.id,
        "quotation_line": quotation.order_line.id,
        "article": article.id,
        "template": article.product_tmpl_id.id,
        "vendor_bill": vendor_bill.id,
    }


def make_papers(env, order, owner):
    """Make what was written and attached to the order, a payment on it, a token, a key."""
    follow = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    message = order.message_post(body=NOTE, author_id=owner.partner_id.id, **follow)
    note = order.message_post(body=INNER_NOTE, subtype_xmlid="mail.mt_note")
    file = env["ir.attachment"].create(
        {
            "name": "order.txt",
            "res_model": "sale.order",
            "res_id": order.id,
            "raw": REFERENCE.encode(),
        }
    )
    address = env["res.partner"].create(
        {"name": "Dock 7", "type": "delivery", "parent_id": order.partner_id.id}
    )
    keys = env["res.users.apikeys"].with_user(owner).sudo()
    keys._generate(None, "Our system", None)
    return {
        "message": message.id,
        "note": note.id,
        "file": file.id,
        "address": address.id,
        "key": keys.search([("user_id", "=", owner.id)], limit=1).id,
    }


def make_draft(env, world, owner):
    """Make the draft of a return with a photo, and the link by which a phone adds another."""
    as_owner = env(user=owner.id, su=True)
    line = as_owner["sale.order.line"].browse(world["line"])
    reason = as_owner.ref("rma_cso.reason_unopened", raise_if_not_found=False)
    reason = reason or as_owner["cso.reason"].search([("form", "!=", False)], limit=1)
    draft = as_owner["cso.form.draft"]._ensure_draft(line, reason)
    draft.answers = {"comment": REFERENCE}
    dot = io.BytesIO()
    Image.new("RGB", (1, 1)).save(dot, "PNG")
    photo = as_owner["ir.attachment"].create(
        {
            "name": "box.png",
            "res_model": draft._name,
            "res_id": draft.id,
            "raw": dot.getvalue(),
        }
    )
    link, token = as_owner["cso.upload.link"]._open(draft)
    return {
        "draft": draft.id,
        "photo": photo.id,
        "link": link.id,
        "token": token,
        "reason": reason.code,
        "line_reason": reason.id,
    }


def make_request(env, order, owner):
    """Make what somebody asks the account manager for, with a document."""
    document = env["ir.attachment"].create({"name": "why.txt", "raw": REFERENCE.encode()})
    request = env(user=owner.id)["portal.request"]._submit(
        "change",
        owner.partner_id,
        order.company_id,
        order_id=order.id,
        note=NOTE,
        document_ids=document.ids,
    )
    return {"request": request.id, "request_file": document.id}


def find_leaks(response, role):
    """Return what a response holds that the person of a role must not know."""
    text = "" if "pdf" in response.headers.get("Content-Type", "") else response.text
    return find_in_text(text, role)


def find_in_text(text, role):
    """Return what a text holds that the person of a role must not know."""
    hidden = [] if role not in OUTSIDE else [secret for secret in SECRETS if secret in text]
    if role in STRANGERS and LOGINS["colleague"] in text:
        hidden.append(LOGINS["colleague"])
    if role != "employee":
        hidden += [inner for inner in (INNER_NOTE, f"{COST}") if inner in text]
    if role in (*PRICELESS, *OUTSIDE):
        hidden += AMOUNTS.findall(text)
    return hidden
