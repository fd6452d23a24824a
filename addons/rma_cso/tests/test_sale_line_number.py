from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestSaleLineNumber(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line = cls._create_delivered_line(2)
        cls.case = cls._create_case(cls.line).rma_id
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.stranger = cls._create_portal_user("hans", cls.stranger_company)

    def find(self, number, user=None, number_type="case"):
        lines = self.env["sale.order.line"].with_user(user or self.user)
        return lines._get_portal_lines(number, number_type)[0]

    def test_the_number_of_a_case_finds_its_lines_however_it_is_typed(self):
        for number in (self.case.name, self.case.name.lower(), f" {self.case.name} "):
            for number_type in ("case", "any"):
                with self.subTest(number=number, number_type=number_type):
                    self.assertEqual(self.find(number, number_type=number_type), self.line)

    def test_a_case_of_another_customer_and_a_cart_find_nothing(self):
        self.assertFalse(self.find(self.case.name, self.stranger))
        self._create_position(self.line, cart=self._create_cart(user=self.user, name="RMA-X"))
        self.assertFalse(self.find("RMA-X"))
