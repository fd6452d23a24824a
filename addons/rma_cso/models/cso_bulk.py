from odoo import api, models
from odoo.fields import Domain
from odoo.tools.misc import get_lang

from ..tools import ReturnRequest, write_number

LINES_LIMIT = 200
SERIALS_LIMIT = 500


class CsoBulk(models.AbstractModel):
    """Many order lines claimed for one reason: what they share is asked once.

    Each line has its own draft and its own form; an item is what of a line is claimed: a dict of
    ``line`` (sale.order.line, sudo), ``lots`` (stock.lot) and ``quantity`` in the line's unit.
    """

    _name = "cso.bulk"
    _description = "Return of Many Lines"

    # ------------------------------------------------------------------ lines
    @api.model
    def _find_by_serials(self, numbers):
        """Find pasted serials that the user's customer has.

        :param list numbers: as typed or scanned
        :return: their items, the numbers of none, and the serials (stock.lot, sudo) that are left
            out because an open position holds them
        """
        lots_sudo = self.env["stock.lot"].sudo()  # inside the access domain of their lines only
        match = self.env["sale.line.number"]._get_serials_match(numbers)
        items = self._find_by_lots(lots_sudo.search(match, limit=2 * SERIALS_LIMIT))
        tools = self.env["sale.line.number"]
        found_sudo = lots_sudo.union(*(item["lots"] for item in items))
        known = {tools._normalize_number(name) for name in found_sudo.mapped("name")}
        missing = [one for one in numbers if not known & set(tools._get_serial_variants(one))]
        lines_sudo = self.env["sale.order.line"].sudo()  # who is not of the desk reads no positions
        held_sudo = lines_sudo._get_held_lots({item["line"].id: item["lots"] for item in items})
        free = [(item["line"], item["lots"] - held_sudo) for item in items]
        return [self._prepare_item(*pair) for pair in free if pair[1]], missing, held_sudo

    @api.model
    def _find_by_lots(self, lots):
        """Return the items of those of the serials that the user's customer has.

        :param lots: ``stock.lot`` (sudo)
        """
        history = self.env["sale.line.serial"]._get_history(lots)
        found = {}
        for lot in lots:
            last = history.get(lot.id, [None])[-1]
            if last and not last["is_back"]:
                line = last["line"]
                found[line] = found.get(line, lots.browse()) | lot
        return [self._prepare_item(line, lots_of_line) for line, lots_of_line in found.items()]

    @api.model
    def _find_by_document(self, number, kind):
        """Return the items of a document: what of it can still be claimed.

        :param str number: as typed
        :param str kind: delivery_slip, invoice or order
        """
        lines_sudo, _total = self.env["sale.order.line"]._get_portal_lines(
            number, kind, limit=LINES_LIMIT
        )
        slip = number if kind == "delivery_slip" else ""
        facts = lines_sudo._get_return_facts()
        return [self._prepare_document_item(line, facts[line.id], slip) for line in lines_sudo]

    @api.model
    def _prepare_document_item(self, line, facts, slip):
        quantity = facts.get_left(ReturnRequest(line, self.env["cso.reason"]))
        if not slip:
            return self._prepare_item(line, facts.free_lots, quantity)
        key = self.env["sale.line.number"]._normalize_number
        moves = line.move_ids.filtered(
            lambda move: move.state == "done" and key(move.picking_id.name) == key(slip)
        )
        shipped = sum(move._get_cso_quantity(line.product_uom_id) for move in moves)
        lots = facts.free_lots & moves.move_line_ids.lot_id
        return self._prepare_item(line, lots, min(quantity, shipped))

    @api.model
    def _prepare_item(self, line, lots, quantity=0.0):
        if line.product_id.tracking == "serial":
            units = len(lots)
            quantity = line.product_id.uom_id._compute_quantity(units, line.product_uom_id)
        return {"line": line, "lots": lots, "quantity": quantity}

    # ------------------------------------------------------------------ reasons
    @api.model
    def _get_reasons(self, items):
        """Return the reasons whose form can be filled for all lines at once.

        :return: list of dicts of ``reason`` and ``count``: for how many of the items it is possible
        """
        lines = self.env["sale.order.line"].union(*(item["line"] for item in items))
        reasons = self.env["cso.reason"].search([("form", "!=", False)])
        reasons = reasons.filtered(lambda one: self._is_offered(one, lines[:1]))
        asked = [(item, reason) for reason in reasons for item in items]
        requests = [
            ReturnRequest(item["line"], reason, item["quantity"], item["lots"])
            for item, reason in asked
        ]
        counts = dict.fromkeys(reasons, 0)
        answers = self.env["cso.eligibility"]._assess(requests) if requests else []
        for (item, reason), answer in zip(asked, answers, strict=True):
            counts[reason] += bool(item["quantity"]) and not answer["objections"]
        return [{"reason": reason, "count": count} for reason, count in counts.items()]

    @api.model
    def _is_offered(self, reason, line):
        if reason.form not in self.env or not line:
            return False
        form_sudo = self.env[reason.form].sudo()  # a form in memory reads lines and serials
        values = {"sale_line_id": line.id, "reason_id": reason.id}
        return form_sudo.new(values)._is_possible_in_bulk()

    # ------------------------------------------------------------------ drafts
    @api.model
    def _start(self, reason, items):
        """Begin to fill the form of a reason for some items; what was begun before is replaced.

        What was typed before for the same reason is taken over.

        :return: the drafts (cso.form.draft, sudo)
        """
        drafts_sudo = self.env["cso.form.draft"].sudo()  # nobody may read drafts
        old_sudo = self._get_drafts(reason)
        shared = self._get_shared_answers(old_sudo)
        mark = get_lang(self.env).decimal_point
        for item in items[:LINES_LIMIT]:
            draft_sudo = drafts_sudo._ensure_draft(item["line"], reason)
            draft_sudo.is_bulk = True
            draft_sudo.answers = {
                **(draft_sudo.answers or {}),
                **shared,
                "lot_ids": item["lots"].ids,
                "quantity": write_number(item["quantity"], mark),
            }
            drafts_sudo |= draft_sudo
        (old_sudo - drafts_sudo).unlink()
        return drafts_sudo

    @api.model
    def _get_drafts(self, reason):
        """Return the drafts of the user that are filled together for a reason (sudo)."""
        domain = self.env.user._get_access_domain("sale.order.line")
        drafts_sudo = self.env["cso.form.draft"].sudo()._get_open_drafts(domain)
        together = drafts_sudo.filtered(lambda one: one.is_bulk and one.reason_id == reason)
        return together.sorted("id")

    @api.model
    def _get_shared_answers(self, drafts):
        """Return the answers that drafts share, as they were typed: those that are not units."""
        names = self._get_shared_names(drafts[:1]) if drafts else ()
        kept = drafts[:1].answers or {}
        return {name: kept[name] for name in names if name in kept}

    @api.model
    def _get_shared_names(self, draft):
        """Return the names of the questions that are asked once for all lines."""
        form = draft._new_form()
        units = ("lot_ids", "quantity", "typed_serials")
        return [name for name in form._get_page_questions() if name not in units]

    @api.model
    def _keep_shared(self, drafts, answers):
        """Keep answers to the shared questions with all drafts.

        :param dict answers: as typed, not to be trusted
        """
        if not drafts:
            return
        cleaned = drafts[0]._new_form()._clean_answers(answers)
        names = self._get_shared_names(drafts[0])
        shared = {name: cleaned[name] for name in names if name in cleaned}
        for draft in drafts:
            draft.answers = {**(draft.answers or {}), **shared}

    # ------------------------------------------------------------------ result
    @api.model
    def _get_errors(self, drafts):
        """Return ``{draft: {question: text}}`` of the drafts in which something must be mended."""
        errors = {draft: draft._get_errors() for draft in drafts}
        return {draft: found for draft, found in errors.items() if found}

    @api.model
    def _add_possible(self, drafts):
        """Put the drafts that are complete and possible into the cart, the others stay.

        :return: the number of positions that were added
        """
        count = 0
        for draft in drafts:
            form, errors = draft._fill_form()
            if not errors and not form._get_errors():
                delivered_to = draft.sale_line_id.order_id.partner_shipping_id
                form.return_address_id = form._get_cart().return_address_id or delivered_to
                form._add_to_cart()
                draft.unlink()
                count += 1
        return count

    @api.model
    def _get_domain_of(self, line_ids):
        """Return the domain of these order lines inside the access domain of the user."""
        domain = self.env.user._get_access_domain("sale.order.line")
        return domain & Domain("id", "in", list(line_ids)) & Domain("display_type", "=", False)
