from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import get_lang

from ..tools.pasted_rows import IS_AMOUNT
from ..tools.typed_number import read_number
from .sale_line_number import NUMBER

MAX_QUANTITY = 999_999


class PortalCartNumber(models.AbstractModel):
    """Articles for numbers: our own, the maker's, EANs, and the customer's item numbers."""

    _name = "portal.cart.number"
    _description = "Request Cart: Articles by Number"

    @api.model
    def _read_quantity(self, text):
        """A quantity as typed in the user's language, also with a unit: "2", "2,5", "10 pcs".

        :return: float, or None unless it is above 0 and at most ``MAX_QUANTITY``
        """
        found = IS_AMOUNT.fullmatch(str(text or "").strip())
        quantity = read_number(found[1] if found else text, get_lang(self.env).decimal_point)
        return quantity if quantity and 0 < quantity <= MAX_QUANTITY else None

    @api.model
    def _resolve_numbers(self, numbers, company):
        """Articles that the user may order by a number, whatever its case, blanks and dashes; the
        number of queries does not depend on how many there are.

        :param list numbers: as typed, pasted or scanned
        :param company: ``res.company`` that would sell them
        :return: ``{number: {'products', 'refused'}}``: ``product.product`` (sudo); several where
            makers share a part number; refused are those that were for sale once
        :rtype: dict
        """
        found = self._find_numbered(numbers)
        # sudo: customers have no right on products; what they may order and know is asked here
        every_sudo = self.env["product.product"].sudo().union(*found.values())
        orderable_sudo = self._filter_orderable(every_sudo, company)
        known_sudo = self._filter_known(every_sudo - orderable_sudo, company)
        return {
            number: {"products": some & orderable_sudo, "refused": some & known_sudo}
            for number, some in found.items()
        }

    @api.model
    def _filter_orderable(self, products_sudo, company):
        domain = products_sudo._get_orderable_domain(company)
        return products_sudo.search(domain & Domain("id", "in", products_sudo.ids))

    @api.model
    def _filter_known(self, products_sudo, company):
        """Products that are no longer for sale, as far as the user may know them: they were for
        sale, have a successor, or were ordered. What was never sold is nobody's business.
        """
        in_company = products_sudo.filtered_domain(products_sudo._check_company_domain(company))
        ended = in_company.filtered(
            lambda product: product.replaced_by_id or (product.sale_ok and not product.active)
        )
        # sudo: inside the access domain only
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("product_id", "in", (in_company - ended).ids)
        ordered = self.env["sale.order.line"].sudo()._read_group(domain, ["product_id"])
        return ended.union(*(product for (product,) in ordered))

    # --- by number ------------------------------------------------------------------------------

    @api.model
    def _find_numbered(self, numbers):
        """``{number: product.product (sudo)}``, archived ones too."""
        lookup = self.env["sale.line.number"]
        keys = {number: lookup._normalize_number(number) for number in numbers}
        eans = {number: lookup._get_ean_variants(number) for number in numbers}
        by_key = self._find_by_key({key for key in keys.values() if key})
        by_ean = self._find_by_ean({ean for several in eans.values() for ean in several if ean})
        products_sudo = self.env["product.product"].sudo()
        return {
            number: products_sudo.union(by_key[key], *(by_ean[ean] for ean in eans[number]))
            for number, key in keys.items()
        }

    @api.model
    def _find_by_key(self, keys):
        """By article number, part number and the customer's item number."""
        products_sudo = self._get_every("product.product")
        found = defaultdict(products_sudo.browse)
        self._collect(found, "default_code", products_sudo, keys)
        templates_sudo = self._get_every("product.template")
        path = "product_variant_ids"
        self._collect(found, "maker_part_number", templates_sudo, keys, path)
        codes_sudo = self._get_every("product.customer.code")
        allowed = self.env["sale.line.number"]._get_code_domain()
        self._collect(found, "code", codes_sudo, keys, "product_id", allowed)
        return found

    @api.model
    def _find_by_ean(self, eans):
        products_sudo = self._get_every("product.product")
        found = defaultdict(products_sudo.browse)
        self._collect(found, "barcode", products_sudo, eans)
        return found

    @api.model
    def _collect(self, found, field_name, records_sudo, keys, path="id", allowed=Domain.TRUE):
        """Add the products of records whose number is one of the keys."""
        normalize = self.env["sale.line.number"]._normalize_number
        match = self._get_keys_domain(field_name, keys) & allowed
        for record in records_sudo.search(match):
            products = record if path == "id" else record[path]
            key = normalize(record[field_name])
            found[key] |= products.with_context(active_test=True)

    @api.model
    def _get_every(self, model_name):
        # sudo: portal users have no right on products; what they may order is asked afterwards
        return self.env[model_name].sudo().with_context(active_test=False)

    @api.model
    def _get_keys_domain(self, field_name, keys):
        """Records whose number is one of these normalized ones, by ``get_number_index``."""
        lookup = self.env["sale.line.number"]

        def to_sql(model, alias, query):
            column = lookup._get_columns_sql(NUMBER, [field_name], model, alias, query)
            return SQL("%s = ANY(%s)", column, list(keys))

        return Domain.custom(to_sql=to_sql) if keys else Domain.FALSE
