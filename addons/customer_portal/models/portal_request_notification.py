from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.partner_access.models.partner_access_role import ADMINISTRATOR

from ..tools.portal_format import PortalFormat

KEPT = timedelta(days=30)


class PortalRequestNotification(models.Model):
    """A mail to one portal user about a request: that it arrived, or how it was answered."""

    _name = "portal.request.notification"
    _inherit = ["portal.mail.queue"]
    _description = "Mail About a Request from a Customer"
    _rec_name = "request_id"

    request_id = fields.Many2one("portal.request", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="request_id.company_id", store=True)
    user_id = fields.Many2one("res.users", required=True, index=True, ondelete="cascade")
    event = fields.Selection([("received", "Received"), ("answered", "Answered")], required=True)

    _pending_idx = models.Index("(id) WHERE sent_on IS NULL AND error IS NULL")

    # --- queue ------------------------------------------------------------------------------------

    @api.model
    def _queue(self, event, requests):
        """Note the mails about requests and wake the job; none while data is imported.

        :param str event: received or answered
        :param requests: ``portal.request``
        """
        if self.env.context.get("tracking_disable"):
            return
        values = [
            {"request_id": request.id, "user_id": user.id, "event": event}
            for request in requests
            for user in self._get_audience(event, request)
        ]
        # sudo: who asks or answers has no right on the queue
        self.sudo().create(values)
        if values:
            self.env.ref("customer_portal.ir_cron_portal_request_notification").sudo()._trigger()

    @api.model
    def _get_audience(self, event, request):
        """Who is told: who asked, or the branch where that person left; of company data all
        administrators, as it is by them that money is diverted. Who did it himself knows.

        :return: ``res.users`` (sudo)
        """
        request_sudo = request.sudo()
        users_sudo = request_sudo.requester_id.filtered(lambda user: user._is_portal())
        if not users_sudo.filtered("active") or request_sudo.kind == "company":
            users_sudo |= self._get_colleagues(request_sudo)
        if event == "answered":
            users_sudo -= request_sudo.decided_by_id
        return users_sudo.filtered(lambda user: self._may_be_told(user, request_sudo))

    @api.model
    def _get_colleagues(self, request_sudo):
        company_sudo = request_sudo.requester_id.partner_id.commercial_partner_id
        domain = Domain("share", "=", True)
        domain &= Domain("partner_id.commercial_partner_id", "=", company_sudo.id)
        users_sudo = request_sudo.env["res.users"].search(domain)
        if request_sudo.kind != "company":
            return users_sudo
        return users_sudo.filtered(lambda user: user._has_access_role(ADMINISTRATOR))

    @api.model
    def _may_be_told(self, user_sudo, request_sudo):
        """Whether a user may see the request and wants mails; those about company data cannot be
        switched off.
        """
        if not (user_sudo.active and user_sudo._is_portal()):
            return False
        is_wanted = request_sudo.kind == "company" or user_sudo.portal_mail_request
        domain = user_sudo._get_access_domain("portal.request")
        return is_wanted and bool(request_sudo.filtered_domain(domain))

    # --- job --------------------------------------------------------------------------------------

    def _send(self, printed):
        """Queue the mail, or drop it when its reader left meanwhile or it is not true any more.

        :param dict printed: not used, nothing is attached
        """
        template = self.env.ref(f"customer_portal.mail_template_request_{self.event}", False)
        is_old = self.event == "received" and self.request_id.state == "withdrawn"
        may_be_told = self._may_be_told(self.user_id, self.request_id)
        if not template or not template.active or is_old or not may_be_told:
            self.unlink()
            return
        template.send_mail(self.id, email_values={"email_to": self.user_id._get_link_address()})
        self.sent_on = fields.Datetime.now()

    def _note_failure(self, text):
        """Tell the account manager that the customer has no mail.

        :param str text: why it could not be made
        """
        body = self.env._("The customer got no mail about this: %(error)s", error=text)
        self.request_id.message_post(body=body, subtype_xmlid="mail.mt_note")
        return super()._note_failure(text)

    @api.autovacuum
    def _gc_sent(self):
        """Forget what was sent, or failed, a month ago."""
        limit = fields.Datetime.now() - KEPT
        self.search([("create_date", "<", limit)], limit=10_000).unlink()

    # --- what the mails say -----------------------------------------------------------------------

    def _get_answer_subject(self):
        kind, number = self.request_id._get_kind_text(), self.request_id.name
        if self.request_id.state == "accepted":
            return self.env._("Accepted: %(kind)s (%(number)s)", kind=kind, number=number)
        if self.request_id.state == "refused":
            return self.env._("Not accepted: %(kind)s (%(number)s)", kind=kind, number=number)
        return self.env._("Withdrawn: %(kind)s (%(number)s)", kind=kind, number=number)

    def _prepare_mail(self):
        """What the mails show, in the language of the reader.

        :return: ``{'kind', 'asked_on', 'differences', 'note', 'answer', 'state', 'manager',
            'phone', 'is_own', 'requester'}``; texts, the differences as of ``portal.request``
        :rtype: dict
        """
        self.ensure_one()
        request, user = self.request_id, self.user_id
        tz = user.tz or self.company_id.partner_id.tz or "UTC"
        fmt = PortalFormat(self.with_context(tz=tz).env)
        contact = request.manager_id.partner_id
        return {
            "kind": request._get_kind_text(),
            "asked_on": fmt.full_day(request.asked_on),
            "differences": request.with_user(user)._get_differences(),
            "note": request.note or "",
            "answer": request.answer or "",
            "state": request.state,
            "manager": contact.name or "",
            "phone": contact.phone or "",
            "is_own": request.requester_id == user,
            "requester": request.requester_id.name,
        }
