from odoo import api, fields, models


class CsoFormShortage(models.TransientModel):
    """Form for pieces on the delivery slip that did not arrive."""

    _name = "cso.form.shortage"
    _inherit = ["cso.form"]
    _description = "Form for Shortages"

    wish = fields.Selection(
        lambda self: self._get_wishes(), string="Do you still want the missing pieces?"
    )

    @api.model
    def _get_wishes(self):
        wishes = {
            "credit": self.env._("No, credit only"),
            "credit_redelivery": self.env._("Yes, credit and redelivery"),
        }
        return list(wishes.items())

    @api.model
    def _get_all_own_questions(self):
        return ["wish"]

    def _get_own_questions(self):
        return ["wish"]

    def _get_required_questions(self):
        return super()._get_required_questions() | {"wish"}

    def _get_label(self, name):
        if name == "quantity":
            return self.env._("How many are missing?")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "comment":
            return self.env._('For example "2 of 3 boxes arrived", or the serials that did arrive.')
        return super()._get_help(name)

    def _get_missing_text(self, name):
        if name == "wish":
            return self.env._("Choose whether the missing pieces are to be sent.")
        return super()._get_missing_text(name)

    def _get_file_hint(self):
        return self.env._("Pictures of the boxes with their address labels help.")
