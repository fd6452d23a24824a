from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoPositionMoney(models.AbstractModel):
    """What is credited as an amount and invoiced anew for return positions.

    Two kinds of documents that a decision promises: ``amount`` (credit notes of an amount, not of
    units: a price difference, goodwill, a corrected invoice) and ``invoice`` (new invoices).
    """

    _name = "cso.position.money"
    _description = "Amounts and New Invoices of Return Positions"

    # ------------------------------------------------------------------ computes
    @api.depends(
        "refund_line_ids.parent_state",
        "refund_line_ids.is_cso_amount",
        "refund_line_ids.is_cso_correction",
        "refund_line_ids.move_id.move_type",
    )
    def _compute_is_settled(self):
        """Extend: an amount is settled when it is posted, a new invoice too."""
        return super()._compute_is_settled()

    # ------------------------------------------------------------------ actions
    def action_correct_invoice(self):
        """Open the dialog in which an accountant corrects the invoices of these positions.

        :raise UserError: where one of them cannot be decided (any more), or is no matter of an
            invoice
        """
        self._check_decidable()
        outcomes = self._get_possible_outcomes()
        corrections = outcomes.filtered(lambda outcome: outcome.form == "cso.decide.correction")
        if not corrections:
            raise UserError(self.env._("No outcome fits all of these positions."))
        return self._get_decision_dialog(corrections[:1])

    # ------------------------------------------------------------------ business
    def _allot_to_invoices(self, quantity, left):
        """Return the parts (``CreditPart``) of invoice lines that so many units are, oldest first.

        :param float quantity: in the unit of the order line
        :param dict left: by invoice line (sudo) what no credit note takes yet (``Creditable``);
            reduced by the call
        :raise UserError: where so many are not invoiced, or credited already
        """
        self.ensure_one()
        bills_sudo = self.sale_line_id.sudo()._get_posted_invoice_lines()  # clerks read no entries
        parts, wanted, uom = [], quantity, self.product_uom_id
        for bill_sudo in bills_sudo:
            unit = bill_sudo.product_uom_id
            part = left[bill_sudo].take(uom._compute_quantity(wanted, unit, round=False))
            if part:
                wanted -= unit._compute_quantity(part.quantity, uom, round=False)
                parts.append(part)
        if uom.compare(wanted, 0.0) > 0:
            raise UserError(
                self.env._(
                    "%(missing)s of %(position)s are not invoiced, or credited already.",
                    missing=PortalFormat(self.env).quantity(wanted),
                    position=self.display_name,
                )
            )
        return parts

    def _get_kept_words(self, units, normal, price, currency):
        """Return the words of a line that credits a difference, in the customer's language.

        :param float units: in the unit of the order line
        :param float normal: net price per unit that was invoiced
        :param float price: net price per unit at which the goods are kept
        """
        self.ensure_one()
        line = self.with_context(lang=self.partner_id.lang)
        return line.env._(
            "Kept at a lower price: %(quantity)s x %(price)s instead of %(normal)s\n%(position)s",
            quantity=PortalFormat(line.env).quantity(units),
            price=format_amount(line.env, price, currency),
            normal=format_amount(line.env, normal, currency),
            position=line._get_document_text(),
        )

    def _get_correction_words(self):
        """Return what the customer answered on a wrong invoice, one question a line."""
        self.ensure_one()
        return "\n".join(f"{label} {words}" for label, words in self._get_answer_words())

    def _has_amount(self):
        """Return whether an amount of this position is on credit notes, drafts included."""
        self.ensure_one()
        return bool(self._get_alive_lines("out_refund"))

    def _is_amount_done(self):
        """Return whether all credit notes of an amount of this position are posted."""
        self.ensure_one()
        states = self._get_alive_lines("out_refund").mapped("parent_state")
        return set(states) == {"posted"}

    def _has_invoice(self):
        """Return whether there are new invoices of this position, drafts included."""
        self.ensure_one()
        return bool(self._get_alive_lines("out_invoice"))

    def _is_invoice_done(self):
        """Return whether all new invoices of this position are posted."""
        self.ensure_one()
        states = self._get_alive_lines("out_invoice").mapped("parent_state")
        return set(states) == {"posted"}

    def _void_cancelled(self):
        """Keep credit notes and invoices of these positions that are cancelled from coming back:
        something else is decided.
        """
        moves_sudo = self.sudo().refund_line_ids.move_id  # clerks do not write entries
        moves_sudo.filtered(lambda move: move.state == "cancel").is_cso_void = True

    def _get_alive_lines(self, move_type):
        """Return the lines of amounts or new invoices of this position that are not cancelled."""
        lines_sudo = self.sudo().refund_line_ids  # clerks and customers read no entries
        alive = lines_sudo.filtered(
            lambda line: line.parent_state != "cancel" and line.move_id.move_type == move_type
        )
        if move_type == "out_refund":
            return alive.filtered(lambda line: line.is_cso_amount or line.is_cso_correction)
        return alive
