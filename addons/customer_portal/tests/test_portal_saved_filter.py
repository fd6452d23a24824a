from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, tagged

from ..models.portal_saved_filter import LIMIT
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestPortalSavedFilter(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("saved_filter_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("saved_filter_colleague", cls.branch)
        cls.model = cls.env["portal.saved.filter"].with_user(cls.user)
        cls.saved = cls.model._save("December arrivals", "open=1")

    def test_a_filter_of_the_same_name_is_replaced(self):
        again = self.model._save("  December   arrivals ", "late=1")
        self.assertEqual(again, self.saved)
        self.assertEqual(self.saved.query, "late=1")

    def test_two_users_may_use_one_name(self):
        other = self.model.with_user(self.colleague)._save("December arrivals", "late=1")
        self.assertNotEqual(other, self.saved)
        self.assertEqual(self.saved.query, "open=1")

    def test_a_colleague_neither_sees_nor_changes_it(self):
        theirs = self.saved.with_user(self.colleague)
        self.assertFalse(theirs.search([]))
        for act in (
            lambda: theirs.read(["query"]),
            lambda: theirs.write({"query": ""}),
            theirs.unlink,
            lambda: theirs.create({"name": "Foreign", "user_id": self.user.id}),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_it_cannot_be_given_to_somebody_else(self):
        with self.assertRaises(AccessError):
            self.saved.user_id = self.colleague

    def test_a_name_is_needed_and_lengths_are_limited(self):
        for name, query in ((" \x00", ""), ("x" * 65, ""), ("long", "x" * 4001)):
            with self.subTest(name[:9]), self.assertRaises(UserError):
                self.model._save(name, query)

    def test_there_is_a_limit_per_user(self):
        self.model.create([{"name": f"Filter {number}"} for number in range(LIMIT - 1)])
        with self.assertRaises(ValidationError):
            self.model._save("One more", "")
        self.assertEqual(self.model._save("December arrivals", ""), self.saved)
