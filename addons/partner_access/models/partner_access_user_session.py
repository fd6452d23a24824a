from odoo import api, fields, models, tools
from odoo.http import root

DEFAULT_SHARED_MINUTES = 30


class PartnerAccessUserSession(models.AbstractModel):
    """Sessions of a user: shared computers, devices, the day on which access ends."""

    _name = "partner.access.user.session"
    _description = "User: Sessions"

    def _compute_session_token(self, sid):
        """As core; who has no access any more today has no session either.

        :return: as core; False for a user whose entry has ended
        """
        token = super()._compute_session_token(sid)
        return token and not self._has_ended() and token

    def _has_ended(self):
        """Whether the entry that lets a portal user in has ended."""
        return self._is_portal() and self._is_entry_ended(self.id, fields.Date.today())

    @api.model
    @tools.ormcache("uid", "day")
    def _is_entry_ended(self, uid, day):
        """Looked up once a day for each user, and again when an entry changes."""
        entry_sudo = self.sudo().browse(uid).access_entry_ids
        return bool(entry_sudo) and not entry_sudo._is_current()

    @api.model
    def _get_shared_minutes(self):
        """Minutes without use after which a shared computer is locked."""
        params_sudo = self.env["ir.config_parameter"].sudo()
        minutes = params_sudo.get_param("partner_access.shared_minutes") or ""
        return int(minutes) if minutes.isdigit() and int(minutes) else DEFAULT_SHARED_MINUTES

    def _get_devices(self):
        """Where a user is signed in, this browser first. Core lists browsers, too, in which the
        user signed out.

        :return: ``res.device`` (sudo)
        """
        self.ensure_one()
        # sudo: portal users have no right on devices; only the own ones are found
        devices_sudo = self.env["res.device"].sudo()
        devices_sudo = devices_sudo.search([("user_id", "=", self.id)], order="id desc")
        identifiers = devices_sudo.mapped("session_identifier")
        ended = root.session_store.get_missing_session_identifiers(identifiers)
        devices_sudo = devices_sudo.filtered(lambda own: own.session_identifier not in ended)
        return devices_sudo.sorted("is_current", reverse=True)
