from collections import defaultdict

from odoo import models
from odoo.fields import Domain

# Kinds of ``portal.document`` that a case leads to.
KINDS_BY_TYPE = {"out_refund": "credit_note", "out_invoice": "invoice"}


class CsoCaseDocuments(models.AbstractModel):
    """What a return case led to on paper: credit notes, invoices, slips of what was sent back."""

    _name = "cso.case.documents"
    _description = "Documents of a Return Case"

    def _find_documents_sudo(self, kind):
        """Return the documents of one kind of these cases that the user may see.

        :param str kind: credit_note, invoice or slip
        :return: records (sudo): posted ``account.move`` or done ``stock.picking``; none where the
            user's roles do not open that kind
        """
        return self._search_documents_sudo(kind, self._get_document_positions())

    def _get_customer_documents(self):
        """Return the documents of this case that the user may see, the newest first.

        :return: list of dicts: ``kind``, ``label`` (its name), ``record`` (sudo), ``date`` and
            ``positions`` (``cso.rma.line`` that it is about)
        """
        self.ensure_one()
        positions, kinds = self._get_document_positions(), self._get_kinds()
        found = [
            {
                "kind": kind,
                "label": kinds[kind]["label"],
                "record": record,
                "date": record[kinds[kind]["date"]],
                "positions": positions[kind][record],
            }
            for kind in kinds
            for record in self._search_documents_sudo(kind, positions)
        ]
        return sorted(found, key=lambda one: self._get_moment(one["date"]), reverse=True)

    def _get_kinds(self):
        """Return the kinds of ``portal.document`` that the user's roles open and a case has."""
        kinds = self.env["portal.document"]._get_kinds()
        return {kind: kinds[kind] for kind in ("credit_note", "invoice", "slip") if kind in kinds}

    def _search_documents_sudo(self, kind, positions):
        known = self._get_kinds()
        if kind not in known:
            return self.env["account.move"].sudo().browse()
        records_sudo = self.env[known[kind]["model"]].sudo()  # inside the user's access domain
        ids = [record.id for record in positions[kind]]
        return records_sudo.search(known[kind]["domain"] & Domain("id", "in", ids))

    def _get_document_positions(self):
        """Return by kind and record (sudo) the positions of these cases that it is about."""
        lines_sudo = self.line_ids.sudo()  # customers may not read the documents themselves
        found = defaultdict(lambda: defaultdict(self.env["cso.rma.line"].browse))
        for line in lines_sudo.refund_line_ids:
            kind = KINDS_BY_TYPE.get(line.move_id.move_type)
            found[kind][line.move_id] |= line.cso_rma_line_id
        for position, pickings in lines_sudo._get_shipments_sudo().items():
            for picking in pickings:
                found["slip"][picking] |= position
        return found
