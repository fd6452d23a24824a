from odoo import api, fields, models

from ..tools import FormError
from .cso_position_claim import STAFF

ADDRESS_FIELDS = ("name", "street", "street2", "zip", "city", "phone")


class ResPartner(models.Model):
    _inherit = "res.partner"

    cso_rma_count = fields.Integer(
        "Number of Returns", compute="_compute_cso_rma_count", groups="base.group_user"
    )

    cso_claim_count = fields.Integer(
        "Number of Claims", compute="_compute_cso_claim_count", groups=STAFF
    )

    # ------------------------------------------------------------------ computes
    @api.depends_context("uid")
    def _compute_cso_rma_count(self):
        """Count the cases of each partner with those of what is below it, as `sale` does."""
        below = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        groups = self._read_cso_cases(below)
        self.cso_rma_count = 0
        for partner, number in groups:
            while partner:
                if partner in self:
                    partner.cso_rma_count += number
                partner = partner.parent_id

    @api.depends_context("uid")
    def _compute_cso_claim_count(self):
        """Count our claims at each vendor or carrier."""
        claims = self.env["cso.claim"]
        groups = claims._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["__count"])
        counts = dict(groups)
        for partner in self:
            partner.cso_claim_count = counts.get(partner, 0)

    # ------------------------------------------------------------------ actions
    def action_view_cso_claims(self):
        """Open our claims at this vendor or carrier.

        :return: action that shows the claim, or the list of several
        """
        return self.env["cso.claim"].search([("partner_id", "in", self.ids)])._get_list_action()

    def action_cso_register(self):
        """Begin the registration of a return for this customer.

        :return: action that opens it
        """
        self.ensure_one()
        return self.env["cso.register"]._start({"partner_id": self.id})

    def action_view_cso_rma(self):
        """Open the return cases of this customer and of what is below it."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("rma_cso.cso_rma_action")
        domain = [("submitted_on", "!=", False), ("partner_id", "child_of", self.id)]
        return {**action, "domain": domain, "context": {"create": False}}

    # ------------------------------------------------------------------ business
    def _read_cso_cases(self, partners):
        """Return pairs of customer and number of its submitted cases that the user may see."""
        cases = self.env["cso.rma"]
        if not cases.has_access("read"):
            return []
        domain = [("submitted_on", "!=", False), ("partner_id", "in", partners.ids)]
        return cases._read_group(domain, ["partner_id"], ["__count"])

    def _get_return_addresses(self, delivered_to):
        """Return where goods of this customer may go back to, inside the user's access domain.

        :param delivered_to: address (res.partner) of the delivery, which stands first
        """
        return delivered_to | self._get_delivery_addresses()

    def _fetch_address(self):
        """Read what an address is written from and how to reach it: a contact has many fields."""
        names = ("name", "parent_id", "commercial_company_name", "phone", "website", "email")
        self.fetch([*self._display_address_depends(), *names])

    def _get_top_company(self):
        """Return the head office of this customer."""
        top = self
        while top.parent_id:
            top = top.parent_id
        return top

    @api.model
    def _get_return_address_errors(self, values):
        """Return ``{field name: text}`` of what is missing in a new return address.

        :param dict values: as of ``_create_return_address``
        """
        country = self.env["res.country"].browse(values.get("country_id") or ()).exists()
        has_postcodes = not country or country.zip_required
        errors = {
            name: self.env._("Please fill in: %(question)s.", question=label)
            for name, label, is_required, _kind in self._get_return_address_questions()
            if is_required and (name != "zip" or has_postcodes) and not values.get(name)
        }
        if not country:
            errors["country_id"] = self.env._("Please choose a country.")
        return errors

    @api.model
    def _get_return_address_questions(self):
        """Return what a new return address is asked for.

        :return: tuples of field name, label, whether it is required (a postcode: where the country
            has them) and the kind by which browsers fill it in
        """
        return [
            ("name", self.env._("Name or department"), True, "organization"),
            ("street", self.env._("Street and number"), True, "address-line1"),
            ("street2", self.env._("Addition"), False, "address-line2"),
            ("zip", self.env._("Postcode"), True, "postal-code"),
            ("city", self.env._("Town"), True, "address-level2"),
            ("country_id", self.env._("Country"), True, "country"),
            ("phone", self.env._("Phone"), False, "tel"),
        ]

    def _create_return_address(self, values):
        """Make a delivery address below the company of this customer.

        :param dict values: texts of ``ADDRESS_FIELDS`` and the id of the country; others are left
            out, also when they were typed
        :raise FormError: with one text per field that is missing
        """
        self.ensure_one()
        errors = self._get_return_address_errors(values)
        if errors:
            raise FormError(errors)
        return self.create(
            {
                **{name: values.get(name) for name in ADDRESS_FIELDS},
                "country_id": values["country_id"],
                "type": "delivery",
                "parent_id": self.commercial_partner_id.id,
            }
        )
