from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CsoDecideRepair(models.TransientModel):
    _name = "cso.decide.repair"
    _inherit = ["cso.decide"]
    _description = "Decide: Repair or Vendor Handles It"

    repair_partner_id = fields.Many2one(
        "res.partner",
        "Who Repairs",
        compute="_compute_repair_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Vendor, service centre or our own workshop; the customer does not read it.",
    )
    repair_number = fields.Char(
        "Number at the Repairer", help="RMA number of the vendor, where it is known already."
    )
    repair_deadline = fields.Date("To Be Repaired By")

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_repair_partner_id(self):
        for wizard in self:
            repairers = {one._origin._get_default_repairer() for one in wizard.position_ids}
            wizard.repair_partner_id = repairers.pop() if len(repairers) == 1 else False

    @api.depends("repair_partner_id", "repair_number", "repair_deadline")
    def _compute_preview(self):
        """Extend: who repairs it, and until when."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _check_positions(self):
        if not self.repair_partner_id:
            raise UserError(self.env._("Choose who repairs it."))
        today = fields.Date.context_today(self)
        if self.repair_deadline and self.repair_deadline < today:
            raise UserError(self.env._("The day on which it is to be repaired is over."))
        return super()._check_positions()

    def _get_preview(self):
        """Return a text that says who repairs each position, and what follows."""
        self.ensure_one()
        if not self.repair_partner_id:
            return self.env._("Choose who repairs it.")
        texts = [self._get_note(), *(self._get_way_back(one._origin) for one in self.position_ids)]
        return "\n".join(texts)

    def _get_note(self):
        """Return who repairs it and until when, in words."""
        names = {"repairer": self.repair_partner_id.display_name}
        if not self.repair_deadline:
            return self.env._("Noted: %(repairer)s repairs or handles it.", **names)
        date = format_date(self.env, self.repair_deadline)
        return self.env._(
            "Noted: %(repairer)s repairs or handles it until %(date)s.", date=date, **names
        )

    def _get_way_back(self, position):
        """Return how the goods of a position come back to the customer, in words."""
        names = {
            "position": position.display_name,
            "address": position._get_return_address().display_name.replace("\n", ", "),
        }
        if position.received_qty:
            return self.env._(
                "%(position)s: after “Repaired”, a delivery back to %(address)s.", **names
            )
        return self.env._("%(position)s: nothing is here; no delivery is made.", **names)

    def _make_documents(self):
        """Note who repairs the positions."""
        self.position_ids.sudo().write(  # nobody decides by writing fields
            {
                "repair_partner_id": self.repair_partner_id.id,
                "repair_number": (self.repair_number or "").strip() or False,
                "repair_deadline": self.repair_deadline,
                "repaired_on": False,
            }
        )
        self.position_ids.rma_id._log_note(self._get_note())
        return dict.fromkeys(self.position_ids, ("repair",))
