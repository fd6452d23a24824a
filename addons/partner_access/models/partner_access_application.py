import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools.addresses import read_email

_logger = logging.getLogger(__name__)

STATES = [
    ("draft", "Being filled in"),
    ("submitted", "To review"),
    ("asked", "Waiting for the applicant"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
]
# Written by what happens, never by hand.
PROTECTED_FIELDS = {
    *("number", "state", "lang", "company_id", "partner_id", "submitted_on", "decided_on"),
    *("conditions_id", "signed_text", "signed_name", "signature", "signed_on", "signed_address"),
    *("is_document_due", "signed_document_id", "refusal", "vies_state", "vies_name"),
}


class PartnerAccessApplication(models.Model):
    """A company that wants to become a customer: what it states, sends and signs.

    It is filled in by somebody without a user, who comes with a link; see
    ``partner.access.application.link``. What was decided is deleted after a set time; the signed
    document of who became a customer stays with the customer.
    """

    _name = "partner.access.application"
    _inherit = [
        "partner.access.application.form",
        "partner.access.application.check",
        "partner.access.application.review",
        "partner.access.retention",
        "mail.thread.main.attachment",
        "mail.activity.mixin",
    ]
    _description = "Application of a New Customer"
    _rec_name = "number"
    _order = "submitted_on desc, id desc"
    _check_company_auto = True
    _retention_kind = "applications"
    _retention_days = 180

    active = fields.Boolean(default=True)
    number = fields.Char(readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        "Our Company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        index=True,
        tracking=True,
        readonly=True,
        group_expand=True,
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(), "Language", readonly=True
    )
    email = fields.Char(
        "E-mail",
        required=True,
        index=True,
        tracking=True,
        help="The applicant's address: for the links, and for the first sign-in.",
    )

    # What the applicant states
    company_name = fields.Char("Company", tracking=True)
    vat = fields.Char("VAT Number", tracking=True)
    company_registry = fields.Char("Company Register Number", tracking=True)
    street = fields.Char("Street and Number")
    street2 = fields.Char("Address Line 2")
    zip = fields.Char("Postcode")
    city = fields.Char()
    country_id = fields.Many2one("res.country")
    phone = fields.Char("Company Phone")
    website = fields.Char()
    contact_name = fields.Char("Contact Person")
    contact_function = fields.Char("Job Title")
    contact_phone = fields.Char("Direct Phone")
    comment = fields.Text("Remarks")
    answer = fields.Text(readonly=True, help="Typed as an answer, not sent yet.")
    document_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        "Documents",
        domain=[
            ("res_model", "=", "partner.access.application"),
            ("portal_document_kind", "!=", False),
        ],
        readonly=True,
        bypass_search_access=True,
    )

    # What was signed
    conditions_id = fields.Many2one("partner.access.conditions", readonly=True, index=True)
    signed_text = fields.Html(
        "Accepted Conditions", readonly=True, help="As shown when they were accepted."
    )
    signed_name = fields.Char("Signed by", readonly=True)
    signature = fields.Image(readonly=True, max_width=1200, max_height=400)
    signed_on = fields.Datetime(readonly=True)
    signed_address = fields.Char(
        "Signed from", readonly=True, help="The network address it was signed from."
    )
    is_document_due = fields.Boolean(readonly=True, help="The signed document is not made yet.")
    signed_document_id = fields.Many2one("ir.attachment", readonly=True)

    # The review
    user_id = fields.Many2one("res.users", "Reviewed by", tracking=True, index="btree_not_null")
    submitted_on = fields.Datetime("Received", readonly=True, index="btree_not_null")
    decided_on = fields.Datetime(readonly=True)
    refusal = fields.Text("Reason of the Refusal", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, index="btree_not_null", check_company=True
    )

    _number_unique = models.Constraint("UNIQUE (number)", "This number is taken.")
    _to_review = models.Index("(company_id, state, submitted_on)")

    @api.depends("number", "company_name")
    def _compute_display_name(self):
        for application in self:
            names = (application.number, application.company_name or application.email)
            application.display_name = " · ".join(filter(None, names))

    @api.constrains("email")
    def _check_email(self):
        for application in self:
            if not read_email(application.email):
                raise UserError(
                    self.env._("%(email)s is not an e-mail address.", email=application.email)
                )

    @api.model_create_multi
    def create(self, vals_list):
        """As core; addresses are written in the one form."""
        return super().create([self._prepare_email(vals) for vals in vals_list])

    def write(self, vals):
        """As core; addresses are written in the one form.

        :raise UserError: when somebody writes by hand what was signed, found out or decided
        """
        if not self.env.su and PROTECTED_FIELDS & vals.keys():
            raise UserError(self.env._("What was signed or decided is not written by hand."))
        return super().write(self._prepare_email(vals))

    @api.model
    def _prepare_email(self, vals):
        if not vals.get("email"):
            return vals
        address = self.env["partner.access.entry"]._normalize_address(vals["email"])
        return dict(vals, email=address)

    # --- What happens by itself ------------------------------------------------------------------

    @api.model
    def _start(self, email, company_name, contact_name):
        """Begin an application, and mail its link.

        :param str email: address of the applicant
        :return: the token of its link
        :raise UserError: when the address is none
        """
        company = self.env.company
        application = self.create(
            {
                "email": email,
                "company_name": company_name,
                "contact_name": contact_name,
                "lang": self.env.lang,
                "company_id": company.id,
                "country_id": company.country_id.id,
            }
        )
        return application._tell_applicant("link")

    def _tell_applicant(self, occasion, **values):
        """Queue a mail to the applicant, with a link of its own.

        :param str occasion: link, received, asked, accepted or refused
        :param values: of the mail, beside those of the template
        :return: the token of the link
        """
        self.ensure_one()
        # sudo: the mail holds the link, on which nobody has a right
        self_sudo = self.sudo()
        token = self_sudo.env["partner.access.application.link"]._open(self_sudo)
        template_sudo = self_sudo.env.ref(f"partner_access.mail_template_application_{occasion}")
        mail_sudo = template_sudo.with_context(application_token=token)
        mail_sudo.send_mail(self.id, email_values=values)
        self_sudo.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return token

    def _get_url(self):
        """The address of the applicant's page, for the mail that is being written."""
        self.ensure_one()
        token = self.env.context.get("application_token", "")
        # The language that a server speaks by itself is left out when the page is opened.
        language = self.env["res.lang"]._get_data(code=self.lang).url_code
        return "/".join(filter(None, [self.get_base_url(), language, "apply", token]))

    @api.model
    def _cron_work(self):
        """Mail links that were asked for, make signed documents, ask VIES; one that fails is logged
        and does not stop the others."""
        links = self.env["partner.access.application.link"]
        wishes = links.search([("token_hash", "=", False), ("is_sent", "=", False)], limit=100)
        due = self.search([("is_document_due", "=", True)], limit=100)
        waiting = self.search(self._get_vies_domain(), limit=20)
        jobs = [(wish, "_send") for wish in wishes]
        jobs += [(application, "_make_signed_document") for application in due]
        jobs += [(application, "_check_vies") for application in waiting]
        self.env["ir.cron"]._commit_progress(remaining=len(jobs))
        for record, method in jobs:
            self._try(record, method)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _try(self, record, method):
        try:
            with self.env.cr.savepoint():
                getattr(record, method)()
        except Exception:
            _logger.exception("%s of %s failed", method, record)
            self.env.invalidate_all()

    # --- The signed document ---------------------------------------------------------------------

    def _make_signed_document(self):
        """Keep what was signed as PDF, and mail it to the applicant."""
        self.ensure_one()
        document = self._ensure_signed_document()
        self._tell_applicant("received", attachment_ids=document.ids)

    def _ensure_signed_document(self):
        """The PDF of what was signed last, made when it is not there yet.

        :return: ``ir.attachment``; empty when nothing was signed
        """
        self.ensure_one()
        if self.is_document_due or (self.signed_on and not self.signed_document_id):
            report = "partner_access.action_report_application"
            content, _type = self.env["ir.actions.report"]._render_qweb_pdf(report, self.ids)
            self.signed_document_id = self.env["ir.attachment"].create(
                {
                    "name": f"{self.number}-{fields.Date.to_string(self.signed_on)}.pdf",
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            self.is_document_due = False
        return self.signed_document_id

    def _get_signed_time(self):
        """When it was signed, by the clock of our company, with the time zone."""
        self.ensure_one()
        zone = self.company_id.partner_id.tz or "UTC"
        pattern = self.env._("d MMM y, HH:mm")
        return f"{format_datetime(self.env, self.signed_on, zone, pattern)} ({zone})"

    # --- Kept for a set time ---------------------------------------------------------------------

    @api.model
    def _get_retention_domain(self, limit):
        """What was decided so long ago, and what nobody goes on with."""
        days = self.env["partner.access.application.link"]._get_days()
        unused = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        decided = Domain("state", "in", ["accepted", "refused"]) & Domain("decided_on", "<", limit)
        return decided | (Domain("state", "=", "draft") & Domain("write_date", "<", unused))

    @api.model
    def _get_document_kinds(self):
        """Names of the kinds of documents, in the language of the page."""
        field = self.env["ir.attachment"]._fields["portal_document_kind"]
        return dict(field._description_selection(self.env))
