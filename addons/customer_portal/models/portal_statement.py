from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sale_line_number import CUSTOMER_TYPES

ITEM_FIELDS = [
    *("move_id", "partner_id", "company_id", "currency_id", "date", "date_maturity", "ref"),
    *("amount_currency", "amount_residual_currency", "discount_date", "discount_amount_currency"),
]
MOVE_FIELDS = [
    *("name", "move_type", "state", "invoice_date", "ref", "payment_state", "currency_id"),
    *("amount_total", "amount_residual", "commercial_partner_id", "partner_bank_id"),
]
KINDS = {"out_invoice": "invoice", "out_receipt": "invoice", "out_refund": "credit"}
# Days overdue up to which an item belongs to a bucket; the last one has no end.
BUCKETS = (0, 30, 60, 90, None)


class PortalStatement(models.AbstractModel):
    """What customers owe on a day and what is owed to them: the open items of the books.

    An item is a journal item of a receivable account, so each instalment of an invoice has its own
    due date, and the totals are those of Odoo's own receivables. Items are grouped into accounts:
    one for each of our companies, customer that is billed, and currency.
    """

    _name = "portal.statement"
    _description = "Statement of Account"

    # --- open items -----------------------------------------------------------------------------

    @api.model
    def _get_own_items(self):
        """Open items that the user of the portal may see: of invoices inside his access domain,
        and what was paid to the accounts of his companies and is not matched yet.

        :return: ``account.move.line`` (sudo); none without the role for prices
        """
        user = self.env.user
        lines_sudo = self.env["account.move.line"].sudo()  # inside the access domain only
        if not (user._is_portal() and user._has_access_role("prices")):
            return lines_sudo
        invoices = user._get_access_domain("account.move")
        invoices &= Domain("move_type", "in", CUSTOMER_TYPES)
        invoices &= Domain("payment_state", "not in", ("paid", "reversed"))
        moves_sudo = self.env["account.move"].sudo().search(invoices)
        paid = user._get_access_partner_domain("partner_id")
        paid &= Domain("company_id", "in", user._get_company_ids())
        paid &= Domain("move_id.move_type", "=", "entry")
        billed_sudo = self._search_items(lines_sudo, Domain("move_id", "in", moves_sudo.ids))
        return billed_sudo | self._search_items(lines_sudo, paid)

    @api.model
    def _get_customer_items(self, partners):
        """Open items of customers and of all below them, with the rights of who asks.

        :param partners: ``res.partner``
        :return: ``account.move.line`` of the companies that the user works in
        :raise AccessError: who has no right on the books
        """
        domain = Domain("partner_id", "child_of", partners.ids)
        domain &= Domain("company_id", "in", self.env.companies.ids)
        return self._search_items(self.env["account.move.line"], domain)

    @api.model
    def _search_items(self, lines, domain):
        # sudo: which accounts are receivable; by their ids the index of open items is used
        accounts_sudo = self.env["account.account"].sudo().with_context(active_test=False)
        receivable = accounts_sudo.search([("account_type", "=", "asset_receivable")])
        domain &= Domain("account_id", "in", receivable.ids)
        domain &= Domain("parent_state", "=", "posted") & Domain("reconciled", "=", False)
        items = lines.search_fetch(domain, ITEM_FIELDS, order="date_maturity, date, id")
        return items.filtered(
            lambda item: not item.currency_id.is_zero(item.amount_residual_currency)
        )

    # --- accounts -------------------------------------------------------------------------------

    @api.model
    def _prepare_accounts(self, items, today):
        """Open items by our company, customer and currency, with their totals.

        :param items: ``account.move.line``
        :param today: date from which days overdue are counted
        :return: ``[{'key', 'company', 'partner', 'currency', 'items', 'open', 'overdue', 'due',
            'credits', 'unmatched', 'buckets', 'overdue_since', 'next_due', 'next_amount'}]``;
            amounts in the currency of the account, credits and unmatched payments are negative
        :rtype: list
        """
        items.move_id.fetch(MOVE_FIELDS)
        orders = self._get_orders(items.move_id)
        received = {move: move._get_unbooked_amount() for move in items.move_id}
        items = items.sorted(lambda item: item.date_maturity or item.date)
        groups = items.grouped(
            lambda item: (item.company_id, item.partner_id.commercial_partner_id, item.currency_id)
        )
        accounts = []
        for (company, partner, currency), grouped in groups.items():
            rows = [self._prepare_item(item, today, orders, received) for item in grouped]
            accounts.append(
                {
                    "key": f"{company.id}-{partner.id}-{currency.id}",
                    "company": company,
                    "partner": partner,
                    "currency": currency,
                    "items": rows,
                    **self._get_totals(rows, currency, today),
                }
            )
        return sorted(
            accounts,
            key=lambda one: (one["company"].id, one["partner"].display_name, one["currency"].name),
        )

    @api.model
    def _prepare_item(self, item, today, orders, received):
        """What pages, print and file show of one open item. What payments brought that have no
        entry in the books yet is not open any more; ``received`` has what is left of it.
        """
        move = item.move_id
        kind = KINDS.get(move.move_type) or ("payment" if item.amount_currency < 0 else "other")
        due = item.date_maturity or item.date
        amount = item.amount_currency
        is_invoice = kind == "invoice"
        part = min(received[move], item.amount_residual_currency) if is_invoice else 0
        received[move] -= part
        is_late = is_invoice and due < today and part < item.amount_residual_currency
        has_discount = is_invoice and item.discount_date and item.discount_date >= today
        return {
            "item": item,
            "move": move,
            "kind": kind,
            "label": self._get_kind_labels()[kind],
            "number": move.name,
            "reference": self._get_reference(item, kind, orders[move.id]),
            "orders": orders[move.id],
            "date": move.invoice_date or item.date,
            "due": due,
            "days": (today - due).days if is_late else 0,
            "is_disputed": move.payment_state == "blocked",
            "whole": move.amount_total if is_invoice and amount != move.amount_total else 0,
            "discount": amount - item.discount_amount_currency if has_discount else 0,
            "amount": amount,
            "received": part,
            "open": item.currency_id.round(item.amount_residual_currency - part),
        }

    @api.model
    def _get_kind_labels(self):
        return {
            "invoice": self.env._("invoice"),
            "credit": self.env._("credit note"),
            "payment": self.env._("payment"),
            "other": self.env._("booking"),
        }

    @api.model
    def _get_reference(self, item, kind, orders_sudo):
        """The customer's own words: of his orders, else of the document or the payment. What our
        accountants wrote on other bookings is for us.
        """
        references = [order.client_order_ref for order in orders_sudo if order.client_order_ref]
        if references:
            return ", ".join(dict.fromkeys(references))
        return "" if kind in ("other", "credit") else item.move_id.ref or item.ref or ""

    @api.model
    def _get_orders(self, moves):
        """The orders that documents are about, with one query for all.

        :param moves: ``account.move`` that the user may see
        :return: ``{id: sale.order (sudo)}``
        :rtype: dict
        """
        orders_sudo = self.env["sale.order"].sudo()  # what stands on a document that he may see
        found = dict.fromkeys(moves.ids, orders_sudo)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.move_id, array_agg(DISTINCT line.order_id ORDER BY line.order_id)
                  FROM account_move_line item
                  JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
                  JOIN sale_order_line line ON line.id = link.order_line_id
                 WHERE item.move_id = ANY(%s)
                 GROUP BY item.move_id
                """,
                moves.ids,
            )
        )
        orders_sudo.browse({one for _id, ids in rows for one in ids}).fetch(
            ["name", "client_order_ref"]
        )
        return found | {move_id: orders_sudo.browse(ids) for move_id, ids in rows}

    # --- totals ---------------------------------------------------------------------------------

    @api.model
    def _get_totals(self, rows, currency, today):
        """Sums of the items of an account; see ``_prepare_accounts``."""
        charged = [row for row in rows if row["open"] > 0]
        overdue = [row for row in charged if row["due"] < today]
        ahead = [row for row in charged if row["due"] >= today]
        next_due = ahead[0]["due"] if ahead else None
        sums = {
            "open": rows,
            "charged": charged,
            "overdue": overdue,
            "due": [row for row in charged if row["due"] <= today],
            "credits": [row for row in rows if row["open"] < 0 and row["kind"] != "payment"],
            "unmatched": [row for row in rows if row["open"] < 0 and row["kind"] == "payment"],
            "next_amount": [row for row in ahead if row["due"] == next_due],
        }
        return {
            **{key: self._get_sum(some, currency) for key, some in sums.items()},
            "buckets": self._get_buckets(charged, currency, today),
            "overdue_since": overdue[0]["due"] if overdue else None,
            "next_due": next_due,
        }

    @api.model
    def _get_sum(self, rows, currency):
        return currency.round(sum(row["open"] for row in rows))

    @api.model
    def _get_buckets(self, rows, currency, today):
        """What is charged by its age.

        :return: ``[(label, amount)]``: not overdue, up to 30, 60, 90 days, and longer
        :rtype: list
        """
        env = self.env
        labels = [
            env._("not overdue"),
            env._("1 to 30 days overdue"),
            env._("31 to 60 days overdue"),
            env._("61 to 90 days overdue"),
            env._("more than 90 days overdue"),
        ]
        sums = [0.0] * len(BUCKETS)
        for row in rows:
            days = (today - row["due"]).days
            place = next(
                place for place, last in enumerate(BUCKETS) if last is None or days <= last
            )
            sums[place] += row["open"]
        return [(label, currency.round(one)) for label, one in zip(labels, sums, strict=True)]

    # --- credit limits --------------------------------------------------------------------------

    @api.model
    def _get_own_limits(self, accounts):
        """Credit limits that the user of the portal may see: of companies whose every open amount
        is his to see. A branch is not told the limit of its head office.

        :param accounts: from ``_prepare_accounts``
        :return: as ``_get_limits``
        """
        user = self.env.user
        if user._get_access_scope() == "own":
            return []
        own_sudo = user._get_access_root()
        visible = set(own_sudo._get_ids_below())
        for account in accounts:
            if account["partner"].id in visible:
                own_sudo |= account["partner"].sudo()  # he reads the limit inside his domain only
        companies_sudo = self.env.company.sudo()
        companies_sudo |= companies_sudo.union(*(one["company"].sudo() for one in accounts))
        return self._get_limits(own_sudo, companies_sudo)

    @api.model
    def _get_limits(self, partners, companies):
        """Credit limits of those that have one, or whose deliveries wait for one, counted as the
        hold of deliveries counts them.

        :param partners: ``res.partner``, companies of customers
        :param companies: ``res.company`` of ours
        :return: ``[{'partner', 'company', 'currency', 'limit', 'open', 'ordered', 'left'}]``,
            amounts in the currency of the company; ordered is what is not invoiced yet of orders
            that may leave before they are paid
        :rtype: list
        """
        found = []
        for company in companies:
            for partner in partners.with_company(company):
                has_limit = company.account_use_credit_limit and partner.credit_limit
                if has_limit or partner._get_delivery_term(company) == "credit_limit":
                    found.append(self._prepare_limit(partner, company))
        return found

    @api.model
    def _prepare_limit(self, partner, company):
        currency = company.currency_id
        orders_sudo = self.env["sale.order"].sudo()  # their sum alone is told
        siblings_sudo = orders_sudo._get_limit_siblings(partner, company).get(partner, orders_sudo)
        using_sudo = siblings_sudo.filtered(lambda order: order._is_using_limit())
        left = partner._get_credit_left(company, siblings_sudo)
        left -= sum(order._get_credit_amounts()[1] for order in using_sudo)
        owed = partner._get_credit_owed(company)
        return {
            "partner": partner,
            "company": company,
            "currency": currency,
            "limit": partner.credit_limit,
            "open": currency.round(owed),
            "ordered": currency.round(partner.credit_limit - owed - left),
            "left": currency.round(left),
        }

    # --- payment --------------------------------------------------------------------------------

    @api.model
    def _prepare_payment(self, account, choice, today):
        """What is paid of an account at once: its invoices, less the open credit notes.

        Left out are invoices in dispute, those with a payment under way, and what cannot be paid
        online. Payments that are not matched yet are not set off: what they were for is unknown.

        :param dict account: from ``_prepare_accounts``
        :param str choice: due (until today) or open (all of them)
        :param today: date
        :return: ``{'invoices': items, 'credits': items, 'amount', 'set_off'}``; the amount is 0
            where the credit notes cover all
        :rtype: dict
        """
        invoices = [
            row
            for row in account["items"]
            if row["kind"] == "invoice"
            and (choice == "open" or row["due"] <= today)
            and row["open"] > 0
            and row["move"]._has_to_be_paid()
        ]
        credits = [row for row in account["items"] if row["kind"] == "credit"] if invoices else []
        currency = account["currency"]
        amount = self._get_sum(invoices + credits, currency)
        return {
            "invoices": invoices,
            "credits": credits,
            "amount": max(amount, 0),
            "set_off": self._get_sum(credits, currency),
        }

    @api.model
    def _get_bank_accounts(self, accounts):
        """Where a customer pays to: what stands on the invoices, else the usual one of the company.

        :param accounts: from ``_prepare_accounts``
        :return: ``res.partner.bank`` (sudo)
        """
        banks_sudo = self.env["res.partner.bank"].sudo()  # ours; they stand on every invoice
        for account in accounts:
            company_sudo = account["company"].sudo()
            ours_sudo = company_sudo.partner_id
            named_sudo = banks_sudo.union(
                *(row["move"].sudo().partner_bank_id for row in account["items"])
            )
            found_sudo = named_sudo.filtered(lambda bank, ours=ours_sudo: bank.partner_id == ours)
            banks_sudo |= found_sudo or company_sudo._get_payment_account()
        return banks_sudo

    # --- file -----------------------------------------------------------------------------------

    @api.model
    def _get_columns(self):
        """Labels and kinds of the columns of the file: ``[(label, kind)]``."""
        env = self.env
        return [
            (env._("Billed to"), "text"),
            (env._("Document"), "text"),
            (env._("Number"), "text"),
            (env._("Your reference"), "text"),
            (env._("Orders"), "text"),
            (env._("Date"), "date"),
            (env._("Due"), "date"),
            (env._("Days overdue"), "number"),
            (env._("Amount"), "money"),
            (env._("Open"), "money"),
            (env._("Currency"), "text"),
        ]

    @api.model
    def _get_rows(self, accounts):
        """Rows of the file, as ``_get_columns`` has them.

        :param accounts: from ``_prepare_accounts``
        """
        return [
            (
                account["partner"].display_name,
                row["label"],
                row["number"],
                row["reference"],
                ", ".join(row["orders"].mapped("name")),
                row["date"],
                row["due"],
                row["days"],
                row["amount"],
                row["open"],
                account["currency"].name,
            )
            for account in accounts
            for row in account["items"]
        ]
