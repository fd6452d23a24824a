from odoo import fields, models


class CsoVendorPolicy(models.Model):
    _name = "cso.vendor.policy"
    _description = "Vendor Return Policy"
    _inherit = ["mail.thread"]
    _order = "partner_id, categ_id, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Maker or Vendor", required=True, index=True, tracking=True
    )
    categ_id = fields.Many2one(
        "product.category", "Product Category", help="Empty: all articles of this maker or vendor."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: all companies.")
    doa_scheme = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("vendor", "The vendor handles it")],
        "DOA Scheme",
        required=True,
        default="yes",
        tracking=True,
    )
    doa_days = fields.Integer(
        "DOA Days", tracking=True, help="0: none named, the days of the reason count."
    )
    warranty_months = fields.Integer(
        "Warranty (months)", tracking=True, help="0: none named, the months of the reason count."
    )
    warranty_handling = fields.Selection(
        [
            ("credit", "Credit"),
            ("repair", "Repair"),
            ("replacement", "Replacement"),
            ("direct_service", "Direct service of the maker"),
        ],
        required=True,
        default="credit",
        tracking=True,
    )
    service_partner_id = fields.Many2one("res.partner", "Service Centre")
    instructions = fields.Text(translate=True)

    _partner_categ_unique = models.Constraint(
        "UNIQUE NULLS NOT DISTINCT (partner_id, categ_id, company_id)",
        "There is a policy for this maker or vendor and category already.",
    )
    _figures_positive = models.Constraint(
        "CHECK (doa_days >= 0 AND warranty_months >= 0)",
        "Days and months cannot be negative.",
    )
