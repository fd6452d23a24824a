from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.portal_format import PortalFormat


class PortalRequestKindChange(models.AbstractModel):
    """Changing an order: the customer asks, the account manager accepts, Odoo's own methods do."""

    _name = "portal.request.kind.change"
    _description = "Request from a Customer: Change"

    change_ids = fields.One2many(
        "portal.request.change",
        "request_id",
        "Changes",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _one_open_change = models.UniqueIndex(
        "(order_id) WHERE kind = 'change' AND state = 'open'",
        "A change of this order waits for an answer already.",
    )

    # --- asking -----------------------------------------------------------------------------------

    @api.model
    def _submit_change(self, order, changes, note):
        """Ask for changes of an order; its customers see the request where they see the order.

        :param order: ``sale.order`` (sudo) inside the access domain of the user
        :param list changes: values of ``portal.request.change``
        :param str note: what else the customer says
        :return: the request (sudo)
        :raise UserError: when a change of the order waits for an answer already
        """
        self.env["sale.order.change"]._lock(order)
        if order.portal_change_id.state == "open":
            raise UserError(self.env._("A change of this order waits for an answer already."))
        order.portal_change_id = self._submit(
            "change",
            order.partner_id,
            order.company_id,
            order_id=order.id,
            note=note,
            change_ids=[Command.create(change) for change in changes],
        )
        return order.portal_change_id

    # --- answering --------------------------------------------------------------------------------

    def _accept_change(self):
        """Change the order by Odoo's own methods, all or nothing.

        :raise UserError: when it cannot be done as it was asked for any more; the text says why
        """
        self.ensure_one()
        # sudo: who may answer changes the order; its shipments and purchases follow by themselves
        request_sudo = self.sudo()
        order_sudo = request_sudo.order_id.with_company(self.company_id)
        self.env["sale.order.change"]._lock(order_sudo)
        if conflicts := self._get_conflicts_change():
            reasons = "\n".join(conflicts)
            text = self.env._("This cannot be done as it was asked for:\n%s", reasons)
            raise UserError(text)
        request_sudo.change_ids.filtered(lambda change: not change._is_done())._apply(order_sudo)
        link = request_sudo._get_html_link()
        order_sudo.message_post(body=self.env._("Changed as the customer asked for: %s", link))

    def _refuse_change(self):
        """Nothing was done yet: the order stays as it is."""

    def _get_conflicts_change(self):
        """Why a change cannot be done as it was asked for any more.

        :return: texts; none when it can be done
        :rtype: list
        """
        self.ensure_one()
        # sudo: who answers need not see invoices and shipments
        request_sudo = self.sudo()
        order_sudo = request_sudo.order_id
        conflicts = [change._get_conflict() for change in request_sudo.change_ids]
        todo = request_sudo.change_ids.filtered(lambda change: not change._is_done())
        if order_sudo.locked and todo:
            conflicts.append(
                self.env._("%(order)s is locked. Unlock it first.", order=order_sudo.name)
            )
        # what was to be added was asked for in time
        is_change = order_sudo.state == "sale" and any(one.kind != "add" for one in todo)
        if is_change and self.env["sale.order.change"]._get_bills(order_sudo):
            conflicts.append(self.env._("%(order)s is invoiced meanwhile.", order=order_sudo.name))
        return [conflict for conflict in conflicts if conflict]

    def _get_warnings_change(self):
        """What the account manager is to know before accepting.

        :return: texts
        :rtype: list
        """
        self.ensure_one()
        if self.state != "open":
            return []
        # sudo: as for the conflicts
        request_sudo = self.sudo()
        warnings = self._get_conflicts_change()
        facts = self._get_facts_change(request_sudo)
        fmt = PortalFormat(self.env)
        for line, texts in self._get_fact_texts_change(request_sudo, facts, fmt).items():
            warnings += [f"{line.product_id.display_name}: {text}" for text in texts]
        if any(line_facts["purchased"] for line_facts in facts.values()):
            warnings.append(
                self.env._("The purchase order stays as it is; its buyer gets an activity.")
            )
        paid = request_sudo.order_id.order_line.filtered("is_downpayment").invoice_lines
        if "cancel" in request_sudo.change_ids.mapped("kind") and paid:
            warnings.append(self.env._("A down payment was invoiced: credit it and pay it back."))
        return warnings

    # --- what is asked for ------------------------------------------------------------------------

    def _get_differences_change(self):
        """As ``_get_differences`` of the request."""
        self.ensure_one()
        # sudo: who may see the request may see what is asked for, and how far the goods are
        request_sudo = self.sudo()
        is_open = self.state == "open"
        facts = self._get_facts_change(request_sudo) if is_open else {}
        notes = self._get_fact_texts_change(request_sudo, facts, PortalFormat(self.env))
        differences = []
        for change in request_sudo.change_ids:
            old, new = change._get_texts()
            texts = notes.get(change.line_id, [])
            differences.append(
                {"label": change._get_label(), "old": old, "new": new, "note": " ".join(texts)}
            )
        return differences

    def _get_facts_change(self, request_sudo):
        """How far the goods are of which less is wanted; see ``_get_facts``."""
        rules = self.env["sale.order.change"]
        changes = request_sudo.change_ids
        lines = changes.filtered(lambda one: one.new_quantity < one.old_quantity).line_id
        if "cancel" in changes.mapped("kind"):
            lines = rules._get_lines(request_sudo.order_id)
        return rules._get_facts(lines)

    def _get_fact_texts_change(self, request_sudo, facts, fmt):
        """:return: ``{sale.order.line: texts}``"""
        rules = self.env["sale.order.change"]
        lines = request_sudo.order_id.order_line.filtered(lambda line: line.id in facts)
        return {line: rules._get_fact_texts(facts[line.id], fmt) for line in lines}
