from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    portal_keep_case_files = fields.Integer(
        "Photos and files of cases",
        config_parameter="partner_access.keep_case_files",
        default=lambda self: self.env["cso.rma"]._retention_days,
    )
    portal_keep_drafts = fields.Integer(
        "Drafts of return forms",
        config_parameter="partner_access.keep_drafts",
        default=lambda self: self.env["cso.form.draft"]._retention_days,
    )
    cso_transit_days = fields.Integer(related="company_id.cso_transit_days", readonly=False)
    cso_review_days = fields.Integer(related="company_id.cso_review_days", readonly=False)
    cso_test_days = fields.Integer(related="company_id.cso_test_days", readonly=False)
    cso_decide_days = fields.Integer(related="company_id.cso_decide_days", readonly=False)
    cso_settle_days = fields.Integer(related="company_id.cso_settle_days", readonly=False)
    cso_claim_warning_days = fields.Integer(
        related="company_id.cso_claim_warning_days", readonly=False
    )
    cso_desk_user_id = fields.Many2one(related="company_id.cso_desk_user_id", readonly=False)
    cso_fee_product_id = fields.Many2one(related="company_id.cso_fee_product_id", readonly=False)
    cso_difference_product_id = fields.Many2one(
        related="company_id.cso_difference_product_id", readonly=False
    )
    cso_goodwill_product_id = fields.Many2one(
        related="company_id.cso_goodwill_product_id", readonly=False
    )
    cso_loss_location_id = fields.Many2one(
        related="company_id.cso_loss_location_id", readonly=False
    )
    cso_receiving_partner_id = fields.Many2one(
        related="company_id.cso_receiving_partner_id", readonly=False
    )
    cso_link_minutes = fields.Integer(related="company_id.cso_link_minutes", readonly=False)
    cso_position_files = fields.Integer(related="company_id.cso_position_files", readonly=False)
    cso_day_files = fields.Integer(related="company_id.cso_day_files", readonly=False)
    cso_day_megabytes = fields.Integer(related="company_id.cso_day_megabytes", readonly=False)
    cso_returns_email = fields.Char(related="company_id.cso_returns_email", readonly=False)
    cso_packing_rules = fields.Text(related="company_id.cso_packing_rules", readonly=False)
    cso_sends_reminder = fields.Boolean(related="company_id.cso_sends_reminder", readonly=False)
