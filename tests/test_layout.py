"""The house keeps its layout: rooms, arrows, names, sizes, idioms, translations."""

import ast
import re
import statistics
import sys

import polib
import pytest
from conftest import odoo_env, temporary_database
from environment import ADDONS, ROOT

FOLDERS = {name: ROOT / "addons" / name for name in ADDONS}
PYTHON_FILES = [path for folder in FOLDERS.values() for path in sorted(folder.rglob("*.py"))]
XML_FILES = [path for folder in FOLDERS.values() for path in sorted(folder.rglob("*.xml"))]
MODEL_FILES = [
    path
    for path in PYTHON_FILES
    if path.parent.name in ("models", "wizard") and path.name != "__init__.py"
]
# Tests of what several files do together.
TABLES = {"test_settlement_table"}
# Core models have methods that a rule of the house cannot rename.
OLD_IDIOMS = {
    r"\b_sql_constraints\b": "models.Constraint",
    r"type=['\"]json['\"]": "type='jsonrpc'",
    r"\bself\._(cr|uid|context)\b": "self.env",
    r"\buser_has_groups\b": "has_group",
    r"\bodoo\.osv\b": "odoo.fields.Domain",
    r"\bgroups_id\b": "group_ids",
    r"\bread_group\(": "_read_group",
    r"\bname_get\b": "_compute_display_name",
    r"\bcheck_access_rights\b|\bcheck_access_rule\b": "check_access",
    r"\bpublicWidget\b": "Interaction",
    r"<tree\b": "<list>",
    r"\bt-(esc|raw)=": "t-out",
    r"\battrs=['\"]\{": "a Python expression",
    r"\bforce_send=True": "the mail queue",
}
DOWNLOAD_ICON = '<i class="fa fa-fw fa-download me-1 small"/>'
TICKS = (("tick", ""), ("o_cso_tick", " "))
# Texts that a language writes as the source does; the files leave them empty, as Odoo does.
SAME_TEXTS = {
    "all": {"Buyback", "Code", "EAN", "ETA", "ID", "PDF", "RMA00031", "S0001", "Status"}
    | {"<b>Status</b>", "<b>…</b>", "object.name", "· EAN", "CSV", "XLSX"}
    | {"%(filter)s: %(value)s", '<span class="visually-hidden">PDF</span>'}
    | {"%(article)s: %(text)s", "(PDF)", "EAN %(number)s", '<span class="text-muted">EAN</span>'}
    | {"{{ object.rma_id.name }}: {{ object._get_document_title() }}"}
    | {'<span class="op-m">PDF</span>', "%(position)s: %(text)s"}
    | {"%(field)s: %(old)s → %(new)s", "0a1b2c3d-0000-0000-0000-000000000000", "2026-1", "VIES"}
    | {"Microsoft 365", "Team", "← Team", "✓ VIES", "✕ VIES", "erp/people.csv", "object.number"}
    | {"https://erp.example.com/portal/people.csv"}
    | {"https://login.microsoftonline.com/organizations/v2.0"}
    | {"960-000972  5", "960-000972 5", "object._get_statement_name()", "· BIC"}
    | {"{{ object._get_answer_subject() }}"}
    | {f'<span class="{kind}" aria-hidden="true">✓{end}</span>' for kind, end in TICKS},
    "nl": {"1 week", "Claim", "Contact", "Credit", "Defect", "E-mail", "Mail", "Menu", "Open"}
    | {"Order", "order", "Orders", "Postcode", "Product", "Register", "Wizard", "was", "Week"}
    | {"EEEE d MMMM", "EEEE d MMMM y", "d MMM", "ETA %(period)s", "Logitech, open", "open,"}
    | {"open order", "open orders", "order %(order)s", "· order", "orders", "Filters ▾"}
    | {"Document", "document", "Download", "Downloads", "Filter", "Import", "Parameters"}
    | {"%(case)s label", "in", "Model", "Tracking:", '<span class="text-muted">Order</span>'}
    | {f"{DOWNLOAD_ICON} Downloads", "Claims", "Account", "Imports", "Log", "Tenant", "Website"}
    | {"d MMM y", "d MMM y, HH:mm", '<span class="o_stat_text">Imports</span>'}
    | {'<span class="o_stat_text">Order</span>', "← Order"},
    "de": {"Administrator", "Icon", "Name", "Optional", "Position", "Transfer", "Downloads"}
    | {"Transfers", "Filter", "Import", "Partner", "Portal", "Text", "in", ", in", "Name *"}
    | {f"{DOWNLOAD_ICON} Downloads", "Person", "Version", "Website"},
}
POSITION = re.compile(r"<xpath[^>]*expr=\"[^\"]*\[\d+\]")


def parse(path):
    return ast.parse(path.read_text(), filename=str(path))


def short(path):
    return str(path.relative_to(ROOT))


def model_classes(path):
    """Return the classes of a file that define or extend a model, with their attributes."""
    found = []
    for node in parse(path).body:
        if isinstance(node, ast.ClassDef):
            names = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            if "_name" in names or "_inherit" in names:
                found.append(names)
    return found


def functions(path):
    """Return (name of the class or None, node) of every function of a file."""
    found = []
    for node in parse(path).body:
        if isinstance(node, ast.ClassDef):
            found += [(node.name, item) for item in node.body if isinstance(item, ast.FunctionDef)]
        elif isinstance(node, ast.FunctionDef):
            found.append((None, node))
    return found


@pytest.mark.parametrize("path", MODEL_FILES, ids=short)
def test_a_file_holds_one_model_and_is_named_after_it(path):
    classes = model_classes(path)
    assert len(classes) == 1
    value = classes[0].get("_name") or classes[0]["_inherit"]
    name = ast.literal_eval(value)
    name = name[0] if isinstance(name, list) else name
    assert path.stem == name.replace(".", "_")


def test_a_test_file_mirrors_a_file_of_its_addon():
    strangers = [
        short(path)
        for folder in FOLDERS.values()
        for path in folder.glob("tests/test_*.py")
        if path.stem not in TABLES
        and not list(folder.rglob(f"{path.stem.removeprefix('test_')}.*"))
    ]
    assert strangers == []


def test_arrows_go_one_way():
    """No floor names a floor above it."""
    wrong = []
    for floor, name in enumerate(ADDONS):
        above = re.compile("|".join(rf"\b{upper}\b" for upper in ADDONS[floor + 1 :]) or r"(?!)")
        for path in FOLDERS[name].rglob("*"):
            if path.suffix in (".py", ".xml", ".js", ".csv") and "demo" not in path.parts:
                code = re.sub(r"(?m)^\s*#.*$", "", path.read_text())
                wrong += [short(path)] if above.search(code) else []
    assert wrong == []


def test_dependencies_are_the_named_ones():
    depends = {
        name: ast.literal_eval((FOLDERS[name] / "__manifest__.py").read_text())["depends"]
        for name in ADDONS
    }
    assert "partner_access" in depends["customer_portal"]
    assert "customer_portal" in depends["rma_cso"]
    everything = {module for names in depends.values() for module in names}
    assert not everything & {"auth_oauth", "base_vat", "l10n_nl", "payment_demo", "website"}


@pytest.mark.parametrize("idiom", OLD_IDIOMS)
def test_no_idiom_of_older_versions(idiom):
    pattern = re.compile(idiom)
    files = [*PYTHON_FILES, *XML_FILES, *(ROOT / "addons").rglob("static/src/**/*.js")]
    found = [short(path) for path in files if pattern.search(path.read_text())]
    assert found == [], f"write {OLD_IDIOMS[idiom]}"


def test_no_view_is_inherited_by_the_position_of_an_element():
    assert [short(path) for path in XML_FILES if POSITION.search(path.read_text())] == []


def test_methods_are_short():
    sizes = {
        f"{short(path)}:{node.name}": node.end_lineno - node.body[0].lineno + 1
        for path in PYTHON_FILES
        if not {"tests", "demo"} & set(path.parts)
        for _owner, node in functions(path)
    }
    assert statistics.median(sizes.values()) <= 8
    assert statistics.quantiles(sizes.values(), n=10)[-1] <= 25
    assert {name: size for name, size in sizes.items() if size > 50} == {}


def test_public_methods_have_a_docstring():
    bare = [
        f"{short(path)}:{node.name}"
        for path in PYTHON_FILES
        if not {"tests", "controllers"} & set(path.parts)
        for _owner, node in functions(path)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert bare == []


def test_elevated_records_are_named_so():
    bare = []
    for path in PYTHON_FILES:
        if {"tests", "demo"} & set(path.parts):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = re.match(r"\s*([a-z_, ]+) = .*\.sudo\(\)$", line)
            if found and not found[1].endswith("_sudo"):
                bare.append(f"{short(path)}:{number}")
    assert bare == []


def test_routes_say_who_may_call_them():
    bare = []
    for path in PYTHON_FILES:
        routes = re.findall(r"@(?:http\.)?route\((.*?)\)\n\s+def", path.read_text(), re.DOTALL)
        for route in routes:
            # One that names no address extends a route of core and keeps its rights.
            if route.strip().startswith(('"', "[")) and "auth=" not in route:
                bare.append(f"{short(path)}: {route}")
    assert bare == []


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The texts of each add-on as Odoo exports them now: {add-on: {text}}."""
    texts = {}
    folder = tmp_path_factory.mktemp("pot")
    with temporary_database("test_prepared", "test_layout") as database, odoo_env(database) as env:
        from odoo.tools.translate import trans_export

        for name in ADDONS:
            target = folder / f"{name}.pot"
            with target.open("wb") as file:
                assert trans_export(None, [name], file, "po", env)
            texts[name] = {entry.msgid for entry in polib.pofile(str(target))}
    return texts


@pytest.mark.parametrize("language", ["nl", "de"])
@pytest.mark.parametrize("name", ADDONS)
def test_translations_are_complete(exported, name, language):
    """Every text is translated; one that the language writes alike is named in SAME_TEXTS."""
    entries = polib.pofile(str(FOLDERS[name] / "i18n" / f"{language}.po"))
    translated = {entry.msgid for entry in entries if entry.msgstr and not entry.fuzzy}
    assert exported[name] - translated - SAME_TEXTS["all"] - SAME_TEXTS[language] == set()


@pytest.mark.parametrize("name", ADDONS)
def test_translation_templates_are_up_to_date(exported, name):
    template = polib.pofile(str(FOLDERS[name] / "i18n" / f"{name}.pot"))
    assert {entry.msgid for entry in template} == exported[name]


def test_scripts_start_with_any_python():
    """The scripts compile with the standard library alone."""
    for name in ("setup", "run", "test", "odoo", "bench"):
        code = (ROOT / "bin" / name).read_text()
        imported = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.parse(code).body
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert imported <= set(sys.stdlib_module_names) | {"environment", "bench", "jobs"}
