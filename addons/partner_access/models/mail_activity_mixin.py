from odoo import models

ACTIVITY_FIELDS = {
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_type_icon",
}


class MailActivityMixin(models.AbstractModel):
    _inherit = "mail.activity.mixin"

    def _has_field_access(self, field, operation):
        """As core; the last fields that tell of employees' activities are closed as well."""
        return super()._has_field_access(field, operation) and not (
            field.name in ACTIVITY_FIELDS and not self.env.su and self.env.user.share
        )

    def _search_activity_state(self, operator, value):
        """As core, for who may read activities."""
        self._check_field_access(self._fields["activity_state"], "read")
        return super()._search_activity_state(operator, value)
