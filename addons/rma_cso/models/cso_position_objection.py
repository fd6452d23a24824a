from odoo import fields, models
from odoo.exceptions import UserError


class CsoPositionObjection(models.AbstractModel):
    """The one objection that a customer may make to a refusal."""

    _name = "cso.position.objection"
    _description = "Objection to a Refusal"

    refused_on = fields.Datetime(
        "Refused First On", readonly=True, copy=False, help="Before the customer objected."
    )
    objected_on = fields.Datetime(
        readonly=True, copy=False, help="When the customer objected to the refusal."
    )
    objection_text = fields.Text("Objection", readonly=True, copy=False)

    # ------------------------------------------------------------------ business
    def _can_object(self):
        """Return whether the customer may object to the refusal of this position: once."""
        self.ensure_one()
        return self.state == "refused" and not self.objected_on

    def _object(self, text, files=()):
        """Take the customer's objection: the position is reviewed once more and holds its units.

        Goods that were about to go back stay until it is decided.

        :param str text: why, as typed
        :param files: pairs of file name and content (bytes)
        :return: the message (mail.message) in the case
        :raise UserError: where it is not refused (any more), was objected to already, nothing is
            said, a file is refused, or its units are claimed elsewhere by now
        """
        self.ensure_one()
        self._lock_for_decision()
        text = (text or "").strip()
        self._check_objection(text)
        position_sudo = self.sudo()  # customers write neither positions nor transfers
        position_sudo._keep_goods_here()
        self._hold_units_again()
        message = position_sudo.rma_id._post_customer_message(self._get_message(text), files)
        position_sudo.write(self._prepare_objection_values(text))
        if not self._is_here():
            position_sudo._reset_test()
        self._notify("objected")
        return message

    def _get_message(self, text):
        """Return the objection as it stands among the messages of the case."""
        return self.env._(
            "Objection (%(article)s): %(text)s", article=self.product_id.display_name, text=text
        )

    def _check_objection(self, text):
        """Refuse what cannot be objected to, or says nothing."""
        self.ensure_one()
        if self.state != "refused":
            raise UserError(self.env._("This position is not refused."))
        if self.objected_on:
            raise UserError(
                self.env._(
                    "You objected once already; our answer is final. Write to us in the messages of"
                    " the case if something is unclear."
                )
            )
        if not text:
            raise UserError(self.env._("Please write why you do not agree."))

    def _keep_goods_here(self):
        """Cancel the deliveries back to the customer that did not leave yet."""
        moves = self._get_back_moves().filtered(lambda move: move.state != "done")
        moves._action_cancel()

    def _hold_units_again(self):
        """Hold the units of these positions again, where they are still free.

        :raise UserError: where other positions or returns have taken them meanwhile
        """
        self.sale_line_id._lock_for_claim()
        self._check_units_free()
        # A fact, no choice; customers do not write order lines.
        self.filtered("takes_units").sale_line_id.sudo()._raise_claim_limit()

    def _check_units_free(self):
        """Refuse positions whose units others have taken; who has a serial here, has it alone."""
        texts = [
            f"{position.display_name}: {objection['text']}"
            for position, objections in self._get_objections().items()
            for objection in objections
            if objection["code"] in ("units", "serial") and not position._has_serials_here()
        ]
        if texts:
            raise UserError("\n".join(texts))

    def _has_serials_here(self):
        """Return whether the goods of this position are with us and told apart by their serials."""
        self.ensure_one()
        return bool(self.lot_ids) and self._is_here()

    def _is_here(self):
        """Return whether something of this position was received and did not go back."""
        self.ensure_one()
        return self.product_uom_id.compare(self.received_qty, self.back_qty) > 0

    def _prepare_objection_values(self, text):
        """Return the values that bring a refused position back to be reviewed.

        :param str text: why the customer objects
        """
        return {
            "refused_on": self.closed_on,
            "objected_on": fields.Datetime.now(),
            "objection_text": text,
            "authorisation_state": "pending",
            "closed_on": False,
            "asked_on": False,
            "answered_on": False,
            "sent_on": False,
            "outcome_id": False,
            "promised": False,
        }
