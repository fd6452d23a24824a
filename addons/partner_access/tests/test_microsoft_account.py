from odoo.tests import BaseCase

from ..tools.microsoft_account import AccountRefused, read_account, read_tenants

TENANT = "11111111-2222-3333-4444-555555555555"
CLAIMS = {
    "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
    "tid": TENANT,
    "oid": "0A000000-0000-0000-0000-00000000000B",
    "preferred_username": "Mira@Kade.example",
}


class TestMicrosoftAccount(BaseCase):
    def test_tenant_and_object_id_say_who_it_is(self):
        account = read_account({**CLAIMS, "auth_time": 17, "amr": ["pwd", "mfa"]})
        self.assertEqual(account.tenant, TENANT)
        self.assertEqual(account.object_id, "0a000000-0000-0000-0000-00000000000b")
        self.assertEqual(account.signed_in_at, 17)
        self.assertTrue(account.has_second_factor)
        self.assertFalse(read_account(CLAIMS).has_second_factor)

    def test_only_addresses_that_microsoft_vouches_for_count(self):
        mail = {"email": "m.deboer@kade.example"}
        for claims, expected in (
            ({}, ("mira@kade.example",)),
            (mail, ("mira@kade.example",)),
            ({**mail, "xms_edov": False}, ("mira@kade.example",)),
            ({**mail, "email_verified": True}, ("mira@kade.example",)),
            ({**mail, "xms_edov": True}, ("m.deboer@kade.example", "mira@kade.example")),
            ({**mail, "xms_edov": "1"}, ("m.deboer@kade.example", "mira@kade.example")),
            ({"preferred_username": "+31 6 12345678"}, ()),
            ({"preferred_username": None}, ()),
            ({"preferred_username": ["mira@kade.example"]}, ()),
        ):
            with self.subTest(claims):
                self.assertEqual(read_account({**CLAIMS, **claims}).addresses, expected)

    def test_personal_accounts_guests_and_nobody_are_refused(self):
        for claims in (
            {"tid": "9188040d-6c67-4c5b-b112-36a304b66dad"},
            {"idp": "live.com"},
            {"idp": "https://sts.windows.net/aaaaaaaa-2222-3333-4444-555555555555/"},
            {"acct": 1},
            {"acct": "1"},
            {"preferred_username": "mira_kade.example#EXT#@other.onmicrosoft.com"},
            {"tid": None},
            {"oid": None},
            {"oid": "x"},
        ):
            with self.subTest(claims), self.assertRaises(AccountRefused):
                read_account({**CLAIMS, **claims})

    def test_members_are_no_guests(self):
        for claims in ({"acct": 0}, {"idp": f"https://sts.windows.net/{TENANT}/"}):
            with self.subTest(claims):
                self.assertTrue(read_account({**CLAIMS, **claims}))

    def test_tenants_are_read_from_a_text(self):
        other = "aaaaaaaa-2222-3333-4444-555555555555"
        for text, expected in (
            (False, ([], [])),
            (f" {TENANT.upper()} ;{other},\n", ([TENANT, other], [])),
            ("kade.example", ([], ["kade.example"])),
            (
                "9188040d-6c67-4c5b-b112-36a304b66dad",
                ([], ["9188040d-6c67-4c5b-b112-36a304b66dad"]),
            ),
        ):
            with self.subTest(text):
                self.assertEqual(read_tenants(text), expected)
