from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # The cart says in the browser whether it has been kept.
        return [*super()._get_translation_frontend_modules_name(), "customer_portal"]
