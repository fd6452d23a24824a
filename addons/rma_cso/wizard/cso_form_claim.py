from odoo import models


class CsoFormClaim(models.TransientModel):
    """Form for what is missing in the box: named in words, nothing more is asked."""

    _name = "cso.form.claim"
    _inherit = ["cso.form"]
    _description = "Form for Missing Parts"

    def _get_label(self, name):
        if name == "comment":
            return self.env._("Which part is missing?")
        return super()._get_label(name)

    def _get_help(self, name):
        if name == "comment":
            return self.env._("The part that the maker says belongs in the box.")
        return super()._get_help(name)

    def _get_missing_text(self, name):
        if name == "comment":
            return self.env._("Name the part that is missing.")
        return super()._get_missing_text(name)

    def _get_file_hint(self):
        return self.env._("A picture of a complete set helps.")
