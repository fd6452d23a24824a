from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command

from odoo.addons.partner_access.demo.documents import draw_document

# The hour (UTC) of the day at which a kind of event happens.
HOURS = {
    "company": 7,
    "ordered": 8,
    "changed": 9,
    "filled": 10,
    "accepted": 12,
    "refused": 13,
    "withdrawn": 14,
    "held": 15,
}
DOCUMENT = ("Extract of the register", ["Kade IT Services Rotterdam", "Maaskade 40, Rotterdam"])


class CustomerPortalDemoRequests(models.AbstractModel):
    """What customers ask for by themselves and how it was answered, carts, and deliveries that wait
    for a payment. The customers' pages and the clerks' buttons do it.
    """

    _name = "customer.portal.demo.requests"
    _inherit = ["customer.portal.demo.flow"]
    _description = "Demo World: Requests"

    def _set_terms(self, company):
        """Who answers what nobody is called for, and whose carts are orders at once."""
        company.portal_request_user_id = self._ref("user_joost")
        self._ref("customer_polder").portal_order_policy = "confirm"

    def _get_events(self):
        """``[((age, kind), rows)]``, oldest day first, in the order of the hours of a day."""
        events = defaultdict(list)
        for row in self._read("requests"):
            events[int(row["age"]), row["event"]].append(row)
        events[0, "held"] = self._read("held_orders")
        return sorted(events.items(), key=lambda event: (-event[0][0], HOURS[event[0][1]]))

    def _get_hour(self, kind):
        return HOURS[kind]

    def _by(self, row, model_name):
        """A model as the customer has it who is named in a row, in the own language."""
        user = self._get_buyer(row["user"])
        return self.env[model_name].with_user(user).with_context(lang=user.lang)

    def _keep(self, row, request):
        values = {"xml_id": f"customer_portal.{row['request']}", "record": request}
        self.env["ir.model.data"]._update_xmlids([{**values, "noupdate": True}])

    def _find_request(self, row):
        return self._ref(row["request"], "customer_portal")

    # -- asking ------------------------------------------------------------------------------------

    def _do_filled(self, rows, age):
        for row in rows:
            self._fill_cart(row)

    def _do_ordered(self, rows, age):
        for row in rows:
            cart = self._fill_cart(row)
            cart.write({"client_order_ref": row["subject"], "note": row["note"]})
            cart._send()
            self._keep(row, cart.request_id)

    def _fill_cart(self, row):
        cart = self._by(row, "portal.cart")._open_own()
        cart._add_pasted(row["rows"].replace("; ", "\n"))
        return cart

    def _do_changed(self, rows, age):
        for row in rows:
            form = self._by(row, "sale.order.change.form")
            order_sudo = self._ref(row["subject"], "customer_portal").with_env(form.env).sudo()
            typed = {
                f"quantity-{line.id}": quantity
                for line, quantity in self._get_quantities(order_sudo, row["rows"])
            }
            read = form._read(order_sudo, typed) if typed else form._read_cancellation(order_sudo)
            request = form.env["portal.request"]._submit_change(order_sudo, read[0], row["note"])
            self._keep(row, request)

    def _get_quantities(self, order, text):
        for product, quantity in self._get_products(text):
            lines = order.order_line.filtered(lambda line, one=product: line.product_id == one)
            yield lines, quantity

    def _get_products(self, text):
        """``[(product, quantity as text)]`` of "product_x 4; product_y 2"."""
        pairs = [one.split() for one in text.split("; ") if one]
        return [(self._ref(name, "customer_portal"), quantity) for name, quantity in pairs]

    def _do_company(self, rows, age):
        for row in rows:
            data = self._by(row, "portal.company.data")
            present = data._get_present(data._get_company())
            typed = dict(one.split("=") for one in row["subject"].split("; "))
            files = [("extract.pdf", draw_document(*DOCUMENT))] if "street" in typed else []
            self._keep(row, data._submit({**present, **typed}, row["note"], files))

    # -- answering ---------------------------------------------------------------------------------

    def _do_accepted(self, rows, age):
        for row in rows:
            request = self._find_request(row)
            request.with_user(request.manager_id)._accept(row["answer"])

    def _do_refused(self, rows, age):
        for row in rows:
            request = self._find_request(row)
            request.with_user(request.manager_id)._refuse(row["answer"])

    def _do_withdrawn(self, rows, age):
        for row in rows:
            request = self._find_request(row).with_user(self._get_buyer(row["user"]))
            request.sudo()._withdraw()

    # -- deliveries that are held ------------------------------------------------------------------

    def _do_held(self, rows, age):
        """Customers with terms of payment, each with an order that waits for its own."""
        for row in rows:
            customer = self._load("res.partner", [self._prepare_held_customer(row)])
            self._create_held_buyer(row, customer)
            order = self._load("sale.order", [self._prepare_held_order(row, customer)])
            order = order.with_user(customer.user_id)
            order.action_confirm()
            order.customer_confirmed_on = fields.Datetime.now()

    def _prepare_held_customer(self, row):
        return {
            "id": row["customer"],
            **{name: row[name] for name in ("name", "street", "zip", "city", "lang")},
            "is_company": True,
            "country_id": self.env.ref(f"base.{row['country']}").id,
            "user_id": self._ref(row["salesperson"]).id,
            "tz": "Europe/Amsterdam",
            "property_payment_term_id": self.env.ref("account.account_payment_term_30days").id,
            "payment_before_delivery": row["term"],
            **({"credit_limit": float(row["limit"])} if row["limit"] else {}),
        }

    def _create_held_buyer(self, row, customer):
        entry = self.env["partner.access.entry"].create(
            {
                "email": row["login"],
                "name": row["buyer"],
                "partner_id": customer.id,
                "company_id": self._ref("demo_company").id,
                "source": "staff",
            }
        )
        self._sign_in(entry, {"function": "Buyer"})

    def _prepare_held_order(self, row, customer):
        return {
            "id": row["order"],
            "partner_id": customer.id,
            "client_order_ref": row["reference"],
            "date_order": fields.Datetime.now(),
            "user_id": customer.user_id.id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": float(quantity)})
                for product, quantity in self._get_products(row["rows"])
            ],
        }
