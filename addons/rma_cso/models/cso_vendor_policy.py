from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

# From the moves of an order line back along their chain to the receipt of a purchase; purchases
# that are shipped by the vendor, or not received yet, name the order line themselves.
BOUGHT_FROM_QUERY = """
    WITH RECURSIVE chain AS (
        SELECT sale_line_id AS line_id, id AS move_id
          FROM stock_move WHERE sale_line_id IN %(lines)s AND state != 'cancel'
         UNION
        SELECT chain.line_id, rel.move_orig_id
          FROM chain JOIN stock_move_move_rel rel ON rel.move_dest_id = chain.move_id
    ), bought AS (
        SELECT chain.line_id, move.purchase_line_id
          FROM chain JOIN stock_move move ON move.id = chain.move_id
         UNION
        SELECT sale_line_id, id FROM purchase_order_line WHERE sale_line_id IN %(lines)s
    )
    SELECT DISTINCT ON (bought.line_id) bought.line_id, purchase.partner_id
      FROM bought
      JOIN purchase_order_line line ON line.id = bought.purchase_line_id
      JOIN purchase_order purchase ON purchase.id = line.order_id
     WHERE purchase.state = 'purchase'
     ORDER BY bought.line_id, purchase.id DESC
"""


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

    # ------------------------------------------------------------------ business
    def _get_policies(self, lines):
        """Look up the policy of the article of each order line.

        :param lines: ``sale.order.line`` records
        :return: dict by line id of at most one policy: of the maker, else of the vendor the unit
            was bought from, else of the main vendor; the nearest category wins
        """
        policies = self._get_policies_by_partner(lines.company_id)
        vendors = self._get_vendors_bought_from(lines) if policies else {}
        lines.product_id.seller_ids.fetch(["partner_id", "company_id"])
        result = {}
        for line in lines:
            product = line.product_id
            candidates = (
                product.maker_id,
                vendors.get(line.id, self.env["res.partner"]),
                self._get_main_vendor(product, line.company_id),
            )
            found = (self._get_policy(policies, partner, line) for partner in candidates)
            result[line.id] = next((policy for policy in found if policy), self.browse())
        return result

    def _get_main_vendor(self, product, company):
        """Return the first vendor of an article that this company, or any, may buy from."""
        sellers = product.seller_ids.filtered(
            lambda seller: seller.company_id in (company, self.env["res.company"])
        )
        return sellers[:1].partner_id

    def _get_policies_by_partner(self, companies):
        policies = defaultdict(self.browse)
        domain = [("company_id", "in", [*companies.ids, False])]
        for policy in self.search(domain):
            policies[policy.partner_id.commercial_partner_id.id] |= policy
        return policies

    def _get_policy(self, policies, partner, line):
        """Return the policy of `partner` for the article of `line`, the nearest category."""
        path = (line.product_id.categ_id.parent_path or "").split("/")
        matching = policies[partner.commercial_partner_id.id].filtered(
            lambda policy: (
                policy.company_id in (line.company_id, self.env["res.company"])
                and (not policy.categ_id or str(policy.categ_id.id) in path)
            )
        )
        return matching.sorted(
            lambda policy: (
                len(policy.categ_id.parent_path or ""),
                bool(policy.company_id),
            )
        )[-1:]

    def _get_vendors_bought_from(self, lines):
        """Return by order line the vendor of the purchase that fed it, through all steps."""
        self.env["stock.move"].flush_model()
        self.env["purchase.order.line"].flush_model(["sale_line_id", "order_id"])
        self.env["purchase.order"].flush_model(["state", "partner_id"])
        rows = self.env.execute_query(SQL(BOUGHT_FROM_QUERY, lines=tuple(lines.ids) or (0,)))
        return {line_id: self.env["res.partner"].browse(vendor) for line_id, vendor in rows}

    def _get_service_text(self):
        """Return where the customer is to go instead: instructions and service centre."""
        self.ensure_one()
        partner = self.service_partner_id
        parts = [
            self.instructions or self.env._("The maker handles this article itself."),
            partner and partner._display_address().strip().replace("\n", ", "),
            partner.phone,
            partner.website,
        ]
        name = partner.name or ""
        return " · ".join(part for part in (parts[0], name, *parts[1:]) if part)
