from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_access_domain(self, model_name):
        """Extend `partner_access`: the cases and positions that this user may see.

        :param str model_name: technical name of a model
        :return: ``Domain``; a cart is only its own user's, a case that of its customer; of
            employees what their rights in Odoo leave
        """
        prefix = {"cso.rma": "", "cso.rma.line": "rma_id."}.get(model_name)
        if prefix is not None and self._is_limited_employee():
            return self._get_employee_domain(model_name)
        if prefix is None or not (self.active and self._is_portal()):
            return super()._get_access_domain(model_name)
        if not self._has_access_role("returns"):
            return Domain.FALSE
        return self._get_cso_access_domain(prefix)

    def _get_cso_access_domain(self, prefix):
        in_company = Domain(f"{prefix}company_id", "in", self._get_company_ids())
        # Who went to another customer left all cases behind, also those registered in person.
        top_sudo = self.sudo().partner_id._get_top_company()
        in_company &= self._get_below_domain(f"{prefix}partner_id", top_sudo)
        is_own = Domain(f"{prefix}user_id", "=", self.id)
        is_submitted = Domain(f"{prefix}submitted_on", "!=", False)
        # What a clerk registers for somebody by phone is that person's own from then on.
        is_contact = is_submitted & Domain(f"{prefix}contact_id", "=", self.partner_id.id)
        if self._get_access_scope() == "own":
            return in_company & (is_own | is_contact)
        in_scope = self._get_access_partner_domain(f"{prefix}partner_id")
        return in_company & ((is_own & ~is_submitted) | is_contact | (is_submitted & in_scope))

    def _may_call_api(self):
        """Return whether this user may let other programs act for him at the returns desk."""
        settings_sudo = self.env["ir.config_parameter"].sudo()  # read by administrators only
        is_open = settings_sudo.get_param("portal.allow_api_keys")
        return bool(is_open) and not self._get_access_domain("cso.rma").is_false()
