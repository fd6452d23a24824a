from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestStockLocation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stock = cls.env["stock.warehouse"].search([], limit=1).lot_stock_id
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.transit = cls.env.ref("stock.stock_location_inter_company")

    def test_customers_and_the_way_to_other_companies_are_outgoing(self):
        below = self.stock.create({"name": "Below", "location_id": self.transit.id})
        cases = ((self.stock, False), (self.customers, True), (self.transit, True), (below, True))
        for place, expected in cases:
            with self.subTest(place=place.name):
                self.assertEqual(place._is_outgoing(), expected)

    def test_a_place_is_asked_without_a_query(self):
        places = self.stock | self.customers
        places.mapped("parent_path")
        for place in places:
            place._is_outgoing()
            with self.subTest(place=place.name), self.assertQueryCount(0):
                place._is_outgoing()
