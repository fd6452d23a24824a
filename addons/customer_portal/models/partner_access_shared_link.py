from odoo import api, models


class PartnerAccessSharedLink(models.AbstractModel):
    _inherit = "partner.access.shared.link"

    @api.model
    def _get_partner_paths(self):
        """Orders, whose token opens their shipments too, invoices, and a vendor's purchases."""
        return {
            **super()._get_partner_paths(),
            "sale.order": ["partner_id", "partner_invoice_id"],
            "account.move": ["partner_id", "ordering_partner_id"],
            "purchase.order": ["partner_id"],
        }
