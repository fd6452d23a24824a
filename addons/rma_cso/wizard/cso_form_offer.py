from odoo import api, fields, models
from odoo.tools import float_round, format_amount


class CsoFormOffer(models.AbstractModel):
    """What a form asks where the customer may keep the goods at a lower price."""

    _name = "cso.form.offer"
    _inherit = ["cso.form"]
    _description = "Form of a Return Reason with an Offer"

    keep_choice = fields.Selection(
        lambda self: self._get_position_selection("keep_choice"),
        string="Do you want to keep the goods?",
    )

    @api.model
    def _get_all_own_questions(self):
        return ["keep_choice"]

    def _get_own_questions(self):
        return ["keep_choice"] if self._asks_keeping() else []

    def _asks_keeping(self):
        """Return whether there is a choice: without an offer goods are not kept."""
        return bool(self._prepare_offer())

    def _get_required_questions(self):
        return super()._get_required_questions() | {"keep_choice"}

    def _get_missing_text(self, name):
        if name == "keep_choice":
            return self.env._("Choose whether you want to keep the goods.")
        return super()._get_missing_text(name)

    def _get_options(self, name):
        options = super()._get_options(name)
        if name != "keep_choice":
            return options
        return [(key, self._get_keep_label(key)) for key, _label in options]

    def _get_keep_label(self, key):
        if key == "send_back":
            return self.env._("No, send it back")
        offer = self._get_offer()
        if offer:
            return self.env._("Keep at %(price)s each", price=self._format_offer(offer))
        if self._prepare_offer():
            return self.env._("Keep at a lower price")
        return self.env._("Keep it")

    def _get_hints(self, name):
        if name != "keep_choice":
            return super()._get_hints(name)
        return {"keep": self._get_keep_hint(), "send_back": self.env._("We tell you how.")}

    def _get_keep_hint(self):
        """Return what stands below the choice to keep the goods."""
        if self._get_offer():
            return self._get_offer_hint()
        if self._prepare_offer():
            return self.env._("Prices are not shown to you; your colleagues can see the offer.")
        return self.env._("There is no offer yet: we look at it and tell you the price.")

    # --------------------------------------------------------------------------------------------
    # Offer
    # --------------------------------------------------------------------------------------------

    def _get_offer(self):
        """Extend: nothing for who may not see prices."""
        return self._prepare_offer() if self.env.user._has_access_role("prices") else {}

    def _prepare_offer(self):
        """Return the offer as it is kept, whoever asks; as of `_get_offer`, with `normal_price`.

        So many percent below the normal price as the reason says, rounded half up to the smallest
        unit of the currency. An offer that was submitted stays as it was made.
        """
        self.ensure_one()
        price, currency = self._get_normal_price()
        percent = self.reason_id.offer_percent if currency.compare_amounts(price, 0) > 0 else 0.0
        unit_price = self._get_reduced_price(price, percent, currency)
        position = self.position_id._origin
        if position.submitted_on:
            unit_price, percent = position.offer_unit_price, position.offer_percent
            currency = position.offer_currency_id or currency
        if not percent:
            return {}
        offer = {
            "unit_price": unit_price,
            "currency": currency,
            "total": currency.round(unit_price * self.quantity),
            "percent": percent,
            "normal_price": price,
        }
        return {**offer, "text": self._get_offer_text(offer)}

    @api.model
    def _get_reduced_price(self, price, percent, currency):
        """Return a price less so many percent, rounded half up."""
        return float_round(
            price * (100 - percent) / 100,
            precision_rounding=currency.rounding,
            rounding_method="HALF-UP",
        )

    def _get_normal_price(self):
        """Return the price per unit that the offer is below, and its currency: without tax, after
        discount; of the newest invoice of the line, else of the order.
        """
        line = self.sale_line_id._origin
        bill = line._get_posted_invoice_lines()[-1:]
        quantity = bill._get_cso_quantity(line.product_uom_id)
        if quantity:
            return bill.price_subtotal / quantity, bill.currency_id
        return line.price_subtotal / (line.product_uom_qty or 1.0), line.currency_id

    def _get_offer_text(self, offer):
        return self.env._(
            "Keep it at %(price)s each instead of %(normal)s.",
            price=self._format_offer(offer),
            normal=self._format_offer(offer, "normal_price"),
        )

    def _get_offer_hint(self):
        """Return what the offer means, below the choice to keep the goods."""
        offer = self._get_offer()
        normal = self._format_offer(offer, "normal_price")
        if self.quantity <= 1:
            return self.env._("Your normal price is %(price)s.", price=normal)
        return self.env._(
            "Your normal price is %(price)s; all together %(total)s.",
            price=normal,
            total=self._format_offer(offer, "total"),
        )

    def _format_offer(self, offer, name="unit_price"):
        return format_amount(self.env, offer[name], offer["currency"])

    def _prepare_position_values(self):
        """Extend: the offer as it was made."""
        offer = self._prepare_offer()
        return {
            **super()._prepare_position_values(),
            "offer_percent": offer.get("percent", 0.0),
            "offer_unit_price": offer.get("unit_price", 0.0),
            "offer_currency_id": offer.get("currency", self.env["res.currency"]).id,
        }
