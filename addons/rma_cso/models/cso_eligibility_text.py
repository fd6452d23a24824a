from odoo import api, models
from odoo.tools import format_date


class CsoEligibilityText(models.AbstractModel):
    """What was kept of the check of a position, in the words of who reads it."""

    _name = "cso.eligibility.text"
    _description = "Words of Return Rules"

    @api.model
    def _get_text(self, position):
        """Return the result, the figures reckoned with and the rule as they were when submitted.

        :param position: ``cso.rma.line`` that was submitted
        """
        kept = position.eligibility
        texts = [
            self._get_window_text(kept),
            self._get_value_text(kept),
            self._get_policy_text(kept.get("policy")),
            self._get_objection_text(kept),
            " · ".join(position.reason_id._get_rule_texts(kept["rules"])),
        ]
        return "\n".join(text for text in texts if text)

    @api.model
    def _get_window_text(self, kept):
        if not kept.get("until"):
            return ""
        until = format_date(self.env, kept["until"])
        if not kept.get("start"):
            return self.env._("Possible until %(date)s.", date=until)
        return self.env._(
            "Possible until %(date)s, counted from %(start)s.",
            date=until,
            start=format_date(self.env, kept["start"]),
        )

    @api.model
    def _get_value_text(self, kept):
        if "value" not in kept:
            return ""
        return self.env._(
            "Value of what is claimed: %(value)s %(currency)s.",
            value=f"{kept['value']:.2f}",
            currency=kept["currency"],
        )

    @api.model
    def _get_policy_text(self, policy):
        """Return the vendor policy with its figures, or nothing where none was found."""
        if not policy:
            return ""
        names = self.env["cso.vendor.policy"]._get_policy_texts(policy)
        return self.env._(
            "Policy of %(name)s: %(figures)s.", name=policy["name"], figures=", ".join(names)
        )

    @api.model
    def _get_objection_text(self, kept):
        if kept["objections"]:
            codes = self._get_labels(kept["objections"])
            return self.env._("Objections: %(codes)s.", codes=codes)
        if kept.get("overridden"):
            codes = self._get_labels(kept["overridden"])
            return self.env._("Rules set aside: %(codes)s.", codes=codes)
        return self.env._("No objections.")

    @api.model
    def _get_override_text(self, position):
        """Return which rules were set aside, by whom and why; empty where none was."""
        codes = (position.eligibility or {}).get("overridden")
        if not codes:
            return ""
        return self.env._(
            "Rules set aside by %(user)s: %(codes)s. Reason: %(text)s",
            user=position.override_user_id.name,
            codes=self._get_labels(codes),
            text=position.override_reason,
        )

    @api.model
    def _get_labels(self, codes):
        """Return the names of objections, between commas."""
        labels = self._get_objection_labels()
        return ", ".join(labels.get(code, code) for code in codes)

    @api.model
    def _get_objection_labels(self):
        """Return the short names of objections by code."""
        return {
            "kind": self.env._("other kind of article"),
            "window": self.env._("too late"),
            "amount": self.env._("value out of range"),
            "special_order": self.env._("specially ordered"),
            "excluded": self.env._("article not returnable"),
            "category": self.env._("category excluded"),
            "no_doa": self.env._("maker without a scheme for dead on arrival"),
            "vendor_handles": self.env._("handled by the maker or vendor"),
        }

    # ------------------------------------------------------------------ flags
    @api.model
    def _get_flag_text(self, position):
        """Return why a reviewer should look twice at a position, one reason per line."""
        flags = position.eligibility.get("flags") or []
        texts = [self._get_flag_line(flag, position) for flag in flags]
        return "\n".join(text for text in texts if text)

    @api.model
    def _get_flag_line(self, flag, position):
        """Return the words of one flag."""
        if flag["code"] == "override":
            return self._get_override_text(position)
        if flag["code"] == "not_noted":
            return self.env._("The damage was not noted at delivery.")
        if flag["code"] == "repeat":
            return self.env._("Claimed before: %(cases)s.", cases=", ".join(flag["cases"]))
        return self._get_late_text(flag)

    @api.model
    def _get_late_text(self, flag):
        return self.env._(
            "Reported late: received on %(date)s, due within %(hours)s hours.",
            date=format_date(self.env, flag["receipt"]),
            hours=flag["hours"],
        )
