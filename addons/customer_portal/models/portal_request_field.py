from odoo import fields, models

COMPANY_FIELDS = [
    ("name", "Legal Name"),
    ("vat", "VAT Number"),
    ("company_registry", "Company Register Number"),
    ("street", "Street and Number"),
    ("street2", "Street, Second Line"),
    ("zip", "Postal Code"),
    ("city", "City"),
    ("country", "Country"),
    ("bank", "Bank Account (IBAN)"),
]


class PortalRequestField(models.Model):
    """One thing that a customer asks to have changed of the company's own data.

    Values are texts, a country its code; the old one stays as it was when it was asked.
    """

    _name = "portal.request.field"
    _description = "Company Data Asked for by a Customer"
    _order = "id"

    request_id = fields.Many2one(
        "portal.request", required=True, readonly=True, index=True, ondelete="cascade"
    )
    field_name = fields.Selection(COMPANY_FIELDS, "Field", required=True, readonly=True)
    old_value = fields.Char(readonly=True)
    new_value = fields.Char(readonly=True)

    _field_unique = models.UniqueIndex(
        "(request_id, field_name)", "A request changes a field once only."
    )

    def _get_label(self):
        self.ensure_one()
        return dict(self._fields["field_name"]._description_selection(self.env))[self.field_name]

    def _is_changed_meanwhile(self, present):
        """Whether the company has another value than the customer saw, and than he asks for.

        :param dict present: of ``portal.company.data``
        """
        self.ensure_one()
        return present[self.field_name] not in (self.old_value or "", self.new_value or "")
