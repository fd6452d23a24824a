from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoDecideTakeBack(models.TransientModel):
    _name = "cso.decide.take.back"
    _inherit = ["cso.decide"]
    _description = "Decide: Taken Back Without Money"

    # ------------------------------------------------------------------ business
    def _get_preview(self):
        """Return a line for each article that stays with us, at which cost it was received."""
        fmt = PortalFormat(self.env)
        lines = []
        for position in self.position_ids._origin:
            for product, moves in position._get_done_receipts().grouped("product_id").items():
                quantity = sum(move._get_cso_received_qty(product.uom_id) for move in moves)
                lines.append(
                    self.env._(
                        "%(quantity)s of %(article)s stay with us, received at %(value)s; no credit"
                        " note, no invoice.",
                        quantity=fmt.quantity(quantity),
                        article=product.display_name,
                        value=format_amount(
                            self.env,
                            sum(move.value if move.is_in else -move.value for move in moves),
                            position.company_id.currency_id,
                        ),
                    )
                )
        return "\n".join(lines) or self.env._("Nothing of these positions has arrived.")

    def _check_positions(self):
        """Extend: what is taken back has arrived.

        :raise UserError: that names what is still missing
        """
        result = super()._check_positions()
        for position in self.position_ids:
            if not position._is_goods_done():
                raise UserError(
                    self.env._(
                        "%(received)s of %(quantity)s units of %(position)s have arrived: wait for"
                        " the others, or split them off.",
                        received=PortalFormat(self.env).quantity(position.received_qty),
                        quantity=PortalFormat(self.env).quantity(position.quantity),
                        position=position.display_name,
                    )
                )
        return result

    def _make_documents(self):
        """Make no document: the goods that arrived are what was promised."""
        return dict.fromkeys(self.position_ids, ("goods",))
