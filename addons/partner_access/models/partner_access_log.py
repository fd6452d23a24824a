from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.modules.registry import Registry

from ..tools.request_address import get_address

MAX_TEXT_LENGTH = 500


class PartnerAccessLog(models.Model):
    """What happened at the door: who came in, who did not, who changed whose rights.

    Rows are written by ``_log`` only and never changed; they are deleted after a set time.
    """

    _name = "partner.access.log"
    _inherit = ["partner.access.log.change", "partner.access.retention"]
    _description = "Access Log"
    _rec_name = "login"
    _order = "id desc"
    _retention_kind = "log"

    kind = fields.Selection(
        [
            ("sign_in", "Signed in"),
            ("failure", "Sign-in failed"),
            ("throttled", "Too many attempts"),
            ("reset_asked", "Link asked for"),
            ("link_sent", "Link sent"),
            ("password_set", "Password set"),
            ("email_asked", "New e-mail address asked for"),
            ("email_changed", "E-mail address changed"),
            ("microsoft_linked", "Microsoft account linked"),
            ("microsoft_unlinked", "Microsoft account removed"),
            ("session_ended", "Sessions ended"),
            ("access_given", "Access given"),
            ("access_changed", "Access changed"),
            ("access_taken", "Access taken away"),
            ("view_started", "Viewed as customer"),
            ("view_ended", "View as customer ended"),
            ("feed", "Feed"),
            ("application", "Application"),
        ],
        required=True,
        index=True,
        readonly=True,
    )
    login = fields.Char(
        "Address", readonly=True, help="The address that was typed, or whose access changed."
    )
    user_id = fields.Many2one(
        "res.users",
        "Whose Access",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    actor_id = fields.Many2one(
        "res.users",
        "By",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who did it, where that is another person.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Company",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company",
        "Our Company",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose register it was; empty where nobody is known.",
    )
    network_address = fields.Char(readonly=True)
    text = fields.Char(readonly=True)

    _created_on = models.Index("(create_date)")

    def write(self, vals):  # pylint: disable=method-required-super
        """A log is never changed.

        :raise UserError: always
        """
        raise UserError(self.env._("The access log cannot be changed."))

    @api.model
    def _log(self, kind, user=None, login=None, partner=None, text=None, change=None):
        """Note what happened, in the transaction of what happened.

        :param str kind: of the selection
        :param user: ``res.users`` whose access it is about
        :param str login: address that was typed, where no user is known
        :param partner: company; without it that of the user
        :param str text: details, in the language of the company's staff
        :param dict change: details that everybody reads in the own language
        """
        # sudo: nobody writes here but this method
        self.sudo().create(self._prepare_row(kind, user, login, partner, text, change))

    @api.model
    def _log_apart(self, kind, user=None, login=None, partner=None, text=None, change=None):
        """Note what happened in a transaction of its own, as that of a request that fails is
        undone. For parameters see ``_log``.
        """
        values = self._prepare_row(kind, user, login, partner, text, change)
        if self.env.cr.readonly:
            self.env.cr.rollback()  # as core does before it writes apart from one that only reads
        with Registry(self.env.cr.dbname).cursor() as cr:
            self.with_env(self.env(cr=cr, su=True)).create(values)

    @api.model
    def _prepare_row(self, kind, user, login, partner, text, change=None):
        user_sudo = (user or self.env["res.users"]).sudo()  # whoever asks
        partner = partner or user_sudo.partner_id.commercial_partner_id
        actor_sudo = self.env.user.sudo()
        is_person = not actor_sudo._is_superuser() and not actor_sudo._is_public()
        company = user_sudo.company_id or (self.env.company if is_person else user_sudo.company_id)
        return {
            "kind": kind,
            "login": (login or user_sudo.login or "")[:MAX_TEXT_LENGTH] or False,
            "user_id": user_sudo.id,
            "actor_id": is_person and actor_sudo != user_sudo and actor_sudo.id,
            "partner_id": partner.id,
            "company_id": company.id,
            "network_address": get_address(),
            "text": (text or "")[:MAX_TEXT_LENGTH] or False,
            "change": change or False,
        }
