from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoDifference(models.Model):
    """What came at the dock in another way than a return position announced it.

    It never stops a receipt: the goods are taken in, and the desk looks at the row.
    """

    _name = "cso.difference"
    _description = "Difference at the Dock"
    _order = "resolved_on desc, id desc"
    _check_company_auto = True

    kind = fields.Selection(
        [
            ("fewer", "Fewer units"),
            ("more", "More units"),
            ("other_article", "Other article"),
            ("other_serial", "Other or unknown serial number"),
            ("damaged", "Damaged"),
            ("incomplete", "Incomplete"),
            ("unannounced", "Unannounced parcel"),
        ],
        required=True,
        default="damaged",
        index=True,
    )
    rma_id = fields.Many2one(
        "cso.rma",
        "Case",
        compute="_compute_rma_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    position_id = fields.Many2one(
        "cso.rma.line",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('rma_id', '=?', rma_id), ('submitted_on', '!=', False)]",
    )
    picking_id = fields.Many2one(
        "stock.picking", "Receipt", index="btree_not_null", ondelete="set null", check_company=True
    )
    move_id = fields.Many2one(
        "stock.move",
        "Stock Move",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The move that brought these units in.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
    )
    product_id = fields.Many2one("product.product", "Article", check_company=True)
    lot_id = fields.Many2one("stock.lot", "Serial Number", check_company=True)
    quantity = fields.Float(digits="Product Unit", default=1.0, help="In the unit of the article.")
    number = fields.Char("Number on the Parcel", help="As scanned or typed at the dock.")
    sender = fields.Char(help="As it stands on the parcel.")
    tracking_ref = fields.Char("Tracking Number")
    note = fields.Text("Note of the Dock")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "cso_difference_attachment_rel",
        "difference_id",
        "attachment_id",
        "Photos",
        bypass_search_access=True,
    )
    resolved_on = fields.Datetime(readonly=True, copy=False)
    resolved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    resolution = fields.Text(copy=False, help="What was done about it; customers do not read it.")
    is_open = fields.Boolean(
        "Open", compute="_compute_is_open", store=True, help="The desk has to look at it."
    )

    _open_idx = models.Index("(company_id, create_date) WHERE is_open")
    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity of a difference cannot be negative."
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_id")
    def _compute_rma_id(self):
        for difference in self:
            difference.rma_id = difference.position_id.rma_id or difference.rma_id

    @api.depends("rma_id")
    def _compute_partner_id(self):
        for difference in self:
            difference.partner_id = difference.rma_id.partner_id or difference.partner_id

    @api.depends("resolved_on")
    def _compute_is_open(self):
        for difference in self:
            difference.is_open = not difference.resolved_on

    @api.depends("kind", "position_id", "rma_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for difference in self:
            about = difference.position_id.display_name or difference.rma_id.name
            parts = (kinds.get(difference.kind), about or difference.number)
            difference.display_name = ": ".join(part for part in parts if part)

    @api.onchange("rma_id", "position_id")
    def _onchange_position_id(self):
        """Fill in what is known: the only position of the case, the article of the position."""
        positions = self.rma_id.line_ids.filtered("submitted_on")
        if not self.position_id and len(positions) == 1:
            self.position_id = positions
        if not self.product_id and self.kind not in ("other_article", "unannounced"):
            self.product_id = self.position_id.product_id

    # ------------------------------------------------------------------ CRUD
    def _has_field_access(self, field, operation):
        """Extend: the dock notes differences, the desk resolves them by its buttons."""
        names = ("resolved_on", "resolved_by_id", "is_open")
        if operation == "write" and field.name in names and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------ actions
    def action_resolve(self):
        """Close these differences; each says what was done about it.

        :raise AccessError: where the user is not of the returns desk
        :raise UserError: where the resolution of one of them is missing
        """
        self._check_desk()
        if self.filtered(lambda difference: not (difference.resolution or "").strip()):
            raise UserError(self.env._("Write what was done about it, then resolve it."))
        self._resolve()

    def action_reopen(self):
        """Open these differences again.

        :raise AccessError: where the user is not of the returns desk
        """
        self._check_desk()
        self.sudo().write(  # nobody opens a difference again by writing fields
            {"resolved_on": False, "resolved_by_id": False}
        )

    def action_expect_no_more(self):
        """Close the receipts of what did not come with these differences.

        :raise AccessError: where the user is not of the returns desk
        """
        self._check_desk()
        self.position_id._expect_no_more()
        self._resolve(self.env._("Nothing more is expected."))

    def action_accept_serial(self):
        """Take the unit that came as the one that the position is about.

        :raise AccessError: where the user is not of the returns desk
        :raise UserError: where the unit was not delivered on the order line, or is claimed
            elsewhere
        """
        self._check_desk()
        for difference in self.filtered(lambda one: one.kind == "other_serial" and one.is_open):
            difference.position_id._accept_lot(difference.lot_id)
            difference._resolve(self.env._("The unit that came is the one that is returned."))

    def action_match(self):
        """Give an unannounced parcel to the position that it belongs to.

        An expired authorisation is opened again; the warehouse counts the goods in the receipt.

        :return: action that opens the receipt, or the case where nothing is expected
        :raise AccessError: where the user is not of the returns desk
        :raise UserError: where no position is chosen, or its units are claimed elsewhere by now
        """
        self.ensure_one()
        self._check_desk()
        if not self.position_id:
            raise UserError(self.env._("Choose the position that the parcel belongs to."))
        self.position_id._take_parcel(self.tracking_ref)
        self._resolve(
            self.resolution or self.env._("The parcel belongs to %(case)s.", case=self.rma_id.name)
        )
        return self.rma_id._get_receipt_action() or self.rma_id._get_list_action()

    def action_register(self):
        """Begin the registration of a return for the customer of an unannounced parcel.

        :return: action that opens it
        """
        self.ensure_one()
        values = {"partner_id": self.partner_id.commercial_partner_id.id} if self.partner_id else {}
        return self.env["cso.register"]._start(values)

    # ------------------------------------------------------------------ business
    def _check_desk(self):
        """Refuse who may not decide on positions: the dock notes, the desk resolves."""
        self.env["cso.rma.line"].check_access("write")
        self.check_access("write")

    def _resolve(self, text=None):
        """Close these differences.

        :param str text: what was done; None: as it was written on each
        """
        values = {"resolved_on": fields.Datetime.now(), "resolved_by_id": self.env.uid}
        if text:
            values["resolution"] = text
        self.sudo().write(values)  # also when a receipt of the warehouse settles it
