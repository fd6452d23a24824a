from odoo import models


class CsoFormConcealedDamage(models.TransientModel):
    """Form for an article that was damaged inside a box without any damage."""

    _name = "cso.form.concealed.damage"
    _inherit = ["cso.form"]
    _description = "Form for Hidden Damage"

    def _get_required_questions(self):
        return super()._get_required_questions() | {"comment"}

    def _get_label(self, name):
        if name == "comment":
            return self.env._("What is damaged, and how did you find it?")
        return super()._get_label(name)

    def _get_missing_text(self, name):
        if name == "comment":
            return self.env._("Describe the damage in a few words.")
        return super()._get_missing_text(name)

    def _get_own_slots(self):
        slots = [
            self._prepare_slot("packaging", self.env._("The unharmed packaging")),
            self._prepare_slot("damage", self.env._("The damaged article")),
        ]
        if self._is_tracked():
            slots.append(self._prepare_slot("serial_number", self.env._("Its serial number")))
        return slots
