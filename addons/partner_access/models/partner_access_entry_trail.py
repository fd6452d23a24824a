from odoo import api, models
from odoo.tools import format_date

WATCHED_FIELDS = {"active", "partner_id", "role_ids", "scope", "valid_until"}
ADMINISTRATOR = "administrator"


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
        texts, reach = self._get_access_texts(), self._get_link_reach()
        result = super().write(vals)
        self._log_changes(texts)
        self._rotate_lost_links(reach)
        # Until the commit others may have read, and kept, what was before.
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        return result

    @api.model
    def _prepare_ended_by(self, vals):
        if "active" not in vals:
            return vals
        ended_by = not vals["active"] and self.env.context.get("partner_access_source", "staff")
        return {"is_elsewhere": False, **vals, "ended_by": ended_by}

    # --- The log ---------------------------------------------------------------------------------

    def _log_given(self):
        texts = self._get_access_texts()
        self._create_log_rows("access_given", {entry: texts[entry]["role_ids"] for entry in self})

    def _log_changes(self, before):
        """Note what differs from what was before, as texts of ``_get_access_texts``."""
        after = self._get_access_texts()
        had, has = ({e for e in self if texts[e]["active"]} for texts in (before, after))
        taken = self.filtered(lambda entry: entry in had - has)
        given = self.filtered(lambda entry: entry in has - had)
        changed = {
            entry: self._get_change_text(before[entry], after[entry])
            for entry in self - taken - given
            if before[entry] != after[entry]
        }
        given._log_given()
        self._create_log_rows("access_taken", dict.fromkeys(taken))
        self._create_log_rows("access_changed", changed)

    def _get_change_text(self, before, after):
        return "; ".join(
            f"{label}: {before[name] or '-'} → {after[name] or '-'}"
            for name, label in self._get_labels().items()
            if before[name] != after[name]
        )

    @api.model
    def _create_log_rows(self, kind, texts):
        log = self.env["partner.access.log"]
        rows = [
            log._prepare_row(kind, entry.user_id, entry.email, entry.partner_id, text)
            for entry, text in texts.items()
        ]
        log.sudo().create(rows)  # sudo: nobody writes into the log himself

    def _get_access_texts(self):
        """What the log says of each entry, in the language of our company."""
        return {entry: entry._with_staff_language()._get_access_text() for entry in self}

    def _with_staff_language(self):
        return self.with_context(lang=self.company_id.sudo().partner_id.lang)

    def _get_access_text(self):
        self.ensure_one()
        scopes = dict(self._fields["scope"]._description_selection(self.env))
        return {
            # Who reads the log is not told of access elsewhere either.
            "active": self.active or self.is_elsewhere,
            "role_ids": ", ".join(self.role_ids.mapped("name")),
            "partner_id": self.partner_id.sudo().name,
            "scope": scopes.get(self.scope, ""),
            "valid_until": self.valid_until and format_date(self.env, self.valid_until),
        }

    def _get_labels(self):
        env = self[:1]._with_staff_language().env
        return {
            "role_ids": env._("Roles"),
            "partner_id": env._("Company or branch"),
            "scope": env._("Sees"),
            "valid_until": env._("Valid until"),
        }

    # --- Shared links ----------------------------------------------------------------------------

    def _get_link_reach(self):
        """How far the person of each entry could see: codes of roles, scope, ids of partners."""
        return {entry: entry._get_reach() for entry in self if entry.active and entry.user_id}

    def _get_reach(self):
        codes = set(self.role_ids.mapped("code"))
        if ADMINISTRATOR in codes:
            codes = set(self.role_ids.search([("code", "!=", False)]).mapped("code"))
        scope = self.scope or self.partner_id._get_portal_scope()
        top = self.partner_id._get_top_company() if scope == "company" else self.partner_id
        return codes, scope, set(top._get_ids_below())

    def _rotate_lost_links(self, before):
        lost = set()
        for entry, (codes, scope, partner_ids) in before.items():
            new_codes, new_scope, new_partner_ids = entry._get_reach()
            sees_less = codes - new_codes or (scope != new_scope == "own")
            lost |= partner_ids if sees_less or not entry.active else partner_ids - new_partner_ids
        self.env["partner.access.shared.link"]._rotate(lost)
