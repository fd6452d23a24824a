from odoo import api, fields, models

TERMS = [
    ("free", "Free"),
    ("credit_limit", "Credit limit"),
    ("prepayment", "Prepayment"),
]
HOLDING_TERMS = ("credit_limit", "prepayment")
TERM_FIELDS = {
    "payment_before_delivery",
    "parent_id",
    "is_company",
    "credit_limit",
    "use_partner_credit_limit",
}
RESPONSIBLE = (
    "account.group_account_invoice,customer_portal.group_delivery_release,base.group_system"
)


class ResPartnerTerm(models.AbstractModel):
    """What has to happen before the goods of a customer leave."""

    _name = "res.partner.term"
    _description = "Payment before Delivery"

    payment_before_delivery = fields.Selection(
        TERMS,
        company_dependent=True,
        tracking=True,
        groups="base.group_user",
        help="Free: goods leave when they are ready. Credit limit: when the customer has confirmed "
        "the order and is within the limit. Prepayment: when the whole order is paid. Where "
        "nothing is set, as the company above has it, else free.",
    )
    delivery_term_text = fields.Char(
        compute="_compute_delivery_term_text", groups="base.group_user"
    )

    @api.depends("payment_before_delivery", "parent_id")
    @api.depends_context("company", "lang")
    def _compute_delivery_term_text(self):
        for partner in self:
            partner.delivery_term_text = partner._get_delivery_term_text()

    def _has_field_access(self, field, operation):
        """A term releases deliveries, as the credit limit does: who may set that may set this."""
        if field.name == "payment_before_delivery" and operation == "write" and not self.env.su:
            return self.env.user.has_groups(RESPONSIBLE)
        return super()._has_field_access(field, operation)

    def write(self, vals):
        """Open orders follow a term, a limit, or another company above at once."""
        result = super().write(vals)
        if vals.keys() & TERM_FIELDS:
            self._mark_delivery_terms()
        return result

    def _get_delivery_term_text(self):
        """What goes for a customer for whom nothing is set."""
        if self.payment_before_delivery:
            return ""
        term = self._get_delivery_term(self.env.company)
        source = self._get_term_source(self.env.company)
        if not source:
            return self.env._("Free: nothing is set.")
        label = dict(self._fields["payment_before_delivery"]._description_selection(self.env))
        return self.env._(
            "%(term)s, as %(company)s has it.", term=label[term], company=source.display_name
        )

    def _get_term_source(self, company):
        """The partner that says how this one pays before delivery: itself, else the nearest
        above; none when nothing is set.
        """
        partner_sudo = self.sudo().with_company(company)  # branches do not see those above them
        while partner_sudo and not partner_sudo.payment_before_delivery:
            partner_sudo = partner_sudo.parent_id
        return partner_sudo

    def _get_delivery_term(self, company):
        """What has to happen before goods of this customer leave.

        :param company: ``res.company`` of ours that sells
        :return: free, credit_limit or prepayment
        :rtype: str
        """
        return self._get_term_source(company).payment_before_delivery or "free"

    def _mark_delivery_terms(self):
        """Open orders of these partners and of those below follow a term or limit at once."""
        orders_sudo = self.env["sale.order"].sudo()  # who sets a term need not see the orders
        found_sudo = orders_sudo.search(
            [
                ("state", "=", "sale"),
                ("customer_status", "in", ("confirmed", "partial")),
                "|",
                ("partner_id", "child_of", self.ids),
                ("partner_invoice_id", "child_of", self.ids),
            ]
        )
        found_sudo._mark_delivery_term()

    def _get_credit_left(self, company, orders):
        """What is left of the credit limit for orders that have not been delivered.

        Odoo's own limit, less what is owed and what was delivered of these orders and not
        invoiced; a limit of zero is a limit.

        :param company: ``res.company`` of ours
        :param orders: open ``sale.order`` of the customer in this company
        :return: amount in the company's currency, below zero when more is owed
        :rtype: float
        """
        partner_sudo = self.sudo().with_company(company)  # nobody who ships reads what is owed
        delivered = sum(order._get_credit_amounts()[0] for order in orders)
        return partner_sudo.credit_limit - partner_sudo._get_credit_owed(company) - delivered

    def _get_credit_owed(self, company):
        """What the customer owes by Odoo's books, less payments that are registered but have no
        entry yet.

        :param company: ``res.company`` of ours
        :return: amount in the company's currency
        :rtype: float
        """
        partner = self.with_company(company)
        partner.invalidate_recordset(["credit"], flush=False)
        return partner.credit - partner._get_registered_payments(company)

    def _get_registered_payments(self, company):
        """Payments of open invoices that are registered and not booked yet."""
        payments_sudo = self.env["account.payment"].sudo()  # only their sum is told
        invoices = payments_sudo.search(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "in", self.ids),
                ("payment_type", "=", "inbound"),
                ("move_id", "=", False),
                ("state", "in", ("in_process", "paid")),
            ]
        ).invoice_ids
        total = 0.0
        for invoice in invoices.filtered(lambda move: move.state == "posted"):
            amount = invoice._get_unbooked_amount()
            day = invoice.invoice_date or invoice.date
            total += invoice.currency_id._convert(amount, company.currency_id, company, day)
        return total
