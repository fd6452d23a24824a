from odoo import api, models
from odoo.exceptions import UserError


class PortalFileCheck(models.AbstractModel):
    _inherit = "portal.file.check"

    @api.model
    def _check_number(self, number, company):
        """Refuse more files at one position than the company takes.

        :param number: of the files with those that are to be added
        :raise UserError: with the limit
        """
        limit = company.cso_position_files
        if number > limit:
            raise UserError(self.env._("At most %(limit)s files per position.", limit=limit))
