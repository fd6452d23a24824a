from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import float_compare, format_amount, format_date

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from ..tools import ReturnRequest


class CsoEligibility(models.AbstractModel):
    _name = "cso.eligibility"
    _description = "Return Rules"

    def _get_checks(self):
        """Return the checks in the order of their objections; a check may be added by override."""
        return [
            self._get_reason_objection,
            self._get_kind_objection,
            self._get_delivery_objection,
            self._get_invoice_objection,
            self._get_receipt_objection,
            self._get_window_objection,
            self._get_amount_objection,
            self._get_special_objection,
            self._get_article_objection,
            self._get_category_objection,
            self._get_policy_objection,
            self._get_units_objection,
            self._get_serial_objection,
        ]

    def _get_flag_checks(self):
        """Return what makes a reviewer look twice; a check may be added by override."""
        return [self._get_late_flag, self._get_repeat_flag]

    def _assess(self, requests, is_kept=False):
        """Judge requests with a number of queries that does not depend on how many there are.

        :param list requests: ``ReturnRequest`` objects
        :param bool is_kept: whether the answers are kept, with the figures that were reckoned with
        :return: list in the same order of dicts: ``quantity`` judged, ``claim_limit`` (what may be
            claimed in total), ``until`` (last day, or False), ``objections`` (dicts as of
            ``_prepare_objection``), ``flags`` (dicts of code and figures, for staff),
            ``destination`` (where goods with a defect go, as of ``cso.vendor.policy``, or False)
            and, where it is kept, ``figures``
        """
        lines = self.env["sale.order.line"].union(*(request.line for request in requests))
        facts = lines._get_return_facts()
        reasons = self.env["cso.reason"].union(*(request.reason for request in requests))
        (reasons | reasons.alternative_ids).fetch(["name", "code", "window_days"])
        answers = []
        for request in requests:
            answer = self._assess_one(request, facts[request.line.id])
            if is_kept:
                answer["figures"] = self._get_figures(request, facts[request.line.id])
            answers.append(answer)
        return answers

    def _assess_one(self, request, facts):
        objections = self._get_objections(request, facts)
        if objections:
            alternative = self._get_alternative(request, facts)
            for objection in objections:
                objection["alternative"] = alternative
        flags = [check(request, facts) for check in self._get_flag_checks()]
        return {
            "quantity": facts.get_quantity(request),
            "claim_limit": facts.total - facts.gone,
            "until": self._get_until(request, facts),
            "objections": objections,
            "flags": [flag for flag in flags if flag],
            "destination": self._get_destination(request, facts, objections),
        }

    def _get_objections(self, request, facts):
        found = [check(request, facts) for check in self._get_checks()]
        return [objection for objection in found if objection]

    @api.model
    def _prepare_objection(self, code, text, **values):
        """Return what speaks against a request.

        :param str code: technical name of the objection
        :param str text: for the customer
        :param values: ``until`` (last day on which it was possible), ``max_quantity`` (how many
            would be possible) and ``is_rule``: a clerk with the right may set it aside; what the
            customer has and what he answered cannot be set aside
        """
        return {
            "code": code,
            "text": text,
            "until": False,
            "max_quantity": False,
            "alternative": "",
            "is_rule": False,
            **values,
        }

    def _get_alternative(self, request, facts):
        """Return the code of the first alternative that is possible for the same units, or ''."""
        for reason in request.reason.alternative_ids:
            other = ReturnRequest(
                request.line,
                reason,
                request.quantity,
                request.lots,
                request.taken,
                request.received_on,
            )
            if reason.active and not self._get_objections(other, facts):
                return reason.code
        return ""

    def _get_until(self, request, facts):
        """Return the last day on which the request is possible, or False where nothing started."""
        start = facts.get_window_start(request)
        if not start:
            return False
        reason, policy = request.reason, facts.policy
        days, months = reason.window_days, reason.window_months
        if reason.window_policy == "doa" and policy.doa_days:
            days, months = policy.doa_days, 0
        elif reason.window_policy == "warranty" and policy.warranty_months:
            days, months = 0, policy.warranty_months
        return start + relativedelta(days=days, months=months)

    def _get_figures(self, request, facts):
        """Return what a request was judged by, beside the rule: dates, value, vendor policy."""
        receipt = facts.get_receipt_date(request)
        policy = facts.policy if request.reason.window_policy != "none" else facts.policy.browse()
        return {
            "start": fields.Date.to_string(facts.get_window_start(request) or None) or False,
            "receipt": fields.Date.to_string(receipt or None) or False,
            "value": facts.currency.round(facts.get_value(request)),
            "currency": facts.currency.name,
            "policy": policy._get_policy_values(),
        }

    def _get_destination(self, request, facts, objections):
        """Return where goods with a defect are to go: us or who handles it; else False."""
        codes = {objection["code"] for objection in objections}
        use = request.reason.window_policy
        is_elsewhere = "vendor_handles" in codes
        is_in_warranty = use == "warranty" and not codes & {"kind", "window", "not_delivered"}
        if is_elsewhere or is_in_warranty:
            return facts.policy._get_destination(facts.company, is_elsewhere)
        return False

    # ------------------------------------------------------------------ checks
    def _get_reason_objection(self, request, facts):
        """A reason may be archived while a position waits in the cart."""
        if request.reason.active:
            return None
        text = self.env._("This reason is not offered any more.")
        return self._prepare_objection("reason", text, is_rule=True)

    def _get_kind_objection(self, request, facts):
        wanted, is_service = request.reason.applies_to, facts.kind == "service"
        # A service has an invoice that may be wrong, and nothing else that can be claimed.
        is_fitting = request.reason.requires_invoice if is_service else wanted == "both"
        if is_fitting or wanted == facts.kind:
            return None
        if is_service:
            text = self.env._("Only for goods and licences, not for services such as freight.")
        elif wanted == "licence":
            text = self.env._("Only for licences and software delivered by e-mail.")
        else:
            text = self.env._("Only for goods, not for licences or software delivered by e-mail.")
        return self._prepare_objection("kind", text)

    def _get_delivery_objection(self, request, facts):
        """An invoice may be wrong before anything was delivered."""
        if facts.total or (request.reason.requires_invoice and facts.is_invoiced):
            return None
        return self._prepare_objection("not_delivered", self.env._("Nothing was delivered yet."))

    def _get_invoice_objection(self, request, facts):
        if facts.is_invoiced or not request.reason.requires_invoice:
            return None
        return self._prepare_objection("not_invoiced", self.env._("The line is not invoiced yet."))

    def _get_receipt_objection(self, request, facts):
        """What the customer says about the receipt must be possible."""
        stated, shipped = request.received_on, facts.get_ship_date(request)
        if not stated:
            return None
        if stated > facts.today:
            text = self.env._("The day of receipt is in the future.")
        elif shipped and stated < shipped:
            text = self.env._(
                "The goods left our warehouse on %(date)s; they cannot have arrived before.",
                date=self._format_date(shipped),
            )
        else:
            return None
        return self._prepare_objection("received_on", text)

    def _get_window_objection(self, request, facts):
        until = self._get_until(request, facts)
        if not until or facts.today <= until:
            return None
        date, timely = self._format_date(until), self._get_timely_quantity(request, facts)
        if timely:
            text = self.env._(
                "Possible until %(date)s; later for %(count)s of the serial numbers.",
                date=date,
                count=timely,
            )
        else:
            text = self.env._("Possible until %(date)s.", date=date)
        return self._prepare_objection(
            "window", text, until=until, max_quantity=timely * facts.lot_size or False, is_rule=True
        )

    def _get_timely_quantity(self, request, facts):
        """Return how many free serials are still within their window, where none is chosen."""
        parts = max(len(facts.slots), len(facts.shipments))
        if request.lots or request.received_on or not facts.is_tracked or parts < 2:
            return 0
        untils = (
            self._get_until(ReturnRequest(request.line, request.reason, facts.lot_size, lot), facts)
            for lot in facts.free_lots
        )
        return sum(1 for until in untils if until and until >= facts.today)

    def _get_amount_objection(self, request, facts):
        reason, currency = request.reason, facts.currency
        value = facts.get_value(request)
        if not facts.get_quantity(request):
            return None
        if reason.min_amount and currency.compare_amounts(value, reason.min_amount) < 0:
            text = self._get_low_text(reason.min_amount, value, currency)
            return self._prepare_objection("amount", text, is_rule=True)
        if reason.max_amount and currency.compare_amounts(value, reason.max_amount) > 0:
            return self._prepare_high_objection(request, facts, value)
        return None

    def _get_low_text(self, limit, value, currency):
        if not self.env.user._has_access_role("prices"):
            return self.env._("The value of these goods is too low for this reason.")
        limit = format_amount(self.env, limit, currency)
        value = format_amount(self.env, value, currency)
        return self.env._("From %(limit)s; this is %(value)s.", limit=limit, value=value)

    def _prepare_high_objection(self, request, facts, value):
        limit = request.reason.max_amount
        units = facts.get_affordable_quantity(request, limit)
        text = self._get_high_text(limit, value, facts.currency)
        if units:
            count = f"{self._format_quantity(units)} {request.line.product_uom_id.name}"
            text = f"{text} {self.env._('Possible for up to %(units)s.', units=count)}"
        return self._prepare_objection("amount", text, max_quantity=units, is_rule=True)

    def _get_high_text(self, limit, value, currency):
        if not self.env.user._has_access_role("prices"):
            return self.env._("The value of these goods is too high for this reason.")
        limit = format_amount(self.env, limit, currency)
        value = format_amount(self.env, value, currency)
        return self.env._("Up to %(limit)s; this is %(value)s.", limit=limit, value=value)

    def _get_special_objection(self, request, facts):
        if not (request.reason.respects_exclusions and facts.is_special_order):
            return None
        text = self.env._("Specially ordered for you: not returnable.")
        return self._prepare_objection("special_order", text, is_rule=True)

    def _get_article_objection(self, request, facts):
        if not request.reason.respects_exclusions or facts.is_returnable:
            return None
        text = self.env._("This article is not returnable.")
        return self._prepare_objection("excluded", text, is_rule=True)

    def _get_category_objection(self, request, facts):
        excluded = request.reason.sudo().excluded_categ_ids  # customers may not read categories
        found = excluded.filtered(lambda category: category.id in facts.categ_ids)[:1]
        if not found:
            return None
        text = self.env._("Articles of %(category)s are excluded.", category=found.name)
        return self._prepare_objection("category", text, is_rule=True)

    def _get_policy_objection(self, request, facts):
        policy, use = facts.policy, request.reason.window_policy
        if use == "doa" and policy.doa_scheme == "no":
            text = self.env._("The maker of this article has no scheme for dead on arrival.")
            return self._prepare_objection("no_doa", text, is_rule=True)
        is_doa_elsewhere = use == "doa" and policy.doa_scheme == "vendor"
        is_service = use == "warranty" and policy.warranty_handling == "direct_service"
        if is_doa_elsewhere or is_service:
            text = policy._get_service_text()
            return self._prepare_objection("vendor_handles", text, is_rule=True)
        return None

    def _get_units_objection(self, request, facts):
        if not request.reason.takes_units or not facts.total:
            return None
        left, wanted = facts.get_left(request), facts.get_quantity(request)
        if left > 0 and float_compare(wanted, left, precision_digits=5) <= 0:
            return None
        if left <= 0:
            text = self.env._("All units are claimed or returned already.")
        else:
            left_text = self._format_quantity(left)
            text = self.env._("Only %(left)s can still be claimed.", left=left_text)
        return self._prepare_objection("units", text, max_quantity=left)

    def _get_serial_objection(self, request, facts):
        if not request.lots:
            return None
        pool = facts.free_lots if request.reason.takes_units else facts.lots
        wrong = request.lots - pool
        if not wrong:
            return None
        text = self.env._(
            "Not delivered on this line, or in another open position: %(serials)s.",
            serials=", ".join(wrong.mapped("name")),
        )
        return self._prepare_objection("serial", text)

    # ------------------------------------------------------------------ flags
    def _get_late_flag(self, request, facts):
        """Only the day of receipt is known: the hours run from its end."""
        hours = request.reason.flag_after_hours
        receipt = hours and facts.get_receipt_date(request)
        if not receipt or (facts.today - receipt).days * 24 <= hours:
            return None
        receipt = fields.Date.to_string(receipt)
        return {"code": "late_damage", "receipt": receipt, "hours": hours}

    def _get_repeat_flag(self, request, facts):
        claims = [claim for claim in facts.closed_claims if claim._is_repeated_by(request)]
        cases = sorted({claim.rma_id.name for claim in claims})
        return {"code": "repeat", "cases": cases} if cases else None

    # ------------------------------------------------------------------ words
    def _format_date(self, day):
        return format_date(self.env, day, date_format=self.env._("d MMM") + " y")

    def _format_quantity(self, quantity):
        return PortalFormat(self.env).quantity(quantity)
