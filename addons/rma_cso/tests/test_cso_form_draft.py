from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import tagged
from odoo.tests.common import get_db_name

from odoo.addons.partner_access.tests.common import RetentionCommon

from .common import RaceCommon, RmaCommon
from .portal_common import make_picture


@tagged("post_install", "-at_install")
class TestCsoFormDraft(RetentionCommon, RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(1)
        cls.reason = cls._get_reason("doa")
        cls.drafts = cls.env["cso.form.draft"]

    def test_there_is_one_draft_per_user_line_and_reason(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        self.assertEqual(self.drafts._ensure_draft(self.line, self.reason), draft)
        self.assertEqual(draft.user_id, self.env.user)

    def test_a_draft_is_not_found_by_somebody_else(self):
        self.drafts._ensure_draft(self.line, self.reason)
        other = self._create_clerk()
        self.assertFalse(self.drafts.with_user(other).sudo()._get_draft(self.line, self.reason))

    def test_a_draft_takes_as_many_files_as_the_company_says(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        self.line.company_id.cso_position_files = 2
        for index in range(2):
            draft._add_file(f"{index}.png", make_picture())
        with self.assertRaisesRegex(UserError, "2 files per position"):
            draft._add_file("more.png", make_picture())
        draft._remove_file(draft.attachment_ids[0].id)
        self.assertTrue(draft._add_file("more.png", make_picture()))

    def test_a_file_of_another_draft_is_not_removed(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        other = self.drafts._ensure_draft(self.line, self._get_reason("defect"))
        file = other._add_file("box.png", make_picture())
        draft._remove_file(file.id)
        self.assertTrue(file.exists())

    def test_a_file_keeps_the_slot_that_it_was_put_into_where_the_form_has_it(self):
        draft = self.drafts._ensure_draft(self.line, self._get_reason("transport_damage"))
        kind = draft._get_photo_slots()[0]["kind"]
        self.assertEqual(draft._add_file("a.png", make_picture(), kind).cso_kind, kind)
        self.assertEqual(draft._add_file("b.png", make_picture(), "gold").cso_kind, "other")

    def test_files_stand_in_their_slots_those_of_another_form_in_the_last(self):
        draft = self.drafts._ensure_draft(self.line, self._get_reason("transport_damage"))
        slots = draft._get_photo_slots()
        for name, kind in (("a.png", slots[0]["kind"]), ("b.png", "other"), ("c.png", "other")):
            draft._add_file(name, make_picture(), kind)
        draft.attachment_ids.filtered(lambda file: file.name == "c.png").cso_kind = "old"
        files = [slot["files"].mapped("name") for slot in draft._place_files(slots)]
        self.assertEqual((files[0], files[-1]), (["a.png"], ["b.png", "c.png"]))
        self.assertFalse(any(files[1:-1]))

    def test_files_whose_draft_went_with_its_order_line_are_removed(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        file = draft._add_file("box.png", make_picture())
        self.env.cr.execute("DELETE FROM cso_form_draft WHERE id = %s", [draft.id])
        self.drafts._gc_files()
        self.assertFalse(file.exists())

    def test_drafts_that_nobody_touches_are_forgotten_with_their_files(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        file = draft._add_file("box.png", make_picture())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cso_form_draft SET write_date = %s",
            [fields.Datetime.now() - timedelta(days=61)],
        )
        self._run_retention(self.drafts)
        self.assertFalse(draft.exists() or file.exists())

    def test_another_reason_takes_answers_and_photos_along_also_into_a_draft_of_it(self):
        first = self.drafts._ensure_draft(self.line, self._get_reason("transport_damage"))
        first.answers = {"comment": "Old", "quantity": "1", "reference": "Old"}
        first._add_file("a.png", make_picture(), "damage")
        draft = self.drafts._ensure_draft(self.line, self._get_reason("concealed_damage"))
        draft.answers = {"comment": "New", "reference": ""}
        draft._add_file("b.png", make_picture(), "packaging")
        draft._switch_reason(first.reason_id)
        self.assertFalse(first.exists())
        self.assertEqual(draft.answers, {"comment": "New", "quantity": "1", "reference": "Old"})
        self.assertEqual(set(draft.attachment_ids.mapped("cso_kind")), {"damage", "packaging"})
        draft._switch_reason(self._get_reason("concealed_damage"))
        slots = draft._place_files(draft._get_photo_slots())
        placed = {slot["kind"]: len(slot["files"]) for slot in slots}
        self.assertEqual((placed["damage"], placed["packaging"]), (1, 1))


@tagged("post_install", "-at_install")
class TestCsoFormDraftRace(RaceCommon):
    def create_draft(self):
        with self._open_factories() as factories:
            line = factories._create_delivered_line(1)
            drafts = factories.env["cso.form.draft"]
            return drafts._ensure_draft(line, factories._get_reason("doa")).id

    def test_of_two_files_at_once_the_second_is_counted_with_the_first(self):
        number, counted = self.create_draft(), []

        def count(_checks, files, _company):
            counted.append(files)

        checks = Registry(get_db_name())["portal.file.check"]
        with patch.object(checks, "_check_number", count):
            self._race(
                "cso.form.draft",
                (number, number),
                lambda draft: draft._add_file("box.png", make_picture()).name,
            )
        self.assertEqual(counted, [1, 2])

    def test_of_two_phone_links_at_once_one_is_open(self):
        number = self.create_draft()
        self._race(
            "cso.form.draft",
            (number, number),
            lambda draft: draft.env["cso.upload.link"]._open(draft)[1],
        )
        with self._open("cso.form.draft", number) as draft:
            links = draft.env["cso.upload.link"]
            self.assertEqual(links.search_count([("draft_id", "=", draft.id)]), 1)
