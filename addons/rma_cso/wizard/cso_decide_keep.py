from odoo import api, fields, models


class CsoDecideKeep(models.TransientModel):
    """Goods stay with the customer at a lower price.

    Units that the order line sold get a credit note for the difference; goods that it did not sell
    (surplus, another article) are sold, delivered and invoiced, and what becomes of the article
    that they came for is decided at the same time.
    """

    _name = "cso.decide.keep"
    _inherit = ["cso.decide.amount"]
    _description = "Decide: Keep at the Offer"

    line_ids = fields.One2many(
        "cso.decide.keep.line",
        "wizard_id",
        "Positions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )
    has_unsold = fields.Boolean(compute="_compute_has_unsold")
    has_serials = fields.Boolean(compute="_compute_has_unsold")
    has_ordered = fields.Boolean(compute="_compute_has_unsold")
    has_lots = fields.Boolean(compute="_compute_has_unsold")

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.tracking", "line_ids.ordered", "line_ids.is_sold")
    def _compute_has_unsold(self):
        for wizard in self:
            unsold = wizard.line_ids.filtered(lambda line: not line.is_sold)
            wizard.has_unsold = bool(unsold)
            wizard.has_serials = any(line._is_tracked() for line in unsold)
            wizard.has_ordered = any(line.is_ordered_asked for line in wizard.line_ids)
            wizard.has_lots = bool(wizard.line_ids.possible_lot_ids)

    @api.depends(
        "line_ids.quantity",
        "line_ids.price",
        "line_ids.product_id",
        "line_ids.serials",
        "line_ids.ordered",
        "line_ids.lot_ids",
    )
    def _compute_preview(self):
        """Extend: all that is asked of the positions counts."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _get_decided_positions(self):
        return self.line_ids.position_id

    def _check_positions(self):
        result = super()._check_positions()
        for line in self.line_ids:
            line._check_line()
        return result

    def _get_amounts(self):
        """Return the differences of the units that are invoiced."""
        sold = self.line_ids.filtered("is_sold")
        bills_sudo = sold.position_id.sale_line_id.sudo()._get_posted_invoice_lines()
        left = bills_sudo._get_cso_creditable()  # clerks read no invoices
        return [amount for line in sold for amount in line._get_differences(left)]

    def _get_preview(self):
        for line in self.line_ids:
            line._check_line()
        texts = self._get_amount_texts() if self.line_ids.filtered("is_sold") else []
        texts += [line._get_sale_text() for line in self.line_ids if not line.is_sold]
        texts += [
            self.env._(
                "Delivered free of charge: %(article)s.",
                article=line.position_id.product_id.display_name,
            )
            for line in self._get_lines_to("deliver")
        ]
        credit = self._new_credit()
        return "\n".join(texts + ([credit._get_preview()] if credit else []))

    def _make_documents(self):
        """Make credit notes for differences, orders with delivery and draft invoice for goods that
        were not sold yet, and the credit or the delivery of the article that was ordered.
        """
        preview, promises = self._get_preview(), self._get_promises()
        if self.line_ids.filtered("is_sold"):
            self._make_amount_notes()
        self._sell()
        to_deliver = self._get_lines_to("deliver")
        if to_deliver:
            to_deliver.position_id._make_free_orders(
                [line._prepare_ordered() for line in to_deliver]
            )
        credit = self._new_credit()
        if credit:
            credit._make_documents()
        self._get_decided_positions()._log_decision(self.outcome_id.name, preview)
        return promises

    def _get_promises(self):
        """Return by position the kinds of documents that it is promised."""
        kinds = {"deliver": "delivery", "credit": "credit"}
        promises = {}
        for line in self.line_ids:
            ordered = kinds.get(line.ordered) if line.is_ordered_asked else None
            found = ["amount" if line.is_sold else "invoice", ordered]
            promises[line.position_id] = tuple(kind for kind in found if kind)
        return promises

    def _sell(self):
        """Sell and deliver what was not sold yet, and make the draft invoices."""
        lines = self.line_ids.filtered(lambda line: not line.is_sold)
        goods = {line.position_id: line._prepare_goods() for line in lines}
        lines.position_id._sell_kept(goods)
        lines.position_id._invoice_kept()

    def _get_lines_to(self, ordered):
        """Return the lines whose ordered article is dealt with in this way."""
        return self.line_ids.filtered(
            lambda line: line.is_ordered_asked and line.ordered == ordered
        )

    def _new_credit(self):
        """Return the dialog that credits the article that was ordered, or None."""
        positions = self._get_lines_to("credit").position_id
        if not positions:
            return None
        credit = self.env["cso.decide.credit"].create({"position_ids": positions.ids})
        chosen = {line.position_id: line.lot_ids for line in self.line_ids}
        for line in credit.line_ids:
            if line.asks_lots:
                line.lot_ids = chosen[line.position_id]
            line._check_position()
        return credit
