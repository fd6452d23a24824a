import re
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.sql import escape_psql

from ..tools.distinct import get_distinct_sql
from ..tools.period import get_moment_domain
from .sale_order import CUSTOMER_STATUSES

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
DAY_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$", re.ASCII)
MAX_LENGTH = 64
PERIODS = ("week", "month", "quarter", "year", "last_year")
STATUSES = tuple(status for status, _label in CUSTOMER_STATUSES)
# A line with an open quantity has one of these, so that an index is read for two statuses only.
OPEN_LINE_STATUSES = ["confirmed", "partial"]
NUMBER_TYPES = {
    "order": "order",
    "reference": "customer_reference",
    "article": "article",
    "part": "maker_part_number",
    "ean": "ean",
    "serial": "serial",
    "shipment": "delivery_slip",
    "invoice": "invoice",
}
WHOLE_NUMBERS = ("ean", "serial")  # they are scanned or pasted
DAYS = ("date_from", "date_to", "eta_from", "eta_to")
FLAGS = ("open", "late", "arriving")
TEXTS = (*NUMBER_TYPES, "maker", "description", "address")
# Filters that are one to the customer.
FILTER_GROUPS = {"period": ("period", "date_from", "date_to"), "eta": ("eta_from", "eta_to")}
FILTERS = (
    *("open", "late", "arriving", "eta_from", "eta_to", "status"),
    *("period", "date_from", "date_to", "order", "reference", "article", "part", "ean"),
    *("maker", "description", "serial", "shipment", "invoice", "address"),
)
FEW_PRODUCTS = 500  # that many are looked up in an index, more are a filter
# By these very many orders may be found, of which the first are enough for a count up to a limit.
SAMPLED_FILTERS = {"order", "reference", "address"}
PRICE_COLUMNS = ("price_unit", "price_subtotal")
DEFAULT_COLUMNS = (
    "order",
    "reference",
    "article",
    "quantity",
    "open",
    "status",
    "eta",
    "shipped_on",
)
DEFAULT_SORT = ("confirmed_on", True)
NEVER_EMPTY = ("confirmed_on", "order", "status", "description")
SORT_FIELDS = {
    "confirmed_on": "confirmed_on",
    "article": "article_number",
    "quantity": "product_uom_qty",
    "shipped": "customer_shipped_qty",
    "open": "customer_open_qty",
    "invoiced": "customer_invoiced_qty",
    "eta": "eta_first",
    "expected_ship": "eta_ship_first",
    "price_unit": "price_unit",
    "price_subtotal": "price_subtotal",
}


class SaleLineList(models.AbstractModel):
    """Order lines as customers filter, sort and lay them out: one place for page and export."""

    _name = "sale.line.list"
    _description = "List of Order Lines"

    # --- filters --------------------------------------------------------------------------------

    @api.model
    def _get_filters(self, params):
        """What is asked for, without what nobody can mean.

        :param dict params: as in the address of the page: texts, or lists of texts where a
            parameter is repeated; what this method returned is understood too
        :return: known filters only, those that say something only, ready for JSON: texts, days as
            'YYYY-MM-DD', True, and a list of statuses
        :rtype: dict
        """
        filters = {}
        for key in FILTERS:
            value = self._clean_filter(key, self._get_param(params, key))
            if value and self._is_filter_allowed(key):
                filters[key] = value
        if filters.get("date_from") or filters.get("date_to"):
            filters.pop("period", None)
        return filters

    @api.model
    def _get_param(self, params, key):
        """All values of a parameter, as texts."""
        found = params.getlist(key) if hasattr(params, "getlist") else params.get(key)
        found = found if isinstance(found, list | tuple) else [found]
        return [str(value) for value in found if value not in (None, False)]

    @api.model
    def _clean_filter(self, key, values):
        if key == "status":
            named = {part.strip() for value in values for part in value.split(",")}
            return [status for status in STATUSES if status in named]
        text = " ".join((values[0] if values else "").replace("\x00", "").split())[:MAX_LENGTH]
        if key in FLAGS:
            return text in ("1", "True")
        if key == "period":
            return text if text in PERIODS else ""
        if key in DAYS:
            return self._clean_day(text)
        if key in NUMBER_TYPES and not self.env["sale.line.number"]._normalize_number(text):
            return ""
        return text

    @api.model
    def _clean_day(self, text):
        try:
            day = date.fromisoformat(text if DAY_PATTERN.match(text) else "")
        except ValueError:
            return ""
        return text if FIRST_DAY <= day <= LAST_DAY else ""

    @api.model
    def _is_filter_allowed(self, key):
        """Invoices are for those who see prices."""
        return key != "invoice" or self.env.user._has_access_role("prices")

    @api.model
    def _get_domain(self, filters):
        """Order lines of the user that match all filters.

        :param dict filters: from ``_get_filters``
        :return: domain of ``sale.order.line``, with the access domain of the user
        :rtype: Domain
        """
        return self._get_domain_of_any_status(filters) & self._get_status_domain(filters)

    @api.model
    def _get_status_domain(self, filters):
        return Domain("customer_status", "in", self._get_statuses(filters))

    @api.model
    def _get_domain_of_any_status(self, filters):
        """As ``_get_domain`` but for the status, for who asks for each status by itself."""
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("confirmed_on", "!=", False)
        domain &= Domain("is_delivery", "=", False) | Domain("is_delivery", "=", None)
        domain &= self._get_flag_domain(filters) & self._get_day_domain(filters)
        domain &= self._get_text_domain(filters)
        for key, number_type in NUMBER_TYPES.items():
            if key in filters:
                numbers = self.env["sale.line.number"]
                is_prefix = key not in WHOLE_NUMBERS
                domain &= numbers._get_number_domain(filters[key], number_type, prefix=is_prefix)
        return domain

    @api.model
    def _get_statuses(self, filters):
        """Statuses that lines can have by these filters, in their order."""
        wanted = filters.get("status") or STATUSES
        if filters.keys() & {*FLAGS, *FILTER_GROUPS["eta"]}:
            wanted = [status for status in wanted if status in OPEN_LINE_STATUSES]
        return list(wanted)

    @api.model
    def _get_flag_domain(self, filters):
        lines = self.env["sale.order.line"]
        domain = Domain.TRUE
        if filters.get("open"):
            domain &= self._get_open_domain()
        if filters.get("late"):
            domain &= lines._get_late_domain()
        if filters.get("arriving"):
            domain &= lines._get_arriving_domain()
        return domain

    @api.model
    def _get_open_domain(self):
        """Lines with an open quantity. The sum keeps PostgreSQL from reading them all by the index
        of open quantities where the first ones in another order are wanted.
        """
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s + 0 > 0", model._field_to_sql(alias, "customer_open_qty", query)
            ),
            predicate=lambda line: line.customer_open_qty > 0,
        )

    @api.model
    def _get_day_domain(self, filters):
        domain = get_moment_domain(self.env, "confirmed_on", *self._get_period(filters))
        arrival = [fields.Date.to_date(filters.get(key)) for key in FILTER_GROUPS["eta"]]
        if any(arrival):
            domain &= self.env["sale.order.line"]._get_eta_between_domain(*arrival)
        return domain

    @api.model
    def _get_period(self, filters):
        """First and last order day (date or None) that is asked for."""
        if "period" not in filters:
            days = (fields.Date.to_date(filters.get(key)) for key in ("date_from", "date_to"))
            return tuple(days)
        today = fields.Date.context_today(self)
        year = today.replace(month=1, day=1)
        return {
            "week": (today - timedelta(days=6), None),
            "month": (today - timedelta(days=29), None),
            "quarter": (today - timedelta(days=89), None),
            "year": (year, None),
            "last_year": (year.replace(year=year.year - 1), year - timedelta(days=1)),
        }[filters["period"]]

    @api.model
    def _get_text_domain(self, filters):
        """Maker, description and delivery address: words of them, in any order."""
        domain = Domain.TRUE
        if "maker" in filters:
            words = self._get_words("name", filters["maker"])
            makers = self._read_ids(get_distinct_sql("product_template", "maker_id"))
            words &= Domain("id", "in", makers)
            found = self.env["sale.line.number"]._find_ids("res.partner", words)
            domain &= self._get_template_domain(Domain("maker_id", "in", found))
        if "description" in filters:
            domain &= self._get_template_domain(self._get_words("name", filters["description"]))
        if "address" in filters:
            domain &= self._get_address_domain(filters["address"])
        return domain

    @api.model
    def _get_words(self, field_names, text):
        """Records that have every word of a text in one of some fields."""
        names = field_names if isinstance(field_names, tuple) else (field_names,)
        return Domain.AND(
            Domain.OR(Domain(name, "ilike", escape_psql(word)) for name in names)
            for word in text.split()
        )

    @api.model
    def _get_template_domain(self, domain):
        """Lines of these templates; PostgreSQL expects one where a word is looked for, and would
        look the product of each up by itself: the array has it find them all before.
        """
        numbers = self.env["sale.line.number"]
        templates = numbers._search_all("product.template", domain)
        products = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s = ANY(ARRAY(%s))",
                model._field_to_sql(alias, "product_tmpl_id", query),
                templates.select(),
            )
        )
        found = numbers._find_ids("product.product", products)
        is_filter = isinstance(found, list) and len(found) > FEW_PRODUCTS
        return numbers._get_ids_domain("product_id", found, is_filter)

    @api.model
    def _get_address_domain(self, text):
        """Orders of the user that go to an address with these words."""
        names = ("name", "street", "street2", "zip", "city")
        words = self._get_words(names, text)
        numbers = self.env["sale.line.number"]
        if self.env.user._is_portal():
            words &= Domain("id", "in", self._get_address_ids())
        own = self.env.user._get_access_domain("sale.order")
        found = numbers._find_ids("sale.order", own & Domain("partner_shipping_id", "any", words))
        every = numbers._get_ids_domain("order_id", found)
        if not isinstance(found, list) or len(found) <= numbers.ORDER_LIMIT:
            return every
        few = numbers._get_lines_first_domain(found[: numbers.ORDER_LIMIT])
        return numbers._get_sampled_domain(few, every)

    @api.model
    def _get_address_ids(self):
        """Where the orders of the user go."""
        orders = SQL("sale_order.partner_id = customer.id")
        return self._read_ids(
            SQL(
                "SELECT o.value FROM unnest(%s) AS customer(id) CROSS JOIN LATERAL (%s) AS o",
                list(self.env.user._get_access_partner_ids()),
                get_distinct_sql("sale_order", "partner_shipping_id", orders),
            )
        )

    @api.model
    def _read_ids(self, query):
        return [found for (found,) in self.env.execute_query(query)]

    # --- what filters say -----------------------------------------------------------------------

    @api.model
    def _describe_filters(self, filters):
        """What is filtered, one text per filter.

        :param dict filters: from ``_get_filters``
        :return: list of texts in the language of the user
        :rtype: list
        """
        return [chip["label"] for chip in self._prepare_chips(filters)]

    @api.model
    def _prepare_chips(self, filters, format_period=None):
        """What is filtered, with the parameters of each filter.

        :param format_period: function of first and last day (date or None) that gives a text
        :return: ``[{'keys': tuple, 'label': text}]``
        :rtype: list
        """
        chips, done = [], set()
        for key in FILTERS:
            group = next((name for name, keys in FILTER_GROUPS.items() if key in keys), key)
            if key in filters and group not in done:
                done.add(group)
                label = self._describe_filter(group, filters, format_period or self._format_period)
                chips.append({"keys": FILTER_GROUPS.get(group, (key,)), "label": label})
        return chips

    @api.model
    def _describe_filter(self, key, filters, format_period):
        env = self.env
        labels = self._get_filter_labels()
        if key in FLAGS:
            return labels[key]
        if key == "period":
            if "period" in filters:
                return self._get_period_labels()[filters["period"]]
            return env._("Ordered %(period)s", period=format_period(*self._get_period(filters)))
        if key == "eta":
            days = (fields.Date.to_date(filters.get(name)) for name in FILTER_GROUPS["eta"])
            return env._("ETA %(period)s", period=format_period(*days))
        value = filters[key]
        if key == "status":
            names = self._get_status_labels()
            value = ", ".join(names[status] for status in value)
        return env._("%(filter)s: %(value)s", filter=labels[key], value=value)

    @api.model
    def _format_period(self, first, last):
        env = self.env
        first, last = (day and format_date(self.env, day) for day in (first, last))
        if first and last:
            return f"{first} \N{EN DASH} {last}" if first != last else first
        return env._("from %(day)s", day=first) if first else env._("until %(day)s", day=last)

    @api.model
    def _get_filter_labels(self):
        """Names of the filters.

        :rtype: dict
        """
        env = self.env
        return {
            "open": env._("Open only"),
            "late": env._("Late"),
            "arriving": env._("Arriving this week"),
            "status": env._("Status"),
            "order": env._("Order number"),
            "reference": env._("Your reference"),
            "article": env._("Article number"),
            "part": env._("Maker part number"),
            "ean": env._("EAN"),
            "maker": env._("Maker"),
            "description": env._("Description"),
            "serial": env._("Serial number"),
            "shipment": env._("Shipment"),
            "invoice": env._("Invoice"),
            "address": env._("Delivery address"),
        }

    @api.model
    def _get_period_labels(self):
        env = self.env
        return {
            "week": env._("Last 7 days"),
            "month": env._("Last 30 days"),
            "quarter": env._("Last 90 days"),
            "year": env._("This year"),
            "last_year": env._("Last year"),
        }

    @api.model
    def _get_status_labels(self):
        field = self.env["sale.order.line"]._fields["customer_status"]
        return dict(field._description_selection(self.env))

    # --- columns --------------------------------------------------------------------------------

    @api.model
    def _get_columns(self):
        """All columns that the user may see, in their order.

        :return: ``{key: {'label', 'is_number': bool}}``
        :rtype: dict
        """
        env = self.env
        labels = {
            "order": env._("Order"),
            "confirmed_on": env._("Order date"),
            "reference": env._("Your reference"),
            "customer_item": env._("Your item number"),
            "article": env._("Article"),
            "maker_part_number": env._("Maker part number"),
            "ean": env._("EAN"),
            "maker": env._("Maker"),
            "description": env._("Description"),
            "quantity": env._("Ordered"),
            "shipped": env._("Shipped quantity"),
            "open": env._("Open"),
            "invoiced": env._("Invoiced"),
            "status": env._("Status"),
            "eta": env._("ETA"),
            "expected_ship": env._("Expected to ship"),
            "shipped_on": env._("Shipped"),
            "shipments": env._("Shipment"),
            "invoices": env._("Invoice"),
            "serials": env._("Serial numbers"),
            "delivery_address": env._("Delivery address"),
            "price_unit": env._("Unit price"),
            "price_subtotal": env._("Amount"),
        }
        numbers = {"quantity", "shipped", "open", "invoiced", "serials", *PRICE_COLUMNS}
        hidden = set() if self.env.user._has_access_role("prices") else {*PRICE_COLUMNS, "invoices"}
        return {
            key: {"label": label, "is_number": key in numbers}
            for key, label in labels.items()
            if key not in hidden
        }

    @api.model
    def _get_user_columns(self):
        """Keys of the columns that the user chose, else those of everybody.

        :rtype: list
        """
        chosen = (self.env.user.sudo().portal_line_columns or "").split(",")
        columns = self._get_columns()
        return [key for key in columns if key in chosen] or list(DEFAULT_COLUMNS)

    # --- order ----------------------------------------------------------------------------------

    @api.model
    def _get_sorts(self):
        """What lines are sorted by: every column the user may see, in the order of the columns.

        :return: ``{key: {'label', 'kind': text, number, day or moment, 'is_nullable': bool}}``
        :rtype: dict
        """
        kinds = {
            **dict.fromkeys(("confirmed_on", "status"), "moment"),
            **dict.fromkeys(("eta", "expected_ship"), "day"),
            "shipped_on": "moment",
        }
        return {
            key: {
                "label": self.env._("Order number") if key == "order" else column["label"],
                "kind": "number" if column["is_number"] else kinds.get(key, "text"),
                "is_nullable": not column["is_number"] and key not in NEVER_EMPTY,
            }
            for key, column in self._get_columns().items()
        }

    @api.model
    def _get_sort(self, params):
        """The order that is asked for, as ``sort=eta`` or, descending, ``sort=-eta``.

        :param dict params: as in the address of the page
        :return: ``(key of _get_sorts, whether descending)``; the newest first when none is asked
        :rtype: tuple
        """
        text = next(iter(self._get_param(params, "sort")), "")
        key = text.removeprefix("-")
        return (key, key != text) if key in self._get_sorts() else DEFAULT_SORT

    @api.model
    def _get_search_order(self, key, is_descending):
        """The same order for ``search``; a key that is no field of lines gives the newest first.

        :rtype: str
        """
        field, direction = SORT_FIELDS.get(key), " desc" if is_descending else ""
        if not field:
            return "confirmed_on desc, id desc"
        nulls = " nulls last" if self._get_sorts()[key]["is_nullable"] else ""
        return f"{field}{direction}{nulls}, id{direction}"
