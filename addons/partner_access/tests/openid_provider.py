"""A real OpenID provider on this machine, that stands for Microsoft."""

import threading
import time
import uuid
import warnings
from urllib.parse import parse_qs, urlsplit

import requests
import werkzeug.serving
from authlib.oauth2.rfc7636 import create_s256_code_challenge

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package uses what authlib will drop one day
    import flask
    import oidc_provider_mock
    from authlib.jose import OctKey, RSAKey, jwt

TENANT = "11111111-2222-3333-4444-555555555555"
CLIENT_ID = "99999999-2222-3333-4444-555555555555"
CLIENT_SECRET = "secret-of-the-application"


class QuietHandler(werkzeug.serving.WSGIRequestHandler):
    """Notes no requests in the log of the tests."""

    def log(self, type, message, *args):
        """Nothing."""


class OpenIdProvider:
    """Signs in whoever it is told to. What it puts into tokens can be bent for attacks.

    ``claims`` are put over those of the token (None drops one), ``header`` over its header, ``key``
    signs instead of the provider's own. ``requests`` keeps what came to the token endpoint.
    """

    def __init__(self):
        self.app = oidc_provider_mock.app()
        self.challenges = {}
        self.app.before_request(self._note_challenge)
        self.app.after_request(self._bend)
        self.reset()
        self.server = werkzeug.serving.make_server(
            "127.0.0.1", 0, self.app, threaded=True, request_handler=QuietHandler
        )
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def reset(self):
        """Forget what an attack bent."""
        self.claims, self.header, self.key, self.requests = {}, {}, None, []

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, address, name="mira", **claims):
        """Sign a person in who came to ``address``; where the browser is sent back to."""
        claims = {
            "tid": TENANT,
            "oid": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
            "preferred_username": f"{name}@velthuis.example",
            **claims,
        }
        requests.put(f"{self.url}/users/{name}", json=claims, timeout=10).raise_for_status()
        response = requests.post(address, data={"sub": name}, allow_redirects=False, timeout=10)
        return response.headers["Location"]

    def _note_challenge(self):
        """The provider of the package knows no PKCE; ours takes no code without it."""
        if flask.request.path == "/oauth2/token":
            self.requests.append(flask.request.form.to_dict())
            if flask.request.form.get("client_secret") != CLIENT_SECRET:
                return flask.jsonify(error="invalid_client"), 401
            challenge = self.challenges.get(flask.request.form.get("code"))
            verifier = flask.request.form.get("code_verifier") or ""
            if create_s256_code_challenge(verifier) != challenge:
                return flask.jsonify(error="invalid_grant"), 400
        return None

    def _bend(self, response):
        if flask.request.path == "/oauth2/authorize" and response.location:
            code = parse_qs(urlsplit(response.location).query).get("code", [None])[0]
            self.challenges[code] = flask.request.args.get("code_challenge")
        if flask.request.path == "/oauth2/token" and response.status_code == 200:
            tokens = response.get_json()
            tokens["id_token"] = self._sign(tokens["id_token"])
            response = flask.jsonify(tokens)
        return response

    def _sign(self, id_token):
        own_key = flask.g.oidc_provider_mock_storage.jwk
        claims = {**jwt.decode(id_token, own_key), "auth_time": int(time.time()), **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": own_key.thumbprint(), **self.header}
        return jwt.encode(header, claims, self.key or own_key).decode()

    @staticmethod
    def make_key(secret=None):
        """A key of somebody else; of the kind that both sides know, with ``secret``."""
        return OctKey.import_key(secret) if secret else RSAKey.generate_key(is_private=True)

    def rotate_key(self):
        """Sign with another key from now on, as Microsoft does every few weeks."""
        with self.app.test_request_context():
            self.app.preprocess_request()
            flask.g.oidc_provider_mock_storage.jwk = self.make_key()
