import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.mail import plaintext2html

from .documents import draw_document, draw_signature
from .tables import read_table

DOCUMENTS = {
    "vat_statement": ("Statement of liability for VAT", "btw-verklaring.pdf"),
    "register_extract": ("Extract of the company register", "uittreksel.pdf"),
    "letterhead": ("Letterhead", "briefhoofd.pdf"),
}


class PartnerAccessDemoApplication(models.AbstractModel):
    _name = "partner.access.demo.application"
    _inherit = "partner.access.demo"
    _description = "Demo World: Applications"

    @api.model
    def _install(self):
        """Conditions, and applications in each state."""
        company = self.env.ref("partner_access.demo_company", raise_if_not_found=False)
        known = self.env.ref("partner_access.application_dalen", raise_if_not_found=False)
        if not company or known:
            return
        demo = self.with_context(tracking_disable=True, mail_notrack=True).with_company(company)
        demo._create_conditions()
        demo._choose_reviewers(company)
        for row in read_table("partner_access/demo/applications.csv"):
            demo._create_application(row, company)

    def _create_conditions(self):
        for row in read_table("partner_access/demo/conditions.csv"):
            name = f"conditions_{row['version'].replace('-', '_')}"
            texts = {"name": row["name"], "text": row["text"]}
            if row["language"] == "en_US":
                day = fields.Date.today() - timedelta(days=int(row["days_ago"]))
                values = {"id": name, "version": row["version"], "valid_from": day, **texts}
                company = {"company_id": self.env.company.id}
                self._load("partner.access.conditions", [{**values, **company}])
            else:
                self._translate_conditions(self._ref(name), row)

    def _translate_conditions(self, conditions, row):
        """Set the texts of a language, paragraph by paragraph, as the dialog of Odoo does."""
        conditions.with_context(lang=row["language"]).name = row["name"]
        field = conditions._fields["text"]
        terms = zip(
            field.get_trans_terms(conditions.text), field.get_trans_terms(row["text"]), strict=True
        )
        conditions.update_field_translations("text", {row["language"]: dict(terms)})

    def _choose_reviewers(self, company):
        clerks = self._ref("user_joost") + self._ref("user_fatima")
        group = self.env.ref("partner_access.group_application_clerk")
        clerks.write({"group_ids": [Command.link(group.id)]})
        company.portal_application_user_id = clerks[0]

    def _create_application(self, row, company):
        values = self._prepare_application(row, company)
        application = self._load("partner.access.application", [values])
        if row["state"] == "draft":
            return
        for kind in DOCUMENTS:
            self._add_application_document(application, kind, row)
        self._move_application(application, row)

    def _prepare_application(self, row, company):
        names = ("id", "state", "text", "country", "days_ago")
        country = self.env.ref(f"base.{row['country']}")
        return {
            **{name: value for name, value in row.items() if name not in names},
            "id": row["id"],
            "country_id": country.id,
            "company_id": company.id,
            "user_id": row["state"] != "draft" and company.portal_application_user_id.id,
        }

    def _add_application_document(self, application, kind, row):
        title, name = DOCUMENTS[kind]
        lines = [row["company_name"], f"{row['street']}, {row['zip']} {row['city']}"]
        lines += [f"VAT {row['vat']}", f"Register {row['company_registry']}"]
        application.env["ir.attachment"].create(
            {
                "name": name,
                "raw": draw_document(title, lines),
                "res_model": application._name,
                "res_id": application.id,
                "portal_document_kind": kind,
            }
        )

    def _move_application(self, application, row):
        """Sign it, ask, decide, as the row says."""
        moment = fields.Datetime.now() - timedelta(days=int(row["days_ago"]))
        language = application.with_context(lang=row["lang"])
        conditions = self._ref("conditions_2026_1").with_context(lang=row["lang"])
        language.write(
            {
                "state": row["state"],
                "number": self.env["ir.sequence"].next_by_code("partner.access.application"),
                "submitted_on": moment,
                "signed_on": moment,
                "signed_name": row["contact_name"],
                "signature": base64.b64encode(draw_signature(row["contact_name"])),
                "signed_address": "192.0.2.44",
                "signed_text": conditions.text,
                "conditions_id": conditions.id,
                "vies_checked_on": moment,
            }
        )
        if row["state"] == "asked":
            application.message_post(
                body=plaintext2html(row["text"]),
                author_id=self._ref("user_joost").partner_id.id,
                message_type="comment",
                subtype_xmlid="partner_access.mt_application_talk",
            )
        elif row["state"] in ("accepted", "refused"):
            self._decide_application(application, row, moment + timedelta(days=1))

    def _decide_application(self, application, row, moment):
        application.write({"decided_on": moment, "refusal": row["text"] or False})
        if row["state"] == "accepted":
            application.partner_id = self._ref("customer_polder")
