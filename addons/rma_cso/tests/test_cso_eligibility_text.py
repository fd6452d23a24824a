from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoEligibilityText(RmaCommon):
    """What is kept of the rules, which of them a clerk set aside, and what is flagged."""

    def _create_late_line(self):
        return self._create_delivered_line(shipped_ago=20, invoiced_ago=20)

    def _create_overrider(self, login="chief"):
        groups = "rma_cso.group_cso_user,rma_cso.group_cso_override"
        return self._create_clerk(login, groups)

    def _create_overridden(self, line=None, code="commercial", **values):
        """A position against the rules, made as the form makes it, and not submitted yet."""
        line = line or self._create_late_line()
        position = self._create_position(line, code)
        position.with_user(self._create_overrider()).sudo().write(
            {"override_reason": " Agreed with the buyer. ", **values}
        )
        return position

    def test_all_figures_that_counted_are_kept(self):
        policy = self._create_policy(doa_days=30, warranty_handling="repair")
        line = self._create_delivered_line(shipped_ago=10, invoiced_ago=9)
        kept = self._create_case(line).eligibility
        self.assertEqual(kept["start"], str(self.today.replace() - self._days(10)))
        self.assertEqual(kept["until"], str(self.today + self._days(20)))
        self.assertEqual((kept["value"], kept["currency"]), (333.97, line.currency_id.name))
        self.assertEqual((kept["policy"]["id"], kept["policy"]["doa_days"]), (policy.id, 30))
        self.assertEqual((kept["quantity"], kept["rules"]["window_days"]), (1, 45))

    def _days(self, count):
        return self._in_days(count) - self._in_days(0)

    def test_the_kept_figures_are_words_for_staff(self):
        self._create_policy(doa_days=30)
        position = self._create_case(self._create_delivered_line(shipped_ago=10, invoiced_ago=9))
        for part in (
            "counted from",
            "Value of what is claimed: 333.97",
            "Policy of Secret Supply: DOA Scheme: Yes, DOA Days: 30",
            "No objections.",
            "Window (days): 45",
        ):
            with self.subTest(part):
                self.assertIn(part, position.eligibility_text)

    def test_a_change_of_the_table_changes_no_open_case(self):
        reviewed = self._create_case(self._create_delivered_line(), "buyback", comment="Too many")
        sent = self._create_case(self._create_delivered_line(), "commercial")
        names = ["message", "validity_days", "asks_fee", "asks_goods", "fee_percent", "takes_units"]
        before = [reviewed.read(names), sent.read(names), sent.valid_until]
        (reviewed | sent).reason_id.write(
            {
                "message": "handled",
                "validity_days": 1,
                "fee_manual": False,
                "fee_percent": 25,
                "goods_expected": "no",
                "takes_units": False,
                "authorisation": "review",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([reviewed.read(names), sent.read(names), sent.valid_until], before)
        self._authorise(reviewed, fee_percent=12)
        self.assertEqual((reviewed.valid_until - self.today).days, 5)
        self.assertEqual((reviewed.fee_percent, reviewed.is_goods_expected), (12, True))

    def test_answers_are_read_by_the_form_that_asked_them(self):
        position = self._create_case(self._create_delivered_line(), fault_code="noise")
        words = position._get_answer_words()
        position.reason_id.form = "cso.form.claim"
        self.assertIn("Loud or unusual noises", [word for _question, word in words])
        self.assertEqual(position._get_answer_words(), words)

    def test_an_override_sets_rules_aside(self):
        position = self._create_overridden()
        self.assertFalse(position._get_objections()[position])
        position.rma_id._submit()
        self.assertEqual(position.state, "authorised")
        self.assertEqual(position.override_reason, "Agreed with the buyer.")
        self.assertEqual(position.override_user_id.login, "chief")
        self.assertEqual(position.eligibility["overridden"], ["window"])

    def test_an_override_is_seen_on_the_position_and_in_the_chatter(self):
        position = self._create_overridden()
        position.rma_id._submit()
        self.assertTrue(position.is_flagged)
        for text in (position.flag_text, self._get_notes(position)):
            self.assertRegex(text, r"set aside by chief.*too late.*Agreed with the buyer")
        self.assertIn("Rules set aside: too late.", position.eligibility_text)

    def _get_notes(self, position):
        return " ".join(position.rma_id.message_ids.mapped("body"))

    def test_facts_are_not_overridden(self):
        line = self._create_late_line()
        self._create_case(line, "buyback", comment="Too many")
        position = self._create_overridden(line)
        codes = [one["code"] for one in position._get_objections()[position]]
        self.assertEqual(codes, ["units", "serial"])
        with self.assertRaisesRegex(UserError, "claimed or returned already"):
            position.rma_id._submit()

    def test_a_reason_that_was_not_needed_flags_nothing(self):
        position = self._create_overridden(self._create_delivered_line())
        position.rma_id._submit()
        self.assertFalse(position.is_flagged)
        self.assertNotIn("set aside", self._get_notes(position))

    def test_blanks_are_no_reason(self):
        position = self._create_overridden(override_reason="   ")
        self.assertFalse(position.override_user_id)
        self.assertTrue(position._get_objections()[position])

    def test_who_has_no_right_overrides_nothing(self):
        customer = self._create_portal_user("buyer", self.branch)
        manager = self._create_clerk("boss", "rma_cso.group_cso_manager")
        for user in (self._create_clerk(), manager, customer):
            position = self._create_position(self._create_late_line(), "commercial")
            with self.subTest(user.login):
                for records in (position.with_user(user), position.with_user(user).sudo()):
                    with self.assertRaises(UserError):
                        records.write({"override_reason": "Because."})
                with self.assertRaises(AccessError):
                    position.with_user(user).sudo().copy({"override_reason": "Because."})
                self.assertTrue(position._get_objections()[position])

    def test_nobody_names_another_as_the_one_who_overrode(self):
        clerk = self._create_clerk()
        position = self._create_overridden(override_user_id=clerk.id)
        self.assertEqual(position.override_user_id.login, "chief")
        position.write({"override_user_id": clerk.id})
        self.assertEqual(position.override_user_id.login, "chief")

    def test_a_submitted_position_is_not_overridden_by_hand(self):
        position = self._create_case(self._create_delivered_line())
        with self.assertRaisesRegex(UserError, "by hand"):
            position.with_user(self._create_overrider()).override_reason = "Because."

    def test_customers_read_neither_flags_nor_overrides(self):
        position = self._create_overridden()
        position.rma_id._submit()
        customer = self._create_portal_user("buyer", self.branch)
        for name in ("is_flagged", "flag_text", "override_reason", "override_user_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                position.with_user(customer).read([name])

    def test_the_form_sets_rules_aside_for_who_may(self):
        line = self._create_late_line()
        for user, is_possible in ((self._create_clerk(), False), (self._create_overrider(), True)):
            form = (
                self.env["cso.form.unopened"]
                .with_user(user)
                .sudo()
                .new(
                    {
                        "sale_line_id": line.id,
                        "reason_id": self._get_reason("commercial").id,
                        "lot_ids": self._get_lots(line).ids,
                        "quantity": 1,
                        "override_reason": "Agreed.",
                    }
                )
            )
            with self.subTest(user.login):
                self.assertEqual(not form._get_objections(), is_possible)
                kept = form._prepare_position_values()["override_reason"]
                self.assertEqual(kept, is_possible and "Agreed.")

    def test_visible_damage_reported_late_is_flagged(self):
        for days, is_late in ((0, False), (2, False), (3, True)):
            line = self._create_delivered_line(shipped_ago=days, invoiced_ago=days)
            with self.subTest(days):
                position = self._create_damage(line)
                self.assertEqual(position.is_flagged, is_late)
                self.assertEqual("within 48 hours" in (position.flag_text or ""), is_late)

    def _create_damage(self, line, **values):
        values = {"comment": "The corner", "noted_at_delivery": "yes", **values}
        return self._create_case(line, "transport_damage", **values, **self._get_photos())

    def _get_photos(self):
        kinds = ("shipping_box", "retail_box", "shipping_label")
        photos = self.env["ir.attachment"].union(*(self._create_photo() for _kind in kinds))
        for photo, kind in zip(photos, kinds, strict=True):
            photo.cso_kind = kind
        return {"attachment_ids": [(6, 0, photos.ids)]}

    def test_the_stated_receipt_decides_whether_damage_is_late(self):
        line = self._create_delivered_line(shipped_ago=4, invoiced_ago=4)
        position = self._create_damage(line, received_on=self.today - self._days(1))
        self.assertFalse(position.is_flagged)

    def test_the_hours_of_a_late_report_are_data(self):
        reason = self._get_reason("transport_damage")
        line = self._create_delivered_line(quantity=2, shipped_ago=3, invoiced_ago=3)
        reason.flag_after_hours = 72
        self.assertFalse(self._create_damage(line).is_flagged)
        reason.flag_after_hours = 0
        self.assertFalse(self._create_damage(line).is_flagged)

    def test_damage_that_was_not_noted_is_flagged(self):
        position = self._create_damage(self._create_delivered_line(), noted_at_delivery="no")
        self.assertEqual(position.flag_text, "The damage was not noted at delivery.")

    def test_a_serial_claimed_before_is_flagged(self):
        line = self._create_delivered_line(quantity=2)
        first = self._create_case(line)
        first._refuse("It works.")
        again = self._create_case(line, "commercial", lot_ids=first.lot_ids)
        other = self._create_case(line, lot_ids=self._get_lots(line) - first.lot_ids)
        self.assertEqual(again.flag_text, f"Claimed before: {first.rma_id.name}.")
        self.assertFalse(other.is_flagged)

    def test_the_same_line_and_reason_claimed_before_is_flagged(self):
        product = self._create_product(is_storable=True)
        line = self._create_delivered_line(product=product, quantity=3)
        first = self._create_case(line)
        self.assertFalse(self._create_case(line).is_flagged)
        first._withdraw()
        self.assertTrue(self._create_case(line).is_flagged)
        self.assertFalse(self._create_case(line, "commercial").is_flagged)

    def test_flags_stay_when_time_passes(self):
        position = self._create_damage(self._create_delivered_line())
        with freeze_time(self._in_days(30)):
            position.invalidate_recordset()
            self.assertFalse(position.is_flagged)
