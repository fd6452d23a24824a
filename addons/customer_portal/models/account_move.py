from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from .sale_line_number import get_number_index


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move.settled", "account.move"]

    ordering_partner_id = fields.Many2one(
        "res.partner",
        "Ordered By",
        compute="_compute_ordering_partner_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="Whose orders are invoiced; of several, the lowest company that all belong to. That "
        "customer sees the invoice in the portal, whoever it is addressed to.",
    )

    # The newest documents of customers, without the entries that have no date and sort first.
    _customer_document_idx = models.Index(
        "(invoice_date DESC, id DESC) WHERE state = 'posted' "
        "AND move_type IN ('out_invoice', 'out_refund')"
    )
    _number_idx = models.Index(
        get_number_index(
            "name",
            "state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')",
        )
    )

    @api.depends("move_type", "invoice_line_ids.sale_line_ids.order_partner_id")
    def _compute_ordering_partner_id(self):
        for move in self:
            partners_sudo = move.sudo().invoice_line_ids.sale_line_ids.order_partner_id
            is_ours = move.is_sale_document(include_receipts=True)
            move.ordering_partner_id = is_ours and partners_sudo._get_common_company()

    def _auto_init(self):
        """Invoices that were there before the installation: one order's partner by SQL, the few
        with several are computed.
        """
        if not column_exists(self.env.cr, self._table, "ordering_partner_id"):
            create_column(self.env.cr, self._table, "ordering_partner_id", "int4")
            self.pool.post_init(self._fill_ordering_partner)
        return super()._auto_init()

    def _fill_ordering_partner(self):
        rows = self.env.execute_query(
            SQL(
                """
                WITH ordered AS (
                    SELECT item.move_id, min(line.order_partner_id) AS first,
                           max(line.order_partner_id) AS last
                      FROM sale_order_line_invoice_rel link
                      JOIN sale_order_line line ON line.id = link.order_line_id
                      JOIN account_move_line item ON item.id = link.invoice_line_id
                     GROUP BY item.move_id
                )
                UPDATE account_move move
                   SET ordering_partner_id = CASE WHEN first = last THEN first END
                  FROM ordered
                 WHERE move.id = ordered.move_id
                   AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                RETURNING move.id, first = last
                """
            )
        )
        shared = self.browse(move_id for move_id, is_one in rows if not is_one)
        self.env.add_to_compute(self._fields["ordering_partner_id"], shared)

    def _get_invoice_pdf_proforma(self):
        # Core prints a posted invoice as pro forma until somebody has sent it; who downloads it
        # here books it.
        if self.state != "posted":
            return super()._get_invoice_pdf_proforma()
        content, _kind = self.env["ir.actions.report"]._render("account.account_invoices", self.ids)
        return {
            "filename": self._get_invoice_report_filename(),
            "filetype": "pdf",
            "content": content,
        }
