from odoo import api, fields, models


class CsoFormTransportDamage(models.TransientModel):
    """Form for a box or pallet that arrived visibly damaged."""

    _name = "cso.form.transport.damage"
    _inherit = ["cso.form.offer"]
    _description = "Form for Visible Damage"

    noted_at_delivery = fields.Selection(
        lambda self: self._get_position_selection("noted_at_delivery"),
        string="Was the damage noted at delivery, on the papers or the hand terminal?",
    )

    @api.model
    def _get_all_own_questions(self):
        return ["noted_at_delivery", *super()._get_all_own_questions()]

    def _get_page_questions(self):
        """Extend: the damage is described before the offer is made."""
        names = [name for name in super()._get_page_questions() if name != "comment"]
        place = names.index("noted_at_delivery") + 1
        return [*names[:place], "comment", *names[place:]]

    def _get_own_questions(self):
        return ["noted_at_delivery", *super()._get_own_questions()]

    def _get_required_questions(self):
        return super()._get_required_questions() | {"noted_at_delivery", "comment"}

    def _get_notes(self):
        """Extend: when visible damage is due, and where hidden damage belongs."""
        return [
            *super()._get_notes(),
            self._get_due_text(),
            self.env._("Was the box unharmed? Hidden damage has a form of its own."),
        ]

    def _get_due_text(self):
        hours = self.reason_id.flag_after_hours
        if not hours:
            return self.env._("Visible damage is to be noted at delivery.")
        return self.env._(
            "Visible damage is to be noted at delivery and reported within %(hours)s hours. Later"
            " is still possible within the period, but then we look at it more closely.",
            hours=hours,
        )

    def _get_suggested_reasons(self):
        """Extend: the form for hidden damage, where it is possible for this line."""
        return self._get_possible_reasons(self.reason_id.alternative_ids)

    def _get_label(self, name):
        if name == "comment":
            return self.env._("What exactly is damaged?")
        if name == "quantity":
            return self.env._("How many are affected?")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "comment":
            return self.env._("Only the box, or the article too?")
        if name == "lot_ids":
            return self.env._("Where an article is affected, not only its box.")
        return super()._get_help(name)

    def _get_missing_text(self, name):
        texts = {
            "noted_at_delivery": self.env._("Choose whether the damage was noted at delivery."),
            "comment": self.env._("Describe what is damaged: only the box, or the article too."),
        }
        return texts.get(name) or super()._get_missing_text(name)

    def _get_offer_hint(self):
        """Extend: the goods are invoiced or will be, so the difference is credited."""
        offer = self._get_offer()
        normal = self._format_offer(offer, "normal_price")
        if not self._are_units_named():
            return self.env._("Your price is %(price)s each.", price=normal)
        credit = offer["normal_price"] * self.quantity - offer["total"]
        return self.env._(
            "Your price is %(price)s each: %(credit)s is credited.",
            price=normal,
            credit=self._format_offer({**offer, "credit": credit}, "credit"),
        )

    def _get_own_slots(self):
        return [
            self._prepare_slot("shipping_box", self.env._("Shipping box or pallet")),
            self._prepare_slot("retail_box", self.env._("Retail box of the maker")),
            self._prepare_slot("shipping_label", self.env._("Shipping label")),
            self._prepare_slot(
                "damage",
                self.env._("The damage itself"),
                True,
                self.env._("Where the article is damaged."),
            ),
        ]
