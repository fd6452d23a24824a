from odoo import api, fields, models


class CsoFormLicence(models.TransientModel):
    """Form for licences that come back: keys as they were typed, and that none is activated."""

    _name = "cso.form.licence"
    _inherit = ["cso.form"]
    _description = "Form for Licences"

    typed_serials = fields.Text("Licence keys or serial numbers")
    not_activated = fields.Boolean(string="None of these licences has been activated")

    @api.model
    def _get_all_own_questions(self):
        return ["not_activated"]

    def _get_own_questions(self):
        return ["not_activated"]

    def _get_required_questions(self):
        return super()._get_required_questions() | {"not_activated"}

    def _get_missing_text(self, name):
        if name == "not_activated":
            return self.env._("Only licences that are not activated can come back.")
        return super()._get_missing_text(name)
