from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoCustomerFigures(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.stranger = cls._create_portal_user("hans", cls.stranger_company)
        cls.position = cls._create_tested_position(
            cls._create_delivered_line(price=300.0),
            "commercial",
            cart=cls._create_cart(cls.user),
            sealed_confirmed=True,
        )
        cls.refused = cls._create_case(
            cls._create_delivered_line(), "buyback", cart=cls._create_cart(cls.user), comment="Why"
        )
        cls.refused._refuse("No.")

    def _get_figures(self, user=None, period="months"):
        return self.env["cso.customer.figures"].with_user(user or self.user)._get_figures(period)

    def _post_credit(self):
        note = self._decide_credit(self.position)
        note.action_post()
        note.cso_posted_on = self.position.submitted_on + timedelta(days=4)
        return note

    def test_positions_are_counted_by_reason_article_and_result(self):
        figures = self._get_figures()
        self.assertEqual(figures["total"], {"all": 2, "open": 1, "done": 0, "ended": 1})
        reasons = {row["record"]: row["open"] for row in figures["by_reason"]}
        self.assertEqual(
            reasons, {self._get_reason("commercial"): 1, self._get_reason("buyback"): 0}
        )
        self.assertEqual(len(figures["by_product"]), 2)
        self.assertEqual(dict(figures["by_result"]), {"Not decided yet": 1, "Refused": 1})
        self.assertIsNone(figures["days"]["median"])

    def test_days_and_amounts_are_those_of_posted_credit_notes(self):
        note = self._post_credit()
        figures = self._get_figures()
        self.assertEqual(figures["days"], {"count": 1, "median": 4, "longest": 4})
        self.assertEqual(
            figures["amounts"],
            [{"currency": note.currency_id, "credited": 270.0, "fees": 30.0}],
        )
        self.assertEqual(dict(figures["by_result"]), {"Credit": 1, "Refused": 1})

    def test_who_may_not_see_prices_sees_no_amounts(self):
        self._post_credit()
        self.user.access_entry_ids.role_ids -= self.env.ref("partner_access.role_prices")
        figures = self._get_figures()
        self.assertEqual((figures["amounts"], figures["days"]["count"]), ([], 1))

    def test_strangers_count_nothing_of_others(self):
        self._post_credit()
        figures = self._get_figures(self.stranger)
        self.assertEqual(figures["total"]["all"], 0)
        self.assertEqual((figures["amounts"], figures["days"]["count"]), ([], 0))

    def test_a_period_counts_what_was_submitted_in_it(self):
        cases = (self.position | self.refused).rma_id
        for period, submitted, count in (
            ("all", "2020-01-01", 2),
            ("months", "2020-01-01", 0),
            ("year", fields.Date.to_string(self.today), 2),
            ("before", fields.Date.to_string(self.today), 0),
        ):
            with self.subTest(period):
                cases.submitted_on = f"{submitted} 12:00:00"
                self.assertEqual(self._get_figures(period=period)["total"]["all"], count)

    def test_the_number_of_queries_does_not_grow_with_positions(self):
        counts = []
        self._get_figures()  # fills what is remembered
        for more in (0, 4):
            for _index in range(more):
                self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._get_figures()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
