from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.partner_access.tests.file_common import make_photo

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoUploadLink(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.line = cls._create_delivered_line(1)
        drafts = cls.env["cso.form.draft"].with_user(cls.user).sudo()
        cls.draft = drafts._ensure_draft(cls.line, cls._get_reason("transport_damage"))
        cls.links = cls.env["cso.upload.link"]

    def test_the_token_is_long_different_each_time_and_not_kept(self):
        link, token = self.links._open(self.draft)
        self.assertGreaterEqual(len(token), 32)
        self.assertNotEqual(self.links._open(self.draft)[1], token)
        self.assertNotIn(token, str(link.read()))
        self.assertEqual(len(link.token_hash), 64)

    def test_a_link_is_found_by_its_token_only(self):
        link, token = self.links._open(self.draft)
        self.assertEqual(self.links._find(token), link)
        for wrong in ("", False, token.lower(), token[:-1], link.token_hash, "\x00", "%"):
            with self.subTest(wrong=wrong):
                self.assertFalse(self.links._find(wrong))

    def test_it_is_open_for_the_minutes_of_the_setting(self):
        self.line.company_id.cso_link_minutes = 3
        link, _token = self.links._open(self.draft)
        self.assertAlmostEqual(link._get_seconds(), 180, delta=3)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=3, seconds=1)):
            self.assertFalse(link._get_seconds() or link._is_usable())
            self.assertFalse(self.links._get_link(self.draft))

    def test_a_new_one_ends_the_one_before(self):
        first, _token = self.links._open(self.draft)
        second, _token = self.links._open(self.draft)
        self.assertFalse(first._is_usable())
        self.assertTrue(second._is_usable())
        self.assertEqual(self.links._get_link(self.draft), second)

    def test_a_draft_never_has_two_open_ones(self):
        link, _token = self.links._open(self.draft)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            link.copy({"token_hash": "other"})

    def test_it_ends_with_its_draft(self):
        link, _token = self.links._open(self.draft)
        self.draft.unlink()
        self.assertFalse(link._is_usable())

    def test_it_ends_when_its_user_may_not_see_the_line_any_more(self):
        link, _token = self.links._open(self.draft)
        for values in ({"active": False}, {"active": True}):
            self.user.write(values)
            self.assertEqual(link._is_usable(), values["active"])
        self.user.partner_id.parent_id = self.stranger_company
        self.env.registry.clear_cache()
        self.assertFalse(link._is_usable())

    def test_its_slots_hold_what_it_received_only(self):
        self.draft._add_file("desk.jpg", make_photo())
        link, _token = self.links._open(self.draft)
        file = link._add_file("phone.jpg", make_photo())
        self.assertEqual(link._get_slots()[-1]["files"], file)

    def test_nobody_but_the_server_reads_links(self):
        link, _token = self.links._open(self.draft)
        for user in (self.user, self._create_clerk()):
            with self.assertRaises(AccessError):
                link.with_user(user).read(["draft_id"])

    def test_ended_ones_are_forgotten_after_a_day(self):
        link, _token = self.links._open(self.draft)
        self.links._gc_links()
        self.assertTrue(link.exists())
        link.expires_on = fields.Datetime.now() - timedelta(days=1, minutes=1)
        self.links._gc_links()
        self.assertFalse(link.exists())
