from odoo.tests import tagged

from .test_cso_form import FormCommon


@tagged("post_install", "-at_install")
class TestCsoFormClaim(FormCommon):
    def test_a_missing_accessory_is_named_in_words_once_per_serial(self):
        line = self._create_delivered_line(2)
        lots = self._get_lots(line)
        self.assertEqual(self._get_errors(line, "missing_accessory", lot_ids=lots.ids), {"comment"})
        form = self._create_form(
            line, "missing_accessory", lot_ids=lots.ids, comment="The power cable."
        )
        form._check_answers()
        self.assertEqual(form.quantity, 2)
