from lxml import html

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PASSWORD, PageCommon, TeamCommon


@tagged("post_install", "-at_install")
class TestPortalTeam(TeamCommon, PageCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_team()

    def _get(self, path, user=None):
        if user:
            self.authenticate(user.login, PASSWORD)
        return self.url_open(path, allow_redirects=False)

    def _post(self, path, user=None, **values):
        if user:
            self.authenticate(user.login, PASSWORD)
        return super()._post(path, **values)

    def _get_path(self, user):
        return f"/my/team/{user.access_entry_ids.id}"

    def _get_text(self, response):
        return " ".join(html.fromstring(response.text).text_content().split())

    def test_an_administrator_opens_the_pages_and_has_them_in_the_menu(self):
        self.authenticate(self.gouda_admin.login, PASSWORD)
        for path in ("/my/team", "/my/team/invite", self._get_path(self.person)):
            with self.subTest(path):
                page = self._get(path)
                self.assertEqual(page.status_code, 200)
                self.assertIn('href="/my/team"', page.text)
        text = self._get_text(self._get("/my/team?state=invited"))
        self.assertIn(self.person.login, text)
        self.assertNotIn("✓ Active", text)

    def test_for_all_others_there_is_no_such_page(self):
        paths = ["/my/team", "/my/team/invite", self._get_path(self.person)]
        self.assertNotIn('href="/my/team"', self._get("/my", self.person).text)
        for user in (self.person, self._create_staff()):
            self.authenticate(user.login, PASSWORD)
            for path in paths:
                with self.subTest(user=user.login, path=path):
                    page = self._get(path)
                    self.assertEqual(page.status_code, 404)
                    self.assertNotIn('"/contactus"', page.text)
        self.authenticate(None, None)
        self.assertEqual(self._get("/my/team").status_code, 303)

    def test_ids_of_others_and_of_nobody_lead_nowhere(self):
        self.authenticate(self.gouda_admin.login, PASSWORD)
        others = [self._get_path(user) for user in (self.sibling, self.head_admin, self.stranger)]
        for path in (*others, "/my/team/0", "/my/team/99999999999999999999"):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 404)
        for action in ("", "/take_access", "/end_sessions", "/hand_over"):
            with self.subTest(action=action):
                self.assertEqual(self._post(others[0] + action, role="orders").status_code, 404)
        foreign = self.stranger.commercial_partner_id.id
        for branch in (foreign, "x", "9" * 30):
            for path in (self._get_path(self.person), "/my/team/invite"):
                with self.subTest(path, branch=branch):
                    response = self._post(path, role="orders", people="a@b.example", branch=branch)
                    self.assertEqual(response.status_code, 404)
        self.assertTrue(self.stranger.active and self.sibling.active)

    def test_nothing_that_was_typed_is_lost_when_it_is_refused(self):
        people = f"nieuw@velthuis.example\nBas <geen adres>\n{self.person.login}"
        page = self._post(
            "/my/team/invite", self.gouda_admin, people=people, role="returns", scope="own"
        )
        form = html.fromstring(page.text)
        typed = form.xpath("//textarea")[0].text
        self.assertNotIn("nieuw@velthuis.example", typed)
        self.assertIn("Bas <geen adres>", typed)
        self.assertIn(self.person.login, typed)
        self.assertEqual(form.xpath("//input[@name='role'][@checked]/@value"), ["returns"])
        self.assertEqual(form.xpath("//select[@name='scope']/option[@selected]/@value"), ["own"])
        self.assertIn(
            "nieuw@velthuis.example", form.xpath("//*[@id='team_invited']")[0].text_content()
        )
        page = self._post("/my/team/invite", people="<b>x")
        self.assertIn("Choose at least one role", page.text)
        self.assertEqual(html.fromstring(page.text).xpath("//textarea")[0].text, "<b>x")

    def test_a_change_is_saved_and_one_that_is_refused_says_why(self):
        path = self._get_path(self.person)
        page = self._post(path, self.gouda_admin, role="returns", branch=self.gouda.id)
        self.assertTrue(page.headers["Location"].endswith(f"{path}?done=saved"))
        self.assertEqual(self.person.access_entry_ids.role_ids.mapped("code"), ["returns"])
        page = self._post(self._get_path(self.head_admin), self.head_admin, role="orders")
        self.assertIn("needs an administrator who has signed in", self._get_text(page))
        self.assertTrue(self.head_admin._may_administer_team())

    def test_access_is_taken_and_given_back(self):
        path = self._get_path(self.person)
        answer = self._post(f"{path}/take_access", self.gouda_admin)
        self.assertIn("done=take_access", answer.headers["Location"])
        self.assertFalse(self.person.active)
        self.assertIn("Give access again", self._get(path).text)
        self._post(f"{path}/give_access")
        self.assertTrue(self.person.active)

    def test_open_sessions_end_at_once(self):
        team = self.env["partner.access.team"].with_user(self.gouda_admin)
        entry = team._find_entry(self.person.access_entry_ids.id)
        for end in (team._end_sessions, team._take_access):
            with self.subTest(end.__name__):
                self.assertEqual(self._get("/my/security", self.person).status_code, 200)
                end(entry)
                self.env.flush_all()
                self.assertEqual(self._get("/my/security").status_code, 303)

    def test_who_hands_over_is_told_and_has_no_team_any_more(self):
        self.person.with_user(self.person)._update_last_login()
        page = self._post(f"{self._get_path(self.person)}/hand_over", self.gouda_admin)
        self.assertIn("Your team has another administrator", page.text)
        self.assertEqual(self._get("/my/team").status_code, 404)

    @mute_logger("odoo.http")
    def test_nothing_is_done_by_a_link_or_from_another_site(self):
        self.authenticate(self.gouda_admin.login, PASSWORD)
        path = f"{self._get_path(self.person)}/take_access"
        self.assertIn(self._get(path).status_code, (404, 405))
        self.assertEqual(self.url_open(path, data={"x": "1"}).status_code, 400)
        self.assertTrue(self.person.active)

    def test_queries_do_not_grow_with_people(self):
        self.authenticate(self.head_admin.login, PASSWORD)

        def count():
            self._get("/my/team")
            before = self.env.cr.sql_log_count
            self.assertEqual(self._get("/my/team").status_code, 200)
            return self.env.cr.sql_log_count - before

        few = count()
        for i in range(10):
            user = self._create_portal_user(self.delft, login=f"p{i}@velthuis.example")
            user.with_user(user)._update_last_login()
        self.assertEqual(count(), few)
