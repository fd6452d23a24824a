from odoo import api, fields, models

ACTIVITY = "customer_portal.mail_activity_type_request"
# Working days after the day of asking: until when the account manager answers, and from when on
# the request is late.
ANSWER_DAYS = 1
LATE_DAYS = 2


class PortalRequestActivity(models.AbstractModel):
    """Who answers a request and until when: one activity, as long as it waits for an answer."""

    _name = "portal.request.activity"
    _description = "Request from a Customer: Activity"

    late_after = fields.Date(
        readonly=True,
        copy=False,
        help="The second working day after the customer asked, in the calendar of our company.",
    )

    @api.model
    def _get_manager(self, partner, company, vals):
        """Who answers: the salesperson of the order, else of the contact, else of the company or
        one above it, else whom the settings name; always somebody who may.

        :param partner: ``res.partner`` of the customer
        :param company: ``res.company`` of ours that is asked
        :param dict vals: other fields of the request
        :return: ``res.users`` (sudo); empty when there is none
        """
        partner_sudo = partner.sudo()  # customers do not read who sells to whom
        users_sudo = partner_sudo.env["sale.order"].browse(vals.get("order_id") or []).user_id
        while partner_sudo:
            users_sudo |= partner_sudo.user_id
            partner_sudo = partner_sudo.parent_id
        users_sudo |= company.sudo().portal_request_user_id
        return users_sudo.filtered(lambda user: self._may_answer(user, company))[:1]

    @api.model
    def _may_answer(self, user_sudo, company):
        is_seller = user_sudo.has_group("sales_team.group_sale_salesman")
        return user_sudo.active and is_seller and company in user_sudo.company_ids

    def _plan_answer(self):
        """Call for an answer of the account manager, in place of the one of before."""
        # sudo: who asks is a customer
        for request_sudo in self.sudo():
            request_sudo.activity_unlink([ACTIVITY])
            day = request_sudo._get_asked_day()
            company_sudo = request_sudo.company_id
            request_sudo.late_after = company_sudo._get_working_day_after(day, LATE_DAYS)
            if request_sudo.manager_id:
                request_sudo._plan_activity(company_sudo._get_working_day_after(day, ANSWER_DAYS))

    def _plan_activity(self, deadline):
        """An activity; no mail besides: the queue and the bell of the account manager show it."""
        manager = self.manager_id
        reader = self.with_context(lang=manager.lang, mail_activity_quick_update=True)
        reader.activity_schedule(
            ACTIVITY, deadline, summary=reader._get_summary(), user_id=manager.id
        )

    def _close_answer(self):
        """Take back the call for an answer, and tell the customer."""
        self.sudo().activity_unlink([ACTIVITY])  # of somebody else, or by the customer
        self.env["portal.request.notification"]._queue("answered", self)

    def _get_asked_day(self):
        """The day on which it was asked, where our company is."""
        return self.company_id._get_day(self.asked_on)

    def _get_summary(self):
        """What is asked by whom, in a few words."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{kinds[self.kind]}: {self.commercial_partner_id.name or self.partner_id.name}"
