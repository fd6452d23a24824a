from odoo import fields, models


class PartnerAccessReply(models.TransientModel):
    _name = "partner.access.reply"
    _description = "Question or Refusal to an Applicant"

    application_id = fields.Many2one(
        "partner.access.application", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection([("ask", "Ask"), ("refuse", "Refuse")], required=True, readonly=True)
    email = fields.Char(related="application_id.email")
    lang_name = fields.Char("Language", compute="_compute_lang_name")
    text = fields.Text(required=True)

    def _compute_lang_name(self):
        languages = dict(self.env["res.lang"].get_installed())
        for reply in self:
            reply.lang_name = languages.get(reply.application_id.lang)

    def action_send(self):
        """Mail the text to the applicant.

        :raise UserError: when the application was decided meanwhile
        """
        self.ensure_one()
        if self.kind == "ask":
            self.application_id._ask(self.text)
        else:
            self.application_id._refuse(self.text)
