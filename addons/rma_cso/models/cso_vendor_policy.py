from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

# What is kept with a position of the policy that it was judged by.
FIGURES = ("doa_scheme", "doa_days", "warranty_months", "warranty_handling")

# From the moves of an order line back along their chain to the receipt of a purchase, and from its
# serials to the receipt of these; purchases that are shipped by the vendor, or not received yet,
# name the order line themselves.
BOUGHT_FROM_QUERY = """
    WITH RECURSIVE chain AS (
        SELECT sale_line_id AS line_id, id AS move_id
          FROM stock_move WHERE sale_line_id IN %(lines)s AND state != 'cancel'
         UNION
        SELECT chain.line_id, rel.move_orig_id
          FROM chain JOIN stock_move_move_rel rel ON rel.move_dest_id = chain.move_id
    ), serial AS (
        SELECT DISTINCT move.sale_line_id AS line_id, item.lot_id
          FROM stock_move move
          JOIN stock_move_line item ON item.move_id = move.id
         WHERE move.sale_line_id IN %(lines)s AND item.lot_id IS NOT NULL
    ), bought AS (
        SELECT chain.line_id, move.purchase_line_id
          FROM chain JOIN stock_move move ON move.id = chain.move_id
         UNION
        SELECT sale_line_id, id FROM purchase_order_line WHERE sale_line_id IN %(lines)s
         UNION
        SELECT sold.line_id, move.purchase_line_id
          FROM serial sold
          JOIN stock_move_line item ON item.lot_id = sold.lot_id AND item.state = 'done'
          JOIN stock_move move ON move.id = item.move_id
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
        "DOA Days",
        tracking=True,
        help="From the receipt by the customer. 0: none named, the days of the reason count.",
    )
    warranty_months = fields.Integer(
        "Warranty (months)",
        tracking=True,
        help="From the invoice. 0: none named, the months of the reason count.",
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
        help="With direct service the customer is sent to the service centre.",
    )
    claim_days = fields.Integer(
        tracking=True,
        help="How long we can claim: at a vendor from the request of the customer, at a carrier"
        " from the shipment. 0: no period is known.",
    )
    service_partner_id = fields.Many2one(
        "res.partner",
        "Service Centre",
        tracking=True,
        help="Shown with name, address, website and phone where the vendor handles it.",
    )
    instructions = fields.Text(
        translate=True, help="The customer reads this where the vendor handles it."
    )

    _partner_categ_unique = models.Constraint(
        "UNIQUE NULLS NOT DISTINCT (partner_id, categ_id, company_id)",
        "There is a policy for this maker or vendor and category already.",
    )
    _figures_range = models.Constraint(
        "CHECK (doa_days BETWEEN 0 AND 36500 AND warranty_months BETWEEN 0 AND 1200"
        " AND claim_days BETWEEN 0 AND 36500)",
        "Days and months cannot be negative, nor more than a hundred years.",
    )

    # ------------------------------------------------------------------ business
    def _get_policies(self, lines):
        """Look up the policy of the article of each order line.

        :param lines: ``sale.order.line`` records
        :return: dict by line id of at most one policy: of the maker, else of the vendor the unit
            was bought from, else of the main vendor; the nearest category wins
        """
        policies = self._get_policies_by_partner(lines.company_id)
        if not policies:
            return {line.id: self.browse() for line in lines}
        vendors = self._get_vendors_bought_from(lines)
        sellers = lines.product_id.seller_ids
        sellers.fetch(["partner_id", "company_id"])
        (sellers.partner_id | lines.product_id.maker_id).fetch(["commercial_partner_id"])
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
        self.env["stock.move.line"].flush_model(["lot_id", "move_id", "state"])
        self.env["purchase.order.line"].flush_model(["sale_line_id", "order_id"])
        self.env["purchase.order"].flush_model(["state", "partner_id"])
        rows = self.env.execute_query(SQL(BOUGHT_FROM_QUERY, lines=tuple(lines.ids) or (0,)))
        vendors = self.env["res.partner"].browse({vendor for _line_id, vendor in rows})
        by_id = {vendor.id: vendor for vendor in vendors}
        return {line_id: by_id[vendor] for line_id, vendor in rows}

    def _get_service_text(self):
        """Return where the customer is to go instead: instructions and service centre."""
        place = self._get_destination(self.env.company, True)
        names = ("instructions", "name", "address", "phone", "website")
        return " · ".join(place[name] for name in names if place[name])

    def _get_destination(self, company, is_elsewhere):
        """Return where goods with a defect are to go, of one policy or of none.

        :param company: whose receiving address counts where they come to us
        :param bool is_elsewhere: whether the maker or vendor handles them
        :return: dict of ``is_ours``, ``handling`` (words: how a warranty is settled) and the texts
            ``instructions``, ``name``, ``address``, ``phone``, ``website`` and ``email``
        """
        ours = company.cso_receiving_partner_id or company.partner_id
        partner = self.service_partner_id if is_elsewhere else ours
        partner._fetch_address()
        instructions = is_elsewhere and (
            self.instructions or self.env._("The maker handles this article itself.")
        )
        labels = dict(self._fields["warranty_handling"]._description_selection(self.env))
        address = partner._display_address(without_company=True) if partner else ""
        return {
            "is_ours": not is_elsewhere,
            "handling": labels[self.warranty_handling or "credit"],
            "instructions": instructions or "",
            "name": partner.name or "",
            "address": ", ".join(line.strip() for line in address.splitlines() if line.strip()),
            "phone": partner.phone or "",
            "website": partner.website or "",
            "email": (not is_elsewhere and company.cso_returns_email) or partner.email or "",
        }

    def _get_policy_values(self):
        """Return the figures of one policy, to be kept with what they decided; False for none."""
        if not self:
            return False
        return {
            "id": self.id,
            "name": self.partner_id.display_name,
            **{name: self[name] for name in FIGURES},
        }

    @api.model
    def _get_policy_texts(self, values):
        """Return texts of name and figure of a policy that was kept; empty ones are left out.

        :param dict values: as of ``_get_policy_values``, at any time
        """
        texts = []
        for name in FIGURES:
            field, value = self._fields[name], values.get(name)
            if field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            if value:
                texts.append(f"{field._description_string(self.env)}: {value}")
        return texts
