import time

from authlib.common.security import generate_token

from odoo import api, models

from ..tools import openid
from ..tools.microsoft_account import read_account, read_tenants

# Leaves personal accounts outside already at Microsoft.
DEFAULT_AUTHORITY = "https://login.microsoftonline.com/organizations/v2.0"
PREFIX = "partner_access.microsoft_"
SECRET = "microsoft"
ATTEMPT_SECONDS = 600
MAX_ATTEMPTS = 5  # of one browser at the same time


class PartnerAccessMicrosoft(models.AbstractModel):
    """What is asked of Microsoft 365, and what of its answer counts.

    An attempt to sign in is a dictionary that stands in the session of the browser, under a state
    that nobody can guess, until the answer comes.
    """

    _name = "partner.access.microsoft"
    _description = "Microsoft 365"

    @api.model
    def _get_param(self, name):
        # sudo: who comes in is not signed in
        return self.env["ir.config_parameter"].sudo().get_param(PREFIX + name) or ""

    @api.model
    def _is_on(self):
        """Whether the sign-in with Microsoft 365 is offered."""
        return self._get_param("enabled") == "True" and bool(self._get_param("client_id"))

    @api.model
    def _get_authority(self):
        return self._get_param("authority") or DEFAULT_AUTHORITY

    @api.model
    def _get_staff_tenants(self):
        valid, _wrong = read_tenants(self._get_param("staff_tenants"))
        return valid

    @api.model
    def _prepare_attempt(self, redirect_uri, prompt, **facts):
        """What the session keeps of an attempt until the answer comes.

        :param str redirect_uri: where the answer is to come to
        :param str prompt: select_account, or login to have the password asked anew
        :param facts: what the answer is for
        :rtype: dict
        """
        return {
            **facts,
            "redirect_uri": redirect_uri,
            "prompt": prompt,
            "nonce": generate_token(),
            "verifier": generate_token(64),
            "started_at": int(time.time()),
        }

    @api.model
    def _get_address(self, state, attempt, login=None):
        """The page of Microsoft that an attempt leads to.

        :param str login: address that is offered there
        :raise ProviderUnreachable: when Microsoft does not say where that is
        """
        metadata = openid.fetch_metadata(self._get_authority())
        hints = {"login_hint": login} if login else {}
        if attempt["prompt"] == "login":
            hints["max_age"] = 0
        address, _state = self._make_client(attempt).create_authorization_url(
            metadata["authorization_endpoint"],
            state=state,
            code_verifier=attempt["verifier"],
            nonce=attempt["nonce"],
            prompt=attempt["prompt"],
            response_mode="query",
            **hints,
        )
        return address

    @api.model
    def _redeem(self, attempt, code):
        """The account behind the answer to an attempt.

        :param str code: as it came
        :return: ``MicrosoftAccount``
        :raise AccountRefused: for an account that never gets in
        :raise TokenRefused: when the answer proves nothing, or comes too late
        :raise ProviderUnreachable: when Microsoft does not answer
        """
        seconds = time.time() - attempt["started_at"]
        if seconds > ATTEMPT_SECONDS:
            raise openid.TokenRefused(f"the answer came after {seconds:.0f} s")
        metadata = openid.fetch_metadata(self._get_authority())
        client = self._make_client(attempt)
        answer = openid.redeem_code(client, metadata, code, attempt["verifier"])
        claims = openid.read_id_token(
            answer["id_token"], metadata, client.client_id, attempt["nonce"]
        )
        return read_account(claims)

    @api.model
    def _make_client(self, attempt):
        return openid.make_client(
            self._get_param("client_id"),
            self.env["partner.access.secret"]._get_secret(SECRET),
            attempt["redirect_uri"],
        )
