import logging
from datetime import datetime, time, timedelta

import pytz
from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.eta_text import OPEN_ETA_STATES
from ..tools.portal_format import PortalFormat

_logger = logging.getLogger(__name__)

# Changes are told when they are that old: by then every transaction that made one has ended.
LAG = timedelta(minutes=15)
CHANGE_FIELDS = [
    *("sale_line_id", "old_first", "old_last", "old_state"),
    *("new_first", "new_last", "new_state"),
]


class PortalDigest(models.AbstractModel):
    """At most one mail a day about suppliers' dates that changed, for who asked for it."""

    _name = "portal.digest"
    _description = "Digest of Changed Dates"

    @api.model
    def _cron_send(self):
        """From the digest hour of each company on: its digests, and its back orders."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            if not self._run_company(company):
                break
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _run_company(self, company):
        """:return: whether there is time left for another company"""
        cron = self.env["ir.cron"]
        until = fields.Datetime.now() - LAG
        due = self._get_due_moment(company) - LAG
        self._queue_back_orders(company, due, until)
        users_sudo = self.env["res.users"].sudo().search(self._get_user_domain(company, due))
        cron._commit_progress(remaining=len(users_sudo))
        for user_sudo in users_sudo:
            self._try_send(user_sudo, until)
            if not cron._commit_progress(1):
                return False
        return True

    @api.model
    def _get_due_moment(self, company):
        """When the digest hour of a company last began (UTC)."""
        zone = pytz.timezone(company.partner_id.tz or "UTC")
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone)
        hour = time(int(company.portal_digest_hour))
        day = now.date() if now.time() >= hour else now.date() - timedelta(days=1)
        local = zone.localize(datetime.combine(day, hour))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _queue_back_orders(self, company, due, until):
        """Once a day; the first run of a company only notes where it begins."""
        since = company.portal_back_orders_until
        if since and since >= due:
            return
        if since:
            self.env["portal.notification"]._queue_found(company, since, until)
        company.portal_back_orders_until = until

    @api.model
    def _get_user_domain(self, company, due):
        waiting = Domain("portal_digest_until", "=", False)
        waiting |= Domain("portal_digest_until", "<", due)
        domain = Domain("portal_eta_digest", "!=", "none") & Domain("share", "=", True)
        return domain & Domain("company_id", "=", company.id) & waiting

    @api.model
    def _try_send(self, user_sudo, until):
        """Mail and mark in one transaction; who could not be mailed is tried again."""
        try:
            with self.env.cr.savepoint():
                self._send(user_sudo, until)
        except OperationalError:
            raise  # the job starts again from here
        except Exception:
            _logger.exception("The digest of %s could not be made", user_sudo.login)

    @api.model
    def _send(self, user_sudo, until):
        since = user_sudo.portal_digest_until or until
        template = self.env.ref("customer_portal.mail_template_eta_digest", False)
        if template and template.active:
            localized = user_sudo.with_context(lang=user_sudo.lang, tz=self._get_tz(user_sudo))
            orders = self._prepare_orders(localized, since, until)
            if orders:
                values = {"email_to": user_sudo._get_link_address()}
                template.with_context(portal_digest=orders).send_mail(
                    user_sudo.id, email_values=values
                )
        user_sudo.portal_digest_until = until

    @api.model
    def _get_tz(self, user_sudo):
        return user_sudo.tz or user_sudo.company_id.partner_id.tz or "UTC"

    @api.model
    def _prepare_orders(self, user_sudo, since, until):
        """What changed for a user, one entry an order, newest order last.

        :param user_sudo: in the language and time zone of the user
        :param since: moment (UTC) up to which the user knows
        :param until: last moment (UTC) that counts
        :return: ``[{'order': sale.order, 'rows': [{'line', 'name', 'number', 'old', 'new',
            'days', 'is_later', 'is_taken_back', 'is_named'}]}]``; ``days`` later, or earlier
            when negative; dates as text
        :rtype: list
        """
        fmt = PortalFormat(user_sudo.env)
        changes = self._get_changes(user_sudo, since, until)
        rows = [self._prepare_row(line, own, fmt) for line, own in changes.items()]
        if user_sudo.portal_eta_digest == "later":
            rows = [row for row in rows if row and row["is_later"]]
        by_order = {}
        for row in filter(None, rows):
            by_order.setdefault(row["line"].order_id, []).append(row)
        return [
            {"order": order, "rows": sorted(by_order[order], key=lambda row: row["line"].sequence)}
            for order in sorted(by_order, key=lambda order: (order.confirmed_on, order.id))
        ]

    @api.model
    def _get_changes(self, user_sudo, since, until):
        """Changes of open lines that the user may see, oldest first.

        :return: ``{sale.order.line: sale.order.line.eta.change}`` (sudo)
        """
        changes_sudo = user_sudo.env["sale.order.line.eta.change"]
        domain = user_sudo._get_access_domain(changes_sudo._name)
        domain &= Domain("changed_on", ">", since) & Domain("changed_on", "<=", until)
        domain &= Domain("sale_line_id.eta_state", "in", OPEN_ETA_STATES)
        domain &= Domain("sale_line_id.confirmed_on", "!=", False)
        found = changes_sudo.search_fetch(domain, CHANGE_FIELDS, order="changed_on, id")
        return found.grouped("sale_line_id")

    @api.model
    def _prepare_row(self, line, changes, fmt):
        """From the first old to the last new date; nothing when that is the same again."""
        old = self._get_read(changes[0], "old")
        new = self._get_read(changes[-1], "new")
        if old == new:
            return None
        product = line.product_id
        return {
            "line": line,
            "name": product.name,
            "number": product.maker_part_number or product.default_code or "",
            "quantity": fmt.quantity(line.customer_open_qty),
            "old": fmt.period(*old),
            "new": fmt.period(*new),
            "days": self._get_days(old, new),
            "is_later": self._is_later(old, new),
            "is_taken_back": bool(old[0] and not new[0]),
            "is_named": bool(new[0] and not old[0]),
        }

    @api.model
    def _get_read(self, change, side):
        """First and last date, and whether a part had none: what the customer read."""
        first, last, state = (change[f"{side}_{name}"] for name in ("first", "last", "state"))
        return first or False, last or False, state == "partial"

    @api.model
    def _get_days(self, old, new):
        if not old[0] or not new[0]:
            return 0
        return (new[1] - old[1]).days or (new[0] - old[0]).days

    @api.model
    def _is_later(self, old, new):
        """Whether the whole quantity is there later than was said, or nobody says when."""
        if not old[0]:
            return False
        if not new[0] or (new[2] and not old[2]):
            return True
        return self._get_days(old, new) > 0
