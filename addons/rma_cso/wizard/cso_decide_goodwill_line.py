from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoDecideGoodwillLine(models.TransientModel):
    _name = "cso.decide.goodwill.line"
    _description = "Decide: Goodwill for a Position"

    wizard_id = fields.Many2one("cso.decide.goodwill", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    amount = fields.Monetary(help="Without tax, in the currency of the invoice.")

    _position_once = models.Constraint(
        "UNIQUE (wizard_id, position_id)", "A position is decided once."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "An amount of goodwill cannot be negative."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_currency_id(self):
        for line in self:
            bill_sudo = line._find_bill()
            line.currency_id = bill_sudo.currency_id or line.position_id.order_id.currency_id

    # ------------------------------------------------------------------ business
    def _find_bill(self):
        """Return the newest posted invoice line (sudo) of the order line, if there is one."""
        sale_line_sudo = self.position_id.sale_line_id.sudo()  # clerks read no invoices
        return sale_line_sudo._get_posted_invoice_lines()[-1:]

    def _get_bill(self):
        """Return the invoice line (sudo) that the amount is taken off.

        :raise UserError: where nothing is invoiced yet
        """
        self.ensure_one()
        bill_sudo = self._find_bill()
        if not bill_sudo:
            raise UserError(
                self.env._(
                    "%(position)s is not invoiced yet: there is nothing to credit.",
                    position=self.position_id.display_name,
                )
            )
        return bill_sudo
