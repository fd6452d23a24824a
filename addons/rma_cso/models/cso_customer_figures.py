from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.customer_portal.tools.period import get_moment_domain

ARTICLES = 20
# What became of a position: settled, at an end without a settlement, or still open.
DONE_STATES = ("credited", "settled")
ENDED_STATES = ("refused", "expired", "withdrawn")


class CsoCustomerFigures(models.AbstractModel):
    """The returns of a customer in numbers, as far as one user of theirs may see."""

    _name = "cso.customer.figures"
    _description = "Return Figures of a Customer"

    # ------------------------------------------------------------------ periods
    @api.model
    def _get_periods(self):
        """Return the periods that can be chosen: ``{key: (label, first day, last day)}``.

        Days are of the user's time zone; None where a period has no end there.
        """
        today = fields.Date.context_today(self)
        year = today.replace(month=1, day=1)
        before = year - relativedelta(years=1)
        return {
            "months": (self.env._("12 months"), today - relativedelta(months=12), None),
            "year": (str(year.year), year, None),
            "before": (str(before.year), before, year - relativedelta(days=1)),
            "all": (self.env._("All"), None, None),
        }

    @api.model
    def _get_domain(self, period):
        """Return the submitted positions of a period that the user may see (``Domain``)."""
        _label, first, last = self._get_periods()[period]
        domain = self.env.user._get_access_domain("cso.rma.line")
        domain &= Domain("submitted_on", "!=", False)
        return domain & get_moment_domain(self.env, "submitted_on", first, last)

    # ------------------------------------------------------------------ figures
    @api.model
    def _get_figures(self, period="months"):
        """Return all figures of a period, with a fixed number of queries.

        :param str period: a key of ``_get_periods``
        :return: dict: ``total``, ``by_reason`` and ``by_product`` (lists of counts, most first),
            ``more_products`` (how many articles are left out), ``by_result`` (pairs of text and
            number), ``days`` (of ``_get_credit_days``), ``amounts`` (of ``_get_amounts``)
        """
        domain = self._get_domain(period)
        by_reason = self._count_by(domain, "reason_id")
        by_product = self._count_by(domain, "product_id")
        return {
            "total": self._sum_counts(by_reason),
            "by_reason": by_reason,
            "by_product": by_product[:ARTICLES],
            "more_products": max(len(by_product) - ARTICLES, 0),
            "by_result": self._count_results(domain),
            "days": self._get_credit_days(domain),
            "amounts": self._get_amounts(domain),
        }

    @api.model
    def _count_by(self, domain, field):
        """Return how many positions there are of each record of a field, most first.

        :return: list of dicts: ``record``, ``all``, ``open``, ``done`` and ``ended``
        """
        # Inside the access domain only; customers read no products of their own right.
        lines_sudo = self.env["cso.rma.line"].sudo()
        counts = defaultdict(lambda: dict.fromkeys(("all", "open", "done", "ended"), 0))
        for record, state, count in lines_sudo._read_group(domain, [field, "state"], ["__count"]):
            counts[record]["all"] += count
            counts[record][self._get_fate(state)] += count
        rows = [{"record": record, **row} for record, row in counts.items()]
        return sorted(rows, key=lambda row: (-row["all"], row["record"].display_name))

    @api.model
    def _get_fate(self, state):
        """Return where a state of a position is counted: open, done or ended."""
        if state in DONE_STATES:
            return "done"
        return "ended" if state in ENDED_STATES else "open"

    @api.model
    def _sum_counts(self, rows):
        return {key: sum(row[key] for row in rows) for key in ("all", "open", "done", "ended")}

    @api.model
    def _count_results(self, domain):
        """Return what became of the positions: pairs of text and number, most first."""
        lines_sudo = self.env["cso.rma.line"].sudo()  # inside the access domain only
        labels = dict(lines_sudo._fields["state"]._description_selection(self.env))
        counts = defaultdict(int)
        groups = lines_sudo._read_group(domain, ["outcome_id", "state"], ["__count"])
        for outcome, state, count in groups:
            if state in ENDED_STATES:
                counts[labels[state]] += count
            elif outcome:
                counts[outcome.name] += count
            else:
                counts[self.env._("Not decided yet")] += count
        return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

    @api.model
    def _get_credit_days(self, domain):
        """Return how long it took from the request to the last posted credit note of a position.

        :return: dict: ``count`` (positions), ``median`` and ``longest`` (calendar days; None
            where nothing is credited)
        """
        self.env["account.move"].flush_model(["cso_posted_on", "move_type", "state"])
        self.env["account.move.line"].flush_model(["cso_rma_line_id", "move_id"])
        found_sudo = self.env["cso.rma.line"].sudo()._search(domain)  # inside the access domain
        query = SQL(
            """
            SELECT COUNT(*), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY days), MAX(days)
              FROM (SELECT EXTRACT(EPOCH FROM MAX(move.cso_posted_on) - position.submitted_on)
                           / 86400 AS days
                      FROM cso_rma_line position
                      JOIN account_move_line item ON item.cso_rma_line_id = position.id
                      JOIN account_move move ON move.id = item.move_id
                     WHERE position.id IN %s
                       AND move.move_type = 'out_refund'
                       AND move.state = 'posted'
                     GROUP BY position.id, position.submitted_on) credited
            """,
            found_sudo.subselect(),
        )
        [(count, median, longest)] = self.env.execute_query(query)
        return {
            "count": count,
            "median": median if median is None else round(median),
            "longest": longest if longest is None else round(longest),
        }

    @api.model
    def _get_amounts(self, domain):
        """Return what was credited, without tax, for who may see prices.

        :return: list of dicts, one per currency: ``currency``, ``credited`` (fees taken off) and
            ``fees`` (positive), in that currency
        """
        documents = self.env.user._get_access_domain("account.move.line")
        if documents.is_false() or not self.env.user._has_access_role("prices"):
            return []
        documents &= Domain("parent_state", "=", "posted")
        documents &= Domain("move_type", "=", "out_refund") & Domain("display_type", "=", "product")
        documents &= Domain("cso_rma_line_id", "any", domain)
        amounts = defaultdict(lambda: {"credited": 0.0, "fees": 0.0})
        lines_sudo = self.env["account.move.line"].sudo()  # inside the access domain only
        groups = lines_sudo._read_group(
            documents, ["currency_id", "is_cso_fee"], ["price_subtotal:sum"]
        )
        for currency, is_fee, amount in groups:
            amounts[currency]["credited"] += amount
            amounts[currency]["fees"] -= amount if is_fee else 0.0
        return [{"currency": currency, **row} for currency, row in amounts.items()]
