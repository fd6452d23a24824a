import os
import ssl
import threading
from base64 import b64encode
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odoo.tests import TransactionCase, tagged
from odoo.tools import config

from ..tools import feed_location
from ..tools.feed_location import FeedLocationError, read_address, read_folder_file

CONTENT = b"email;company\nilse@velthuis.example;D1\n"


class Handler(BaseHTTPRequestHandler):
    """Another system that hands out its file to who knows the password."""

    def do_GET(self):
        """Answer as the path says."""
        password = "Basic " + b64encode(b"odoo:geheim").decode()
        status = 302 if self.path == "/moved" else 404 if self.path != "/people.csv" else 200
        if self.headers.get("Authorization") != password:
            status = 401
        self.send_response(status)
        self.send_header("Location", "http://localhost/people.csv")
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 06:00:00 GMT")
        # one that dies in the middle of the file
        self.send_header("Content-Length", str(len(CONTENT) + (self.server.is_cut and 10)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, *args):
        """Say nothing."""


def make_certificate(path):
    """Write key and certificate of localhost, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1))
        .not_valid_after(datetime(2120, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, form, serialization.NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(pem))


@tagged("post_install", "-at_install")
class TestFeedAddress(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.certificate = Path(folder.name) / "localhost.pem"
        make_certificate(cls.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.certificate)
        cls.server = HTTPServer(("127.0.0.1", 0), Handler)
        cls.server.is_cut = False
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)
        threading.Thread(target=cls.server.serve_forever, args=(0.05,), daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.address = f"https://localhost:{cls.server.server_port}"

    def setUp(self):
        super().setUp()
        trusted = {"REQUESTS_CA_BUNDLE": str(self.certificate), "NO_PROXY": "localhost"}
        self.enterContext(patch.dict(os.environ, trusted))

    def _get_code(self, path, user="odoo", password="geheim"):
        with self.assertRaises(FeedLocationError) as refused:
            read_address(path, user, password)
        return refused.exception.code

    def test_a_file_comes_with_the_moment_it_was_made(self):
        found = read_address(f"{self.address}/people.csv", "odoo", "geheim")
        self.assertEqual(found, (CONTENT, datetime(2026, 11, 22, 6)))

    def test_what_is_no_file_is_refused(self):
        for code, path, user in (
            ("status", "/people.csv", None),
            ("status", "/other.csv", "odoo"),
            ("status", "/moved", "odoo"),
        ):
            with self.subTest(path):
                self.assertEqual(self._get_code(self.address + path, user), code)

    def test_only_https_is_spoken(self):
        for address in ("http://localhost/people.csv", "file:///etc/passwd", "ftp://localhost/a"):
            with self.subTest(address):
                self.assertEqual(self._get_code(address), "not_https")

    def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(self):
        with patch.dict(os.environ):
            del os.environ["REQUESTS_CA_BUNDLE"]
            self.assertEqual(self._get_code(f"{self.address}/people.csv"), "unreachable")

    def test_a_file_that_breaks_off_is_none(self):
        self.patch(self.server, "is_cut", True)
        self.assertEqual(self._get_code(f"{self.address}/people.csv"), "unreachable")

    def test_a_file_without_end_is_left(self):
        self.patch(feed_location, "MAX_BYTES", 10)
        self.assertEqual(self._get_code(f"{self.address}/people.csv"), "too_large")
        self.patch(feed_location, "MAX_BYTES", 1000)
        self.patch(feed_location, "MAX_SECONDS", -1)
        self.assertEqual(self._get_code(f"{self.address}/people.csv"), "slow")


@tagged("post_install", "-at_install")
class TestFeedFolder(TransactionCase):
    def setUp(self):
        super().setUp()
        self.top = Path(self.enterContext(TemporaryDirectory()))
        self.folder = self.top / "feeds"
        (self.folder / "erp").mkdir(parents=True)
        (self.top / "secret.csv").write_bytes(CONTENT)
        (self.folder / "erp" / "people.csv").write_bytes(CONTENT)
        (self.folder / "link.csv").symlink_to(self.top / "secret.csv")
        self._set_folder(self.folder)

    def _set_folder(self, folder):
        settings = self.top / "odoo.conf"
        settings.write_text(f"[options]\n[partner_access]\nfeed_folder = {folder}\n")
        self.patch(config, "options", {**config.options, "config": str(settings)})

    def _get_code(self, name):
        with self.assertRaises(FeedLocationError) as refused:
            read_folder_file(name)
        return refused.exception.code

    def test_a_file_comes_with_the_moment_of_its_last_change(self):
        content, made_on = read_folder_file("erp/people.csv")
        self.assertEqual(content, CONTENT)
        self.assertLess(abs(datetime.utcnow() - made_on), timedelta(minutes=5))

    def test_nothing_outside_of_the_folder_is_read(self):
        for code, name in (
            ("outside", "../secret.csv"),
            ("outside", str(self.top / "secret.csv")),
            ("outside", "link.csv"),
            ("no_file", "erp"),
            ("no_file", "missing.csv"),
            ("no_file", "a\x00b"),
        ):
            with self.subTest(name):
                self.assertEqual(self._get_code(name), code)

    def test_without_a_folder_in_the_settings_nothing_is_read(self):
        self._set_folder("")
        self.assertEqual(self._get_code("erp/people.csv"), "no_folder")

    def test_a_file_that_is_too_large_is_left(self):
        self.patch(feed_location, "MAX_BYTES", 10)
        self.assertEqual(self._get_code("erp/people.csv"), "too_large")
