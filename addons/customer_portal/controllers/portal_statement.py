from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.http import content_disposition, request
from odoo.tools.misc import get_lang

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..tools.portal_format import PortalFormat
from ..tools.table_file import CsvTable

# Rows of an account on the page; print and file have all of them.
ROW_LIMIT = 500
PAGE = "/my/statement"
REPORT = "customer_portal.action_report_statement"


class StatementPortal(PortalAccount, PaymentPortal):
    @http.route(PAGE, type="http", auth="user", methods=["GET"], website=True, readonly=True)
    def portal_my_statement(self, paid=None, **kw):
        """Open invoices, what is due and overdue, and the ways to pay; by right to see prices."""
        self._ensure_statement()
        fmt = PortalFormat(request.env)
        statement = request.env["portal.statement"]
        accounts = self._get_statement_accounts(fmt)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="statement",
            portal_page="statement",
            fmt=fmt,
            accounts=self._prepare_statement_accounts(accounts, fmt),
            limits=statement._get_own_limits(accounts),
            banks=statement._get_bank_accounts(accounts),
            own_partner=request.env.user._get_access_root(),
            row_limit=ROW_LIMIT,
            payment_text=self._get_statement_text(fmt) if paid else "",
        )
        return request.render("customer_portal.portal_my_statement", values)

    @http.route(
        f"{PAGE}/pdf", type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def portal_my_statement_pdf(self, **kw):
        """The statement of today as PDF, in the language of the user."""
        self._ensure_statement()
        # sudo: the report looks at the user, who sees what his access domain holds
        reports_sudo = request.env["ir.actions.report"].sudo()
        partner_id = request.env.user.partner_id.id
        content, kind = reports_sudo._render_qweb_pdf(REPORT, [partner_id])
        return self._send_statement(content, kind, "application/pdf" if kind == "pdf" else None)

    @http.route(
        f"{PAGE}/csv", type="http", auth="user", methods=["GET"], website=True, readonly=True
    )
    def portal_my_statement_csv(self, **kw):
        """The open items as CSV, for a spreadsheet of the user's language."""
        self._ensure_statement()
        statement = request.env["portal.statement"]
        accounts = self._get_statement_accounts(PortalFormat(request.env))
        columns = statement._get_columns()
        table = CsvTable([kind for _label, kind in columns], get_lang(request.env))
        content = table.head([label for label, _kind in columns])
        rows = statement._get_rows(accounts)
        content += table.rows(rows) if rows else b""
        return self._send_statement(content, "csv", "text/csv; charset=utf-8")

    def _send_statement(self, content, extension, content_type):
        headers = [
            ("Content-Type", content_type or "text/html; charset=utf-8"),
            ("Content-Length", len(content)),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if content_type:
            day = PortalFormat(request.env).today.isoformat()
            name = f"{request.env._('statement')}-{day}.{extension}"
            headers.append(("Content-Disposition", content_disposition(name)))
        return request.make_response(content, headers)

    # --- payment --------------------------------------------------------------------------------

    @http.route(
        f"{PAGE}/pay/<string:key>/<any(due, open):choice>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_my_statement_pay(self, key, choice, **kw):
        """Odoo's own payment form for what is due of an account, or for all that is open."""
        account = self._find_statement_account(key)
        fmt = PortalFormat(request.env)
        payment = request.env["portal.statement"]._prepare_payment(account, choice, fmt.today)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="statement",
            portal_page="statement",
            fmt=fmt,
            account=account,
            payment=payment,
            choice=choice,
        )
        if payment["amount"]:
            values.update(self._prepare_statement_payment(account, payment, choice))
        return request.render("customer_portal.portal_my_statement_pay", values)

    @http.route(
        f"{PAGE}/transaction/<string:key>/<any(due, open):choice>",
        type="jsonrpc",
        auth="user",
        website=True,
    )
    def portal_my_statement_transaction(
        self, key, choice, amount=None, access_token=None, payment_reference=None, **kwargs
    ):
        """Begin a payment. The server counts what is to be paid; what the page said before is
        compared with it.

        :raise ValidationError: when there is another amount to be paid by now
        :return: what Odoo's payment form needs to go on
        """
        account = self._find_statement_account(key)
        today = PortalFormat(request.env).today
        payment = request.env["portal.statement"]._prepare_payment(account, choice, today)
        difference = payment["amount"] - (self._cast_as_float(amount) or 0)
        # what is no number is like nothing either
        if not payment["amount"] or not abs(difference) < account["currency"].rounding / 2:
            raise ValidationError(
                request.env._("The open amount has changed meanwhile. Open your statement again.")
            )
        self._validate_transaction_kwargs(kwargs)
        kwargs.update(amount=payment["amount"], landing_route=f"{PAGE}?paid=1")
        moves_sudo = self._get_statement_moves(payment)
        return self._process_transaction(
            request.env.user.partner_id.id,
            account["currency"].id,
            moves_sudo.ids,
            self._get_statement_reference(account, moves_sudo),
            **kwargs,
        )

    @http.route()
    def portal_my_overdue_invoices(self, access_token=None, **kw):
        """The statement has all that is overdue, of all companies and currencies of a customer."""
        if request.env.user._is_portal():
            return request.redirect(PAGE)
        return super().portal_my_overdue_invoices(access_token=access_token, **kw)

    @http.route()
    def overdue_invoices_transaction(self, payment_reference, **kwargs):
        """Payments of several invoices begin at the statement, which counts the amount itself.

        :raise UserError: always; Odoo's own way takes the amount that the browser names
        """
        raise UserError(request.env._("Open your statement to pay several invoices at once."))

    def _get_overdue_invoices_domain(self, partner_id=None):
        """Of a customer: all overdue invoices that the record rules let him see, whoever they are
        addressed to.
        """
        domain = super()._get_overdue_invoices_domain(partner_id)
        if partner_id or not request.env.user._is_portal():
            return domain
        return [condition for condition in domain if condition[0] != "partner_id"]

    # --- what is shown --------------------------------------------------------------------------

    def _ensure_statement(self):
        """The statement is for customers who see prices; for others there is none."""
        user = request.env.user
        if not (user._is_portal() and user._has_access_role("prices")):
            raise NotFound()

    def _get_statement_accounts(self, fmt):
        statement = request.env["portal.statement"]
        return statement._prepare_accounts(statement._get_own_items(), fmt.today)

    def _find_statement_account(self, key):
        """The account of the user's own statement with this key, or 404."""
        self._ensure_statement()
        accounts = self._get_statement_accounts(PortalFormat(request.env))
        found = next((account for account in accounts if account["key"] == key), None)
        if not found:
            raise NotFound()
        return found

    def _prepare_statement_accounts(self, accounts, fmt):
        """Accounts with what the page shows besides: ways to pay, links."""
        companies = request.env["res.company"].union(*(one["company"] for one in accounts))
        payable = companies.filtered(self._can_pay_statement)
        order_ids = self._get_statement_order_ids(accounts)
        return [
            {
                **account,
                **self._prepare_statement_buttons(account, fmt, account["company"] in payable),
                "rows": [
                    self._prepare_statement_row(row, account["company"] in payable, order_ids)
                    for row in account["items"][:ROW_LIMIT]
                ],
            }
            for account in accounts
        ]

    def _prepare_statement_buttons(self, account, fmt, can_pay):
        amounts = {
            choice: request.env["portal.statement"]._prepare_payment(account, choice, fmt.today)
            for choice in ("due", "open")
            if can_pay
        }
        due, everything = (
            amounts[choice]["amount"] if can_pay else 0 for choice in ("due", "open")
        )
        return {
            "pay_url": f"{PAGE}/pay/{account['key']}",
            "pay_due": due,
            "pay_open": 0 if everything == due else everything,
            "can_pay": can_pay,
        }

    def _get_statement_order_ids(self, accounts):
        """Orders on the documents that the user may open; not every reader of invoices may."""
        orders_sudo = request.env["sale.order"].sudo()  # inside the access domain only
        named_sudo = orders_sudo.union(
            *(row["orders"] for account in accounts for row in account["items"])
        )
        domain = request.env.user._get_access_domain("sale.order")
        return set(orders_sudo.search(domain & Domain("id", "in", named_sudo.ids)).ids)

    def _prepare_statement_row(self, row, can_pay, order_ids):
        is_document = row["kind"] in ("invoice", "credit")
        page = f"/my/invoices/{row['move'].id}" if is_document else None
        is_open = row["kind"] == "invoice" and row["open"] > 0
        is_payable = can_pay and is_open and row["move"]._has_to_be_paid()
        return {
            **row,
            "url": page,
            "pay_url": f"{page}?payment=True#portal_pay" if is_payable else None,
            "order_links": [
                (order.name, f"/my/orders/{order.id}" if order.id in order_ids else None)
                for order in row["orders"]
            ],
        }

    def _can_pay_statement(self, company):
        """Whether customers of a company of ours may choose a provider of payments."""
        # sudo: customers read no providers; it is only asked whether there is one
        providers_sudo = request.env["payment.provider"].sudo()
        domain = Domain(providers_sudo._check_company_domain(company))
        domain &= Domain("state", "!=", "disabled") & Domain("is_published", "=", True)
        return bool(providers_sudo.search_count(domain, limit=1))

    def _prepare_statement_payment(self, account, payment, choice):
        values = self._get_common_page_view_values(
            {
                "partner": account["partner"],
                "company": account["company"],
                "total_amount": payment["amount"],
                "currency": account["currency"],
                "amount_residual": payment["amount"],
                "landing_route": f"{PAGE}?paid=1",
                "transaction_route": f"{PAGE}/transaction/{account['key']}/{choice}",
            }
        )
        return {**values, "amount": payment["amount"]}

    def _get_statement_moves(self, payment):
        """Invoices and credit notes (sudo, inside the access domain) that a payment is for."""
        moves_sudo = request.env["account.move"].sudo()
        rows = payment["invoices"] + payment["credits"]
        return moves_sudo.union(*(row["move"] for row in rows))

    def _get_statement_reference(self, account, moves_sudo):
        """One invoice: its number; several: a number of their own."""
        if len(moves_sudo) == 1:
            return moves_sudo.name
        return account["company"].get_next_batch_payment_communication()

    def _get_statement_text(self, fmt):
        """What became of the payment that the user comes back from."""
        tx_sudo = PaymentPostProcessing()._get_monitored_transaction()
        if not tx_sudo or tx_sudo.partner_id != request.env.user.partner_id:
            return ""
        amount = fmt.money(tx_sudo.amount, tx_sudo.currency_id)
        if tx_sudo.state == "done":
            return request.env._("✓ Your payment of %(amount)s was received.", amount=amount)
        if tx_sudo.state in ("pending", "authorized"):
            return request.env._("Your payment of %(amount)s is under way.", amount=amount)
        return request.env._("Your payment of %(amount)s was not completed.", amount=amount)
