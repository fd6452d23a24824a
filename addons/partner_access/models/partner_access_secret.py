from odoo import api, fields, models


class PartnerAccessSecret(models.Model):
    """What is typed once in the settings and never shown again, to nobody."""

    _name = "partner.access.secret"
    _description = "Secret of the Settings"
    _rec_name = "key"

    key = fields.Char(required=True)
    value = fields.Char(groups=fields.NO_ACCESS)

    _key_unique = models.UniqueIndex("(key)", "There is one secret for each purpose.")

    @api.model
    def _set_secret(self, key, value):
        """Keep a secret, in the place of the one before.

        :param str key: what it is for
        """
        # sudo: nobody else writes secrets
        secret_sudo = self.sudo().search([("key", "=", key)])
        if secret_sudo:
            secret_sudo.value = value
        else:
            secret_sudo.create({"key": key, "value": value})

    @api.model
    def _get_secret(self, key):
        # sudo: nobody else reads secrets
        return self.sudo().search([("key", "=", key)]).value
