from datetime import timedelta

from odoo.fields import Datetime
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .common import PortalFactories


class MailCase(PortalFactories):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("mail_buyer", cls.branch)
        cls.colleague = cls._create_portal_user("mail_colleague", cls.branch)
        cls.head = cls._create_portal_user("mail_head", cls.office)
        cls.stranger = cls._create_portal_user("mail_stranger", cls.stranger_company)
        cls.users = cls.user | cls.colleague | cls.head | cls.stranger
        for user in cls.users:
            user.partner_id.email = f"{user.login}@kade.example"

    def setUp(self):
        super().setUp()
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: float("inf"))

    @classmethod
    def _create_own_order(cls, **values):
        """An order of ``user`` that was confirmed an hour ago."""
        order = cls._create_order(partner=cls.user.partner_id, **values)
        missing = order.order_line.filtered("eta_missing_since")
        missing.eta_missing_since = Datetime.now() - timedelta(hours=1)
        cls.env.flush_all()
        return order

    def _run(self):
        """The job; the mails it made."""
        before = self.env["mail.mail"].search([])
        self.env["portal.notification"]._cron_send()
        return self.env["mail.mail"].search([]) - before

    def _get_pending(self):
        notifications = self.env["portal.notification"]
        return notifications.search(notifications._get_pending_domain())


@tagged("post_install", "-at_install")
class TestPortalNotification(MailCase, TransactionCase):
    def _ship_own_order(self, **values):
        self._put_in_stock()
        order = self._create_own_order(client_order_ref="PO 7781", **values)
        return order, self._ship(order, 4, "3SABC1, 3SABC2")

    def test_nothing_is_mailed_before_the_job_runs(self):
        before = self.env["mail.mail"].search_count([])
        self._ship_own_order()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(self._get_pending().user_id, self.user)

    def test_the_shipped_mail_says_what_left_and_what_is_open(self):
        carrier = self._create_carrier()
        serial = self._create_serial_product(name="Docking station")
        self._put_in_stock(serial, serials=["DOCK-1"])
        self._put_in_stock()
        order = self._create_own_order(
            lines=[(self.product, 12), (serial, 1)], client_order_ref="PO 7781"
        )
        order.picking_ids.carrier_id = carrier
        picking = self._ship(order, tracking="3SABC1, 3SABC2")
        mail = self._run()
        self.assertEqual(mail.email_to, "mail_buyer@kade.example")
        for text in (order.name, "PO 7781", "3SABC1", "3SABC2", "DOCK-1", "Still open", "Parcel"):
            with self.subTest(text):
                self.assertIn(text, mail.body_html)
        self.assertIn(f"/my/orders/{order.id}#shipment-{picking.id}", mail.body_html)
        self.assertIn("/my/notifications", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn(picking.name.replace("/", "-"), mail.attachment_ids.name)
        self.assertEqual(mail.state, "outgoing")

    def test_the_frame_of_a_mail_is_in_the_language_of_its_reader(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        company = self.env.company
        company.portal_support_email = "help@noorderlicht.example"
        company.portal_support_hours = "weekdays"
        company.with_context(lang="nl_NL").portal_support_hours = "op werkdagen"
        self.user.lang = "nl_NL"
        self._ship_own_order()
        mail = self._run()
        self.assertIn("op werkdagen", mail.body_html)
        self.assertNotIn("weekdays", mail.body_html)

    def test_one_mail_a_shipment_however_often_the_job_runs(self):
        self._ship_own_order()
        self.assertEqual(len(self._run()), 1)
        self.assertFalse(self._run())

    def test_who_ordered_gets_it_and_no_colleague(self):
        self._ship_own_order()
        self.assertEqual(self._run().mapped("email_to"), ["mail_buyer@kade.example"])

    def test_an_order_of_the_company_is_told_to_its_branch(self):
        self._put_in_stock()
        self._ship(self._create_order())
        addresses = {"mail_buyer@kade.example", "mail_colleague@kade.example"}
        self.assertEqual(set(self._run().mapped("email_to")), addresses)

    def test_who_left_is_replaced_by_the_branch(self):
        self._put_in_stock()
        order = self._create_own_order()
        self.user.active = False
        self._ship(order)
        self.assertEqual(self._run().mapped("email_to"), ["mail_colleague@kade.example"])

    def test_nobody_who_may_not_see_the_order_is_told(self):
        self._put_in_stock()
        order = self._create_own_order()
        entry = self.user.access_entry_ids
        prices = self.env["partner.access.role"].search([("code", "=", "prices")])
        entry.role_ids = prices
        self.env.registry.clear_cache()
        self._ship(order)
        self.assertFalse(self._run())

    def test_who_moved_before_the_job_ran_is_not_told(self):
        self._put_in_stock()
        self._ship(self._create_order())
        self.user.partner_id.parent_id = self.stranger_company
        self.env.flush_all()
        self.assertEqual(self._run().mapped("email_to"), ["mail_colleague@kade.example"])

    def test_each_mail_can_be_switched_off(self):
        self.user.portal_mail_shipped = False
        self._ship_own_order()
        self.assertFalse(self._run())

    def test_what_was_switched_off_before_the_job_ran_is_not_sent(self):
        self._ship_own_order()
        self.user.portal_mail_shipped = False
        self.assertFalse(self._run())
        self.assertFalse(self._get_pending())

    def test_a_dropshipment_is_told_and_names_no_vendor(self):
        order = self._create_route_order(self.dropship, partner=self.user.partner_id)
        purchase = self._get_purchase_lines(order).order_id
        purchase.button_confirm()
        picking = purchase.picking_ids
        picking.move_ids.write({"quantity": 10, "picked": True})
        picking._action_done()
        mail = self._run()
        self.assertIn(order.name, mail.subject)
        self.assertNotIn(self.vendor.name, mail.body_html)
        self.assertNotIn(purchase.name, mail.body_html)

    def test_returns_are_not_told(self):
        _order, picking = self._ship_own_order()
        self._run()
        self._return(picking, 1)
        self.assertFalse(self._get_pending())

    def test_goods_without_an_order_are_not_told(self):
        _order, picking = self._ship_own_order()
        self._run()
        loose = picking.copy({"sale_id": False, "origin": False})
        loose.move_ids.sale_line_id = False
        loose.action_confirm()
        loose.move_ids.write({"quantity": 1, "picked": True})
        loose._action_done()
        self.assertFalse(self._get_pending())

    def test_an_import_of_old_shipments_is_not_told(self):
        self._put_in_stock()
        order = self._create_own_order()
        picking = order.picking_ids.with_context(tracking_disable=True)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertFalse(self._get_pending())

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_the_mail_of_odoo_is_not_sent_besides(self):
        self.env.company.stock_move_email_validation = True
        for company, count in ((self.branch, 0), (self.vendor, 1)):
            with self.subTest(company.name):
                self._put_in_stock()
                company.email = "office@kade.example"
                order = self._create_order(partner=company)
                picking = self._ship(order)
                found = picking.message_ids.filtered(lambda one: "shipped" in (one.body or ""))
                self.assertEqual(len(found), count)

    @mute_logger("odoo.addons.customer_portal.models.portal_mail_queue")
    def test_a_mail_that_fails_stops_no_other(self):
        _order, picking = self._ship_own_order()
        self._create_delivery()
        cls = type(self.env["portal.notification"])
        self.patch(cls, "_prepare_slip", lambda self: 1 / 0)
        mails = self._run()
        self.assertEqual(len(mails), 1)
        failed = self.env["portal.notification"].search([("picking_id", "=", picking.id)])
        self.assertIn("division", failed.error)
        self.assertFalse(self._run())

    def test_a_template_that_is_archived_sends_nothing(self):
        self.env.ref("customer_portal.mail_template_shipped").active = False
        self._ship_own_order()
        self.assertFalse(self._run())

    def _create_delivery(self, **values):
        order = self._create_own_order(lines=[(self._create_license(), 5)])
        vals = {"sale_line_id": order.order_line.id, "quantity": 2, **values}
        return self.env["sale.line.delivery"].create(vals)

    def test_what_was_sent_by_email_is_told_without_the_keys(self):
        delivery = self._create_delivery(keys="SECRET-1\nSECRET-2")
        mail = self._run()
        self.assertIn("Device manager licence", mail.body_html)
        self.assertNotIn("SECRET", mail.body_html)
        self.assertIn("after signing in", mail.body_html)
        self.assertIn(f"/my/orders/{delivery.order_id.id}", mail.body_html)

    def test_what_is_marked_in_one_go_is_one_mail(self):
        licence = self._create_license()
        order = self._create_own_order(lines=[(licence, 1), (licence, 1)])
        rows = [{"line_id": line.id, "quantity": 1} for line in order.order_line]
        self.env["sale.order.line"].mark_email_delivered(rows)
        self.assertEqual(len(self._run()), 1)

    def test_a_mark_that_was_taken_back_is_not_told(self):
        self._create_delivery().unlink()
        self.assertFalse(self._run())

    # --- back orders ------------------------------------------------------------------------------

    def _queue_found(self, since=timedelta(hours=2)):
        now = Datetime.now()
        until = now + timedelta(hours=1)
        self.env["portal.notification"]._queue_found(self.env.company, now - since, until)
        return self._run()

    def test_a_back_order_gets_its_first_date_once(self):
        order = self._create_own_order()
        self.assertFalse(self._queue_found())
        purchase = self._create_purchase(10, "2031-12-03")
        self.env.flush_all()
        mail = self._queue_found()
        self.assertIn("3 Dec 2031", mail.body_html)
        self.assertIn(order.name, mail.subject)
        found_on = order.order_line.date_found_on
        purchase.order_line.supplier_eta = False
        self.env.flush_all()
        purchase.order_line.supplier_eta = "2031-12-24"
        self.env.flush_all()
        self.assertEqual(order.order_line.date_found_on, found_on)

    def test_a_back_order_that_is_in_stock_again_is_told(self):
        order = self._create_own_order()
        self._put_in_stock()
        order.picking_ids.action_assign()
        self.env.flush_all()
        self.assertIn("In stock", self._queue_found().body_html)

    def test_what_was_in_stock_when_it_was_ordered_is_no_back_order(self):
        self._put_in_stock()
        self._create_order(partner=self.user.partner_id)
        self.assertFalse(self._queue_found())

    def test_the_rest_of_a_shipment_is_no_back_order(self):
        order, _picking = self._ship_own_order()
        self.assertEqual(order.order_line.eta_state, "in_stock")
        self.assertFalse(order.order_line.date_found_on)

    def test_all_lines_of_an_order_are_one_mail(self):
        other = self._create_product(name="Other article")
        order = self._create_own_order(lines=[(self.product, 1), (other, 1)])
        self._create_purchase(1, "2031-12-03")
        self._create_purchase(1, "2031-12-04", other)
        self.env.flush_all()
        mail = self._queue_found()
        self.assertEqual(len(mail), 1)
        for line in order.order_line:
            with self.subTest(line.product_id.name):
                self.assertIn(f"#line-{line.id}", mail.body_html)

    def test_what_shipped_meanwhile_is_not_told(self):
        order = self._create_own_order()
        self._put_in_stock()
        self._ship(order)
        self._run()
        self.assertFalse(self._queue_found())

    def test_who_gets_every_change_reads_of_first_dates_in_the_digest(self):
        self.user.portal_eta_digest = "every"
        self._create_own_order()
        self._create_purchase(10, "2031-12-03")
        self.env.flush_all()
        self.assertFalse(self._queue_found())

    # --- who may see the queue --------------------------------------------------------------------

    def test_the_queue_is_for_administrators(self):
        self._ship_own_order()
        clerk = self._create_staff("queue_clerk", "sales_team.group_sale_manager")
        for user in (self.user, clerk):
            with self.subTest(user.login):
                self.assertFalse(self._get_pending().with_user(user).has_access("read"))

    def test_what_was_sent_is_forgotten_after_a_month(self):
        self._ship_own_order()
        self._run()
        notification = self.env["portal.notification"].search([("user_id", "=", self.user.id)])
        notification._write({"create_date": Datetime.now() - timedelta(days=31)})
        notification.invalidate_recordset()
        self.env["portal.notification"]._gc_sent()
        self.assertFalse(notification.exists())
