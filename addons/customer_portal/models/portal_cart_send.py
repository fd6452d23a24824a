from odoo import models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class PortalCartSend(models.AbstractModel):
    """A cart becomes a quotation for the account manager, or an order at once."""

    _name = "portal.cart.send"
    _description = "Request Cart: Sending"

    def _confirms_at_once(self, order):
        """Whether the customer's terms make an order of the cart without an account manager: he
        sees what it costs, and every article has a price.

        :param order: ``sale.order``, also one that is not stored
        """
        self.ensure_one()
        if not self.env.user._has_access_role("prices"):
            return False
        policy = self.partner_id._get_portal_order_policy()
        priced = all(line.price_unit > 0 for line in order.order_line)
        return policy == "confirm" and bool(order.order_line) and priced

    def _send(self):
        """Make the quotation, confirm it where that is agreed, else ask the account manager.

        Articles that are not for sale any more stay in the cart. The cart is held (``_open_own``)
        and emptied here, so sending it twice makes one.

        :return: the order or quotation (``sale.order``, sudo)
        :raise UserError: when nothing in it can be ordered
        """
        self.ensure_one()
        lines = self._get_open_lines()
        if not lines:
            raise UserError(self.env._("There is nothing in the cart that can be ordered."))
        order_sudo = self._create_quotation(lines)
        is_confirmed = self._confirms_at_once(order_sudo) and self._confirm(order_sudo)
        request_sudo = self.env["portal.request"]
        if not is_confirmed:
            request_sudo = self._ask_manager(order_sudo)
        lines.unlink()
        self.write(
            {
                "order_id": order_sudo.id,
                "request_id": request_sudo.id,
                "client_order_ref": False,
                "wished_date": False,
                "note": False,
            }
        )
        return order_sudo

    def _create_quotation(self, lines):
        cart = self._with_rules(lines)
        orders_sudo = cart.env["sale.order"].with_context(mail_create_nosubscribe=True)
        order_sudo = orders_sudo.create(
            {**cart._prepare_order(lines), "portal_user_id": self.user_id.id}
        )
        order_sudo = order_sudo.with_context(portal_rules=None, mail_create_nosubscribe=False)
        self.env.flush_all()
        if self.note:
            note = self.env._("Remark of the customer: %(note)s", note=self.note)
            order_sudo.message_post(body=note)
        return order_sudo

    def _confirm(self, order_sudo):
        """Confirm as Odoo does; where that needs a person it is a request after all."""
        try:
            with self.env.cr.savepoint():
                order_sudo._confirm_by_customer()
                order_sudo.action_confirm()
        except (UserError, ValidationError):
            return False
        return True

    def _ask_manager(self, order_sudo):
        requests = self.env["portal.request"].with_user(self.user_id).sudo(False)
        return requests._submit(
            "order", self.partner_id, self.company_id, order_id=order_sudo.id, note=self.note
        )

    # --- before it is sent ------------------------------------------------------------------------

    def _get_same_reference(self):
        """The newest order with the reference of the cart, if the user may see one."""
        self.ensure_one()
        orders_sudo = self.env["sale.order"].sudo()  # inside the access domain only
        if not (self.client_order_ref or "").strip():
            return orders_sudo
        domain = self.env.user._get_access_domain("sale.order")
        requested = Domain("portal_user_id", "=", self.user_id.id) & Domain("state", "=", "draft")
        match = self.env["sale.line.number"]._get_match_domain(
            "client_order_ref", self.client_order_ref
        )
        domain = (domain | requested) & match & Domain("state", "!=", "cancel")
        return orders_sudo.search(domain, order="id desc", limit=1)

    def _get_seen(self, order, lines):
        """What the user reads beside each line: quantity, and price where he sees prices.

        :param order: of ``_get_quotation``
        :return: ``{id of the line: text}``
        :rtype: dict
        """
        can_see_prices = self.env.user._has_access_role("prices")
        return {
            line.id: f"{line.quantity}={sold.price_subtotal}"
            if can_see_prices
            else f"{line.quantity}"
            for line, sold in zip(lines, order.order_line, strict=True)
        }

    def _get_changes(self, seen):
        """Lines that are not as the user saw them when the cart was sent.

        :param dict seen: texts by id of a line, of ``_get_seen``
        :return: ``{'changed': portal.cart.line, 'gone': whether one is not there any more}``, or
            nothing when all is as it was
        """
        lines = self._get_open_lines()
        now = self._get_seen(self._get_quotation(lines), lines)
        changed = lines.filtered(lambda line: now[line.id] != seen.get(line.id))
        is_gone = bool(seen.keys() - now.keys())
        return {"changed": changed, "is_gone": is_gone} if changed or is_gone else {}
