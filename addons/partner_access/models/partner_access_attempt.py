import ipaddress
import time
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessDenied
from odoo.fields import Domain
from odoo.modules.registry import Registry
from odoo.tools import SQL, hmac

from ..tools.request_address import get_address

# Seconds to wait after the first, second, … wrong password of one account from one network.
PAUSES = [0, 0, 0, 0, 30, 60, 120, 300, 600, 900]
FORGOTTEN = timedelta(days=1)  # after the last failure of an account from a network
RECENT = timedelta(hours=1)
ACCOUNT_LIMIT = 20  # recent failures of one account from networks that it does not know
ACCOUNT_PAUSE = 60  # seconds that another network which it does not know waits then
NETWORK_LIMIT = 100  # recent failures of one network with accounts that never came from there
NETWORK_PAUSE = 900
TRIES = 5
# How often and how long the right passwords of one program, sent at once, wait for each other.
PATIENCE, MOMENT = 40, 0.25


def get_network(address):
    """The network of one customer: an address, of IPv6 the part that a customer has.

    :param str address: as a request has it
    :rtype: str
    """
    address = ipaddress.ip_address(address or "0.0.0.0")
    address = getattr(address, "ipv4_mapped", None) or address
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


class TooManyAttempts(AccessDenied):
    """Who asks has to wait; neither the account nor the password was looked at."""


class PartnerAccessAttempt(models.Model):
    """How often it was tried lately to sign in to one account from one network.

    A row counts before the password is looked at and in a transaction of its own, so that attempts
    at the same time and those of a request that fails are counted too. A success sets it to zero,
    and makes the network known to the account. What happens in other networks never stops an
    account in one that it knows, and delays it for a minute in one that it does not know.
    """

    _name = "partner.access.attempt"
    _inherit = ["partner.access.retention"]
    _description = "Attempts to Sign In"
    _rec_name = "network"
    _log_access = False
    _retention_kind = "networks"
    _retention_days = 90

    account = fields.Char(
        required=True, readonly=True, help="Keyed hash of the sign-in name that was typed."
    )
    network = fields.Char(required=True, readonly=True)
    failures = fields.Integer(readonly=True, help="In a row, with those that are under way.")
    ended = fields.Integer(
        readonly=True, help="How many of these failures are no longer under way."
    )
    failed_on = fields.Datetime(readonly=True)
    blocked_until = fields.Datetime(readonly=True)
    noted_until = fields.Datetime(readonly=True, help="The waiting that stands in the log already.")
    known_on = fields.Datetime(
        "Last Success", readonly=True, help="Empty: the account never came from this network."
    )

    _pair_unique = models.UniqueIndex("(account, network)")
    _of_network = models.Index("(network, failed_on)")

    @api.model
    def _get_retention_domain(self, limit):
        """As the others; failures are forgotten after a day already.

        :return: ``Domain``
        """
        is_stranger = Domain("known_on", "=", False) | Domain("known_on", "<", limit)
        failed_before = fields.Datetime.now() - FORGOTTEN
        has_failed = Domain("failed_on", "!=", False) & Domain("failed_on", ">=", failed_before)
        return is_stranger & ~has_failed

    # --- An attempt ------------------------------------------------------------------------------

    @api.model
    def _begin(self, login, is_counted=True):
        """Count an attempt before the password is looked at.

        :param str login: as typed; the account may not exist
        :param bool is_counted: False for what cannot be guessed
        :return: the pair of account and network, for ``_succeed``, ``_fail`` and ``_take_back``
        :raise TooManyAttempts: with the time to wait, in the same words for every account
        """
        pair = self._get_account(login), self._get_network()
        wait, is_new = self._count(*pair) if is_counted else (0, False)
        if wait:
            if is_new:  # who goes on trying meanwhile does not fill the log
                self._log("throttled", login)
            raise TooManyAttempts(self._get_refusal(wait))
        return pair

    @api.model
    def _fail(self, pair, login, text=None):
        """Note that an attempt failed; it is counted already."""
        ended = SQL(
            "UPDATE partner_access_attempt SET ended = ended + 1"
            " WHERE account = %s AND network = %s",
            *pair,
        )
        self._execute_apart(
            SQL(
                "WITH ended AS (%s) %s", ended, self._prepare_log("failure", login=login, text=text)
            )
        )

    @api.model
    def _succeed(self, pair, user=None, text=None):
        """Forget the failures of a pair, and know its network from now on.

        :param user: ``res.users`` who signed in, for the log; without it nothing is logged
        :param str text: details for the log
        """
        now = fields.Datetime.now()
        settle = SQL(
            """
            INSERT INTO partner_access_attempt (account, network, failures, ended, known_on)
            VALUES (%s, %s, 0, 0, %s)
                ON CONFLICT (account, network) DO UPDATE
               SET failures = 0, ended = 0, failed_on = NULL, blocked_until = NULL,
                   known_on = EXCLUDED.known_on
            """,
            *pair,
            now,
        )
        if user:  # both at once: a sign-in costs two queries more than without us
            row = self._prepare_log("sign_in", user=user, text=text)
            settle = SQL("WITH settled AS (%s) %s", settle, row)
        self._execute_apart(settle)

    @api.model
    def _take_back(self, pair):
        """Count an attempt no longer that came to no end: a second factor is asked."""
        self._execute_apart(
            SQL(
                """
                UPDATE partner_access_attempt SET failures = greatest(failures - 1, 0)
                 WHERE account = %s AND network = %s
                """,
                *pair,
            )
        )

    @api.model
    def _get_network(self):
        """Where the request comes from; empty without one."""
        address = get_address()
        return get_network(address) if address else ""

    @api.model
    def _get_account(self, login):
        login = self.env["res.users"]._normalize_login(login).lower()
        # sudo: the secret of the database
        return hmac(self.env(su=True), "partner_access.attempt", login)

    # --- Counting --------------------------------------------------------------------------------

    @api.model
    def _count(self, account, network):
        """Count an attempt, unless the pair has to wait.

        :return: seconds to wait (0: none), and whether the waiting begins now
        """
        now = fields.Datetime.now()
        for _again in range(PATIENCE):
            row = self._execute_apart(self._prepare_count(account, network, now))
            if row:
                break
            wait, is_new, has_failures = self._get_wait(account, network, now)
            if has_failures:
                return wait, is_new
            time.sleep(MOMENT)
        else:
            return wait, True
        pause = self._get_strangers_pause(row)
        if pause:
            self._execute_apart(self._prepare_block(account, network, now, pause))
        return pause, bool(pause)

    @api.model
    def _get_strangers_pause(self, row):
        """Seconds that a pair which never signed in waits for what others do, once."""
        if row["known_on"]:
            return 0
        if (row["of_network"] or 0) >= NETWORK_LIMIT:
            return NETWORK_PAUSE
        is_first = row["failures"] == 1
        return ACCOUNT_PAUSE if is_first and (row["of_account"] or 0) >= ACCOUNT_LIMIT else 0

    @api.model
    def _get_wait(self, account, network, now):
        """Seconds that a blocked pair waits still, whether nobody was told so before, and whether
        it is for failures: else all its attempts are under way, and may be right."""
        row = self._execute_apart(
            SQL(
                """
                UPDATE partner_access_attempt pair
                   SET noted_until = CASE WHEN pair.ended > 0 THEN pair.blocked_until
                                          ELSE pair.noted_until END
                  FROM partner_access_attempt before
                 WHERE before.id = pair.id AND pair.account = %s AND pair.network = %s
             RETURNING pair.blocked_until, pair.ended > 0 AS has_failures,
                       before.noted_until IS DISTINCT FROM pair.blocked_until AS is_new
                """,
                account,
                network,
            )
        )
        if not row or not row["blocked_until"]:
            return 1, True, False  # many attempts of one pair at the same instant
        wait = (row["blocked_until"] - now).total_seconds()
        return max(1, int(wait)), row["is_new"], row["has_failures"]

    @api.model
    def _prepare_count(self, account, network, now):
        """One statement, as each sign-in waits for it; it answers nothing when the pair is blocked.
        Then nothing is counted, so that trying does not make the waiting longer."""
        return SQL(
            """
            INSERT INTO partner_access_attempt AS pair
                   (account, network, failures, ended, failed_on)
            VALUES (%(account)s, %(network)s, 1, 0, %(now)s)
                ON CONFLICT (account, network) DO UPDATE
               SET failures = CASE WHEN pair.failed_on > %(forgotten)s
                                   THEN pair.failures ELSE 0 END + 1,
                   ended = CASE WHEN pair.failed_on > %(forgotten)s THEN pair.ended ELSE 0 END,
                   blocked_until = CASE WHEN pair.failed_on > %(forgotten)s
                                        THEN %(now)s + interval '1 second'
                                             * (%(pauses)s)[least(pair.failures + 1, %(longest)s)]
                                        END,
                   failed_on = %(now)s
             WHERE pair.blocked_until IS NULL OR pair.blocked_until <= %(now)s
         RETURNING failures, known_on,
                   (SELECT sum(other.failures) FROM partner_access_attempt other
                     WHERE other.account = %(account)s AND other.network != %(network)s
                       AND other.failed_on > %(recent)s AND other.known_on IS NULL) AS of_account,
                   (SELECT sum(other.failures) FROM partner_access_attempt other
                     WHERE other.network = %(network)s AND other.account != %(account)s
                       AND other.failed_on > %(recent)s AND other.known_on IS NULL) AS of_network
            """,
            account=account,
            network=network,
            now=now,
            forgotten=now - FORGOTTEN,
            recent=now - RECENT,
            pauses=PAUSES,
            longest=len(PAUSES),
        )

    @api.model
    def _prepare_block(self, account, network, now, seconds):
        until = now + timedelta(seconds=seconds)
        return SQL(
            """
            UPDATE partner_access_attempt
               SET ended = failures, blocked_until = %(until)s, noted_until = %(until)s
             WHERE account = %(account)s AND network = %(network)s
            """,
            until=until,
            account=account,
            network=network,
        )

    @api.model
    def _execute_apart(self, statement):
        """Execute in a transaction of its own, again when another one was faster.

        :return: the first row as dict; None when there is none
        """
        for _try in range(TRIES):
            try:
                with Registry(self.env.cr.dbname).cursor() as cr:
                    cr.execute(statement, log_exceptions=False)
                    return cr.dictfetchone() if cr.description else None
            except SerializationFailure:
                continue
        return None

    @api.model
    def _get_refusal(self, seconds):
        """What somebody is told who has to wait; it tells nothing about the account."""
        if seconds <= 90:
            return self.env._(
                "Too many attempts. Wait %(seconds)s seconds and try again, or get a link by "
                "e-mail.",
                seconds=seconds,
            )
        return self.env._(
            "Too many attempts. Wait %(minutes)s minutes and try again, or get a link by e-mail.",
            minutes=-(-seconds // 60),
        )

    # --- The log ---------------------------------------------------------------------------------

    @api.model
    def _log(self, kind, login):
        """Note in the log what an attempt came to. The statement itself looks for the user, so that
        it takes as long for an account that does not exist."""
        self._execute_apart(self._prepare_log(kind, login=login))

    @api.model
    def _prepare_log(self, kind, user=None, login="", text=None):
        log = self.env["partner.access.log"].with_user(SUPERUSER_ID)  # nobody is signed in yet
        values = log._prepare_row(kind, user, login, None, text)
        if not user:
            values.update(self._prepare_log_account(login))
        now = fields.Datetime.now()
        values.update(create_uid=SUPERUSER_ID, create_date=now, write_uid=SUPERUSER_ID)
        values.update(write_date=now)
        return SQL(
            "INSERT INTO partner_access_log (%s) SELECT %s",
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(SQL("%s", value or None) for value in values.values()),
        )

    @api.model
    def _prepare_log_account(self, login):
        """Whose account it was; what is neither an address nor a sign-in name may be a password
        that was typed into the wrong field, and is not noted."""
        login = self.env["res.users"]._normalize_login(login)
        of_user = SQL("FROM res_users usr WHERE lower(usr.login) = lower(%s)", login)
        return {
            "login": login if "@" in login else SQL("(SELECT usr.login %s)", of_user),
            "user_id": SQL("(SELECT usr.id %s)", of_user),
            "company_id": SQL("(SELECT usr.company_id %s)", of_user),
            "partner_id": SQL(
                "(SELECT commercial_partner_id FROM res_partner"
                " WHERE id = (SELECT usr.partner_id %s))",
                of_user,
            ),
        }
