from datetime import timedelta

from odoo import api, fields, models

from ..tools.eta_text import get_eta_text
from .sale_line_eta import ETA_STATES

# A transaction of a moment is one statement; one that tells of many days, as a load of data does,
# is not.
ONE_CHANGE = timedelta(minutes=1)


class SaleOrderLineEtaChange(models.Model):
    _name = "sale.order.line.eta.change"
    _description = "Change of a Supplier's Date on an Order Line"
    _order = "changed_on desc, id desc"
    _rec_name = "sale_line_id"

    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order Line", required=True, index=True, ondelete="cascade"
    )
    changed_on = fields.Datetime(
        required=True, default=lambda self: fields.Datetime.now(), index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Changed By",
        default=lambda self: self.env.user,
        groups="base.group_user",
        ondelete="set null",
    )
    old_first = fields.Date("Old First Date")
    old_last = fields.Date("Old Last Date")
    old_state = fields.Selection(ETA_STATES, "Old ETA Status")
    new_first = fields.Date("New First Date")
    new_last = fields.Date("New Last Date")
    new_state = fields.Selection(ETA_STATES, "New ETA Status")

    old_text = fields.Char("Old ETA as Shown", compute="_compute_texts", groups="base.group_user")
    new_text = fields.Char("New ETA as Shown", compute="_compute_texts", groups="base.group_user")

    # The list of slipped dates goes by weeks.
    _week_idx = models.Index("((date_trunc('week', changed_on)::date))")

    @api.depends("old_first", "old_last", "old_state", "new_first", "new_last", "new_state")
    @api.depends_context("lang")
    def _compute_texts(self):
        for change in self:
            change.old_text = get_eta_text(change, "old_")
            change.new_text = get_eta_text(change, "new_")

    @api.model
    def _keep(self, vals_list):
        """Keep changes of lines; what moves on in one transaction within a minute is one change.

        :param vals_list: values of records, at most one per line
        """
        kept = self.env.cr.precommit.data.setdefault("customer_portal.eta_changes", {})
        since = fields.Datetime.now() - ONE_CHANGE
        recent = self.browse(kept.values()).exists().filtered(lambda one: one.changed_on > since)
        known = recent.grouped(lambda change: change.sale_line_id.id)
        new = []
        for vals in vals_list:
            if change := known.get(vals["sale_line_id"]):
                change.write({name: vals[name] for name in vals if name.startswith("new_")})
            else:
                new.append(vals)
        kept.update({change.sale_line_id.id: change.id for change in self.create(new)})

    def _has_field_access(self, field, operation):
        """Who wrote a record is the company's business, not the customer's."""
        if field.name in ("create_uid", "write_uid") and not self.env.su:
            return not self.env.user.share
        return super()._has_field_access(field, operation)
