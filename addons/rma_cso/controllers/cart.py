from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from .common import read_id, read_text
from .form import FormPortal

SOON = 60  # days that are left of a time limit that is told at the top


class CartPortal(FormPortal):
    """The cart: positions that are not submitted yet, of one customer or several."""

    @route(
        "/my/returns/cart", type="http", auth="user", methods=["GET"], readonly=True, website=True
    )
    def cart(self, **kwargs):
        """Show the positions of the cart, each with what speaks against it today."""
        self._get_domain("cso.rma")
        return self._render_cart(self._get_carts_sudo())

    @route(
        [
            "/my/returns/cart/remove",
            "/my/returns/cart/edit",
            "/my/returns/cart/submit",
            "/my/returns/draft/discard",
        ],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def cart_again(self, **kwargs):
        """Lead to the cart who looks at an address that only acts, as after a new sign-in."""
        return request.redirect("/my/returns/cart")

    @route("/my/returns/cart/remove", type="http", auth="user", methods=["POST"])
    def cart_remove(self, position=None, **kwargs):
        """Take a position out of the cart, with its files."""
        self._get_domain("cso.rma")
        self._find_positions_sudo(position).unlink()
        return request.redirect("/my/returns/cart")

    @route("/my/returns/cart/edit", type="http", auth="user", methods=["POST"])
    def cart_edit(self, position=None, reason=None, **kwargs):
        """Go to the form of a position with its answers and files, or to that of another reason."""
        self._get_domain("cso.rma")
        position_sudo = self._find_positions_sudo(position)
        if not position_sudo or position_sudo.reason_id.form not in request.env:
            return request.redirect("/my/returns/cart")
        draft_sudo = request.env["cso.form.draft"].sudo()._edit_position(position_sudo)
        if reason:
            return self._switch(draft_sudo, reason)
        return request.redirect(self._get_draft_url(draft_sudo))

    @route("/my/returns/draft/discard", type="http", auth="user", methods=["POST"])
    def draft_discard(self, draft=None, **kwargs):
        """Delete a draft of the user, with its files."""
        drafts_sudo = self._get_drafts_sudo()
        drafts_sudo.filtered(lambda one: one.id == read_id(draft)).unlink()
        if kwargs.get("bulk"):
            code = self._find_reason_sudo(kwargs["bulk"]).code
            return request.redirect(f"/my/returns/bulk/form?reason={code}")
        return request.redirect("/my/returns")

    @route("/my/returns/cart/submit", type="http", auth="user", methods=["POST"], website=True)
    def cart_submit(self, reference=None, others=None, **kwargs):
        """Submit what the page showed once, all or nothing; a second time leads to the cases.

        Positions of each customer and company become a case of their own.

        :param others: set to leave in the cart what is not possible, and to submit the others
        """
        carts_sudo = self._find_posted_carts_sudo()
        open_sudo = carts_sudo.filtered(lambda cart: not cart.submitted_on)
        try:
            with request.env.cr.savepoint():
                for cart_sudo in open_sudo.filtered("line_ids"):
                    self._submit_cart(cart_sudo, read_text(reference), bool(others))
        except UserError as error:
            return self._render_cart(open_sudo, str(error), read_text(reference))
        return request.redirect(self._get_submitted_url(carts_sudo.filtered("submitted_on")))

    def _submit_cart(self, cart_sudo, reference, is_split):
        cart_sudo = cart_sudo.with_company(cart_sudo.company_id)
        cart_sudo.reference = reference
        if is_split:
            cart_sudo = cart_sudo._split_possible()
        if cart_sudo:
            cart_sudo._submit()

    def _find_positions_sudo(self, number):
        """Return the position of the own carts with this id, or none."""
        return self._get_carts_sudo().line_ids.filtered(lambda line: line.id == read_id(number))

    def _find_posted_carts_sudo(self):
        """Return the carts that the page showed, in the order of their making; else 404."""
        numbers = request.httprequest.form.getlist("cart") or [""]
        domain = Domain("user_id", "=", request.env.uid)
        carts_sudo = [self._find_sudo("cso.rma", number, domain) for number in numbers]
        return request.env["cso.rma"].sudo().union(*carts_sudo).sorted("id")

    def _get_submitted_url(self, cases_sudo):
        if len(cases_sudo) == 1:
            return f"/my/returns/{cases_sudo.id}?submitted=1"
        return "/my/returns/status?submitted=1" if cases_sudo else "/my/returns/cart"

    def _render_cart(self, carts_sudo, error="", reference=""):
        carts_sudo = carts_sudo.filtered("line_ids")
        carts_sudo.line_ids.lot_ids.fetch(["name"])
        checks = self._check_carts(carts_sudo)
        return self._render(
            "rma_cso.portal_cart",
            carts=carts_sudo,
            groups={cart.id: self._group_positions(cart) for cart in carts_sudo},
            form_url=self._get_draft_url,
            checks=checks,
            impossible=[number for number, check in checks.items() if check["objections"]],
            next_end=self._get_next_end(checks),
            edits={draft.position_id.id: draft for draft in self._get_drafts_sudo()},
            reference=reference or carts_sudo[:1].reference,
            error=error,
        )

    def _check_carts(self, carts_sudo):
        """Return by position id what the return rules say today.

        :return: dicts of ``objections``, ``until`` (date or False), ``days`` (left, None without
            an end) and ``alternative`` (cso.reason, may be empty)
        """
        reasons_sudo = request.env["cso.reason"].sudo().search([])
        by_code = {reason.code: reason for reason in reasons_sudo}
        checks = {}
        for cart in carts_sudo:
            lines_sudo = cart.with_company(cart.company_id).line_ids
            today = cart.company_id._get_cso_date()
            for line, answer in lines_sudo._get_answers().items():
                codes = [objection["alternative"] for objection in answer["objections"]]
                until = answer["until"]
                checks[line.id] = {
                    "objections": answer["objections"],
                    "until": until,
                    "days": (until - today).days if until else None,
                    "alternative": next((by_code[code] for code in codes if code in by_code), None),
                }
        return checks

    def _get_next_end(self, checks):
        """Return the check of the possible position whose window ends first, and soon, or None."""
        running = [
            check
            for check in checks.values()
            if check["until"] and check["days"] <= SOON and not check["objections"]
        ]
        return min(running, key=lambda one: one["until"], default=None)

    def _group_positions(self, cart_sudo):
        """Return the positions of a cart by document: list of ``{'kind', 'document', 'lines'}``."""
        lines_sudo = cart_sudo.line_ids
        facts = lines_sudo.sale_line_id._get_portal_facts()
        return self._group_by_document(
            [(position, position.sale_line_id) for position in lines_sudo], facts
        )
