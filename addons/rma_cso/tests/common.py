from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, new_test_user
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from odoo.addons.customer_portal.tests.common import PortalFactories


class RmaFactories(PortalFactories):
    """Order lines delivered and invoiced by the real flows, and cases about them."""

    @classmethod
    def _setup_world(cls):
        result = super()._setup_world()
        cls.today = cls.env.company._get_cso_date()
        taxes = cls.env["account.tax"]
        cls.tax = taxes.search([("name", "=", "Test 21 %")], limit=1) or taxes.create(
            {"name": "Test 21 %", "amount": 21.0}
        )
        cls.fee_product = cls.env.company.cso_fee_product_id
        return result

    @classmethod
    def _create_clerk(cls, login="desk", groups="rma_cso.group_cso_user"):
        return new_test_user(cls.env, login, groups=groups, password="Tulpenveld#in#42")

    @classmethod
    def _get_reason(cls, code):
        return cls.env.ref(f"rma_cso.reason_{code}")

    @classmethod
    def _create_policy(cls, partner=None, **values):
        return cls.env["cso.vendor.policy"].create(
            {"partner_id": (partner or cls.vendor).id, **values}
        )

    @classmethod
    def _create_delivered_line(cls, quantity=1, shipped_ago=0, invoiced_ago=0, **values):
        """An order line that was shipped and invoiced so many days ago (None: not invoiced).

        Values: ``product`` (default: tracked by serial), ``serials``, ``partner``, ``price``,
        ``discount``, ``taxes``, ``line`` (more values of the line) and ``order`` (of the order).
        """
        product = values.get("product") or cls._create_serial_product()
        line = cls._create_confirmed_line(product, quantity, values)
        if product.is_storable:
            cls._deliver(line, values.get("serials"), shipped_ago)
        if invoiced_ago is not None:
            cls._invoice(line.order_id, invoiced_ago)
        return line

    @classmethod
    def _create_confirmed_line(cls, product, quantity, values):
        line = {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": values.get("price", 333.97),
            "discount": values.get("discount", 0.0),
            "tax_ids": [Command.set(values.get("taxes", cls.tax).ids)],
            **values.get("line", {}),
        }
        partner = values.get("partner") or cls.branch
        return cls._create_order(partner, [line], **values.get("order", {})).order_line

    @classmethod
    def _deliver(cls, line, serials=None, shipped_ago=0):
        """Put the goods in stock and ship them; serials default to made-up ones."""
        units = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
        if line.product_id.tracking == "serial":
            serials = serials or [f"SN{line.id}-{index}" for index in range(int(units))]
        cls._put_in_stock(line.product_id, units, serials or ())
        picking = cls._ship(line.order_id)
        picking.date_done = fields.Datetime.now() - timedelta(days=shipped_ago)
        return picking

    @classmethod
    def _invoice(cls, order, invoiced_ago=0, post=True):
        invoice = order._create_invoices()
        invoice.invoice_date = cls.today - timedelta(days=invoiced_ago)
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _get_lots(cls, line):
        return line.move_ids.move_line_ids.lot_id

    @classmethod
    def _create_cart(cls, user=None, partner=None, **values):
        return cls.env["cso.rma"].create(
            {"partner_id": (partner or cls.branch).id, "user_id": (user or cls.env.user).id}
            | values
        )

    @classmethod
    def _create_position(cls, line, code="doa", cart=None, **values):
        """A position in a cart; of a tracked line it takes the first serials."""
        cart = cart or cls._create_cart(partner=line.order_id.partner_id.commercial_partner_id)
        quantity = values.pop("quantity", 1.0)
        if "lot_ids" not in values and cls._get_reason(code).serials == "required":
            values["lot_ids"] = cls._get_lots(line).sorted("id")[: int(quantity)]
        if "lot_ids" in values:
            values["lot_ids"] = [Command.set(values["lot_ids"].ids)]
        return cls.env["cso.rma.line"].create(
            {
                "rma_id": cart.id,
                "sale_line_id": line.id,
                "reason_id": cls._get_reason(code).id,
                "quantity": quantity,
                **values,
            }
        )

    @classmethod
    def _create_case(cls, line, code="doa", **values):
        """A submitted case with one position, which is returned."""
        position = cls._create_position(line, code, **values)
        position.rma_id._submit()
        return position

    @classmethod
    def _receive(cls, position):
        """Receive what is announced for a position."""
        picking = position.move_ids.picking_id.filtered(lambda one: one.state != "done")
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    @classmethod
    def _create_tested_position(cls, line, code="doa", **values):
        """A position that was received and tested, ready for a decision."""
        position = cls._create_case(line, code, **values)
        if position.state == "review":
            cls._authorise(position)
        if position.is_goods_expected:
            cls._receive(position)
            position.test_result = "confirmed"
        return position

    @classmethod
    def _create_kept(cls, line, code, price, **values):
        """A submitted and authorised position whose goods the customer keeps at a price."""
        position = cls._create_position(
            line,
            code,
            keep_choice="keep",
            offer_unit_price=price,
            offer_currency_id=line.currency_id.id,
            attachment_ids=[Command.link(cls._create_photo().id)],
            comment="Wet box",
            **values,
        )
        position.rma_id._submit()
        cls._authorise(position, goods="no")
        return position

    @classmethod
    def _authorise(cls, positions, user=None, **choices):
        """Authorise positions; the reviewer expects the goods and takes no fee unless told."""
        positions = positions.with_user(user or cls.env.user)
        action = positions.action_authorise()
        if action:
            wizard = positions.env[action["res_model"]].with_context(**action["context"]).create({})
            wizard.line_ids.write({"goods": "yes", "is_free": "fee_percent" not in choices})
            wizard.line_ids.write(choices)
            wizard.action_authorise()

    @classmethod
    def _create_photo(cls, name="box.png", mimetype="image/png"):
        return cls.env["ir.attachment"].create(
            {"name": name, "raw": b"\x89PNG", "mimetype": mimetype}
        )

    @classmethod
    def _decide_credit(cls, positions, user=None):
        """Make the draft credit notes of positions."""
        wizard = (
            cls.env["cso.decide.credit"]
            .with_user(user or cls.env.user)
            .with_context(active_model="cso.rma.line", active_ids=positions.ids)
            .create({})
        )
        wizard.action_decide()
        return positions.refund_ids


class RmaCommon(RmaFactories, TransactionCase):
    """A world with one plain line ready: most tests begin with one, and it takes long to make."""

    ready_line = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.ready_line = None  # not the one of a class above
        cls.line_of_class = cls._create_delivered_line()

    def setUp(self):
        super().setUp()
        type(self).ready_line = self.line_of_class

    @classmethod
    def _create_delivered_line(cls, *args, **values):
        if args in ((), (1,)) and not values and cls.ready_line:
            line, cls.ready_line = cls.ready_line, None
            return line
        return super()._create_delivered_line(*args, **values)


class RaceCommon(BaseCase):
    """Two transactions at once, committed for real: their records stay in the test database."""

    @classmethod
    @contextmanager
    def _open_factories(cls):
        """Factories whose records are committed."""
        factories = type("Factories", (RmaFactories,), {})
        with Registry(get_db_name()).cursor() as cr:
            factories.env = api.Environment(cr, SUPERUSER_ID, {})
            factories._setup_world()
            yield factories

    @contextmanager
    def _open(self, model_name, number):
        """A record in a transaction of its own, whose snapshot has begun."""
        with Registry(get_db_name()).cursor() as cr:
            cr.execute("SELECT count(*) FROM cso_rma")
            yield api.Environment(cr, SUPERUSER_ID, {})[model_name].browse(number)

    def _race(self, model_name, numbers, act):
        """Act on both records at once; return what the loser gets when it is run again."""
        first_number, second_number = numbers
        with self._open(model_name, second_number) as second:
            with self._open(model_name, first_number) as first:
                act(first)
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                act(second)
            second.env.cr.rollback()
            second.env.invalidate_all()
            try:
                return act(second)
            except UserError as error:
                second.env.cr.rollback()
                return str(error)
