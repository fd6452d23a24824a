from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import RmaCommon

MODELS = [
    "cso.rma",
    "cso.rma.line",
    "cso.rma.line.lot",
    "cso.reason",
    "cso.vendor.policy",
    "cso.decide.credit",
    "cso.decide.credit.line",
    "cso.refuse",
    "cso.ask.back",
    "cso.extend",
    "cso.standard.text",
    "cso.register",
    "cso.register.reason",
    "cso.form.file",
    "cso.receive",
    "cso.authorise",
    "cso.authorise.line",
    "cso.form.draft",
]
READABLE = {"cso.rma", "cso.rma.line", "cso.reason"}


@tagged("post_install", "-at_install")
class TestResUsers(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.position = cls._create_case(cls._create_delivered_line())
        cls.case = cls.position.rma_id

    def _get_seen(self, user, model="cso.rma"):
        return self.env[model].with_user(user).search([]).sudo()

    def _set_roles(self, user, *codes):
        entry = user._get_access_entry()
        entry.role_ids = self.env["partner.access.role"].search([("code", "in", codes)])

    def test_a_user_sees_the_cases_of_the_own_branch(self):
        self.assertIn(self.case, self._get_seen(self.user))
        self.assertIn(self.position, self._get_seen(self.user, "cso.rma.line"))

    def test_the_head_office_sees_the_cases_of_its_branches(self):
        self.assertIn(self.case, self._get_seen(self._create_portal_user("olga", self.office)))

    def test_nobody_else_sees_a_case(self):
        strangers = {
            "another branch": self._create_portal_user("piet", self.other_branch),
            "another customer": self._create_portal_user("karl", self.stranger_company),
        }
        for name, user in strangers.items():
            with self.subTest(name):
                self.assertNotIn(self.case, self._get_seen(user))
                self.assertNotIn(self.position, self._get_seen(user, "cso.rma.line"))
                with self.assertRaises(AccessError):
                    self.case.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.position.with_user(user).read(["quantity"])

    def test_a_cart_is_seen_by_its_own_user_only(self):
        cart = self._create_position(
            self._create_delivered_line(), cart=self._create_cart(self.user)
        ).rma_id
        colleague = self._create_portal_user("paul", self.branch)
        self.assertIn(cart, self._get_seen(self.user))
        self.assertNotIn(cart, self._get_seen(colleague))
        self.assertNotIn(cart.line_ids, self._get_seen(colleague, "cso.rma.line"))

    def test_without_the_role_there_are_no_cases(self):
        self._set_roles(self.user, "orders", "prices")
        self.assertFalse(self._get_seen(self.user))
        self.assertFalse(self._get_seen(self.user, "cso.rma.line"))

    def test_where_each_sees_the_own_only_a_colleague_sees_nothing(self):
        self.branch.portal_scope = "own"
        own = self._create_position(
            self._create_delivered_line(), cart=self._create_cart(self.user)
        ).rma_id
        own._submit()
        self.assertEqual(self._get_seen(self.user), own)

    def test_an_exception_of_a_person_goes_before_what_the_company_says(self):
        sibling = self._create_portal_user("piet", self.other_branch)
        head = self._create_portal_user("olga", self.office)
        stranger = self._create_portal_user("karl", self.stranger_company)
        cases = [
            (self.user, "own", False),
            (self.user, "branch", True),
            (head, "own", False),
            (sibling, "company", True),
            (sibling, "branch", False),
            (stranger, "company", False),
        ]
        for user, scope, expected in cases:
            user._get_access_entry().scope = scope
            with self.subTest(user=user.login, scope=scope):
                self.assertEqual(self.case in self._get_seen(user), expected)
                seen = self._get_seen(user, "cso.rma.line")
                self.assertEqual(self.position in seen, expected)

    def test_a_portal_user_reads_few_models_and_writes_none(self):
        forms = [name for name, _label in self.env["cso.reason"]._get_forms()]
        self.assertGreater(len(forms), 5)
        for name in MODELS + forms:
            model = self.env[name].with_user(self.user)
            with self.subTest(name):
                self.assertEqual(model.has_access("read"), name in READABLE)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(model.has_access(operation))

    def test_a_portal_user_cannot_write_the_own_case(self):
        with self.assertRaises(AccessError):
            self.case.with_user(self.user).write({"reference": "mine"})
        with self.assertRaises(AccessError):
            self.position.with_user(self.user).action_authorise()

    def test_a_salesperson_reads_cases_and_changes_none(self):
        seller = self._create_clerk("seller", "sales_team.group_sale_salesman_all_leads")
        self.assertIn(self.case, self._get_seen(seller))
        for operation in ("write", "create", "unlink"):
            with self.subTest(operation):
                self.assertFalse(self.case.with_user(seller).has_access(operation))

    def test_a_salesperson_sees_the_cases_of_the_own_orders_only(self):
        seller = self._create_clerk("seller", "sales_team.group_sale_salesman")
        self.position.order_id.user_id = self._create_clerk("other", "base.group_user")
        self.assertNotIn(self.case, self._get_seen(seller))
        self.assertNotIn(self.position, self._get_seen(seller, "cso.rma.line"))
        self.assertEqual(self.branch.with_user(seller).cso_rma_count, 0)
        self.position.order_id.user_id = seller
        self.assertIn(self.case, self._get_seen(seller))
        self.assertIn(self.position, self._get_seen(seller, "cso.rma.line"))

    def test_an_employee_without_a_part_in_returns_sees_no_case(self):
        employee = self._create_clerk("visitor", "base.group_user")
        for name in ("cso.rma", "cso.rma.line"):
            with self.subTest(name):
                self.assertFalse(self.env[name].with_user(employee).has_access("read"))

    def test_warehouse_and_accountants_read_all_cases(self):
        for group in ("stock.group_stock_user", "account.group_account_invoice"):
            with self.subTest(group):
                self.assertIn(self.case, self._get_seen(self._create_clerk(group, group)))

    def test_whoever_reads_cases_can_open_case_and_position(self):
        groups = (
            "sales_team.group_sale_salesman_all_leads",
            "stock.group_stock_user",
            "account.group_account_invoice",
            "account.group_account_readonly",
            "rma_cso.group_cso_user",
        )
        for group in groups:
            user = self._create_clerk(group, group)
            for record in (self.case, self.position):
                with self.subTest(group, model=record._name):
                    form = Form(record.with_user(user))
                    self.assertEqual(form.state, record.state)

    def test_only_the_manager_changes_the_rules(self):
        clerk, manager = (
            self._create_clerk(),
            self._create_clerk("head", "rma_cso.group_cso_manager"),
        )
        for name in ("cso.reason", "cso.vendor.policy"):
            with self.subTest(name):
                self.assertFalse(self.env[name].with_user(clerk).has_access("write"))
                self.assertTrue(self.env[name].with_user(manager).has_access("write"))

    def test_a_clerk_sees_no_case_of_another_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        clerk = self._create_clerk()
        other = self._create_cart(company_id=company.id)
        self.assertNotIn(other, self._get_seen(clerk))
        with self.assertRaises(AccessError):
            other.with_user(clerk).read(["name"])

    def test_a_portal_user_sees_cases_of_the_own_companies_only(self):
        company = self.env["res.company"].create({"name": "Second"})
        other = self._create_cart(self.user, company_id=company.id)
        self.assertNotIn(other, self._get_seen(self.user))
        self.branch.portal_scope = "own"
        self.assertNotIn(other, self._get_seen(self.user))

    def test_nobody_makes_or_deletes_cases_by_hand(self):
        manager = self._create_clerk("head", "rma_cso.group_cso_manager")
        for name in ("cso.rma", "cso.rma.line"):
            with self.subTest(name):
                self.assertFalse(self.env[name].with_user(manager).has_access("create"))
                with self.assertRaises(UserError):
                    self.env[name].with_user(manager).search([]).unlink()

    def test_the_public_sees_nothing(self):
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.case.with_user(public).read(["name"])

    def test_the_contact_sees_what_a_clerk_registered_once_it_is_submitted(self):
        self.branch.portal_scope = "own"
        contact = self.user.partner_id
        cart = self._create_cart(contact_id=contact.id)
        self._create_position(self._create_delivered_line(), cart=cart)
        self.assertNotIn(cart, self._get_seen(self.user))
        cart._submit()
        self.assertIn(cart, self._get_seen(self.user))
        self.assertIn(cart.line_ids, self._get_seen(self.user, "cso.rma.line"))

    def test_who_went_to_another_customer_left_the_cases_behind(self):
        own = self._create_position(
            self._create_delivered_line(), cart=self._create_cart(self.user)
        ).rma_id
        own._submit()
        own.contact_id = self.user.partner_id
        cart = self._create_cart(self.user)
        self.assertFalse((own | cart) - self._get_seen(self.user))
        self.user.partner_id.parent_id = self.stranger_company
        self.assertFalse(self._get_seen(self.user) & (own | cart))
        self.stranger_company.portal_scope = "own"
        self.assertFalse(self._get_seen(self.user) & (own | cart))

    def test_programs_act_for_who_uses_the_returns_desk(self):
        settings = self.env["ir.config_parameter"]
        self.assertTrue(self.user._may_call_api())
        settings.set_param("portal.allow_api_keys", False)
        self.assertFalse(self.user._may_call_api())
        settings.set_param("portal.allow_api_keys", True)
        self._set_roles(self.user, "orders", "prices")
        self.assertFalse(self.user._may_call_api())
