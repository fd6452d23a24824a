from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_is_zero

from ..tools import FormError, ReturnRequest

TEXT_LIMIT = 10_000
LINE_LIMIT = 100
NUMBER_LIMIT = 1_000_000


class CsoForm(models.AbstractModel):
    """What every form of a return reason asks: which units, why, own reference, files."""

    _name = "cso.form"
    _description = "Form of a Return Reason"

    sale_line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    reason_id = fields.Many2one("cso.reason", required=True, ondelete="cascade")
    lot_ids = fields.Many2many("stock.lot", string="Affected serial numbers")
    quantity = fields.Float(digits="Product Unit")
    comment = fields.Text()
    reference = fields.Char(string="Your reference for this position")
    attachment_ids = fields.Many2many("ir.attachment", string="Photos and files")
    return_address_id = fields.Many2one("res.partner", string="Return address")

    # --------------------------------------------------------------------------------------------
    # Questions
    # --------------------------------------------------------------------------------------------

    def _get_questions(self):
        """Return the names of the fields that are asked, in the order of the page."""
        self.ensure_one()
        units = ["lot_ids"] if self._is_asked_by_serial() else ["quantity"]
        if self._is_serial_optional():
            units = ["quantity", "lot_ids"]
        return [*units, *self._get_own_questions(), "comment", "reference"]

    def _get_own_questions(self):
        """Return the names of the questions that only this kind of form asks."""
        return []

    def _get_required_questions(self):
        """Return the names of the questions that must be answered."""
        self.ensure_one()
        required = {"quantity"}
        if self._is_asked_by_serial():
            required = {"lot_ids"}
        if self.reason_id.requires_comment:
            required.add("comment")
        return required

    def _get_help(self, name):
        """Return the short text that stands at a question, or an empty string."""
        return ""

    def _get_file_hint(self):
        """Return which photos or files are wanted, or an empty string."""
        return ""

    def _get_label(self, name):
        """Return the words of a question; a kind of form may put them more exactly."""
        return self._fields[name]._description_string(self.env)

    def _is_asked_by_serial(self):
        """Return whether the units are named by their serial numbers, which gives the quantity."""
        return self._is_tracked() and self.reason_id.serials == "required"

    def _is_serial_optional(self):
        return self._is_tracked() and self.reason_id.serials == "optional"

    def _is_tracked(self):
        self.ensure_one()
        return self.sale_line_id.product_id.tracking == "serial"

    def _describe_questions(self):
        """Return what a page needs to show each question.

        :return: list of ``{'name', 'type', 'label', 'help', 'required', 'options'}``; ``options``
            are pairs of key and label for a selection
        """
        self.ensure_one()
        required = self._get_required_questions()
        return [self._describe_question(name, name in required) for name in self._get_questions()]

    def _describe_question(self, name, required):
        field = self._fields[name]
        options = []
        if field.type == "selection":
            options = field._description_selection(self.env)
        return {
            "name": name,
            "type": "serials" if name == "lot_ids" else field.type,
            "label": self._get_label(name),
            "help": self._get_help(name),
            "required": required,
            "options": options,
        }

    # --------------------------------------------------------------------------------------------
    # Answers
    # --------------------------------------------------------------------------------------------

    @api.model
    def _clean_answers(self, answers):
        """Return the answers as they are kept in a draft: known questions only, plain and short.

        :param answers: what was typed, from a browser: names of questions to texts, numbers,
            booleans or lists; not to be trusted
        """
        if not isinstance(answers, dict):
            return {}
        return {
            name: self._clean_answer(self._fields[name], answers[name])
            for name in self._get_question_names()
            if name in answers
        }

    @api.model
    def _get_question_names(self):
        """Return all names a form of this kind may ask, whatever the reason."""
        return ["lot_ids", "quantity", *self._get_all_own_questions(), "comment", "reference"]

    @api.model
    def _get_all_own_questions(self):
        """Return the names of the own questions of this kind of form, whatever the reason."""
        return []

    @api.model
    def _get_position_selection(self, name, *keys):
        """Return the choices of a question, all or some, as the position keeps them."""
        field = self.env["cso.rma.line"]._fields[name]
        choices = dict(field._description_selection(self.env))
        return [(key, choices[key]) for key in keys or choices]

    @api.model
    def _clean_answer(self, field, value):
        if field.type == "many2many":
            values = value if isinstance(value, list) else [value]
            return [self._clean_id(item) for item in values if item not in ("", None, False)]
        if field.type == "boolean":
            return value in (True, 1, "1", "on", "true")
        text = "" if value is None or isinstance(value, (dict, list)) else str(value)
        text = text.replace("\x00", "")
        return text[:TEXT_LIMIT] if field.type == "text" else " ".join(text.split())[:LINE_LIMIT]

    @api.model
    def _clean_id(self, value):
        """Return a number as id; 0, which no record has, for anything else."""
        return int(value) if str(value).isdecimal() and len(str(value)) < 10 else 0

    def _fill(self, answers):
        """Write cleaned answers into the form.

        :return: ``{name: text}`` of the answers that cannot be read at all
        """
        self.ensure_one()
        errors = {}
        for name in self._get_questions():
            value = answers.get(name)
            method = getattr(self, f"_read_{name}", None) or self._read_plain
            try:
                self[name] = method(self._fields[name], value)
            except UserError as error:
                errors[name] = str(error)
        self._complete()
        return errors

    def _complete(self):
        """Set what follows from the answers."""
        if self._is_asked_by_serial():
            self.quantity = len(self.lot_ids)

    def _read_plain(self, field, value):
        if field.type == "selection":
            return value if value in dict(field._description_selection(self.env)) else False
        return value.strip() if isinstance(value, str) else value

    def _read_lot_ids(self, field, value):
        """Choose among the free serials of the line only."""
        wanted = set(value or [])
        lots = self._get_serials().filtered(lambda lot: lot.id in wanted)
        blocked = self._get_blocked_texts(lots)
        texts = [f"{lot.name}: {blocked[lot.id]}." for lot in lots if lot.id in blocked]
        if wanted - set(lots.ids):
            texts.append(self.env._("A chosen serial number is not on this line any more."))
        if texts:
            raise UserError(" ".join(texts))
        return lots

    def _read_quantity(self, field, value):
        text = str(value or "").strip().replace(",", ".")
        try:
            quantity = float(text or 0)
        except ValueError:
            quantity = None
        if quantity is None or not 0 <= quantity <= NUMBER_LIMIT:
            raise UserError(self.env._("Enter a number, for example 2."))
        return quantity

    def _get_serials(self):
        """Return the serial numbers (stock.lot) delivered on the line and not come back."""
        self.ensure_one()
        line = self.sale_line_id._origin
        return line._get_portal_facts()[line.id]["serials"]

    def _get_serial_choices(self):
        """Return the serials to choose from: list of ``{'id', 'name', 'blocked'}``.

        ``blocked`` says why a serial cannot be chosen, empty when it can.
        """
        if "lot_ids" not in self._get_questions():
            return []
        lots = self._get_serials().sorted("name")
        blocked = self._get_blocked_texts(lots)
        return [
            {"id": lot.id, "name": lot.name, "blocked": blocked.get(lot.id, "")} for lot in lots
        ]

    def _get_known(self, lot_id=0):
        """Return the answers that need not be asked: the one unit there is, or the one named.

        :param lot_id: id of the serial number that the person looked for
        """
        free = [choice["id"] for choice in self._get_serial_choices() if not choice["blocked"]]
        known = {"quantity": "1"} if self.sale_line_id.product_uom_qty == 1 else {}
        if lot_id in free:
            return {**known, "lot_ids": [lot_id]}
        return {**known, "lot_ids": free} if len(free) == 1 else known

    def _get_blocked_texts(self, lots):
        """Return ``{lot id: text}`` of the serials that are in another position."""
        if not self.reason_id.takes_units:
            return {}
        held = self.env["cso.rma.line.lot"].search(
            [("lot_id", "in", lots.ids), ("is_held", "=", True)]
        )
        carted = self.env["cso.rma.line"].search(
            [
                ("lot_ids", "in", lots.ids),
                ("rma_id.user_id", "=", self.env.uid),
                ("submitted_on", "=", False),
            ]
        )
        texts = {lot.id: self.env._("in your cart") for lot in carted.lot_ids}
        for row in held:
            texts[row.lot_id.id] = self.env._("in case %(case)s", case=row.line_id.rma_id.name)
        return texts

    def _get_notes(self):
        """Return sentences that the form shows above its questions."""
        return []

    # --------------------------------------------------------------------------------------------
    # Checks
    # --------------------------------------------------------------------------------------------

    def _check_answers(self, errors=None):
        """Refuse answers that are missing or not possible.

        :param errors: ``{name: text}`` found while reading the answers
        :raise FormError: with one text per question
        """
        self.ensure_one()
        errors = {**self._get_errors(), **(errors or {})}
        if errors:
            raise FormError(errors)

    def _get_errors(self):
        """Return ``{name of the question: text}`` of everything that must be mended."""
        self.ensure_one()
        required = self._get_required_questions()
        errors = {
            name: self._get_missing_text(name)
            for name in self._get_questions()
            if name in required and not self[name]
        }
        if not errors:
            errors = self._get_unit_errors()
        return errors

    def _get_missing_text(self, name):
        texts = {
            "lot_ids": self.env._("Choose at least one serial number."),
            "quantity": self.env._("Enter how many pieces it is about."),
            "comment": self.env._("Describe it in a few words."),
        }
        return texts.get(name) or self.env._(
            "Please answer: %(question)s.", question=self._get_label(name).rstrip("?")
        )

    def _get_unit_errors(self):
        """Return what speaks against claiming this quantity or these serials."""
        question = "lot_ids" if self._is_asked_by_serial() else "quantity"
        if len(self.lot_ids) > self.quantity:
            return {question: self.env._("More serial numbers are chosen than pieces.")}
        if self.sale_line_id.product_uom_id.compare(self.quantity, 0) <= 0:
            return {question: self._get_missing_text("quantity")}
        if not self._is_countable():
            return {question: self.env._("This article comes in whole pieces only.")}
        objections = self._get_objections()
        texts = [objection["text"] for objection in objections]
        return {question: " ".join(texts)} if texts else {}

    def _is_countable(self):
        """Return whether the quantity is whole pieces, where the article is sold in pieces."""
        unit = self.env.ref("uom.product_uom_unit")
        uom, line = self.sale_line_id.product_uom_id, self.sale_line_id
        if not uom._has_common_reference(unit):
            return True
        ordered, pieces = (
            uom._compute_quantity(quantity, unit, round=False)
            for quantity in (line.product_uom_qty, self.quantity)
        )
        return not self._is_whole(ordered) or self._is_whole(pieces)

    def _is_whole(self, number):
        return float_is_zero(number - round(number), precision_digits=6)

    def _get_objections(self):
        """Return the objections of the rules to these units of the line for the reason."""
        lots = self.lot_ids._origin if "lot_ids" in self._get_questions() else None
        request = ReturnRequest(
            self.sale_line_id._origin, self.reason_id._origin, self.quantity, lots
        )
        return self.env["cso.eligibility"]._assess([request])[0]["objections"]

    # --------------------------------------------------------------------------------------------
    # Result
    # --------------------------------------------------------------------------------------------

    def _prepare_position_values(self):
        """Return the values of the position (cso.rma.line) that the answers describe."""
        self.ensure_one()
        return {
            "sale_line_id": self.sale_line_id.id,
            "reason_id": self.reason_id.id,
            "quantity": self.quantity,
            "lot_ids": [fields.Command.set(self.lot_ids._origin.ids)],
            "comment": self.comment,
            "reference": self.reference,
            "attachment_ids": [fields.Command.set(self.attachment_ids._origin.ids)],
            **{name: self[name] for name in self._get_asked_own_questions()},
        }

    def _get_asked_own_questions(self):
        return [name for name in self._get_questions() if name in self._get_all_own_questions()]

    def _add_to_cart(self):
        """Check the answers and add the position that they describe to the cart, with its files.

        :return: the position (cso.rma.line)
        :raise FormError: with one text per question
        """
        self.ensure_one()
        self._check_answers()
        cart = self._ensure_cart()
        # Written each time: somebody who submits this cart at the same moment is run again.
        cart.write({"return_address_id": self.return_address_id._origin.id})
        position = self.env["cso.rma.line"].create(
            {"rma_id": cart.id, **self._prepare_position_values()}
        )
        self.attachment_ids._origin.write({"res_model": position._name, "res_id": position.id})
        return position

    def _ensure_cart(self):
        """Return the user's open cart for the customer and company of the line, made if needed."""
        cart = self._get_cart()
        if not cart:
            self._lock_user()
            cart = self.env["cso.rma"].create(self._prepare_cart_values())
        return cart

    def _get_cart(self):
        """Return the user's open cart for the customer and company of the line, or none."""
        values = self._prepare_cart_values()
        domain = [("submitted_on", "=", False), *((name, "=", values[name]) for name in values)]
        return self.env["cso.rma"].search(domain, order="id", limit=1)

    def _lock_user(self):
        """Let one transaction make a cart; one at the same moment is run again and finds it."""
        self.env.cr.execute(SQL("UPDATE res_users SET active = active WHERE id = %s", self.env.uid))

    def _prepare_cart_values(self):
        order = self.sale_line_id.order_id
        return {
            "company_id": order.company_id.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "user_id": self.env.uid,
        }
