import logging

from odoo.tests import BaseCase, tagged

from ..tools.hidden_token import HideToken


@tagged("post_install", "-at_install")
class TestHiddenToken(BaseCase):
    def test_what_follows_the_path_is_left_out_and_the_rest_stays(self):
        texts = {
            '"GET /photos/abc-_1 HTTP/1.1" 200': '"GET /photos/… HTTP/1.1" 200',
            '"POST /photos/abc/upload HTTP/1.1" 200': '"POST /photos/…/upload HTTP/1.1" 200',
            '"GET /my/photos HTTP/1.1" 200': '"GET /my/photos HTTP/1.1" 200',
        }
        for text, shown in texts.items():
            with self.subTest(text=text):
                record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (text,), None)
                self.assertTrue(HideToken("/photos/").filter(record))
                self.assertEqual(record.getMessage(), shown)
