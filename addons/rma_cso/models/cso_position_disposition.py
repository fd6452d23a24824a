from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CsoPositionDisposition(models.AbstractModel):
    """Where the goods of a return position go after the test."""

    _name = "cso.position.disposition"
    _description = "Disposition of a Return Position"

    disposition = fields.Selection(
        [
            ("restock", "Back into stock"),
            ("quarantine", "Quarantine"),
            ("scrap", "Scrap"),
            ("vendor", "To the vendor"),
            ("customer", "Back to the customer"),
        ],
        readonly=True,
        copy=False,
        index=True,
        groups="base.group_user",
        help="Where the goods go after the test.",
    )
    is_to_dispose = fields.Boolean(
        "To Put Away",
        compute="_compute_is_to_dispose",
        store=True,
        groups="base.group_user",
        help="Tested, and nobody has said yet where the goods go.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends(
        "state", "test_result", "disposition", "received_qty", "move_ids.state", "move_ids.cso_step"
    )
    def _compute_is_to_dispose(self):
        for position in self:
            is_open = position.received_qty > 0 and not position.disposition
            is_tested = position.state != "received"
            position.is_to_dispose = is_open and is_tested and bool(position._get_goods_here())

    @api.depends("received_qty", "quantity")
    def _compute_is_settled(self):
        """Extend: what is taken back is settled while it is with us."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ business
    def _has_goods(self):
        """Return whether goods of this position were received and not given back."""
        self.ensure_one()
        return self.received_qty > 0

    def _is_goods_done(self):
        """Return whether all goods of this position were received."""
        self.ensure_one()
        return self._compare_units(self.received_qty, self.quantity) >= 0

    def _dispose(self, disposition):
        """Move the goods of these positions where they go after the test.

        Goods to the vendor stay where they are until they are shipped; what lies in the right
        place is not moved. It can be done again as long as the goods are with us.

        :param str disposition: key of ``disposition``
        :raise UserError: where one of them is not tested, or nothing of it lies with us
        """
        self._check_disposable()
        if disposition == "customer":
            self._check_not_ours()
            self._send_back()
        elif disposition != "vendor":
            self._put_away(disposition)
        self.sudo().disposition = disposition  # nobody puts away by writing fields

    def _check_disposable(self):
        """Refuse positions that are not tested, and those of which nothing lies with us."""
        for position in self:
            if position.state == "received":
                text = self.env._("%(position)s: test it first.", position=position.display_name)
                raise UserError(text)
            if not position._get_goods_here():
                raise UserError(
                    self.env._(
                        "%(position)s: nothing of it lies with us (any more).",
                        position=position.display_name,
                    )
                )

    def _check_not_ours(self):
        """Refuse to send back what the customer got money or another unit for.

        :raise UserError: that names the position and what was decided
        """
        for position in self.filtered(
            lambda position: (
                position.outcome_id
                and not position.outcome_id.frees_units
                and position._has_documents()
            )
        ):
            raise UserError(
                self.env._(
                    "The goods of %(position)s stay with us: %(outcome)s.",
                    position=position.display_name,
                    outcome=position.outcome_id.name,
                )
            )

    def _put_away(self, disposition):
        """Make and do the moves that bring the goods of these positions to their place."""
        values = []
        for position in self:
            for goods in position._get_goods_here():
                place = goods["location"]._get_cso_place(disposition)
                if not goods["location"]._child_of(place):
                    values.append(position._prepare_disposition_move(goods, place))
        # Testers of the desk need no rights of their own on moves and valuation.
        moves_sudo = self.env["stock.move"].sudo().create(values)
        for name, moves in moves_sudo.grouped("origin").items():
            moves.reference = (
                name  # no transfer names these moves; entries in the books are named so
            )
        moves_sudo._action_done()

    def _prepare_disposition_move(self, goods, place):
        """Return the values of a move that brings goods to a place.

        :param dict goods: as of ``_get_goods_here``
        :param place: ``stock.location``
        """
        self.ensure_one()
        quantities = goods["lots"] or {self.env["stock.lot"]: goods["quantity"]}
        product, location = goods["product"], goods["location"]
        shared = {
            "product_id": product.id,
            "location_id": location.id,
            "company_id": self.company_id.id,
        }
        return {
            **shared,
            "product_uom_qty": goods["quantity"],
            "product_uom": product.uom_id.id,
            "location_dest_id": place.id,
            "origin": self.rma_id.name,
            "cso_rma_line_id": self.id,
            "cso_step": "disposition",
            "picked": True,
            "move_line_ids": [
                Command.create(
                    {
                        **shared,
                        "product_uom_id": product.uom_id.id,
                        "quantity": quantity,
                        "lot_id": lot.id,
                        "location_dest_id": place._get_putaway_strategy(product, quantity).id,
                    }
                )
                for lot, quantity in quantities.items()
            ],
        }
