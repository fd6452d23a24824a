import re

from odoo import api, fields, models
from odoo.tools import SQL

KEY = re.compile(r"[\w-]{16,64}")
MAX_PATH_LENGTH = 500


class PartnerAccessSubmission(models.Model):
    """A form that a user has sent: sent again with its key, it leads where it led before."""

    _name = "partner.access.submission"
    _inherit = ["partner.access.retention"]
    _description = "Sent Form"
    _rec_name = "key"
    # Who sends a form again by going back or loading the page anew does so within days.
    _retention_kind = "submissions"
    _retention_days = 7

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", readonly=True)
    key = fields.Char(required=True, readonly=True, help="Address of the form and its own key.")
    location = fields.Char(readonly=True, help="The page that it led to.")

    _key_unique = models.UniqueIndex("(user_id, key)", "This form was sent already.")
    _created_on = models.Index("(create_date)")

    @api.model
    def _claim(self, path, key):
        """The row of a form that the user sends; it has a location when it was sent before.

        While another request sends the same form this one waits, is refused by the database and
        run again, and then finds where the other one led.

        :param str path: address that the form is sent to
        :param str key: made by the page for one sending of what stands in the form
        :return: ``partner.access.submission``; empty where the key is none
        """
        if not KEY.fullmatch(key):
            return self.browse()
        key = f"{path[:MAX_PATH_LENGTH]} {key}"  # the index takes no more
        query = SQL(
            "INSERT INTO partner_access_submission (user_id, key, create_date)"
            " VALUES (%s, %s, now() AT TIME ZONE 'UTC') ON CONFLICT DO NOTHING RETURNING id",
            self.env.uid,
            key,
        )
        rows = self.env.execute_query(query)
        if rows:
            return self.browse(rows[0][0])
        return self.search([("user_id", "=", self.env.uid), ("key", "=", key)])

    def _settle(self, location):
        """Keep where a form led to; one that was answered by its own page may be sent again.

        :param str location: None where it was not accepted, or is a file
        """
        if location:
            self.location = location
        else:
            self.unlink()
