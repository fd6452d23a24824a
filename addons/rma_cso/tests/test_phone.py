import logging
import re

from lxml import html

from odoo.tests import tagged

from odoo.addons.partner_access.tests.file_common import make_attacks, make_pdf, make_photo

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestPhone(PortalCase):
    def setUp(self):
        super().setUp()
        self.draft = self.create_draft(self.user)
        self.link, self.token = self.env["cso.upload.link"]._open(self.draft)
        self.url = f"/photos/{self.token}"
        self.authenticate(None, None)

    def create_draft(self, user, code="transport_damage"):
        drafts = self.env["cso.form.draft"].with_user(user).sudo()
        return drafts._ensure_draft(self.line, self._get_reason(code))

    def upload(self, name="box.jpg", content=None, slot="other", url=None):
        files = {f"file_{slot}": (name, make_photo() if content is None else content, "image/x")}
        return self.url_open(f"{url or self.url}/upload", files=files)

    def get_page(self, url=None):
        return html.fromstring(self.url_open(url or self.url).content)

    def end_link(self):
        self.link.expires_on = "2020-01-01 00:00:00"

    def test_the_page_has_a_button_for_each_place_and_tells_nothing_of_the_return(self):
        page = self.get_page()
        kinds = [section.get("data-kind") for section in find(page, "section")]
        self.assertEqual(kinds, [slot["kind"] for slot in self.draft._get_photo_slots()])
        self.assertEqual(len(find(page, "input[@capture='environment']")), len(kinds))
        text = page.text_content()
        for secret in (
            self.line.product_id.name,
            self.line.order_id.name,
            self.branch.name,
            self.user.name,
            self.draft.reason_id.name,
        ):
            self.assertNotIn(secret, text)

    def test_a_photo_lands_in_its_place_of_the_draft_in_the_name_of_its_user(self):
        kind = self.draft._get_photo_slots()[1]["kind"]
        answer = self.upload(slot=kind).json()
        file = self.draft.attachment_ids
        self.assertEqual((file.cso_kind, file.create_uid), (kind, self.user))
        self.assertIn(f"{self.url}/file/{file.id}", answer["files"][kind])
        self.assertEqual(self.link.attachment_ids, file)
        self.assertTrue(self.url_open(f"{self.url}/file/{file.id}").content)

    def test_a_reason_that_lost_its_form_ends_the_link(self):
        self.draft.reason_id.form = False
        self.assertEqual(self.url_open(self.url).status_code, 410)
        self.assertEqual(self.upload().status_code, 410)

    def test_several_photos_go_without_scripts_and_loading_again_sends_none_twice(self):
        files = [("file_other", (f"{number}.jpg", make_photo(), "x")) for number in range(2)]
        response = self.url_open(self.url, files=files, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(self.url))
        self.assertEqual(len(find(self.get_page(), "img")), 2)
        bad = self.url_open(self.url, files={"file_other": ("a.jpg", b"MZ", "x")})
        self.assertEqual(bad.status_code, 422)
        self.assertIn("a.jpg is damaged", bad.text)

    def test_only_what_this_link_received_is_shown(self):
        before = self.draft._add_file("desk.jpg", make_photo())
        self.upload("paper.pdf", make_pdf())
        paper = self.link.attachment_ids
        self.assertNotIn("desk.jpg", self.url_open(self.url).text)
        other = self.env["ir.attachment"].search([("res_field", "!=", False)], limit=1)
        for file in (before, paper, other):
            self.assertEqual(self.url_open(f"{self.url}/file/{file.id}").status_code, 404)

    def test_bad_files_are_refused_with_the_reason(self):
        attacks = make_attacks()
        large = make_photo().ljust(21 * 1024 * 1024, b"\0")
        table = {name: attacks[name] for name in ("page.jpg", "hidden.png", "photo.heic")}
        for name, (content, reason) in {**table, "big.jpg": (large, "20 MB")}.items():
            with self.subTest(name=name):
                self.assertIn(reason, self.upload(name, content).json()["errors"]["other"][0])
        self.assertFalse(self.draft.attachment_ids)

    def test_the_limits_hold_for_a_phone_too(self):
        self.env.company.cso_position_files = 1
        self.assertFalse(self.upload().json()["errors"])
        self.assertIn("1 files", self.upload().json()["errors"]["other"][0])
        self.env.company.write({"cso_position_files": 5, "cso_day_files": 1})
        self.assertIn("24 hours", self.upload().json()["errors"]["other"][0])
        self.assertEqual(len(self.draft.attachment_ids), 1)

    def test_an_ended_link_takes_and_shows_nothing(self):
        self.upload()
        file_url = f"{self.url}/file/{self.draft.attachment_ids.id}"
        ends = {
            "expired": self.end_link,
            "closed": lambda: self.link._close(self.draft),
            "user archived": lambda: self.user.sudo().write({"active": False}),
        }
        for name, end in ends.items():
            with self.subTest(end=name), self.env.cr.savepoint() as savepoint:
                end()
                self.env.flush_all()
                self.assertEqual(self.url_open(self.url).status_code, 410)
                self.assertEqual(self.upload().status_code, 410)
                self.assertEqual(self.url_open(self.url, data={"a": 1}).status_code, 410)
                self.assertEqual(self.url_open(file_url).status_code, 404)
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(len(self.draft.attachment_ids), 1)

    def test_a_link_ends_when_its_position_goes_into_the_cart(self):
        self.sign_in(self.user)
        draft = self.create_draft(self.user, "doa")
        _link, token = self.env["cso.upload.link"]._open(draft)
        self.add_to_cart()
        self.assertFalse(draft.exists())
        self.assertEqual(self.upload(url=f"/photos/{token}").status_code, 410)

    def test_an_unknown_token_is_not_found_and_looks_like_any_other(self):
        for token in (
            "x",
            "a" * 32,
            self.token[:-1],
            self.token + "a",
            "%00",
            "é" * 20,
            "1" * 3000,
        ):
            with self.subTest(token=token[:40]):
                self.assertEqual(self.url_open(f"/photos/{token}").status_code, 404)
                self.assertIn(self.upload(url=f"/photos/{token}").status_code, (404, 410))
                self.assertEqual(self.url_open(f"/photos/{token}/file/1").status_code, 404)
        self.assertNotIn(self.env.company.name, self.get_page("/photos/x").text_content())

    def test_a_token_adds_to_its_own_draft_only(self):
        other = self.create_draft(self.colleague)
        files = {"file_other": ("box.jpg", make_photo(), "x")}
        data = {"draft_id": other.id, "res_id": other.id, "res_model": "res.partner", "line": 1}
        self.url_open(f"{self.url}/upload", data=data, files=files)
        self.assertFalse(other.attachment_ids)
        self.assertEqual(self.draft.attachment_ids.res_id, self.draft.id)

    def test_nothing_is_written_by_looking(self):
        before = self.draft.write_date, self.link.write_date
        self.url_open(self.url)
        self.env.invalidate_all()
        self.assertEqual((self.draft.write_date, self.link.write_date), before)

    def test_the_page_is_kept_out_of_caches_frames_search_engines_and_other_sites(self):
        response = self.url_open(self.url)
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(response.headers["X-Frame-Options"], "DENY")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        policy = response.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("Set-Cookie", response.headers)

    def test_the_page_speaks_the_language_of_the_user_who_made_it(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.link.lang = "nl_NL"
        response = self.url_open(self.url, headers={"Accept-Language": "de"})
        self.assertEqual(html.fromstring(response.content).get("lang"), "nl-NL")

    def test_the_token_is_not_written_into_the_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.upload()
            self.url_open(self.url)
        self.assertTrue(re.search(r"/photos/…/upload", "\n".join(logs.output)))
        self.assertNotIn(self.token, "\n".join(logs.output))
