import logging
from datetime import timedelta

from stdnum.eu.vat import check_vies

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.vat_number import compact, read_vat

_logger = logging.getLogger(__name__)

VIES_TIMEOUT = 10  # seconds
VIES_PAUSE = timedelta(minutes=50)
VIES_PATIENCE = timedelta(days=2)


class PartnerAccessApplicationCheck(models.AbstractModel):
    """What is found out about a company that applies: its VAT number, and who has it already."""

    _name = "partner.access.application.check"
    _description = "Application: Checks"

    vies_state = fields.Selection(
        [
            ("none", "Not asked"),
            ("waiting", "Not reached yet"),
            ("valid", "Valid"),
            ("invalid", "Not valid"),
            ("unreachable", "Not reachable"),
        ],
        "VIES",
        default="none",
        required=True,
        readonly=True,
        help="What the European register of VAT numbers says.",
    )
    vies_name = fields.Char("Name in VIES", readonly=True)
    vies_checked_on = fields.Datetime("VIES Asked", readonly=True)
    duplicate_partner_ids = fields.Many2many(
        "res.partner", string="Companies with the Same Numbers", compute="_compute_duplicates"
    )
    duplicate_application_ids = fields.Many2many(
        "partner.access.application",
        string="Other Applications",
        compute="_compute_duplicates",
    )
    access_note = fields.Char(
        "Access of This Address",
        compute="_compute_duplicates",
        help="The address of the applicant can sign in for a customer already.",
    )
    is_duplicate = fields.Boolean(compute="_compute_duplicates")

    @api.depends("vat", "company_registry", "email")
    def _compute_duplicates(self):
        partners, applications, accesses = self._find_duplicates()
        for application in self:
            keys = application._get_duplicate_keys()
            # What an accepted application became is no duplicate of it.
            own = application.partner_id.ids
            application.duplicate_partner_ids = [
                partner_id
                for key in keys
                for partner_id in partners.get(key, ())
                if partner_id not in own
            ]
            others = {other for key in keys for other in applications.get(key, ())}
            application.duplicate_application_ids = sorted(others - set(application.ids))
            application.access_note = not own and accesses.get(application.email)
            application.is_duplicate = bool(
                application.duplicate_partner_ids
                or application.duplicate_application_ids
                or application.access_note
            )

    # --- VAT number ------------------------------------------------------------------------------

    def _get_vat_error(self):
        """What is wrong with the VAT number; empty when nothing is."""
        self.ensure_one()
        if not self.vat:
            return ""
        try:
            read_vat(self.vat, self.country_id.code or "")
        except ValueError:
            return self.env._(
                "This is not a VAT number: its length or its check digits are not right."
            )
        return ""

    def _get_vat_number(self):
        """The VAT number in its short form; as typed when it is none."""
        self.ensure_one()
        try:
            return read_vat(self.vat, self.country_id.code or "")[0]
        except ValueError:
            return self.vat

    def _get_first_vies_state(self):
        try:
            _number, is_european = read_vat(self.vat, self.country_id.code or "")
        except ValueError:
            is_european = False
        return "waiting" if is_european and self.company_id.portal_asks_vies else "none"

    @api.model
    def _get_vies_domain(self):
        """Applications that VIES is to be asked about now."""
        asked = Domain("vies_checked_on", ">", fields.Datetime.now() - VIES_PAUSE)
        return Domain("vies_state", "=", "waiting") & ~asked

    def _check_vies(self):
        """Ask VIES about the VAT number; tried again each hour for two days when out of reach."""
        self.ensure_one()
        values = {"vies_checked_on": fields.Datetime.now()}
        try:
            answer = self._ask_vies(self._get_vat_number())
        except Exception as error:
            _logger.info("VIES does not answer about %s: %s", self.number, error)
            if self.submitted_on < fields.Datetime.now() - VIES_PATIENCE:
                values["vies_state"] = "unreachable"
        else:
            values["vies_state"] = "valid" if answer["valid"] else "invalid"
            values["vies_name"] = answer["name"]
        self.write(values)

    @api.model
    def _ask_vies(self, number):
        answer = check_vies(number, timeout=VIES_TIMEOUT)
        return {"valid": answer["valid"], "name": answer["name"]}

    def action_check_vies(self):
        """Have VIES asked again, in the background."""
        self.check_access("write")
        # sudo: what VIES says is not written by hand
        sent_sudo = self.sudo().filtered("submitted_on")
        sent_sudo.write({"vies_state": "waiting", "vies_checked_on": False})
        self.env.ref("partner_access.ir_cron_applications").sudo()._trigger()

    # --- Duplicates ------------------------------------------------------------------------------

    def _get_duplicate_keys(self):
        """What two records of the same company have alike."""
        self.ensure_one()
        vat, registry = compact(self._get_vat_number()), compact(self.company_registry)
        return [key for key in (("vat", vat), ("registry", registry)) if key[1]]

    def _find_duplicates(self):
        """Who has these numbers and addresses, for all applications at once.

        :return: ids of companies by key, of applications by key, names of companies by address
        """
        keys = {key for application in self for key in application._get_duplicate_keys()}
        addresses = self.mapped("email")
        applications = {}
        for row in self.search([("state", "in", ["submitted", "asked", "refused"])]):
            for key in row._get_duplicate_keys():
                applications.setdefault(key, []).append(row.id)
        # sudo: who reviews applications may not read the register
        entries_sudo = self.env["partner.access.entry"].sudo()
        entries_sudo = entries_sudo.search([("email", "in", addresses)])
        by_address = {entry.email: entry.partner_id.display_name for entry in entries_sudo}
        return self._find_partners(keys), applications, by_address

    def _find_partners(self, keys):
        """Companies by their numbers, however these are written there."""
        found = {}
        names = ["active", "company_registry", "parent_id", "vat"]
        self.env["res.partner"].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, number, kind
                  FROM (
                        SELECT id, 'vat' AS kind,
                               upper(regexp_replace(vat, '[^[:alnum:]]', '', 'g')) AS number
                          FROM res_partner
                         WHERE active AND parent_id IS NULL AND vat IS NOT NULL
                         UNION ALL
                        SELECT id, 'registry',
                               upper(regexp_replace(company_registry, '[^[:alnum:]]', '', 'g'))
                          FROM res_partner
                         WHERE active AND parent_id IS NULL AND company_registry IS NOT NULL
                       ) numbers
                 WHERE number = ANY(%s)
                """,
                [number for _kind, number in keys],
            )
        )
        readable = self.env["res.partner"].search([("id", "in", [row[0] for row in rows])])
        for partner_id, number, kind in rows:
            if partner_id in readable._ids and (kind, number) in keys:
                found.setdefault((kind, number), []).append(partner_id)
        return found
