from lxml import html

from odoo.tests import HttpCase, tagged

from .common import PASSWORD, TeamCommon


@tagged("post_install", "-at_install")
class TestPortalTeamLog(TeamCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()
        cls.staff = cls._create_staff(cls, "bram@noorder.example", name="Bram Vos")
        log = cls.env["partner.access.log"].with_user(cls.staff)
        log._log("view_started", user=cls.person, text="Asks for slip 4711")
        log._log("failure", login="typed@elsewhere.example", partner=cls.person.partner_id)
        log._log("view_started", user=cls.stranger, text="Of another customer")

    def _get_text(self, path):
        return " ".join(html.fromstring(self.url_open(path).text).text_content().split())

    def test_an_administrator_reads_who_looked_at_the_portal_and_why(self):
        self.authenticate(self.head_admin.login, PASSWORD)
        text = self._get_text("/my/team/log")
        for words in ("Asks for slip 4711", "Bram Vos", "Viewed as customer", self.person.name):
            self.assertIn(words, text)
        for words in ("typed@elsewhere.example", "Of another customer"):
            self.assertNotIn(words, text)

    def test_what_the_administrator_changes_stands_there(self):
        self.person.access_entry_ids.with_user(self.staff).sudo().scope = "own"
        self.authenticate(self.gouda_admin.login, PASSWORD)
        self.assertIn("Only their own", self._get_text("/my/team/log?kind=access"))
        self.assertNotIn("Only their own", self._get_text("/my/team/log?kind=view"))
        self.assertIn("Asks for slip", self._get_text("/my/team/log?kind=nonsense"))

    def test_a_branch_sees_its_own_only_and_others_no_such_page(self):
        log = self.env["partner.access.log"].with_user(self.staff)
        log._log("view_started", user=self.sibling, text="Of the other branch")
        self.authenticate(self.gouda_admin.login, PASSWORD)
        self.assertNotIn("Of the other branch", self._get_text("/my/team/log"))
        self.authenticate(self.person.login, PASSWORD)
        self.assertEqual(self.url_open("/my/team/log").status_code, 404)
        self.authenticate(self.staff.login, PASSWORD)
        self.assertEqual(self.url_open("/my/team/log").status_code, 404)

    def test_queries_do_not_grow_with_rows(self):
        self.authenticate(self.gouda_admin.login, PASSWORD)
        log = self.env["partner.access.team.log"].with_user(self.gouda_admin)
        counts = []
        for _round in range(2):
            log._prepare_rows(log._get_log().search(log._get_domain()))
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            log._prepare_rows(log._get_log().search(log._get_domain()))
            counts.append(self.env.cr.sql_log_count - before)
            staff_log = self.env["partner.access.log"].with_user(self.staff)
            for number in range(20):
                staff_log._log("view_started", user=self.person, text=str(number))
        self.assertEqual(*counts)
