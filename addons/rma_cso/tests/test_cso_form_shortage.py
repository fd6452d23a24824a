from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormShortage(FormCommon):
    def test_number_and_wish_are_required_and_serials_are_not_asked(self):
        line = self._create_delivered_line(3)
        self.assertEqual(self._get_errors(line, "shortage"), {"quantity", "wish"})
        answers = {"quantity": "1", "wish": "credit_redelivery"}
        self.assertFalse(self._get_errors(line, "shortage", **answers))

    def test_not_more_is_missing_than_the_line_has(self):
        line = self._create_delivered_line(3)
        errors = self._get_errors(line, "shortage", quantity="4", wish="credit")
        self.assertEqual(errors, {"quantity"})
