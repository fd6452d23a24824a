from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools import password_rules
from .common import PASSWORD, AccessCommon

CONTRACT, NIST = "Tulpenveld#72", "rode fiets langs blauwe sloot"  # each passes its policy only
BOTH = "Tulpenveld#2026"


@tagged("post_install", "-at_install")
class TestPartnerAccessUserPassword(AccessCommon, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.head = cls._create_company(cls, name="Waterman Groep")
        cls.branch = cls._create_company(cls, name="Kersten Installaties", parent_id=cls.head.id)
        cls.user = cls._create_portal_user(cls, cls.branch)
        values = {"name": "Bas", "parent_id": cls.branch.id}
        employee = cls.env["res.partner"].create(values)
        cls.staff = cls._create_staff(cls, "staf@kersten.example", partner_id=employee.id)

    def _set_default(self, policy):
        self.env["ir.config_parameter"].set_param("partner_access.password_policy", policy)

    def _change_by_wizard(self, user, password):
        wizard = self.env["change.password.wizard"].create({"user_ids": []})
        values = {"wizard_id": wizard.id, "user_id": user.id, "new_passwd": password}
        self.env["change.password.user"].create(values).change_password_button()

    def _change_own(self, user, password):
        """What an employee does in the own preferences, after the old password."""
        values = {"new_password": password, "confirm_password": password}
        wizard = self.env["change.password.own"].with_user(self.staff).create(values)
        type(wizard).change_password.__wrapped__(wizard)

    def _import(self, user, password):
        """What the import of a file says."""
        fields = ["id", "password"]
        xmlid = user.export_data(["id"])["datas"][0][0]
        messages = self.env["res.users"].load(fields, [[xmlid, password]])["messages"]
        if messages:
            raise UserError(messages[0]["message"])

    def _follow_link(self, user, password):
        user.partner_id.signup_prepare("reset")
        token = user.partner_id._generate_signup_token()
        self.env["res.users"].signup({"password": password}, token)

    def test_one_policy_applies_the_companys_else_the_groups_else_the_default(self):
        portal = self.env.ref("base.group_portal")
        cases = [  # branch, head office, group, default: which one applies
            (False, False, False, False, "contract"),
            (False, False, False, "nist", "nist"),
            (False, False, False, "nonsense", "contract"),
            (False, False, "nist", "contract", "nist"),
            (False, False, "contract", "nist", "contract"),
            (False, "contract", "nist", "nist", "contract"),
            ("nist", "contract", "contract", "contract", "nist"),
        ]
        for branch, head, group, default, expected in cases:
            self.branch.portal_password_policy = branch
            self.head.portal_password_policy = head
            portal.portal_password_policy = group
            self._set_default(default)
            with self.subTest(branch=branch, head=head, group=group, default=default):
                self.assertEqual(self.user._get_password_policy(), expected)

    def test_of_several_groups_the_strictest_applies(self):
        self.env.ref("base.group_user").portal_password_policy = "contract"
        group = self.env["res.groups"].create({"name": "Safe", "portal_password_policy": "nist"})
        staff = self._create_staff()
        self.assertEqual(staff._get_password_policy(), "contract")
        staff.group_ids += group
        self.assertEqual(staff._get_password_policy(), "nist")

    def test_a_link_without_a_user_has_the_policy_of_its_company(self):
        contact = self.env["res.partner"].create({"name": "Nieuw", "parent_id": self.branch.id})
        nobody = self.env["res.users"]
        self.env.ref("base.group_portal").portal_password_policy = "nist"
        self.assertEqual(nobody._get_password_policy(contact), "nist")
        self.head.portal_password_policy = "contract"
        self.assertEqual(nobody._get_password_policy(contact), "contract")

    def test_each_policy_refuses_what_the_other_takes_on_every_way(self):
        old = {"contract": PASSWORD, "nist": NIST}
        ways = {
            "write": lambda user, password: user.write({"password": password}),
            "wizard": self._change_by_wizard,
            "preferences": self._change_own,
            "security page": lambda user, password: (
                self.env["res.users"]
                .with_user(user)
                .change_password(old[self.branch.portal_password_policy], password)
            ),
            "import": self._import,
            "link": self._follow_link,
        }
        for policy, refused, taken in (("contract", NIST, CONTRACT), ("nist", CONTRACT, NIST)):
            self.branch.portal_password_policy = policy
            for name, way in ways.items():
                self.user.password = old[policy]
                with self.subTest(policy=policy, way=name):
                    self.assertRaises(UserError, way, self.user, refused)
                    way(self.user, taken)

    def test_what_is_shown_is_what_is_asked(self):
        for policy, count in (("contract", 7), ("nist", 3)):
            self.branch.portal_password_policy = policy
            codes = [rule["code"] for rule in self.user._get_password_rules()]
            with self.subTest(policy):
                self.assertEqual(codes, password_rules.get_codes(policy))
                self.assertEqual(len(codes), count)
                self.assertEqual(
                    set(self.user._get_password_failures("")), set(codes) - {"personal"}
                )

    def test_odoos_own_minimum_counts_where_it_is_more(self):
        for length, expected in (("20", 20), ("8", 12), ("", 12)):
            self.env["ir.config_parameter"].set_param("auth_password_policy.minlength", length)
            policy = self.env["res.users"].with_user(self.user).get_password_policy()
            with self.subTest(length):
                self.assertEqual(policy["minlength"], expected)
                self.assertIn(f"at least {expected} ", str(self.user._get_password_rules()))

    def test_the_name_of_the_portals_company_is_no_password(self):
        self.user.company_id.name = "Noordkade Distributie"
        self.assertEqual(self.user._get_password_failures("xNOORDxx99!!yy"), ["personal"])

    def test_a_new_user_has_the_rules_of_the_company_too(self):
        self.branch.portal_password_policy = "nist"
        contact = self.env["res.partner"].create({"name": "Jan", "parent_id": self.branch.id})
        values = {"login": "jan@kersten.example", "partner_id": contact.id}
        values["groups"] = "base.group_portal"
        with self.assertRaises(UserError):
            new_test_user(self.env, password=CONTRACT, **values)
        self.assertTrue(new_test_user(self.env, password=NIST, **values))

    def test_a_password_that_is_set_is_logged_with_who_set_it(self):
        staff = self.env.ref("base.user_admin")
        self.user.with_user(staff).password = BOTH
        row = self.env["partner.access.log"].search([("kind", "=", "password_set")], limit=1)
        self.assertEqual((row.user_id, row.actor_id), (self.user, staff))
        self.assertNotIn(BOTH, str(row.read()))
