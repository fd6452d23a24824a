import re
from collections import defaultdict
from contextlib import suppress
from datetime import date, datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MAX_ROWS = 10_000
MAX_LENGTH = 128
MAX_QUANTITY = 1e9
YEARS_AHEAD = 10
ISO_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII
)
LOCAL_DATE = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})", re.ASCII)
QUANTITY = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?", re.ASCII)
THOUSANDS = re.compile(r"\d{1,3}[.,]\d{3}")


class SupplierEtaMatcher(models.AbstractModel):
    """Finds the purchase lines that rows of suppliers' dates mean; wizard and API ask it.

    A row that is not understood beyond doubt is reported and changes nothing. A result is a
    dictionary: ``row``, ``order``, ``article``, ``quantity`` and ``date`` as they were given,
    ``code`` (change, unchanged, or why not: malformed, unmatched, ambiguous, quantity,
    cancelled, received), ``text`` (the reason or a remark, in the user's language), ``line``
    (purchase.order.line), ``old`` and ``new`` (date).
    """

    _name = "supplier.eta.matcher"
    _description = "Matching of Suppliers' Dates"

    def _match(self, rows):
        """What each row would change.

        :param rows: dictionaries with ``order``, ``article`` (our article number; also the
            vendor's or the EAN), ``vendor_code``, ``ean``, ``quantity``, ``date``, ``row``
        :return: one result per row, in their order
        :raise UserError: when this is no list, or more than 10,000 rows
        """
        if not isinstance(rows, list | tuple):
            raise UserError(self.env._("Send a list of rows."))
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "These are more than %(limit)s rows. Split them into several imports.",
                    limit=MAX_ROWS,
                )
            )
        results = [self._prepare_result(number, row) for number, row in enumerate(rows, 1)]
        self._find_candidates([result for result in results if not result["code"]])
        self._choose_lines([result for result in results if not result["code"]])
        self._refuse_contradictions([result for result in results if not result["code"]])
        self._compare([result for result in results if not result["code"]])
        return results

    def _apply(self, results):
        """Write the dates that change, a batch per date, with the source "Imported".

        :param results: of ``_match``
        :return: how many purchase lines were changed
        """
        ids_by_day = defaultdict(set)
        for result in results:
            if result["code"] == "change":
                ids_by_day[result["new"]].add(result["line"].id)
        lines = self.env["purchase.order.line"].with_context(supplier_eta_source="import")
        for day, ids in ids_by_day.items():
            lines.browse(sorted(ids)).write({"supplier_eta": day})
        return sum(len(ids) for ids in ids_by_day.values())

    # --- What a row says ------------------------------------------------------------------------

    def _prepare_result(self, number, row):
        result = {
            "row": number,
            **dict.fromkeys(("order", "article", "quantity", "date", "code", "text"), ""),
            "line": self.env["purchase.order.line"],
            "old": False,
            "new": False,
        }
        if not isinstance(row, dict):
            return self._refuse(result, "malformed", self.env._("This is no row with columns."))
        if type(row.get("row")) is int:
            result["row"] = row["row"]
        self._read_row(result, row)
        return result

    def _read_row(self, result, row):
        """Understand the cells; the first that cannot be understood is the reason."""
        texts = {key: self._get_text(row.get(key)) for key in ("order", "article", "vendor_code")}
        texts["ean"] = self._get_text(row.get("ean"))
        numbers = [texts[key] for key in ("article", "vendor_code", "ean") if texts[key]]
        result.update(
            order=texts["order"] or "",
            article=" / ".join(numbers),
            quantity=self._get_text(row.get("quantity")) or "",
            date=self._get_text(row.get("date")) or "",
            keys=texts,
            amount=self._get_quantity(row.get("quantity")),
            new=self._get_day(row.get("date")),
        )
        reason = self._get_malformed_reason(result, texts, numbers)
        if reason:
            self._refuse(result, "malformed", reason)

    def _get_malformed_reason(self, result, texts, numbers):
        if None in texts.values():
            return self.env._("A number of order or article is no text that can be read.")
        if not result["order"]:
            return self.env._("The purchase order number is missing.")
        if not numbers:
            return self.env._("The article is missing.")
        if not result["date"]:
            return self.env._("The date is missing. An import never takes a date back.")
        if not result["new"]:
            return self.env._(
                "“%(text)s” is no date. Write 2026-12-31 or 31-12-2026.", text=result["date"]
            )
        if result["amount"] is None:
            return self.env._("“%(text)s” is no quantity.", text=result["quantity"])
        return ""

    def _get_text(self, value):
        """A cell as text without blanks around it; None for what cannot be one."""
        if value is None or value is False:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int | float | date):
            return None
        with suppress(ValueError):  # numbers of thousands of digits
            text = str(value).replace("\N{NO-BREAK SPACE}", " ").strip()
            return text if len(text) <= MAX_LENGTH and text.isprintable() else None
        return None

    def _get_quantity(self, value):
        """A quantity above zero, ``False`` when none is given, None for what is none."""
        text = self._get_text(value)
        if not text:
            return False if text == "" else None
        if isinstance(value, str):
            if not QUANTITY.fullmatch(text) or THOUSANDS.fullmatch(text):
                return None  # "1.000" is one or a thousand
            value = text.replace(",", ".")
        with suppress(ValueError, TypeError, OverflowError):
            amount = float(value)
            return amount if 0 < amount <= MAX_QUANTITY else None
        return None

    def _get_day(self, value):
        """A date beyond doubt; ``False`` for what is none, or is years from now."""
        if isinstance(value, datetime):
            value = value.date()
        if not isinstance(value, date):
            value = self._parse_day(value) if isinstance(value, str) else False
        today = fields.Date.context_today(self)
        last = fields.Date.add(today, years=YEARS_AHEAD)
        return value if value and date(2000, 1, 1) <= value <= last else False

    def _parse_day(self, text):
        text = text.strip()
        iso = ISO_DATE.fullmatch(text)
        local = LOCAL_DATE.fullmatch(text)
        with suppress(ValueError):
            if iso:
                return date(*(int(part) for part in iso.groups()))
            if local:
                return date(int(local[4]), int(local[3]), int(local[1]))
        return False

    def _refuse(self, result, code, text):
        result.update(code=code, text=text, new=result["new"] or False)
        return result

    # --- Which purchase line it means -----------------------------------------------------------

    def _find_candidates(self, results):
        """Set ``lines``: the open lines of the order that have the article."""
        orders = self._get_orders(results)
        candidates = orders.order_line.filtered(
            lambda line: line.product_id and not line.display_type
        )
        numbers = self._get_numbers(candidates)
        by_name = orders.grouped(lambda order: order.name.casefold())
        for result in results:
            found = by_name.get(result["order"].casefold(), orders.browse())
            result["lines"] = found.order_line & candidates
            self._check_order(result, found)
            if not result["code"]:
                self._check_article(result, numbers)

    def _get_orders(self, results):
        names = {result["order"] for result in results}
        names |= {name.upper() for name in names}
        return self.env["purchase.order"].search(Domain("name", "in", sorted(names)))

    def _check_order(self, result, orders):
        name = result["order"]
        if not orders:
            text = self.env._("There is no purchase order %(order)s.", order=name)
            self._refuse(result, "unmatched", text)
        elif len(orders) > 1:
            text = self.env._("There are several purchase orders %(order)s.", order=name)
            self._refuse(result, "ambiguous", text)
        elif orders.state == "cancel":
            text = self.env._("Purchase order %(order)s is cancelled.", order=orders.name)
            self._refuse(result, "cancelled", text)

    def _get_numbers(self, lines):
        """Numbers of the articles of purchase lines.

        :return: ``{line: {'article': {…}, 'vendor_code': {…}, 'ean': {…}}}``, as ``_fold`` writes
        """
        codes = self._get_vendor_codes(lines)
        return {
            line: {
                "article": self._fold([line.product_id.default_code]),
                "vendor_code": self._fold(codes[line]),
                "ean": self._fold([line.product_id.barcode]),
            }
            for line in lines
        }

    def _get_vendor_codes(self, lines):
        """What the vendor of each line calls its article."""
        infos_sudo = self.env["product.supplierinfo"].sudo()  # of all companies of the lines
        by_template = infos_sudo.search(
            [
                ("product_tmpl_id", "in", lines.product_id.product_tmpl_id.ids),
                ("partner_id", "in", self._get_vendors(lines).ids),
                ("product_code", "!=", False),
            ]
        ).grouped("product_tmpl_id")
        return {
            line: [
                info_sudo.product_code
                for info_sudo in by_template.get(line.product_id.product_tmpl_id, infos_sudo)
                if self._is_of_line(info_sudo, line)
            ]
            for line in lines
        }

    def _get_vendors(self, lines):
        return lines.partner_id | lines.partner_id.commercial_partner_id

    def _is_of_line(self, info_sudo, line):
        return (
            info_sudo.product_id in (line.product_id, self.env["product.product"])
            and info_sudo.partner_id in self._get_vendors(line)
            and info_sudo.company_id in (line.company_id, self.env["res.company"])
        )

    def _fold(self, texts):
        """Case and blanks of a number do not matter."""
        return {re.sub(r"\s", "", text).casefold() for text in texts if text}

    def _check_article(self, result, numbers):
        """Narrow ``lines`` to the article; refuse none and more than one."""
        lines = result["lines"].filtered(lambda line: self._has_keys(result, numbers[line]))
        values = {"article": result["article"], "order": result["order"]}
        if not lines:
            text = self.env._("Purchase order %(order)s has no article %(article)s.", **values)
            self._refuse(result, "unmatched", text)
        elif len(lines.product_id) > 1:
            text = self.env._(
                "Several articles of purchase order %(order)s have the number %(article)s.",
                **values,
            )
            self._refuse(result, "ambiguous", text)
        else:
            result["lines"] = lines.filtered(lambda line: line._get_eta_open_qty() > 0)
            if not result["lines"]:
                text = self.env._(
                    "Article %(article)s of purchase order %(order)s was received.", **values
                )
                self._refuse(result, "received", text)

    def _has_keys(self, result, numbers):
        """Every number of the row belongs to the article; "article" may be any kind of number."""
        for key, text in result["keys"].items():
            known = numbers.get(key, set())
            if key == "article":
                known = set.union(*numbers.values())
            if text and key != "order" and not self._fold([text]) & known:
                return False
        return True

    def _choose_lines(self, results):
        """Of several lines with one article the quantity chooses."""
        groups = defaultdict(list)
        for result in results:
            groups[result["lines"], result["amount"]].append(result)
        for (lines, amount), members in groups.items():
            fitting = lines if amount is False else self._get_fitting(lines, amount)
            same_day = len({result["new"] for result in members}) == 1
            if len(fitting) == 1:
                chosen = [fitting] * len(members)
            elif same_day and len(fitting) == len(members):
                chosen = list(fitting)
            else:
                self._refuse_choice(members, lines, fitting)
                continue
            for result, line in zip(members, chosen, strict=True):
                result["line"] = line

    def _get_fitting(self, lines, amount):
        """Lines of which this quantity was ordered or is still open."""
        return lines.filtered(
            lambda line: (
                not line.product_uom_id.compare(line.product_qty, amount)
                or not line.product_uom_id.compare(line._get_eta_open_qty(), amount)
            )
        )

    def _refuse_choice(self, results, lines, fitting):
        quantities = ", ".join(f"{line.product_qty:g}" for line in lines)
        for result in results:
            if fitting:
                text = self.env._(
                    "Purchase order %(order)s has several lines of article %(article)s that "
                    "this row may mean.",
                    article=result["article"],
                    order=result["order"],
                )
                self._refuse(result, "ambiguous", text)
                continue
            text = self.env._(
                "No open line has the quantity %(named)s (ordered: %(ordered)s). When the supplier "
                "delivers in parts, split the purchase line first.",
                named=result["quantity"],
                ordered=quantities,
            )
            self._refuse(result, "quantity", text)

    def _refuse_contradictions(self, results):
        """Two rows that name different dates for one line are both refused."""
        by_line = defaultdict(list)
        for result in results:
            by_line[result["line"]].append(result)
        for members in by_line.values():
            if len({result["new"] for result in members}) == 1:
                continue
            rows = ", ".join(str(result["row"]) for result in members)
            for result in members:
                text = self.env._("Rows %(rows)s name different dates for one line.", rows=rows)
                self._refuse(result, "ambiguous", text)

    def _compare(self, results):
        """Say whether the date changes; a line that two rows name changes once."""
        seen, today = set(), fields.Date.context_today(self)
        for result in results:
            line = result["line"]
            result["old"] = line.supplier_eta
            same = line.supplier_eta == result["new"] or line.id in seen
            result["code"] = "unchanged" if same else "change"
            if result["new"] < today:
                result["text"] = self.env._("This day has passed.")
            seen.add(line.id)
