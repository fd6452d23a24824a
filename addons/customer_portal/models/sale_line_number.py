import re
from string import ascii_lowercase, ascii_uppercase, digits

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# Numbers are compared in one form, the same in Python and in the indexes of the database: lower
# case, without what people put between the digits. Neither depends on the locale of the server.
STORED_LENGTH = 128  # longer texts would not fit into an index
UPPER = "".join(
    letter
    for letter in map(chr, range(ord("A"), 0x180))
    if letter != letter.lower() and len(letter.lower()) == 1
)
# PostgreSQL looks each character up from the left: what is frequent stands first.
FOLDED = f"{digits}{ascii_uppercase}{ascii_lowercase}{UPPER.lstrip(ascii_uppercase)}"
BLANKS = " \t\n\r\xa0\u2002\u2003\u2007\u2009\u200a\u200b\u202f\u2060\u3000\ufeff"
DASHES = "-\xad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
SEPARATORS = f"{BLANKS}{DASHES}./\\"
LAST_CHARACTER = chr(0x10FFFF)
LISTING = ",;|+&"  # between several tracking numbers in one field
TABLE = {**str.maketrans(UPPER, UPPER.lower(), SEPARATORS), 0: None}
WORD_TABLE = {**str.maketrans(UPPER + SEPARATORS, UPPER.lower() + " " * len(SEPARATORS)), 0: None}
WORD_PATTERN = r"(^|[^0-9])0*([0-9]+)"

EAN_LENGTHS = (8, 12, 13, 14)
GS1_PATTERN = re.compile(
    r"(\][a-zA-Z][0-9])?\(?01\)?(?P<ean>[0-9]{14})(\x1d?\(?21\)?(?P<serial>[^\x1d(]{1,20}))?"
)
SERIAL_PREFIX = re.compile(r"^(s/?n|serial(\s*(number|no\.?))?)\s*[:#.\s]\s*", re.IGNORECASE)


CUSTOMER_TYPES = ("out_invoice", "out_refund", "out_receipt")


def _get_fold_sql(drop=SEPARATORS, keep="", replacement=" ", column="%s"):
    old, new = FOLDED + keep + drop, FOLDED.lower() + replacement * len(keep)
    return f"translate(left({column}, {STORED_LENGTH}), '{old}', '{new}')"


def _get_set_sql(text, separator):
    return f"array_to_tsvector(array_remove(string_to_array({text}, '{separator}'), ''))"


# SQL with a place for each column: the number itself,
NUMBER = _get_fold_sql()
# the words of an order's number and reference, which are also found by the digits alone,
ORDER_WORDS = _get_set_sql(
    "regexp_replace({}, '{}', '\\1 \\2', 'g')".format(
        _get_fold_sql("", SEPARATORS, column="coalesce(%s, '') || ' ' || coalesce(%s, '')"),
        WORD_PATTERN,
    ),
    " ",
)
# and each of several tracking numbers, with the blanks inside it and without.
TRACKING_NUMBERS = _get_set_sql(
    "{} || ',' || {}".format(
        _get_fold_sql(SEPARATORS, LISTING, ","),
        _get_fold_sql(SEPARATORS.replace(BLANKS, ""), LISTING + BLANKS, ","),
    ),
    ",",
)


def get_number_index(column, condition=""):
    """The index of a column of numbers, for whole numbers and their beginnings.

    :param str column: name of the column
    :param str condition: of a partial index
    :return: definition for ``models.Index``
    :rtype: str
    """
    where = f" WHERE {condition}" if condition else ""
    return f"(({NUMBER % column}) text_pattern_ops){where}"


class SaleLineNumber(models.AbstractModel):
    """Which order lines a number belongs to: one place for search, filters and returns.

    An add-on above adds a type of number by overriding ``_get_number_domains``.
    """

    _name = "sale.line.number"
    _description = "Order Lines by Number"

    SET_LIMIT = 5000  # so many records are listed by id, more are a search within the search
    ORDER_LIMIT = 500  # of orders, of which each is compared in two ways

    @api.model
    def _normalize_number(self, text):
        """A number without what does not matter in it: case, blanks, dashes, dots, slashes.

        :param str text: as typed or scanned, or nothing
        :rtype: str
        """
        return (text or "").replace("\x00", "")[:STORED_LENGTH].translate(TABLE)

    @api.model
    def _get_number_domains(self):
        """Where each type of number is looked up.

        :return: ``{number_type: method(number, prefix) -> Domain of order lines}``; the number as
            typed, ``prefix`` when its beginning is enough
        :rtype: dict
        """
        return {
            "invoice": self._get_invoice_domain,
            "customer_reference": self._get_reference_domain,
            "maker_part_number": self._get_part_number_domain,
            "ean": self._get_ean_domain,
            "delivery_slip": self._get_slip_domain,
            "order": self._get_order_domain,
            "serial": self._get_serial_domain,
            "article": self._get_article_domain,
            "customer_item": self._get_customer_item_domain,
            "tracking": self._get_tracking_domain,
        }

    @api.model
    def _get_number_domain(self, number, number_type="any", prefix=False):
        """Order lines that a number belongs to, whatever its case, blanks and dashes.

        The access domain of the user has to be AND-ed.

        :param str number: as typed or scanned
        :param str number_type: a key of ``_get_number_domains``; all of them when it is none
        :param bool prefix: whether numbers that begin so are meant too
        :rtype: Domain
        """
        if not self._normalize_number(number):
            return Domain.FALSE
        getters = self._get_number_domains()
        if number_type in getters:
            return getters[number_type](number, prefix)
        return Domain.OR(getter(number, prefix) for getter in getters.values())

    # --- comparing ------------------------------------------------------------------------------

    @api.model
    def _get_match_domain(self, field_name, number, prefix=False):
        """Records of any model whose number is this one; the index is that of ``get_number_index``.

        :param str field_name: stored text field of the model
        :rtype: Domain
        """
        key = self._normalize_number(number)
        if not key:
            return Domain.FALSE

        def to_sql(model, alias, query):
            found = self._get_columns_sql(NUMBER, [field_name], model, alias, query)
            if not prefix:
                return SQL("%s = %s", found, key)
            # between two bounds the index answers alone; LIKE would fold every row again
            return SQL("(%s ~>=~ %s AND %s ~<~ %s)", found, key, found, f"{key}{LAST_CHARACTER}")

        def is_match(record):
            found = self._normalize_number(record[field_name])
            return found.startswith(key) if prefix else found == key

        return Domain.custom(to_sql=to_sql, predicate=is_match)

    @api.model
    def _get_words_domain(self, set_sql, field_names, words, prefix=False):
        """Records whose indexed set of words has all of these, of the last one the beginning."""
        quoted = ["'{}'".format(word.replace("'", "''")) for word in words]
        wanted = " & ".join(quoted) + (":*" if prefix else "")

        def to_sql(model, alias, query):
            found = self._get_columns_sql(set_sql, field_names, model, alias, query)
            return SQL("%s @@ %s::tsquery", found, wanted)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_columns_sql(self, template, field_names, model, alias, query):
        return SQL(template, *(model._field_to_sql(alias, name, query) for name in field_names))

    @api.model
    def _get_number_sql(self, field_name, model, query):
        """The number of a record as the index of ``get_number_index`` has it, and its order."""
        return self._get_columns_sql(NUMBER, [field_name], model, query.table, query)

    @api.model
    def _get_order_words(self, text):
        """The words of a reference as the index has them; none when no digit is among them."""
        folded = (text or "")[:STORED_LENGTH].translate(WORD_TABLE)
        words = re.sub(WORD_PATTERN, r"\1 \2", folded).split()
        return words if any(word[0].isdigit() for word in words) else []

    @api.model
    def _get_ean_variants(self, number):
        """What an EAN may be stored as: scanners write leading zeros or leave them out.

        :param str number: as typed or scanned, also with a GS1 identifier before it
        :return: normalised numbers, the one that was typed first
        :rtype: list
        """
        key = self._normalize_number(number)
        digits = self._read_gs1(number).get("ean", key)
        if not digits.isdecimal() or not digits.isascii() or len(digits) > max(EAN_LENGTHS):
            return [key]
        bare = digits.lstrip("0")
        return list(dict.fromkeys([key, digits, *(bare.zfill(size) for size in EAN_LENGTHS)]))

    @api.model
    def _read_gs1(self, number):
        """What a GS1 label says: ``{'ean', 'serial'}``, or nothing when it is none.

        Only with a right check digit: other numbers begin with 01 as well.
        """
        found = GS1_PATTERN.match((number or "").strip())
        if not found or not self._is_gtin(found["ean"]):
            return {}
        return {key: value for key, value in found.groupdict().items() if value}

    @api.model
    def _is_gtin(self, digits):
        weighted = sum(
            int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))
        )
        return weighted % 10 == 0

    @api.model
    def _get_serial_variants(self, number):
        """A serial as typed, without "S/N" before it, and that of a GS1 label."""
        text = (number or "").strip()
        bare = SERIAL_PREFIX.sub("", text)
        variants = [text, bare, self._read_gs1(number).get("serial")]
        return list(dict.fromkeys(filter(None, map(self._normalize_number, variants))))

    # --- small sets of records ------------------------------------------------------------------

    @api.model
    def _find_ids(self, model_name, domain):
        """Records of a model: their ids when they are few, else the search itself."""
        found = self._find_first_ids(model_name, domain, self.SET_LIMIT)
        return found if len(found) <= self.SET_LIMIT else self._search_all(model_name, domain)

    @api.model
    def _find_first_ids(self, model_name, domain, limit):
        """At most one more than the limit."""
        # sudo: customers have no right on most models; a domain of orders narrows them
        records_sudo = self.env[model_name].sudo().with_context(active_test=False)
        return list(records_sudo._search(domain, limit=limit + 1).get_result_ids())

    @api.model
    def _search_all(self, model_name, domain):
        records_sudo = self.env[model_name].sudo().with_context(active_test=False)
        return records_sudo._search(domain)

    @api.model
    def _get_ids_domain(self, field_name, found, is_filter=False):
        """Records that have one of these; thousands of ids are one value to PostgreSQL.

        :param str field_name: many2one, or ``id``
        :param found: of ``_find_ids``
        :param bool is_filter: whether rows found otherwise are compared with them: PostgreSQL then
            neither looks for an index nor estimates how often each of them comes, which takes it
            a millisecond
        """
        if not found or not isinstance(found, list):
            return Domain(field_name, "in", found)
        values = ",".join(map(str, found))
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "COALESCE(%s = ANY(%s::int[]), FALSE)" if is_filter else "%s = ANY(%s::int[])",
                model._field_to_sql(alias, field_name, query),
                f"{{{values}}}",
            )
        )

    @api.model
    def _get_sampled_domain(self, few, all_found):
        """Two searches as one domain: records of the first are enough for who looks for any of
        them, as a count up to a limit does (context ``sale_line_sample``).
        """

        def to_sql(model, alias, query):
            domain = few if model.env.context.get("sale_line_sample") else all_found
            return domain.optimize_full(model)._to_sql(model, alias, query)

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_related_lines(self, relation, domain):
        """Lines of which a record of a relation matches.

        :param str relation: ``move_ids`` or ``invoice_lines``
        """
        field = self.env["sale.order.line"]._fields[relation]
        inverse = {"move_ids": "sale_line_id", "invoice_lines": "sale_line_ids"}[relation]
        found = self._find_ids(field.comodel_name, domain)
        if not isinstance(found, list):
            return Domain(relation, "any", domain)
        related_sudo = self.env[field.comodel_name].sudo().browse(found)
        return self._get_ids_domain("id", related_sudo[inverse].ids)

    @api.model
    def _get_own_domain(self, field_names):
        """What narrows documents to a customer before their numbers are compared."""
        user = self.env.user
        if not user._is_portal():
            return Domain.TRUE
        return Domain.OR(user._get_access_partner_domain(name) for name in field_names)

    # --- what has a number ----------------------------------------------------------------------

    @api.model
    def _get_order_match(self, number, prefix=False):
        """Orders by their number or the customer's reference, or by a word of either."""
        match = self._get_match_domain("name", number, prefix)
        match |= self._get_match_domain("client_order_ref", number, prefix)
        return match | self._get_order_words_match(number, prefix)

    @api.model
    def _get_order_words_match(self, number, prefix=False):
        """Orders of which a word of the number or reference is this one: 7781 of "PO 7781"."""
        words = self._get_order_words(number)
        if not words:
            return Domain.FALSE
        return self._get_words_domain(ORDER_WORDS, ["name", "client_order_ref"], words, prefix)

    @api.model
    def _get_parcel_match(self, number, prefix=False):
        """Shipments with a tracking number, of several in the field any."""
        words = [self._normalize_number(number)]
        names = ["carrier_tracking_ref"] * 2
        return self._get_words_domain(TRACKING_NUMBERS, names, words, prefix)

    @api.model
    def _get_serial_match(self, number, prefix=False):
        """Serials (``stock.lot``)."""
        keys = self._get_serial_variants(number)
        return Domain.OR(self._get_match_domain("name", key, prefix) for key in keys)

    @api.model
    def _get_product_match(self, number, prefix=False):
        """Products by any of their numbers, the customer's own too."""
        codes_sudo = self._find_codes(number, prefix)
        return (
            self._get_match_domain("default_code", number, prefix)
            | self._get_ean_match(number, prefix)
            | self._get_part_number_match(number, prefix)
            | Domain("id", "in", codes_sudo.product_id.ids)
        )

    @api.model
    def _get_ean_match(self, number, prefix=False):
        variants = self._get_ean_variants(number)
        match = Domain.OR(self._get_match_domain("barcode", key) for key in variants)
        if prefix:
            match |= self._get_match_domain("barcode", number, prefix)
        return match

    @api.model
    def _get_part_number_match(self, number, prefix=False):
        match = self._get_match_domain("maker_part_number", number, prefix)
        return Domain("product_tmpl_id", "in", self._find_ids("product.template", match))

    @api.model
    def _find_codes(self, number, prefix=False):
        """The customer's own item numbers (sudo): of the user's company, of what is below it and
        of its head office; of all customers for staff.
        """
        domain = self._get_match_domain("code", number, prefix) & self._get_code_domain()
        return self.env["product.customer.code"].sudo().search(domain, order="id")

    @api.model
    def _get_code_domain(self):
        """Item numbers of customers that the user may see."""
        user = self.env.user
        if not user._is_portal():
            return Domain.TRUE
        companies_sudo = root_sudo = user._get_access_root()
        while companies_sudo[-1:].parent_id:
            companies_sudo += companies_sudo[-1].parent_id
        return Domain("partner_id", "in", [*companies_sudo.ids, *root_sudo._get_ids_below()])

    # --- lines by type of number ----------------------------------------------------------------

    @api.model
    def _get_order_domain(self, number, prefix):
        match = self._get_match_domain("name", number, prefix)
        return self._get_lines_of_orders(match | self._get_order_words_match(number, prefix))

    @api.model
    def _get_reference_domain(self, number, prefix):
        match = self._get_match_domain("client_order_ref", number, prefix)
        return self._get_lines_of_orders(match | self._get_order_words_match(number, prefix))

    @api.model
    def _get_lines_of_orders(self, match):
        match &= self._get_own_domain(["partner_id"])
        found = self._find_first_ids("sale.order", match, self.ORDER_LIMIT)
        if len(found) <= self.ORDER_LIMIT:
            return self._get_ids_domain("order_id", found)
        every = Domain("order_id", "in", self._search_all("sale.order", match))
        return self._get_sampled_domain(self._get_lines_first_domain(found), every)

    @api.model
    def _get_lines_first_domain(self, order_ids):
        """Lines of these orders, which are found before anything else is compared: PostgreSQL
        would read all lines of a large customer besides.
        """

        def to_sql(model, alias, query):
            return SQL(
                "%s = ANY(ARRAY(SELECT item.id FROM sale_order_line item"
                " WHERE item.order_id = ANY(%s)))",
                model._field_to_sql(alias, "id", query),
                order_ids,
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_invoice_domain(self, number, prefix):
        match = self._get_match_domain("name", number, prefix)
        match &= Domain("state", "=", "posted") & Domain("move_type", "in", CUSTOMER_TYPES)
        match &= self._get_own_domain(["partner_id", "ordering_partner_id"])
        found = self._find_ids("account.move", match)
        return self._get_related_lines("invoice_lines", Domain("move_id", "in", found))

    @api.model
    def _get_slip_domain(self, number, prefix):
        return self._get_lines_of_shipments(self._get_match_domain("name", number, prefix))

    @api.model
    def _get_tracking_domain(self, number, prefix):
        return self._get_lines_of_shipments(self._get_parcel_match(number, prefix))

    @api.model
    def _get_lines_of_shipments(self, match):
        match &= self._get_own_domain(["customer_partner_id"])
        found = self._find_ids("stock.picking", match)
        return self._get_related_lines("move_ids", Domain("picking_id", "in", found))

    @api.model
    def _get_serial_domain(self, number, prefix):
        """Lines on which a serial went to the customer."""
        found = self._find_ids("stock.lot", self._get_serial_match(number, prefix))
        moved = Domain("state", "=", "done") & Domain("sale_line_id", "!=", False)
        moved &= self.env["stock.move"]._get_customer_domain()
        moved &= Domain("move_line_ids.lot_id", "in", found)
        return self._get_related_lines("move_ids", moved)

    @api.model
    def _get_article_domain(self, number, prefix):
        return self._get_lines_of_products(self._get_match_domain("default_code", number, prefix))

    @api.model
    def _get_ean_domain(self, number, prefix):
        return self._get_lines_of_products(self._get_ean_match(number, prefix))

    @api.model
    def _get_part_number_domain(self, number, prefix):
        return self._get_lines_of_products(self._get_part_number_match(number, prefix))

    @api.model
    def _get_lines_of_products(self, match):
        return self._get_ids_domain("product_id", self._find_ids("product.product", match))

    @api.model
    def _get_customer_item_domain(self, number, prefix):
        """The customer's own number for a product, on lines of that customer only."""
        codes_sudo = self._find_codes(number, prefix)
        return Domain.OR(
            Domain("product_id", "in", codes.product_id.ids)
            & Domain("order_partner_id", "in", partner._get_ids_below())
            for partner, codes in codes_sudo.grouped("partner_id").items()
        )
