from odoo import fields, models
from odoo.exceptions import UserError


class CsoPositionDifference(models.AbstractModel):
    """What comes at the dock for a return position, compared with what was announced."""

    _name = "cso.position.difference"
    _description = "Differences of Return Positions"

    difference_ids = fields.One2many(
        "cso.difference", "position_id", "Differences", groups="base.group_user"
    )

    # ------------------------------------------------------------------ business
    def _check_decidable(self):
        """Extend: what came in place of the goods is looked at before somebody decides.

        :raise UserError: where a difference about another serial number is open
        """
        result = super()._check_decidable()
        for position in self:
            if "other_serial" in position.difference_ids.filtered("is_open").mapped("kind"):
                raise UserError(
                    self.env._(
                        "Another serial number than announced came for %(position)s: resolve the"
                        " difference first.",
                        position=position.display_name,
                    )
                )
        return result

    def _choose_for(self, product):
        """Return the one of these positions that an article nobody announced belongs to, if any."""
        fitting = self.filtered(lambda position: product in position._get_goods())
        return fitting[:1] or (self if len(self) == 1 else self.browse())

    def _note_received(self, receipts):
        """Tell customers that goods of these positions arrived with these transfers."""
        moves = receipts.move_ids.filtered(lambda move: move.state == "done")
        self.filtered(lambda position: position.move_ids & moves)._notify("received")

    # ------------------------------------------------------------------ counting
    def _sort_out(self, announced, added):
        """Compare what came with what was announced; what does not fit gets a move of its own.

        :param announced: moves (``stock.move``) of the receipt, also those of which nothing came
        :param added: moves that the warehouse added
        :return: list of values of ``cso.difference``
        """
        self.ensure_one()
        came = (announced | added).filtered(lambda move: move.picked and move.quantity > 0)
        goods = self._get_goods()
        if not goods:
            return []
        strange = came.filtered(lambda move: move.product_id not in goods)
        values = strange.move_line_ids._prepare_cso_differences("other_article")
        instead = sum(row["quantity"] for row in values)
        for product in goods:
            mine = announced.filtered(lambda move, own=product: move.product_id == own)
            here = came.filtered(lambda move, own=product: move.product_id == own)
            values += self._compare_goods(product, mine, here, instead)
        return values

    def _compare_goods(self, product, announced, came, instead):
        """Return the differences of one article: other serials, then more or fewer units.

        :param float instead: units of other articles that came in its place
        """
        values, uom = [], product.uom_id
        foreign = came.move_line_ids & self._get_foreign_items(came)
        counted = sum((came.move_line_ids - foreign).mapped("quantity_product_uom"))
        missing = uom.round(sum(announced.mapped("product_qty")) - counted)
        for item in foreign:
            kind = "other_serial" if uom.compare(missing, 0.0) > 0 else "more"
            missing -= item.quantity_product_uom
            item.move_id._set_cso_apart(item, self._get_delivery_of(item.lot_id))
            values += item._prepare_cso_differences(kind)
        if uom.compare(missing, 0.0) < 0 and not foreign:
            values += self._set_surplus_apart(came, -missing)
        return values + self._note_fewer(product, announced.picking_id, missing - instead)

    def _get_foreign_items(self, moves):
        """Return the items of receipts whose serial the customer did not announce, or never got."""
        items = moves.move_line_ids
        if not self._is_from_delivery() or self.product_id.tracking != "serial":
            return items.browse()
        known = self.lot_ids or self._get_deliveries().move_line_ids.lot_id
        return items.filtered(
            lambda item: item.product_id == self.product_id and item.lot_id not in known
        )

    def _get_deliveries(self):
        """Return the deliveries (``stock.move``, sudo) of the order line."""
        outgoing, _incoming = self.sale_line_id.sudo()._get_return_moves()  # asked by the dock
        return outgoing[self.sale_line_id.id]

    def _get_delivery_of(self, lot):
        """Return the delivery of the order line that carried a serial, or none."""
        return self._get_deliveries().filtered(lambda move: lot in move.move_line_ids.lot_id)[:1]

    def _set_surplus_apart(self, came, surplus):
        """Return the differences of units beyond what was announced; they have no original move.

        :param float surplus: in the unit of the article
        """
        parts = self.env["stock.move.line"]
        for item in came.move_line_ids.sorted("id", reverse=True):
            taken = min(item.quantity_product_uom, surplus)
            if item.product_id.uom_id.compare(taken, 0.0) > 0:
                surplus -= taken
                parts |= item._split_cso_item(taken)
        for move, items in parts.grouped("move_id").items():
            if move.origin_returned_move_id:
                move._set_cso_apart(items, move.browse())
        return parts._prepare_cso_differences("more")

    def _note_fewer(self, product, picking, missing):
        """Return the values of the difference of units that did not come, if any; one that is
        there is brought up to date, and closed when all came.

        :param float missing: in the unit of the article
        """
        # the system counts, whoever validates
        known_sudo = self.sudo().difference_ids.filtered(
            lambda one: one.is_open and one.kind == "fewer" and one.product_id == product
        )
        if product.uom_id.compare(missing, 0.0) <= 0:
            known_sudo._resolve(self.env._("It came with %(receipt)s.", receipt=picking[:1].name))
            return []
        if known_sudo:
            known_sudo[0].write({"quantity": missing, "picking_id": picking[:1].id})
            return []
        return [
            {
                "kind": "fewer",
                "position_id": self.id,
                "picking_id": picking[:1].id,
                "product_id": product.id,
                "quantity": missing,
                "company_id": self.company_id.id,
            }
        ]

    # ------------------------------------------------------------------ what the desk decides
    def _accept_lot(self, lot):
        """Take a serial that came as the one that this position is about.

        :raise UserError: where it was not delivered on the order line, is claimed elsewhere, or
            is one more than the position has
        """
        self.ensure_one()
        rows_sudo = self.env["cso.rma.line.lot"].sudo()  # written by the system only
        held = rows_sudo.search([("lot_id", "=", lot.id), ("is_held", "=", True)])
        if lot not in self._get_deliveries().move_line_ids.lot_id or held.line_id - self:
            raise UserError(
                self.env._(
                    "%(serial)s was not delivered on this order line, or is claimed elsewhere.",
                    serial=lot.name,
                )
            )
        received = self._get_receipt_moves()._get_cso_received_lots()
        missing = (self.lot_ids - received)[:1]
        if not missing:
            raise UserError(
                self.env._(
                    "All serial numbers of this position have come: %(serial)s is one too many.",
                    serial=lot.name,
                )
            )
        self.sudo().lot_ids = self.lot_ids - missing | lot  # the desk accepts, it edits nothing
        rows = rows_sudo.search([("line_id", "=", self.id), ("lot_id", "=", missing.id)])
        rows.write({"lot_id": lot.id})
        if self.product_uom_id.compare(self.received_qty, self.quantity) >= 0:
            self._expect_no_more()

    def _take_parcel(self, tracking_ref):
        """Wait for the goods of these positions whose parcel is here already.

        :param str tracking_ref: of the parcel, may be empty
        :raise UserError: where the units of an expired position are claimed elsewhere by now
        """
        self.filtered(lambda position: position.state == "expired")._reopen()
        self._mark_sent(tracking_ref=tracking_ref or "")
        awaited = self.filtered(lambda position: position.state == "authorised")
        awaited.filtered("is_goods_expected")._announce_receipts()
