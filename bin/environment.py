"""What bin/setup, bin/run, bin/test, bin/odoo and bin/bench share.

It runs with the Python of the machine, before anything is installed, so it needs nothing but the
standard library. Everything that is fetched or made goes into the folder `.local` of the checkout.
"""

import configparser
import contextlib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
POSTGRES = LOCAL / "postgres"
CHECKERS = LOCAL / "checkers"
ADDONS = ["partner_access", "customer_portal", "rma_cso"]

PYTHON_VERSIONS = [(3, minor) for minor in (13, 12, 11, 10)]
SYSTEM_PYTHON = "/usr/bin/python3"
SERIES = "19.0"
# The package of Odoo that was tested; another revision of the same series is used with a notice.
ODOO_PACKAGE = "odoo-19"
ODOO_TESTED = {
    "version": "19.0.0+dfsg-1",
    "sha256": "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf",
}
ODOO_TREE = Path("usr/lib/python3/dist-packages")
# What the package of Odoo expects from the system, each with a file that proves it is there.
DEBIAN_PACKAGES = {
    "libjs-jquery": "/usr/share/javascript/jquery/jquery.js",
    "libjs-jquery-form": "/usr/share/javascript/jquery-form/jquery.form.js",
    "libjs-underscore": "/usr/share/javascript/underscore/underscore.js",
    "fonts-font-awesome": "/usr/share/fonts-font-awesome/fonts/fontawesome-webfont.woff2",
    "fonts-roboto-unhinted": "/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF",
    "fonts-inconsolata": "/usr/share/fonts/truetype/inconsolata/Inconsolata.otf",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "fonts-ocr-b": "/usr/share/fonts/opentype/ocr-b/OCRB.otf",
    "wkhtmltopdf": "wkhtmltopdf",
}
TEST_PACKAGES = {"chromium": "chromium", "nodejs": "node", "npm": "npm"}
DISK_NEEDED_GB = 6
DATABASE_USER = "odoo"


class SetupError(Exception):
    """Something is missing or wrong; the text says what, and what to do, in one line."""


def main(function):
    """Run `function` and end the program with its status; a SetupError becomes one clear line."""
    try:
        sys.exit(function(sys.argv[1:]))
    except SetupError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def say(text):
    """Print a line of progress at once."""
    print(text, flush=True)


def run(command, what, **options):
    """Run `command` quietly; when it fails, show the end of its output and name `what` failed."""
    result = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    if result.returncode:
        say("\n".join(result.stdout.strip().splitlines()[-15:]))
        raise SetupError(f"{what} failed; the lines above say why. Run the command again to go on.")
    return result.stdout


# -- set-up ----------------------------------------------------------------------------------------


def setup(tests=False):
    """Bring the checkout to a state in which Odoo runs; do nothing twice.

    :param tests: also install what tests need.
    """
    started = time.monotonic()
    python = PYTHON if PYTHON.exists() else find_python()
    LOCAL.mkdir(exist_ok=True)
    ensure_disk()
    take_step(1, "Debian packages", lambda: ensure_debian_packages(tests))
    with ThreadPoolExecutor() as pool:  # one mostly waits for the network, the other computes
        odoo = pool.submit(take_step, 2, "Odoo 19", ensure_odoo)
        take_step(3, "Python packages", lambda: ensure_python_packages(python, tests))
        odoo.result()
    take_step(4, "PostgreSQL", ensure_postgres)
    took = time.monotonic() - started
    if took > 10:
        say(f"set-up ready ({took:.0f} s)")


def take_step(number, name, step):
    """Take a step of the set-up; say how long it took when there was something to do."""
    begun = time.monotonic()
    if step():
        say(f"[{number}/4] {name}: ready ({time.monotonic() - begun:.0f} s)")


def find_python():
    """Return a Python that Odoo 19 allows; the system's first, which is the quickest.

    Distributions build it with the optimisations that a build of one's own seldom has, worth a
    fifth of the time of all tests.
    """
    if is_fit(SYSTEM_PYTHON):
        return SYSTEM_PYTHON
    if sys.version_info[:2] in PYTHON_VERSIONS:
        return sys.executable
    for major, minor in PYTHON_VERSIONS:
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return found
    raise SetupError(
        f"Python {sys.version.split()[0]} cannot run Odoo 19; install one of 3.10 to 3.13"
    )


def is_fit(python):
    """Whether a Python is of a version that Odoo 19 allows and can make virtual environments."""
    code = f"import ensurepip, sys; sys.exit(sys.version_info[:2] not in {PYTHON_VERSIONS})"
    with contextlib.suppress(OSError):
        return not subprocess.run([python, "-c", code], capture_output=True, check=False).returncode
    return False


def ensure_disk():
    """Refuse to start a first set-up that the disk has no room for."""
    free = shutil.disk_usage(LOCAL).free / 1e9
    if not (LOCAL / "postgres" / "PG_VERSION").exists() and free < DISK_NEEDED_GB:
        raise SetupError(
            f"{free:.1f} GB are free in {ROOT}; make room, the set-up needs {DISK_NEEDED_GB} GB"
        )


def missing_packages(packages):
    """Return the names of the Debian packages whose proof (a file or a program) is not there."""
    return [
        name
        for name, proof in packages.items()
        if not (Path(proof).exists() if proof.startswith("/") else shutil.which(proof))
    ]


def ensure_debian_packages(tests):
    """Install the few Debian packages that are not there; only root can."""
    packages = {**DEBIAN_PACKAGES, **(TEST_PACKAGES if tests else {})}
    missing = missing_packages(packages)
    if not missing:
        return False
    if os.geteuid() != 0:
        raise SetupError(
            f"missing on this machine: run 'sudo apt-get install {' '.join(missing)}' first"
        )
    if not shutil.which("apt-get"):
        raise SetupError(f"this is no Debian machine; install what it calls {', '.join(missing)}")
    say(f"installing {', '.join(missing)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], "apt-get update", env=environment)
    run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing],
        "installing Debian packages",
        env=environment,
    )
    return True


# -- Odoo ------------------------------------------------------------------------------------------


def odoo_path():
    """Return the folder that holds the package `odoo`: of ODOO_PATH, else the one fetched here."""
    named = os.environ.get("ODOO_PATH")
    return Path(named).expanduser().resolve() if named else LOCAL / "odoo" / ODOO_TREE


def check_odoo(path):
    """Raise SetupError unless `path` holds Odoo of our series."""
    release = path / "odoo" / "release.py"
    if not release.exists():
        raise SetupError(
            f"no Odoo in {path}; ODOO_PATH names the folder that holds odoo/release.py"
        )
    found = re.search(r"^version_info = \('?(\S+?)'?, (\d+)", release.read_text(), re.MULTILINE)
    series = ".".join(found.groups()) if found else "an unknown version"
    if series != SERIES:
        raise SetupError(f"{path} holds Odoo {series}; the add-ons need {SERIES}")


def ensure_odoo():
    """Fetch and unpack Odoo unless ODOO_PATH names one or it was unpacked before."""
    path = odoo_path()
    stamp = LOCAL / "odoo.stamp"
    if os.environ.get("ODOO_PATH") or stamp.exists():
        check_odoo(path)
        return False
    say("fetching Odoo 19 (123 MB) …")
    package = download_odoo()
    shutil.rmtree(LOCAL / "odoo", ignore_errors=True)
    run(["dpkg", "-x", package, LOCAL / "odoo"], "unpacking Odoo")
    link_system_files()
    check_odoo(path)
    stamp.write_text(package.name)
    package.unlink()
    return True


def download_odoo():
    """Download the Debian package of Odoo 19, leaving the system's apt alone; return its path."""
    folder = LOCAL / "apt"
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    mirror = run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        "asking apt for its mirror",
    ).split()
    if not mirror:
        message = "apt has no package lists; run 'apt-get update' as root first"
        raise SetupError(message)
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (folder / "sid.list").write_text(f"deb [signed-by={keyring}] {mirror[0]} sid main\n")
    apt = [
        "apt-get",
        f"-oDir::Etc::sourcelist={folder}/sid.list",
        "-oDir::Etc::sourceparts=/nonexistent",
        f"-oDir::State::lists={folder}/lists",
        f"-oDir::Cache={folder}/cache",
        "-oAPT::Sandbox::User=",
        "-oAcquire::Languages=none",
    ]
    run([*apt, "update"], "reading the package list")
    run([*apt, "download", ODOO_PACKAGE], "downloading Odoo", cwd=folder)
    package = max(folder.glob(f"{ODOO_PACKAGE}_*.deb"), key=lambda path: path.stat().st_mtime)
    check_package(package)
    return package


def check_package(package):
    """Refuse another series, give notice of another revision than the one that was tested."""
    version = package.name.split("_")[1].replace("%3a", ":")
    if not version.startswith(f"{SERIES}."):
        raise SetupError(
            f"the mirror now has Odoo {version}; the add-ons need {SERIES}: name one with ODOO_PATH"
        )
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if version != ODOO_TESTED["version"]:
        say(f"notice: Odoo {version} is used, {ODOO_TESTED['version']} was tested")
    elif digest != ODOO_TESTED["sha256"]:
        raise SetupError(f"{package} is not the file that was tested; delete it and try again")


def link_system_files():
    """Give the unpacked tree what its package takes from other Debian packages."""
    share = LOCAL / "odoo" / "usr" / "share"
    for name in ("fonts", "fonts-font-awesome", "javascript"):
        link = share / name
        if not link.exists():
            link.symlink_to(Path("/usr/share") / name)
    # Left out of the package for its licence; it only blurs the background of video calls.
    blur = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
    for tree in ("", "odoo"):
        mail = odoo_path() / tree / "addons" / "mail"
        if mail.exists():
            script = odoo_path() / tree / blur
            script.parent.mkdir(parents=True, exist_ok=True)
            script.touch()


# -- Python packages -------------------------------------------------------------------------------


def fingerprint(*paths):
    """Return a short digest of the contents of the files."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def ensure_python_packages(python, tests):
    """Make the virtual environment and install the pinned packages into it, once per change."""
    names = ["requirements.txt"] + (["requirements-dev.txt"] if tests else [])
    done = LOCAL / f"{names[-1]}.stamp"
    wanted = fingerprint(*(ROOT / name for name in names))
    if PYTHON.exists() and done.exists() and done.read_text() == wanted:
        return False
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        run(
            [python, "-m", "venv", VENV], "making the virtual environment (python3-venv installed?)"
        )
    say(f"installing the packages of {names[-1]} …")
    run(
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "-r",
            ROOT / names[-1],
        ],
        f"installing {names[-1]}",
    )
    done.write_text(wanted)
    return True


def checker_environment():
    """Return the environment in which pre-commit keeps its checkers inside the checkout."""
    return {**os.environ, "PRE_COMMIT_HOME": str(CHECKERS)}


def ensure_checkers():
    """Install the checkers of .pre-commit-config.yaml, once per change."""
    done = LOCAL / "checkers.stamp"
    wanted = fingerprint(ROOT / ".pre-commit-config.yaml")
    if done.exists() and done.read_text() == wanted:
        return False
    say("installing the checkers of .pre-commit-config.yaml …")
    run(
        [PYTHON, "-m", "pre_commit", "install-hooks"],
        "installing the checkers",
        cwd=ROOT,
        env=checker_environment(),
    )
    done.write_text(wanted)
    return True


# -- PostgreSQL ------------------------------------------------------------------------------------


def configuration():
    """Return the section `options` of odoo.conf."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "odoo.conf")
    return parser["options"]


def own_server():
    """Whether odoo.conf (or the environment) names a PostgreSQL server that exists already."""
    return bool(configuration().get("db_host") or os.environ.get("PGHOST"))


def socket_folder():
    """Return the folder of the socket of the running embedded server, None when it does not run."""
    try:
        lines = (POSTGRES / "postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), 0)
    except PermissionError:
        pass  # it runs, as another user
    except (OSError, IndexError, ValueError):
        return None
    folder = lines[4].strip() if len(lines) > 7 and lines[7].strip() == "ready" else ""
    return folder if folder and Path(folder, f".s.PGSQL.{lines[3].strip()}").exists() else None


def ensure_postgres():
    """Start the embedded server unless one runs; make it and its user the first time."""
    if own_server() or socket_folder():
        return False
    run([PYTHON, "-W", "ignore", ROOT / "bin" / "postgres.py", POSTGRES], "starting PostgreSQL")
    if not socket_folder():
        raise SetupError(f"PostgreSQL does not run; its log is {POSTGRES / 'log'}")
    return True


def stop_postgres():
    """Stop the embedded server when it runs."""
    if socket_folder():
        command = [PYTHON, "-W", "ignore", ROOT / "bin" / "postgres.py", POSTGRES, "--stop"]
        run(command, "stopping PostgreSQL")


# -- Odoo's commands -------------------------------------------------------------------------------


def odoo_environment(**extra):
    """Return the environment in which `python -m odoo` finds Odoo, its settings and PostgreSQL."""
    environment = {**os.environ, "PYTHONPATH": str(odoo_path()), "ODOO_RC": str(ROOT / "odoo.conf")}
    environment["PATH"] = f"{VENV / 'bin'}:{environment['PATH']}"
    folder = None if own_server() else socket_folder()
    if folder:
        environment.update(PGHOST=folder, PGUSER=DATABASE_USER, PGPORT="5432")
    return {**environment, **extra}


def odoo(*arguments):
    """Return the command line of an Odoo command with the project's settings."""
    script = ROOT / "bin" / "server" / "odoo_server.py"
    return [str(PYTHON), str(script), *(str(argument) for argument in arguments)]


def call_odoo(*arguments, **options):
    """Run an Odoo command in the checkout; return the finished process."""
    return subprocess.run(
        odoo(*arguments), cwd=ROOT, env=odoo_environment(), check=False, **options
    )


def psql(statement, database="postgres"):
    """Run one SQL statement on the project's server and return the rows as lists of text."""
    code = (
        "import psycopg2, sys, json\n"
        "connection = psycopg2.connect(dbname=sys.argv[1])\n"
        "connection.autocommit = True\n"
        "cursor = connection.cursor()\n"
        "cursor.execute(sys.argv[2])\n"
        "print(json.dumps(cursor.fetchall() if cursor.description else [], default=str))\n"
    )
    output = run(
        [PYTHON, "-c", code, database, statement], f"'{statement}'", env=odoo_environment()
    )
    return json.loads(output)


def database_exists(name):
    """Whether the server has a database of that name."""
    return bool(psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def disconnect(name):
    """End all connections of clients to a database; PostgreSQL ends its own workers by itself."""
    psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND backend_type = 'client backend'"
    )


def drop_database(name):
    """Drop the database with its filestore, if it exists."""
    if database_exists(name):
        disconnect(name)
        psql(f'DROP DATABASE "{name}"')
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy_database(source, target):
    """Copy a database together with its filestore, replacing the target."""
    drop_database(target)
    disconnect(source)
    psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    if filestore(source).exists():
        shutil.copytree(filestore(source), filestore(target))


def set_address(database, url):
    """Make `url` the address that the links in the mails of a database lead to."""
    psql(
        "INSERT INTO ir_config_parameter (key, value) "
        f"VALUES ('web.base.url', '{url}') ON CONFLICT (key) DO UPDATE SET value = '{url}'",
        database,
    )


def filestore(name):
    """Return the folder in which Odoo keeps the files of a database."""
    return (ROOT / configuration().get("data_dir", ".local/data")) / "filestore" / name


def port_is_free(port):
    """Whether nothing listens on the port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def addons_fingerprint(*names):
    """Return a digest of the files of our add-ons (of all of them, or the named ones)."""
    digest = hashlib.sha256()
    for name in names or ADDONS:
        for path in sorted((ROOT / "addons" / name).rglob("*")):
            if path.is_file() and path.suffix != ".pyc" and "tests" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
