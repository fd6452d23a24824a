from odoo import fields, models

FATES = [
    ("added", "Added"),
    ("changed", "Changed"),
    ("unchanged", "Unchanged"),
    ("removed", "Removed"),
    ("quarantined", "Quarantined"),
    ("refused", "Refused"),
]


class PartnerAccessFeedRow(models.Model):
    """What became of one row of a file, or of an address that the file no longer names."""

    _name = "partner.access.feed.row"
    _description = "Row of a Feed"
    _inherit = ["partner.access.feed.reason"]
    _rec_name = "email"
    _order = "run_id desc, line, id"

    run_id = fields.Many2one(
        "partner.access.feed.run", required=True, index=True, ondelete="cascade", readonly=True
    )
    line = fields.Integer(readonly=True, help="In the file; none for who is missing there.")
    email = fields.Char("E-mail", readonly=True)
    name = fields.Char(readonly=True)
    company_text = fields.Char("In the File", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Company or Branch", readonly=True, ondelete="set null"
    )
    fate = fields.Selection(FATES, "Result", required=True, readonly=True)
    reason = fields.Text("Details")
