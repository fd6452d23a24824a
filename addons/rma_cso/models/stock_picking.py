from odoo import api, fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    # Copied: what remains of a receipt, and what takes it back, belongs to the case too.
    cso_rma_id = fields.Many2one(
        "cso.rma", "Return Case", index="btree_not_null", check_company=True
    )
    cso_difference_ids = fields.One2many(
        "cso.difference", "picking_id", "Differences", groups="stock.group_stock_user"
    )
    is_cso_receipt = fields.Boolean(
        "Receipt of a Return",
        compute="_compute_is_cso_receipt",
        groups="base.group_user",
        help="Brings goods of a return case in.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("cso_rma_id", "location_id", "location_dest_id")
    def _compute_is_cso_receipt(self):
        for picking in self:
            usages = (picking.location_id.usage, picking.location_dest_id.usage)
            is_in = usages[0] != "internal" and usages[1] == "internal"
            picking.is_cso_receipt = bool(picking.cso_rma_id) and is_in

    # ------------------------------------------------------------------ business
    def _send_confirmation_email(self):
        """Extend `stock`: customers are told what leaves for their return positions; claims at
        vendors are told to nobody.
        """
        told = self.filtered(lambda picking: not picking._is_cso_claim())
        result = super(StockPicking, told)._send_confirmation_email()
        self._get_cso_shipped_positions()._notify("shipped")
        return result

    def _is_cso_claim(self):
        """Return whether this transfer brings goods to a vendor where we claim them."""
        is_vendor = self.location_dest_id.usage == "supplier"
        return is_vendor and bool(self.sudo().move_ids.cso_claim_line_id)  # not the warehouse's

    def _queue_shipped_mail(self):
        """Extend `customer_portal`: what leaves for a return case is told by a mail of the case.

        :return: ``res.users`` (sudo) who are told
        """
        positions = self._get_cso_shipped_positions()
        if not positions:
            return super()._queue_shipped_mail()
        return positions.rma_id._get_contact().user_ids.sudo()  # the warehouse reads no users

    def _get_cso_shipped_positions(self):
        """Return the positions for which these shipments bring something to the customer."""
        pickings_sudo = self.sudo()  # the warehouse has no right on orders
        concerned = pickings_sudo.filtered(lambda one: one.cso_rma_id or one.sale_id.cso_rma_id)
        moves = concerned.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )
        back = moves.filtered(lambda move: move.cso_step == "back")
        return back.cso_rma_line_id | moves.sale_line_id.cso_free_for_id

    def _action_done(self):
        """Extend `stock`: what does not fit a return is noted and never stops its receipt; goods
        whose receipt is taken back are tested anew when they come again.
        """
        receipts = self._filter_cso_receipts()
        positions = receipts._take_in() if receipts else None
        result = super()._action_done()
        if positions:
            positions._expect_serials()
            positions._note_received(receipts)
        pickings_sudo = self.sudo().filtered("cso_rma_id")  # the warehouse writes no positions
        pickings_sudo.move_ids.cso_rma_line_id._forget_unreceived()
        return result

    def _sanity_check(self, separate_pickings=True):
        """Extend `stock`: a serial number that nobody can read stops no receipt of a return."""
        receipts = self._filter_cso_receipts()
        if receipts:
            receipts._name_missing_serials()
        return super()._sanity_check(separate_pickings=separate_pickings)

    def _filter_cso_receipts(self):
        """Return those of these transfers that bring goods of return cases in."""
        return self.filtered("cso_rma_id").filtered("is_cso_receipt")

    def _name_missing_serials(self):
        """Give units without a serial number one of our own: number of the case and a count."""
        items = self.move_line_ids.filtered(lambda item: item._is_cso_serial_missing())
        for item in items:
            item.lot_id = self.env["stock.lot"].create(
                {
                    "name": f"{item.picking_id.cso_rma_id.name}/{item.id}",
                    "product_id": item.product_id.id,
                    "company_id": item.company_id.id,
                }
            )

    def _take_in(self):
        """Sort out what came: each unit finds its position, what does not fit gets a row.

        :return: the positions (``cso.rma.line``) of what came
        """
        self._name_missing_serials()
        values = []
        for picking in self:
            moves = picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            announced = moves.filtered("cso_step")
            added = moves - announced
            picking._adopt(added, announced)
            for position in moves.cso_rma_line_id:
                values += position._sort_out(
                    announced.filtered(lambda move, own=position: move.cso_rma_line_id == own),
                    added.filtered(lambda move, own=position: move.cso_rma_line_id == own),
                )
            strange = added.filtered(lambda move: not move.cso_rma_line_id and move.picked)
            values += strange.move_line_ids._prepare_cso_differences("other_article")
        # The warehouse notes what it sees; the system writes what it counted.
        self.env["cso.difference"].sudo().create(values)
        return self.move_ids.filtered("picked").cso_rma_line_id

    def _adopt(self, added, announced):
        """Give what the warehouse added by hand to the position that it belongs to, if any."""
        positions = announced.cso_rma_line_id or self.cso_rma_id._get_awaited_positions()
        for move in added:
            position = move.cso_rma_line_id or positions._choose_for(move.product_id)
            move.write(
                {
                    "cso_rma_line_id": position.id,
                    "cso_step": "receipt",
                    "to_refund": False,
                    "sale_line_id": False,
                }
            )
