from odoo import fields, models


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _eval_context(self):
        """As core; the user is told that what it answers is kept for later requests.

        :return: the names that a domain of a rule may use
        :rtype: dict
        """
        context = super()._eval_context()
        context["user"] = context["user"].with_context(partner_access_in_rule=True)
        return context

    def _compute_domain_context_values(self):
        """As core; a domain holds for one day, as entries of the register end with a day."""
        yield from super()._compute_domain_context_values()
        yield fields.Date.today()
