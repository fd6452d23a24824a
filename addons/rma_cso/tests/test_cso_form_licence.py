from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormLicence(FormCommon):
    def test_a_licence_comes_back_when_it_is_not_activated(self):
        line = self._create_delivered_line(2, product=self._create_license(), price=49.0)
        errors = self._get_errors(line, "licence_return", quantity="1")
        self.assertEqual(errors, {"not_activated"})
        answers = {"quantity": "1", "not_activated": "1", "typed_serials": "AAAA-BBBB"}
        form = self._create_form(line, "licence_return", **answers)
        form._check_answers()
        values = form._prepare_position_values()
        self.assertEqual(values["typed_serials"], "AAAA-BBBB")
        self.assertTrue(values["not_activated"])
