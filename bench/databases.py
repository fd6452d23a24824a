"""Make, keep and reuse the databases: stock modules alone, the same with our add-ons, and the same
with the add-on for access alone."""

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass

import environment

STOCK_MODULES = (
    "sale_management,sale_stock,purchase_stock,sale_purchase_stock,stock_delivery,"
    "stock_dropshipping,account,portal"
)
OURS = "rma_cso"
# What is updated where the add-ons changed.
UPDATED = {"ours": "partner_access,customer_portal,rma_cso", "access": "partner_access"}
TEMPLATE = "bench_template"
BENCH = environment.ROOT / "bench"
GENERATOR = ("generate.py", "seeds.py", "multiply.py", "people.py", "checks.py")


@dataclass
class Database:
    """One of the databases of a size: stock, ours, or access (stock with that add-on alone)."""

    side: str
    lines: int

    @property
    def name(self):
        """Return the name of the database on the server."""
        return f"bench_{self.lines}_{self.side}"

    def ensure(self, fresh):
        """Bring the database to the state of the generator and of the add-ons; keep what fits."""
        made = {} if fresh else self.read_parameter("bench.made")
        if made.get("generator") != get_generator_digest():
            self.make()
        elif self.side in UPDATED and made.get("addons") != get_addons_digest():
            environment.say(f"  {self.name}: the add-ons changed, updating them")
            call_server(self.name, "-u", UPDATED[self.side])
            self.vacuum()
            self.remember()
        else:
            environment.say(f"  {self.name}: kept")

    def make(self):
        """Make the database anew from the template; that of access from the stock database."""
        environment.say(f"  {self.name}: making it")
        if self.side == "access":
            environment.copy_database(f"bench_{self.lines}_stock", self.name)
            call_server(self.name, "-i", UPDATED[self.side])
        else:
            self.generate()
        self.vacuum()
        self.remember()

    def generate(self):
        """Fill the database by the generator."""
        ensure_template()
        environment.copy_database(TEMPLATE, self.name)
        if self.side == "ours":
            call_server(self.name, "-i", OURS)
        result = subprocess.run(
            [environment.PYTHON, "-m", "bench.generate", self.name, str(self.lines)],
            cwd=environment.ROOT,
            env=get_environment(),
            check=False,
        )
        if result.returncode:
            raise environment.SetupError(f"generating {self.name} failed; the lines above say why")

    def vacuum(self):
        """Leave the database as autovacuum would, and not while pages are timed."""
        environment.psql("VACUUM ANALYZE", self.name)

    def remember(self):
        """Write into the database what it was made from."""
        made = {"generator": get_generator_digest(), "addons": get_addons_digest()}
        environment.psql(
            "INSERT INTO ir_config_parameter (key, value)"
            f" VALUES ('bench.made', '{json.dumps(made)}')"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            self.name,
        )

    def read_parameter(self, key):
        """Return a value that generator or bench left in the database, {} when there is none."""
        if not environment.database_exists(self.name):
            return {}
        statement = f"SELECT value FROM ir_config_parameter WHERE key = '{key}'"
        rows = environment.psql(statement, self.name)
        return json.loads(rows[0][0]) if rows else {}


def ensure_template():
    """Install the stock modules once into a database that the others are copied from."""
    if environment.database_exists(TEMPLATE):
        return
    environment.say("  the template of stock modules: making it, once")
    try:
        call_server(TEMPLATE, "-i", STOCK_MODULES)
    except BaseException:
        environment.drop_database(TEMPLATE)
        raise


def call_server(name, *arguments):
    """Install or update modules in a database and stop."""
    command = environment.odoo(
        "server", "-d", name, *arguments, "--stop-after-init", "--no-http", "--max-cron-threads=0"
    )
    environment.run(
        command,
        f"{arguments[0]} {arguments[1]} in {name}",
        cwd=environment.ROOT,
        env=environment.odoo_environment(),
    )


def get_environment():
    """Return the environment in which both Odoo and this folder can be imported."""
    variables = environment.odoo_environment()
    paths = [variables["PYTHONPATH"], environment.ROOT, environment.ROOT / "bin"]
    return {**variables, "PYTHONPATH": os.pathsep.join(str(path) for path in paths)}


def get_generator_digest():
    """Return a digest of the generator's files: another generator makes another database."""
    return environment.fingerprint(*(BENCH / name for name in GENERATOR))


def get_addons_digest():
    """Return a digest of all files of the add-ons."""
    digest = hashlib.sha256()
    for path in sorted((environment.ROOT / "addons").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
