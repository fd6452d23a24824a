from odoo import fields, models


class PartnerAccessReply(models.TransientModel):
    _name = "partner.access.reply"
    _description = "Question or Refusal to an Applicant"

    application_id = fields.Many2one(
        "partner.access.application", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection([("ask", "Ask"), ("refuse", "Refuse")], required=True, readonly=True)
    email = fields.Char(related="application_id.email")
    lang = fields.Selection(related="application_id.lang")
    text = fields.Text(required=True)

    def action_send(self):
        """Mail the text to the applicant.

        :raise UserError: when the application was decided meanwhile
        """
        self.ensure_one()
        if self.kind == "ask":
            self.application_id._ask(self.text)
        else:
            self.application_id._refuse(self.text)
