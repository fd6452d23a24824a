from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

from ..tools.portal_format import PortalFormat
from ..tools.typed_number import show_number
from .portal_order import OrderPortal
from .portal_request import TONES

PAGE = "/my/orders/<int:order_id>/change"
MAX_LENGTH = 20_000


class OrderChangePortal(OrderPortal):
    """Asking to change or cancel an order; what may be asked is told by ``sale.order.change``."""

    @http.route(PAGE, type="http", auth="user", methods=["GET"], website=True, readonly=True)
    def portal_order_change(self, order_id, **kw):
        """The form that asks to change an order."""
        return self._render_change(self._find_order(order_id), {}, {})

    @http.route(PAGE, type="http", auth="user", methods=["POST"], website=True)
    def portal_order_change_post(self, order_id, action="", version="", **typed):
        """Ask the account manager to change the order; what is wrong stays in the form.

        :param str action: change, or cancel for the whole order
        :param str version: of the order as it was shown
        """
        order_sudo = self._find_order(order_id)
        typed = {
            name: value[:MAX_LENGTH] for name, value in typed.items() if hasattr(value, "split")
        }
        try:
            with request.env.cr.savepoint():
                errors = self._ask(order_sudo, action, version, typed)
        except MissingError:
            raise NotFound from None
        except UserError as error:
            errors = {"form": str(error)}
        if errors:
            return self._render_change(order_sudo, typed, errors)
        return request.redirect(f"/my/requests/{order_sudo.portal_change_id.id}?done=sent")

    def _ask(self, order_sudo, action, version, typed):
        """:return: ``{name of a field: what is wrong}``; nothing when it was asked for"""
        env = request.env
        form = env["sale.order.change.form"]
        if action == "cancel":
            changes, errors = form._read_cancellation(order_sudo)
        else:
            changes, errors = form._read(order_sudo, typed)
        if not errors and version != env["sale.order.change"]._get_version(order_sudo):
            text = env._("The order was changed since you opened this page. Please look again.")
            errors = {"form": text}
        if not errors:
            note = form._clean_note(typed.get("cancel_note" if action == "cancel" else "note"))
            env["portal.request"]._submit_change(order_sudo, changes, note)
        return errors

    def _find_order(self, order_id):
        """The confirmed order (sudo) when it is in the access domain of the user, else 404."""
        order_sudo = self._get_own_order(order_id)
        if not order_sudo.confirmed_on:
            raise NotFound
        return order_sudo

    def _render_change(self, order_sudo, typed, errors):
        rules = request.env["sale.order.change"]
        fmt = PortalFormat(request.env)
        lines_sudo = rules._get_lines(order_sudo)
        facts = rules._get_facts(lines_sudo)
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="order_change",
            portal_page="orders",
            order=order_sudo,
            fmt=fmt,
            limits=rules._get_limits(order_sudo),
            rows=[self._prepare_row(line, facts[line.id], typed, fmt) for line in lines_sudo],
            addresses=rules._get_addresses(order_sudo),
            address=typed.get("address") or str(order_sudo.partner_shipping_id.id),
            wished=typed.get("date", rules._get_wished_day(order_sudo) or ""),
            today=order_sudo.company_id._get_today(),
            reference=typed.get("reference", order_sudo.client_order_ref or ""),
            version=rules._get_version(order_sudo),
            typed=typed,
            errors=errors,
            error_links=self._prepare_error_links(lines_sudo, errors),
            change=self._prepare_change(order_sudo, fmt),
            contact=self._get_order_contact(order_sudo),
        )
        return request.render("customer_portal.portal_order_change_page", values)

    def _prepare_row(self, line, facts, typed, fmt):
        """One line of the order with what is to be known before it is changed."""
        name = f"quantity-{line.id}"
        return {
            "line": line,
            "product": line.product_id,
            "name": name,
            "quantity": typed.get(name, show_number(request.env, line.product_uom_qty)),
            "open": line.customer_open_qty,
            "texts": request.env["sale.order.change"]._get_fact_texts(facts, fmt),
        }

    def _prepare_error_links(self, lines_sudo, errors):
        """What is wrong at which field, for the top of the page."""
        articles = {f"quantity-{line.id}": line.product_id.name for line in lines_sudo}
        return [
            {
                "anchor": name if name in articles else f"change_{name}",
                "text": f"{articles[name]}: {text}" if name in articles else text,
            }
            for name, text in errors.items()
            if name != "form"
        ]

    def _prepare_order_page_values(self, order_sudo):
        """The page of the order says what was asked for, and whether more can be."""
        values = super()._prepare_order_page_values(order_sudo)
        values["change"] = self._prepare_change(order_sudo, values["fmt"])
        days = {facts["invoice_date"] for facts in values["facts"].values()} - {False}
        values["can_change"] = request.env["sale.order.change"]._is_offered(order_sudo, days)
        return values

    def _prepare_change(self, order_sudo, fmt):
        """The last change that was asked for, with its state and answer, or None."""
        change_sudo = order_sudo.portal_change_id
        if not change_sudo:
            return None
        return {
            "request": change_sudo,
            "tone": TONES[change_sudo.state],
            "label": change_sudo._get_state_label(),
            "asked_by": change_sudo.requester_id.name,
            "asked_on": fmt.day(change_sudo.asked_on),
            "decided_on": fmt.day(change_sudo.decided_on),
            "differences": change_sudo._get_differences(),
        }
