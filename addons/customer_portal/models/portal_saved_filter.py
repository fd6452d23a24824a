from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

LIMIT = 50
NAME_LENGTH = 64
QUERY_LENGTH = 4000


class PortalSavedFilter(models.Model):
    _name = "portal.saved.filter"
    _description = "Saved Filter of a Portal User"
    _order = "name, id"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(required=True)
    query = fields.Char(
        help="Filters and order of the list, as in the address of the page.",
    )

    _user_name_unique = models.Constraint(
        "UNIQUE (user_id, name)", "You have a filter with this name already."
    )

    @api.constrains("name", "query")
    def _check_length(self):
        for saved in self:
            if len(saved.name) > NAME_LENGTH or len(saved.query or "") > QUERY_LENGTH:
                raise ValidationError(self.env._("The name or the filter is too long."))

    @api.constrains("user_id")
    def _check_limit(self):
        # sudo: whoever it belongs to, all filters of the user are counted
        groups = self.sudo()._read_group(
            [("user_id", "in", self.user_id.ids)], ["user_id"], ["__count"]
        )
        if any(count > LIMIT for _user, count in groups):
            raise ValidationError(
                self.env._("You can save %(limit)s filters. Delete one first.", limit=LIMIT)
            )

    def write(self, vals):
        """A filter stays with its user; the record rule looks at it before it is written only.

        :raise AccessError: when it would be given to somebody else
        """
        if vals.get("user_id", self.env.uid) != self.env.uid and not self.env.su:
            raise AccessError(self.env._("A filter is saved for yourself only."))
        return super().write(vals)

    @api.model
    def _save(self, name, query):
        """Keep a filter of the current user under a name; one of that name is replaced.

        :param str name: as typed
        :param str query: filters and order as in the address of the page
        :return: the ``portal.saved.filter``
        :raise UserError: without a name, when it is too long, or when there are too many
        """
        name = " ".join(name.replace("\x00", "").split())
        if not name:
            raise UserError(self.env._("Give the filter a name."))
        own = [("user_id", "=", self.env.uid), ("name", "=", name)]
        if saved := self.search(own):
            saved.query = query
            return saved
        return self.create({"name": name, "query": query})
