from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase, find


@tagged("post_install", "-at_install")
class TestBulk(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cable = cls._create_delivered_line(5, product=cls._create_product())

    def start(self, **values):
        return self.post("/my/returns/bulk/start", **{"reason": "defect", **values})

    def get_drafts(self, user=None):
        return self.env["cso.form.draft"].search([("user_id", "=", (user or self.user).id)])

    def test_pasted_serials_are_preselected_and_unknown_ones_named(self):
        text = "\n".join([*self.lots.mapped("name"), "NOBODYS-1"])
        response = self.post("/my/returns/bulk", serials=text)
        page = html.fromstring(response.content)
        boxes = [box.get("value") for box in find(page, "input[@name='lot'][@checked]")]
        self.assertEqual(sorted(boxes), sorted(map(str, self.lots.ids)))
        self.assertIn("NOBODYS-1", response.text)

    def test_a_delivery_brings_the_quantity_that_is_left(self):
        slip = self.cable.move_ids.picking_id.name
        response = self.url_open(f"/my/returns/bulk?kind=delivery_slip&number={slip}")
        page = html.fromstring(response.content)
        quantity = find(page, f"input[@name='quantity_{self.cable.id}']")[0]
        self.assertEqual(quantity.get("value"), "5")

    def test_one_form_fills_the_cart_with_all_lines(self):
        self.start(lot=self.lots.ids, line=self.cable.id, **{f"quantity_{self.cable.id}": "2"})
        values = {"reason": "defect", "comment": "Dead", "fault_code": "no_response"}
        response = self.post("/my/returns/bulk/form", **values)
        self.assertIn("/my/returns/cart?added=1", response.url)
        lines = self.get_cart().line_ids
        quantities = {line.sale_line_id: line.quantity for line in lines}
        self.assertEqual(quantities, {self.line: 3.0, self.cable: 2.0})
        self.assertFalse(self.get_drafts())

    def test_a_quantity_is_read_as_the_page_writes_it(self):
        line = self._create_delivered_line(1200, product=self.cable.product_id)
        for typed, quantity in (("1,000", "1000"), ("1.5", "1.5"), ("1,5", "1.5")):
            with self.subTest(typed):
                self.start(line=line.id, **{f"quantity_{line.id}": typed})
                self.assertEqual(self.get_drafts().answers["quantity"], quantity)

    def test_missing_answers_are_asked_once_and_kept(self):
        self.start(lot=self.lots.ids, line=self.cable.id, **{f"quantity_{self.cable.id}": "2"})
        response = self.post("/my/returns/bulk/form", reason="defect", comment="Dead & gone")
        page = html.fromstring(response.content)
        links = [link.get("href") for link in find(page, "div[@role='alert']//a")]
        self.assertEqual(links, ["#q_fault_code"])
        self.assertEqual(find(page, "*[@id='q_comment']")[0].text_content().strip(), "Dead & gone")
        self.assertFalse(self.get_cart())

    def test_what_is_typed_is_saved_and_there_after_a_new_sign_in(self):
        self.start(lot=self.lots.ids)
        answers = {"comment": "Half a sentence"}
        saved = self.call(
            "/my/returns/bulk/save", reason="defect", answers=answers, uid=self.user.id
        )
        self.assertTrue(saved["saved"])
        self.authenticate(None, None)
        self.sign_in(self.user)
        text = self.url_open("/my/returns/bulk/form?reason=defect").text
        self.assertIn("Half a sentence", text)
        self.sign_in(self.colleague)
        text = self.url_open("/my/returns/bulk/form?reason=defect").text
        self.assertNotIn("Half a sentence", text)

    def test_foreign_serials_and_lines_are_left_out(self):
        foreign = self._create_delivered_line(2, partner=self.stranger_company)
        other = self._create_delivered_line(
            2, product=self.cable.product_id, partner=self.stranger_company
        )
        response = self.start(
            lot=self._get_lots(foreign).ids, line=other.id, **{f"quantity_{other.id}": "1"}
        )
        self.assertTrue(response.url.endswith("/my/returns/bulk"))
        self.assertFalse(self.get_drafts())

    def test_a_serial_of_somebody_else_in_a_draft_is_not_shown(self):
        foreign = self._get_lots(self._create_delivered_line(1, partner=self.stranger_company))
        self.start(lot=self.lots.ids)
        answers = {"lot_ids": [*self.lots.ids, *foreign.ids]}
        values = {"line": self.line.id, "reason": "defect", "uid": self.user.id}
        self.assertTrue(self.call("/my/returns/form/save", answers=answers, **values)["saved"])
        text = self.url_open("/my/returns/bulk/form?reason=defect").text
        self.assertIn(self.lots[0].name, text)
        self.assertNotIn(foreign.name, text)

    def test_a_reason_that_is_not_for_many_lines_is_not_begun(self):
        self.start(reason="transport_damage", lot=self.lots.ids)
        self.assertFalse(self.get_drafts())

    def test_garbage_is_answered_with_a_page(self):
        for values in ({"serials": "\x00, ;'\"<" * 2000}, {"kind": "x", "number": "\u00b2"}, {}):
            with self.subTest(values=str(values)[:30]):
                self.assertEqual(self.post("/my/returns/bulk", **values).status_code, 200)
        quantities = ("nan", "inf", "-1", "9" * 400, "\u00b2", "")
        for quantity in quantities:
            with self.subTest(quantity=quantity[:10]):
                values = {f"quantity_{self.cable.id}": quantity}
                response = self.start(line=[self.cable.id, "x", "99999999999"], lot="x", **values)
                self.assertEqual(response.status_code, 200)

    def test_lines_that_are_left_out_are_the_own_ones_only(self):
        self.start(lot=self.lots.ids)
        draft = self.get_drafts()
        self.sign_in(self.colleague)
        self.post("/my/returns/draft/discard", draft=draft.id)
        self.assertTrue(draft.exists())
        self.sign_in(self.user)
        self.post("/my/returns/draft/discard", draft=draft.id, bulk="defect")
        self.assertFalse(draft.exists())
