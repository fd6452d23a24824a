from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What each detail asks, as fields of the dialog; the prices of the lines are always asked.
ASKED_BY_DETAIL = {
    "customer_number": ("partner_id",),
    "leasing": ("partner_id", "reference"),
    "currency": ("currency_id",),
    "price": (),
    "payment_term": ("payment_term_id",),
    "serials": ("serials",),
    "information": ("reference", "note"),
    "costs": (),
    "other": ("partner_id", "currency_id", "payment_term_id", "reference", "serials", "note"),
}
# Asked, but the accountant may leave it as it was.
OPTIONAL = ("reference",)
# Details that are about the invoice as a whole, not about a line of it.
WHOLE_DETAILS = ("customer_number", "leasing", "currency", "payment_term", "information")


class CsoDecideCorrection(models.TransientModel):
    """An invoice is credited as it was and made anew as it should have been.

    Neither changes how much of the order lines is delivered or invoiced.
    """

    _name = "cso.decide.correction"
    _inherit = ["cso.decide.amount"]
    _description = "Decide: Correct the Invoice"

    def _get_details(self):
        """Return keys and words of what can be wrong, in the language of the user."""
        return self.env["cso.rma.line"]._fields["invoice_detail"]._description_selection(self.env)

    detail = fields.Selection(
        lambda self: self._get_details(),
        "What Is Wrong",
        compute="_compute_detail",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    answer = fields.Text("The Customer Says", compute="_compute_answer")
    partner_id = fields.Many2one(
        "res.partner",
        "Right Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Who gets the new invoice: the right customer, or the leasing company.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        "Right Currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        "Right Payment Term",
        compute="_compute_payment_term_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    reference = fields.Char(
        compute="_compute_texts",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer's reference on the new invoice. Empty: as it was.",
    )
    serials = fields.Char(
        "Right Serial Numbers",
        compute="_compute_texts",
        store=True,
        readonly=False,
        precompute=True,
        help="Stand on the lines of the new invoice that the case is about.",
    )
    note = fields.Text(
        "Missing Information",
        compute="_compute_texts",
        store=True,
        readonly=False,
        precompute=True,
        help="Stands below the lines of the new invoice.",
    )
    line_ids = fields.One2many(
        "cso.decide.correction.line",
        "wizard_id",
        "Invoice Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    # ------------------------------------------------------------------ computes
    @api.depends("position_ids")
    def _compute_detail(self):
        for wizard in self:
            wizard.detail = wizard.position_ids[:1].invoice_detail or "other"

    @api.depends("position_ids")
    def _compute_answer(self):
        for wizard in self:
            wizard.answer = "\n".join(
                line._get_correction_words() for line in wizard.position_ids._origin
            )

    @api.depends("position_ids", "detail")
    def _compute_partner_id(self):
        for wizard in self:
            answer = wizard._get_answer("partner_id")
            wizard.partner_id = wizard._find("res.partner", answer, "ref", "name")

    @api.depends("position_ids", "detail")
    def _compute_currency_id(self):
        for wizard in self:
            answer = wizard._get_answer("currency_id").lower()
            found = (
                self.env["res.currency"]
                .search([("active", "=", True)])
                .filtered(
                    lambda one, answer=answer: one.name.lower() in answer or one.symbol in answer
                )
            )
            wizard.currency_id = len(found) == 1 and found

    @api.depends("position_ids", "detail")
    def _compute_payment_term_id(self):
        for wizard in self:
            answer = wizard._get_answer("payment_term_id")
            wizard.payment_term_id = wizard._find("account.payment.term", answer, "name")

    @api.depends("position_ids", "detail")
    def _compute_texts(self):
        for wizard in self:
            asked = wizard._get_asked()
            typed = ", ".join((wizard.position_ids[:1].typed_serials or "").split())
            wizard.reference = wizard.detail == "leasing" and wizard._get_answer("reference")
            wizard.serials = "serials" in asked and typed
            wizard.note = wizard._get_answer("note")

    @api.depends("position_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.create({"position_id": position.id, "bill_number": bill_sudo.id})
                for bill_sudo, position in wizard._get_bills().items()
            ]

    @api.depends(
        "detail",
        "partner_id",
        "currency_id",
        "payment_term_id",
        "line_ids.is_corrected",
        "line_ids.price",
    )
    def _compute_preview(self):
        """Extend: all that is asked counts."""
        return super()._compute_preview()

    # ------------------------------------------------------------------ business
    @api.model
    def _lock_positions(self, positions):
        """Extend: an accountant corrects invoices of positions that he may only read."""
        if not self.env.user.has_group("account.group_account_invoice"):
            return super()._lock_positions(positions)
        positions.check_access("read")
        return positions._lock_for_decision()

    def _get_asked(self):
        """Return the names of the fields that the detail asks."""
        return ASKED_BY_DETAIL.get(self.detail, ())

    def _get_answer(self, name):
        """Return what the customer answered where a field is asked, else an empty text."""
        return (name in self._get_asked() and self.position_ids[:1].invoice_answer) or ""

    def _find(self, model_name, answer, *names):
        """Return the one record that the customer has named, none where several fit.

        :param names: fields that are compared: as a whole first, then as a part
        """
        records = self.env[model_name]
        for operator in ("=ilike", "ilike"):
            for name in names:
                found = answer and records.search([(name, operator, answer)], limit=2)
                if found and len(found) == 1:
                    return found
        return records

    def _get_bills(self):
        """Return by line (sudo) of the invoices that these positions are about the position.

        Lines that are credited already are left out; a line of another order line belongs to the
        first position of its invoice.
        """
        bills = {}
        for position in self.position_ids._origin:
            # A clerk of the returns desk has no right on invoices; these are what it is about.
            own_sudo = position.sale_line_id.sudo()._get_posted_invoice_lines()
            for bill_sudo in own_sudo.move_id.invoice_line_ids:
                if bill_sudo.display_type == "product":
                    is_own = bill_sudo in own_sudo
                    bills[bill_sudo] = position if is_own else bills.get(bill_sudo, position)
        bills_sudo = self.env["account.move.line"].sudo().union(*bills)
        left = bills_sudo._get_cso_creditable()
        return {
            bill_sudo: position
            for bill_sudo, position in bills.items()
            if bill_sudo.product_uom_id.compare(left[bill_sudo].quantity, 0.0) > 0
        }

    def _check_positions(self):
        result = super()._check_positions()
        self._check_answers()
        return result

    def _check_answers(self):
        """Refuse what is missing: an answer, or a line that is corrected."""
        details = set(self.position_ids.mapped("invoice_detail"))
        if len(details) > 1:
            raise UserError(
                self.env._("Decide positions apart whose invoices are wrong in different ways.")
            )
        for name in self._get_asked():
            if self.detail != "other" and name not in OPTIONAL and not self[name]:
                label = self._fields[name]._description_string(self.env)
                raise UserError(self.env._("Fill in what is right: %(field)s.", field=label))
        if not self.line_ids.filtered("is_corrected"):
            raise UserError(self.env._("Choose the lines of the invoice that are corrected."))

    def _get_corrections(self):
        """Return by invoice (sudo) the lines of this dialog that correct it."""
        chosen = self.line_ids.filtered("is_corrected")
        bills = {bill_sudo.id: bill_sudo for bill_sudo in self._get_bills()}
        unknown = chosen.filtered(lambda line: line.bill_number not in bills)
        if unknown:
            raise UserError(self.env._("These lines are credited already: open the dialog again."))
        return chosen.grouped(lambda line: bills[line.bill_number].move_id)

    def _get_preview(self):
        self._check_answers()
        texts = []
        for invoice_sudo, lines in self._get_corrections().items():
            currency = self._get_new_currency(invoice_sudo)
            texts.append(
                self.env._(
                    "Draft credit note for invoice %(invoice)s: %(old)s before tax; draft of a new"
                    " invoice for %(customer)s: %(new)s before tax.",
                    invoice=invoice_sudo.name,
                    old=lines._format_old(),
                    customer=self._get_new_partner(invoice_sudo).display_name,
                    new=lines._format_new(currency),
                )
            )
        return "\n".join(texts)

    def _make_documents(self):
        """Make for each invoice the draft that credits it, and the draft of the new one."""
        preview = self._get_preview()
        for invoice_sudo, lines in self._get_corrections().items():
            invoice_sudo._check_cso_creditable(sum(line._get_old_amount() for line in lines))
            values = self._prepare_new_invoice(invoice_sudo, lines)
            commands = [Command.create(line._prepare_credit_line()) for line in lines]
            cases = ", ".join(lines.position_id.rma_id.mapped("name"))
            invoice_sudo._make_cso_credit_note(commands, cases)
            invoice_sudo.create(values)
        # an accountant only reads cases
        self.position_ids.sudo()._log_decision(self.outcome_id.name, preview)
        return dict.fromkeys(self.position_ids, ("amount", "invoice"))

    # ------------------------------------------------------------------ the new invoice
    def _get_new_partner(self, invoice_sudo):
        """Return who gets the new invoice (``res.partner``)."""
        return ("partner_id" in self._get_asked() and self.partner_id) or invoice_sudo.partner_id

    def _get_new_currency(self, invoice_sudo):
        """Return the currency of the new invoice."""
        is_asked = "currency_id" in self._get_asked()
        return (is_asked and self.currency_id) or invoice_sudo.currency_id

    def _prepare_new_invoice(self, invoice_sudo, lines):
        """Return the values of the new invoice: as the old one but for what was wrong."""
        values = invoice_sudo.copy_data()[0]
        for name in ("line_ids", "invoice_line_ids", "invoice_date", "invoice_date_due", "date"):
            values.pop(name, None)
        values.update(self._prepare_changes(invoice_sudo))
        keeps_taxes = self._keeps_taxes(invoice_sudo)
        if not keeps_taxes:
            values.pop("fiscal_position_id", None)
        commands = [Command.create(line._prepare_new_line(keeps_taxes)) for line in lines]
        texts = [self._get_replaced_text(invoice_sudo, lines.position_id)]
        if "note" in self._get_asked() and self.note:
            texts.append(self.note)
        commands += [
            Command.create({"display_type": "line_note", "name": text, "sequence": 9999})
            for text in texts
        ]
        return {**values, "invoice_line_ids": commands}

    def _get_replaced_text(self, invoice_sudo, positions):
        """Return which invoice the new one replaces, in the customer's language."""
        lang = positions[:1].partner_id.lang
        return self.with_context(lang=lang).env._(
            "Replaces invoice %(invoice)s: %(cases)s.",
            invoice=invoice_sudo.name,
            cases=", ".join(positions.rma_id.mapped("name")),
        )

    def _prepare_changes(self, invoice_sudo):
        """Return the values in which the new invoice differs from the old one."""
        asked, partner = self._get_asked(), self._get_new_partner(invoice_sudo)
        values = {
            "partner_id": partner.id,
            "currency_id": self._get_new_currency(invoice_sudo).id,
            "invoice_origin": invoice_sudo.invoice_origin,
            "ref": ("reference" in asked and self.reference) or invoice_sudo.ref,
        }
        term = "payment_term_id" in asked and self.payment_term_id
        if not term and partner != invoice_sudo.partner_id:
            term = partner.with_company(invoice_sudo.company_id).property_payment_term_id
            values["invoice_payment_term_id"] = term.id
        elif term:
            values["invoice_payment_term_id"] = term.id
        return values

    def _keeps_taxes(self, invoice_sudo):
        """Return whether who gets the new invoice has the fiscal position of the old one."""
        partner = self._get_new_partner(invoice_sudo)
        if partner == invoice_sudo.partner_id:
            return True
        positions_sudo = invoice_sudo.env["account.fiscal.position"]
        found = positions_sudo.with_company(invoice_sudo.company_id)._get_fiscal_position(
            partner, delivery=invoice_sudo.partner_shipping_id
        )
        return found == invoice_sudo.fiscal_position_id
