from odoo import api, fields, models
from odoo.fields import Command, Domain


class CsoReceive(models.TransientModel):
    _name = "cso.receive"
    _description = "Receive a Return"

    number = fields.Char(
        help="Scan or type the number of the case; a serial or tracking number does too."
    )
    message = fields.Text(readonly=True)
    is_unannounced = fields.Boolean(readonly=True)
    rma_id = fields.Many2one("cso.rma", "Case", readonly=True)
    sender = fields.Char(help="As it stands on the parcel.")
    tracking_ref = fields.Char("Tracking Number")
    product_id = fields.Many2one("product.product", "Article")
    quantity = fields.Float(digits="Product Unit", default=1.0)
    serial = fields.Char("Serial Number")
    note = fields.Text("What is in it?")
    attachment_ids = fields.Many2many("ir.attachment", string="Photos")

    # ------------------------------------------------------------------ actions
    def action_open(self):
        """Open the receipt of the number; where nothing is waited for, the dialog says so and
        offers to receive the parcel as unannounced.

        :return: action that opens the receipt, or this dialog again
        """
        self.ensure_one()
        case = self._find_case()
        action = case and case._get_receipt_action()
        if action:
            return action
        self.write({"rma_id": case.id, "is_unannounced": True, "message": self._get_text(case)})
        return self._reopen()

    def action_receive_unannounced(self):
        """Note a parcel that nobody waits for; the desk finds out where it belongs.

        :return: action that shows the dialog again, for the next parcel
        """
        self.ensure_one()
        # The dock notes what it sees, the customer of the case included.
        difference_sudo = self.env["cso.difference"].sudo().create(self._prepare_difference())
        self.attachment_ids.sudo().write(
            {"res_model": difference_sudo._name, "res_id": difference_sudo.id}
        )
        result = self.create({"message": self._get_done_text()})._reopen()
        self.unlink()  # asked twice, it is noted once
        return result

    # ------------------------------------------------------------------ business
    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Receive a Return"),
        }

    def _find_case(self):
        """Return the case (``cso.rma``) of the number, else the one that waits for the serial or
        the parcel with it; empty where none or several do.
        """
        number = (self.number or "").strip()
        cases = self.env["cso.rma"]
        if not number:
            return cases
        case = cases.search(Domain("name", "=ilike", self._escape(number)), limit=1)
        return case or self._find_awaited(number)

    def _find_awaited(self, number):
        by_serial = Domain("lot_ids.name", "=ilike", self._escape(number))
        by_parcel = Domain("tracking_ref", "=ilike", self._escape(number))
        awaited = Domain("state", "=", "authorised") & Domain("is_goods_expected", "=", True)
        cases = self.env["cso.rma.line"].search((by_serial | by_parcel) & awaited).rma_id
        return cases if len(cases) == 1 else cases.browse()

    @api.model
    def _escape(self, number):
        return number.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

    def _get_text(self, case):
        """Return why nothing is waited for."""
        if not (self.number or "").strip():
            return self.env._("There is no number: note what came.")
        number = self.number.strip()
        if not case:
            return self.env._(
                "Nobody announced a parcel with the number %(number)s.", number=number
            )
        states = dict(case.line_ids._fields["state"]._description_selection(self.env))
        words = dict.fromkeys(states[position.state] for position in case.line_ids)
        return self.env._(
            "No goods are waited for under %(number)s (any more): %(states)s.",
            number=case.name,
            states=", ".join(words),
        )

    def _get_done_text(self):
        name = (self.number or self.tracking_ref or self.sender or "").strip()
        if not name:
            return self.env._("The parcel is noted for the returns desk.")
        return self.env._("Parcel %(number)s is noted for the returns desk.", number=name)

    def _prepare_difference(self):
        positions = self.rma_id.line_ids
        lines = [self.note, self.serial and self._get_serial_text()]
        return {
            "kind": "unannounced",
            "rma_id": self.rma_id.id,
            "position_id": len(positions) == 1 and positions.id,
            "company_id": self.rma_id.company_id.id or self.env.company.id,
            "number": self.number and self.number.strip(),
            "sender": self.sender,
            "tracking_ref": self.tracking_ref,
            "product_id": self.product_id.id,
            "lot_id": self._find_lot().id,
            "quantity": self.quantity,
            "note": "\n".join(filter(None, lines)),
            "attachment_ids": [Command.set(self.attachment_ids.ids)],
        }

    def _get_serial_text(self):
        return self.env._("Serial number: %(serial)s", serial=self.serial)

    def _find_lot(self):
        """Return the ``stock.lot`` of the article with the typed number, if there is one."""
        serial = (self.serial or "").strip()
        domain = Domain("name", "=", serial) & Domain("product_id", "=", self.product_id.id)
        return self.env["stock.lot"].search(domain, limit=1) if serial else self.env["stock.lot"]
