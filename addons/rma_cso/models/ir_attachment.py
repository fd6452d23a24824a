from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

MEGABYTE = 1024 * 1024


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # Staff and our own pages only: a customer reads it by the place where the file stands.
    cso_kind = fields.Char(
        "Photo Slot",
        groups="base.group_user",
        help="What a photo or file of a return shows: the place of the form that it was put into.",
    )

    _cso_sender = models.Index("(create_uid, create_date) WHERE cso_kind IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `base`: a customer sends so many files of returns in a day.

        :raise UserError: with the limit of the company
        """
        attachments = super().create(vals_list)
        if any(vals.get("cso_kind") for vals in vals_list) and self.env.user._is_portal():
            self._check_cso_day()
        return attachments

    @api.model
    def _check_cso_day(self):
        """Refuse more files or bytes than a customer's users may send together in 24 hours."""
        company = self.env.company
        count, size = self._count_cso_day()
        if count > company.cso_day_files or size > company.cso_day_megabytes * MEGABYTE:
            raise UserError(
                self.env._(
                    "Your company has sent as much as it can in 24 hours: %(files)s files or "
                    "%(size)s MB. Please go on tomorrow, or ask us.",
                    files=company.cso_day_files,
                    size=company.cso_day_megabytes,
                )
            )

    @api.model
    def _count_cso_day(self):
        """Return how many files and bytes the customer of the user sent in 24 hours."""
        customer = self.env.user.partner_id.commercial_partner_id
        # Files of colleagues are counted, also of those who left.
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        senders_sudo = users_sudo.search([("partner_id.commercial_partner_id", "=", customer.id)])
        domain = [
            ("cso_kind", "!=", False),
            ("create_uid", "in", senders_sudo.ids),
            ("create_date", ">=", fields.Datetime.now() - timedelta(days=1)),
        ]
        # Counted, not read: the files of colleagues are not the user's to see.
        [(count, size)] = self.sudo()._read_group(domain, [], ["__count", "file_size:sum"])
        return count, size or 0

    @api.model
    def _postprocess_contents(self, values):
        """Extend `base`: photos of returns keep their size, or serial numbers become unreadable."""
        return values if values.get("cso_kind") else super()._postprocess_contents(values)
