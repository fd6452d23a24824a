"""The rows of the lines page, as HTML: a template takes as long as all the rest of the page."""

from markupsafe import Markup, escape

from ..tools.eta_text import get_portal_eta
from ..tools.portal_format import DASH, STATUS_TONES, PortalFormat
from .portal_eta import add_eta_texts

# Columns without a label on a phone: they speak for themselves.
PLAIN = ("order", "article", "status")


class LineRows:
    """Makes rows of order lines for some columns; every text is in the user's language."""

    def __init__(self, env, columns):
        """:param dict columns: chosen ones, of ``sale.line.list``"""
        self.env = env
        self.columns = columns
        self.fmt = PortalFormat(env)
        self.statuses = env["sale.line.list"]._get_status_labels()
        self.facts = {}

    def render(self, ids):
        """:return: ``<tr>`` of all lines, in the order of the ids
        :rtype: Markup
        """
        rows = self.env["sale.line.row"]
        # sudo: portal users have no right on products; the ids lie inside the access domain
        lines_sudo = self.env["sale.order.line"].sudo().browse(ids)
        self.facts = rows._get_facts(lines_sudo, list(self.columns))
        builders = [(*self._get_tags(key), getattr(self, f"_get_{key}")) for key in self.columns]
        tick = self._get_tick()
        html = []
        for line in rows._read_rows(ids):
            article = escape(line.description or line.article or "")
            html.append(f"<tr>{tick.format(line.id, article)}")
            for tag, empty_tag, build in builders:
                content = self._render_content(**build(line))
                html.append(f"{tag if content else empty_tag}{content}</td>")
            html.append("</tr>")
        return Markup("".join(html))  # of tags and escaped texts

    def _get_tick(self):
        """The cell that chooses a line, with places for its id and the name of the article."""
        if not self.env["portal.cart"]._is_offered():
            return ""
        label = escape(self.env._("Order again: %(article)s", article="{1}"))
        return (
            '<td class="op-tick"><input type="checkbox" name="line" form="lines_again"'
            f' value="{{0}}" aria-label="{label}"/></td>'
        )

    def _get_tags(self, key):
        """The tag of a cell, and of one with nothing in it."""
        column = self.columns[key]
        classes = f"op-c-{key}"
        if column["is_number"]:
            classes += " op-n"
        if key in ("article", "description"):
            classes += " w"
        label = "" if key in PLAIN else f' data-label="{escape(column["label"])}"'
        return f'<td class="{classes}"{label}>', f'<td class="{classes} op-none">'

    def _render_content(self, text=None, url=None, strong=None, badge=None, note=None):
        """What stands in a cell.

        :param text: linked to the url where there is one
        :param strong: instead of a text
        :param tuple badge: its tone and text
        :param note: below
        """
        html = ""
        if url:
            html = f'<a href="{escape(url)}">{escape(text)}</a>'
        elif strong:
            html = f"<b>{escape(strong)}</b>"
        elif text:
            html = str(escape(text))
        if badge:
            html += f' <span class="op-badge {badge[0]}">{escape(badge[1])}</span>'
        if note:
            html += f'<div class="op-m">{escape(note)}</div>'
        return html

    def _get_order(self, line):
        note = None if "confirmed_on" in self.columns else self.fmt.day(line.confirmed_on)
        url = f"/my/orders/{line.order_id}#line-{line.id}"
        return {"text": line.order_name, "url": url, "note": note}

    def _get_confirmed_on(self, line):
        return {"text": self.fmt.day(line.confirmed_on)}

    def _get_reference(self, line):
        return {"text": line.reference}

    def _get_customer_item(self, line):
        return {"text": self.facts["items"].get(line.id)}

    def _get_article(self, line):
        """Name, unless it has a column of its own, and below it the numbers that have none."""
        numbers = [line.article, None if "maker_part_number" in self.columns else line.part]
        name = None if "description" in self.columns else line.description
        note = " · ".join(dict.fromkeys(filter(None, numbers)))
        return {"text": name, "note": note} if name else {"text": note}

    def _get_maker_part_number(self, line):
        return {"text": line.part}

    def _get_ean(self, line):
        return {"text": line.ean}

    def _get_maker(self, line):
        return {"text": line.maker}

    def _get_description(self, line):
        return {"text": line.description}

    def _get_quantity(self, line):
        return {"text": self.fmt.quantity(line.product_uom_qty)}

    def _get_shipped(self, line):
        return {"text": self.fmt.quantity(line.customer_shipped_qty)}

    def _get_open(self, line):
        return {"text": self.fmt.quantity(line.customer_open_qty)}

    def _get_invoiced(self, line):
        return {"text": self.fmt.quantity(line.customer_invoiced_qty)}

    def _get_status(self, line):
        tone, sign = STATUS_TONES.get(line.customer_status, ("gr", ""))
        return {"badge": (tone, f"{sign} {self.statuses.get(line.customer_status, '')}")}

    def _get_eta(self, line):
        if line.eta_state in (None, "none"):
            return {}
        eta = self._prepare_eta(line)
        env = self.env
        if eta["state"] == "in_stock":
            return {"strong": env._("In stock")}
        later = self._get_later_text(eta)
        return {
            "strong": eta["text"],
            "badge": later and ("ba", f"\N{BLACK UP-POINTING TRIANGLE} {later}"),
            "note": self._get_eta_note(eta),
        }

    def _prepare_eta(self, line):
        return add_eta_texts(get_portal_eta(line, self.fmt.today), self.fmt)

    def _get_later_text(self, eta):
        env = self.env
        if eta["after_hardware"] or eta["state"] == "unknown":
            return None
        if eta["days_later"] == 1:
            return env._("1 day later")
        if eta["days_later"]:
            return env._("%(days)s days later", days=eta["days_later"])
        return env._("overdue") if eta["is_overdue"] else None

    def _get_eta_note(self, eta):
        env = self.env
        if eta["after_hardware"]:
            return env._("after the hardware")
        if eta["is_taken_back"]:
            return env._("date taken back by the supplier")
        if eta["state"] == "unknown":
            return env._("no date from the supplier yet")
        undated = sum(part[0] for part in eta["slices"] if not part[1] and part[2:3] != ("stock",))
        if eta["state"] == "partial" and undated:
            return env._("%(quantity)s pcs without a date", quantity=self.fmt.quantity(undated))
        return None

    def _get_expected_ship(self, line):
        if line.eta_state not in ("in_stock", "known", "partial"):
            return {}
        return {"text": self._prepare_eta(line)["ship_text"]}

    def _get_shipped_on(self, line):
        """The last day, and since when where there were several."""
        days = sorted(
            {day for day, _name, _slip in self.facts["shipments"].get(line.id, ()) if day}
        )
        if not days:
            return {}
        note = None
        if len(days) > 1:
            note = self.env._("since %(day)s", day=self.fmt.day(days[0]))
        return {"text": self.fmt.day(days[-1]), "note": note}

    def _get_shipments(self, line):
        slips = [name for _day, name, slip in self.facts["shipments"].get(line.id, ()) if slip]
        return {"text": ", ".join(slips)}

    def _get_invoices(self, line):
        found = self.facts["invoices"].get(line.id, ())
        url = f"/my/invoices/{found[0][1]}" if len(found) == 1 else None
        return {"text": ", ".join(name for name, _move_id in found), "url": url if found else None}

    def _get_serials(self, line):
        count = self.facts["serials"].get(line.id)
        return {
            "text": count and self.fmt.quantity(count),
            "url": count and f"/my/orders/{line.order_id}#line-{line.id}",
        }

    def _get_delivery_address(self, line):
        address = self.facts["addresses"][line.id]
        town = " ".join(filter(None, (address.zip, address.city)))
        return {"text": address.name or address.parent_id.name or DASH, "note": town}

    def _get_price_unit(self, line):
        return {"text": self._format_money(line.price_unit, line)}

    def _get_price_subtotal(self, line):
        return {"text": self._format_money(line.price_subtotal, line)}

    def _format_money(self, amount, line):
        return self.fmt.money(amount, self.env["res.currency"].browse(line.currency_id))
