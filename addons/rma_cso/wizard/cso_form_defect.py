from odoo import api, fields, models

from ..tools import ReturnRequest


class CsoFormDefect(models.TransientModel):
    """Form for goods that do not work: which fault, and for dead on arrival what is wished."""

    _name = "cso.form.defect"
    _inherit = ["cso.form"]
    _description = "Form for Defects"

    fault_code = fields.Selection(
        lambda self: self._get_position_selection("fault_code"), string="What does it do?"
    )
    wish = fields.Selection(
        lambda self: self._get_position_selection("wish", "replacement", "credit"),
        string="What would you like?",
    )

    @api.model
    def _get_all_own_questions(self):
        return ["fault_code", "wish"]

    def _get_own_questions(self):
        return ["fault_code", "wish"] if self._asks_wish() else ["fault_code"]

    def _get_required_questions(self):
        return super()._get_required_questions() | {"comment", *self._get_own_questions()}

    def _asks_wish(self):
        """Return whether there is a choice: only what was dead on arrival is replaced at once."""
        return self.reason_id.window_policy == "doa"

    def _get_notes(self):
        """Extend: how the warranty of the article is settled, and where it is to go."""
        request = ReturnRequest(self.sale_line_id._origin, self.reason_id._origin)
        place = self.env["cso.eligibility"]._assess([request])[0]["destination"]
        if not place:
            return super()._get_notes()
        handling = self.env._(
            "Under warranty this article is settled by: %(handling)s.", handling=place["handling"]
        )
        return [*super()._get_notes(), f"{handling} {self._get_place_text(place)}"]

    def _get_place_text(self, place):
        """Return where an article with a fault is to go."""
        names = ("name", "address", "phone", "website", "email")
        address = ", ".join(place[name] for name in names if place[name])
        if place["is_ours"]:
            return self.env._(
                "Send it to us with the number that you get after submitting: %(address)s.",
                address=address,
            )
        return f"{place['instructions']} {address}"

    def _get_label(self, name):
        if name == "comment":
            return self.env._("Describe the fault")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "comment":
            return self.env._("What happens, since when, and what you tried already.")
        return super()._get_help(name)

    def _get_missing_text(self, name):
        texts = {
            "fault_code": self.env._("Choose the fault that fits best."),
            "wish": self.env._("Choose a replacement or a credit note."),
            "comment": self.env._("Describe the fault in a few words."),
        }
        return texts.get(name) or super()._get_missing_text(name)
