from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
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
    asks_lots = fields.Boolean(compute="_compute_asks_lots")

    # ------------------------------------------------------------------ computes
    @api.depends("line_ids.asks_lots")
    def _compute_asks_lots(self):
        for wizard in self:
            wizard.asks_lots = any(wizard.line_ids.mapped("asks_lots"))

    @api.depends(
        "line_ids.quantity",
        "line_ids.fee_percent",
        "line_ids.fee_amount",
        "line_ids.lot_ids",
    )
    def _compute_preview(self):
        """Extend: the quantities and fees count."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    def _get_line_positions(self):
        """Extend: what is credited already has no line."""
        positions = super()._get_line_positions()
        return positions.filtered(lambda position: position._get_quantity_to_credit())

    def _get_decided_positions(self):
        return self.line_ids.position_id

    def _check_positions(self):
        """Refuse what is decided otherwise, and more than is accepted and not credited yet."""
        if not self.line_ids:
            raise UserError(self.env._("Nothing is left to credit on these positions."))
        result = super()._check_positions()
        for line in self.line_ids:
            line._check_position()
        return result

    def _make_documents(self):
        """Make one draft credit note per invoice for the units of the chosen positions.

        Units that are not invoiced leave the order line, units that never came back the account of
        the customer.
        """
        positions = self._get_decided_positions()
        plan = self._get_plan()
        credit_notes_sudo = self._make_credit_notes(plan)
        for line, parts in plan.items():
            if parts["uninvoiced"]:
                line.position_id._take_off(
                    parts["uninvoiced"], parts["order_fee"], line._get_percent()
                )
        positions._write_off({line.position_id: line.lot_ids for line in self.line_ids})
        positions.rma_id._log_credit_notes(credit_notes_sudo)
        return {position: position._get_credit_promises() for position in positions}

    def _get_result_action(self):
        return self._get_drafts_action()

    # ------------------------------------------------------------------ what is credited
    def _get_plan(self):
        """Return by line of this dialog what is done with its units.

        :return: dict of ``credits`` (``CreditPart`` lists by invoice), ``fees`` (net amount by
            invoice, in its currency), ``uninvoiced`` (units not invoiced, in the unit of the order
            line) and ``order_fee`` (net fee of these, in the currency of the order)
        :raise UserError: where more would be credited than was invoiced or delivered
        """
        # A clerk of the returns desk has no right on invoices; only these lines are read.
        bills_sudo = self.line_ids.position_id.sale_line_id.sudo()._get_posted_invoice_lines()
        left = defaultdict(list)
        for bill_sudo, creditable in bills_sudo._get_cso_creditable().items():
            for sale_line in bill_sudo.sale_line_ids:
                left[sale_line.id].append(creditable)
        plan, taken = {}, defaultdict(float)
        for line in self.line_ids:
            plan[line] = line._allot(left[line.position_id.sale_line_id.id], taken)
        self._check_ceiling(plan)
        return plan

    def _check_ceiling(self, plan):
        """Refuse to credit more of an invoice than is left of its amount."""
        nets = defaultdict(float)
        for parts in plan.values():
            for invoice_sudo, credits in parts["credits"].items():
                nets[invoice_sudo] += sum(part.net for part in credits)
        for invoice_sudo, net in nets.items():
            invoice_sudo._check_cso_creditable(net)

    def _get_preview(self):
        """Return a text that names each credit note, its net amount and its fee, and what leaves
        orders and stock.
        """
        self.ensure_one()
        plan = self._get_plan()
        notes = defaultdict(lambda: [0.0, 0.0])
        for parts in plan.values():
            for invoice_sudo, credits in parts["credits"].items():
                notes[invoice_sudo][0] += sum(part.net for part in credits)
                notes[invoice_sudo][1] += parts["fees"][invoice_sudo]
        texts = [
            self._format_preview(invoice_sudo, amount, fee)
            for invoice_sudo, (amount, fee) in notes.items()
        ]
        for line, parts in plan.items():
            texts += line._get_preview_texts(parts)
        return "\n".join(texts) or self.env._("Nothing is left to credit on these positions.")

    def _format_preview(self, invoice_sudo, amount, fee):
        currency = invoice_sudo.currency_id
        if currency.is_zero(fee):
            return self.env._(
                "Draft credit note for invoice %(invoice)s: %(amount)s before tax.",
                invoice=invoice_sudo.name,
                amount=format_amount(self.env, amount, currency),
            )
        return self.env._(
            "Draft credit note for invoice %(invoice)s: %(amount)s less return fee %(fee)s = "
            "%(net)s before tax.",
            invoice=invoice_sudo.name,
            amount=format_amount(self.env, amount, currency),
            fee=format_amount(self.env, fee, currency),
            net=format_amount(self.env, amount - fee, currency),
        )

    # ------------------------------------------------------------------ credit notes
    def _make_credit_notes(self, plan):
        """Return the draft credit notes (sudo), one per invoice."""
        commands, cases = defaultdict(list), defaultdict(dict)
        for line, parts in plan.items():
            for invoice_sudo, credits in parts["credits"].items():
                fee = parts["fees"][invoice_sudo]
                commands[invoice_sudo] += line._prepare_credit_commands(credits, fee)
                cases[invoice_sudo][line.position_id.rma_id.name] = True
        invoices_sudo = self.env["account.move"].sudo().union(*commands)
        reasons = {invoice: ", ".join(names) for invoice, names in cases.items()}
        notes_sudo = invoices_sudo._make_cso_credit_notes(commands, reasons)
        nets = {
            (line.position_id.id, part.bill.id): part.net
            for line, parts in plan.items()
            for credits in parts["credits"].values()
            for part in credits
        }
        notes_sudo._round_cso_credits(nets)
        return notes_sudo
