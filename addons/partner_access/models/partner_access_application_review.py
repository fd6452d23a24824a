from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.mail import plaintext2html


class PartnerAccessApplicationReview(models.AbstractModel):
    """What staff does with an application: ask back, accept, refuse."""

    _name = "partner.access.application.review"
    _description = "Application: Review"

    def action_ask(self):
        """A dialog for a question to the applicant.

        :return: an action
        """
        return self._open_reply("ask", self.env._("Ask the applicant"))

    def action_refuse(self):
        """A dialog for the reason of a refusal.

        :return: an action
        """
        return self._open_reply("refuse", self.env._("Refuse the application"))

    def action_accept(self):
        """A dialog that asks which company the applicant becomes.

        :return: an action
        """
        self.ensure_one()
        return self._open_dialog("partner.access.accept", self.env._("Accept the application"))

    def action_print(self):
        """The signed document.

        :return: an action
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._ensure_signed_document().id}?download=true",
            "target": "self",
        }

    def _open_reply(self, kind, name):
        self.ensure_one()
        return self._open_dialog("partner.access.reply", name, default_kind=kind)

    def _open_dialog(self, model_name, name, **context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model_name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_application_id": self.id, **context},
        }

    # --- Ask back, refuse ------------------------------------------------------------------------

    def _ask(self, question):
        """Ask the applicant, who can then change and send the application again.

        :param str question: plain text, in the applicant's language
        :raise UserError: when it was decided meanwhile
        """
        self_sudo = self._take_for_review()
        self_sudo.message_post(
            body=plaintext2html(question),
            message_type="comment",
            subtype_xmlid="partner_access.mt_application_talk",
        )
        self_sudo.state = "asked"
        self_sudo.activity_feedback(["mail.mail_activity_data_todo"])
        self_sudo._tell_applicant("asked")

    def _refuse(self, reason):
        """Refuse the application; the applicant is told why.

        :param str reason: plain text, in the applicant's language
        :raise UserError: when it was decided meanwhile
        """
        self_sudo = self._take_for_review()
        self_sudo.refusal = reason
        self_sudo._close("refused")

    def _get_refusal_html(self):
        """The reason of a refusal as the mail shows it, line by line."""
        return plaintext2html(self.refusal or "")

    def _take_for_review(self):
        """Two clerks decide one after the other, and the second one sees what the first one did.

        :return: the application (sudo): what is decided stands in fields that nobody writes by hand
        """
        self.ensure_one()
        self.check_access("write")
        self._lock()
        if self.state not in ("submitted", "asked"):
            raise UserError(
                self.env._(
                    "This application is not to be decided (any more): %(state)s.",
                    state=self._get_state_name(),
                )
            )
        self_sudo = self.sudo()  # accepting also includes making the company and its access
        self_sudo.user_id = self.user_id or self.env.user
        return self_sudo

    def _get_state_name(self):
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _close(self, state):
        self.write({"state": state, "decided_on": fields.Datetime.now()})
        self.activity_feedback(["mail.mail_activity_data_todo"])
        self._tell_applicant(state)
        self.env["partner.access.log"]._log(
            "application",
            login=self.email,
            partner=self.partner_id,
            text=f"{self.number}: {self._get_state_name()}",
        )

    # --- Accept ----------------------------------------------------------------------------------

    def _accept(self, company=None, salesperson=None):
        """Make the applicant a customer: company, contact, access as administrator, and the mail
        with the link for a password; all of it or nothing.

        :param company: ``res.partner``: an existing company instead of a new one; it stays as it is
        :param salesperson: ``res.users`` who looks after a new company
        :return: the company
        :raise UserError: when it was decided meanwhile, or the address has access elsewhere
        """
        self_sudo = self._take_for_review()
        company_sudo = (company or self.env["res.partner"]).sudo()
        if not company_sudo:
            values = self_sudo._prepare_customer(salesperson)
            company_sudo = company_sudo.create(values)
        self_sudo._check_customer(company_sudo)
        entry_sudo = self_sudo._give_access(company_sudo)
        self_sudo.partner_id = company_sudo
        self_sudo._note_at_customer()
        self_sudo._close("accepted")
        entry_sudo.with_context(lang=self.lang).action_send_link()
        return company_sudo.with_env(self.env)

    def _prepare_customer(self, salesperson=None):
        names = ("company_registry", "street", "street2", "zip", "city", "phone", "website", "lang")
        return {
            **{name: self[name] for name in names},
            "name": self.company_name,
            "is_company": True,
            "vat": self._get_vat_number(),
            "country_id": self.country_id.id,
            "user_id": salesperson.id if salesperson else False,
        }

    def _check_customer(self, company):
        if not company.is_company or company.ref_company_ids:
            raise UserError(
                self.env._("%(company)s is no company of a customer.", company=company.display_name)
            )

    def _give_access(self, company):
        """The applicant's entry of the register; one that is there for this company is kept."""
        entries = self.env["partner.access.entry"]
        entry = entries.search([("email", "=", self.email)], limit=1)
        administrator = self.env.ref("partner_access.role_administrator")
        if not entry:
            self._ensure_contact(company)
            return entries.create(self._prepare_entry(company, administrator))
        if entry.partner_id != company:
            raise UserError(
                self.env._(
                    "%(email)s has access for %(company)s already. Choose that company, or ask the "
                    "applicant for another address.",
                    email=self.email,
                    company=entry.partner_id.display_name,
                )
            )
        entry.write({"role_ids": [Command.link(administrator.id)], "valid_until": False})
        return entry

    def _prepare_entry(self, company, role):
        return {
            "email": self.email,
            "name": self.contact_name,
            "partner_id": company.id,
            "company_id": self.company_id.id,
            "role_ids": [Command.set(role.ids)],
            "source": "application",
        }

    def _ensure_contact(self, company):
        contacts = self.env["res.partner"]
        domain = Domain("parent_id", "=", company.id) & Domain("email_normalized", "=", self.email)
        if not contacts.search_count(domain, limit=1):
            contacts.create(
                {
                    "parent_id": company.id,
                    "name": self.contact_name,
                    "email": self.email,
                    "function": self.contact_function,
                    "phone": self.contact_phone,
                    "lang": self.lang,
                }
            )

    def _note_at_customer(self):
        """Keep the signed document with the customer, after the application is deleted too."""
        document = self._ensure_signed_document()
        self.partner_id.message_post(
            body=self.env._(
                "Accepted from application %(number)s, signed by %(name)s on %(date)s.",
                number=self.number,
                name=self.signed_name,
                date=fields.Date.to_string(self.signed_on),
            ),
            attachment_ids=document.copy(
                {"res_model": "res.partner", "res_id": self.partner_id.id}
            ).ids,
        )
