from odoo import api, models
from odoo.tools import format_list


class PortalSearch(models.AbstractModel):
    _inherit = "portal.search"

    @api.model
    def _get_sources(self):
        """Extend `customer_portal`: the number of a case.

        :return: the sources by key, as described there
        """
        sources = super()._get_sources()
        sources["case"] = {
            "label": self.env._("Returns and claims"),
            "model": "cso.rma",
            "order": "submitted_on desc, id desc",
            "domain": self.env["sale.line.number"]._get_case_match,
            "item": self._prepare_case_item,
            "more": "/my/returns/status?search=",
        }
        return sources

    @api.model
    def _prepare_case_item(self, case):
        reasons = dict.fromkeys(case.line_ids.reason_id.mapped("name"))
        return {
            "label": case.name,
            "note": format_list(self.env, list(reasons)),
            "date": case.submitted_on,
            "url": f"/my/returns/{case.id}",
        }
