from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class PartnerAccessSharedLink(models.AbstractModel):
    """Links that open a document by its token, without signing in.

    Odoo never changes such a token: who has left a company would open the company's documents by
    an old mail for ever.
    """

    _name = "partner.access.shared.link"
    _description = "Shared Links"

    @api.model
    def _get_partner_paths(self):
        """Whose documents can be opened by a link; each floor above adds its own by override.

        :return: ``{model name: [paths to the partners]}``; the models have an ``access_token``
        :rtype: dict
        """
        return {}

    @api.model
    def _rotate(self, partner_ids):
        """Let no link to documents of these partners work any more. Who shares one of them
        afterwards gets a new link; who may see it opens it signed in.

        :param partner_ids: ids of customers
        """
        if not partner_ids:
            return
        for model_name, paths in self._get_partner_paths().items():
            domain = Domain.OR(Domain(path, "in", list(partner_ids)) for path in paths)
            self._forget_tokens(self.env[model_name], domain)

    def _forget_tokens(self, documents, domain):
        """Documents and their attachments; the rows are written directly, as neither anybody who
        follows a document nor its history should tell of it."""
        # sudo: who takes access away may not be who reads the documents
        documents_sudo = documents.sudo().with_context(active_test=False)
        query = documents_sudo._search(domain)
        documents_sudo.flush_model(["access_token"])
        attachments = self.env["ir.attachment"]
        attachments.flush_model(["access_token", "res_model", "res_id"])
        self.env.execute_query(
            SQL(
                "UPDATE ir_attachment SET access_token = NULL WHERE access_token IS NOT NULL "
                "AND res_model = %s AND res_id IN %s RETURNING id",
                documents._name,
                query.subselect(),
            )
        )
        self.env.execute_query(
            SQL(
                "UPDATE %s SET access_token = NULL WHERE access_token IS NOT NULL AND id IN %s "
                "RETURNING id",
                SQL.identifier(documents._table),
                query.subselect(),
            )
        )
        attachments.invalidate_model(["access_token"], flush=False)
        documents.invalidate_model(["access_token"], flush=False)
