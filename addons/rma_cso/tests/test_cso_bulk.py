from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoBulk(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line, cls.other = (cls._create_delivered_line(3) for _index in range(2))
        cls.lots = cls._get_lots(cls.line).sorted("id")
        user = cls._create_portal_user("mira", cls.branch)
        cls.bulk = cls.env["cso.bulk"].with_user(user)

    def start(self, code="defect", lines=None):
        items = [
            self.bulk._prepare_item(line.sudo(), self._get_lots(line).sudo())
            for line in lines or (self.line, self.other)
        ]
        return self.bulk._start(self._get_reason(code), items)

    def test_pasted_serials_are_found_by_line_and_the_others_are_named(self):
        names = [self.lots[0].name.lower(), f"S/N: {self.lots[2].name}", "NOBODYS-1"]
        foreign = self._get_lots(self._create_delivered_line(1, partner=self.stranger_company))
        items, missing, _held = self.bulk._find_by_serials([*names, foreign.name])
        self.assertEqual([item["line"] for item in items], [self.line])
        self.assertEqual(items[0]["lots"], self.lots[0] | self.lots[2])
        self.assertEqual(missing, ["NOBODYS-1", foreign.name])

    def test_a_pasted_serial_in_an_open_case_is_left_out_and_named(self):
        taken = self._create_case(self.line, lot_ids=self.lots[:1]).lot_ids
        items, missing, held = self.bulk._find_by_serials(self.lots.mapped("name"))
        self.assertEqual(items[0]["lots"], self.lots[1:])
        self.assertEqual((missing, held), ([], taken))
        counts = {one["reason"].code: one["count"] for one in self.bulk._get_reasons(items)}
        self.assertEqual(counts["defect"], 1)

    def test_serials_need_the_same_queries_for_two_and_for_many(self):
        counts = []
        for lots in (self.lots[:2], self.lots | self._get_lots(self.other)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.bulk._find_by_serials(lots.mapped("name"))
            counts.append(self.env.cr.sql_log_count - before)
            self.bulk._find_by_serials(lots.mapped("name"))
        self.assertLessEqual(counts[1], counts[0])

    def test_a_slip_brings_what_is_left_of_its_own_units(self):
        self._create_case(self.line, quantity=1.0)
        slip = self.line.move_ids.picking_id.filtered(lambda one: one.state == "done")
        items = self.bulk._find_by_document(slip[:1].name, "delivery_slip")
        self.assertEqual([item["quantity"] for item in items], [2.0])
        self.assertEqual(items[0]["lots"], self.lots[1:])

    def test_reasons_with_photos_or_answers_per_line_are_not_offered(self):
        items, _missing, _held = self.bulk._find_by_serials(self.lots.mapped("name"))
        codes = {one["reason"].code for one in self.bulk._get_reasons(items)}
        self.assertTrue({"defect", "doa", "commercial", "shortage"} <= codes)
        for code in ("transport_damage", "concealed_damage", "wrong_delivery", "wrong_invoice"):
            self.assertNotIn(code, codes)

    def test_reasons_tell_for_how_many_lines_they_are_possible(self):
        old = self._create_delivered_line(1, invoiced_ago=20, shipped_ago=20)
        lots = self.lots[:1] | self._get_lots(old)
        items, _missing, _held = self.bulk._find_by_serials(lots.mapped("name"))
        counts = {one["reason"].code: one["count"] for one in self.bulk._get_reasons(items)}
        self.assertEqual((counts["defect"], counts["commercial"]), (2, 1))

    def test_shared_answers_are_kept_with_each_line_and_units_are_not(self):
        drafts = self.start()
        lots = drafts[0].answers["lot_ids"]
        self.bulk._keep_shared(drafts, {"comment": "Dead", "lot_ids": [1], "quantity": "9"})
        self.assertEqual([draft.answers["comment"] for draft in drafts], ["Dead", "Dead"])
        self.assertEqual(drafts[0].answers["lot_ids"], lots)

    def test_starting_again_takes_over_what_was_typed_and_forgets_the_other_lines(self):
        self.bulk._keep_shared(self.start(), {"comment": "Dead"})
        drafts = self.start(lines=self.other)
        self.assertEqual(drafts.sale_line_id, self.other)
        self.assertEqual(drafts.answers["comment"], "Dead")
        self.assertEqual(self.bulk._get_drafts(self._get_reason("defect")), drafts)

    def test_what_is_possible_goes_into_the_cart_and_the_rest_stays_with_its_reason(self):
        drafts = self.start()
        self.bulk._keep_shared(drafts, {"comment": "Dead", "fault_code": "no_response"})
        self._create_case(self.other)
        self.assertEqual(self.bulk._add_possible(drafts), 1)
        left = self.bulk._get_drafts(self._get_reason("defect"))
        self.assertEqual(left.sale_line_id, self.other)
        self.assertIn("lot_ids", self.bulk._get_errors(left)[left])
        position = self.env["cso.rma.line"].search([("sale_line_id", "=", self.line.id)])
        self.assertEqual(position.lot_ids, self.lots)
        self.assertEqual(position.rma_id.return_address_id, self.line.order_id.partner_shipping_id)

    def test_nothing_goes_into_the_cart_before_the_shared_questions_are_answered(self):
        drafts = self.start()
        self.assertEqual(self.bulk._add_possible(drafts), 0)
        self.assertEqual(len(drafts.exists()), 2)
