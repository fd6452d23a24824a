from odoo import api, models
from odoo.fields import Domain


class SaleLineSerial(models.AbstractModel):
    _inherit = "sale.line.serial"

    @api.model
    def _prepare_serial_sections(self, lot, events):
        """Extend `customer_portal`: the cases of a unit, and the way to register one.

        :return: the sections, as described there
        """
        sections = super()._prepare_serial_sections(lot, events)
        positions_sudo = self._get_serial_positions(lot)
        rows = [self._prepare_case_row(position) for position in positions_sudo]
        return [
            *sections,
            {
                "key": "cases",
                "title": self.env._("Returns and claims"),
                "sequence": 5,
                "rows": rows,
            },
        ]

    @api.model
    def _get_serial_positions(self, lots):
        """Return the submitted positions about units that the user may see, the newest first.

        :param lots: ``stock.lot``
        """
        domain = self.env.user._get_access_domain("cso.rma.line")
        domain &= Domain("submitted_on", "!=", False) & Domain("lot_ids", "in", lots.ids)
        positions_sudo = self.env["cso.rma.line"].sudo()  # inside the access domain only
        return positions_sudo.search(domain, order="submitted_on desc, id desc")

    @api.model
    def _prepare_case_row(self, position):
        is_closed = position.rma_id.state == "closed"
        return {
            "date": position.submitted_on,
            "label": position.rma_id.name,
            "url": f"/my/returns/{position.rma_id.id}",
            "note": position.reason_id.name,
            "badge": ("gr", self.env._("✓ closed")) if is_closed else ("in", self.env._("● open")),
            "links": [],
        }
