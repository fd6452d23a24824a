"""OpenID Connect as the side that asks: documents of the provider, codes, ID tokens."""

import time
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

SCOPE = "openid profile email"
# The one algorithm that Microsoft signs with; what a token says of itself is not asked.
ALGORITHMS = ["RS256"]
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
DOCUMENT_SECONDS = 3600
TIMEOUT = 10
CLOCK_SECONDS = 60  # by which two clocks may differ
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")

_documents = {}


class ProviderUnreachable(Exception):
    """The provider does not answer, or not as it should."""


class TokenRefused(Exception):
    """What the provider sent proves nothing."""


def is_safe_address(address):
    """Whether an address of the provider may be used: https, or this machine for tests.

    :param str address: a URL
    """
    parts = urlsplit(address or "")
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL_HOSTS)
    )


def fetch_document(address, fresh=False):
    """A public document of the provider, kept for an hour in each process.

    :param str address: where it stands
    :param bool fresh: ask for it although it is known
    :rtype: dict
    :raise ProviderUnreachable: when there is none
    """
    fetched_at, document = _documents.get(address, (0, None))
    if fresh or document is None or time.time() - fetched_at > DOCUMENT_SECONDS:
        document = _download(address)
        _documents[address] = (time.time(), document)
    return document


def _download(address):
    if not is_safe_address(address):
        raise ProviderUnreachable(f"{address} is not an https address")
    try:
        response = requests.get(address, timeout=TIMEOUT)
        response.raise_for_status()
        document = response.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderUnreachable(str(error)) from error
    if not isinstance(document, dict):
        raise ProviderUnreachable(f"{address} is not a document of an OpenID provider")
    return document


def fetch_metadata(authority):
    """What the provider says of itself: issuer and addresses.

    :param str authority: its address
    :raise ProviderUnreachable: when there is none, or something is missing
    """
    metadata = fetch_document(authority.rstrip("/") + "/.well-known/openid-configuration")
    unsafe = [name for name in ENDPOINTS if not is_safe_address(metadata.get(name))]
    if unsafe or not metadata.get("issuer"):
        raise ProviderUnreachable(f"{authority} names no {', '.join(unsafe) or 'issuer'}")
    return metadata


def make_client(client_id, client_secret, redirect_uri):
    """The client of authlib, with PKCE.

    :return: ``OAuth2Session``
    """
    return OAuth2Session(
        client_id,
        client_secret,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",
        default_timeout=TIMEOUT,
    )


def redeem_code(client, metadata, code, verifier):
    """Exchange the code of the browser for tokens, on our own line to the provider.

    :param str verifier: of PKCE, which only the session knows
    :return: what the provider sent, with ``id_token``
    :rtype: dict
    :raise TokenRefused: when the provider does not take the code
    :raise ProviderUnreachable: when it does not answer, or does not know us (any more)
    """
    try:
        answer = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
    except AuthlibBaseError as error:
        is_ours = error.error in ("invalid_client", "unauthorized_client")
        raise (ProviderUnreachable if is_ours else TokenRefused)(str(error)) from error
    except (requests.RequestException, ValueError) as error:
        raise ProviderUnreachable(str(error)) from error
    if not isinstance(answer.get("id_token"), str):
        raise TokenRefused(f"no ID token among {', '.join(answer)}")
    return answer


def read_id_token(id_token, metadata, client_id, nonce):
    """The claims of an ID token that was signed by the provider, for us, just now, and for the
    request with this nonce.

    :param str id_token: as it came
    :param dict metadata: of the provider
    :rtype: dict
    :raise TokenRefused: saying what is wrong
    """
    try:
        token, keys = _decode(id_token, metadata)
        issuer = metadata["issuer"].replace("{tenantid}", str(token.claims.get("tid")))
        options = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
        }
        params = {"nonce": nonce, "client_id": client_id}
        claims = CodeIDToken(token.claims, token.header, options, params)
        claims.validate(leeway=CLOCK_SECONDS)
        _check_issuer_of_key(token, keys, issuer)
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise TokenRefused(f"{type(error).__name__}: {error}") from error
    return dict(claims)


def _decode(id_token, metadata):
    """The token, its signature checked; a key that is not known yet is asked for once."""
    keys = _fetch_keys(metadata)
    try:
        return _check_signature(id_token, keys), keys
    except InvalidKeyIdError:
        keys = _fetch_keys(metadata, fresh=True)
        return _check_signature(id_token, keys), keys


def _fetch_keys(metadata, fresh=False):
    keys = fetch_document(metadata["jwks_uri"], fresh).get("keys")
    if not isinstance(keys, list):
        raise ProviderUnreachable(f"{metadata['jwks_uri']} shows no keys")
    return [key for key in keys if key.get("kty") == "RSA" and key.get("use", "sig") == "sig"]


def _check_signature(id_token, keys):
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    return jwt.decode(id_token, KeySet.import_key_set({"keys": keys}), registry=registry)


def _check_issuer_of_key(token, keys, issuer):
    """Microsoft has keys that sign for some issuers only, and names them at the key."""
    for key in keys:
        named = key.get("issuer")
        if named and key.get("kid") == token.header.get("kid"):
            expected = named.replace("{tenantid}", str(token.claims.get("tid")))
            if expected != issuer:
                raise ValueError(f"signed with a key of {expected}, which is another issuer")
