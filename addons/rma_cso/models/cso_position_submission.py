from collections import defaultdict

from odoo import fields, models

from ..tools import ReturnRequest


class CsoPositionSubmission(models.AbstractModel):
    """What speaks against a return position when it is submitted, and what is kept of that."""

    _name = "cso.position.submission"
    _description = "Submission of a Return Position"

    # ------------------------------------------------------------------ business
    def _prepare_requests(self):
        """Return what these positions claim, as the return rules judge it.

        Positions of one line that take units are added up.
        """
        requests, taken = [], defaultdict(float)
        for line in self:
            requests.append(
                ReturnRequest(
                    line.sale_line_id,
                    line.reason_id,
                    line.quantity,
                    line.lot_ids,
                    taken[line.sale_line_id],
                    line.received_on,
                )
            )
            if line.reason_id.takes_units:
                taken[line.sale_line_id] += line.quantity
        return requests

    def _get_objections(self):
        """Return by position what speaks against it today: lists of dicts as of `cso.eligibility`.

        Serials that stand twice in the same request are named too.
        """
        return {line: answer["objections"] for line, answer in self._get_answers().items()}

    def _get_answers(self):
        """Return by position the answer of the return rules, with what is wrong with itself.

        ``overridden`` holds the objections that a clerk with the right has set aside.
        """
        assessed = self.env["cso.eligibility"]._assess(self._prepare_requests(), is_kept=True)
        seen = self.env["stock.lot"]
        answers = dict(zip(self, assessed, strict=True))
        for line, answer in answers.items():
            answer["objections"] += line._get_own_objections(seen)
            answer["flags"] += line._get_own_flags()
            line._set_aside(answer)
            if line.reason_id.takes_units:
                seen |= line.lot_ids
        return answers

    def _set_aside(self, answer):
        """Move what is overridden from the objections of an answer to ``overridden``."""
        self.ensure_one()
        is_overridden = bool(self.sudo().override_reason)  # read by customers as yes or no only
        rules = [one for one in answer["objections"] if one["is_rule"] and is_overridden]
        answer["overridden"] = rules
        answer["objections"] = [one for one in answer["objections"] if one not in rules]
        if rules:
            answer["flags"].insert(0, {"code": "override"})

    def _is_repeated_by(self, request):
        """Return whether a ``ReturnRequest`` claims the same again: the same serial number, or the
        same line for the same reason where no serial tells the units apart.
        """
        self.ensure_one()
        if self.lot_ids and request.lots:
            return bool(self.lot_ids & request.lots)
        return self.reason_id == request.reason and self.sale_line_id.id == request.line.id

    def _get_own_flags(self):
        """Return what a reviewer should look at twice in the answers of the customer."""
        self.ensure_one()
        return [{"code": "not_noted"}] if self.noted_at_delivery == "no" else []

    def _get_own_objections(self, seen):
        """Return what is wrong with the position itself; `seen` are serials named before it."""
        self.ensure_one()
        objections = []
        if self.lot_ids & seen and self.reason_id.takes_units:
            text = self.env._("A serial number stands on two positions of this request.")
            objections.append(self._prepare_objection("serial", text))
        if self._is_serial_missing():
            text = self.env._("Choose one serial number per unit.")
            objections.append(self._prepare_objection("serial_count", text))
        if not self.quantity and self.reason_id.takes_units:
            text = self.env._("The quantity is missing.")
            objections.append(self._prepare_objection("quantity", text))
        if self._is_photo_missing():
            text = self.env._("Add a photo: without one we cannot judge it.")
            objections.append(self._prepare_objection("photo", text))
        return objections

    def _prepare_objection(self, code, text):
        return self.env["cso.eligibility"]._prepare_objection(code=code, text=text)

    def _is_serial_missing(self):
        self.ensure_one()
        is_asked = self.reason_id.serials == "required" and self.product_id.tracking == "serial"
        unit = self.product_id.uom_id
        units = self.product_uom_id._compute_quantity(self.quantity, unit, round=False)
        return is_asked and unit.compare(units, len(self.lot_ids)) != 0

    def _is_photo_missing(self):
        self.ensure_one()
        kinds = self.attachment_ids.mapped("mimetype")
        has_photo = any((kind or "").startswith("image/") for kind in kinds)
        return self.reason_id.requires_photo and not has_photo

    def _claim(self, answers):
        """Keep the rules as they are now, hold the units and serials, authorise what may be.

        :param dict answers: the answer of the return rules by position
        """
        results = {line: line._prepare_eligibility(answer) for line, answer in answers.items()}
        for lines in self.grouped(lambda line: str(results[line])).values():
            lines.eligibility = results[lines[0]]
        self._compute_rules()
        self.env["cso.rma.line.lot"].create(
            [{"line_id": line.id, "lot_id": lot.id} for line in self for lot in line.lot_ids]
        )
        self.filtered(lambda line: line.reason_id.authorisation == "immediate")._authorise()
        self._log_overrides()

    def _prepare_eligibility(self, answer):
        """Return the result of the check and the rule values used, to be kept."""
        self.ensure_one()
        return {
            "checked_on": fields.Datetime.to_string(fields.Datetime.now()),
            "until": fields.Date.to_string(answer["until"]) if answer["until"] else False,
            "quantity": answer["quantity"],
            **answer["figures"],
            "objections": [objection["code"] for objection in answer["objections"]],
            "overridden": [objection["code"] for objection in answer["overridden"]],
            "flags": answer["flags"],
            "rules": self.reason_id._get_rule_values(),
        }

    def _log_overrides(self):
        """Note in the chatter of the cases which rules were set aside, by whom and why."""
        words = self.env["cso.eligibility.text"]
        for line_sudo in self.sudo().filtered("override_reason"):  # also when submitted by others
            text = words._get_override_text(line_sudo)
            if text:
                line_sudo.rma_id.message_post(
                    body=self.env._(
                        "%(article)s: %(text)s",
                        article=line_sudo.product_id.display_name,
                        text=text,
                    ),
                    subtype_xmlid="mail.mt_note",
                )
