from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

# States in which the goods of a position are tested, again as well.
TESTABLE_STATES = ("received", "to_decide")


class CsoPositionTest(models.AbstractModel):
    """What the test bench found out about the goods of a return position."""

    _name = "cso.position.test"
    _description = "Test of a Return Position"

    arrived_on = fields.Datetime(
        compute="_compute_arrived_on",
        store=True,
        help="When the first of the goods were received.",
    )
    test_result = fields.Selection(
        [
            ("confirmed", "Fault confirmed"),
            ("no_fault", "No fault found"),
            ("customer_damage", "Customer damage"),
            ("incomplete", "Incomplete"),
            ("untested", "Not tested"),
        ],
        copy=False,
    )
    test_note = fields.Text(copy=False, groups="base.group_user")
    test_photo_ids = fields.Many2many(
        "ir.attachment",
        "cso_rma_line_test_photo_rel",
        "line_id",
        "attachment_id",
        "Photos of the Test",
        copy=False,
        groups="base.group_user",
        bypass_search_access=True,
        help="For staff only.",
    )
    tested_on = fields.Datetime(compute="_compute_tested_on", store=True)
    tested_by_id = fields.Many2one("res.users", readonly=True, copy=False, groups="base.group_user")
    is_at_bench = fields.Boolean(
        "At the Test Bench",
        compute="_compute_is_at_bench",
        compute_sudo=True,
        groups="base.group_user",
        help="Is to be tested, or lies with us and can be put away.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("move_ids.state", "move_ids.cso_step", "move_ids.date", "received_qty")
    def _compute_arrived_on(self):
        for position in self:
            dates = position._get_done_receipts().mapped("date") if position.received_qty else ()
            position.arrived_on = min(dates, default=False)

    @api.depends("test_result")
    def _compute_tested_on(self):
        for position in self:
            position.tested_on = position.test_result and (
                position.tested_on or fields.Datetime.now()
            )

    @api.depends("state", "received_qty", "disposition", "move_ids.state")
    def _compute_is_at_bench(self):
        for position in self:
            position.is_at_bench = position._is_at_bench()

    # ------------------------------------------------------------------ actions
    def action_test(self):
        """Open the dialog that notes test results and says where the goods go from here.

        :raise UserError: where nothing of these positions is with us
        """
        lines = self.filtered(lambda position: position._is_at_bench())
        if not lines:
            raise UserError(self.env._("Nothing of this is with us to be tested or put away."))
        action = lines._get_dialog("cso.test", self.env._("Test and Put Away"))
        action["context"]["dialog_size"] = "extra-large"
        return action

    # ------------------------------------------------------------------ business
    def _is_testable(self):
        """Return whether the result of the test can be noted, or changed."""
        self.ensure_one()
        return self.state in TESTABLE_STATES and self.received_qty > 0

    def _is_at_bench(self):
        """Return whether the goods of this position are to be tested or put away."""
        self.ensure_one()
        is_ours = self.disposition == "restock"  # among the others in stock, maybe sold again
        return self._is_testable() or bool(not is_ours and self._get_goods_here())

    def _get_received_units(self):
        """Return what was received and not taken back: quantity by serial (``stock.lot``).

        Articles without serials, and kits, are one entry under an empty serial. Quantities are in
        the unit of the order line, not rounded.
        """
        self.ensure_one()
        receipts = self._get_done_receipts()
        none = self.env["stock.lot"]
        if len(receipts.product_id) != 1 or receipts.product_id.tracking == "none":
            return {none: self.received_qty} if self.received_qty > 0 else {}
        product, units = receipts.product_id, defaultdict(float)
        size = self.product_uom_id._compute_quantity(1.0, product.uom_id, round=False)
        size = self._get_goods().get(product) or size
        for item in receipts.move_line_ids:
            sign = -1.0 if item.location_id.usage == "internal" else 1.0
            units[item.lot_id] += sign * item.quantity_product_uom
        return {
            lot: quantity / size
            for lot, quantity in units.items()
            if product.uom_id.compare(quantity, 0.0) > 0
        }

    def _is_single(self, lot):
        """Return whether the received units of a serial, or of none, cannot be divided."""
        self.ensure_one()
        if lot.product_id.tracking == "serial":
            return True
        received = self._get_received_units().get(lot, 0.0)
        return self._compare_units(received, self.sale_line_id._get_cso_lot_size()) <= 0

    def _note_test(self, result, note, photos):
        """Note what was found out about these positions.

        :param str result: key of ``test_result``
        :param str note: for staff, may be empty
        :param photos: ``ir.attachment`` that become theirs; for staff only
        :raise UserError: where one of them is decided, or nothing of it was received
        """
        for position in self.filtered(lambda position: not position._is_testable()):
            raise UserError(
                self.env._(
                    "%(position)s cannot be tested now: nothing was received, or it is decided.",
                    position=position.display_name,
                )
            )
        changed = self.filtered(lambda position: position.test_result != result)
        self.sudo().write(  # nobody tests by writing fields
            {
                "test_result": result,
                "test_note": note,
                "test_photo_ids": [fields.Command.set(photos.ids)],
                "tested_by_id": self.env.uid,
            }
        )
        self._keep_test_photos()
        if result != "untested":
            changed._notify("tested")

    def _reset_test(self):
        """Have these positions tested and put away again, or at all."""
        self.sudo().write(  # nobody tests by writing fields
            {
                "test_result": False,
                "test_note": False,
                "test_photo_ids": [fields.Command.clear()],
                "tested_by_id": False,
                "disposition": False,
            }
        )

    def _forget_unreceived(self):
        """Forget the test of those of these positions of which nothing is received any more."""
        gone = self.filtered(lambda position: position.test_result and position.received_qty <= 0)
        gone._reset_test()

    def _keep_test_photos(self):
        """Make the photos of the test belong to their positions, readable by staff only."""
        for position_sudo in self.sudo():  # testers do not write positions
            new = position_sudo.test_photo_ids.filtered(
                lambda photo: photo.res_model != "cso.rma.line"
            )
            new.write(
                {
                    "res_model": "cso.rma.line",
                    "res_id": position_sudo.id,
                    # a customer who reads the position may not read this field
                    "res_field": "test_photo_ids",
                }
            )
