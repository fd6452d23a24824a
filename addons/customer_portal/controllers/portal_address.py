from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.res_partner_address import DEFAULTS

ADDRESS = "/my/addresses/<int(max=2147483647):address_id>"
PLACE = ("street", "street2", "city", "country_id")


class AddressPortal(CustomerPortal):
    """The address book of a customer's company. An administrator changes it; who orders or returns
    adds delivery addresses.
    """

    # --- book -------------------------------------------------------------------------------------

    @http.route()
    def my_addresses(self, done="", **query_params):
        """As core for employees; customers see each address once, with what it is used for.

        :param str done: what was done just now
        """
        user = request.env.user
        if not user._is_portal():
            return super().my_addresses(**query_params)
        addresses_sudo = self._get_book()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "my_addresses",
            "company": user.sudo().commercial_partner_id,  # the user's own
            "rows": self._prepare_address_rows(addresses_sudo),
            "archived": self._get_archived() if user._may_administer_team() else [],
            "is_administrator": user._may_administer_team(),
            "may_add": {
                kind: not user._get_address_refusal(kind) for kind in ("delivery", "billing")
            },
            "done": done,
        }
        return request.render("customer_portal.portal_my_addresses", values)

    @http.route(
        f"{ADDRESS}/default/<any(invoice, delivery):kind>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def address_default(self, address_id, kind, **post):
        """Invoices or deliveries of new orders go to this address from now on.

        :param str kind: invoice or delivery
        """
        address_sudo = self._find_address(address_id)
        self._choose_default(address_sudo, kind)
        return request.redirect(f"/my/addresses?done={kind}")

    @http.route(
        f"{ADDRESS}/<any(archive, restore):action>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def address_keep(self, address_id, action, **post):
        """Take an address out of the book, or back into it; what is under way goes there still.

        :param str action: archive or restore
        """
        address_sudo = self._find_address(address_id)
        if address_sudo.is_company:
            raise NotFound
        address_sudo.active = action == "restore"
        return request.redirect(f"/my/addresses?done={action}")

    def _get_book(self):
        """The addresses (sudo) that the user sees: those of the company, its seat first, and the
        own where it is another one."""
        user_sudo = request.env.user.sudo()  # a book of the own company's addresses only
        partner_sudo, company_sudo = user_sudo.partner_id, user_sudo.commercial_partner_id
        found_sudo = partner_sudo.search(
            partner_sudo._get_book_domain(company_sudo), order="parent_id, name, id"
        )
        own_sudo = partner_sudo.filtered(
            lambda one: one.street and any(one[name] != company_sudo[name] for name in PLACE)
        )
        return company_sudo | found_sudo | own_sudo

    def _get_archived(self):
        partner_sudo = request.env.user.sudo().partner_id  # as above
        domain = partner_sudo._get_book_domain(partner_sudo.commercial_partner_id)
        archived = Domain("active", "=", False)
        return partner_sudo.search(domain & archived, order="write_date desc", limit=50)

    def _find_address(self, address_id):
        """An address (sudo) of the book, archived or not, for an administrator; else 404."""
        if not request.env.user._may_administer_team():
            raise NotFound
        # sudo: inside the book of the own company only
        partner_sudo = request.env.user.sudo().partner_id.with_context(active_test=False)
        domain = partner_sudo._get_book_domain(partner_sudo.commercial_partner_id)
        address_sudo = partner_sudo.search(domain & Domain("id", "=", address_id))
        if not address_sudo:
            raise NotFound
        return address_sudo.with_context(active_test=True)

    def _prepare_address_rows(self, addresses_sudo):
        user_sudo = request.env.user.sudo()  # the user's own company
        company_sudo = user_sudo.commercial_partner_id
        chosen = self._get_chosen(addresses_sudo)
        counts = addresses_sudo._count_open_deliveries()
        is_administrator = user_sudo._may_administer_team()
        rows = []
        for address_sudo in addresses_sudo:
            is_seat, is_own = address_sudo == company_sudo, address_sudo == user_sudo.partner_id
            rows.append(
                {
                    "id": address_sudo.id,
                    "name": address_sudo.name or address_sudo.parent_id.name,
                    "type": "seat" if is_seat else address_sudo.type,
                    "branch": address_sudo.parent_id - company_sudo,
                    "lines": self._get_lines(address_sudo),
                    "phone": address_sudo.phone or "",
                    "uses": [kind for kind in DEFAULTS if chosen[kind] == address_sudo],
                    "open_count": counts.get(address_sudo, 0),
                    "may_edit": is_own or (is_administrator and not is_seat),
                    "is_own": is_own,
                }
            )
        return rows

    def _get_chosen(self, addresses_sudo):
        """The address by kind that a new order of the user gets; one that has no place of its own
        is at the seat of the company."""
        user_sudo = request.env.user.sudo()  # what orders get; customers do not read the choice
        chosen = {}
        for kind, address_id in user_sudo.partner_id.address_get(list(DEFAULTS)).items():
            address_sudo = addresses_sudo.filtered(lambda one, one_id=address_id: one.id == one_id)
            chosen[kind] = address_sudo or user_sudo.commercial_partner_id
        return chosen

    def _get_lines(self, address_sudo):
        """Lines of a place without the names above it, which stand beside."""
        lines = address_sudo._display_address(without_company=True).split("\n")
        names = {address_sudo.name, address_sudo.commercial_company_name}
        names.add(address_sudo.parent_id.name)
        return [line for line in lines if line.strip() and line.strip() not in names]

    # --- form -------------------------------------------------------------------------------------

    def _prepare_address_form_values(self, partner_sudo, *args, **kwargs):
        """As core, with what the form says to a customer."""
        values = super()._prepare_address_form_values(partner_sudo, *args, **kwargs)
        user = request.env.user
        if user._is_portal():
            values["is_customer"] = True
            values["is_administrator"] = user._may_administer_team()
            values["open_count"] = sum(partner_sudo._count_open_deliveries().values())
        return values

    @http.route()
    def portal_address_submit(self, partner_id=None, **form_data):
        """As core; an address that deliveries are on their way to stays as it is, and a new one
        takes its place."""
        if request.env.user._is_portal():
            request.update_context(customer_portal_keep_deliveries=True)
        return super().portal_address_submit(partner_id=partner_id, **form_data)

    def _create_or_update_address(self, partner_sudo, **form_data):
        """As core; an administrator says at once what the address is used for."""
        before_sudo = partner_sudo
        partner_sudo, feedback = super()._create_or_update_address(partner_sudo, **form_data)
        is_new = "redirectUrl" in feedback and not before_sudo
        if is_new and request.env.user._may_administer_team():
            for kind in DEFAULTS:
                if form_data.get(f"use_for_{kind}"):
                    self._choose_default(partner_sudo, kind)
        return partner_sudo, feedback

    def _choose_default(self, address_sudo, kind):
        # sudo: customers write no companies; this is the one thing that the address book writes
        company_sudo = request.env.user.sudo().commercial_partner_id
        company_sudo = company_sudo.with_context(partner_access_keep_companies=False)
        company_sudo[DEFAULTS[kind]] = address_sudo

    def _get_mandatory_delivery_address_fields(self, country_sudo):
        """As core; where a customer's goods go needs no e-mail address or telephone of its own."""
        names = super()._get_mandatory_delivery_address_fields(country_sudo)
        return names - {"email", "phone"} if request.env.user._is_portal() else names

    def _get_mandatory_billing_address_fields(self, country_sudo):
        """As core; as for deliveries."""
        names = super()._get_mandatory_billing_address_fields(country_sudo)
        return names - {"email", "phone"} if request.env.user._is_portal() else names

    def _validate_address_values(self, address_values, partner_sudo, *args, **kwargs):
        """As core, and by the country: a place that exists, a postal code as written there."""
        if refusal := request.env["res.partner"]._get_place_refusal(address_values):
            return {refusal[0]}, set(), [refusal[1]]
        invalid, missing, messages = super()._validate_address_values(
            address_values, partner_sudo, *args, **kwargs
        )
        is_person = partner_sudo.user_ids and partner_sudo._is_other_place(address_values)
        if is_person and partner_sudo._count_open_deliveries():
            invalid.add("street")
            messages.append(
                request.env._(
                    "A delivery is on its way to this address. Add another address instead."
                )
            )
        return invalid, missing, messages
