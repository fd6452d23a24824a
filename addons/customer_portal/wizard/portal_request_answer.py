from odoo import fields, models
from odoo.exceptions import UserError


class PortalRequestAnswer(models.TransientModel):
    _name = "portal.request.answer"
    _description = "Answer to a Request from a Customer"

    request_id = fields.Many2one("portal.request", required=True, ondelete="cascade", readonly=True)
    kind = fields.Selection(related="request_id.kind")
    decision = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")], required=True, readonly=True
    )
    requester_id = fields.Many2one(related="request_id.requester_id")
    lang = fields.Selection(related="requester_id.lang", string="Language of the Customer")
    warning_text = fields.Text(
        default=lambda self: self._get_warning_text(),
        readonly=True,
        help="What is to be known before it is accepted, as it was when the dialog was opened.",
    )
    text = fields.Text("Text for the Customer")

    def action_answer(self):
        """Accept or refuse the request, and tell the customer.

        :return: the action that closes the dialog
        :raise UserError: when it was answered meanwhile, cannot be done any more, nothing is said
            with a refusal, or there is more to know now than the dialog shows
        """
        self.ensure_one()
        if self.decision == "refuse":
            self.request_id._refuse(self.text)
        else:
            self._ensure_warnings_read()
            self.request_id._accept(self.text)
        return {"type": "ir.actions.act_window_close"}

    def _ensure_warnings_read(self):
        now = self._get_warning_text(self.request_id)
        if now != (self.warning_text or ""):
            raise UserError(
                self.env._(
                    "Since this dialog was opened something has changed. Now it is to be known:\n"
                    "%(warnings)s\n\nClose the dialog, and accept again if it is still right.",
                    warnings=now or self.env._("Nothing any more."),
                )
            )

    def _get_warning_text(self, request=None):
        """Warnings of the request that the dialog is opened for, one a line; none of a refusal."""
        context = self.env.context
        if request is None and context.get("default_decision") == "accept":
            request = self.env["portal.request"].browse(context.get("default_request_id"))
        if not request or request.state != "open":
            return ""
        return "\n".join(request._get_warnings())
