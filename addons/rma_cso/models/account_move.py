from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_amount


class AccountMove(models.Model):
    _inherit = "account.move"

    cso_posted_on = fields.Datetime("Credit Posted On", readonly=True, copy=False)

    is_cso_void = fields.Boolean(
        "Decided Otherwise",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Cancelled for good: its return positions were decided anew, or refused.",
    )
    cso_rma_ids = fields.Many2many(
        "cso.rma", string="Return Cases", compute="_compute_cso_rma_ids", groups="base.group_user"
    )

    cso_claim_id = fields.Many2one(
        "cso.claim",
        "Claim",
        index="btree_not_null",
        copy=False,
        check_company=True,
        groups="rma_cso.group_cso_user,account.group_account_invoice,account.group_account_readonly",
        help="At the vendor or carrier; this credit note answers it.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("invoice_line_ids.cso_rma_line_id")
    def _compute_cso_rma_ids(self):
        for move in self:
            move.cso_rma_ids = move.invoice_line_ids.cso_rma_line_id.rma_id

    # ------------------------------------------------------------------ actions
    def action_view_cso_cases(self):
        """Open the return cases of these credit notes and invoices.

        :return: action that shows the case, or the list of several
        """
        return self.cso_rma_ids._get_list_action()

    def button_draft(self):
        """Extend `account`: what return positions decided otherwise stays cancelled.

        :raise UserError: that names the credit note or invoice
        """
        for move in self.filtered("is_cso_void"):
            raise UserError(
                self.env._(
                    "%(document)s stays cancelled: its return positions were decided anew, or"
                    " refused.",
                    document=move.display_name,
                )
            )
        return super().button_draft()

    # ------------------------------------------------------------------ business
    def _post(self, soft=True):
        """Extend `account`: credits of positions are told to the customer, and nothing is credited
        twice by a credit note made by hand besides.

        :return: the posted moves
        :raise UserError: where more would be credited than was invoiced or accepted, or an invoice
            is corrected that is not credited
        """
        posted = super()._post(soft)
        posted._check_cso_credits()
        posted._check_cso_accepted()
        posted._check_cso_amounts()
        posted._check_cso_corrections()
        credits = posted.filtered("invoice_line_ids.cso_rma_line_id")
        credits.cso_posted_on = fields.Datetime.now()
        credits.invoice_line_ids.cso_rma_line_id._notify("credited")
        return posted

    def _check_cso_credits(self):
        """Refuse to credit more of what was returned than was invoiced, by any credit note."""
        # who posts need not read orders
        refunds_sudo = self.sudo().filtered(lambda move: move.move_type == "out_refund")
        lines = refunds_sudo.invoice_line_ids.sale_line_ids.filtered("cso_claim_limit")
        for line in lines:
            if line.product_uom_id.compare(line._get_cso_billed_qty(), 0.0) < 0:
                raise UserError(
                    self.env._(
                        "More of %(article)s, order %(order)s, would be credited than was invoiced:"
                        " look at the credit notes of its returns.",
                        article=line.product_id.display_name,
                        order=line.order_id.name,
                    )
                )

    def _check_cso_accepted(self):
        """Refuse to credit more units of a position than were accepted."""
        # who posts need not read positions
        lines_sudo = self.sudo().invoice_line_ids._filter_cso_units()
        for position in lines_sudo.cso_rma_line_id:
            taken = position.credited_posted_qty + position.uninvoiced_qty
            if position.product_uom_id.compare(taken, position._get_accepted_qty()) > 0:
                raise UserError(
                    self.env._(
                        "More of %(position)s would be credited than was accepted.",
                        position=position.display_name,
                    )
                )

    def _check_cso_amounts(self):
        """Refuse to credit more of an invoice than its amount where positions credit it."""
        # who posts need not read positions
        credits_sudo = self.sudo().filtered(lambda move: move._is_cso_credit())
        for invoice in credits_sudo.reversed_entry_id:
            notes = invoice.reversal_move_ids.filtered(lambda note: note.state == "posted")
            credited = sum(note._get_cso_goods_amount() for note in notes)
            if invoice.currency_id.compare_amounts(credited, invoice._get_cso_goods_amount()) > 0:
                raise UserError(
                    self.env._(
                        "More of invoice %(invoice)s would be credited than its amount.",
                        invoice=invoice.name,
                    )
                )

    def _check_cso_corrections(self):
        """Refuse the new invoice of a correction while nothing credits the old one."""
        invoices_sudo = self.sudo().filtered(lambda move: move.move_type == "out_invoice")
        lines_sudo = invoices_sudo.invoice_line_ids.filtered("is_cso_correction")
        for position in lines_sudo.cso_rma_line_id:
            if not position._has_amount():
                raise UserError(
                    self.env._(
                        "The invoice that is corrected is not credited: %(position)s.",
                        position=position.display_name,
                    )
                )

    def _get_expected_currency_rate_at(self, date):
        """Extend `account`: what positions credit is credited at the rate of its invoice.

        :param date: day of the credit note
        :return: units of the document's currency for one of the company's
        """
        if self._is_cso_credit():
            return self.reversed_entry_id.invoice_currency_rate
        return super()._get_expected_currency_rate_at(date)

    def _is_cso_credit(self):
        """Return whether this credit note reverses units or amounts of positions."""
        is_reversal = self.move_type == "out_refund" and self.reversed_entry_id
        return bool(is_reversal and self.invoice_line_ids.cso_rma_line_id)

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        """Extend `account`: two credit notes of an invoice that are posted together are both
        matched with it.

        :param reverse_moves: the credit notes
        :param bool move_reverse_cancel: as in `account`
        :return: the credit notes
        """
        if len(self) == len(reverse_moves):
            return super()._reconcile_reversed_moves(reverse_moves, move_reverse_cancel)
        for note in reverse_moves:
            invoice = note.reversed_entry_id
            super(AccountMove, invoice)._reconcile_reversed_moves(note, move_reverse_cancel)
        return reverse_moves

    def _stock_account_prepare_realtime_out_lines_vals(self):
        """Extend `stock_account`: the cost of units that never came back is a loss, not stock.

        :return: list of values of the entries of cost
        """
        values = super()._stock_account_prepare_realtime_out_lines_vals()
        credited = self.invoice_line_ids.filtered("cso_rma_line_id")
        lost = {line.id: line for line in credited if line.cso_rma_line_id._get_loss_moves()}
        entries = [
            lost[one["cogs_origin_id"]]._prepare_cso_loss(one)
            if one["cogs_origin_id"] in lost
            else one
            for one in values
        ]
        return [entry for entry in entries if entry]

    def _make_cso_credit_note(self, commands, reason):
        """Return a draft credit note of this invoice, made by the reversal wizard of `account`.

        :param list commands: commands of its lines
        :param str reason: why, on the credit note
        """
        self.ensure_one()
        return self._make_cso_credit_notes({self: commands}, {self: reason})

    def _make_cso_credit_notes(self, commands, reasons):
        """Return draft credit notes of these invoices, made by the reversal wizard of `account`.

        :param dict commands: commands of the lines by invoice
        :param dict reasons: why, on the credit note, by invoice
        """
        self._lock_for_credit()
        credits = {
            move.id: {
                "line_ids": commands[move],
                "journal_id": move.journal_id.id,
                "payment_reference": move.payment_reference,
                "invoice_currency_rate": move.invoice_currency_rate,
                "reason": reasons[move],
            }
            for move in self
        }
        notes = self.browse()
        for company, moves in self.grouped("company_id").items():
            reversal = (
                self.env["account.move.reversal"]
                .with_company(company)
                .with_context(active_model=self._name, active_ids=moves.ids, cso_credits=credits)
                .create({"journal_id": moves.journal_id[:1].id})
            )
            reversal.refund_moves()
            notes |= reversal.new_move_ids.with_context(cso_credits=None)
        return notes

    def _lock_for_credit(self):
        """Lock these invoices: who credits them at the same moment is run again, and sees what is
        left. Waiting alone would keep the old figures, so the rows are written.
        """
        self.flush_recordset(["cso_posted_on"])
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET cso_posted_on = cso_posted_on WHERE id IN %s",
                tuple(self.ids) or (0,),
            )
        )

    def _round_cso_credits(self, nets):
        """Bring lines of draft credit notes to the net amounts that were meant.

        Units credited one by one, or in another unit than invoiced, differ by cents; what was
        credited as an amount before is not credited again.

        :param dict nets: net amount by ids of position and credited invoice line
        """
        for note in self:
            commands = []
            for line in note.invoice_line_ids._filter_cso_units():
                bill, position = line.cso_credited_line_id, line.cso_rma_line_id
                missing = nets.get((position.id, bill.id), line.price_subtotal)
                missing = note.currency_id.round(missing - line.price_subtotal)
                if missing:
                    values = bill._prepare_cso_rounding_line(position, missing)
                    commands.append(Command.create({**values, "sequence": line.sequence}))
            if commands:
                note.write({"invoice_line_ids": commands})

    def _get_cso_creditable_amount(self):
        """Return the net amount of this invoice that no credit note takes yet, in its currency.

        Drafts count; return fees do not lower what a credit note took.
        """
        self.ensure_one()
        notes = self.reversal_move_ids.filtered(lambda note: note.state != "cancel")
        return self._get_cso_goods_amount() - sum(note._get_cso_goods_amount() for note in notes)

    def _check_cso_creditable(self, net):
        """Refuse to credit more of this invoice than is left of it.

        :param float net: before tax, in its currency
        :raise UserError: that names what can still be credited
        """
        room, currency = self._get_cso_creditable_amount(), self.currency_id
        if currency.compare_amounts(net, room) > 0:
            raise UserError(
                self.env._(
                    "Of invoice %(invoice)s only %(room)s can still be credited.",
                    invoice=self.name,
                    room=format_amount(self.env, room, currency),
                )
            )

    def _get_cso_goods_amount(self):
        """Return the net amount without down payments, which are paid and not sold, and fees."""
        lines = self.invoice_line_ids.filtered(
            lambda line: not (line.is_cso_fee or line.is_downpayment)
        )
        return sum(lines.mapped("price_subtotal"))
