"""Installed alone, updated and uninstalled, each add-on changes what it should and no more."""

import subprocess

import environment
import pytest
from conftest import odoo_env, temporary_database
from environment import ADDONS

# What a database is made of; rows that any start of a server adds are left out.
SNAPSHOT = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public'""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
               -- Odoo defines this one twice, differently; any add-on that extends rules swaps it.
               AND conname <> 'rule_group_rel_group_id_fkey'""",
    # Of mixins (mail.thread and others) Odoo leaves names of rows that are gone, for any add-on.
    "records": """
        SELECT module, name, model FROM ir_model_data
         WHERE model NOT IN ('ir.model.inherit', 'ir.model.fields.selection')
               -- A model of a later add-on delegates to attachments (_inherits): Odoo writes the
               -- names of the fields that it gets so, and drops them at the next update.
               AND name NOT LIKE 'field_quotation_document__%'""",
    "views": "SELECT id, name, md5(arch_db::text), active FROM ir_ui_view",
    "rules": "SELECT name, domain_force, active FROM ir_rule",
    "parameters": """
        SELECT key, value FROM ir_config_parameter
         WHERE key NOT IN ('database.uuid', 'database.secret', 'database.create_date',
                           -- Free sign-up stays closed: uninstalling must not open a door.
                           'auth_signup.invitation_scope')""",
    "crons": "SELECT cron_name FROM ir_cron",
    "sequences": "SELECT name, code FROM ir_sequence",
    "picking types": "SELECT name::text FROM stock_picking_type",
    "locations": "SELECT complete_name FROM stock_location",
    "groups": "SELECT name::text FROM res_groups",
    "templates": "SELECT name::text FROM mail_template",
}


def snapshot(database):
    """Return what the database is made of, as {part: {row}}."""
    return {
        part: {tuple(row) for row in environment.psql(statement, database)}
        for part, statement in SNAPSHOT.items()
    }


def difference(before, after):
    """Return what was added to and taken from each part of a snapshot."""
    changes = {}
    for part, rows in before.items():
        added, removed = after[part] - rows, rows - after[part]
        if added or removed:
            changes[part] = {"added": sorted(map(str, added)), "removed": sorted(map(str, removed))}
    return changes


def run_odoo(*arguments):
    """Run the server to its end; return its log, which holds no warning and no error."""
    result = environment.call_odoo(
        *("server", *arguments, "--stop-after-init", "--no-http"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    trouble = [
        line
        for line in result.stdout.splitlines()
        if any(f" {level} " in line for level in ("WARNING", "ERROR", "CRITICAL"))
    ]
    assert result.returncode == 0, result.stdout[-3000:]
    assert trouble == []
    return result.stdout


@pytest.fixture(scope="module")
def database():
    """A database of Odoo's own modules, which the tests walk up floor by floor and down again."""
    with temporary_database("test_core", "test_lifecycle") as name:
        yield name


@pytest.fixture(scope="module")
def floors():
    """What the database was made of, by the number of our add-ons in it."""
    return []


def test_1_each_addon_installs_alone_on_the_floors_below_it(database, floors):
    floors.append(snapshot(database))
    for name in ADDONS:
        run_odoo("-d", database, "-i", name)
        rows = environment.psql(
            "SELECT name FROM ir_module_module WHERE state = 'installed'", database
        )
        assert {row[0] for row in rows} & set(ADDONS) == set(ADDONS[: len(floors)])
        floors.append(snapshot(database))


def test_2_updating_changes_nothing(database, floors):
    run_odoo("-d", database, "-u", ADDONS[0])
    assert difference(floors[-1], snapshot(database)) == {}


@pytest.mark.parametrize("name", ADDONS[::-1])
def test_3_uninstalling_leaves_nothing_behind(database, floors, name):
    with odoo_env(database) as env:
        env["ir.module.module"].search([("name", "=", name)]).button_immediate_uninstall()
    assert difference(floors[ADDONS.index(name)], snapshot(database)) == {}
