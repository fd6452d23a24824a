from urllib.parse import quote_plus

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sale_line_number import CUSTOMER_TYPES

SHOWN = 10
COUNT_CAP = 1000
# What the items show; the many other fields of the records are not read.
SHOWN_FIELDS = {
    "sale.order": ["name", "client_order_ref", "confirmed_on"],
    "account.move": ["name", "move_type", "invoice_date"],
    "stock.picking": ["name", "sale_id", "date_done"],
    "stock.lot": ["name", "product_id"],
    "product.product": ["product_tmpl_id", "default_code", "barcode"],
}


class PortalSearch(models.AbstractModel):
    """What the search box of the portal finds: one group per kind of record."""

    _name = "portal.search"
    _description = "Search of the Portal"

    @api.model
    def _get_groups(self, number, prefix=False):
        """Everything with this number that the user may see.

        :param str number: as typed or scanned
        :param bool prefix: whether the beginning of a number is enough
        :return: groups with an item, as ``_search_group`` describes them
        :rtype: list
        """
        if not self.env["sale.line.number"]._normalize_number(number):
            return []
        groups = [
            self._search_group(key, source, number, prefix)
            for key, source in self._get_sources().items()
        ]
        return [group for group in groups if group["items"]]

    @api.model
    def _get_sources(self):
        """Where is searched, in the order of the page.

        :return: ``{key: {'label', 'model', 'order', 'domain', 'item', 'more'}}``; ``domain`` is a
            method(number, prefix) that stays inside the access of the user, ``item`` a
            method(record) and ``more`` the start of the address of the list with all of them
        :rtype: dict
        """
        return {
            "order": {
                "label": self.env._("Orders"),
                "model": "sale.order",
                "order": "confirmed_on desc, id desc",
                "domain": self._get_order_domain,
                "item": self._prepare_order_item,
                "more": "/my/orders?search=",
            },
            "invoice": {
                "label": self.env._("Invoices and credit notes"),
                "model": "account.move",
                "order": "invoice_date desc, id desc",
                "domain": self._get_invoice_domain,
                "item": self._prepare_invoice_item,
                "more": "/my/lines?invoice=",
            },
            "shipment": {
                "label": self.env._("Shipments"),
                "model": "stock.picking",
                "order": "date_done desc, id desc",
                "domain": self._get_shipment_domain,
                "item": self._prepare_shipment_item,
                "more": "/my/shipments?show=all&search=",
            },
            "serial": {
                "label": self.env._("Serial numbers"),
                "model": "stock.lot",
                "order": "name, id",
                "domain": self._get_serial_domain,
                "item": self._prepare_serial_item,
                "more": "/my/lines?serial=",
            },
            "article": {
                "label": self.env._("Articles"),
                "model": "product.product",
                "order": "default_code, id",
                "domain": self._get_article_domain,
                "item": self._prepare_article_item,
                "more": "/my/lines?article=",
            },
        }

    @api.model
    def _search_group(self, key, source, number, prefix):
        """One group of the page.

        :return: ``{'key', 'label', 'items': [{'label', 'note', 'date', 'url'}], 'total',
            'is_more', 'more'}``; ``is_more`` says that there may be more than the total, since
            nobody counts above ``COUNT_CAP``, nor what only begins with a number; ``more`` is the
            page with all of them
        :rtype: dict
        """
        # sudo: what is found lies inside the access domain
        records_sudo = self.env[source["model"]].sudo().with_context(active_test=False)
        domain = source["domain"](number, prefix)
        names = SHOWN_FIELDS.get(source["model"], ())
        found = records_sudo.search_fetch(domain, names, limit=SHOWN + 1, order=source["order"])
        self._fetch_products(found)
        total = len(found)
        if total > SHOWN and not prefix:
            total = records_sudo.search_count(domain, limit=COUNT_CAP + 1)
        cap = SHOWN if prefix else COUNT_CAP
        return {
            "key": key,
            "label": source["label"],
            "items": [source["item"](record) for record in found[:SHOWN]],
            "total": min(total, cap),
            "is_more": total > cap,
            "more": source["more"] + quote_plus(number),
        }

    @api.model
    def _fetch_products(self, found):
        """Read what is shown of articles, or of the articles of serials, and no more."""
        if found._name == "stock.lot":
            found = found.product_id
            found.fetch(["product_tmpl_id"])
        if found._name == "product.product":
            found.product_tmpl_id.fetch(["name", "maker_part_number"])

    # --- orders, invoices, shipments ------------------------------------------------------------

    @api.model
    def _get_order_domain(self, number, prefix):
        numbers = self.env["sale.line.number"]
        domain = self.env.user._get_access_domain("sale.order")
        domain &= Domain("confirmed_on", "!=", False)
        return domain & numbers._get_order_match(number, prefix)

    @api.model
    def _prepare_order_item(self, order):
        return {
            "label": order.name,
            "note": order.client_order_ref or "",
            "date": order.confirmed_on,
            "url": f"/my/orders/{order.id}",
        }

    @api.model
    def _get_invoice_domain(self, number, prefix):
        numbers = self.env["sale.line.number"]
        domain = self.env.user._get_access_domain("account.move")
        domain &= Domain("state", "=", "posted") & Domain("move_type", "in", CUSTOMER_TYPES)
        return domain & numbers._get_match_domain("name", number, prefix)

    @api.model
    def _prepare_invoice_item(self, move):
        is_credit = move.move_type == "out_refund"
        return {
            "label": move.name,
            "note": self.env._("credit note") if is_credit else self.env._("invoice"),
            "date": move.invoice_date,
            "url": f"/my/invoices/{move.id}",
        }

    @api.model
    def _get_shipment_domain(self, number, prefix):
        """Slips, and parcels by the carrier's number."""
        numbers = self.env["sale.line.number"]
        domain = self.env.user._get_access_domain("stock.picking")
        domain &= Domain("state", "not in", ("draft", "cancel"))
        match = numbers._get_match_domain("name", number, prefix)
        return domain & (match | numbers._get_parcel_match(number, prefix))

    @api.model
    def _prepare_shipment_item(self, picking):
        order = picking.sale_id
        url = f"/my/shipments?show=all&search={quote_plus(picking.name)}"
        return {
            "label": picking.name,
            "note": self.env._("order %(order)s", order=order.name) if order else "",
            "date": picking.date_done,
            "url": f"/my/orders/{order.id}#shipment-{picking.id}" if order else url,
        }

    # --- serials and articles -------------------------------------------------------------------

    @api.model
    def _get_serial_domain(self, number, prefix):
        lots_sudo = self.env["sale.line.serial"]._find_serials(
            number, prefix, (SHOWN if prefix else COUNT_CAP) + 1
        )
        return Domain("id", "in", lots_sudo.ids)

    @api.model
    def _prepare_serial_item(self, lot):
        return {
            "label": lot.name,
            "note": lot.product_id.name,
            "date": False,
            "url": lot._get_portal_url(),
        }

    @api.model
    def _get_article_domain(self, number, prefix):
        """Products by our number, the maker's, the EAN and the customer's own, of own lines."""
        numbers = self.env["sale.line.number"]
        products_sudo = self.env["product.product"].sudo().with_context(active_test=False)
        match = numbers._get_product_match(number, prefix)
        ids = products_sudo._search(match, limit=COUNT_CAP + 1).get_result_ids()
        return Domain("id", "in", list(self._get_first_lines(ids)))

    @api.model
    def _get_first_lines(self, product_ids):
        """Up to two order lines of the user per product that he ordered.

        :return: ``{product_id: [line_id]}``
        """
        if not product_ids:
            return {}
        lines_sudo = self.env["sale.order.line"].sudo()  # inside the access domain only
        wanted = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = wanted.id", model._field_to_sql(alias, "product_id", query)
            )
        )
        domain = self.env.user._get_access_domain("sale.order.line")
        query = lines_sudo._search(domain & Domain("confirmed_on", "!=", False) & wanted, limit=2)
        rows = self.env.execute_query(
            SQL(
                "SELECT wanted.id, array_agg(line.id) FROM unnest(%s::int[]) AS wanted(id), "
                "LATERAL (%s) AS line(id) GROUP BY wanted.id",
                list(product_ids),
                query.select(),
            )
        )
        return dict(rows)

    @api.model
    def _prepare_article_item(self, product):
        numbers = (product.maker_part_number, product.default_code, product.barcode)
        return {
            "label": product.name,
            "note": " · ".join(dict.fromkeys(filter(None, numbers))),
            "date": False,
            "url": self._get_article_url(product),
        }

    @api.model
    def _get_article_url(self, product):
        """The only line of the product, or the list of all its lines."""
        line_ids = self._get_first_lines(product.ids).get(product.id, ())
        names = {"article": "default_code", "ean": "barcode", "part": "maker_part_number"}
        for key, name in names.items():
            if product[name] and len(line_ids) > 1:
                return f"/my/lines?{key}={quote_plus(product[name])}"
        line_sudo = self.env["sale.order.line"].sudo().browse(line_ids[:1])
        return line_sudo._get_portal_url()
