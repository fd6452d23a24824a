"""Who a Microsoft 365 account is, as its ID token says."""

import re
from typing import NamedTuple

from odoo.tools import email_normalize

PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class AccountRefused(Exception):
    """An account that never gets in; the text says why, for the log."""


class MicrosoftAccount(NamedTuple):
    """An account that the provider vouched for. Nothing that comes from outside can be one: it is
    made of a checked token only."""

    tenant: str
    object_id: str
    addresses: tuple  # verified ones, the best first
    signed_in_at: int  # seconds since 1970 (UTC) of the sign-in at Microsoft; 0: not said
    has_second_factor: bool


def read_tenants(text):
    """The ids of tenants in a text with commas or blanks between them.

    :return: valid ids in small letters, and what is none
    :rtype: tuple
    """
    words = re.split(r"[\s,;]+", (text or "").strip().lower())
    words = list(dict.fromkeys(filter(None, words)))
    valid = [word for word in words if GUID.fullmatch(word) and word != PERSONAL_TENANT]
    return valid, [word for word in words if word not in valid]


def read_account(claims):
    """The account that checked claims tell of.

    :param dict claims: of an ID token
    :return: :class:`MicrosoftAccount`
    :raise AccountRefused: for personal accounts and guests
    """
    tenant, object_id = (str(claims.get(name) or "").lower() for name in ("tid", "oid"))
    objection = get_objection(claims, tenant, object_id)
    if objection:
        raise AccountRefused(objection)
    return MicrosoftAccount(
        tenant=tenant,
        object_id=object_id,
        addresses=get_verified_addresses(claims),
        signed_in_at=int(claims.get("auth_time") or 0),
        has_second_factor="mfa" in (claims.get("amr") or []),
    )


def get_objection(claims, tenant, object_id):
    """Why an account never gets in; None where nothing speaks against it.

    :rtype: str | None
    """
    if not GUID.fullmatch(tenant) or not GUID.fullmatch(object_id):
        return "no tenant or object id"
    if tenant == PERSONAL_TENANT:
        return "personal account"
    return f"guest of tenant {tenant}" if is_guest(claims) else None


def is_guest(claims):
    """Whether another provider than the tenant itself vouches for the account."""
    provider = str(claims.get("idp") or "").lower()
    return (
        bool(provider and str(claims.get("tid")).lower() not in provider)
        or str(claims.get("acct") or 0) != "0"
        or "#ext#" in str(claims.get("preferred_username") or "").lower()
    )


def get_verified_addresses(claims):
    """The e-mail where Microsoft says that its domain is the tenant's own, and the sign-in name,
    whose domain always is. What a tenant's people may write themselves counts for nothing.

    :rtype: tuple
    """
    is_verified = str(claims.get("xms_edov") or "").lower() in ("1", "true")
    candidates = [claims.get("email") if is_verified else None, claims.get("preferred_username")]
    addresses = [email_normalize(address) for address in candidates if isinstance(address, str)]
    return tuple(dict.fromkeys(filter(None, addresses)))
