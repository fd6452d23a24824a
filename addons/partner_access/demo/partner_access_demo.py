from odoo import api, models
from odoo.fields import Command

from .tables import read_image, read_table

LANGUAGES = ["nl_NL", "de_DE"]
# One password for all people of the demo world; it satisfies both password profiles.
PASSWORD = "Tulpenveld#2026"


class PartnerAccessDemo(models.AbstractModel):
    _name = "partner.access.demo"
    _description = "Demo World: Company and People"

    @api.model
    def _install(self):
        """The distributor, its staff, its customers and who of them may sign in."""
        if self.env.ref("partner_access.demo_company", raise_if_not_found=False):
            return
        demo = self.with_context(tracking_disable=True, no_reset_password=True)
        demo._activate_languages()
        company = demo._create_company()
        demo = demo.with_company(company)
        demo._create_staff(company)
        demo._open_company(company)
        demo._create_customers()
        demo._create_register(company)

    def _load(self, model_name, rows, module="partner_access"):
        """Create the records of ``rows``, each with its ``id`` as XML id in ``module``."""
        return self.env[model_name]._load_records(
            [
                {
                    "xml_id": f"{module}.{row['id']}",
                    "noupdate": True,
                    "values": {name: value for name, value in row.items() if name != "id"},
                }
                for row in rows
            ]
        )

    def _ref(self, name, module="partner_access"):
        return self.env.ref(f"{module}.{name}")

    def _activate_languages(self):
        languages = (
            self.env["res.lang"].with_context(active_test=False).search([("code", "in", LANGUAGES)])
        )
        languages = languages.filtered(lambda language: not language.active)
        if not languages:
            return
        wizard = self.env["base.language.install"].create(
            {"lang_ids": [Command.set(languages.ids)]}
        )
        wizard.lang_install()

    # -- the distributor -----------------------------------------------------------------------

    def _create_company(self):
        self.env.ref("base.EUR").active = True
        partner = self._load("res.partner", [self._prepare_company_partner()])
        company = self._load("res.company", [self._prepare_company(partner)])
        for row in read_table("partner_access/demo/support_hours.csv"):
            company.with_context(lang=row["language"]).portal_support_hours = row["hours"]
        return company

    def _prepare_company_partner(self):
        return {
            "id": "demo_company_partner",
            "name": "Noorderlicht Distributie B.V.",
            "is_company": True,
            "street": "Waalhaven Zuidzijde 20",
            "zip": "3089 JH",
            "city": "Rotterdam",
            "country_id": self.env.ref("base.nl").id,
            "vat": "NL465228173B01",
            "phone": "+31 10 555 01 00",
            "email": "info@noorderlicht.example",
            "website": "https://www.noorderlicht.example",
            "lang": "nl_NL",
            "tz": "Europe/Amsterdam",
        }

    def _prepare_company(self, partner):
        return {
            "id": "demo_company",
            "name": partner.name,
            "partner_id": partner.id,
            "sequence": 20,  # after the main company, which add-ons look for as the first one
            "currency_id": self.env.ref("base.EUR").id,
            "logo": read_image("partner_access/demo/logo.png"),
            "primary_color": "#0b5fa5",
            "secondary_color": "#1d9a8a",
            "portal_support_email": "support@noorderlicht.example",
            "portal_support_phone": "+31 10 555 01 00",
        }

    def _create_staff(self, company):
        rows = read_table("partner_access/demo/staff.csv")
        self._load("res.users", [self._prepare_staff_user(row, company) for row in rows])
        access = self.env.ref("partner_access.group_access_administrator")
        access |= self.env.ref("base.group_allow_export")
        access |= self.env.ref("base.group_partner_manager")  # the tab of a company
        self._ref("user_bram").write({"group_ids": list(map(Command.link, access.ids))})

    def _prepare_staff_user(self, row, company):
        return {
            **row,
            "email": row["login"],
            "password": PASSWORD,
            "lang": "en_US",
            "tz": "Europe/Amsterdam",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.set(self.env.ref("base.group_user").ids)],
        }

    def _open_company(self, company):
        """The administrator works in the distributor's company, and visitors see its logo."""
        users = self.env.ref("base.user_admin") + self.env.ref("base.public_user")
        users.write({"company_ids": [Command.link(company.id)]})
        users.write({"company_id": company.id})

    # -- the customers -------------------------------------------------------------------------

    def _create_customers(self):
        for row in read_table("partner_access/demo/customers.csv"):
            self._load("res.partner", [self._prepare_customer(row)])
        rows = read_table("partner_access/demo/delivery_addresses.csv")
        self._load("res.partner", [self._prepare_delivery_address(row) for row in rows])

    def _prepare_customer(self, row):
        country = self.env.ref(f"base.{row.pop('country')}")
        salesperson = self._ref(row.pop("salesperson"))
        parent = self._ref(row["parent_id"]) if row["parent_id"] else self.env["res.partner"]
        return {
            **row,
            "is_company": True,
            "parent_id": parent.id,
            # a contact would always have the address of its head office
            "type": "delivery" if parent else "contact",
            "country_id": country.id,
            "user_id": salesperson.id,
            "tz": "Europe/Amsterdam",
        }

    def _prepare_delivery_address(self, row):
        country = self.env.ref(f"base.{row.pop('country')}")
        parent = self._ref(row.pop("customer"))
        return {
            **row,
            "type": "delivery",
            "parent_id": parent.id,
            "country_id": country.id,
            "lang": parent.lang,
        }

    def _create_register(self, company):
        """The addresses that may sign in; all but the last did so and chose a password."""
        for row in read_table("partner_access/demo/contacts.csv"):
            entry = self._create_entry(row, company)
            if row["signed_in"] == "yes":
                self._sign_in(entry, row)

    def _create_entry(self, row, company):
        roles = self.env["partner.access.role"].search([("code", "in", row["roles"].split())])
        values = {
            "id": f"entry_{row['email'].partition('@')[0]}",
            "email": row["email"],
            "name": row["name"],
            "partner_id": self._ref(row["customer"]).id,
            "company_id": company.id,
            "role_ids": [Command.set(roles.ids)],
            "source": "staff" if row["roles"] == "administrator" else "customer",
        }
        return self._load("partner.access.entry", [values])

    def _sign_in(self, entry, row):
        """What the one-time link does, without its mail: a user, a password under the rules."""
        values = {**entry._prepare_user_values(), "password": PASSWORD}
        users = self.env["res.users"].with_company(entry.company_id)
        user = users._create_user_from_template(values)  # finds its entry by its address
        user.write({"tz": "Europe/Amsterdam"})
        user.partner_id.function = row["function"]
        user.with_user(user)._update_last_login()
