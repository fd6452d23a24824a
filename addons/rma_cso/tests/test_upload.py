import json

from lxml import html

from odoo.tests import tagged

from odoo.addons.partner_access.tests.file_common import make_attacks, make_pdf, make_photo

from .portal_common import PortalCase, find

JPEG = "image/jpeg"


@tagged("post_install", "-at_install")
class TestUpload(PortalCase):
    def get_draft(self, code="transport_damage", user=None, line=None):
        drafts = self.env["cso.form.draft"].with_user(user or self.user).sudo()
        return drafts._get_draft(line or self.line, self._get_reason(code))

    def upload(self, *files, slot="other", code="transport_damage", line=None):
        """Post files to a slot; a file is a name and its bytes."""
        return self.post(
            "/my/returns/form/upload",
            line=(line or self.line).id,
            reason=code,
            files=[(f"file_{slot}", (name, content, JPEG)) for name, content in files],
        )

    def upload_photo(self, slot="other", name="box.jpg"):
        self.upload((name, make_photo()), slot=slot)
        return self.get_draft().attachment_ids.sorted("id")[-1]

    def look(self, seen="-"):
        return self.url_open(self.get_look_url(seen)).json()

    def get_look_url(self, seen="-"):
        query = f"line={self.line.id}&reason=transport_damage&uid={self.user.id}&seen={seen}"
        return f"/my/returns/form/files?{query}"

    def act(self, route, **values):
        values = {"line": self.line.id, "reason": "transport_damage", **values}
        return self.post(f"/my/returns/form/{route}", **values)

    def get_slots(self):
        page = self.get_page(self.get_form_url(code="transport_damage"))
        return find(page, "div[@data-kind]")

    def get_page(self, url):
        return html.fromstring(self.url_open(url).content)

    def test_the_form_has_one_place_for_each_photo_with_the_required_ones_marked(self):
        slots = self.get_slots()
        self.assertGreater(len(slots), 3)
        self.assertEqual(slots[-1].get("data-kind"), "other")
        for slot in slots:
            kind = slot.get("data-kind")
            self.assertEqual(len(find(slot, f"input[@type='file'][@name='file_{kind}']")), 2)
        self.assertTrue(find(slots[0], "span", class_="o_cso_star"))
        self.assertFalse(find(slots[-1], "span", class_="o_cso_star"))

    def test_a_photo_stands_in_the_place_that_it_was_put_into(self):
        kind = self.get_slots()[1].get("data-kind")
        file = self.upload_photo(kind)
        self.assertEqual(file.cso_kind, kind)
        images = [len(find(slot, "img")) for slot in self.get_slots()]
        self.assertEqual(images[:3], [0, 1, 0])

    def test_files_go_along_with_the_form_where_no_script_runs(self):
        kind = self.get_slots()[0].get("data-kind")
        files = [
            (f"file_{kind}", ("a.jpg", make_photo(), JPEG)),
            (f"file_{kind}", ("bad.jpg", b"MZ", JPEG)),
            ("file_other", ("b.pdf", make_pdf(), "application/pdf")),
        ]
        response = self.post(
            "/my/returns/form", line=self.line.id, reason="transport_damage", files=files
        )
        self.assertIn("bad.jpg is damaged", response.text)
        kept = self.get_draft().attachment_ids.sorted("name")
        self.assertEqual(kept.mapped("name"), ["a.jpg", "b.pdf"])
        self.assertEqual(kept.mapped("cso_kind"), [kind, "other"])
        self.post(
            "/my/returns/form",
            line=self.line.id,
            reason="transport_damage",
            remove_file=kept[0].id,
        )
        self.assertEqual(self.get_draft().attachment_ids, kept[1])

    def test_bad_files_are_refused_with_the_reason_and_good_ones_beside_them_kept(self):
        attacks = make_attacks()
        for name in ("page.jpg", "cut.jpg", "hidden.png", "script.pdf", "macro.docx", "page.html"):
            with self.subTest(name=name):
                content, reason = attacks[name]
                self.assertIn(reason, self.upload((name, content)).json()["errors"]["other"][0])
        self.assertFalse(self.get_draft().attachment_ids)
        large = make_photo().ljust(21 * 1024 * 1024, b"\0")
        answer = self.upload(("large.jpg", large), ("box.jpg", make_photo())).json()
        self.assertIn("large.jpg is larger than 20 MB", answer["errors"]["other"][0])
        self.assertEqual(self.get_draft().attachment_ids.mapped("name"), ["box.jpg"])

    def test_a_place_that_the_form_does_not_have_counts_as_any_other(self):
        for slot in ("gold", "x" * 500, "../other", "res_model"):
            with self.subTest(slot=slot[:10]):
                self.assertEqual(self.upload_photo(slot).cso_kind, "other")

    def test_other_values_of_a_file_cannot_be_posted(self):
        self.act(
            "upload", res_model="res.partner", res_id=1, public=1, cso_kind="x", attachment_ids=[1]
        )
        file = self.upload_photo()
        self.assertEqual((file.res_model, file.public), ("cso.form.draft", False))

    def test_no_more_files_than_a_position_takes(self):
        self.env.company.cso_position_files = 2
        answer = self.upload(*[(f"{number}.jpg", make_photo()) for number in range(3)]).json()
        self.assertIn("2 files", answer["errors"]["other"][0])
        self.assertEqual(len(self.get_draft().attachment_ids), 2)

    def test_no_more_files_than_a_customer_sends_in_a_day(self):
        self.env.company.cso_day_files = 1
        answer = self.upload(("a.jpg", make_photo()), ("b.jpg", make_photo())).json()
        self.assertIn("24 hours", answer["errors"]["other"][0])
        self.assertEqual(self.get_draft().attachment_ids.mapped("name"), ["a.jpg"])

    def test_a_strange_line_or_reason_takes_no_file(self):
        foreign = self._create_delivered_line(1, partner=self.stranger_company)
        self.assertEqual(self.upload(("a.jpg", make_photo()), line=foreign).status_code, 404)
        for route in ("upload", "remove", "phone", "phone/close"):
            for line in (foreign.id, "x", "99999999999", ""):
                with self.subTest(route=route, line=line):
                    self.assertEqual(self.act(route, line=line).status_code, 404)
        self.assertFalse(self.env["cso.form.draft"].search([("sale_line_id", "=", foreign.id)]))

    def test_only_an_own_file_of_this_draft_is_removed(self):
        file = self.upload_photo()
        self.upload(("other.jpg", make_photo()), code="concealed_damage")
        other = self.get_draft("concealed_damage").attachment_ids
        for file_id in (other.id, "x", "", "99999999999", -1):
            self.assertEqual(self.act("remove", file=file_id).status_code, 200)
        self.sign_in(self.colleague)
        self.act("remove", file=file.id)
        self.assertTrue(file.exists() and other.exists())
        self.sign_in(self.user)
        answer = self.act("remove", file=file.id).json()
        self.assertFalse(file.exists())
        self.assertNotIn("box.jpg", json.dumps(answer["files"]))

    def test_a_look_sends_the_files_only_where_something_changed_and_writes_nothing(self):
        self.assertEqual(self.look(seen="")["files"], None)
        self.assertFalse(self.get_draft())
        self.upload_photo()
        answer = self.look()
        self.assertIn("box.jpg", answer["files"]["other"])
        self.assertIsNone(self.look(seen=answer["key"])["files"])

    def test_the_page_of_somebody_who_is_not_signed_in_any_more_is_told_nothing(self):
        self.assertEqual(self.get_status(self.get_look_url(), self.user), 200)
        self.assertEqual(self.get_status(self.get_look_url(), self.colleague), 404)
        self.assertEqual(self.get_status(self.get_look_url()), 303)

    def test_the_own_way_of_odoo_to_files_shows_none_of_a_draft(self):
        file = self.upload_photo()
        for user in (self.user, self.colleague, self.stranger):
            self.assertNotEqual(self.get_status(f"/web/content/{file.id}", user), 200)

    def test_a_file_is_seen_by_its_user_then_by_the_colleagues_never_by_a_stranger(self):
        self.upload(("box.jpg", make_photo()), code="doa")
        file = self.get_draft("doa").attachment_ids
        url = f"/my/returns/file/{file.id}"
        self.assertEqual(self.get_status(url, self.user), 200)
        self.assertEqual(self.get_status(url, self.colleague), 404)
        self.sign_in(self.user)
        self.submit(self.add_to_cart())
        self.assertEqual(self.get_status(url, self.colleague), 200)
        self.assertEqual(self.get_status(url, self.stranger), 404)
        self.assertEqual(self.get_status(url), 303)

    def test_only_pictures_are_shown_and_nothing_is_ever_a_page(self):
        photo = self.upload_photo()
        self.upload(("scan.pdf", make_pdf()))
        paper = self.get_draft().attachment_ids - photo
        for file, mimetype, disposition in (
            (photo, "image/jpeg", "inline"),
            (paper, "application/pdf", "attachment"),
        ):
            for query in ("", "?small=1"):
                headers = self.url_open(f"/my/returns/file/{file.id}{query}").headers
                self.assertTrue(headers["Content-Type"].startswith(mimetype))
                self.assertTrue(headers["Content-Disposition"].startswith(disposition))
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'; sandbox")

    def test_a_picture_in_a_list_is_small(self):
        self.upload(("box.jpg", make_photo(size=(2000, 1500))))
        url = f"/my/returns/file/{self.get_draft().attachment_ids.id}"
        large, small = self.url_open(url).content, self.url_open(f"{url}?small=1").content
        self.assertLess(len(small), len(large) / 4)

    def test_other_attachments_are_not_found(self):
        attachment = self.env["ir.attachment"].create({"name": "x.png", "raw": make_photo("PNG")})
        logo = self.env["ir.attachment"].search([("res_field", "!=", False)], limit=1)
        for file_id in (attachment.id, logo.id, 0, 99999999999):
            with self.subTest(file_id=file_id):
                self.assertEqual(self.get_status(f"/my/returns/file/{file_id}", self.user), 404)

    def test_looking_at_an_address_that_only_acts_leads_on(self):
        for route in ("upload", "remove", "phone", "phone/close"):
            with self.subTest(route=route):
                response = self.url_open(f"/my/returns/form/{route}", allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith("/my/returns/register"))

    def test_a_post_without_the_token_of_the_session_is_refused(self):
        for route in ("upload", "remove", "phone", "phone/close"):
            with self.subTest(route=route):
                data = {"line": self.line.id, "reason": "transport_damage"}
                with self.assertLogs("odoo.http", "WARNING") as logs:
                    response = self.url_open(f"/my/returns/form/{route}", data=data)
                self.assertEqual(response.status_code, 400)
                self.assertIn("No CSRF validation token", logs.output[0])

    def test_a_phone_link_comes_as_a_code_and_ends_by_a_new_one_or_by_hand(self):
        first, second = self.act("phone").json(), self.act("phone").json()
        self.assertTrue(second["image"].startswith("data:image/svg+xml;base64,"))
        self.assertAlmostEqual(second["seconds"], 15 * 60, delta=20)
        self.assertEqual(self.url_open(first["url"]).status_code, 410)
        self.assertEqual(self.url_open(second["url"]).status_code, 200)
        self.assertGreater(self.look()["seconds"], 0)
        self.assertEqual(self.act("phone/close").json()["seconds"], 0)
        self.assertEqual(self.look()["seconds"], 0)
        self.assertEqual(self.url_open(second["url"]).status_code, 410)
