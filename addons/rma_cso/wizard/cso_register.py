from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools import clean_text

LINES_LIMIT = 40


class CsoRegister(models.TransientModel):
    """A clerk on the phone registers for a customer: find the line, choose the reason, fill in."""

    _name = "cso.register"
    _description = "Register a Return"

    # what it is about
    number = fields.Char(
        "Any Number",
        help="Serial, order, own reference, invoice, delivery slip, article, EAN, maker's part"
        " number, the customer's item number or tracking number.",
    )
    partner_id = fields.Many2one("res.partner", "Customer", help="Narrows the search.")
    order_id = fields.Many2one("sale.order")
    found_line_ids = fields.Many2many("sale.order.line", compute="_compute_found_line_ids")
    found_text = fields.Char(compute="_compute_found_line_ids")
    sale_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    facts_html = fields.Html("Facts", compute="_compute_facts_html", sanitize=False)
    reason_ids = fields.One2many("cso.register.reason", "register_id", "Reasons", readonly=True)

    # the call
    customer_id = fields.Many2one(
        "res.partner", "Customer of the Line", compute="_compute_customer_id"
    )
    top_partner_id = fields.Many2one("res.partner", compute="_compute_customer_id")
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="The person at the customer who is mailed and reads the case as an own one.",
    )
    channel = fields.Selection(
        selection="_get_channels", string="Reached Us By", required=True, default="phone"
    )
    caller = fields.Char(help="Who called, when it is not the contact.")
    return_address_id = fields.Many2one(
        "res.partner",
        compute="_compute_return_address_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Where goods go back to when they cannot be accepted.",
    )
    return_address_ids = fields.Many2many(
        "res.partner",
        string="Possible Return Addresses",
        compute="_compute_return_address_ids",
    )
    case_id = fields.Many2one("cso.rma", compute="_compute_case_id")
    position_ids = fields.Many2many("cso.rma.line", compute="_compute_case_id")

    # ------------------------------------------------------------------ computes
    def _compute_display_name(self):
        for register in self:
            register.display_name = self.env._("Register a Return")

    @api.model
    def _get_channels(self):
        """Return how a case reaches the desk; not by the customer's own doing."""
        channels = self.env["cso.rma"]._fields["channel"]._description_selection(self.env)
        return [(key, label) for key, label in channels if key not in ("portal", "api")]

    @api.depends("number", "partner_id", "order_id")
    def _compute_found_line_ids(self):
        for register in self:
            lines, total = register._find_lines()
            register.found_line_ids = [Command.set(lines.ids)]
            register.found_text = register._get_found_text(len(lines), total)

    @api.depends("sale_line_id")
    def _compute_facts_html(self):
        for register in self:
            line = register._get_line()
            register.facts_html = bool(line) and self.env["ir.qweb"]._render(
                "rma_cso.register_facts",
                {
                    "line": line,
                    "facts": line._get_portal_facts()[line.id],
                    "left": line._get_claimable_quantities()[line.id],
                },
            )

    @api.depends("sale_line_id", "partner_id", "order_id")
    def _compute_customer_id(self):
        for register in self:
            order = register._get_line().order_id or register.order_id
            customer = order.partner_id or register.partner_id
            register.customer_id = customer.commercial_partner_id
            register.top_partner_id = customer._get_top_company() if customer else customer

    @api.depends("sale_line_id")
    def _compute_contact_id(self):
        for register in self:
            if register.contact_id._get_top_company() != register.top_partner_id:
                register.contact_id = register._get_line().order_id.partner_id

    @api.depends("sale_line_id")
    def _compute_return_address_ids(self):
        for register in self:
            order, addresses = register._get_line().order_id, self.env["res.partner"]
            if order:
                addresses = order.partner_id._get_return_addresses(order.partner_shipping_id)
            register.return_address_ids = addresses

    @api.depends("sale_line_id")
    def _compute_return_address_id(self):
        for register in self:
            if register.return_address_id not in register.return_address_ids:
                register.return_address_id = register._get_line().order_id.partner_shipping_id

    @api.depends("customer_id")
    def _compute_case_id(self):
        for register in self:
            domain = [("submitted_on", "=", False), ("user_id", "=", self.env.uid)]
            domain.append(("partner_id", "=", register.customer_id.id))
            case = self.env["cso.rma"].search(domain, limit=1, order="id")
            register.case_id = case
            register.position_ids = case.line_ids

    # ------------------------------------------------------------------ CRUD
    @api.model_create_multi
    def create(self, vals_list):
        """Extend: what is typed or scanned is kept without what no database can hold."""
        return super().create([self._clean_typed(vals) for vals in vals_list])

    def write(self, vals):
        """Extend: as when it is created."""
        return super().write(self._clean_typed(vals))

    @api.model
    def _clean_typed(self, vals):
        return {
            name: clean_text(value) if isinstance(value, str) else value
            for name, value in vals.items()
        }

    # ------------------------------------------------------------------ actions
    @api.model
    def action_start(self):
        """Begin a registration.

        :return: action that opens it
        """
        return self._start({})

    def action_choose_another(self):
        """Go back to the search; what is in the case stays there."""
        self.ensure_one()
        self.write({"sale_line_id": False, "reason_ids": [Command.clear()]})

    def action_submit(self):
        """Submit what was added during the call as a case: all of it, or nothing.

        :return: action that opens the case
        :raise UserError: naming each position that is not possible (any more), with the reason
        """
        self.ensure_one()
        case = self.case_id
        if not case:
            raise UserError(self.env._("There is no position to submit."))
        self._note_call(case.sudo())
        # Nobody submits by writing fields: the case checks its positions.
        case.sudo().with_company(case.company_id)._submit()
        return {
            "type": "ir.actions.act_window",
            "res_model": case._name,
            "res_id": case.id,
            "views": [(False, "form")],
            "name": case.name,
        }

    # ------------------------------------------------------------------ business
    @api.model
    def _start(self, values):
        """Return the action that opens a registration; a line that is alone is chosen."""
        self.env["cso.rma.line"].check_access("write")
        register = self.create(values)
        if len(register.found_line_ids) == 1:
            register._choose(register.found_line_ids)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": register.id,
            "views": [(False, "form")],
            "name": self.env._("Register a Return"),
        }

    def _get_line(self):
        """Return the chosen line (``sale.order.line``), none where the user may not read it."""
        return self.sale_line_id._origin._filtered_access("read")

    def _find_lines(self):
        """Return the lines that the number belongs to, as far as the user may read them."""
        self.ensure_one()
        if self.order_id:
            lines = self.order_id.order_line.filtered(lambda line: not line.display_type)
            return lines, len(lines)
        number, partner = (self.number or "").strip(), self.partner_id
        if not (number or partner):
            return self.env["sale.order.line"], 0
        found_sudo, total = self.env["sale.order.line"]._get_portal_lines(
            number=number or None, partner=partner or None, limit=LINES_LIMIT
        )
        return found_sudo.with_env(self.env)._filtered_access("read"), total

    def _get_found_text(self, shown, total):
        if not (self.number or self.partner_id or self.order_id):
            return self.env._("Type any number that the customer names, or choose the customer.")
        if not total:
            return self.env._("Nothing was found.")
        if shown < total:
            return self.env._(
                "The newest %(shown)s of %(total)s lines; a number narrows them.",
                shown=shown,
                total=total,
            )
        return ""

    def _choose(self, line):
        """Take up a line, with all reasons and what speaks against each, the possible ones first.

        :param line: sale.order.line
        """
        self.ensure_one()
        line.check_access("read")
        answers = line.with_company(line.company_id)._get_return_eligibility()[line.id]
        rows = [self._prepare_reason(answer) for answer in answers]
        rows.sort(key=lambda row: not row["is_possible"])
        reasons = [Command.clear(), *map(Command.create, rows)]
        self.write({"sale_line_id": line.id, "reason_ids": reasons})

    def _prepare_reason(self, answer):
        objections, reason = answer["objections"], answer["reason"]
        return {
            "reason_id": reason.id,
            "is_possible": reason._can_be_mended(objections) and reason.form in self.env,
            "is_rule": all(objection["is_rule"] for objection in objections),
            "until": answer["until"],
            "text": self._get_reason_text(objections),
        }

    def _get_reason_text(self, objections):
        texts = [objection["text"] for objection in objections]
        codes = {objection["alternative"] for objection in objections} - {""}
        for other in self.env["cso.reason"].search([("code", "in", list(codes))]):
            texts.append(self.env._("Possible instead: %(reason)s.", reason=other.name))
        return "\n".join(texts)

    def _open_form(self, reason):
        """Return the action that opens the form of a reason for the line, begun with what is known.

        :raise UserError: where the reason has no form
        """
        self.ensure_one()
        if reason.form not in self.env:
            raise UserError(self.env._("%(reason)s has no form.", reason=reason.name))
        form = self.env[reason.form].create(self._prepare_form(reason))
        form_sudo = form.sudo()  # as behind the portal page, which reads the same
        form_sudo._fill(form_sudo._get_known(self._get_lot().id))
        form.slot_ids = [
            Command.create(self._prepare_slot(slot))
            for slot in form_sudo._get_photo_slots()
            if slot["kind"] != "other"
        ]
        return {
            "type": "ir.actions.act_window",
            "res_model": form._name,
            "res_id": form.id,
            "views": [(False, "form")],
            "target": "new",
            "name": f"{reason.name} · {self.sale_line_id.product_id.display_name}",
        }

    def _prepare_form(self, reason):
        return {
            "register_id": self.id,
            "sale_line_id": self.sale_line_id.id,
            "reason_id": reason.id,
            "return_address_id": self.return_address_id.id,
        }

    def _prepare_slot(self, slot):
        return {"kind": slot["kind"], "label": slot["label"], "is_required": slot["required"]}

    def _get_lot(self):
        """Return the serial number of the line that the clerk has typed, or none."""
        line, number = self.sale_line_id, (self.number or "").strip()
        lots = line._get_portal_facts()[line.id]["serials"]
        return lots.filtered(lambda lot: lot.name.lower() == number.lower())[:1]

    def _note_call(self, case_sudo):
        """Write on the case who called, and that this clerk takes care of it."""
        case_sudo.write(
            {
                "contact_id": self.contact_id.id,
                "channel": self.channel,
                "caller": self.caller,
                "clerk_id": self.env.uid,
            }
        )
