from odoo import fields, models
from odoo.exceptions import UserError


class ResPartnerStatement(models.AbstractModel):
    """The statement of account that staff print and send."""

    _name = "res.partner.statement"
    _description = "Statement of Account of a Customer"

    def action_send_statement(self):
        """Open the mail with the statement of account, one for each of these customers.

        :return: action of the mail composer
        :raise UserError: when nothing is open
        :raise AccessError: who has no right on the books
        """
        customers = self.commercial_partner_id
        if not self.env["portal.statement"]._get_customer_items(customers):
            raise UserError(self.env._("Nothing is open, so there is no statement to send."))
        template = self.env.ref("customer_portal.mail_template_statement")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Statement"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": customers._name,
                "default_res_ids": customers.ids,
                "default_template_id": template.id,
                "default_composition_mode": "comment" if len(customers) == 1 else "mass_mail",
            },
        }

    def _get_statement_recipient(self):
        """The address of invoices, else the company itself: not every contact sees prices."""
        self.ensure_one()
        address = self.browse(self.address_get(["invoice"])["invoice"])
        return address if address.type == "invoice" else self

    def _get_statement_name(self):
        """Name of the file of a statement, with the day."""
        day = fields.Date.context_today(self).isoformat()
        return self.env._("Statement %(customer)s %(day)s", customer=self.name, day=day)
