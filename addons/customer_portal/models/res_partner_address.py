from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.postcode import get_example, is_postcode

DEFAULTS = {
    "invoice": "default_invoice_address_id",
    "delivery": "default_delivery_address_id",
}
PLACE_FIELDS = {"name", "street", "street2", "zip", "city", "state_id", "country_id"}
ADDRESS_LIMIT = 200
MAX_LENGTH = 128
BOOK_TYPES = ("invoice", "delivery", "other")


class ResPartnerAddress(models.AbstractModel):
    """The address book of a customer: which addresses new orders get, and what becomes of an
    address that deliveries are on their way to.
    """

    _name = "res.partner.address"
    _description = "Address Book of a Customer"

    default_invoice_address_id = fields.Many2one(
        "res.partner",
        "Default for Invoices",
        groups="base.group_user",
        index="btree_not_null",
        ondelete="set null",
        help="Where invoices of new orders of this company go. Empty: as Odoo finds it.",
    )
    default_delivery_address_id = fields.Many2one(
        "res.partner",
        "Default for Deliveries",
        groups="base.group_user",
        index="btree_not_null",
        ondelete="set null",
        help="Where deliveries of new orders of this company go. Empty: as Odoo finds it.",
    )

    @api.constrains("default_invoice_address_id", "default_delivery_address_id")
    def _check_default_addresses(self):
        for company in self:
            addresses = company.default_invoice_address_id | company.default_delivery_address_id
            if set(addresses.ids) - set(company._get_top_company()._get_ids_below()):
                raise ValidationError(
                    self.env._("The address is of another customer than %s.", company.display_name)
                )

    def write(self, vals):
        """As core; an address that is archived or moved is no default any more, and one that
        deliveries are on their way to stays as it is when the customer changes the place.
        """
        replaced = self.browse()
        if self.env.context.get("customer_portal_keep_deliveries"):
            replaced = self._get_delivered_to(vals)
            for address in replaced:
                address._replace_address(vals)
        result = super(ResPartnerAddress, self - replaced).write(vals)
        if vals.get("active") is False or "parent_id" in vals:
            self._forget_defaults()
        return result

    def address_get(self, adr_pref=None):
        """As core, with what the company chose before what core finds first.

        :param adr_pref: kinds of addresses, as core
        :return: ids of partners by kind, as core
        :rtype: dict
        """
        result = super().address_get(adr_pref)
        kinds = [kind for kind in DEFAULTS if kind in result and self[:1].type != kind]
        # sudo: the choice is the company's, whoever makes the order
        company_sudo = self[:1].sudo().commercial_partner_id if kinds else self.browse()
        for kind in kinds:
            result[kind] = company_sudo[DEFAULTS[kind]].id or result[kind]
        return result

    # --- defaults ---------------------------------------------------------------------------------

    def _forget_defaults(self):
        """Take back the choice of these addresses where they are archived or of another customer
        now.
        """
        # sudo: who archives an address may not write companies
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        for name in DEFAULTS.values():
            companies_sudo = partners_sudo.search([(name, "in", self.ids)])
            companies_sudo.filtered(lambda one, name=name: one._is_lost(one[name]))[name] = False

    def _is_lost(self, address):
        return not address.active or address.id not in self._get_top_company()._get_ids_below()

    # --- open deliveries --------------------------------------------------------------------------

    def _count_open_deliveries(self):
        """How many deliveries are on their way, or to be sent, to each of these addresses.

        :return: ``{address: number}``
        :rtype: dict
        """
        # sudo: customers do not read transfers of the warehouse
        pickings_sudo = self.env["stock.picking"].sudo()
        domain = Domain("partner_id", "in", self.ids)
        domain &= Domain("state", "not in", ("done", "cancel"))
        domain &= Domain("picking_type_id.code", "in", ("outgoing", "dropship"))
        groups = pickings_sudo._read_group(domain, ["partner_id"], ["__count"])
        return {address.with_env(self.env): count for address, count in groups}

    def _get_delivered_to(self, vals):
        """Those whose place ``vals`` change while a delivery is under way; persons are not
        replaced.
        """
        changed = self.filtered(lambda one: not one.user_ids and one._is_other_place(vals))
        return self.browse().union(*changed._count_open_deliveries()) if changed else changed

    def _is_other_place(self, vals):
        """Whether ``vals`` change where a delivery would arrive."""
        self.ensure_one()
        return any(
            (self._fields[name].convert_to_write(self[name], self) or False)
            != (vals[name] or False)
            for name in PLACE_FIELDS & vals.keys()
        )

    def _replace_address(self, vals):
        """Archive the address, as what is under way goes there, and put a new one in its place."""
        address = self.with_context(customer_portal_keep_deliveries=False)
        new = address.copy({"name": address.name, **vals})
        for name in DEFAULTS.values():
            self.search([(name, "=", self.id)])[name] = new
        address.active = False
        return new

    # --- what is typed ----------------------------------------------------------------------------

    @api.model
    def _get_place_refusal(self, values):
        """Whether a place can be one: its country, state and postal code, and how long it is.

        :param dict values: of an address, as they would be written
        :return: the field that is wrong and why; None where nothing is
        """
        for name, value in values.items():
            if isinstance(value, str) and len(value) > MAX_LENGTH:
                return name, self.env._("At most %(count)s characters.", count=MAX_LENGTH)
        country_sudo = self._browse_place("res.country", values.get("country_id"))
        if values.get("country_id") and not country_sudo:
            return "country_id", self.env._("Choose a country.")
        state_sudo = self._browse_place("res.country.state", values.get("state_id"))
        if values.get("state_id") and state_sudo.country_id != country_sudo:
            return "state_id", self.env._("Choose a state of the country.")
        refusal = values.get("zip") and self._get_postcode_refusal(values["zip"], country_sudo)
        return ("zip", refusal) if refusal else None

    @api.model
    def _browse_place(self, model_name, record_id):
        records_sudo = self.env[model_name].sudo()  # countries are the same for everybody
        if not isinstance(record_id, int) or not 0 < record_id < 2**31:
            return records_sudo
        return records_sudo.browse(record_id).exists()

    @api.model
    def _get_postcode_refusal(self, text, country):
        """Why a text is no postal code of a ``res.country``; empty when it is one."""
        if is_postcode(text, country.code):
            return ""
        return self.env._(
            "A postal code of this country (%(country)s) looks like %(example)s.",
            country=country.name,
            example=get_example(country.code),
        )

    # --- book -------------------------------------------------------------------------------------

    def _get_delivery_addresses(self):
        """Where goods of this customer may go to or come from: companies and addresses of its
        head office and of all below, inside the access domain of the user.

        :return: ``res.partner``, at most ``ADDRESS_LIMIT``
        """
        self.ensure_one()
        below = Domain("id", "in", self._get_top_company()._get_ids_below())
        kinds = Domain("type", "in", ("delivery", "other")) | Domain("is_company", "=", True)
        domain = self.env.user._get_access_domain("res.partner") & below & kinds
        return self.search(domain & Domain("street", "!=", False), limit=ADDRESS_LIMIT)

    @api.model
    def _get_book_domain(self, company):
        """The addresses of a company and of what is below it; no persons, no other companies.

        :param company: ``res.partner``
        :return: ``Domain``
        """
        below = Domain("id", "in", company._get_ids_below())
        places = Domain("type", "in", BOOK_TYPES) & Domain("user_ids", "=", False)
        return below & (Domain("id", "=", company.id) | places & Domain("is_company", "=", False))
