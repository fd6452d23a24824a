import base64
import binascii

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formataddr, is_html_empty
from odoo.tools.mail import plaintext2html

from ..tools.addresses import read_email

TEXT_LIMIT = 200
LONG_TEXT_LIMIT = 5000
SIGNATURE_LIMIT = 300 * 1024
SIGNATURE_START = "data:image/png;base64,"
FILES_PER_KIND = 3
# Texts name it as well: look for "60 MB".
TOTAL_LIMIT = 60 * 1024 * 1024
# What the applicant types, in the order of the page.
REQUIRED_FIELDS = (
    *("company_name", "vat", "company_registry", "street", "zip", "city", "country_id"),
    *("contact_name", "contact_phone"),
)
OPTIONAL_FIELDS = ("street2", "phone", "website", "contact_function", "comment", "answer")
LONG_FIELDS = ("comment", "answer")
REQUIRED_KINDS = ("vat_statement", "register_extract", "letterhead")


class PartnerAccessApplicationForm(models.AbstractModel):
    """What the applicant types, adds and signs."""

    _name = "partner.access.application.form"
    _description = "Application: Form"

    def _is_editable(self):
        """Whether the applicant can change and send the application now."""
        self.ensure_one()
        return self.state in ("draft", "asked")

    # --- Answers ---------------------------------------------------------------------------------

    def _save_answers(self, answers):
        """Keep what is typed so far, complete or not; what nobody asked for is ignored.

        :param dict answers: by field; the country as id
        """
        self.ensure_one()
        values = self._clean_answers(answers)
        changed = {name: value for name, value in values.items() if self._is_other(name, value)}
        if changed and self._is_editable():
            self.write(changed)

    @api.model
    def _clean_answers(self, answers):
        texts = {
            name: self._clean_text(answers[name], is_long=name in LONG_FIELDS)
            for name in (*REQUIRED_FIELDS, *OPTIONAL_FIELDS)
            if name in answers
        }
        if "country_id" in texts:
            number = texts["country_id"]
            countries = self.env["res.country"]
            if number.isascii() and number.isdigit() and len(number) < 10:
                countries = countries.browse(int(number)).exists()
            texts["country_id"] = countries.id
        return texts

    @api.model
    def _clean_text(self, value, is_long=False):
        """What can be printed; on one line but for long texts."""
        text = str(value or "")
        if not is_long:
            text = " ".join(text.split())
        text = "".join(char for char in text if char.isprintable() or char == "\n")
        return text.strip()[: LONG_TEXT_LIMIT if is_long else TEXT_LIMIT]

    def _is_other(self, name, value):
        known = self[name].id if name == "country_id" else self[name]
        return (known or "") != (value or "")

    def _get_errors(self):
        """What is missing or wrong before the application can be sent.

        :return: ``{name: text}``, in the order of the page; documents as ``document_<kind>``
        :rtype: dict
        """
        self.ensure_one()
        missing = self.env._("This is needed.")
        errors = {name: missing for name in REQUIRED_FIELDS if not self[name]}
        vat_error = self._get_vat_error()
        if vat_error:
            errors["vat"] = vat_error
        if self.state == "asked" and not self.answer:
            errors["answer"] = self.env._("Please answer the question; a short word is enough.")
        names = self._get_document_kinds()
        kinds = set(self.document_ids.mapped("portal_document_kind"))
        for kind in REQUIRED_KINDS:
            if kind not in kinds:
                errors[f"document_{kind}"] = self.env._(
                    "This document is missing: %(document)s.", document=names[kind]
                )
        return errors

    # --- Documents -------------------------------------------------------------------------------

    def _add_document(self, name, content, kind):
        """Keep a document that the applicant adds.

        :param str name: file name as the browser gave it
        :param bytes content: of the file
        :param str kind: vat_statement, register_extract, letterhead or other
        :return: the ``ir.attachment``
        :raise UserError: with what is wrong with the file, or which limit is reached
        """
        self.ensure_one()
        self._check_editable()
        values = self.env["portal.file.check"]._prepare_attachment_values(name, content)
        self._lock()
        kind = kind if kind in self._get_document_kinds() else "other"
        self._check_room(values["name"], len(values["raw"]), kind)
        place = {"res_model": self._name, "res_id": self.id, "portal_document_kind": kind}
        return self.env["ir.attachment"].create({**values, **place})

    def _check_room(self, name, size, kind):
        same = self.document_ids.filtered(lambda file: file.portal_document_kind == kind)
        if len(same) >= FILES_PER_KIND:
            raise UserError(
                self.env._(
                    "%(name)s was not added: at most %(limit)s files per document. Remove one "
                    "first.",
                    name=name,
                    limit=FILES_PER_KIND,
                )
            )
        if sum(self.document_ids.mapped("file_size")) + size > TOTAL_LIMIT:
            raise UserError(
                self.env._("%(name)s was not added: at most 60 MB in all documents.", name=name)
            )

    def _remove_document(self, document_id):
        """Remove a document of this application that was not sent yet; others are not found.

        :param int document_id: id of the ``ir.attachment``
        """
        self._check_editable()
        self._lock()
        self.document_ids.filtered(
            lambda file: file.id == document_id and self._is_removable(file)
        ).unlink()

    def _is_removable(self, document):
        """Whether the applicant may take a document back: not one that staff has already seen."""
        return not self.submitted_on or document.create_date > self.submitted_on

    def _check_editable(self):
        if not self._is_editable():
            raise UserError(
                self.env._("This application was sent already; nothing can be changed now.")
            )

    def _lock(self):
        """One after the other: who comes second is run again and sees what the first one did."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = now() AT TIME ZONE 'UTC' WHERE id = %s",
                SQL.identifier(self._table),
                self.id,
            )
        )
        self.invalidate_recordset()

    # --- Conditions, signature, sending ----------------------------------------------------------

    def _get_conditions(self):
        """The conditions (sudo) that are accepted when this application is sent now."""
        return self.env["partner.access.conditions"].with_company(self.company_id)._get_current()

    def _get_signing_errors(self, name, accepted_id, signature):
        """What is wrong with the signature; by name of the field, as of ``_get_errors``."""
        errors, conditions = {}, self._get_conditions()
        if not conditions:
            errors["accepted"] = self.env._("We take no applications at present.")
        elif accepted_id != str(conditions.id):
            errors["accepted"] = self.env._("Please read and accept the conditions.")
        if len(self._clean_text(name)) < 3:
            errors["signed_name"] = self.env._("Please sign with your first and last name.")
        if signature and not self._read_signature(signature):
            errors["signature"] = self.env._("The signature could not be read. Please sign again.")
        return errors

    @api.model
    def _read_signature(self, data):
        """A drawn signature as base64; empty when it is no small picture."""
        encoded = data.removeprefix(SIGNATURE_START)
        if encoded == data or len(encoded) > SIGNATURE_LIMIT:
            return b""
        try:
            content = base64.b64decode(encoded, validate=True)
            check = self.env["portal.file.check"]
            values = check._prepare_attachment_values("signature.png", content)
        except (binascii.Error, ValueError, UserError):
            return b""
        return base64.b64encode(values["raw"])

    def _submit(self, signed_name, accepted_id, signature="", network_address=None):
        """Send the application, signed, to be reviewed.

        :param str signed_name: as typed below the conditions
        :param str accepted_id: id of the conditions that the page showed
        :param str signature: drawn, as data URL of a PNG picture; may be empty
        :param str network_address: it is signed from
        :return: ``{name: text}`` of what must be mended first; empty when it is sent
        """
        self.ensure_one()
        self._lock()
        self._check_editable()
        errors = {
            **self._get_errors(),
            **self._get_signing_errors(signed_name, accepted_id, signature),
        }
        if not errors:
            self._post_answer()
            self.write(self._prepare_submission(signed_name, signature, network_address))
            self._ask_for_review()
        return errors

    def _prepare_submission(self, signed_name, signature, network_address):
        conditions = self._get_conditions()
        number = self.number or self.env["ir.sequence"].next_by_code("partner.access.application")
        return {
            "number": number,
            "state": "submitted",
            "submitted_on": fields.Datetime.now(),
            "answer": False,
            "conditions_id": conditions.id,
            "signed_text": conditions.text,
            "signed_name": self._clean_text(signed_name),
            "signature": self._read_signature(signature) or False,
            "signed_on": fields.Datetime.now(),
            "signed_address": network_address,
            "is_document_due": True,
            "vies_state": self._get_first_vies_state(),
        }

    def _post_answer(self):
        """Put an answer among the messages, from the applicant's address."""
        if self.state == "asked":
            self.message_post(
                body=plaintext2html(self.answer),
                author_id=False,
                email_from=formataddr((self.contact_name, self.email)),
                message_type="comment",
                subtype_xmlid="partner_access.mt_application_talk",
            )

    def _ask_for_review(self):
        """Let the reviewer know, and the job that makes the signed document."""
        self.env["partner.access.log"]._log(
            "application", login=self.email, text=f"{self.number}: {self.company_name}"
        )
        # The system assigns it: who applies has no address that a colleague could answer to.
        system = self.with_user(SUPERUSER_ID).with_context(mail_auto_subscribe_no_notify=True)
        system.user_id = self.user_id or self.company_id.portal_application_user_id
        if system.user_id:
            system.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Review the application"),
                user_id=system.user_id.id,
            )
        self.env.ref("partner_access.ir_cron_applications").sudo()._trigger()

    def _set_email(self, email):
        """Correct a mistyped address before anything was sent: older links end, a new one is
        mailed.

        :return: the token of the new link
        :raise UserError: when the address is none
        """
        self.ensure_one()
        self._check_editable()
        if not read_email(email):
            raise UserError(self.env._("This is not an e-mail address."))
        # sudo: nobody has a right on links
        links_sudo = self.env["partner.access.application.link"].sudo()
        links_sudo.search([("application_id", "=", self.id)]).expires_on = fields.Datetime.now()
        self.email = email
        return self._tell_applicant("link")

    def _get_messages(self):
        """Questions and answers between staff and applicant, the oldest first."""
        subtype = self.env.ref("partner_access.mt_application_talk")
        return self.message_ids.filtered(
            lambda message: message.subtype_id == subtype and not is_html_empty(message.body)
        ).sorted("id")
