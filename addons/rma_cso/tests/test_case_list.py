from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestCaseList(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._create_case(
            cls.line, cart=cls._create_cart(cls.user, reference="Ticket 4711"), reference="Shelf 9"
        ).rma_id
        cls.review = cls._create_case(
            cls._create_delivered_line(),
            "buyback",
            cart=cls._create_cart(cls.user),
            comment="Too many",
        ).rma_id

    def get_names(self, url):
        """Return the numbers of the cases that a list shows, in its order."""
        page = html.fromstring(self.url_open(url).content)
        return [link.text_content().strip() for link in find(page, "tbody//td[1]/a")]

    def test_a_case_is_found_by_all_that_names_it(self):
        product = self.line.product_id
        product.default_code = "ART-77"
        for text in (
            self.waiting.name,
            "4711",
            "shelf 9",
            self.waiting.line_ids.lot_ids.name,
            "ART-77",
            "dead arrival",
            self.line.order_id.name,
            f"ticket {self.waiting.line_ids.lot_ids.name}",
        ):
            with self.subTest(text):
                names = self.get_names(f"/my/returns/status?search={text}")
                self.assertEqual(names, [self.waiting.name])

    def test_what_is_not_there_is_said_so(self):
        text = self.url_open("/my/returns/status?search=nothing-like-it").text
        self.assertIn("No case is found", text)

    def test_what_is_due_first_stands_first(self):
        asked = self._create_case(
            self._create_delivered_line(),
            "complaint",
            cart=self._create_cart(self.user),
            comment="Why",
        )
        asked._ask_back("Which firmware?")
        later = self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
        self.waiting.line_ids.sudo().valid_until = self.today
        names = self.get_names("/my/returns/status")
        cases = (self.waiting, later.rma_id, asked.rma_id, self.review)
        self.assertEqual(names, [case.name for case in cases])

    def test_the_lists_are_filtered_by_state(self):
        self.assertEqual(self.get_names("/my/returns/status?state=send"), [self.waiting.name])
        self.assertEqual(self.get_names("/my/returns/status?state=review"), [self.review.name])
        self.assertEqual(self.get_names("/my/returns/status?state=answer"), [])
        self.review.line_ids._refuse("No.")
        self.assertEqual(self.get_names("/my/returns/archive?state=refused"), [self.review.name])
        self.assertEqual(self.get_names("/my/returns/archive?state=expired"), [])

    def test_the_archive_shows_closed_cases_and_is_searched(self):
        self.assertEqual(self.get_names("/my/returns/archive"), [])
        self.waiting.line_ids._withdraw()
        self.assertEqual(self.get_names("/my/returns/archive?search=4711"), [self.waiting.name])
        self.assertEqual(self.get_names("/my/returns/archive?search=4712"), [])

    def test_garbage_in_the_address_is_no_error(self):
        for query in (
            "search=%00",
            "search=" + "x%20" * 40,
            "search=%25_%5C",
            "state=x&state=y",
            "state=__class__",
            "page=%C2%B2",
            "page=-1",
            "page=99999999999",
            "search[]=1&page[]=2",
        ):
            for name in ("status", "archive"):
                with self.subTest(query=query[:30], name=name):
                    url = f"/my/returns/{name}?{query}"
                    self.assertLess(self.url_open(url).status_code, 500)

    def test_strangers_find_nothing(self):
        self.sign_in(self.stranger)
        self.assertEqual(self.get_names(f"/my/returns/status?search={self.waiting.name}"), [])

    def test_queries_do_not_grow_with_cases(self):
        self.url_open("/my/returns/status")
        few = self.count_queries()
        for _index in range(6):
            self._create_case(self._create_delivered_line(), cart=self._create_cart(self.user))
        self.assertLessEqual(self.count_queries(), few + 2)

    def count_queries(self):
        """Return the number of queries of the list, the second time it is asked for."""
        self.url_open("/my/returns/status")
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.url_open("/my/returns/status")
        return self.cr.sql_log_count - before
