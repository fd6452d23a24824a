from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

from ..models import sale_line_serial
from .common import PortalFactories


@tagged("post_install", "-at_install")
class TestSaleLineSerial(PortalFactories, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("unit_buyer", cls.branch)
        cls.stranger = cls._create_portal_user("unit_stranger", cls.stranger_company)
        cls.unit = cls._create_serial_product()
        cls._put_in_stock(cls.unit, serials=["SN1"])
        cls.order = cls._create_order(lines=[(cls.unit, 1)])
        cls.picking = cls._ship(cls.order)
        cls.lot = cls.picking.move_line_ids.lot_id

    def _get_events(self, user):
        history = self.env["sale.line.serial"].with_user(user)._get_history(self.lot)
        return [
            (event["is_back"], event["line"].order_id) for event in history.get(self.lot.id, ())
        ]

    def _receive_without_order(self):
        location = self.env.ref("stock.stock_location_customers")
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": location.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        values = {"product_id": self.unit.id, "product_uom_qty": 1, "picking_id": receipt.id}
        places = {"location_id": location.id, "location_dest_id": receipt.location_dest_id.id}
        move = self.env["stock.move"].create({**values, **places})
        move._action_confirm()
        item = {"product_id": self.unit.id, "lot_id": self.lot.id, "quantity": 1, **places}
        move.move_line_ids = [Command.clear(), Command.create(item)]
        move.picked = True
        receipt._action_done()

    def test_a_unit_is_known_to_who_got_it(self):
        self.assertEqual(self._get_events(self.user), [(False, self.order)])
        self.assertEqual(self._get_events(self.stranger), [])

    def test_a_unit_that_was_only_picked_is_not_found_yet(self):
        self.warehouse.delivery_steps = "pick_ship"
        self._put_in_stock(self.unit, serials=["SN2"])
        order = self._create_order(lines=[(self.unit, 1)])
        self._ship(order)
        serials = self.env["sale.line.serial"].with_user(self.user)
        self.assertFalse(serials._find_serials("SN2"))
        self._ship(order)
        self.assertEqual(serials._find_serials("SN2").name, "SN2")

    def test_a_unit_sold_twice_shows_each_his_own_part(self):
        self._return(self.picking, 1)
        order = self._create_order(partner=self.stranger_company, lines=[(self.unit, 1)])
        self._ship(order)
        self.assertEqual(self._get_events(self.user), [(False, self.order), (True, self.order)])
        self.assertEqual(self._get_events(self.stranger), [(False, order)])

    def test_a_unit_that_came_back_without_an_order_was_his_who_had_it(self):
        self._receive_without_order()
        self.assertEqual(self._get_events(self.user), [(False, self.order), (True, self.order)])
        self.assertEqual(self._get_events(self.stranger), [])

    def test_a_unit_delivered_again_says_so(self):
        back = self._return(self.picking, 1)
        self._return(back, 1)
        events = self.env["sale.line.serial"].with_user(self.user)._get_history(self.lot)
        rows = (
            self.env["sale.line.serial"]
            .with_user(self.user)
            ._prepare_shipment_rows(events[self.lot.id])
        )
        badges = [row["badge"][1].split(" ", 1)[1] for row in rows]
        self.assertEqual(badges, ["delivered again", "came back", "delivered"])

    def test_units_in_stock_are_nobodys(self):
        self._put_in_stock(self.unit, serials=["SN2"])
        serials = self.env["sale.line.serial"].with_user(self.user)
        self.assertFalse(serials._find_serials("SN2"))
        self.assertEqual(serials._find_serials("sn-1"), self.lot)

    def test_a_beginning_finds_own_units_only(self):
        self._put_in_stock(self.unit, serials=["SN10"])
        self._ship(self._create_order(partner=self.stranger_company, lines=[(self.unit, 1)]))
        serials = self.env["sale.line.serial"].with_user(self.user)
        self.assertEqual(serials._find_serials("SN", prefix=True), self.lot)

    def test_own_units_are_found_beyond_the_first_of_a_beginning(self):
        self._put_in_stock(self.unit, serials=["SN00", "SN01"])
        serials = self.env["sale.line.serial"].with_user(self.user)
        for first, probed in ((0, 0), (0, 1), (1, 1), (2, 500), (200, 500)):
            self.patch(sale_line_serial, "FIRST_PROBED", first)
            self.patch(sale_line_serial, "PROBED", probed)
            for limit in (None, 1, 2):
                with self.subTest(first=first, probed=probed, limit=limit):
                    self.assertEqual(serials._find_serials("SN", True, limit), self.lot)

    def test_more_units_need_no_more_queries(self):
        counts = []
        for names in (["A1", "A2"], [f"B{number}" for number in range(20)]):
            self._put_in_stock(self.unit, serials=names)
            order = self._create_order(lines=[(self.unit, len(names))])
            lots = self._ship(order).move_line_ids.lot_id
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.line.serial"].with_user(self.user)._get_history(lots)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
