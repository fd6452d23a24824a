from odoo.tests import tagged

from .common import RmaCommon


@tagged("post_install", "-at_install")
class TestCsoCaseDocuments(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.stranger = cls._create_portal_user("hans", cls.stranger_company)
        cart = cls._create_cart(user=cls.user)
        cls.credited = cls._create_position(cls._create_delivered_line(), cart=cart)
        cls.repaired = cls._create_position(cls._create_delivered_line(), cart=cart)
        cart._submit()
        for position in cart.line_ids:
            cls._receive(position)
            position.test_result = "confirmed"
        cls.note = cls._decide_credit(cls.credited)
        cls.slip = cls.repaired._send_back("Repaired")
        cls.case = cart

    def _get_names(self, user=None):
        """Return kind and number of the documents that a user sees, sorted."""
        case = self.case.with_user(user or self.user).sudo()
        return sorted((one["kind"], one["record"].name) for one in case._get_customer_documents())

    def _leave(self):
        self.slip.move_ids.picked = True
        self.slip.button_validate()

    def test_what_is_not_posted_or_not_shipped_is_no_document_yet(self):
        self.assertEqual(self._get_names(), [])
        self.note.action_post()
        self.assertEqual(self._get_names(), [("credit_note", self.note.name)])
        self._leave()
        self.assertEqual(
            self._get_names(), [("credit_note", self.note.name), ("slip", self.slip.name)]
        )
        self.note.button_draft()
        self.assertEqual(self._get_names(), [("slip", self.slip.name)])

    def test_each_document_names_the_positions_that_it_is_about(self):
        self.note.action_post()
        self._leave()
        documents = self.case.with_user(self.user).sudo()._get_customer_documents()
        positions = {one["kind"]: one["positions"] for one in documents}
        self.assertEqual(positions["credit_note"], self.credited)
        self.assertEqual(positions["slip"], self.repaired)

    def test_roles_open_the_kinds_of_documents(self):
        self.note.action_post()
        self._leave()
        entry = self.user.access_entry_ids
        for role, kinds in (("prices", ["slip"]), ("orders", [])):
            entry.role_ids -= self.env.ref(f"partner_access.role_{role}")
            with self.subTest(without=role):
                self.assertEqual([kind for kind, _name in self._get_names()], kinds)

    def test_documents_outside_the_access_domain_are_not_there(self):
        self.note.action_post()
        self._leave()
        self.assertEqual(self._get_names(self.stranger), [])
        case = self.case.with_user(self.stranger).sudo()
        for kind in ("credit_note", "invoice", "slip"):
            with self.subTest(kind):
                self.assertFalse(case._find_documents_sudo(kind))
