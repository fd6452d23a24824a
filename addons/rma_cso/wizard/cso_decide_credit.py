from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount


class CsoDecideCredit(models.TransientModel):
    _name = "cso.decide.credit"
    _inherit = ["cso.decide"]
    _description = "Decide: Credit"

    line_ids = fields.One2many(
        "cso.decide.credit.line",
        "wizard_id",
        "Positions",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.create({"position_id": position._origin.id})
                for position in wizard.position_ids
                if position._origin._get_quantity_to_credit() > 0
            ]

    @api.depends("line_ids.quantity", "line_ids.fee_percent")
    def _compute_preview(self):
        """Extend: the quantities and fees count."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _get_decided_positions(self):
        return self.line_ids.position_id

    def _make_documents(self):
        """Make one draft credit note per invoice for the units of the chosen positions."""
        positions = self._get_decided_positions()
        credit_notes_sudo = self._make_credit_notes()
        positions.rma_id._log_credit_notes(credit_notes_sudo)
        return dict.fromkeys(positions, ("credit",))

    def _get_result_action(self):
        positions = self._get_decided_positions()
        notes_sudo = positions.sudo().refund_ids  # shown to accountants only
        drafts_sudo = notes_sudo.filtered(lambda note: note.state == "draft")
        return positions.rma_id._get_credit_note_action(drafts_sudo)

    def _check_positions(self):
        if not self.line_ids:
            raise UserError(self.env._("Nothing is left to credit on these positions."))
        for line in self.line_ids:
            line._check_position()

    def _get_allotment(self):
        """Return by invoice a list of pairs: wizard line, and dict of invoice lines to quantities.

        Units go to the invoice lines first in, first out; quantities in the invoice lines' unit.

        :raise UserError: where more would be credited than was invoiced
        """
        # A clerk of the returns desk has no right on invoices; only these lines are read.
        bills_sudo = self.line_ids.position_id.sale_line_id.sudo()._get_posted_invoice_lines()
        left = bills_sudo._get_cso_creditable()
        allotment = defaultdict(lambda: defaultdict(dict))
        for line in self.line_ids:
            for bill_sudo, quantity in line._allot(bills_sudo, left):
                allotment[bill_sudo.move_id][line][bill_sudo] = quantity
        self._check_ceiling(allotment)
        return allotment

    def _check_ceiling(self, allotment):
        """Refuse to credit more of an invoice than is left of its amount."""
        for invoice_sudo, parts in allotment.items():
            amount = sum(
                bill_sudo._get_cso_amount(quantity)
                for bills in parts.values()
                for bill_sudo, quantity in bills.items()
            )
            room = invoice_sudo._get_cso_creditable_amount()
            if invoice_sudo.currency_id.compare_amounts(amount, room) > 0:
                raise UserError(
                    self.env._(
                        "Of invoice %(invoice)s only %(room)s can still be credited.",
                        invoice=invoice_sudo.name,
                        room=format_amount(self.env, room, invoice_sudo.currency_id),
                    )
                )

    def _get_preview(self):
        """Return a text that names each credit note, its net amount and its fee."""
        self.ensure_one()
        texts = []
        for invoice_sudo, parts in self._get_allotment().items():
            amount = sum(
                bill_sudo._get_cso_amount(quantity)
                for bills in parts.values()
                for bill_sudo, quantity in bills.items()
            )
            fee = sum(line._get_fee(bills) for line, bills in parts.items())
            texts.append(self._format_preview(invoice_sudo, amount, fee))
        return "\n".join(texts) or self.env._("Nothing is left to credit on these positions.")

    def _format_preview(self, invoice_sudo, amount, fee):
        currency = invoice_sudo.currency_id
        return self.env._(
            "Draft credit note for invoice %(invoice)s: %(amount)s less return fee %(fee)s = "
            "%(net)s before tax.",
            invoice=invoice_sudo.name,
            amount=format_amount(self.env, amount, currency),
            fee=format_amount(self.env, fee, currency),
            net=format_amount(self.env, amount - fee, currency),
        )

    def _make_credit_notes(self):
        """Return the draft credit notes, made by the reversal wizard of `account`, one by one."""
        allotment = self._get_allotment()
        credit_notes_sudo = self.env["account.move"].sudo()
        for invoice_sudo, parts in allotment.items():
            reversal_sudo = (
                invoice_sudo.env["account.move.reversal"]
                .with_company(invoice_sudo.company_id)
                .with_context(
                    active_model="account.move",
                    active_ids=invoice_sudo.ids,
                    cso_credit_commands=self._prepare_credit_commands(parts),
                )
                .create(self._prepare_reversal(invoice_sudo))
            )
            reversal_sudo.refund_moves()
            credit_notes_sudo |= reversal_sudo.new_move_ids.with_context(cso_credit_commands=None)
        return credit_notes_sudo

    def _prepare_reversal(self, invoice_sudo):
        cases = self.line_ids.position_id.rma_id
        return {
            "journal_id": invoice_sudo.journal_id.id,
            "reason": ", ".join(cases.mapped("name")),
        }

    def _prepare_credit_commands(self, parts):
        """Return the line commands of one credit note: its units, each followed by its fee."""
        commands = []
        for line, bills in parts.items():
            position = line.position_id
            for bill_sudo, quantity in bills.items():
                values = bill_sudo._prepare_cso_credit_line(position, quantity)
                commands.append(Command.create(values))
            fee, first_sudo = line._get_fee(bills), next(iter(bills))
            if not first_sudo.currency_id.is_zero(fee):
                values = first_sudo._prepare_cso_fee_line(position, line.fee_percent, fee)
                commands.append(Command.create(values))
        return commands
