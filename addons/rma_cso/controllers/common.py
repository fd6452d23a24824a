from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import format_datetime

from odoo.addons.customer_portal.tools.portal_format import PortalFormat
from odoo.addons.customer_portal.tools.record_id import MAX_ID

from ..tools import clean_text


def read_id(value):
    """Return a record id typed into an address or a form, 0 when it cannot be one."""
    text = str(value or "")
    if not text.isdecimal() or len(text) > 10:
        return 0
    number = int(text)
    return number if number <= MAX_ID else 0


def get_unsent_domain():
    """Return the domain of cases with goods that the customer still has to send."""
    return Domain("line_ids.is_to_send", "=", True)


def read_text(value, limit=100):
    """Return a short text on one line, as typed, without what a database refuses."""
    return " ".join(clean_text(value).split())[:limit]


class ReturnsController(http.Controller):
    """What the pages of the returns desk share: whose records, which record, the frame."""

    def _render(self, template, **values):
        """Answer a page in the portal's frame, never to be kept by a browser or proxy."""
        frame = {
            "page_name": "returns",
            "portal_page": "returns",
            "no_breadcrumbs": True,
            "cart_count": len(self._get_carts_sudo().line_ids),
        }
        return self._render_part(template, **frame, **values)

    def _render_part(self, template, **values):
        """Answer a part of a page, never to be kept by a browser or proxy."""
        support = request.env.company.sudo()._get_portal_support()
        formats = self._prepare_formats()
        response = request.render(template, {"support": support, **formats, **values})
        response.headers["Cache-Control"] = "no-store"
        return response

    def _prepare_formats(self):
        """Return the functions by which the pages show days, moments, numbers and addresses."""
        fmt = PortalFormat(request.env)
        weekday_pattern = request.env._("EEEE d MMMM")
        return {
            "short_date": fmt.day,
            "long_date": lambda value: fmt.format_day(value, weekday_pattern),
            "short_time": lambda value: self._format_moment(fmt, value),
            "short_moment": lambda value: (
                self._format_moment(fmt, value) if hasattr(value, "hour") else fmt.day(value)
            ),
            "format_number": fmt.quantity,
            "format_money": fmt.money,
            "address_line": self._format_address,
            "document_url": self._get_document_url,
            "document_amount": lambda document: self._format_amount(fmt, document["record"]),
        }

    def _get_document_url(self, document):
        """Return the address of the PDF of a document of a case.

        :param dict document: of ``cso.rma._get_customer_documents``
        """
        case_sudo, kind = document["positions"].rma_id, document["kind"].partition("_")[0]
        return f"/my/returns/{case_sudo.id}/{kind}/{document['record'].id}"

    def _format_amount(self, fmt, record_sudo):
        """Return the total of a credit note or invoice, what the customer gets as a minus."""
        if record_sudo._name != "account.move":
            return ""
        amount = record_sudo.amount_total * -record_sudo.direction_sign
        return fmt.money(amount, record_sudo.currency_id)

    def _format_moment(self, fmt, value):
        """Return a moment as "12 Dec 14:02" in the user's time zone."""
        time = format_datetime(request.env, value, tz=request.env.user.tz, dt_format="HH:mm")
        return f"{fmt.day(value)} {time}"

    def _format_address(self, partner):
        """Return an address on one line, without its name."""
        partner._fetch_address()
        lines = partner._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip())

    def _get_domain(self, model_name):
        """Return what the user may see of a model; 404 when the returns desk is not for them."""
        user = request.env.user
        if user._get_access_domain("cso.rma").is_false():
            raise request.not_found()
        return user._get_access_domain(model_name)

    def _find_sudo(self, model_name, record_id, domain=Domain.TRUE):
        """Return the record with this id inside the access domain of the user, else 404."""
        domain = self._get_domain(model_name) & Domain("id", "=", read_id(record_id)) & domain
        # The portal group reads lots, products and the like through its own lines only.
        record_sudo = request.env[model_name].sudo().search(domain, limit=1)
        if not record_sudo:
            raise request.not_found()
        return record_sudo

    def _find_line_sudo(self, line_id):
        line_sudo = self._find_sudo("sale.order.line", line_id, Domain("display_type", "=", False))
        return line_sudo.with_company(line_sudo.company_id)

    def _find_case_sudo(self, case_id):
        return self._find_sudo("cso.rma", case_id, Domain("submitted_on", "!=", False))

    def _find_reason_sudo(self, code):
        """Return the active reason with this code that has a form, else 404."""
        domain = Domain("code", "=", read_text(code)) & Domain("form", "!=", False)
        reason_sudo = request.env["cso.reason"].sudo().search(domain, limit=1)
        if not reason_sudo or reason_sudo.form not in request.env:
            raise request.not_found()
        return reason_sudo

    def _get_form_url(self, line, code, step="", lot=None, position=None):
        """Return the address of the form of a reason for a line, or of a later step of it.

        :param lot: serial number that was searched for (stock.lot)
        :param position: position of the cart that is changed (cso.rma.line)
        """
        url = f"/my/returns/form{step}?line={line.id}&reason={code}"
        url = f"{url}&lot={lot.id}" if lot else url
        return f"{url}&position={position.id}" if position else url

    def _get_draft_url(self, draft_sudo, step=""):
        """Return the address of the form of a draft, or of a later step of it.

        Where its reason is not offered any more, that of the line: another reason takes the
        answers over.
        """
        reason_sudo = draft_sudo.reason_id
        if not reason_sudo.active or reason_sudo.form not in request.env:
            return f"/my/returns/register?line={draft_sudo.sale_line_id.id}"
        return self._get_form_url(
            draft_sudo.sale_line_id,
            draft_sudo.reason_id.code,
            step,
            position=draft_sudo.position_id,
        )

    def _prepare_cards(self, line, answers, fmt, lot=None, position=None):
        """Return one card per reason, the possible ones first: what it says, where it leads.

        :param list answers: of ``_get_return_eligibility`` for the line
        :param fmt: ``PortalFormat``, one for all lines of a page
        """
        names = {answer["reason"].code: answer["reason"].name for answer in answers}
        open_codes = {answer["reason"].code for answer in answers if self._is_open(answer)}
        urls = {code: self._get_form_url(line, code, lot=lot, position=position) for code in names}
        cards = [self._prepare_card(answer, names, open_codes, urls) for answer in answers]
        for card in cards:
            card["tip"] = f"tip_{line.id}_{card['reason'].code}" if card["help"] else None
            card["note"] = self._get_card_note(card, fmt)
            card["links"] = self._get_card_links(card, line, fmt)
        return sorted(cards, key=lambda card: not card["open"])

    def _is_open(self, answer):
        return answer["allowed"] and answer["reason"].form in request.env

    def _prepare_card(self, answer, names, open_codes, urls):
        reason, objections = answer["reason"], answer["objections"]
        alternatives = [objection["alternative"] for objection in objections]
        alternative = next((code for code in alternatives if code in open_codes), None)
        has_form = reason.form in request.env
        limits = [objection["max_quantity"] or 0 for objection in objections]
        return {
            "reason": reason,
            "name": reason.name,
            "help": reason.help_shown,
            "open": has_form and answer["allowed"],
            "is_fillable": has_form and reason._can_be_mended(objections),
            "allowed": answer["allowed"],
            "until": answer["until"],
            "objections": objections,
            "destination": answer["destination"],
            "url": urls[reason.code],
            "max_quantity": min(limits, default=0) if has_form else 0,
            "alternative": names.get(alternative),
            "alternative_code": alternative,
            "alternative_url": urls.get(alternative),
        }

    def _get_card_note(self, card, fmt):
        """Return what stands below the name of a reason: until when and what then, or why not."""
        if not card["allowed"]:
            return " ".join(objection["text"] for objection in card["objections"])
        if not card["open"]:
            return self._get_formless_text()
        parts = [self._get_handling_text(card["reason"]), self._get_destination_text(card)]
        if card["until"]:
            parts.insert(0, request.env._("until %(date)s", date=fmt.day(card["until"])))
        return " · ".join(part for part in parts if part)

    def _get_formless_text(self):
        """Return how a reason without a form is registered; whom to ask follows where known."""
        support = request.env.company.sudo()._get_portal_support()
        if support["phone"] or support["email"]:
            return request.env._("By phone or mail:")
        return request.env._("Your contact person registers it for you.")

    def _get_handling_text(self, reason):
        if reason.message == "handled":
            return request.env._("nothing to send")
        if reason.authorisation == "immediate":
            return request.env._("number at once")
        return request.env._("we look first")

    def _get_destination_text(self, card):
        place = card["destination"]
        if not place:
            return ""
        if place["is_ours"]:
            return request.env._("warranty: %(handling)s", handling=place["handling"])
        return request.env._(
            "warranty: %(handling)s, by %(name)s", handling=place["handling"], name=place["name"]
        )

    def _get_card_links(self, card, line, fmt):
        """Return what is possible instead of a refused reason: text before, address, text."""
        links = []
        if card["max_quantity"]:
            quantity = f"{fmt.quantity(card['max_quantity'])} {line.product_uom_id.name}"
            text = request.env._("Continue with %(quantity)s or fewer", quantity=quantity)
            links.append(("", card["url"], text))
        elif card["is_fillable"] and not card["open"]:
            text = request.env._("You received it later? Tell us when")
            links.append(("", card["url"], text))
        if card["alternative"]:
            before = request.env._("Possible instead:")
            links.append((before, card["alternative_url"], card["alternative"]))
        return links

    def _group_by_document(self, items, facts, document="any"):
        """Return items by document: list of ``{'kind', 'document', 'lines'}``, in order.

        :param list items: pairs of what is shown and its order line
        :param dict facts: of ``_get_portal_facts``
        :param str document: the kind that is preferred: any, invoice, delivery_slip or order
        """
        groups = {}
        # sudo: lines inside the access domain; their names are read at once
        lines_sudo = request.env["sale.order.line"].sudo().union(*(line for _item, line in items))
        lines_sudo.order_id.fetch(["name"])
        for item, line in items:
            kind, record = self._get_document(line, facts[line.id], document)
            group = groups.setdefault(
                (kind, record.id), {"kind": kind, "document": record, "lines": []}
            )
            group["lines"].append(item)
        return list(groups.values())

    def _get_document(self, line, fact, document):
        if document in ("any", "invoice") and fact["invoices"]:
            return "invoice", fact["invoices"][0]
        if document != "order" and fact["shipments"]:
            return "delivery_slip", fact["shipments"][0]
        return "order", line.order_id

    def _get_drafts_sudo(self):
        """Return the drafts of the user that are not in the cart yet, the newest first."""
        # Portal users have no right on drafts of their own: they are found by user, here only.
        drafts_sudo = request.env["cso.form.draft"].sudo()
        return drafts_sudo._get_open_drafts(self._get_domain("sale.order.line"))

    def _get_carts_sudo(self):
        """Return the open carts of the user: one for each customer and company."""
        # A cart is its own user's alone: colleagues do not see what is not submitted yet. Who went
        # to another customer has left it behind.
        domain = Domain("user_id", "=", request.env.uid) & Domain("submitted_on", "=", False)
        domain &= request.env.user._get_access_domain("cso.rma")
        return request.env["cso.rma"].sudo().search(domain, order="id")

    def _get_states(self):
        """Return for each state of a case or position: tone, sign and the customer's words."""
        return {
            "draft": ["gr", "○", request.env._("in the cart")],
            "review": ["wa", "◔", request.env._("we look at it")],
            "asked": ["ba", "?", request.env._("please answer")],
            "authorised": ["in", "→", request.env._("send it")],
            "waiting": ["in", "→", request.env._("waiting for your goods")],
            "received": ["in", "◐", request.env._("arrived")],
            "to_decide": ["in", "◐", request.env._("being decided")],
            "handling": ["in", "◐", request.env._("in progress")],
            "decided": ["in", "◕", request.env._("decided")],
            "credited": ["ok", "✓", request.env._("credited")],
            "settled": ["ok", "✓", request.env._("settled")],
            "refused": ["ba", "✕", request.env._("refused")],
            "expired": ["ba", "⊘", request.env._("expired")],
            "withdrawn": ["gr", "⊘", request.env._("withdrawn")],
            "closed": ["gr", "✓", request.env._("closed")],
        }

    def _get_cases_domain(self):
        return self._get_domain("cso.rma") & Domain("submitted_on", "!=", False)
