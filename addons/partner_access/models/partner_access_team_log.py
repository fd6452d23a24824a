from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_time

from ..tools.day_text import get_day_text

# What a customer's administrator can ask for. Sign-ins and failures are the persons' own business.
CUSTOMER_KINDS = {
    "access": [
        "access_given",
        "access_changed",
        "access_taken",
        "session_ended",
        "email_changed",
    ],
    "view": ["view_started", "view_ended"],
}


class PartnerAccessTeamLog(models.AbstractModel):
    """What a customer's administrator sees of the access log: who changed the access of whom, and
    when our support looked at the portal as one of the team.
    """

    _name = "partner.access.team.log"
    _description = "Log of a Customer's Team"

    @api.model
    def _get_log(self):
        # sudo: customers have no right on the log; the domain below is what they may see
        return self.env["partner.access.log"].sudo()

    @api.model
    def _get_domain(self, kind=""):
        """Domain of the rows that the user may see.

        :param str kind: key of ``CUSTOMER_KINDS``; empty for all of them
        :return: ``Domain``; nothing for who is no administrator of a customer
        """
        user = self.env.user
        if not user._may_administer_team():
            return Domain.FALSE
        company_sudo = user.sudo().partner_id.commercial_partner_id
        groups = [CUSTOMER_KINDS[kind]] if kind in CUSTOMER_KINDS else CUSTOMER_KINDS.values()
        of_kinds = Domain("kind", "in", [one for kinds in groups for one in kinds])
        return of_kinds & Domain("partner_id", "in", company_sudo._get_ids_below())

    @api.model
    def _prepare_rows(self, rows_sudo):
        """What the page shows of rows.

        :param rows_sudo: ``partner.access.log`` within ``_get_domain``
        :return: ``[{'day', 'time', 'what', 'whom', 'by', 'is_ours', 'text'}]``, texts only
        :rtype: list
        """
        labels = dict(rows_sudo._fields["kind"]._description_selection(self.env))
        texts = rows_sudo._get_texts()
        return [self._prepare_row(row_sudo, labels, texts) for row_sudo in rows_sudo]

    def _prepare_row(self, row_sudo, labels, texts):
        actor_sudo, made_on = row_sudo.actor_id, row_sudo.create_date
        return {
            "day": get_day_text(self.env, made_on),
            "time": format_time(self.env, made_on, tz=str(self.env.tz), time_format="short"),
            "what": labels[row_sudo.kind],
            "whom": row_sudo.user_id.name or row_sudo.login or "",
            "by": actor_sudo.name or "",
            "is_ours": bool(actor_sudo) and not actor_sudo.share,
            "text": texts[row_sudo] or "",
        }
