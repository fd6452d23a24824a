import json
from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, float_compare, float_is_zero

from .sale_line_eta import ETA_STATES, OPEN_MOVE_STATES
from .sale_order import CUSTOMER_STATUSES

INVOICE_TYPES = ("out_invoice", "out_receipt")
OPEN_ETA_STATES = ("unknown", "partial", "known")
DATED_ETA_STATES = ("partial", "known")
NO_ETA = {
    "eta_first": False,
    "eta_last": False,
    "eta_slices": False,
    "eta_ship_first": False,
    "eta_ship_last": False,
    "eta_is_later": False,
    "eta_after_hardware": False,
}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_special_order = fields.Boolean(
        "Special Order", help="Ordered specially for this customer: it cannot be returned."
    )
    confirmed_on = fields.Datetime(related="order_id.confirmed_on", store=True, index=True)
    customer_shipped_qty = fields.Float(
        "Shipped",
        compute="_compute_customer_quantities",
        store=True,
        digits="Product Unit",
        help="What was shipped or sent the first time; returns do not reduce it.",
    )
    customer_open_qty = fields.Float(
        "Open", compute="_compute_customer_quantities", store=True, digits="Product Unit"
    )
    customer_invoiced_qty = fields.Float(
        "Invoiced to the Customer",
        compute="_compute_customer_invoiced_qty",
        store=True,
        digits="Product Unit",
        help="On posted invoices; credit notes do not reduce it.",
    )
    customer_status = fields.Selection(
        CUSTOMER_STATUSES,
        string="Customer's Status",
        compute="_compute_customer_status",
        store=True,
        index=True,
    )
    eta_first = fields.Date("First ETA", compute="_compute_eta", store=True)
    eta_last = fields.Date("Last ETA", compute="_compute_eta", store=True, index="btree_not_null")
    eta_state = fields.Selection(
        ETA_STATES, string="ETA Status", compute="_compute_eta", store=True, index=True
    )
    eta_slices = fields.Json("ETA per Quantity", compute="_compute_eta", store=True)
    eta_ship_first = fields.Date("First Expected Shipment", compute="_compute_eta", store=True)
    eta_ship_last = fields.Date("Last Expected Shipment", compute="_compute_eta", store=True)
    eta_changed_on = fields.Datetime("ETA Changed On", compute="_compute_eta", store=True)
    eta_promised = fields.Date(
        "First Promised",
        compute="_compute_eta",
        store=True,
        help="The date by which all was to be here when the supplier first named dates for all.",
    )
    eta_is_later = fields.Boolean("Later than Promised", compute="_compute_eta", store=True)
    eta_after_hardware = fields.Boolean(
        "Sent after the Hardware", compute="_compute_eta", store=True
    )
    supplier_ordered_on = fields.Datetime(
        "Ordered from the Supplier On", compute="_compute_eta", store=True
    )
    eta_change_ids = fields.One2many(
        "sale.order.line.eta.change", "sale_line_id", string="ETA History"
    )

    _open_eta_idx = models.Index(
        "(order_partner_id, eta_last) WHERE eta_state IN ('known', 'partial', 'unknown')"
    )
    _eta_promised_idx = models.Index(
        "(eta_promised) WHERE eta_state IN ('known', 'partial', 'unknown')"
    )

    @api.depends(
        "product_id",
        "product_uom_qty",
        "qty_delivered",
        "qty_delivered_method",
        "state",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.origin_returned_move_id",
    )
    def _compute_customer_quantities(self):
        for line in self:
            shipped = line._get_customer_shipped_qty()
            open_qty = line.product_uom_qty - shipped if line._is_to_be_shipped() else 0.0
            line.customer_shipped_qty = shipped
            line.customer_open_qty = max(open_qty, 0.0)

    @api.depends("invoice_lines.parent_state", "invoice_lines.quantity", "product_uom_id")
    def _compute_customer_invoiced_qty(self):
        for line in self:
            invoiced = line.invoice_lines.filtered(
                lambda item: (
                    item.parent_state == "posted"
                    and item.move_id.move_type in INVOICE_TYPES
                    and item.quantity > 0
                )
            )
            line.customer_invoiced_qty = sum(
                item.product_uom_id._compute_quantity(item.quantity, line.product_uom_id)
                for item in invoiced
            )

    @api.depends(
        "state",
        "display_type",
        "product_uom_qty",
        "price_unit",
        "discount",
        "customer_shipped_qty",
        "customer_open_qty",
        "customer_invoiced_qty",
    )
    def _compute_customer_status(self):
        for line in self:
            line.customer_status = line._get_customer_status()

    @api.depends(
        "state",
        "product_id",
        "customer_open_qty",
        "move_ids.state",
        "move_ids.quantity",
        "move_ids.product_uom_qty",
        "move_ids.date",
        "order_id.commitment_date",
    )
    def _compute_eta(self):
        stored = self.filtered(lambda line: isinstance(line.id, int))
        for line in self - stored:
            line.update(line._prepare_origin_eta())
        waiting = stored.filtered(lambda line: line.state == "sale" and line.customer_open_qty > 0)
        idle = {
            line: {"eta_state": "none" if line._is_customer_line() else False}
            for line in stored - waiting
        }
        self._set_eta(idle)
        if waiting:
            waiting._set_waiting_eta()
        (stored._get_held_siblings() - self)._mark_eta()

    def _is_customer_line(self):
        return not self.display_type and not self.is_downpayment

    def _is_to_be_shipped(self):
        """Whether something of the line has to reach the customer; costs of shipping and
        discounts have not.
        """
        return (
            self._is_customer_line()
            and self.state == "sale"
            and not self.is_delivery
            and not self._is_discount_line()
        )

    def _get_customer_shipped_qty(self):
        """Quantity in the line's unit that left for the customer the first time."""
        if self.qty_delivered_method != "stock_move":
            return self.qty_delivered
        shipped = self.move_ids.filtered(lambda move: move.product_id == self.product_id)
        return sum(
            move.product_uom._compute_quantity(
                move.quantity, self.product_uom_id, rounding_method="HALF-UP"
            )
            for move in shipped._get_customer_shipped_moves()
        )

    def _get_customer_status(self):
        self.ensure_one()
        if not self._is_customer_line():
            return False
        if self.state != "sale":
            return "cancelled" if self.state == "cancel" else False
        if self._is_zero(self.product_uom_qty) and self._is_zero(self.customer_shipped_qty):
            return "cancelled"
        if not self._is_zero(self.customer_open_qty):
            return "confirmed" if self._is_zero(self.customer_shipped_qty) else "partial"
        if self._is_invoiced():
            return "fulfilled"
        return "delivered" if self._is_to_be_shipped() else "confirmed"

    def _is_zero(self, quantity):
        return float_is_zero(quantity, precision_digits=6)

    def _is_invoiced(self):
        free = self.currency_id.is_zero(self.price_unit * (1 - self.discount / 100))
        compared = float_compare(
            self.customer_invoiced_qty, self.product_uom_qty, precision_digits=6
        )
        return free or compared >= 0

    # --- supplier's dates ---------------------------------------------------------------------

    def _prepare_origin_eta(self):
        origin = self._origin
        names = [*NO_ETA, "eta_state", "eta_promised", "eta_changed_on", "supplier_ordered_on"]
        return {name: origin[name] for name in names}

    def _set_waiting_eta(self):
        """Dates of goods first: software may wait for them."""
        held = self.filtered(lambda line: line._is_held_for_hardware())
        goods = self - held
        results = self.env["sale.line.eta"]._get_eta_values(goods) if goods else {}
        ships = goods._get_expected_ship_dates(results)
        self._set_eta({line: line._prepare_eta(results[line.id], ships) for line in goods})
        self._set_eta({line: line._prepare_held_eta() for line in held})

    def _get_expected_ship_dates(self, results):
        """Expected ship dates of all days named, per company."""
        days = defaultdict(set)
        for line in self:
            days[line.company_id] |= {day for _qty, day in results[line.id]["slices"] if day}
        return {
            company.id: company.sudo()._get_expected_ship_dates(company_days)
            for company, company_days in days.items()
        }

    def _prepare_eta(self, result, ships):
        """Fields from the slices of the open, not reserved quantity."""
        slices = result["slices"]
        days = [day for _qty, day in slices if day]
        ship = dict(ships.get(self.company_id.id, {}))
        if self.product_id.is_email_delivery:
            ship = {day: day for day in days}
        first, last = min(days, default=False), max(days, default=False)
        planned = result["reserved_on"] if not slices else False
        return {
            "eta_state": self._get_eta_state(slices, days),
            "eta_first": first,
            "eta_last": last,
            "eta_slices": [[qty, day and day.isoformat()] for qty, day in slices],
            "eta_ship_first": ship.get(first) or planned or False,
            "eta_ship_last": ship.get(last) or planned or False,
            "supplier_ordered_on": result["ordered_on"] if slices else self.supplier_ordered_on,
        }

    def _get_eta_state(self, slices, days):
        if not slices:
            return "in_stock"
        if not days:
            return "unknown"
        return "known" if len(days) == len(slices) else "partial"

    def _set_eta(self, vals_by_line):
        """Write dates; changes of what suppliers say are kept with old and new."""
        changes = []
        for line, vals in vals_by_line.items():
            old, new = line._get_old_eta(), line._prepare_new_eta(vals)
            if line._is_eta_change(old, new):
                new["eta_changed_on"] = fields.Datetime.now()
                changes.append(line._prepare_eta_change(old, new))
            line.update(new)
        # whoever moves a date (buyer, vendor, warehouse) needs no right on the history
        self.env["sale.order.line.eta.change"].sudo().create(changes)

    def _get_old_eta(self):
        names = ("eta_state", "eta_first", "eta_last", "eta_slices", "eta_after_hardware")
        return {name: self[name] for name in names}

    def _prepare_new_eta(self, vals):
        new = {
            **NO_ETA,
            "supplier_ordered_on": self.supplier_ordered_on,
            "eta_changed_on": self.eta_changed_on,
            **vals,
        }
        named = new["eta_state"] == "known" and not new["eta_after_hardware"]
        new["eta_promised"] = self.eta_promised or (named and new["eta_last"])
        new["eta_is_later"] = self._is_later(new)
        return new

    def _is_later(self, new):
        promised = new["eta_promised"]
        if not promised or new["eta_state"] in ("none", "in_stock", False):
            return False
        return new["eta_state"] == "unknown" or new["eta_last"] > promised

    def _is_eta_change(self, old, new):
        """Whether the dates that the customer reads became other ones by somebody's word.

        Goods that arrive leave the list of dates, and a licence stops taking the dates of the
        hardware when that has shipped: neither is a change of a date.
        """
        if not old["eta_state"] or new["eta_state"] not in ("unknown", "partial", "known"):
            return False
        if self._get_eta_read(old) == self._get_eta_read(new):
            return False
        if old["eta_after_hardware"] and not new["eta_first"]:
            return False
        before = {day: qty for qty, day in old["eta_slices"] or []}
        return any(qty > before.get(day, 0.0) for qty, day in new["eta_slices"] or [])

    def _get_eta_read(self, values):
        """First and last day, and whether more is to come without one."""
        is_open = values["eta_state"] == "partial"
        return (values["eta_first"] or False, values["eta_last"] or False, is_open)

    def _prepare_eta_change(self, old, new):
        names = ("state", "first", "last")
        vals = {f"old_{name}": old[f"eta_{name}"] for name in names}
        vals |= {f"new_{name}": new[f"eta_{name}"] for name in names}
        return {**vals, "sale_line_id": self.id}

    def _is_held_for_hardware(self):
        """Whether the vendor of this software waits until the order's hardware has shipped."""
        product_sudo = self.product_id.sudo()  # sellers and their flags are not the customer's
        if not product_sudo.is_email_delivery:
            return False
        vendors = self.sudo().purchase_line_ids.partner_id or product_sudo.seller_ids[:1].partner_id
        held = any(vendors.mapped("commercial_partner_id.holds_software_until_hardware"))
        return held and bool(self._get_open_hardware())

    def _get_open_hardware(self):
        return self.order_id.order_line.filtered(
            lambda line: (
                line.qty_delivered_method == "stock_move"
                and not line.product_id.is_email_delivery
                and line.customer_open_qty > 0
            )
        )

    def _get_held_siblings(self):
        """Software of the same orders that waits for this hardware."""
        orders = self.filtered(lambda line: not line.product_id.is_email_delivery).order_id
        software = orders.order_line.filtered(
            lambda line: line.product_id.is_email_delivery and line.customer_open_qty > 0
        )
        return software.filtered(
            lambda line: line._is_held_for_hardware() or line.eta_after_hardware
        )

    def _prepare_held_eta(self):
        """Held software takes the expected ship date of the hardware of its order."""
        hardware = self._get_open_hardware()
        days = [line.eta_ship_last for line in hardware if line.eta_state in ("known", "in_stock")]
        state = "known" if len(days) == len(hardware) else "unknown"
        day = max((day for day in days if day), default=False) if state == "known" else False
        return {
            "eta_state": "known" if day else "unknown",
            "eta_first": day,
            "eta_last": day,
            "eta_slices": [[self.customer_open_qty, (day and day.isoformat()) or None]],
            "eta_ship_first": day,
            "eta_ship_last": day,
            "eta_after_hardware": True,
        }

    def _mark_eta(self):
        """Have the dates of these lines computed again, and those of their orders."""
        lines = self.filtered(lambda line: isinstance(line.id, int))
        if not lines:
            return
        names = [field.name for field in self.pool.field_computed[self._fields["eta_state"]]]
        for name in names:
            self.env.add_to_compute(self._fields[name], lines)
        lines.modified(names)

    def _mark_waiting_eta(self, products):
        """Mark all lines that wait for stock of some products."""
        if not products:
            return
        moves_sudo = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("sale_line_id", "!=", False),
                    ("procure_method", "=", "make_to_stock"),
                    ("state", "in", [state for state in OPEN_MOVE_STATES if state != "assigned"]),
                    ("location_id.usage", "=", "internal"),
                ]
            )
        )
        moves_sudo.sale_line_id._mark_eta()

    # --- what the portal asks -----------------------------------------------------------------

    @api.model
    def _get_late_domain(self):
        """Open lines that come later than first promised, or whose date passed without goods."""
        overdue = Domain("eta_promised", "<", fields.Date.context_today(self))
        open_eta = Domain("eta_state", "in", OPEN_ETA_STATES)
        return open_eta & (Domain("eta_is_later", "=", True) | overdue)

    @api.model
    def _get_arriving_domain(self):
        """Lines of which something arrives at our warehouse in this week."""
        today = fields.Date.context_today(self)
        monday = fields.Date.start_of(today, "week")
        return self._get_eta_between_domain(monday, fields.Date.end_of(today, "week"))

    @api.model
    def _get_eta_between_domain(self, date_from=None, date_to=None):
        """Lines with a date of arrival in a period, not lines whose range merely spans it.

        The stored range cuts first, then every date of the line is looked at.

        :param date_from: first day (date), or None for no first day
        :param date_to: last day (date), included, or None for no last day
        :rtype: Domain
        """
        days = [day and fields.Date.to_date(day) for day in (date_from, date_to)]
        first, last = days[0] or date.min, days[1] or date.max
        domain = Domain("eta_state", "in", DATED_ETA_STATES)
        domain &= Domain("eta_first", "<=", last) & Domain("eta_last", ">=", first)
        if not all(days):
            return domain  # the range says it all: its own ends are dates of the line
        return domain & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "jsonb_path_exists(%s, '$[*][1] ? (@ >= $first && @ <= $last)', %s::jsonb)",
                model._field_to_sql(alias, "eta_slices", query),
                json.dumps({"first": first.isoformat(), "last": last.isoformat()}),
            ),
            predicate=lambda line: any(
                part[1] and first.isoformat() <= part[1] <= last.isoformat()
                for part in line.eta_slices or []
            ),
        )

    @api.model
    def _count_open_lines(self, domain):
        """How many lines are late and how many arrive this week, counted in one query.

        :param domain: which lines, the access domain of a user
        :return: ``(late, arriving)``
        """
        open_eta = Domain("eta_state", "in", OPEN_ETA_STATES)
        query = self._search(domain & open_eta)
        counts = [
            SQL(
                "COUNT(*) FILTER (WHERE %s)",
                part.optimize_full(self)._to_sql(self, query.table, query),
            )
            for part in (self._get_late_domain(), self._get_arriving_domain())
        ]
        return self.env.execute_query(query.select(*counts))[0]

    def _get_portal_eta(self, today=None):
        """How the page shows the supplier's dates of one line.

        :param today: the customer's day (date); default today
        :return: ``{'state', 'first', 'last', 'slices': [(quantity, date or None)], 'ship_first',
            'ship_last', 'days_later': int, 'is_overdue': bool, 'promised', 'changed_on'}``
        """
        self.ensure_one()
        today = today or fields.Date.context_today(self)
        slices = [(qty, day and date.fromisoformat(day)) for qty, day in self.eta_slices or []]
        ship_first, ship_last = self.eta_ship_first, self.eta_ship_last
        if self.eta_state == "in_stock":
            ship_first = ship_last = max(ship_last or today, today)
        open_eta = self.eta_state in ("unknown", "partial", "known")
        overdue = bool(open_eta and self.eta_last and self.eta_last < today)
        dated = open_eta and self.eta_last and self.eta_promised
        later = (self.eta_last - self.eta_promised).days if dated else 0
        return {
            "state": self.eta_state,
            "first": self.eta_first,
            "last": self.eta_last,
            "slices": slices,
            "ship_first": ship_first,
            "ship_last": ship_last,
            "days_later": max(later, 0),
            "is_overdue": overdue,
            "is_taken_back": self.eta_state == "unknown" and bool(self.eta_promised),
            "promised": self.eta_promised,
            "changed_on": self.eta_changed_on,
            "after_hardware": self.eta_after_hardware,
        }

    @api.model
    def _get_portal_lines(
        self,
        number=None,
        number_type="any",
        document="any",
        date_from=None,
        date_to=None,
        limit=80,
        offset=0,
        partner=None,
    ):
        """Order lines by number, kind of document and dates, newest first.

        :param number: what the person typed; compared whole, without case
        :param number_type: any, invoice, customer_reference, maker_part_number, ean,
            delivery_slip, order, serial, article, customer_item
        :param document: any, order, invoice (invoiced lines only), delivery_slip (shipped only)
        :param date_from: first day of the document, order day when any
        :param date_to: last day, included
        :param partner: narrow to one customer and its branches (``res.partner``), for staff
        :return: ``(lines_sudo, total)`` inside the access domain of the user
        """
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("confirmed_on", "!=", False) & Domain("display_type", "=", False)
        domain &= Domain("is_downpayment", "=", False) & Domain("is_delivery", "=", False)
        if partner:
            domain &= Domain("order_partner_id", "child_of", partner.commercial_partner_id.id)
        if number and number.strip():
            domain &= self.env["sale.line.number"]._get_number_domain(number, number_type)
        domain &= self._get_document_domain(document, date_from, date_to)
        lines_sudo = self.sudo()  # joins moves, invoices and lots inside the access domain
        found = lines_sudo.search(
            domain,
            limit=limit,
            offset=offset,
            order="confirmed_on desc, order_id desc, sequence, id",
        )
        return found, lines_sudo.search_count(domain)

    @api.model
    def _get_document_domain(self, document, date_from, date_to):
        if document == "invoice":
            posted = Domain("parent_state", "=", "posted")
            posted &= self._get_period_domain("invoice_date", date_from, date_to)
            return Domain("invoice_lines", "any", posted & Domain("move_type", "in", INVOICE_TYPES))
        if document == "delivery_slip":
            done = Domain("state", "=", "done") & Domain("location_dest_id.usage", "=", "customer")
            done &= self._get_period_domain("picking_id.date_done", date_from, date_to)
            return Domain("move_ids", "any", done)
        return self._get_period_domain("confirmed_on", date_from, date_to)

    @api.model
    def _get_period_domain(self, field_name, date_from, date_to):
        domain = Domain.TRUE
        if date_from:
            domain &= Domain(field_name, ">=", fields.Date.to_date(date_from))
        if date_to:
            day_after = fields.Date.add(fields.Date.to_date(date_to), days=1)
            domain &= Domain(field_name, "<", day_after)
        return domain

    def _get_portal_facts(self):
        """What happened to lines; see ``sale.line.facts``."""
        return self.env["sale.line.facts"]._get_facts(self)
