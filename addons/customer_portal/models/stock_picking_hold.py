from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.stored_fields import create_computed_columns
from .sale_order_hold import HOLDS


class StockPickingHold(models.AbstractModel):
    """Goods of a held order are reserved, picked and packed, but do not leave."""

    _name = "stock.picking.hold"
    _description = "Hold of Shipments"

    delivery_hold = fields.Selection(
        HOLDS,
        "Held",
        compute="_compute_delivery_hold",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Why this shipment may not leave. It is released by itself when that is settled.",
    )
    delivery_hold_text = fields.Char(
        "Why Held", compute="_compute_delivery_hold_text", groups="base.group_user"
    )

    @api.depends(
        "move_ids.sale_line_id.order_id.delivery_hold",
        "move_ids.location_dest_id",
        "move_ids.picking_type_id",
        "picking_type_id.code",
    )
    def _compute_delivery_hold(self):
        for picking in self:
            moves_sudo = picking.sudo().move_ids  # the warehouse has no right on orders
            holds = moves_sudo._get_held_moves().sale_line_id.order_id.mapped("delivery_hold")
            picking.delivery_hold = holds[0] if holds else False

    @api.depends("delivery_hold")
    @api.depends_context("lang")
    def _compute_delivery_hold_text(self):
        orders = self.env["sale.order"]
        for picking in self:
            picking.delivery_hold_text = orders._get_delivery_hold_text(picking.delivery_hold)

    def _auto_init(self):
        """Nothing is held when the add-on is installed: no shipment is looked at."""
        if self._auto:
            create_computed_columns(self, ("_compute_delivery_hold",))
        return super()._auto_init()

    def _has_field_access(self, field, operation):
        """Nobody writes what the rules find."""
        if field.name == "delivery_hold" and operation == "write" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def button_validate(self):
        """As core; of held shipments the reason is said before anything is asked.

        :return: as core
        :raise UserError: that names the shipment and the reason
        """
        self._check_delivery_hold()
        return super().button_validate()

    def _check_delivery_hold(self):
        """Refuse to ship what is held.

        :raise UserError: that names the shipment and the reason
        """
        for picking in self.filtered("delivery_hold"):
            if picking.state in ("done", "cancel"):
                continue
            raise UserError(
                self.env._(
                    "%(shipment)s is held and must not leave. %(reason)s It is released by itself "
                    "when that is settled, or by a person with the right to release it.",
                    shipment=picking.name,
                    reason=picking.delivery_hold_text,
                )
            )
