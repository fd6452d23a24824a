import re

from odoo.http import request, route
from odoo.tools.misc import get_lang

from ..models.cso_bulk import LINES_LIMIT, SERIALS_LIMIT
from ..tools import clean_text, read_number
from ..wizard.cso_form import NUMBER_LIMIT
from .common import ReturnsController, read_id, read_text

KINDS = ("delivery_slip", "invoice", "order")


class BulkPortal(ReturnsController):
    """Many lines for one reason: pasted serial numbers or a whole document, then one form."""

    # --- Lines -----------------------------------------------------------------------------------

    @route(
        "/my/returns/bulk",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        readonly=True,
        website=True,
    )
    def bulk(self, number=None, kind=None, serials=None, **kwargs):
        """Ask for serial numbers or a document; show what was found and which reasons there are.

        :param number: of a document
        :param kind: delivery_slip, invoice or order
        :param serials: serial numbers as pasted, in lines or between commas
        """
        self._get_domain("sale.order.line")
        number, kind = read_text(number), kind if kind in KINDS else KINDS[0]
        numbers = self._read_serials(serials)
        items, missing, held = self._find_items(number, kind, numbers)
        bulk = request.env["cso.bulk"]
        return self._render(
            "rma_cso.portal_bulk",
            number=number,
            kind=kind,
            kinds=self._get_kinds(),
            serials="\n".join(numbers),
            is_too_long=len(numbers) > SERIALS_LIMIT or len(items) >= LINES_LIMIT,
            missing=missing,
            held=held,
            items=items[:LINES_LIMIT],
            reasons=bulk._get_reasons(items[:LINES_LIMIT]),
            is_asked=bool(number or numbers),
        )

    def _find_items(self, number, kind, numbers):
        bulk = request.env["cso.bulk"]
        if numbers:
            return bulk._find_by_serials(numbers[:SERIALS_LIMIT])
        return (bulk._find_by_document(number, kind) if number else []), [], []

    def _read_serials(self, text):
        """Return the numbers in a pasted list, each once, as they stand there."""
        words = re.split(r"[\s,;]+", clean_text(text)[:50_000])
        return list(dict.fromkeys(word[:100] for word in words if word))

    def _get_kinds(self):
        return {
            "delivery_slip": request.env._("Delivery slip"),
            "invoice": request.env._("Invoice"),
            "order": request.env._("Order"),
        }

    @route(
        ["/my/returns/bulk/start", "/my/returns/bulk/save"],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def bulk_again(self, **kwargs):
        """Lead to the search who looks at an address that only acts, as after a new sign-in."""
        return request.redirect("/my/returns/bulk")

    @route("/my/returns/bulk/start", type="http", auth="user", methods=["POST"])
    def bulk_start(self, reason=None, **kwargs):
        """Begin the form of a reason for the lines and serials that were chosen."""
        self._get_domain("sale.order.line")
        reason_sudo = self._find_reason_sudo(reason)
        items = self._read_items(request.httprequest.form)
        bulk = request.env["cso.bulk"]
        if not items or not bulk._is_offered(reason_sudo, items[0]["line"]):
            return request.redirect("/my/returns/bulk")
        bulk._start(reason_sudo, items)
        return request.redirect(self._get_bulk_url(reason_sudo))

    def _read_items(self, form):
        """Return the chosen items; what is not the user's own is not found."""
        bulk = request.env["cso.bulk"]
        lot_ids = {read_id(number) for number in form.getlist("lot")[:SERIALS_LIMIT]}
        lots_sudo = request.env["stock.lot"].sudo().browse(lot_ids - {0}).exists()
        line_ids = {read_id(number) for number in form.getlist("line")[:LINES_LIMIT]}
        # Portal users read lines by their own rules; here the same domain is asked once.
        lines_sudo = request.env["sale.order.line"].sudo().search(bulk._get_domain_of(line_ids))
        lines_sudo = lines_sudo.filtered(lambda line: line.product_id.tracking != "serial")
        return bulk._find_by_lots(lots_sudo) + [
            bulk._prepare_item(line, lots_sudo.browse(), self._read_quantity(form, line))
            for line in lines_sudo
        ]

    def _read_quantity(self, form, line):
        """Return the typed quantity, as the page may have written it; 0 for what is no number."""
        point = get_lang(request.env).decimal_point
        return min(read_number(form.get(f"quantity_{line.id}"), point) or 0.0, NUMBER_LIMIT)

    # --- Form ------------------------------------------------------------------------------------

    @route(
        "/my/returns/bulk/form",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        website=True,
    )
    def bulk_form(self, reason=None, check=None, added=None, **kwargs):
        """Ask once what the lines share; show what speaks against single lines.

        :param check: set to show what must still be mended
        :param added: how many positions went into the cart
        """
        self._get_domain("sale.order.line")
        if not reason:
            return request.redirect("/my/returns/bulk")
        reason_sudo, bulk = self._find_reason_sudo(reason), request.env["cso.bulk"]
        drafts_sudo = bulk._get_drafts(reason_sudo)
        if not drafts_sudo:
            return request.redirect("/my/returns/bulk")
        names = bulk._get_shared_names(drafts_sudo[0])
        form_sudo, _errors = drafts_sudo[0]._fill_form()
        found = bulk._get_errors(drafts_sudo) if check else {}
        return self._render(
            "rma_cso.portal_bulk_form",
            reason=reason_sudo,
            drafts=drafts_sudo,
            answers=drafts_sudo[0].answers or {},
            questions=[
                question
                for question in form_sudo._describe_questions()
                if question["name"] in names
            ],
            serials=[],
            line=drafts_sudo[0].sale_line_id,
            errors=self._get_shared_errors(found, names),
            line_errors=self._get_line_errors(found, names),
            added=read_id(added),
            lots=self._get_lots_by_draft(drafts_sudo),
        )

    @route("/my/returns/bulk/form", type="http", auth="user", methods=["POST"], website=True)
    def bulk_form_post(self, reason=None, **kwargs):
        """Keep the answers; put into the cart what is complete and possible, the rest stays."""
        self._get_domain("sale.order.line")
        reason_sudo, bulk = self._find_reason_sudo(reason), request.env["cso.bulk"]
        drafts_sudo = bulk._get_drafts(reason_sudo)
        bulk._keep_shared(drafts_sudo, self._get_posted())
        count = bulk._add_possible(drafts_sudo)
        if count == len(drafts_sudo):
            return request.redirect("/my/returns/cart?added=1")
        return request.redirect(f"{self._get_bulk_url(reason_sudo)}&check=1&added={count}")

    @route("/my/returns/bulk/save", type="jsonrpc", auth="user")
    def bulk_save(self, reason=None, answers=None, uid=None, **kwargs):
        """Keep what is typed so far with all lines.

        :return: ``{'saved': True, 'csrf_token': text}``, or ``{'other_user': name}`` when somebody
            else signed in
        """
        if uid != request.env.uid:
            return {"other_user": request.env.user.name}
        self._get_domain("sale.order.line")
        bulk = request.env["cso.bulk"]
        bulk._keep_shared(bulk._get_drafts(self._find_reason_sudo(reason)), answers)
        return {"saved": True, "csrf_token": request.csrf_token()}

    def _get_posted(self):
        """Return what was posted; of names that come twice the last one, as in a browser."""
        return {name: values[-1] for name, values in request.httprequest.form.lists()}

    def _get_bulk_url(self, reason_sudo):
        return f"/my/returns/bulk/form?reason={reason_sudo.code}"

    def _get_shared_errors(self, found, names):
        """Return the errors at the shared questions, which are the same for all lines."""
        errors = {}
        for one in found.values():
            errors.update({name: text for name, text in one.items() if name in names})
        return errors

    def _get_line_errors(self, found, names):
        """Return by draft id the texts of what speaks against single lines."""
        return {
            draft.id: [text for name, text in errors.items() if name not in names]
            for draft, errors in found.items()
        }

    def _get_lots_by_draft(self, drafts_sudo):
        """Return by draft id the chosen serials (sudo): those that the customer has of its line."""
        facts = drafts_sudo.sale_line_id._get_portal_facts()
        return {
            draft.id: facts[draft.sale_line_id.id]["serials"].filtered(
                lambda lot, draft=draft: lot.id in (draft.answers or {}).get("lot_ids", [])
            )
            for draft in drafts_sudo
        }
