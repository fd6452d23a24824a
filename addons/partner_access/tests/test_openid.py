import time
from unittest.mock import patch

from joserfc import jwt
from joserfc.jwk import RSAKey

from odoo.tests import BaseCase

from ..tools import openid

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "aaaaaaaa-2222-3333-4444-555555555555"
HOST = "https://login.microsoftonline.com"
ISSUER = f"{HOST}/{{tenantid}}/v2.0"
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{HOST}/organizations/oauth2/v2.0/authorize",
    "token_endpoint": f"{HOST}/organizations/oauth2/v2.0/token",
    "jwks_uri": f"{HOST}/organizations/discovery/v2.0/keys",
}


class TestOpenid(BaseCase):
    """Documents as Microsoft writes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = RSAKey.generate_key(2048, {"use": "sig"})
        cls.claims = {
            "iss": ISSUER.replace("{tenantid}", TENANT),
            "aud": "client",
            "sub": "x",
            "tid": TENANT,
            "nonce": "nonce",
            "iat": int(time.time()),
            "nbf": int(time.time()),
            "exp": int(time.time()) + 3600,
        }

    def _read(self, issuer_of_key=ISSUER, **claims):
        public = self.key.as_dict(private=False)
        public = {
            **public,
            "kid": "kid-1",
            "x5t": "kid-1",
            "x5c": ["MIIC"],
            "issuer": issuer_of_key,
        }
        keys = [
            {**public, "kid": "kid-2", "issuer": ISSUER},
            public,
            {"kty": "EC", "kid": "kid-3", "crv": "P-256"},
            {**public, "kid": "kid-4", "use": "enc"},
        ]
        header = {"alg": "RS256", "typ": "JWT", "kid": "kid-1", "x5t": "kid-1"}
        id_token = jwt.encode(header, {**self.claims, **claims}, self.key)
        with patch.object(openid, "_download", return_value={"keys": keys}) as download:
            openid._documents.clear()
            self.addCleanup(openid._documents.clear)
            claims = openid.read_id_token(id_token, METADATA, "client", "nonce")
        self.assertEqual(download.call_count, 1)
        return claims

    def test_a_token_of_microsoft_is_read(self):
        self.assertEqual(self._read()["tid"], TENANT)

    def test_a_key_signs_for_the_issuer_it_is_named_for(self):
        self.assertTrue(self._read(ISSUER.replace("{tenantid}", TENANT)))
        for issuer in (ISSUER.replace("{tenantid}", OTHER_TENANT), "https://elsewhere.example"):
            with self.subTest(issuer), self.assertRaises(openid.TokenRefused):
                self._read(issuer)

    def test_the_tenant_stands_in_the_issuer(self):
        for claims in ({"tid": OTHER_TENANT}, {"tid": None}, {"iss": ISSUER}):
            with self.subTest(claims), self.assertRaises(openid.TokenRefused):
                self._read(**claims)

    def test_what_is_no_token_is_refused(self):
        with patch.object(openid, "_download", return_value={"keys": []}):
            for text in ("", "x", "a.b", "a.b.c", "a.b.c.d.e", "é"):
                with self.subTest(text), self.assertRaises(openid.TokenRefused):
                    openid.read_id_token(text, METADATA, "client", "nonce")

    def test_only_https_is_asked_and_this_machine(self):
        for address, expected in (
            (f"{HOST}/x", True),
            ("http://localhost:80/x", True),
            ("http://127.0.0.1/x", True),
            ("http://login.example/x", False),
            ("http://localhost.example/x", False),
            ("https://", False),
            ("file:///etc/passwd", False),
            ("", False),
            (None, False),
        ):
            with self.subTest(address):
                self.assertEqual(openid.is_safe_address(address), expected)

    def test_a_provider_that_leads_elsewhere_without_https_is_refused(self):
        for name in openid.ENDPOINTS:
            bent = {**METADATA, name: "http://evil.example"}
            with (
                self.subTest(name),
                patch.object(openid, "fetch_document", return_value=bent),
                self.assertRaisesRegex(openid.ProviderUnreachable, name),
            ):
                openid.fetch_metadata(HOST)

    def test_documents_are_read_anew_every_hour(self):
        openid._documents.clear()
        self.addCleanup(openid._documents.clear)
        with patch.object(openid, "_download", return_value={}) as download:
            openid.fetch_document(HOST)
            openid.fetch_document(HOST)
            self.assertEqual(download.call_count, 1)
            openid.fetch_document(HOST, fresh=True)
            self.assertEqual(download.call_count, 2)
            openid._documents[HOST] = (time.time() - 3601, {})
            openid.fetch_document(HOST)
            self.assertEqual(download.call_count, 3)
