from odoo import api, fields, models
from odoo.exceptions import UserError

STAFF = "rma_cso.group_cso_user,account.group_account_invoice,account.group_account_readonly"


class CsoPositionClaim(models.AbstractModel):
    """What we claim back for a return position from its vendor, or from the carrier."""

    _name = "cso.position.claim"
    _description = "Claims for a Return Position"

    # Vendors and costs are never the customer's to read.
    claim_line_ids = fields.One2many("cso.claim.line", "position_id", "Claims", groups=STAFF)
    claim_count = fields.Integer(
        "Number of Claims", compute="_compute_claim_count", compute_sudo=False, groups=STAFF
    )
    is_to_claim = fields.Boolean(
        "To Claim at the Vendor",
        compute="_compute_is_to_claim",
        store=True,
        groups="base.group_user",
        help="Put aside for the vendor, and in no claim yet.",
    )

    is_damage_to_claim = fields.Boolean(
        "To Claim at the Carrier",
        compute="_compute_is_damage_to_claim",
        store=True,
        groups="base.group_user",
        help="Damage in transport, authorised, and in no claim yet.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("claim_line_ids")
    def _compute_claim_count(self):
        for position in self:
            position.claim_count = len(position.claim_line_ids.claim_id)

    @api.depends(
        "disposition",
        "move_ids.state",
        "move_ids.cso_step",
        "claim_line_ids.is_open",
        "claim_line_ids.shipped_qty",
        "claim_line_ids.back_qty",
    )
    def _compute_is_to_claim(self):
        for position in self:
            is_kept = position.disposition == "vendor" and bool(position._get_goods_here())
            is_claimed = is_kept and position.claim_line_ids._filter_pending()
            position.is_to_claim = is_kept and not is_claimed

    @api.depends(
        "reason_id.at_carrier",
        "submitted_on",
        "authorisation_state",
        "claim_line_ids.kind",
        "claim_line_ids.claim_id.cancelled_on",
    )
    def _compute_is_damage_to_claim(self):
        for position in self:
            is_kept = position.submitted_on and not position._get_carrier_objection()
            position.is_damage_to_claim = bool(is_kept)

    # ------------------------------------------------------------------ actions
    def action_claim_vendor(self):
        """Claim these positions at their vendors: a draft per vendor, or the one that is open.

        :return: action that shows the claims, or asks for the vendor that is not known
        :raise UserError: where one of them is not to go to the vendor, or is claimed already
        """
        return self._start_claim("vendor")

    def action_claim_carrier(self):
        """Claim damages in transport at the carriers of the original deliveries.

        :return: action that shows the claims, or asks for the carrier that is not known
        :raise UserError: where one of them is no damage in transport, or is claimed already
        """
        return self._start_claim("carrier")

    def action_view_claims(self):
        """Open the claims of these positions."""
        return self.claim_line_ids.claim_id._get_list_action()

    # ------------------------------------------------------------------ business
    def _check_disposable(self):
        """Extend: what is claimed at the vendor stays until the claim ends.

        :raise UserError: where a claim needs the goods
        """
        result = super()._check_disposable()
        self._check_unclaimed()
        return result

    def _check_splittable(self):
        """Extend: what is claimed at the vendor is not divided."""
        result = super()._check_splittable()
        self._check_unclaimed()
        return result

    def _send_back(self, reason_text=None):
        """Extend: what is claimed at the vendor does not go to the customer.

        :raise UserError: where a claim needs goods that are here
        """
        self._check_unclaimed()
        return super()._send_back(reason_text)

    def _check_unclaimed(self):
        lines_sudo = self.sudo().claim_line_ids  # the warehouse reads no claims
        for line in lines_sudo._filter_pending():
            raise UserError(
                self.env._(
                    "%(position)s is claimed at the vendor: withdraw %(claim)s first.",
                    position=line.position_id.display_name,
                    claim=line.claim_id.name,
                )
            )

    def _start_claim(self, kind):
        """Claim these positions; a dialog asks for the partners that are not known."""
        self.check_access("write")
        self._lock_for_decision()
        self._check_claimable(kind)
        partners = self._get_claim_partners(kind)
        if all(partners.values()):
            return self._make_claims(kind, partners)._get_list_action()
        title = self.env._("Claim at the Carrier")
        if kind == "vendor":
            title = self.env._("Claim at the Vendor")
        action = self._get_dialog("cso.claim.start", title)
        action["context"]["default_kind"] = kind
        return action

    def _check_claimable(self, kind):
        """Refuse positions that cannot be claimed, with the reason.

        :param str kind: vendor or carrier
        :raise UserError: where one of them cannot
        """
        for position_sudo in self.sudo():  # clerks read the moves of all warehouses
            if kind == "vendor":
                text = position_sudo._get_vendor_objection()
            else:
                text = position_sudo._get_carrier_objection()
            if text:
                raise UserError(
                    self.env._(
                        "%(position)s: %(text)s", position=position_sudo.display_name, text=text
                    )
                )

    def _get_vendor_objection(self):
        """Return why this position cannot be claimed at its vendor, else None."""
        self.ensure_one()
        if self.disposition != "vendor":
            return self.env._("it is not put aside for the vendor.")
        sent = self.claim_line_ids._filter_pending().filtered("claim_id.sent_on")
        if sent:
            return self.env._("it is in %(claim)s already.", claim=sent[0].claim_id.name)
        if not self._get_goods_here():
            return self.env._("nothing of it lies with us (any more).")
        return None

    def _get_carrier_objection(self):
        """Return why this position cannot be claimed at the carrier, else None."""
        self.ensure_one()
        if not self.reason_id.at_carrier:
            return self.env._("its reason is no damage in transport.")
        if self.authorisation_state != "authorised":
            return self.env._("it is not authorised.")
        known = self.claim_line_ids.filtered(
            lambda line: line.kind == "carrier" and not line.claim_id.cancelled_on
        )
        if known:
            return self.env._("it is in %(claim)s already.", claim=known[0].claim_id.name)
        return None

    def _get_claim_partners(self, kind):
        """Return by position at whom it is claimed (``res.partner``, empty where not known)."""
        if kind == "vendor":
            return {position: position.vendor_id for position in self}
        return {
            position: position._get_carrier_moves().picking_id.carrier_id.cso_claim_partner_id[:1]
            for position in self
        }

    def _get_carrier_moves(self):
        """Return the deliveries (``stock.move``, sudo) that brought these units to the customer."""
        line_sudo = self.sale_line_id.sudo()  # clerks need not read all transfers
        outgoing, _incoming = line_sudo._get_return_moves()
        moves = self.env["stock.move"].sudo().union(*outgoing.values())
        return moves.filtered(lambda move: move.state == "done")

    def _make_claims(self, kind, partners):
        """Add these positions to the drafts of their partners.

        :param str kind: vendor or carrier
        :param dict partners: ``res.partner`` by position
        :return: the claims (``cso.claim``)
        """
        claims_sudo = self.env["cso.claim"].sudo()  # nobody makes claims by hand
        for (company, partner), positions in self.grouped(
            lambda position: (position.company_id, partners[position])
        ).items():
            values = {"kind": kind, "company_id": company.id, "partner_id": partner.id}
            domain = [(name, "=", value) for name, value in values.items()]
            claim = claims_sudo.search([*domain, ("state", "=", "draft")], limit=1)
            claim = claim or claims_sudo.create(values)
            positions.sudo()._add_to_claim(claim)
            claims_sudo |= claim
        return claims_sudo.sudo(False)

    def _add_to_claim(self, claim):
        """Add lines of these positions to a draft; what is in it already is brought up to date."""
        new = []
        for position in self:
            pending = position.claim_line_ids._filter_pending()
            for values in position._prepare_claim_lines(claim):
                known = pending.filtered(
                    lambda line, values=values: line.product_id.id == values["product_id"]
                )
                if known and claim.kind == "vendor":
                    known.write(values)
                else:
                    new.append(values)
        self.env["cso.claim.line"].create(new)

    def _prepare_claim_lines(self, claim):
        """Return the values of the claim lines of this position, one per article."""
        self.ensure_one()
        parts = self._get_goods_here() if claim.kind == "vendor" else self._get_damaged_parts()
        grouped = {}
        for part in parts:
            values = grouped.setdefault(
                part["product"],
                {"quantity": 0.0, "lots": self.env["stock.lot"], "move": part["receipt"]},
            )
            values["quantity"] += part["quantity"]
            values["lots"] |= self.env["stock.lot"].union(*part["lots"])
        return [
            {
                "claim_id": claim.id,
                "position_id": self.id,
                "product_id": product.id,
                "quantity": values["quantity"],
                "lot_ids": [fields.Command.set(values["lots"].ids)],
                "value": values["quantity"] * self._get_unit_cost(product, values["move"]),
            }
            for product, values in grouped.items()
        ]

    def _get_damaged_parts(self):
        """Return what was damaged in transport, as ``_get_goods_here`` returns what is here."""
        self.ensure_one()
        moves = self._get_carrier_moves()
        return [
            {
                "product": product,
                "receipt": moves.filtered(lambda move, one=product: move.product_id == one)[:1],
                "quantity": self.quantity * per_unit,
                "lots": self.lot_ids.filtered(lambda lot, one=product: lot.product_id == one),
            }
            for product, per_unit in self._get_goods().items()
        ]

    def _get_unit_cost(self, product, move):
        """Return what a unit cost when it was moved, else what it costs today."""
        quantity = move._get_valued_qty() if move else 0.0
        if quantity and move.value:
            return move.value / quantity
        return product.with_company(self.company_id).standard_price
