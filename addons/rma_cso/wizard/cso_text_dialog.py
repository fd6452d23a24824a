from odoo import api, fields, models


class CsoTextDialog(models.AbstractModel):
    """A dialog whose text the customer reads; it may start with a standard text."""

    _name = "cso.text.dialog"
    _inherit = ["cso.position.dialog"]
    _description = "Dialog With a Text for the Customer"

    # What the standard texts of the dialog are for, a kind of `cso.standard.text`.
    _text_kind = None

    standard_text_id = fields.Many2one(
        "cso.standard.text",
        domain=lambda self: [("kind", "=", self._text_kind)],
        help="Fills in the text, in the language of the customer.",
    )
    text = fields.Text(
        compute="_compute_text",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The customer reads this.",
    )

    @api.depends("standard_text_id")
    def _compute_text(self):
        for dialog in self:
            if dialog.standard_text_id:
                dialog.text = dialog._get_standard_text()

    def _get_standard_text(self, positions=None):
        """Return the chosen text in the language of the contact of the first of these positions."""
        positions = positions or self.position_ids._origin
        lang = positions.rma_id[:1]._get_contact().lang
        return self.standard_text_id.with_context(lang=lang or self.env.lang).text

    def _get_texts(self):
        """Return pairs of positions and the text that their customers read.

        A standard text that was not changed goes to each customer in the own language.
        """
        if not self.standard_text_id or self.text != self._get_standard_text():
            return [(self.position_ids, self.text)]
        groups = self.position_ids.grouped(self._get_standard_text)
        return [(positions, text) for text, positions in groups.items()]
