from odoo import api, fields, models


class CsoFormComplaint(models.TransientModel):
    """Form for goods that work but are not what was described."""

    _name = "cso.form.complaint"
    _inherit = ["cso.form"]
    _description = "Form for Complaints"

    condition = fields.Selection(
        lambda self: self._get_position_selection(
            "condition", "unopened", "opened", "damaged", "undetermined"
        ),
        string="In which condition are the goods?",
    )

    @api.model
    def _get_all_own_questions(self):
        return ["condition"]

    def _get_own_questions(self):
        return ["condition"]

    def _get_required_questions(self):
        return super()._get_required_questions() | {"condition", "comment"}

    def _get_label(self, name):
        if name == "comment":
            return self.env._("What is not as described?")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "comment":
            return self.env._(
                "For example: not compatible although stated, or a function is missing although"
                " described."
            )
        return super()._get_help(name)

    def _get_missing_text(self, name):
        if name == "condition":
            return self.env._("Choose the condition of the goods.")
        return super()._get_missing_text(name)

    def _get_own_slots(self):
        return [
            self._prepare_slot("article", self.env._("The article")),
            self._prepare_slot(
                "serial_number", self.env._("Its serial number"), not self._is_tracked()
            ),
        ]
