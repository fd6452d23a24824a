from odoo import api, fields, models
from odoo.exceptions import UserError


class CsoPositionRepair(models.AbstractModel):
    """Who repairs the goods of a return position, or handles them for their maker.

    The kind ``repair`` that a decision promises is this note: alive while somebody repairs, done
    when it is repaired and what we received is back at the customer.
    """

    _name = "cso.position.repair"
    _description = "Repair of a Return Position"

    # The customer does not read who it is, nor the numbers of others.
    repair_partner_id = fields.Many2one(
        "res.partner",
        "Repaired By",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Who repairs or handles it: vendor, service centre or our own workshop.",
    )
    repair_number = fields.Char(
        "Number at the Repairer",
        copy=False,
        groups="base.group_user",
        help="RMA number of the vendor or service centre.",
    )
    repair_deadline = fields.Date(
        "To Be Repaired By", copy=False, groups="base.group_user", help="The day is included."
    )
    repaired_on = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------------ computes
    @api.depends("repair_partner_id", "repaired_on", "received_qty", "back_qty")
    def _compute_is_settled(self):
        """Extend: a repair is settled when the goods are repaired and back at the customer."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ actions
    def action_repaired(self):
        """Note that these positions are repaired and send back what we received of them.

        :raise UserError: where nobody repairs one of them, or its goods are still elsewhere
        """
        self.check_access("write")
        self._lock_for_decision()
        for position in self:
            position._check_repaired()
        self.sudo().write(  # nobody settles a position by writing fields
            {"repaired_on": fields.Datetime.now()}
        )
        self._send_back(self.env._("Repaired"))

    def action_end_repair(self):
        """Forget the repair of these positions, which was not possible: they are decided anew.

        :raise UserError: where nobody repairs one of them, or its goods are on their way back
        """
        self.check_access("write")
        self._lock_for_decision()
        for position in self:
            position._check_in_repair()
        self.rma_id._log_note(self.env._("The repair was not possible; it is decided anew."))
        self.sudo().write(  # nobody decides by writing fields
            {"repair_partner_id": False, "repair_number": False, "repair_deadline": False}
        )

    # ------------------------------------------------------------------ business
    def _has_repair(self):
        """Return whether somebody repairs or handles the goods of this position."""
        self.ensure_one()
        return bool(self.sudo().repair_partner_id)  # customers do not read who

    def _is_repair_done(self):
        """Return whether it is repaired, and all that we received is back at the customer."""
        self.ensure_one()
        is_back = self.product_uom_id.compare(self.back_qty, self.received_qty) >= 0
        return bool(self.repaired_on) and is_back

    def _check_in_repair(self):
        self.ensure_one()
        if not self._has_repair() or self.repaired_on:
            raise UserError(
                self.env._("%(position)s is not being repaired.", position=self.display_name)
            )

    def _check_repaired(self):
        """Refuse what is not being repaired, and goods that are not with us to be sent back."""
        self._check_in_repair()
        if self._is_here() and not self.sudo()._get_goods_here():  # clerks read all transfers
            raise UserError(
                self.env._(
                    "The goods of %(position)s are not here: receive them from the repairer first.",
                    position=self.display_name,
                )
            )

    def _get_default_repairer(self):
        """Return who repairs it by the vendor policy: the service centre, else the maker's."""
        self.ensure_one()
        line_sudo = self.sale_line_id.sudo()  # the policy is asked by purchases
        policy = self.env["cso.vendor.policy"].sudo()._get_policies(line_sudo)[line_sudo.id]
        return (policy.service_partner_id or policy.partner_id).with_env(self.env)
