from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .test_portal_notification import MailCase

YESTERDAY = datetime(2031, 3, 3, 9, 0)
MORNING = datetime(2031, 3, 4, 8, 0)  # UTC; the hour of the digest has begun in Amsterdam
NIGHT = datetime(2031, 3, 4, 4, 0)


@tagged("post_install", "-at_install")
class TestPortalDigest(MailCase, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.portal_digest_hour = 7
        cls.env.company.partner_id.tz = "Europe/Amsterdam"
        cls.user.portal_eta_digest = "every"
        cls.user.portal_digest_until = YESTERDAY - timedelta(days=1)
        cls.order = cls._create_order(client_order_ref="PO 7781")
        cls.line = cls.order.order_line
        cls.product.maker_part_number = "960-000972"

    @classmethod
    def _change(cls, old, new, line=None, moment=YESTERDAY):
        """One change of the date of a line."""
        line = line or cls.line
        cls.env.flush_all()
        line._write({"eta_state": "known" if new else "unknown"})
        line.invalidate_recordset(["eta_state"])
        vals = {"sale_line_id": line.id, "changed_on": moment}
        for side, day in (("old", old), ("new", new)):
            state = "known" if day else "unknown"
            vals |= {f"{side}_first": day, f"{side}_last": day, f"{side}_state": state}
        return cls.env["sale.order.line.eta.change"].create(vals)

    def _run_at(self, moment=MORNING):
        before = self.env["mail.mail"].search([])
        with freeze_time(moment):
            self.env["portal.digest"]._cron_send()
        return self.env["mail.mail"].search([]) - before

    def test_the_mail_names_all_of_a_change(self):
        self._change("2031-12-03", "2031-12-12")
        mail = self._run_at()
        self.assertEqual(mail.email_to, "mail_buyer@kade.example")
        texts = [self.order.name, "PO 7781", self.product.name, "960-000972", "3 Dec", "12 Dec"]
        texts += ["9</t> days later", f"#line-{self.line.id}", "/my/notifications"]
        for text in texts:
            with self.subTest(text):
                self.assertIn(text.replace("</t>", ""), mail.body_html.replace("</t>", ""))

    def test_at_most_one_mail_a_day(self):
        self._change("2031-12-03", "2031-12-12")
        self.assertEqual(len(self._run_at()), 1)
        self._change("2031-12-12", "2031-12-20", moment=MORNING + timedelta(hours=1))
        self.assertFalse(self._run_at(MORNING + timedelta(hours=8)))
        self.assertEqual(len(self._run_at(MORNING + timedelta(days=1))), 1)

    def test_nothing_is_mailed_before_the_hour_of_the_company(self):
        self.user.portal_digest_until = YESTERDAY - timedelta(hours=1)
        self._change("2031-12-03", "2031-12-12")
        self.assertFalse(self._run_at(NIGHT))
        self.assertEqual(len(self._run_at()), 1)

    def test_nothing_changed_is_no_mail(self):
        self.assertFalse(self._run_at())
        self.assertEqual(self.user.portal_digest_until, MORNING - timedelta(minutes=15))

    def test_a_date_that_moved_twice_is_one_row_and_one_taken_back_none(self):
        other = self._create_order().order_line
        self._change("2031-12-03", "2031-12-12")
        self._change("2031-12-12", "2031-12-20", moment=YESTERDAY + timedelta(hours=1))
        self._change("2031-11-03", "2031-11-12", other)
        self._change("2031-11-12", "2031-11-03", other, YESTERDAY + timedelta(hours=1))
        mail = self._run_at()
        self.assertIn("17 days later", mail.body_html)
        self.assertNotIn("12 Dec", mail.body_html)
        self.assertNotIn(other.order_id.name, mail.body_html)

    def test_each_choice_counts_what_it_says(self):
        cases = [
            ("2031-12-03", "2031-12-12", True, True),
            ("2031-12-12", "2031-12-03", True, False),
            ("2031-12-03", False, True, True),
            (False, "2031-12-03", True, False),
        ]
        for old, new, every, later in cases:
            for choice, expected in (("every", every), ("later", later), ("none", False)):
                with self.subTest(old=old, new=new, choice=choice):
                    self.user.portal_eta_digest = choice
                    self.user.portal_digest_until = YESTERDAY - timedelta(days=1)
                    self.line.eta_change_ids.unlink()
                    self._change(old, new)
                    self.assertEqual(len(self._run_at()), int(expected))

    def test_words_for_every_direction(self):
        digest = self.env["portal.digest"]
        day, next_day = datetime(2031, 12, 3).date(), datetime(2031, 12, 4).date()
        cases = [
            ((day, day, False), (next_day, next_day, False), 1, True),
            ((day, next_day, False), (day, day, False), -1, False),
            ((day, next_day, False), (next_day, next_day, False), 1, True),
            ((day, day, False), (day, day, True), 0, True),
            ((day, day, True), (day, day, False), 0, False),
            ((False, False, False), (day, day, False), 0, False),
            ((day, day, False), (False, False, False), 0, True),
        ]
        for old, new, days, is_later in cases:
            with self.subTest(old=old, new=new):
                self.assertEqual(digest._get_days(old, new), days)
                self.assertEqual(digest._is_later(old, new), is_later)

    def test_only_own_lines_are_told(self):
        self.users.portal_eta_digest = "every"
        self.users.portal_digest_until = YESTERDAY - timedelta(days=1)
        self._change("2031-12-03", "2031-12-12")
        utrecht = self._create_order(partner=self.other_branch).order_line
        self._change("2031-12-03", "2031-12-12", utrecht)
        mails = {mail.email_to: mail.body_html for mail in self._run_at()}
        names = {"mail_buyer", "mail_colleague", "mail_head"}
        self.assertEqual(set(mails), {f"{name}@kade.example" for name in names})
        self.assertNotIn(utrecht.order_id.name, mails["mail_buyer@kade.example"])
        self.assertIn(utrecht.order_id.name, mails["mail_head@kade.example"])

    def test_archived_users_and_users_without_the_role_get_none(self):
        self._change("2031-12-03", "2031-12-12")
        self.user.access_entry_ids.role_ids = self.env["partner.access.role"].search(
            [("code", "=", "prices")]
        )
        self.env.registry.clear_cache()
        self.assertFalse(self._run_at())
        self.user.active = False
        self.assertFalse(self._run_at(MORNING + timedelta(days=1)))

    def test_lines_that_are_not_open_any_more_are_no_news(self):
        self._change("2031-12-03", "2031-12-12")
        self._put_in_stock()
        self.order.picking_ids.action_assign()
        self.env.flush_all()
        self.assertEqual(self.line.eta_state, "in_stock")
        self.assertFalse(self._run_at())

    def test_who_asks_for_the_digest_hears_of_changes_from_then_on(self):
        self.user.portal_eta_digest = "none"
        self._change("2031-12-03", "2031-12-12")
        with freeze_time(YESTERDAY + timedelta(hours=2)):
            self.user.portal_eta_digest = "later"
        self.assertFalse(self._run_at())

    def test_the_mail_is_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.user.lang = "nl_NL"
        self._change("2031-03-20", "2031-05-12")
        mail = self._run_at()
        self.assertIn("mrt", mail.body_html)
        self.assertIn('lang="nl-NL"', mail.body_html)

    @mute_logger("odoo.addons.customer_portal.models.portal_digest")
    def test_a_user_whose_mail_fails_is_tried_again_and_stops_nobody(self):
        self.users.portal_eta_digest = "every"
        self.users.portal_digest_until = YESTERDAY - timedelta(days=1)
        self._change("2031-12-03", "2031-12-12")
        users = type(self.env["res.users"])
        get_address = users._get_link_address
        failing = self.user

        def fail(user):
            return 1 / 0 if user == failing else get_address(user)

        with self.subTest("the others"):
            self.patch(users, "_get_link_address", fail)
            self.assertEqual(len(self._run_at()), 2)
        with self.subTest("again"):
            self.patch(users, "_get_link_address", get_address)
            again = self._run_at(MORNING + timedelta(minutes=15))
            self.assertEqual(again.mapped("email_to"), ["mail_buyer@kade.example"])

    def test_a_run_that_ends_in_the_middle_mails_nobody_twice(self):
        self.users.portal_eta_digest = "every"
        self.users.portal_digest_until = YESTERDAY - timedelta(days=1)
        self._change("2031-12-03", "2031-12-12")
        cron = type(self.env["ir.cron"])
        self.patch(cron, "_commit_progress", lambda *args, **kw: 0)
        first = self._run_at()
        self.assertEqual(len(first), 1)
        self.patch(cron, "_commit_progress", lambda *args, **kw: float("inf"))
        rest = self._run_at(MORNING + timedelta(minutes=1))
        self.assertEqual(len(rest), 2)
        self.assertFalse(set(rest.mapped("email_to")) & set(first.mapped("email_to")))

    def test_more_lines_need_no_more_queries(self):
        counts = []
        for number in (1, 2, 12):
            for _number in range(number):
                self._change("2031-12-03", "2031-12-12", self._create_order().order_line)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["portal.digest"]._prepare_orders(
                self.user.sudo(), YESTERDAY - timedelta(days=1), MORNING
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_back_orders_are_told_once_a_day(self):
        company = self.env.company
        company.portal_back_orders_until = False
        told = []
        queue = type(self.env["portal.notification"])
        self.patch(queue, "_queue_found", lambda self, *period: told.append(period))
        for moment in (YESTERDAY, MORNING, MORNING + timedelta(hours=3)):
            self._run_at(moment)
        lag = timedelta(minutes=15)
        own = [period for period in told if period[0] == company]
        self.assertEqual(own, [(company, YESTERDAY - lag, MORNING - lag)])
