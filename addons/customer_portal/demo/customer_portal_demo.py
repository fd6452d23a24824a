from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.partner_access.demo.tables import read_table

# What the distributor switches on in the settings of Odoo.
FEATURES = [
    "account.group_delivery_invoice_address",
    "base.group_multi_currency",
    "product.group_product_pricelist",
    "sale.group_discount_per_so_line",
    "stock.group_adv_location",
    "stock.group_lot_on_delivery_slip",
    "stock.group_production_lot",
    "stock.group_stock_multi_locations",
    "stock.group_tracking_lot",
]
USD_PER_EUR = 1.08
VENDOR_LEAD_DAYS = 4


class CustomerPortalDemo(models.AbstractModel):
    _name = "customer.portal.demo"
    _inherit = ["partner.access.demo"]
    _description = "Demo World: Products, Vendors and Orders"

    @api.model
    def _install(self):
        """The distributor's books, warehouse, vendors, products and seventy orders."""
        company = self.env.ref("partner_access.demo_company", raise_if_not_found=False)
        if not company or self.env.ref("customer_portal.order_01", raise_if_not_found=False):
            return
        demo = self.with_context(tracking_disable=True).with_company(company)
        demo._switch_features_on()
        demo._open_books(company)
        demo._open_warehouse(company)
        demo._create_currency_rate(company)
        demo._create_carriers(company)
        demo._create_vendors()
        demo._create_products(company)
        demo._create_customer_codes()
        books = self.env["customer.portal.demo.books"].with_company(company)
        books._set_terms(company)
        flow = self.env["customer.portal.demo.flow"]
        flow._play(flow, company)
        flow._play(books, company)
        requests = self.env["customer.portal.demo.requests"].with_company(company)
        requests._set_terms(company)
        flow._play(requests, company)
        demo._choose_mails()
        demo._save_filters()

    def _load(self, model_name, rows, module="customer_portal"):
        return super()._load(model_name, rows, module)

    def _read(self, name):
        return read_table(f"customer_portal/demo/{name}.csv")

    # -- what buyers chose -------------------------------------------------------------------------

    def _choose_mails(self):
        """Two buyers have the daily mail about changed dates."""
        for login, digest in {
            "mira@kade.example": "every",
            "jonas@lindenhof.example": "later",
        }.items():
            self._get_buyer(login).portal_eta_digest = digest

    def _save_filters(self):
        """Filters of the list of lines that a buyer uses again and again."""
        saved = self.env["portal.saved.filter"].with_user(self._get_buyer("mira@kade.example"))
        saved._save(self.env._("Logitech, open"), "open=1&maker=Logitech&sort=eta")
        saved._save(self.env._("Late, latest first"), "late=1&sort=-eta")

    def _get_buyer(self, login):
        return self.env["res.users"].search([("login", "=", login)])

    # -- settings ------------------------------------------------------------------------------

    def _switch_features_on(self):
        employees = self.env.ref("base.group_user")
        for xml_id in FEATURES:
            group = self.env.ref(xml_id, raise_if_not_found=False)
            if group:
                employees._apply_group(group)
        for row in self._read("staff_groups"):
            group = self.env.ref(row["group"])
            self._ref(row["user"]).write({"group_ids": [Command.link(group.id)]})

    def _open_books(self, company):
        """The Dutch chart of accounts where it is installed; payments count as paid at once."""
        dutch = self.env["ir.module.module"]._get("l10n_nl").state == "installed"
        # not `try_loading`: it warns while add-ons are being installed
        self.env["account.chart.template"]._load(
            "nl" if dutch else "generic_coa", company, install_demo=False
        )
        company.currency_id = self.env.ref("base.EUR")  # the generic chart brings another one
        bank = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )
        methods = bank.inbound_payment_method_line_ids + bank.outbound_payment_method_line_ids
        methods.payment_account_id = bank.default_account_id
        customers = self.env["res.partner"].browse(
            [self._ref(row["id"]).id for row in read_table("partner_access/demo/customers.csv")]
        )
        customers.property_payment_term_id = self.env.ref("account.account_payment_term_30days")

    def _open_warehouse(self, company):
        warehouses = self.env["stock.warehouse"]
        values = {"name": "Rotterdam", "code": "RTM"}
        warehouse = warehouses.search([("company_id", "=", company.id)], limit=1)
        if warehouse:
            warehouse.write(values)
        else:
            warehouses.create(
                {**values, "company_id": company.id, "partner_id": company.partner_id.id}
            )
        if company.resource_calendar_id:
            company.resource_calendar_id.tz = "Europe/Amsterdam"
        make_to_order = self.env.ref("stock.route_warehouse0_mto")
        make_to_order.write({"active": True, "sale_selectable": True})

    def _create_currency_rate(self, company):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        day = fields.Date.today() - timedelta(days=1000)
        rate = {
            "currency_id": dollar.id,
            "company_id": company.id,
            "name": day,
            "rate": USD_PER_EUR,
        }
        self.env["res.currency.rate"].create(rate)
        pricelist = {
            "id": "pricelist_usd",
            "name": "Export USD",
            "currency_id": dollar.id,
            "company_id": company.id,
        }
        self._load("product.pricelist", [pricelist])

    def _create_carriers(self, company):
        for row in self._read("carriers"):
            product = self._load("product.product", [self._prepare_carrier_product(row, company)])
            self._load("delivery.carrier", [self._prepare_carrier(row, product, company)])

    def _prepare_carrier_product(self, row, company):
        return {
            "id": f"product_{row['id']}",
            "name": row["name"],
            "type": "service",
            "list_price": float(row["price"]),
            "sale_ok": False,
            "purchase_ok": False,
            "invoice_policy": "order",
            "is_returnable": False,
            "company_id": company.id,
        }

    def _prepare_carrier(self, row, product, company):
        return {
            "id": row["id"],
            "name": row["name"],
            "delivery_type": "fixed",
            "fixed_price": float(row["price"]),
            "product_id": product.id,
            "tracking_url": row["tracking_url"],
            "company_id": company.id,
        }

    # -- vendors and products --------------------------------------------------------------------

    def _create_vendors(self):
        self._load("res.partner", [self._prepare_vendor(row) for row in self._read("vendors")])

    def _prepare_vendor(self, row):
        country = self.env.ref(f"base.{row.pop('country')}")
        return {
            **row,
            "is_company": True,
            "supplier_rank": 1,
            "country_id": country.id,
            "buyer_id": self._ref("user_dirk").id,
            "holds_software_until_hardware": bool(row["holds_software_until_hardware"]),
        }

    def _create_products(self, company):
        rows = self._read("products")
        makers = self._create_makers({row["maker"] for row in rows})
        categories = self._create_categories({row["category"] for row in rows})
        for row in rows:
            row["maker_id"] = makers[row["maker"]]
            row["categ_id"] = categories[row["category"]]
        self._load("product.product", [self._prepare_product(row, company) for row in rows])

    def _create_makers(self, names):
        """Makers are neither customers nor vendors: their products are bought from vendors."""
        rows = [
            {"id": self._get_key("maker", name), "name": name, "is_company": True}
            for name in sorted(names)
        ]
        return dict(zip(sorted(names), self._load("res.partner", rows).ids, strict=True))

    def _create_categories(self, names):
        rows = [{"id": self._get_key("category", name), "name": name} for name in sorted(names)]
        return dict(zip(sorted(names), self._load("product.category", rows).ids, strict=True))

    def _get_key(self, kind, name):
        return f"{kind}_{name.lower().replace(' ', '_').replace('-', '_')}"

    def _get_product_name(self, row):
        """The name with its maker, who is named once."""
        name, maker = row["name"], row["maker"]
        return name if name.startswith(maker) else f"{maker} {name}"

    def _prepare_product(self, row, company):
        licence = row["kind"] == "licence"
        return {
            "id": row["id"],
            "name": self._get_product_name(row),
            "default_code": row["article"],
            "barcode": row["ean"],
            "maker_id": row["maker_id"],
            "maker_part_number": row["part_number"],
            "categ_id": row["categ_id"],
            "list_price": float(row["price"]),
            "standard_price": float(row["cost"]),
            "weight": float(row["weight"]),
            "is_returnable": bool(row["returnable"]),
            "is_email_delivery": licence,
            "type": "service" if licence else "consu",
            "is_storable": not licence,
            "tracking": "serial" if row["kind"] == "serial" else "none",
            "invoice_policy": "delivery",
            "service_to_purchase": licence,
            "route_ids": [Command.set(self._get_routes(row["route"]).ids)],
            "seller_ids": [Command.create(self._prepare_seller(row, company))],
            "company_id": company.id,
        }

    def _get_routes(self, route):
        buy = self.env.ref("purchase_stock.route_warehouse0_buy")
        routes = {
            "stock": buy,
            "mto": buy + self.env.ref("stock.route_warehouse0_mto"),
            "dropship": self.env.ref("stock_dropshipping.route_drop_shipping"),
        }
        return routes.get(route, self.env["stock.route"])

    def _prepare_seller(self, row, company):
        return {
            "partner_id": self._ref(row["vendor"], "customer_portal").id,
            "product_code": row["part_number"],
            "price": float(row["cost"]),
            "delay": VENDOR_LEAD_DAYS,
            "currency_id": company.currency_id.id,
            "company_id": company.id,
        }

    def _create_customer_codes(self):
        for row in self._read("customer_codes"):
            partner = self._ref(row["customer"])
            product = self._ref(row["product"], "customer_portal")
            values = {"partner_id": partner.id, "product_id": product.id, "code": row["code"]}
            self.env["product.customer.code"].create(values)
