from datetime import timedelta

from odoo.exceptions import MissingError
from odoo.tests import TransactionCase, tagged

from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleOrderChangeForm(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("change_buyer", cls.branch)
        cls.product.default_code = "C930E"
        cls._put_in_stock(quantity=3)
        cls.order = cls._create_order(client_order_ref="PO 7781")
        cls.line = cls.order.order_line
        cls.name = f"quantity-{cls.line.id}"
        cls._ship(cls.order)
        cls.env.flush_all()

    def _read(self, **typed):
        form = self.env["sale.order.change.form"].with_user(self.user)
        return form._read(self.order.with_user(self.user).sudo(), typed)

    def test_what_cannot_be_is_answered_at_its_field(self):
        today = self.order.company_id._get_today()
        cases = [
            *((self.name, text, "enter a number") for text in ("-1", "many", "NaN", "inf", "")),
            *((self.name, text, "enter a number") for text in ("1e12", "½", "0x10", "١٢٣", "\x00")),
            (self.name, "1000000000000", "So many"),
            (self.name, "2", "3 were shipped"),
            (self.name, "0", "3 were shipped"),
            (self.name, "4.555", "cannot be split"),
            ("date", "soon", "enter a date"),
            ("date", str(today - timedelta(days=1)), "This day is over"),
            ("date", "2199-01-01", "too far away"),
            ("articles", "NOSUCH 4", "NOSUCH 4:"),
            ("articles", "C930E 0", "C930E 0:"),
            ("articles", "C930E 1000000000000", "above 0"),
        ]
        for field, text, expected in cases:
            with self.subTest(field=field, text=text):
                self.assertIn(expected, self._read(**{field: text})[1].get(field, ""))

    def test_what_stays_is_no_change(self):
        address = str(self.order.partner_shipping_id.id)
        cases = [
            {},
            {self.name: "10", "date": "", "reference": " PO\n7781 ", "address": address},
            {"articles": " \n"},
        ]
        for typed in cases:
            with self.subTest(typed):
                changes, errors = self._read(**typed)
                self.assertFalse(changes)
                self.assertIn("Nothing is to change", errors["form"])

    def test_old_and_new_are_kept_of_what_changes(self):
        day = self.order.company_id._get_today() + timedelta(days=9)
        changes, errors = self._read(date=str(day), reference="", **{self.name: "3"})
        self.assertFalse(errors)
        self.assertEqual(
            changes,
            [
                {
                    "kind": "quantity",
                    "line_id": self.line.id,
                    "product_id": self.product.id,
                    "old_quantity": 10,
                    "new_quantity": 3,
                },
                {"kind": "date", "old_date": False, "new_date": day},
                {"kind": "reference", "old_reference": "PO 7781", "new_reference": False},
            ],
        )

    def test_numbers_are_read_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        form = self.env["sale.order.change.form"].with_context(lang="nl_NL")
        unit = self.line.product_uom_id
        for text, quantity in (("1.000", 1000), ("2,5", 2.5), ("12", 12)):
            with self.subTest(text):
                self.assertEqual(form._read_quantity(text, unit), (quantity, ""))

    def test_nothing_left_of_any_line_is_the_whole_order(self):
        order = self._create_order(lines=[(self.product, 1), (self.product, 2)])
        form = self.env["sale.order.change.form"]
        typed = {f"quantity-{line.id}": "0" for line in order.order_line}
        self.assertEqual(form._read(order, typed)[0], [{"kind": "cancel"}])
        self.assertEqual(form._read_cancellation(order)[0], [{"kind": "cancel"}])
        kinds = [one["kind"] for one in form._read(order, {**typed, "articles": "C930E 1"})[0]]
        self.assertEqual(kinds, ["quantity", "quantity", "add"])

    def test_what_has_all_left_cannot_be_cancelled(self):
        self._put_in_stock(quantity=10)
        self._ship(self.order)
        self.env.flush_all()
        changes, errors = self.env["sale.order.change.form"]._read_cancellation(self.order)
        self.assertFalse(changes)
        self.assertIn("shipped already", errors["form"])

    def test_a_cancelled_order_says_so(self):
        order = self._create_order()
        order.action_cancel()
        form = self.env["sale.order.change.form"]
        for _changes, errors in (
            form._read(order, {"reference": "x"}),
            form._read_cancellation(order),
        ):
            self.assertIn("This order is cancelled", errors["form"])

    def test_addresses_are_those_of_the_own_book(self):
        depot = self._create_customer(
            name="Depot", parent_id=self.branch.id, type="delivery", street="Kade 1"
        )
        theirs = self._create_customer(
            name="Theirs", parent_id=self.stranger_company.id, type="delivery", street="Kade 2"
        )
        self.env.flush_all()
        changes, _errors = self._read(address=str(depot.id))
        self.assertEqual([one["new_address_id"] for one in changes], [depot.id])
        for text in (str(theirs.id), "x", "0", str(2**70)):
            with self.subTest(text), self.assertRaises(MissingError):
                self._read(address=text)
