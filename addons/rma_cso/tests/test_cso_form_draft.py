from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RmaCommon
from .portal_common import make_picture


@tagged("post_install", "-at_install")
class TestCsoFormDraft(RmaCommon):
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

    def test_a_draft_takes_ten_files(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        for index in range(10):
            draft._add_file(f"{index}.png", make_picture())
        with self.assertRaisesRegex(UserError, "10"):
            draft._add_file("more.png", make_picture())

    def test_files_move_to_the_form_of_another_reason(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        file = draft._add_file("box.png", make_picture())
        draft._move_files(self._get_reason("defect"))
        target = self.drafts._get_draft(self.line, self._get_reason("defect"))
        self.assertEqual(target.attachment_ids, file)

    def test_drafts_that_nobody_touches_are_forgotten_with_their_files(self):
        draft = self.drafts._ensure_draft(self.line, self.reason)
        file = draft._add_file("box.png", make_picture())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE cso_form_draft SET write_date = %s",
            [fields.Datetime.now() - timedelta(days=61)],
        )
        self.drafts._gc_drafts()
        self.assertFalse(draft.exists() or file.exists())
