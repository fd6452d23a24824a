from odoo import api, fields, models


class CsoFormUnopened(models.TransientModel):
    """Form for goods that come back as new.

    With a number at once the customer confirms that the goods are sealed. Where a clerk decides
    first, the customer names the condition and the reason; only unopened goods go on.
    """

    _name = "cso.form.unopened"
    _inherit = ["cso.form"]
    _description = "Form for Unopened Goods"

    sealed_confirmed = fields.Boolean(
        string="The goods are sealed and new, without writing or stickers on the box"
    )
    condition = fields.Selection(
        lambda self: self._get_position_selection(
            "condition", "unopened", "opened", "damaged", "unclear"
        ),
        string="In which condition are the goods?",
    )

    @api.model
    def _get_all_own_questions(self):
        return ["sealed_confirmed", "condition"]

    def _get_own_questions(self):
        return ["condition"] if self._is_reviewed() else ["sealed_confirmed"]

    def _get_required_questions(self):
        required = super()._get_required_questions() | set(self._get_own_questions())
        return required | {"comment"} if self._is_reviewed() else required

    def _is_reviewed(self):
        return self.reason_id.authorisation == "review"

    def _get_label(self, name):
        if name == "comment" and self._is_reviewed():
            return self.env._("Why should the goods come back?")
        return super()._get_label(name)

    def _get_missing_text(self, name):
        texts = {
            "sealed_confirmed": self.env._("Only sealed goods can come back: please confirm it."),
            "condition": self.env._("Choose the condition of the goods."),
        }
        if name == "comment" and self._is_reviewed():
            return self.env._("Tell us the reason: it decides what we can offer.")
        return texts.get(name) or super()._get_missing_text(name)

    def _get_impossible_answers(self):
        """Extend: goods that are not unopened are refused at once."""
        errors = super()._get_impossible_answers()
        if "condition" in self._get_questions() and self.condition not in (False, "unopened"):
            errors["condition"] = self._get_refusal_text()
        return errors

    def _get_refusal_text(self):
        """Return that only unopened goods are taken back, and what else is possible for goods."""
        others = self._get_possible_reasons().filtered(
            lambda reason: (
                reason.kind != "return" and reason.takes_units and reason.serials != "none"
            )
        )
        if not others:
            return self.env._("Only unopened goods can be taken back. Please contact us.")
        return self.env._(
            "Only unopened goods can be taken back. If something is wrong with them, choose"
            " another reason: %(reasons)s.",
            reasons=", ".join(others.mapped("name")),
        )
