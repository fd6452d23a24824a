import json
from collections import defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, float_compare, float_is_zero
from odoo.tools.sql import column_exists, create_column

from ..tools.eta_text import (
    DATED_ETA_STATES,
    OPEN_ETA_STATES,
    get_eta_text,
    get_portal_eta,
)
from ..tools.period import get_moment_domain
from ..tools.stored_fields import compute_in_batches, create_computed_columns
from .sale_line_eta import ETA_STATES, WAITING_MOVE_STATES
from .sale_order import CUSTOMER_STATUSES, ORDER_COMPUTES

INVOICE_TYPES = ("out_invoice", "out_receipt")
# What was without a date for a shorter time was no back order: it is being reserved.
BACK_ORDER_AFTER = timedelta(minutes=10)
# So many lines are computed at once, at about a millisecond each; more are queued.
ETA_AT_ONCE = 500
# What most pages ask of many lines; the others of their hundred fields are not read.
FACT_FIELDS = [
    *("order_id", "sequence", "confirmed_on", "company_id", "product_id", "product_uom_id"),
    *("customer_shipped_qty", "customer_open_qty", "customer_invoiced_qty"),
]
NO_ETA = {
    "eta_first": False,
    "eta_last": False,
    "eta_slices": False,
    "eta_ship_first": False,
    "eta_ship_last": False,
    "eta_is_later": False,
    "eta_after_hardware": False,
}
COMPUTES = (
    "_compute_customer_quantities",
    "_compute_customer_invoiced_qty",
    "_compute_customer_status",
    "_compute_eta",
)
# What the customer's list is filtered by: the index answers, the lines themselves are not read.
LISTED_COLUMNS = (
    *("company_id", "state", "is_delivery", "confirmed_on", "customer_open_qty"),
    *("eta_first", "eta_last", "eta_state", "eta_is_later", "eta_after_hardware"),
    *("product_id", "order_id"),
)


def get_list_index(column):
    """The index of one order of the customer's list.

    :param str column: what the list is sorted by
    :return: definition for ``models.Index``
    :rtype: str
    """
    others = ", ".join(name for name in LISTED_COLUMNS if name != column)
    return f"(order_partner_id, customer_status, {column}, id) INCLUDE ({others})"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    is_special_order = fields.Boolean(
        "Special Order", help="Ordered specially for this customer: it cannot be returned."
    )
    confirmed_on = fields.Datetime(related="order_id.confirmed_on", store=True, index=True)
    article_number = fields.Char(related="product_id.default_code", store=True)
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
    eta_missing_since = fields.Datetime(
        compute="_compute_eta", store=True, copy=False, groups="base.group_user"
    )
    date_found_on = fields.Datetime(
        compute="_compute_eta",
        store=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="When a back order got its first date or goods; set once.",
    )
    email_delivery_ids = fields.One2many(
        "sale.line.delivery", "sale_line_id", "Deliveries by E-mail"
    )

    eta_text = fields.Char(
        "ETA as Shown",
        compute="_compute_eta_text",
        groups="base.group_user",
        help="What the customer reads: the supplier's date, a range, “…” or in stock.",
    )

    # The orders of the customer's list: each is read per customer and status.
    _list_date_idx = models.Index(get_list_index("confirmed_on"))
    _list_eta_idx = models.Index(get_list_index("eta_first"))
    _list_article_idx = models.Index(get_list_index("article_number"))
    _list_open_idx = models.Index(get_list_index("customer_open_qty"))
    _open_eta_idx = models.Index(
        "(order_partner_id, eta_last) WHERE eta_state IN ('known', 'partial', 'unknown')"
    )
    _eta_first_idx = models.Index("(eta_first) WHERE eta_state IN ('known', 'partial')")

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
            bills = line._get_invoice_lines()
            invoiced = bills.filtered(
                lambda item: (
                    item.parent_state == "posted"
                    and item.move_id.move_type in INVOICE_TYPES
                    and item.quantity > 0
                )
            ).with_prefetch(bills._prefetch_ids)
            line.customer_invoiced_qty = sum(
                item.product_uom_id._compute_quantity(
                    item.quantity, line.product_uom_id, round=False
                )
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
        (stored._get_held_siblings() - self)._refresh_eta()

    @api.depends("eta_state", "eta_first", "eta_last")
    @api.depends_context("lang")
    def _compute_eta_text(self):
        for line in self:
            line.eta_text = get_eta_text(line, "eta_")

    @api.constrains("qty_delivered")
    def _check_email_delivered_qty(self):
        for line in self.filtered("product_id.is_email_delivery"):
            # sudo: who writes the delivered quantity need not see what was sent
            sent = line.sudo()._get_email_sent_qty()
            if line.product_uom_id.compare(line.qty_delivered, sent) < 0:
                raise ValidationError(
                    self.env._(
                        "%(sent)g of %(product)s were marked as sent by e-mail. Delete what was "
                        "marked by mistake to deliver less.",
                        sent=sent,
                        product=line.product_id.display_name,
                    )
                )

    def _auto_init(self):
        """Lines that were there before the installation get their values by SQL or in batches."""
        if not column_exists(self.env.cr, self._table, "article_number"):
            create_column(self.env.cr, self._table, "article_number", "varchar")
            self.env.cr.execute(
                """
                UPDATE sale_order_line line
                   SET article_number = product.default_code
                  FROM product_product product
                 WHERE product.id = line.product_id AND product.default_code IS NOT NULL
                """
            )
        if create_computed_columns(self, COMPUTES):
            self.pool.post_init(self._fill_computed_columns)
        return super()._auto_init()

    def _fill_computed_columns(self):
        compute_in_batches(self, COMPUTES)
        compute_in_batches(self.env["sale.order"], ORDER_COMPUTES)

    def _has_field_access(self, field, operation):
        """Who has no role for prices reads none over the API either; purchases are nobody's."""
        is_purchase = (field.comodel_name or "").startswith("purchase.")
        if is_purchase and self.env.user.share and not self.env.su:
            return False
        if not self.env.su and self.env.user._is_price_hidden(field):
            return False
        return super()._has_field_access(field, operation)

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
        moves = self.move_ids
        shipped = moves.filtered(lambda move: move.product_id == self.product_id)
        shipped = shipped.with_prefetch(moves._prefetch_ids)
        quantity = sum(
            move.product_uom._compute_quantity(move.quantity, self.product_uom_id, round=False)
            for move in shipped._get_customer_shipped_moves()
        )
        return self.product_uom_id.round(quantity, rounding_method="HALF-UP")

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
        names += ["eta_missing_since", "date_found_on"]
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
            days[line.company_id] |= {part[1] for part in results[line.id]["slices"] if part[1]}
        return {
            company.id: company.sudo()._get_expected_ship_dates(company_days)
            for company, company_days in days.items()
        }

    def _prepare_eta(self, result, ships):
        """Fields from the slices; what is in stock counts for the expected shipment only."""
        awaited = [part for part in result["slices"] if part[2] != "stock"]
        days = [part[1] for part in awaited if part[1]]
        ship_days = [self._get_ship_day(day, ships) for day in days]
        if result["reserved_on"]:
            ship_days.append(result["reserved_on"])
        return {
            "eta_state": self._get_eta_state(awaited, days),
            "eta_first": min(days, default=False),
            "eta_last": max(days, default=False),
            "eta_slices": [
                [qty, day and day.isoformat(), *says] for qty, day, *says in result["slices"]
            ],
            "eta_ship_first": min(ship_days, default=False),
            "eta_ship_last": max(ship_days, default=False),
            "supplier_ordered_on": result["ordered_on"] if awaited else self.supplier_ordered_on,
        }

    def _get_ship_day(self, day, ships):
        """What is sent by e-mail leaves on the day it comes."""
        return day if self.product_id.is_email_delivery else ships[self.company_id.id][day]

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
        self.env["sale.order.line.eta.change"].sudo()._keep(changes)

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
        is_unknown = new["eta_state"] == "unknown"
        now = fields.Datetime.now()
        new["eta_missing_since"] = is_unknown and (self.eta_missing_since or now)
        new["date_found_on"] = self.date_found_on or self._get_date_found_on(new["eta_state"], now)
        return new

    def _get_date_found_on(self, new_state, now):
        """When a line that waited without a date got one, or goods."""
        since = self.eta_missing_since
        is_found = since and new_state in ("known", "partial", "in_stock")
        return is_found and now - since > BACK_ORDER_AFTER and now

    def _is_later(self, new):
        promised = new["eta_promised"]
        if not promised or new["eta_state"] not in OPEN_ETA_STATES:
            return False
        return new["eta_state"] == "unknown" or new["eta_last"] > promised

    def _is_eta_change(self, old, new):
        """Whether the dates that the customer reads became other ones by somebody's word.

        Goods that arrive leave the list of dates, goods that are reserved or released come and
        go, and a licence stops taking the dates of the hardware when that has shipped: none of
        these is a change of a date.
        """
        if not old["eta_state"] or new["eta_state"] not in OPEN_ETA_STATES:
            return False
        if self._get_eta_read(old) == self._get_eta_read(new):
            return False
        if old["eta_after_hardware"] and not new["eta_first"]:
            return False
        before, after = self._get_quantities(old), self._get_quantities(new)
        if before.pop("stock", 0.0) != after.pop("stock", 0.0):
            return False
        return any(qty > before.get(day, 0.0) for day, qty in after.items())

    def _get_quantities(self, values):
        """Quantities of slices by date, and of what is in stock."""
        sums = defaultdict(float)
        for qty, day, *says in values["eta_slices"] or []:
            sums["stock" if says[:1] == ["stock"] else day] += qty
        return sums

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
            "eta_slices": [
                [self.customer_open_qty, day.isoformat(), "hardware", "named"]
                if day
                else [self.customer_open_qty, None, "hardware", "none"]
            ],
            "eta_ship_first": day,
            "eta_ship_last": day,
            "eta_after_hardware": True,
        }

    def _mark_eta(self):
        """Have the dates of these lines computed again: few in this transaction, many by a job.

        A purchase or a popular product may feed thousands of lines; who saves it does not wait
        for all of them, and what is queued survives a server that is stopped.
        """
        lines = self.filtered(lambda line: isinstance(line.id, int))
        if len(lines) > ETA_AT_ONCE:
            self.env["sale.line.eta.queue"].sudo()._enqueue(lines)  # a table of the machinery
        else:
            lines._refresh_eta()

    def _refresh_eta(self):
        """Have the dates of these lines and of their orders computed in this transaction."""
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
                    ("state", "in", WAITING_MOVE_STATES),
                    ("location_id.usage", "=", "internal"),
                ]
            )
        )
        moves_sudo.sale_line_id._mark_eta()

    @api.model
    def _mark_open_eta(self, domain):
        """Mark the open lines of a domain, whoever asks and whatever he may see.

        :param domain: over ``sale.order.line``
        """
        open_lines = Domain("state", "=", "sale") & Domain("customer_open_qty", ">", 0)
        self.sudo().search(open_lines & Domain(domain))._mark_eta()

    def _get_stored_eta(self):
        """What is stored and could differ from what would be computed now.

        :return: ``{line_id: {field name: value}}``
        """
        names = [*NO_ETA, "eta_state", "supplier_ordered_on"]
        return {line.id: {name: line[name] for name in names} for line in self}

    # --- what the portal asks -----------------------------------------------------------------

    @api.model
    def _get_late_domain(self):
        """Open lines that come later than first promised, or whose date passed without goods.

        Later than promised (``eta_is_later``, "n days later" in ``_get_portal_eta``): the promise
        is the last day of the first ETA that covered all of the line. A line is later when a date
        of it lies after that day, or when the date was taken back. It is as many days later as
        the first of these dates: promised 3 Dec, now 11 - 18 Dec, is 8 days later. So a part that
        arrives in time and a rest that comes as promised are not late.
        """
        overdue = Domain("eta_first", "<", fields.Date.context_today(self))
        overdue &= Domain("eta_state", "in", DATED_ETA_STATES)
        overdue &= Domain("eta_after_hardware", "=", False)
        later = Domain("eta_state", "in", OPEN_ETA_STATES) & Domain("eta_is_later", "=", True)
        return later | overdue

    @api.model
    def _get_arriving_domain(self):
        """Lines of which something arrives at our warehouse in this week."""
        today = fields.Date.context_today(self)
        monday = fields.Date.start_of(today, "week")
        return self._get_eta_between_domain(monday, fields.Date.end_of(today, "week"))

    @api.model
    def _get_eta_between_domain(self, date_from=None, date_to=None):
        """Lines with a date of arrival in a period, not lines whose range merely spans it.

        The stored range cuts first. Its ends are dates of the line; only where both lie outside
        the period is every date looked at, by a search of its own, so that an index can answer
        the rest.

        :param date_from: first day (date), or None for no first day
        :param date_to: last day (date), included, or None for no last day
        :rtype: Domain
        """
        days = [day and fields.Date.to_date(day) for day in (date_from, date_to)]
        first, last = days[0] or date.min, days[1] or date.max
        domain = Domain("eta_state", "in", DATED_ETA_STATES)
        domain &= Domain("eta_first", "<=", last) & Domain("eta_last", ">=", first)
        if not all(days):
            return domain
        inside = Domain("eta_first", ">=", first) | Domain("eta_last", "<=", last)
        return domain & (inside | self._get_slice_domain(first, last))

    @api.model
    def _get_slice_domain(self, first, last):
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                """(
                    SELECT jsonb_path_exists(
                               slices.eta_slices, '$[*][1] ? (@ >= $first && @ <= $last)', %s)
                      FROM sale_order_line slices
                     WHERE slices.id = %s)""",
                json.dumps({"first": first.isoformat(), "last": last.isoformat()}),
                model._field_to_sql(alias, "id", query),
                to_flush=model._fields["eta_slices"],
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

        Expected days of shipment are never before today; of licences that wait for hardware
        that holds for all dates, which are days of shipment.

        :param today: the customer's day (date); default today
        :return: ``{'state', 'first', 'last', 'slices': [(quantity, date or None, source,
            confidence)], 'in_stock': quantity that is here, 'ship_first', 'ship_last',
            'days_later': int (see ``_get_late_domain``), 'is_overdue': bool, 'is_taken_back': bool,
            'promised', 'changed_on', 'after_hardware': bool}``
        """
        self.ensure_one()
        return get_portal_eta(self, today or fields.Date.context_today(self))

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
        count_limit=None,
    ):
        """Order lines by number, kind of document and dates, newest first.

        :param number: what the person typed; compared whole, without case
        :param number_type: any, invoice, customer_reference, maker_part_number, ean,
            delivery_slip, order, serial, article, customer_item
        :param document: any, order, invoice (invoiced lines only), delivery_slip (shipped only)
        :param date_from: first day of the document, order day when any
        :param date_to: last day, included
        :param partner: narrow to one customer and its branches (``res.partner``), for staff
        :param int count_limit: how many are counted at most; None: all
        :return: ``(lines_sudo, total)`` inside the access domain of the user
        """
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("confirmed_on", "!=", False) & Domain("is_delivery", "=", False)
        domain &= Domain("customer_status", "in", [status for status, _ in CUSTOMER_STATUSES])
        if partner:
            domain &= Domain("order_partner_id", "child_of", partner.commercial_partner_id.id)
        if number and number.strip():
            domain &= self.env["sale.line.number"]._get_number_domain(number, number_type)
        domain &= self._get_document_domain(document, date_from, date_to)
        lines_sudo = self.sudo()  # joins moves, invoices and lots inside the access domain
        newest = "confirmed_on desc, id desc"
        found = lines_sudo.search_fetch(domain, FACT_FIELDS, offset, limit, newest)
        total = lines_sudo.search_count(domain, limit=count_limit)
        # lines of one order as they stand there; an index gives the order of the orders only
        found = found.sorted(lambda line: (line.sequence, line.id))
        return found.sorted(lambda line: (line.confirmed_on, line.order_id.id), reverse=True), total

    @api.model
    def _get_document_domain(self, document, date_from, date_to):
        if document == "invoice":
            posted = Domain("parent_state", "=", "posted")
            if date_from:
                posted &= Domain("invoice_date", ">=", date_from)
            if date_to:
                posted &= Domain("invoice_date", "<=", date_to)
            return Domain("invoice_lines", "any", posted & Domain("move_type", "in", INVOICE_TYPES))
        if document == "delivery_slip":
            done = Domain("state", "=", "done") & Domain("location_dest_id.usage", "=", "customer")
            done &= get_moment_domain(self.env, "picking_id.date_done", date_from, date_to)
            return Domain("move_ids", "any", done)
        return get_moment_domain(self.env, "confirmed_on", date_from, date_to)

    def _get_portal_url(self):
        """This line on the page of its order."""
        self.ensure_one()
        return f"/my/orders/{self.order_id.id}#line-{self.id}"

    def _get_portal_facts(self):
        """What happened to lines; see ``sale.line.facts``."""
        return self.env["sale.line.facts"]._get_facts(self)

    # --- deliveries by e-mail -------------------------------------------------------------------

    def _can_be_emailed(self):
        """Whether marking a delivery by e-mail makes the delivered quantity of this line."""
        self.ensure_one()
        return (
            self.state == "sale"
            and self.product_id.is_email_delivery
            and self.qty_delivered_method == "manual"
        )

    def _check_email_delivery(self):
        """Refuse lines that cannot be marked as sent by e-mail.

        :raise ValidationError: that says why
        """
        names = {"product": self.product_id.display_name, "order": self.order_id.name}
        if not self.product_id.is_email_delivery:
            reason = self.env._("%(product)s is not delivered by e-mail.", **names)
        elif self.state != "sale":
            reason = self.env._("Order %(order)s is not confirmed, or cancelled.", **names)
        elif self.qty_delivered_method == "stock_move":
            reason = self.env._(
                "%(product)s moves through the warehouse: its delivery order makes the delivered "
                "quantity. What is sent by e-mail only should be a service.",
                **names,
            )
        elif self.qty_delivered_method != "manual":
            reason = self.env._(
                "The delivered quantity of %(product)s comes from timesheets or expenses.", **names
            )
        else:
            self.order_id._check_delivery_hold()
            return
        raise ValidationError(reason)

    def _get_email_sent_qty(self):
        """Return what was sent by e-mail and counts as delivered, in the unit of the line."""
        self.ensure_one()
        return sum(self.email_delivery_ids.mapped("quantity"))

    def _add_email_delivered_qty(self, quantity):
        """Deliver more or, with a negative quantity, less, in the unit of the line."""
        line_sudo = self.sudo()  # clerks of the warehouse do not write orders
        line_sudo.qty_delivered += quantity

    @api.model
    def mark_email_delivered(self, deliveries):
        """Mark order lines of software and licences as sent by e-mail.

        All or nothing: one wrong row and nothing is marked. The customer sees date, quantity and
        keys on the order page, and is told by mail when he wants to be.

        :param list deliveries: ``{'line_id': id of a sale.order.line, 'quantity': in the unit of
            the line, 'date': 'YYYY-MM-DD', default today, 'keys': list of licence keys or one text
            with a key on each line, optional}``
        :return: ids of the ``sale.line.delivery`` that were made, in the order of the rows
        :rtype: list
        :raise AccessError: for who is neither salesperson nor clerk of the warehouse
        :raise UserError: naming the row, when a line is unknown, of another company, or not sent
            by e-mail, when more would be sent than is open, when the date is in the future, or
            when there are more keys than pieces
        """
        self.env["sale.line.delivery"].check_access("create")
        if not isinstance(deliveries, list | tuple) or not deliveries:
            raise UserError(self.env._("There is no delivery in the list."))
        return [self._mark_email_delivered(number, row) for number, row in enumerate(deliveries, 1)]

    @api.model
    def _mark_email_delivered(self, number, row):
        model = self.env["sale.line.delivery"]
        try:
            delivery = model.create(model._prepare_row(row))
            delivery.flush_recordset()
        except AccessError:
            raise
        except UserError as error:
            raise UserError(
                self.env._("Delivery %(number)s: %(reason)s", number=number, reason=error)
            ) from error
        return delivery.id

    def _get_email_deliveries(self):
        """What was sent of these lines by e-mail, for the customer.

        The lines must have been found inside the access domain of the user.

        :return: ``{line_id: [{'id', 'date', 'quantity', 'keys': [text]}]}``, newest first; lines
            without a delivery are left out
        :rtype: dict
        """
        found = defaultdict(list)
        deliveries_sudo = self.env["sale.line.delivery"].sudo()
        domain = Domain("sale_line_id", "in", self.ids)
        names = ["sale_line_id", "date", "quantity", "keys"]
        for delivery in deliveries_sudo.search_fetch(domain, names):
            found[delivery.sale_line_id.id].append(
                {
                    "id": delivery.id,
                    "date": delivery.date,
                    "quantity": delivery.quantity,
                    "keys": delivery._get_keys(),
                }
            )
        return dict(found)
