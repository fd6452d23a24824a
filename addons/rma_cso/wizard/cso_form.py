import base64
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_is_zero, format_date
from odoo.tools.misc import get_lang

from odoo.addons.customer_portal.tools.portal_format import clean_date

from ..tools import FormError, ReturnRequest, clean_text, read_number, show_number

TEXT_LIMIT = 10_000
LINE_LIMIT = 100
NUMBER_LIMIT = 1_000_000
SERIALS_LIMIT = 5_000
# The answers that a position keeps under the same name; what a form does not ask stays empty.
KEPT_ANSWERS = (
    "comment",
    "reference",
    "received_on",
    "typed_serials",
    "fault_code",
    "wish",
    "condition",
    "sealed_confirmed",
    "not_activated",
    "slip_matches",
    "received_identification",
    "received_description",
    "keep_choice",
    "still_wanted",
    "received_total",
    "noted_at_delivery",
    "invoice_detail",
    "invoice_answer",
    "invoice_amount",
)


class CsoForm(models.AbstractModel):
    """What every form of a return reason asks: which units, why, own reference, files."""

    _name = "cso.form"
    _description = "Form of a Return Reason"

    sale_line_id = fields.Many2one("sale.order.line", required=True, ondelete="cascade")
    reason_id = fields.Many2one("cso.reason", required=True, ondelete="cascade")
    position_id = fields.Many2one("cso.rma.line", string="Changed position of the cart")
    lot_ids = fields.Many2many("stock.lot", string="Affected serial numbers")
    quantity = fields.Float(digits="Product Unit")
    received_on = fields.Date("When did you receive it?")
    typed_serials = fields.Text("Serial numbers")
    comment = fields.Text()
    reference = fields.Char(string="Your reference for this position")
    attachment_ids = fields.Many2many("ir.attachment", string="Photos and files")
    return_address_id = fields.Many2one("res.partner", string="Return address")
    override_reason = fields.Text(
        help="Why a rule does not count this time. Only at the desk, with the right to do so."
    )
    asked_names = fields.Char(
        compute="_compute_asked_names", help="Names of the questions that are asked now."
    )
    required_names = fields.Char(
        compute="_compute_asked_names",
        help="Names of those that must be answered, once one of them is.",
    )

    # the clerk's face of the form: a dialog instead of a page
    register_id = fields.Many2one("cso.register", ondelete="cascade")
    free_lot_ids = fields.Many2many("stock.lot", compute="_compute_free_lot_ids")
    slot_ids = fields.Many2many("cso.form.file", string="Photos")
    notes_text = fields.Text("Good to Know", compute="_compute_texts")
    guide_html = fields.Html("What to Ask", compute="_compute_texts", sanitize=False)
    offer_text = fields.Char("Offer", compute="_compute_offer_text")

    @api.depends(lambda self: self._get_driving_names())
    def _compute_asked_names(self):
        for form in self:
            form_sudo = form.sudo()  # an offer is reckoned from invoices, which a clerk cannot read
            required = form_sudo._get_required_questions() if form._is_line_readable() else set()
            asked = form_sudo._get_questions() if form._is_line_readable() else []
            form.asked_names = f",{','.join(asked)},"
            # A dialog just opened shows nothing in red; what is missing is said when it is added.
            shown = [] if form.id else [name for name in asked if name in required]
            form.required_names = f",{','.join(shown)},"

    @api.depends("sale_line_id", "reason_id")
    def _compute_free_lot_ids(self):
        for form in self:
            form_sudo = form.sudo()  # as behind the portal page, which reads the same
            choices = form_sudo._get_serial_choices() if form._is_line_readable() else []
            free = [choice["id"] for choice in choices if not choice["blocked"]]
            form.free_lot_ids = [fields.Command.set(free)]

    @api.depends(lambda self: self._get_driving_names())
    def _compute_texts(self):
        for form in self:
            form_sudo = form.sudo()  # as behind the portal page, which reads the same
            is_known = form._is_line_readable()
            form.notes_text = "\n".join(form_sudo._get_notes()) if is_known else ""
            questions = form_sudo._describe_questions() if is_known else []
            form.guide_html = self.env["ir.qweb"]._render(
                "rma_cso.form_guide",
                {"questions": [question for question in questions if question["asked"]]},
            )

    @api.depends(lambda self: ["quantity", "lot_ids", *self._get_driving_names()])
    def _compute_offer_text(self):
        for form in self:
            form_sudo = form.sudo()  # the offer is reckoned from invoices
            offer = form_sudo._get_offer() if form._is_line_readable() else {}
            form.offer_text = offer.get("text", "")

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Extend: a question has the words of this kind of form, at the desk as on the page."""
        described = super().fields_get(allfields, attributes)
        for name in described.keys() & set(self._get_question_names()):
            if "string" in described[name]:
                described[name]["string"] = self._get_label(name)
        return described

    @api.model
    def _get_driving_names(self):
        """Return the names of the fields on which it depends what is asked."""
        return ["sale_line_id", "reason_id", *self._get_all_own_questions()]

    def _is_line_readable(self):
        """Return whether there is a line that may be told of; pages have asked before."""
        self.ensure_one()
        return bool(self.sale_line_id) and self.sale_line_id._origin.has_access("read")

    # --------------------------------------------------------------------------------------------
    # Questions
    # --------------------------------------------------------------------------------------------

    def _get_questions(self):
        """Return the names of the fields that are asked now, in the order of the page.

        Answers to other questions are not looked at.
        """
        return [name for name in self._get_page_questions() if self._is_asked(name)]

    def _get_page_questions(self):
        """Return the names of all that may be asked here, whatever the answers, in their order."""
        self.ensure_one()
        typed = ["typed_serials"] if self.reason_id.serials == "typed" else []
        received = ["received_on"] if self.reason_id._asks_receipt() else []
        own = [name for name in self._get_own_questions() if name not in typed]
        return [*self._get_unit_questions(), *received, *typed, *own, "comment", "reference"]

    def _get_unit_questions(self):
        """Return the names of the questions by which the units are named."""
        if self._is_serial_optional():
            return ["quantity", "lot_ids"]
        return ["lot_ids"] if self._is_asked_by_serial() else ["quantity"]

    def _get_own_questions(self):
        """Return the names of the questions that only this kind of form asks."""
        return []

    def _get_shown_when(self):
        """Return ``{question: {other question: [answers]}}``: only then it is asked."""
        return {}

    def _is_asked(self, name):
        """Return whether a question of the page is asked now, by the answers to the others."""
        conditions = self._get_shown_when().get(name, {})
        return all(self[other] in answers for other, answers in conditions.items())

    def _get_required_questions(self):
        """Return the names of the questions that must be answered when they are asked."""
        self.ensure_one()
        required = set(self._get_unit_questions()[:1])
        if self.reason_id.requires_comment:
            required.add("comment")
        return required

    def _get_help(self, name):
        """Return the short text that stands at a question, or an empty string."""
        if name == "received_on":
            return self.env._("Leave it empty if it was the day of the shipment.")
        if name == "typed_serials":
            return self.env._("One per line, as far as you have them.")
        return ""

    def _get_answer_note(self, name):
        """Return what is to be known about the answer just given, or an empty string."""
        return ""

    def _get_label(self, name):
        """Return the words of a question; a kind of form may put them more exactly."""
        return self._fields[name]._description_string(self.env)

    def _get_options(self, name):
        """Return the choices of a question: pairs of key and label; none when it has no choices."""
        field = self._fields[name]
        return field._description_selection(self.env) if field.type == "selection" else []

    def _get_hints(self, name):
        """Return a sentence to each choice of a question, by key; mostly none."""
        return {}

    def _get_file_hint(self):
        """Return which photos or files are wanted, or an empty string."""
        return ""

    def _is_asked_by_serial(self):
        """Return whether the units are named by their serial numbers, which gives the quantity."""
        return self._is_tracked() and self.reason_id.serials == "required"

    def _is_serial_optional(self):
        return self._is_tracked() and self.reason_id.serials == "optional"

    def _is_tracked(self):
        self.ensure_one()
        return self.sale_line_id.product_id.tracking == "serial"

    def _is_possible_in_bulk(self):
        """Return whether one set of answers can hold for many lines; their units stay apart.

        A form that requires photos, or asks each line something of its own, is filled line by line.
        """
        return not any(slot["required"] for slot in self._get_photo_slots())

    def _describe_questions(self):
        """Return what a page needs to show each question that may be asked.

        :return: list of ``{'name', 'type', 'label', 'help', 'note', 'required', 'options',
            'hints', 'shown_when', 'only_if', 'asked', 'is_live', 'is_lookup'}``; ``options`` are
            pairs of key and label for a selection and ``hints`` texts by key; ``shown_when`` says
            by which answers to other questions it is asked, ``only_if`` the same in words,
            ``asked`` whether it is asked now; ``is_live``: other questions or texts depend on the
            answer; ``is_lookup``: it is a number that is looked up
        """
        self.ensure_one()
        required, asked = self._get_required_questions(), self._get_questions()
        return [
            {
                **self._describe_question(name),
                "required": name in required,
                "asked": name in asked,
            }
            for name in self._get_page_questions()
        ]

    def _describe_question(self, name):
        return {
            "name": name,
            "type": "serials" if name == "lot_ids" else self._fields[name].type,
            "label": self._get_label(name),
            "help": self._get_help(name),
            "note": self._get_answer_note(name),
            "options": self._get_options(name),
            "hints": self._get_hints(name),
            "shown_when": self._get_shown_when().get(name, {}),
            "only_if": self._get_condition_text(name),
            "is_live": self._fields[name].type != "text" and name != "reference",
            "is_lookup": self._is_looked_up(name),
        }

    def _is_looked_up(self, name):
        """Return whether an answer is a number that is looked up."""
        return False

    def _get_condition_text(self, name):
        """Return by which answer to another question this one is asked, or an empty string."""
        texts = []
        for other, answers in self._get_shown_when().get(name, {}).items():
            labels = [label for key, label in self._get_options(other) if key in answers]
            if len(labels) < len(self._get_options(other)):
                text = self.env._(
                    "Only if “%(question)s” is: %(answers)s.",
                    question=self._get_label(other),
                    answers=" / ".join(labels),
                )
                texts.append(text)
        return " ".join(texts)

    def _get_page_state(self, answers):
        """Fill in answers and return what a page shows then: nothing is kept.

        :param dict answers: cleaned
        :return: ``{'questions': {name: dict}, 'photos': [kinds]}``: each question as of
            `_describe_questions` with ``error``, what is wrong with the answer given; and the
            places for photos that must be filled
        """
        errors = self._fill_and_judge(answers)
        questions = {
            question["name"]: {
                **question,
                "options": dict(question["options"]),
                "error": errors.get(question["name"], ""),
            }
            for question in self._describe_questions()
        }
        kinds = [slot["kind"] for slot in self._get_photo_slots() if slot["required"]]
        return {"questions": questions, "photos": kinds}

    def _fill_and_judge(self, answers):
        """Fill in cleaned answers; return ``{name: text}`` of what is wrong with those given."""
        unread = {name: text for name, text in self._fill(answers).items() if answers.get(name)}
        return {**self._get_impossible_answers(), **unread}

    # --------------------------------------------------------------------------------------------
    # Photos
    # --------------------------------------------------------------------------------------------

    def _get_photo_slots(self):
        """Return the places for photos and files in their order; the last one takes any file.

        :return: list of ``{'kind', 'label', 'required', 'help'}``
        """
        self.ensure_one()
        any_file = self._prepare_slot(
            "other", self.env._("Photos and files"), True, self._get_file_hint()
        )
        if not self._wants_photos():
            return [any_file]
        return [*self._get_own_slots(), {**any_file, "label": self.env._("Anything else")}]

    def _wants_photos(self):
        return self.reason_id.requires_photo or self.reason_id.wants_photo

    def _get_own_slots(self):
        """Return the places for the photos that the reason wants or requires."""
        return [self._prepare_slot("photo", self.env._("Photo"))]

    def _prepare_slot(self, kind, label, is_optional=False, help_text=""):
        required = self.reason_id.requires_photo and not is_optional
        return {"kind": kind, "label": label, "required": required, "help": help_text}

    def _get_photo_errors(self):
        """Return a text per empty place that must have a photo, by ``photo_`` and its kind."""
        kinds = set(self.attachment_ids.mapped("cso_kind"))
        return {
            f"photo_{slot['kind']}": self.env._("Add the photo: %(photo)s.", photo=slot["label"])
            for slot in self._get_photo_slots()
            if slot["required"] and slot["kind"] not in kinds
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
        own = [name for name in self._get_all_own_questions() if name != "typed_serials"]
        common = ("lot_ids", "quantity", "received_on", "typed_serials")
        return [*common, *own, "comment", "reference"]

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
            values = value[:SERIALS_LIMIT] if isinstance(value, list) else [value]
            return [self._clean_id(item) for item in values if item not in ("", None, False)]
        if field.type == "boolean":
            return value in (True, 1, "1", "on", "true")
        if field.type == "float" and read_number(value) is not None and not isinstance(value, str):
            return value
        text = "" if value is None or isinstance(value, dict | list) else clean_text(str(value))
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
        for name in self._get_page_questions():
            if self._is_asked(name):
                try:
                    self[name] = self._read_answer(name, answers.get(name))
                except UserError as error:
                    errors[name] = str(error)
        self._complete()
        return errors

    def _complete(self):
        """Set what follows from the answers."""
        if self._is_asked_by_serial() or (self._is_serial_optional() and not self.quantity):
            self.quantity = self._get_lot_quantity()

    def _get_lot_quantity(self):
        """Return how much the chosen serials are in the unit of the order line."""
        line = self.sale_line_id
        units = len(self.lot_ids)
        return line.product_id.uom_id._compute_quantity(units, line.product_uom_id, round=False)

    def _read_answer(self, name, value):
        """Return the value of the field of a question.

        :raise UserError: with what is wrong with the answer
        """
        field = self._fields[name]
        by_name = getattr(self, f"_read_{name}", None)
        method = by_name or getattr(self, f"_read_{field.type}", None) or self._read_text
        return method(field, value)

    def _read_text(self, field, value):
        return value.strip() if isinstance(value, str) else value

    def _read_selection(self, field, value):
        return value if value in dict(field._description_selection(self.env)) else False

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

    def _read_float(self, field, value):
        if value in (None, False, ""):
            return 0.0
        number = read_number(value, get_lang(self.env).decimal_point)
        if number is None or number > NUMBER_LIMIT:
            raise UserError(self._get_number_text(field))
        return number

    def _get_number_text(self, field):
        return self.env._("Enter a number, for example 2.")

    def _read_date(self, field, value):
        day = clean_date(value)
        if value and not day:
            today = format_date(self.env, self.sale_line_id.company_id._get_cso_date())
            raise UserError(self.env._("Enter a date, for example %(date)s.", date=today))
        return day

    @api.model
    def _read_position(self, position):
        """Return the answers that made a position, as they stand in a draft.

        :param position: cso.rma.line
        """
        names = [name for name in KEPT_ANSWERS if name in self._get_question_names()]
        answers = {name: self._write_answer(position, name) for name in names}
        quantity = show_number(self.env, position.quantity)
        return {**answers, "lot_ids": position.lot_ids.ids, "quantity": quantity}

    def _write_answer(self, position, name):
        field, value = position._fields[name], position[name]
        if field.type == "boolean":
            return value
        if field.type == "float":
            return show_number(self.env, value)
        return fields.Date.to_string(value) or "" if field.type == "date" else value or ""

    def _get_serials(self):
        """Return the serial numbers (stock.lot) delivered on the line and not come back."""
        self.ensure_one()
        line = self.sale_line_id._origin
        return line._get_portal_facts()[line.id]["serials"]

    def _get_serial_choices(self):
        """Return the serials to choose from: list of ``{'id', 'name', 'blocked'}``.

        ``blocked`` says why a serial cannot be chosen, empty when it can.
        """
        if "lot_ids" not in self._get_page_questions():
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
                ("id", "!=", self.position_id._origin.id),
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

    def _get_suggested_reasons(self):
        """Return the reasons (cso.reason) that the form leads to beside its notes."""
        return self.env["cso.reason"]

    def _get_possible_reasons(self, reasons=None):
        """Return those of the reasons that are possible for the line and have a form.

        :param reasons: cso.reason; None: all active ones but that of this form
        """
        line = self.sale_line_id._origin
        answers = line._get_return_eligibility(reasons and reasons.filtered("active"))[line.id]
        possible = (answer["reason"] for answer in answers if answer["allowed"])
        found = self.env["cso.reason"].union(*possible) - self.reason_id._origin
        return found.filtered(lambda reason: reason.form in self.env)

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
        """Return ``{name of the question: text}`` of everything that must be mended.

        An empty name holds what concerns no question, ``photo_`` and its kind a missing photo.
        """
        self.ensure_one()
        errors = {**self._get_impossible_answers(), **self._get_missing_answers()}
        names = ["", *self._get_page_questions()]
        ordered = {name: errors[name] for name in names if name in errors}
        return {**ordered, **self._get_photo_errors()}

    def _get_missing_answers(self):
        required = self._get_required_questions()
        return {
            name: self._get_missing_text(name)
            for name in self._get_questions()
            if name in required and self._is_missing(name)
        }

    def _is_missing(self, name):
        return not self[name]

    def _get_missing_text(self, name):
        texts = {
            "lot_ids": self.env._("Choose at least one serial number."),
            "quantity": self.env._("Enter how many pieces it is about."),
            "comment": self.env._("Describe it in a few words."),
        }
        return texts.get(name) or self.env._(
            "Please answer: %(question)s.", question=self._get_label(name).rstrip("?")
        )

    def _get_impossible_answers(self):
        """Return ``{name of the question: text}`` of the answers given that cannot be accepted."""
        return self._get_unit_errors() if self._are_units_named() else {}

    def _are_units_named(self):
        return self.sale_line_id.product_uom_id.compare(self.quantity, 0) > 0

    def _get_unit_errors(self):
        """Return what speaks against claiming this quantity or these serials."""
        question = self._get_unit_question()
        if self.sale_line_id.product_uom_id.compare(self._get_lot_quantity(), self.quantity) > 0:
            return {question: self.env._("More serial numbers are chosen than pieces.")}
        if not self._is_countable():
            return {question: self.env._("This article comes in whole pieces only.")}
        return self._get_rule_errors()

    def _get_rule_errors(self):
        """Return what the rules have against it: at the question that they are about, else at the
        units.
        """
        questions = self._get_questions()
        texts = defaultdict(list)
        for objection in self._get_objections():
            code = objection["code"]
            texts[code if code in questions else self._get_unit_question()].append(
                objection["text"]
            )
        return {question: " ".join(lines) for question, lines in texts.items()}

    def _get_unit_question(self):
        """Return the name of the question at which the units stand; empty when there is none."""
        return next(iter(self._get_unit_questions()), "")

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
        """Return the objections of the rules to these units of the line for the reason; rules that
        are set aside at the desk are left out.
        """
        objections = self.env["cso.eligibility"]._assess([self._prepare_request()])[0]["objections"]
        if self._is_overriding():
            return [objection for objection in objections if not objection["is_rule"]]
        return objections

    def _is_overriding(self):
        """Return whether somebody with the right to it says why a rule does not count."""
        is_said = bool((self.override_reason or "").strip())
        return is_said and self.env.user.has_group("rma_cso.group_cso_override")

    def _prepare_request(self):
        lots = self.lot_ids._origin if "lot_ids" in self._get_questions() else None
        return ReturnRequest(
            self.sale_line_id._origin,
            self.reason_id._origin,
            self.quantity,
            lots,
            received_on=self.received_on,
        )

    # --------------------------------------------------------------------------------------------
    # Result
    # --------------------------------------------------------------------------------------------

    def _get_words(self, name):
        """Return an answer as one reads it."""
        field, value = self._fields[name], self[name]
        if field.type == "selection":
            return dict(self._get_options(name)).get(value, value)
        if field.type == "date":
            return format_date(self.env, value)
        if field.type == "float":
            return show_number(self.env, value)
        return self.env._("Yes") if value is True else value

    def _get_offer(self):
        """Return the price at which the customer may keep the goods, as he may see it.

        :return: ``{}`` where there is none, else ``{'unit_price', 'currency', 'total', 'percent',
            'text'}``; amounts without tax in the currency (``res.currency``)
        """
        return {}

    def _prepare_position_values(self):
        """Return the values of the position (cso.rma.line) that the answers describe."""
        self.ensure_one()
        asked = self._get_questions()
        return {
            "sale_line_id": self.sale_line_id.id,
            "reason_id": self.reason_id.id,
            "quantity": self.quantity,
            "lot_ids": [fields.Command.set(self.lot_ids._origin.ids)],
            "attachment_ids": [fields.Command.set(self.attachment_ids._origin.ids)],
            **{name: self[name] if name in asked else False for name in KEPT_ANSWERS},
            "override_reason": self._is_overriding() and self.override_reason,
        }

    def _add_to_cart(self):
        """Check the answers and put the position that they describe into the cart, with its files.

        A position that is changed keeps its place.

        :return: the position (cso.rma.line)
        :raise FormError: with one text per question
        """
        self.ensure_one()
        self._check_answers()
        cart = self._ensure_cart()
        # Written each time: somebody who submits this cart at the same moment is run again.
        cart.write({"return_address_id": self.return_address_id._origin.id})
        values = self._prepare_position_values()
        position = self.position_id._origin
        old_files = position.attachment_ids
        if position:
            position.write(values)
        else:
            position = position.create({"rma_id": cart.id, **values})
        (old_files - position.attachment_ids).unlink()
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

    # --------------------------------------------------------------------------------------------
    # At the desk
    # --------------------------------------------------------------------------------------------

    def action_add(self):
        """Put the position that the answers describe into the case of the call.

        :raise UserError: with a line per question that must be mended
        """
        self._add_at_desk()
        return {"type": "ir.actions.act_window_close"}

    def action_add_and_submit(self):
        """Put the position into the case of the call and submit it.

        :return: action that opens the case
        :raise UserError: with a line per question or position that must be mended
        """
        self._add_at_desk()
        return self.register_id.action_submit()

    def _add_at_desk(self):
        """Check what the clerk filled in by the rules of the form and keep it as a position."""
        self.ensure_one()
        self._check_place()
        # A clerk makes no position by hand: the form checks it, as it does for the portal.
        form_sudo = self.sudo()
        form_sudo.attachment_ids = [fields.Command.set(self._make_files().ids)]
        form_sudo._complete()
        try:
            position_sudo = form_sudo._add_to_cart()
        except FormError as error:
            raise UserError(self._get_error_text(error.errors)) from error
        self.register_id._note_call(position_sudo.rma_id)

    def _check_place(self):
        """Refuse lines and addresses that the clerk could not have chosen."""
        self.sale_line_id.check_access("read")
        self.register_id.check_access("write")
        if not self.reason_id.active or self.reason_id.form != self._name or self.position_id:
            raise UserError(self.env._("This form does not belong to the reason (any more)."))
        addresses = self.register_id.return_address_ids
        if self.return_address_id and self.return_address_id not in addresses:
            raise UserError(self.env._("The return address is not one of this customer."))

    def _make_files(self):
        """Return attachments for the files that the clerk added, judged by their content."""
        check = self.env["portal.file.check"]
        own = [("res_model", "=", self._name), ("create_uid", "=", self.env.uid)]
        loose = self.attachment_ids.filtered_domain(own)
        files = [(slot.name, base64.b64decode(slot.content), slot.kind) for slot in self._filled()]
        files += [(file.name, file.raw, "other") for file in loose]
        values = [
            {**check._prepare_attachment_values(name, content), "cso_kind": kind}
            for name, content, kind in files
        ]
        check._check_number(len(values), self.sale_line_id.company_id)
        return self.env["ir.attachment"].create(
            [{**file, "res_model": self._name, "res_id": self.id} for file in values]
        )

    def _filled(self):
        return self.slot_ids.with_context(bin_size=False).filtered("content")

    def _get_error_text(self, errors):
        """Return a line per question with what is wrong with its answer; photos name themselves."""
        labels = {name: self._get_label(name) for name in self._get_question_names()}
        return "\n".join(
            f"{labels[name].rstrip('?')}: {text}" if name in labels else text
            for name, text in errors.items()
        )
