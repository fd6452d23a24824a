from odoo import api, fields, models
from odoo.fields import Domain

ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner.address", "res.partner.term", "res.partner", "res.partner.statement"]

    holds_software_until_hardware = fields.Boolean(
        "Holds Software until Hardware",
        groups="base.group_user",
        help="This vendor sends software only after the hardware of the same order has shipped.",
    )
    portal_order_policy = fields.Selection(
        [("quotation", "Quotation from the account manager"), ("confirm", "Confirmed at once")],
        "Orders in the Portal",
        groups="base.group_user",
        help="What becomes of a cart that the customer sends. Empty: as of the company above it,"
        " else a quotation.",
    )
    # How a customer pays; in core everybody reads it.
    days_sales_outstanding = fields.Float(groups=ACCOUNTANTS)

    def write(self, vals):
        """Open software of a vendor waits for hardware from now on, or no longer."""
        result = super().write(vals)
        if "holds_software_until_hardware" in vals:
            self._mark_software_eta()
        return result

    @api.model
    def _asset_difference_search(self, account_type, operator, operand):
        """As core; who owes how much is found by those alone who may read it."""
        self._check_field_access(self._fields["credit"], "read")
        return super()._asset_difference_search(account_type, operator, operand)

    def _get_portal_order_policy(self):
        """What becomes of a cart: of the company of this contact, else of those above it.

        :return: quotation or confirm
        :rtype: str
        """
        self.ensure_one()
        policies = (one.portal_order_policy for one in self._get_companies_upwards())
        return next(filter(None, policies), "quotation")

    def _mark_software_eta(self):
        vendors = self.commercial_partner_id.ids
        path = "partner_id.commercial_partner_id"
        theirs = Domain(f"purchase_line_ids.{path}", "in", vendors)
        theirs |= Domain(f"product_id.seller_ids.{path}", "in", vendors)
        software = Domain("product_id.is_email_delivery", "=", True)
        self.env["sale.order.line"]._mark_open_eta(software & theirs)

    def _get_common_company(self):
        """The lowest partner that all of these are or belong to; none when they share none."""
        if len(self) <= 1:
            return self
        paths = [partner._get_partner_path() for partner in self]
        common = [same[0] for same in zip(*paths, strict=False) if len(set(same)) == 1]
        return common[-1] if common else self.browse()

    def _get_partner_path(self):
        """From the top of the tree down to this partner."""
        path, partner = [], self
        while partner:
            path.append(partner)
            partner = partner.parent_id
        return path[::-1]
