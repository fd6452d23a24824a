from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command

from odoo.addons.partner_access.demo.tables import read_table

from ..hooks import post_init_hook
from .photos import draw_photo

# The hour (UTC) of the day at which a kind of event happens.
HOURS = {
    "submitted": 8,
    "asked": 8,
    "authorised": 8,
    "sent": 9,
    "received": 10,
    "difference": 10,
    "tested": 11,
    "refused": 12,
    "decided": 13,
    "posted": 14,
    "shipped": 15,
    "objected": 16,
    "expired": 17,
}
STAFF_GROUPS = [
    ("user_ingrid", "rma_cso.group_cso_user"),
    ("user_kees", "rma_cso.group_cso_manager"),
    ("user_kees", "rma_cso.group_cso_override"),
]
# Who is at the phone, and the clerk who registers for her.
CALLERS = {"phone": "user_ingrid"}


class CsoDemo(models.AbstractModel):
    _name = "cso.demo"
    _description = "Demo World: Returns Desk"

    @api.model
    def _install(self):
        """Vendors' policies, the returns department and cases in all states."""
        orders = self.env.ref("customer_portal.order_01", raise_if_not_found=False)
        if not orders or self.env.ref("rma_cso.case_cart", raise_if_not_found=False):
            return
        company = self.env.ref("partner_access.demo_company")
        demo = self.with_context(allowed_company_ids=company.ids, tracking_disable=True)
        post_init_hook(demo.env)  # what it prepares is needed here, before it runs
        demo._open_desk(company)
        demo._create_policies(company)
        self._get_flow()._play(self, company)

    def _get_flow(self):
        # Asked, not inherited: Odoo keeps rows of a model that inherits over several add-ons in the
        # name of the lower one, and they would stay after uninstalling.
        return self.env["customer.portal.demo.flow"]

    def _load(self, model_name, rows):
        return self._get_flow()._load(model_name, rows, "rma_cso")

    def _ref(self, name, module="partner_access"):
        return self._get_flow()._ref(name, module)

    def _as(self, login, model_name):
        return self._get_flow()._as(login, model_name)

    def _open_desk(self, company):
        address = {
            "id": "returns_department",
            "name": "Noorderlicht Distributie, RMA department",
            "type": "other",
            "parent_id": company.partner_id.id,
            "street": "Waalhaven Zuidzijde 22, gate 4",
            "zip": "3089 JH",
            "city": "Rotterdam",
            "country_id": self.env.ref("base.nl").id,
            "email": "returns@noorderlicht.example",
            "phone": "+31 10 555 01 50",
        }
        company.cso_receiving_partner_id = self._load("res.partner", [address])
        company.cso_returns_email = "returns@noorderlicht.example"
        for user, group in STAFF_GROUPS:
            self._ref(user).write({"group_ids": [Command.link(self.env.ref(group).id)]})

    def _create_policies(self, company):
        centre = {
            "id": "service_kanaal",
            "name": "Kanaal Service Centre",
            "is_company": True,
            "street": "Industrieweg 35",
            "zip": "1505 HG",
            "city": "Zaandam",
            "country_id": self.env.ref("base.nl").id,
            "phone": "+31 75 555 06 39",
            "website": "https://service.kanaal.example",
        }
        self._load("res.partner", [centre])
        rows = read_table("rma_cso/demo/policies.csv")
        self._load("cso.vendor.policy", [self._prepare_policy(row, company) for row in rows])

    def _prepare_policy(self, row, company):
        centre = (
            self._ref(row["service_centre"], "rma_cso")
            if row["service_centre"]
            else self.env["res.partner"]
        )
        return {
            "id": row["vendor"].replace("vendor", "policy"),
            "partner_id": self._ref(row["vendor"], "customer_portal").id,
            "company_id": company.id,
            "doa_scheme": row["doa_scheme"],
            "doa_days": int(row["doa_days"]),
            "warranty_months": int(row["warranty_months"]),
            "warranty_handling": row["warranty_handling"],
            "service_partner_id": centre.id,
            "instructions": row["instructions"],
        }

    # -- cases -----------------------------------------------------------------------------------

    def _get_events(self):
        """``[((age, kind), rows)]``, oldest day first, in the order of the hours of a day."""
        events = defaultdict(list)
        for row in read_table("rma_cso/demo/cases.csv"):
            events[int(row["age"]), "submitted"].append(row)
        for row in read_table("rma_cso/demo/case_events.csv"):
            events[int(row["age"]), row["event"]].append(row)
        return sorted(events.items(), key=lambda event: (-event[0][0], HOURS[event[0][1]]))

    def _get_hour(self, kind):
        return HOURS[kind]

    def _find_case(self, row, login="user_ingrid"):
        return self._as(login, "cso.rma").browse(self._ref(f"case_{row['case']}", "rma_cso").id)

    def _do_submitted(self, rows, age):
        """Customers fill in the forms and submit their carts; one cart stays open."""
        for row in rows:
            case = self._call_desk(row) if row["case"] in CALLERS else self._fill_cart(row)
            values = {"xml_id": f"rma_cso.case_{row['case']}", "record": case, "noupdate": True}
            self.env["ir.model.data"]._update_xmlids([values])
            if row["case"] != "cart":
                case._submit()

    def _fill_cart(self, row):
        """The page that asks, as the portal user sees it: kept, checked, added to the cart."""
        # sudo: portal users write through the form only, never by themselves
        drafts_sudo = self.env["cso.form.draft"].with_user(self._find_user(row)).sudo()
        line, reason = self._get_sale_line(row), self._get_reason(row)
        draft_sudo = drafts_sudo._ensure_draft(line, reason)
        draft_sudo.answers = self._get_answers(row, draft_sudo._new_form())
        for photo in self._read_of_case("case_photos", row):
            name = f"{photo['slot'].replace('_', ' ')}.jpg"
            draft_sudo._add_file(name, draw_photo(photo["words"]), photo["slot"])
        form_sudo, errors = draft_sudo._fill_form()
        form_sudo._check_answers(errors)
        form_sudo.return_address_id = line.order_id.partner_shipping_id
        case_sudo = form_sudo._add_to_cart().rma_id
        draft_sudo.unlink()
        return case_sudo

    def _call_desk(self, row):
        """The clerk registers for a customer on the phone, by the same form."""
        user, line = self._find_user(row), self._get_sale_line(row)
        values = {"order_id": line.order_id.id, "contact_id": user.partner_id.id}
        register = self._as(CALLERS[row["case"]], "cso.register").create(values)
        register._choose(line.with_env(register.env))
        action = register._open_form(self._get_reason(row).with_env(register.env))
        # sudo: as the dialog reads what the portal page reads
        form_sudo = register.env[action["res_model"]].sudo().browse(action["res_id"])
        form_sudo._fill(self._get_answers(row, form_sudo))
        form_sudo.with_env(register.env).action_add()
        return register.case_id.sudo()  # a clerk submits by the action, nobody by writing fields

    def _find_user(self, row):
        return self.env["res.users"].search([("login", "=", row["user"])])

    def _get_reason(self, row):
        return self.env["cso.reason"].search([("code", "=", row["reason"])])

    def _get_sale_line(self, row):
        order = self._ref(row["order"], "customer_portal")
        product = self._ref(row["product"], "customer_portal")
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _get_answers(self, row, form):
        serials = form._get_serials().sorted("name")[: int(row["quantity"])]
        answers = {
            answer["question"]: answer["answer"]
            for answer in self._read_of_case("case_answers", row)
        }
        answers = {"quantity": row["quantity"], "lot_ids": serials.ids, **answers}
        return form._clean_answers(answers)

    def _read_of_case(self, table, case):
        rows = read_table(f"rma_cso/demo/{table}.csv")
        return [row for row in rows if row["case"] == case["case"]]

    def _do_asked(self, rows, age):
        """The clerk asks back; the case waits for the customer."""
        for row in rows:
            self._find_case(row).line_ids._ask_back(row["value"])

    def _do_sent(self, rows, age):
        for row in rows:
            tracking = f"RET{1000 + len(row['case']) * 37}"
            self._find_case(row).line_ids._mark_sent(row["value"], tracking)

    def _do_received(self, rows, age):
        """The warehouse opens the receipt by the number of the case and books what came."""
        for row in rows:
            receipt = self._find_case(row, "user_piet").sudo().picking_ids
            for move in receipt.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            self._get_flow()._validate(receipt)

    def _do_difference(self, rows, age):
        """The warehouse notes what it sees at the dock."""
        for row in rows:
            kind, _sep, note = row["value"].partition(":")
            position = self._find_case(row).line_ids
            values = {"position_id": position.id, "kind": kind, "note": note}
            self._as("user_piet", "cso.difference").create(
                {**values, "product_id": position.product_id.id, "lot_id": position.lot_ids.id}
            )

    def _do_tested(self, rows, age):
        """The clerk notes the result, and where the goods go from here."""
        for row in rows:
            result, _sep, place = row["value"].partition(":")
            tests = self._open_dialog(self._find_case(row).line_ids.action_test())
            tests.line_ids.write({"test_result": result, "disposition": place or False})
            tests.action_test()

    def _do_refused(self, rows, age):
        for row in rows:
            self._find_case(row, "user_kees").line_ids._refuse(row["value"])

    def _do_authorised(self, rows, age):
        """The reviewer says whether the goods are to be sent."""
        for row in rows:
            positions = self._find_case(row).line_ids
            action = positions.action_authorise()
            if action:
                dialog = self._open_dialog(action)
                dialog.line_ids.write({"goods": row["value"] or False, "is_free": True})
                dialog.action_authorise()

    def _do_decided(self, rows, age):
        """The clerk decides: the outcome, and what its dialog asks besides."""
        for row in rows:
            code, _sep, asked = row["value"].partition(":")
            positions = self._find_case(row).line_ids
            outcome = self.env["cso.outcome"].search([("code", "=", code)])
            dialog = self._open_dialog(positions._get_decision_dialog(outcome))
            if code == "goodwill":
                dialog.text = "The late delivery kept a project waiting"
                dialog.line_ids.amount = float(asked)
            elif code == "accessory":
                dialog.line_ids.product_id = self._ref(asked, "customer_portal")
            elif code == "repair":
                dialog.repair_partner_id = self._ref(asked, "customer_portal")
            dialog.action_decide()

    def _open_dialog(self, action):
        """Make the dialog that an action of the clerk opens."""
        model = self._as("user_ingrid", action["res_model"])
        return model.with_context(**action["context"]).create({})

    def _do_shipped(self, rows, age):
        """The warehouse ships what leaves for the case."""
        for row in rows:
            case = self._find_case(row, "user_piet").sudo()
            deliveries = case.line_ids._get_free_lines().move_ids.picking_id
            backs = case.line_ids.move_ids.filtered(lambda move: move.cso_step == "back")
            for delivery in deliveries | backs.picking_id:
                delivery.action_assign()
                for move in delivery.move_ids:
                    move.quantity = move.product_uom_qty
                    move.picked = True
                self._get_flow()._validate(delivery)

    def _do_objected(self, rows, age):
        """The customer does not accept the refusal."""
        for row in rows:
            case = self._find_case(row).sudo()
            case.line_ids.with_user(case.user_id).sudo()._object(row["value"], [])

    def _do_posted(self, rows, age):
        for row in rows:
            documents = self._find_case(row).sudo().line_ids.refund_line_ids.move_id
            notes = documents.with_user(self._ref("user_anneke"))
            notes.invoice_date = fields.Date.today()
            notes.action_post()

    def _do_expired(self, rows, age):
        for row in rows:
            self._find_case(row).line_ids._close("expired")
