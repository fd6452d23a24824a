from odoo.tests import HttpCase, tagged

from .common import PASSWORD, AccessCommon


@tagged("post_install", "-at_install")
class TestIrHttp(AccessCommon, HttpCase):
    def test_an_address_with_a_zero_byte_leads_nowhere(self):
        paths = ("/my/%00", "/%00", "/my/addresses?page=%00", "/my/addresses?%00=1")
        user = self._create_portal_user()
        for login in (None, user.login):
            if login:
                self.authenticate(login, PASSWORD)
            for path in paths:
                with self.subTest(path=path, login=login):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertIn(response.status_code, (303, 404) if not login else (404,))

    def test_other_bytes_are_none_of_its_business(self):
        self.authenticate(self._create_portal_user().login, PASSWORD)
        self.assertEqual(self.url_open("/my/addresses?page=%2500&name=100%25").status_code, 200)
