from odoo import api, fields, models

from .partner_access_role import ADMINISTRATOR

LOGGED_FIELDS = ["role_ids", "partner_id", "scope", "valid_until"]
WATCHED_FIELDS = {"active", *LOGGED_FIELDS}


class PartnerAccessEntryTrail(models.AbstractModel):
    """What follows when an entry of the register changes: the log tells it, and links to documents
    that the person can no longer see lead nowhere.
    """

    _name = "partner.access.entry.trail"
    _description = "Portal Access: Trail"

    @api.model_create_multi
    def create(self, vals_list):
        """As core; the log tells who was given access."""
        entries = super().create(vals_list)
        entries.filtered(lambda entry: entry.active or entry.is_elsewhere)._log_given()
        return entries

    def write(self, vals):
        """As core; who takes access away is kept, and the log tells what changed."""
        if not WATCHED_FIELDS & vals.keys():
            return super().write(vals)
        vals = self._prepare_ended_by(vals)
        facts, reach = {entry: entry._get_facts() for entry in self}, self._get_link_reach()
        result = super().write(vals)
        self._log_changes(facts)
        self._rotate_lost_links(reach)
        # Until the commit others may have read, and kept, what was before.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_log_taken(self):
        self._create_log_rows("access_taken", {entry: {} for entry in self if entry.active})

    @api.model
    def _prepare_ended_by(self, vals):
        if "active" not in vals:
            return vals
        ended_by = not vals["active"] and self.env.context.get("partner_access_source", "staff")
        return {"is_elsewhere": False, **vals, "ended_by": ended_by}

    def _can_be_given_back(self):
        """Whether the customer may give the access back: it was not us who took it away."""
        self.ensure_one()
        return self.ended_by in ("customer", "feed")

    # --- The log ---------------------------------------------------------------------------------

    def _log_given(self):
        self._create_log_rows("access_given", {entry: entry._get_given() for entry in self})

    def _get_given(self):
        return {"role_ids": [self._get_facts()["role_ids"]]}

    def _log_changes(self, before):
        """Note what differs from what was before. Who comes from another customer left that one;
        neither of the two reads of the other.

        :param dict before: ``{entry: facts}``, of ``_get_facts``
        """
        left, given, changed = {}, {}, {}
        for entry in self:
            old, new = before[entry], entry._get_facts()
            had, has = old["active"], new["active"]
            is_moved = had and has and entry._is_from_elsewhere(old["partner"])
            if had and (is_moved or not has):
                left[entry] = {}
            if has and (is_moved or not had):
                given[entry] = entry._get_given()
            elif (change := self._get_change(old, new)) and had == has:
                changed[entry] = change
        partners = {entry: before[entry]["partner"] for entry in left}
        self._create_log_rows("access_taken", left, partners)
        self._create_log_rows("access_given", given)
        self._create_log_rows("access_changed", changed)

    def _is_from_elsewhere(self, partner):
        return (
            partner != self.partner_id
            and partner._get_top_company() != self.partner_id._get_top_company()
        )

    @api.model
    def _get_change(self, old, new):
        return {name: [old[name], new[name]] for name in LOGGED_FIELDS if old[name] != new[name]}

    @api.model
    def _create_log_rows(self, kind, changes, partners=None):
        log_sudo = self.env["partner.access.log"].sudo()  # nobody writes into the log himself
        names = {}
        rows = []
        for entry, change in changes.items():
            lang = entry.company_id.sudo().partner_id.lang
            log_sudo = log_sudo.with_context(lang=lang)
            if lang not in names:
                names[lang] = log_sudo._get_value_names()
            text = log_sudo._write_change(change, names[lang])
            partner = (partners or {}).get(entry, entry.partner_id)
            values = (kind, entry.user_id, entry.email, partner, text, change)
            rows.append(log_sudo._prepare_row(*values))
        log_sudo.create(rows)

    def _get_facts(self):
        """What the log compares, as it is kept there."""
        self.ensure_one()
        return {
            # Who reads the log is not told of access elsewhere either.
            "active": self.active or self.is_elsewhere,
            "partner": self.partner_id,
            "role_ids": sorted(self.role_ids.mapped("code")),
            "partner_id": self.partner_id.sudo().name,
            "scope": self.scope or False,
            "valid_until": fields.Date.to_string(self.valid_until) or False,
        }

    # --- Shared links ----------------------------------------------------------------------------

    def _get_link_reach(self):
        """How far the person of each entry could see: codes of roles, scope, ids of partners."""
        return {entry: entry._get_reach() for entry in self if entry.active and entry.user_id}

    def _get_reach(self):
        codes = set(self.role_ids.mapped("code"))
        scope = self.scope or self.partner_id._get_portal_scope()
        top = self.partner_id._get_top_company() if scope == "company" else self.partner_id
        return codes, scope, set(top._get_ids_below())

    def _rotate_lost_links(self, before):
        lost = set()
        for entry, (codes, scope, partner_ids) in before.items():
            new_codes, new_scope, new_partner_ids = entry._get_reach()
            has_less = ADMINISTRATOR not in new_codes and codes - new_codes
            sees_less = has_less or scope != new_scope == "own"
            lost |= partner_ids if sees_less or not entry.active else partner_ids - new_partner_ids
        self.env["partner.access.shared.link"]._rotate(lost)
