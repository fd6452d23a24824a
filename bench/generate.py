"""Fill one database; run by bench/databases.py as `python -m bench.generate NAME LINES`."""

import contextlib
import json
import sys
import time
from itertools import cycle

import odoo
from odoo.modules.registry import Registry

from bench import checks
from bench.multiply import Multiplier
from bench.people import ADDRESSES, CUSTOMERS, PASSWORD, USERS
from bench.seeds import FAMILIES, LINES_PER_ORDER, World

# Orders of the customers that rows of the table name, as copies of families: 2 and 80 orders.
NAMED = {"two": {"mixed": 1}, "eighty": {"mixed": 10, "closed": 12, "open": 6}}
# What the other customers ordered: mostly done, some of it open.
OTHERS = ("closed", "closed", "mixed", "closed", "closed", "open", "closed", "closed")
DAYS = {"closed": 700, "mixed": 30, "open": 10}
# What vendors named is spread over so many days, the first of them in the past.
ETA_DAYS = 60
BATCH = 1000


def main(name, lines):
    """Make seeds, copy them until there are so many order lines, check and commit."""
    odoo.tools.config.parse_config(["-d", name, "--log-level=warn"], setup_logging=True)
    started = time.monotonic()
    with Registry(name).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {"tracking_disable": True})
        fill(env, lines)
        cr.commit()
    tell(f"generated in {time.monotonic() - started:.0f} s")


def fill(env, lines):
    """Fill the database in the transaction of `env`."""
    world = World(env)
    world.build()
    tell("seeds made")
    partners = create_customers(env, max(20, lines // 100))
    create_users(env, partners)
    plan = make_plan(partners, lines)
    Multiplier(env, world).copy(plan)
    tell(f"{len(plan)} copies made")
    create_item_numbers(env, partners["large"][0], world)
    refresh_own_fields(env)
    facts = checks.check(env, world, lines)
    env["ir.config_parameter"].set_param("bench.facts", json.dumps(facts))


def create_customers(env, number):
    """Return ids of customers with their delivery addresses: by name, the others under None.

    :return: ``{name: [customer, *addresses]}``; under None a list of such lists
    """
    names = [f"Customer {index}" for index in range(number)]
    partners = {None: [[company] for company in create_companies(env, names)]}
    named = create_companies(env, [f"Customer {name}" for name in CUSTOMERS])
    for name, company in zip(CUSTOMERS, named, strict=True):
        partners[name] = [company, *create_addresses(env, company, ADDRESSES.get(name, 0))]
    return partners


def create_companies(env, names):
    """Return the ids of new companies."""
    country = env.ref("base.nl").id
    values = [{"name": name, "is_company": True, "country_id": country} for name in names]
    return env["res.partner"].create(values).ids


def create_addresses(env, company, number):
    """Return the ids of so many delivery addresses of a company."""
    country = env.ref("base.nl").id
    values = [
        {"name": f"Warehouse {index}", "type": "delivery", "street": f"Dock {index}"}
        for index in range(1, number + 1)
    ]
    return (
        env["res.partner"]
        .create([{**vals, "parent_id": company, "country_id": country} for vals in values])
        .ids
    )


def create_users(env, partners):
    """Make the portal users; they share a password, which is made unreadable only once."""
    users = env["res.users"].with_context(no_reset_password=True)
    for login, customer in USERS.items():
        contact = env["res.partner"].create(
            {
                "name": f"Buyer {login}",
                "parent_id": partners[customer][0],
                "email": f"{login}@bench.example",
            }
        )
        users |= users.create(
            {
                "login": contact.email,
                "partner_id": contact.id,
                "group_ids": [(6, 0, env.ref("base.group_portal").ids)],
            }
        )
    users[0].password = PASSWORD
    env.flush_all()
    env.cr.execute(
        """
        UPDATE res_users SET password = first.password
          FROM res_users first WHERE first.id = %s AND res_users.id = ANY(%s)
        """,
        [users[0].id, users.ids],
    )


def create_item_numbers(env, partner, world):
    """Give the large customer item numbers of its own, where the add-ons know such numbers."""
    if "product.customer.code" not in env:
        return
    products = env["product.product"].search([("id", ">=", world.laptop.id)])
    env["product.customer.code"].create(
        [
            {"partner_id": partner, "product_id": product.id, "code": f"OWN-{product.id:07}"}
            for product in products
        ]
    )


def make_plan(partners, lines):
    """Return the rows of the table of copies, see Multiplier."""
    wanted = [
        (family, *partners[name][:2])
        for name, families in NAMED.items()
        for family, number in families.items()
        for _ in range(number)
    ]
    left = lines - sum(count_lines(family) for family, *_ in wanted)
    # Every tenth set of documents is the large customer's: a tenth of all lines.
    buyers = [partners[name] for name in CUSTOMERS if name not in {*NAMED, "large"}]
    everybody = cycle(interleave(partners["large"], [*buyers, *partners[None]]))
    families = cycle(OTHERS)
    number = 0
    while left > 0:
        family, addresses = next(families), next(everybody)
        number += 1
        wanted.append((family, addresses[0], addresses[number // 7 % len(addresses)]))
        left -= count_lines(family)
    return [*plan_products(lines), *number_copies(wanted)]


def interleave(one, many):
    """Return `many` with `one` before every ninth of them, nine times ten."""
    result = []
    for index, other in enumerate(many):
        if index % 9 == 0:
            result.append(one)
        result.append(other)
    return result


def count_lines(family):
    """Return the number of order lines of a copy."""
    return len(FAMILIES[family]) * LINES_PER_ORDER


def count_products(lines):
    """Return how often the seeds' products are copied: 100 lines per product, at least 20 times."""
    return max(20, lines // 500)


def plan_products(lines):
    """Return the copies of products."""
    return [
        ("products", copy, None, None, None, 0, 0) for copy in range(1, count_products(lines) + 1)
    ]


def number_copies(wanted):
    """Number the copies per family and spread them over products and days."""
    numbers = dict.fromkeys(FAMILIES, 0)
    products = count_products(sum(count_lines(family) for family, *_ in wanted))
    for family, partner, address in wanted:
        numbers[family] += 1
        number = numbers[family]
        days = number * 37 % DAYS[family]
        yield family, number, partner, address, number % products, days, number * 13 % ETA_DAYS - 15


def refresh_own_fields(env):
    """Let the add-ons compute again, in batches, what they store about dates of open lines.

    Only these depend on other documents: copies share products with other copies.
    """
    lines = env["sale.order.line"]
    if "eta_state" not in lines._fields:
        return
    method = lines._fields["eta_state"].compute
    fields = [field for field in lines._fields.values() if field.compute == method]
    names = [field.name for field in fields]
    forget(env, names)
    ids = lines.search([("customer_open_qty", ">", 0)]).ids
    for start in range(0, len(ids), BATCH):
        batch = lines.browse(ids[start : start + BATCH])
        for field in fields:
            env.add_to_compute(field, batch)
        batch.modified(names)
        env.flush_all()
        env.invalidate_all()
    if "sale.line.eta.queue" in env:
        env.cr.execute("DELETE FROM sale_line_eta_queue")
    tell(f"dates of {len(ids)} open lines computed")


def forget(env, names):
    """Empty stored fields of open lines, so that computing them is no change to be kept."""
    assignments = ", ".join(f"{name} = NULL" for name in names)
    env.cr.execute(f"UPDATE sale_order_line SET {assignments} WHERE customer_open_qty > 0")
    env.invalidate_all()


def tell(text):
    """Print progress."""
    print(f"    {text}", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main(sys.argv[1], int(sys.argv[2]))
