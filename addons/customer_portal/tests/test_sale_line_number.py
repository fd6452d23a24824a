from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models.sale_line_number import NUMBER, ORDER_WORDS
from .common import PortalFactories

EAN = "0885370201215"


@tagged("post_install", "-at_install")
class TestSaleLineNumber(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("number_buyer", cls.branch)
        cls.numbers = cls.env["sale.line.number"].with_user(cls.user)
        cls.serial_product = cls._create_serial_product(
            default_code="LOG-930/E", barcode=EAN, maker_part_number="960-000972"
        )
        cls._put_in_stock(cls.serial_product, serials=["5CG-8281 KQT"])
        cls.order = cls._create_order(
            lines=[(cls.serial_product, 1)], client_order_ref="PO-7781 / Rotterdam"
        )
        cls.line = cls.order.order_line
        cls.picking = cls._ship(cls.order, tracking="1Z 999, 1Z 888")
        cls.invoice = cls._invoice(cls.order)
        cls.other = cls._create_order(client_order_ref="PO 9999")
        cls.env["product.customer.code"].create(
            {"partner_id": cls.office.id, "product_id": cls.serial_product.id, "code": "KADE.77"}
        )
        cls.env.flush_all()

    def _find(self, number, number_type="any", prefix=False):
        domain = self.numbers._get_number_domain(number, number_type, prefix)
        domain &= self.user._get_access_domain("sale.order.line")
        return self.env["sale.order.line"].search(domain)

    def test_case_blanks_and_signs_do_not_matter(self):
        cases = {
            "po 7781": "po7781",
            "  PO\u20117781\xa0": "po7781",
            "S0-04/12.": "s00412",
            "ÜBER_1\\2": "über_12",
            "A\x00B\t\r\n": "ab",
            "---": "",
            None: "",
            "ß%'²": "ß%'²",
        }
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(self.numbers._normalize_number(text), expected)

    def test_the_database_compares_as_python_does(self):
        texts = ["".join(map(chr, range(low, low + 64))) for low in range(1, 0x2100, 64)]
        texts += ["\u2212\u3000\ufeff\uff0d", "x" * 500]
        for text in texts:
            with self.subTest(text):
                rows = self.env.execute_query(SQL("SELECT " + NUMBER, SQL("%s", text)))
                self.assertEqual(rows[0][0], self.numbers._normalize_number(text))

    def test_the_words_of_the_database_are_those_of_python(self):
        for text in ("S00412", "PO-7781 / Rotterdam", "2026.0007-x0012y", "000", "o'hara 1"):
            with self.subTest(text):
                columns = SQL("%s", ""), SQL("%s", text)
                query = SQL(f"SELECT tsvector_to_array({ORDER_WORDS})", *columns)
                words = self.env.execute_query(query)[0][0]
                self.assertEqual(set(words), set(self.numbers._get_order_words(text)))

    def test_every_kind_of_number_finds_its_line(self):
        cases = {
            "order": [self.order.name, self.order.name.lower(), self.order.name.lstrip("S0")],
            "customer_reference": ["po7781rotterdam", "7781", "PO 7781", "rotterdam 7781"],
            "invoice": [self.invoice.name, self.invoice.name.replace("/", " ").lower()],
            "delivery_slip": [self.picking.name, self.picking.name.replace("/", "-")],
            "tracking": ["1Z999", "1z-888", "1Z 888"],
            "serial": ["5cg8281kqt", "5CG-8281 KQT", "S/N: 5CG8281KQT", "SN 5CG 8281 KQT"],
            "article": ["log930e", "LOG-930/E"],
            "maker_part_number": ["960000972", "960-000972"],
            "ean": [EAN, EAN[1:], f"0{EAN}", f"010{EAN}21ABC", f"(01)0{EAN}", f"]C1010{EAN}"],
            "customer_item": ["kade77", "KADE-77"],
        }
        for number_type, numbers in cases.items():
            for number in numbers:
                with self.subTest(number_type, number=number):
                    self.assertEqual(self._find(number, number_type), self.line)
                    self.assertEqual(self._find(number), self.line)

    def test_the_beginning_is_enough_when_asked_for(self):
        cases = {
            "customer_reference": "po-77",
            "invoice": self.invoice.name[:-1],
            "delivery_slip": self.picking.name[:-1],
            "tracking": "1z8",
            "serial": "5cg-82",
            "article": "log9",
            "maker_part_number": "9600",
            "ean": "08853",
            "customer_item": "kad",
        }
        for number_type, number in cases.items():
            with self.subTest(number_type):
                self.assertFalse(self._find(number, number_type))
                self.assertIn(self.line, self._find(number, number_type, prefix=True))

    def test_a_serial_on_a_label_is_found(self):
        self._put_in_stock(self.serial_product, serials=["AB12"])
        order = self._create_order(lines=[(self.serial_product, 1)])
        self._ship(order)
        self.assertEqual(self._find(f"(01)0{EAN}(21)AB12", "serial"), order.order_line)

    def test_what_is_no_number_finds_nothing(self):
        for number in (
            "",
            " ",
            "-./",
            "%",
            "_",
            "\\",
            "'",
            "²",
            "' | '",
            "x" * 10000,
            "\x00",
            ":*",
        ):
            for prefix in (False, True):
                with self.subTest(number[:5], prefix=prefix):
                    self.assertFalse(self._find(number, prefix=prefix))

    def test_many_matches_give_the_same_lines_as_few(self):
        few = self._find("po", "customer_reference", prefix=True)
        self.patch(type(self.numbers), "SET_LIMIT", 0)
        for number_type, number in (
            ("customer_reference", "po"),
            ("serial", "5cg"),
            ("invoice", self.invoice.name[:3]),
            ("delivery_slip", self.picking.name[:4]),
            ("ean", EAN),
        ):
            with self.subTest(number_type):
                self.assertIn(self.line, self._find(number, number_type, prefix=True))
        self.assertEqual(self._find("po", "customer_reference", prefix=True), few)

    def test_an_add_on_brings_a_type_of_its_own(self):
        model = self.env.registry["sale.line.number"]
        known = model._get_number_domains
        own = {"case": lambda number, prefix: Domain("id", "=", self.other.order_line.id)}
        self.patch(model, "_get_number_domains", lambda numbers: {**known(numbers), **own})
        self.assertEqual(self._find("RMA1", "case"), self.other.order_line)
        self.assertEqual(self._find("RMA1"), self.other.order_line)
