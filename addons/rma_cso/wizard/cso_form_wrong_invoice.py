from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

# What each detail asks besides the comment.
ASKED_BY_DETAIL = {
    "invoice_answer": ["customer_number", "leasing", "currency", "payment_term", "information"],
    "invoice_amount": ["price", "costs"],
    "typed_serials": ["serials"],
}


class CsoFormWrongInvoice(models.TransientModel):
    """Form for an invoice that is wrong: about the invoice, not about units of the line."""

    _name = "cso.form.wrong.invoice"
    _inherit = ["cso.form"]
    _description = "Form for Wrong Invoices"

    invoice_detail = fields.Selection(
        lambda self: self._get_position_selection("invoice_detail"),
        string="What is wrong with the invoice?",
    )
    invoice_answer = fields.Char("How should it be?")
    invoice_amount = fields.Float("Which amount did you expect?", digits="Product Price")

    @api.model
    def _get_all_own_questions(self):
        return ["invoice_detail", *ASKED_BY_DETAIL]

    def _get_own_questions(self):
        return self._get_all_own_questions()

    def _get_unit_questions(self):
        return []

    def _get_shown_when(self):
        shown = {name: {"invoice_detail": details} for name, details in ASKED_BY_DETAIL.items()}
        return {**super()._get_shown_when(), **shown}

    def _get_required_questions(self):
        return super()._get_required_questions() | {"comment", *self._get_all_own_questions()}

    def _is_possible_in_bulk(self):
        """Extend: what is asked here is another answer for each line."""
        return False

    def _get_label(self, name):
        if name in ASKED_BY_DETAIL and self._is_asked(name):
            return self._get_detail_label()
        if name == "typed_serials":
            return self._get_serials_label()
        if name == "comment":
            return self.env._("Tell us more about it")
        return super()._get_label(name)

    def _get_detail_label(self):
        """Return the question that the chosen detail asks."""
        labels = {
            "customer_number": self.env._("Which is the right customer number?"),
            "leasing": self.env._("Which leasing company, and what is its reference?"),
            "currency": self.env._("Which currency should it be?"),
            "price": self.env._("Which unit price did you expect?"),
            "payment_term": self.env._("Which payment term was agreed?"),
            "serials": self._get_serials_label(),
            "information": self.env._("Which information is missing?"),
            "costs": self.env._("Which amount did you expect?"),
        }
        return labels[self.invoice_detail]

    def _get_serials_label(self):
        return self.env._("Which are the right serial numbers?")

    def _get_help(self, name):
        if name == "invoice_amount":
            return self.env._(
                "Without tax, in %(currency)s.", currency=self._get_invoice_currency().name
            )
        if name == "typed_serials":
            return self.env._("One per line.")
        return super()._get_help(name)

    def _get_invoice_currency(self):
        line = self.sale_line_id._origin
        return line._get_posted_invoice_lines()[-1:].currency_id or line.currency_id

    def _get_missing_text(self, name):
        if name == "invoice_detail":
            return self.env._("Choose what is wrong with the invoice.")
        if name == "invoice_amount" and self.register_id:
            return self.env._(
                "Enter the amount; where nothing is to be paid, choose “Other” and say so."
            )
        return super()._get_missing_text(name)

    def _is_missing(self, name):
        """Extend: to pay nothing can be expected too; an empty amount is refused when a page is
        read. In the dialog of the desk nothing tells an empty amount from zero.
        """
        if name != "invoice_amount":
            return super()._is_missing(name)
        return bool(self.register_id) and not self.invoice_amount

    def _read_invoice_amount(self, field, value):
        if value in (None, ""):
            raise UserError(self._get_missing_text(field.name))
        return self._read_float(field, value)

    def _get_number_text(self, field):
        amount = formatLang(self.env, 12.5, digits=2)
        return self.env._("Enter an amount, for example %(amount)s.", amount=amount)

    def _get_impossible_answers(self):
        """Extend: no units are named, the rules are asked all the same."""
        return {**super()._get_impossible_answers(), **self._get_rule_errors()}
