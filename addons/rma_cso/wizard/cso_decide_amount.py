from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount


class CsoDecideAmount(models.AbstractModel):
    """A dialog that credits amounts, not units: one draft credit note per invoice.

    An amount is a dict of ``position``, ``bill`` (sudo: the invoice line that it is taken off),
    ``net`` (in the currency of the invoice), ``product`` and ``text`` (words of its line).
    """

    _name = "cso.decide.amount"
    _inherit = ["cso.decide"]
    _description = "Decide: Credit an Amount"

    # ------------------------------------------------------------------ business
    def _get_amounts(self):
        """Return the amounts that are credited (list of dict)."""
        raise NotImplementedError

    def _get_checked_amounts(self):
        """Return by invoice (sudo) the amounts that are credited, each above zero.

        :raise UserError: where more would be credited than is left of an invoice
        """
        groups = defaultdict(list)
        for amount in self._get_amounts():
            if amount["bill"].currency_id.compare_amounts(amount["net"], 0.0) <= 0:
                raise UserError(
                    self.env._(
                        "%(position)s: the amount must be above zero.",
                        position=amount["position"].display_name,
                    )
                )
            groups[amount["bill"].move_id].append(amount)
        for invoice_sudo, amounts in groups.items():
            invoice_sudo._check_cso_creditable(sum(amount["net"] for amount in amounts))
        return groups

    def _make_amount_notes(self):
        """Make the draft credit notes of the amounts (``account.move``, sudo)."""
        notes_sudo = self.env["account.move"].sudo()
        for invoice_sudo, amounts in self._get_checked_amounts().items():
            commands = [
                Command.create(
                    amount["bill"]._prepare_cso_amount_line(
                        amount["position"], amount["product"], amount["net"], amount["text"]
                    )
                )
                for amount in amounts
            ]
            cases = {amount["position"].rma_id.name: True for amount in amounts}
            notes_sudo |= invoice_sudo._make_cso_credit_note(commands, ", ".join(cases))
        return notes_sudo

    def _get_amount_texts(self):
        """Return what is credited, one sentence per credit note."""
        return [
            self.env._(
                "Draft credit note for invoice %(invoice)s: %(net)s before tax.",
                invoice=invoice_sudo.name,
                net=format_amount(
                    self.env,
                    sum(amount["net"] for amount in amounts),
                    invoice_sudo.currency_id,
                ),
            )
            for invoice_sudo, amounts in self._get_checked_amounts().items()
        ]

    def _get_product(self, name):
        """Return the product (sudo) of a field of the company.

        :raise UserError: where the settings name none
        """
        company_sudo = self._get_decided_positions().company_id[:1].sudo()  # clerks too
        if not company_sudo[name]:
            raise UserError(
                self.env._(
                    "The settings of returns name no product: %(field)s.",
                    field=company_sudo._fields[name]._description_string(self.env),
                )
            )
        return company_sudo[name]

    def _get_result_action(self):
        return self._get_drafts_action()
