from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import format_amount, format_date

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from ..tools import ReturnRequest


class CsoEligibility(models.AbstractModel):
    _name = "cso.eligibility"
    _description = "Return Rules"

    def _get_checks(self):
        """Return the checks in the order of their objections; a check may be added by override."""
        return [
            self._get_kind_objection,
            self._get_delivery_objection,
            self._get_invoice_objection,
            self._get_window_objection,
            self._get_amount_objection,
            self._get_exclusion_objection,
            self._get_policy_objection,
            self._get_units_objection,
            self._get_serial_objection,
        ]

    def _assess(self, requests):
        """Judge requests with a number of queries that does not depend on how many there are.

        :param list requests: ``ReturnRequest`` objects
        :return: list in the same order of dicts: ``quantity`` judged, ``claim_limit`` (what may be
            claimed in total), ``until`` (last day, or False) and ``objections``: dicts of code,
            text, until, alternative, max_quantity
        """
        lines = self.env["sale.order.line"].union(*(request.line for request in requests))
        facts = lines._get_return_facts()
        reasons = self.env["cso.reason"].union(*(request.reason for request in requests))
        (reasons | reasons.alternative_ids).fetch(["name", "code", "window_days"])
        return [self._assess_one(request, facts[request.line.id]) for request in requests]

    def _assess_one(self, request, facts):
        objections = self._get_objections(request, facts)
        if objections:
            alternative = self._get_alternative(request, facts)
            for objection in objections:
                objection["alternative"] = alternative
        return {
            "quantity": facts.get_quantity(request),
            "claim_limit": facts.total - facts.gone,
            "until": self._get_until(request, facts),
            "objections": objections,
        }

    def _get_objections(self, request, facts):
        objections = []
        for check in self._get_checks():
            objection = check(request, facts)
            if objection:
                objections.append({"until": False, "max_quantity": False, **objection})
        return objections

    def _get_alternative(self, request, facts):
        """Return the code of the first alternative that is possible for the same units, or ''."""
        for reason in request.reason.alternative_ids:
            other = ReturnRequest(
                request.line, reason, request.quantity, request.lots, request.taken
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

    # ------------------------------------------------------------------ checks
    def _get_kind_objection(self, request, facts):
        wanted = request.reason.applies_to
        if wanted == "both" or wanted == facts.kind:
            return None
        if wanted == "licence":
            text = self.env._("Only for licences and software delivered by e-mail.")
        else:
            text = self.env._("Only for goods, not for licences or software delivered by e-mail.")
        return {"code": "kind", "text": text}

    def _get_delivery_objection(self, request, facts):
        if facts.total:
            return None
        return {"code": "not_delivered", "text": self.env._("Nothing was delivered yet.")}

    def _get_invoice_objection(self, request, facts):
        if facts.is_invoiced or not request.reason.requires_invoice:
            return None
        return {"code": "not_invoiced", "text": self.env._("The line is not invoiced yet.")}

    def _get_window_objection(self, request, facts):
        until = self._get_until(request, facts)
        if not until or facts.today <= until:
            return None
        pattern = self.env._("d MMM") + " y"
        text = self.env._(
            "Possible until %(date)s.", date=format_date(self.env, until, date_format=pattern)
        )
        return {"code": "window", "text": text, "until": until}

    def _get_amount_objection(self, request, facts):
        reason, currency = request.reason, facts.currency
        value = facts.get_value(request)
        if not facts.get_quantity(request):
            return None
        if reason.min_amount and currency.compare_amounts(value, reason.min_amount) < 0:
            return self._prepare_low_objection(reason.min_amount, value, currency)
        if reason.max_amount and currency.compare_amounts(value, reason.max_amount) > 0:
            return self._prepare_high_objection(request, facts, value)
        return None

    def _prepare_low_objection(self, limit, value, currency):
        text = self.env._(
            "From %(limit)s; this is %(value)s.",
            limit=format_amount(self.env, limit, currency),
            value=format_amount(self.env, value, currency),
        )
        return {"code": "amount", "text": text}

    def _prepare_high_objection(self, request, facts, value):
        limit, currency = request.reason.max_amount, facts.currency
        units = facts.get_affordable_quantity(request, limit)
        text = self.env._(
            "Up to %(limit)s; this is %(value)s. Possible for up to %(units)s.",
            limit=format_amount(self.env, limit, currency),
            value=format_amount(self.env, value, currency),
            units=f"{self._format_quantity(units)} {request.line.product_uom_id.name}",
        )
        return {"code": "amount", "text": text, "max_quantity": units}

    def _get_exclusion_objection(self, request, facts):
        if not request.reason.respects_exclusions:
            return None
        if facts.is_special_order:
            text = self.env._("Specially ordered for you: not returnable.")
            return {"code": "special_order", "text": text}
        if not facts.is_returnable:
            return {"code": "excluded", "text": self.env._("This article is not returnable.")}
        return None

    def _get_policy_objection(self, request, facts):
        policy, use = facts.policy, request.reason.window_policy
        if use == "doa" and policy.doa_scheme == "no":
            text = self.env._("The maker of this article has no scheme for dead on arrival.")
            return {"code": "no_doa", "text": text}
        is_doa_elsewhere = use == "doa" and policy.doa_scheme == "vendor"
        is_service = use == "warranty" and policy.warranty_handling == "direct_service"
        if is_doa_elsewhere or is_service:
            return {"code": "vendor_handles", "text": policy._get_service_text()}
        return None

    def _format_quantity(self, quantity):
        return PortalFormat(self.env).quantity(quantity)

    def _get_units_objection(self, request, facts):
        if not request.reason.takes_units or not facts.total:
            return None
        left = facts.get_left(request)
        wanted = facts.get_quantity(request)
        if left > 0 and request.line.product_uom_id.compare(wanted, left) <= 0:
            return None
        if left <= 0:
            text = self.env._("All units are claimed or returned already.")
        else:
            left_text = self._format_quantity(left)
            text = self.env._("Only %(left)s can still be claimed.", left=left_text)
        return {"code": "units", "text": text, "max_quantity": max(left, 0.0)}

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
        return {"code": "serial", "text": text}
