from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoTestLine(models.TransientModel):
    _name = "cso.test.line"
    _description = "Test of Received Units"

    @api.model
    def _get_selection(self, name):
        """Return keys and words of a field of positions, in the language of the user."""
        return self.env["cso.rma.line"]._fields[name]._description_selection(self.env)

    wizard_id = fields.Many2one("cso.test", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", required=True, ondelete="cascade")
    product_uom_id = fields.Many2one(related="position_id.product_uom_id")
    lot_id = fields.Many2one("stock.lot", "Serial Number", readonly=True)
    quantity = fields.Float(digits="Product Unit", required=True)
    is_single = fields.Boolean(compute="_compute_is_testable")
    is_testable = fields.Boolean(compute="_compute_is_testable")
    test_result = fields.Selection(
        selection=lambda self: self._get_selection("test_result"),
        string="Result",
        compute="_compute_test_result",
        store=True,
        readonly=False,
        precompute=True,
    )
    disposition = fields.Selection(
        selection=lambda self: self._get_selection("disposition"),
        string="Where To",
        compute="_compute_test_result",
        store=True,
        readonly=False,
        precompute=True,
        help="Empty: it stays where it is for now.",
    )
    note = fields.Char(
        compute="_compute_test_result",
        store=True,
        readonly=False,
        precompute=True,
        help="For staff only.",
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        string="Photos",
        compute="_compute_test_result",
        store=True,
        readonly=False,
        precompute=True,
        bypass_search_access=True,
        help="For staff only.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id", "lot_id")
    def _compute_is_testable(self):
        for line in self:
            line.is_testable = line.position_id._is_testable()
            line.is_single = line.position_id and line.position_id._is_single(line.lot_id)

    @api.depends("position_id")
    def _compute_test_result(self):
        for line in self:
            position = line.position_id
            line.test_result = position.test_result
            line.disposition = position.disposition
            line.note = position.test_note
            line.photo_ids = position.test_photo_ids

    # ------------------------------------------------------------------ business
    def _check_units(self):
        """Refuse more units of a position than were received, and a place for untested goods."""
        units = self.position_id._get_received_units()
        for lot, lines in self.grouped("lot_id").items():
            tested, received = sum(lines.mapped("quantity")), units.get(lot, 0.0)
            is_wrong = any(line.quantity <= 0 for line in lines)
            if is_wrong or self.position_id._compare_units(tested, received) > 0:
                raise UserError(
                    self.env._(
                        "%(received)s of %(position)s were received: the lines must not add up to"
                        " more.",
                        received=PortalFormat(self.env).quantity(received),
                        position=self.position_id.display_name,
                    )
                )
        for line in self.filtered(lambda line: line.disposition and not line.test_result):
            raise UserError(
                self.env._(
                    "%(position)s: choose a result first; “Not tested” is one.",
                    position=line.position_id.display_name,
                )
            )

    def _act_on_position(self):
        """Note the results of the units of one position; what fares differently is split off."""
        whole = self.position_id
        groups = self.grouped(lambda line: (line.test_result, line.disposition))
        tested = [lines for (result, _place), lines in groups.items() if result]
        if not tested:
            whole.filtered("test_result")._reset_test()
            return
        tested.sort(key=lambda lines: -sum(lines.mapped("quantity")))
        parts = [(whole, tested[0])]
        for lines in tested[1:]:
            parts.append((whole._split(*lines._get_part()), lines))
        if whole._is_testable():
            tested[0]._split_rest(whole)
        for position, lines in parts:
            lines._note(position)

    def _get_part(self):
        """Return the units of these lines as ``_split`` takes them: quantity, received, serials."""
        received = {
            lot: sum(lines.mapped("quantity")) for lot, lines in self.grouped("lot_id").items()
        }
        return sum(received.values()), received, self.lot_id

    def _split_rest(self, position):
        """Split off what of a position was not tested: still announced, or left for later."""
        tested, _received, lots = self._get_part()
        received = {
            lot: left
            for lot, quantity in position._get_received_units().items()
            if position._compare_units(left := quantity - self._get_quantity(lot), 0.0) > 0
        }
        is_awaited = bool(position._get_announced_receipts())
        rest = position.quantity - tested if is_awaited else sum(received.values())
        if position._compare_units(rest, 0.0) <= 0:
            return
        part = position._split(rest, received, position.lot_ids - lots)
        part.filtered("test_result")._reset_test()

    def _get_quantity(self, lot):
        return sum(self.filtered(lambda line: line.lot_id == lot).mapped("quantity"))

    def _note(self, position):
        """Note the result of these lines on their position, and bring the goods to their place."""
        first = self[:1]
        if position._is_testable():
            position._note_test(first.test_result, self._get_note(), self.photo_ids)
        elif first.test_result != position.test_result:
            raise UserError(
                self.env._(
                    "%(position)s is decided: its result stays as it is.",
                    position=position.display_name,
                )
            )
        if first.disposition and first.disposition != position.disposition:
            position._dispose(first.disposition)

    def _get_note(self):
        """Return the notes of these lines, each once, with the serials that they are about."""
        notes = self.filtered("note").grouped("note")
        if len(notes) < 2 and len(self) == sum(map(len, notes.values())):
            return next(iter(notes), False)
        return "\n".join(
            ": ".join(filter(None, (", ".join(lines.lot_id.mapped("name")), note)))
            for note, lines in notes.items()
        )
