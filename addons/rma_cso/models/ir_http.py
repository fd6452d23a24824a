from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        # The texts that the form writes while one types are translated in the browser.
        return [*super()._get_translation_frontend_modules_name(), "rma_cso"]
