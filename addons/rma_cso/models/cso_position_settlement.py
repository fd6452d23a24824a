from odoo import api, fields, models
from odoo.exceptions import UserError

# States in which a clerk decides; a decision whose documents are gone is decided again.
DECIDABLE_STATES = ("to_decide", "decided")
# Outcomes that fit what the customer wishes.
WISHED_CODES = {
    "credit": ["credit"],
    "replacement": ["replacement"],
    "credit_redelivery": ["redelivery"],
}


class CsoPositionSettlement(models.AbstractModel):
    """What was decided on a return position, and whether all that it promised is done.

    A decision promises kinds of documents. Each kind ``x`` has two methods: ``_has_x`` (there are
    such documents of the position, not cancelled) and ``_is_x_done`` (and they are all done).
    """

    _name = "cso.position.settlement"
    _description = "Settlement of a Return Position"

    outcome_id = fields.Many2one(
        "cso.outcome", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    promised = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Kinds of documents that the decision promises, with commas between.",
    )
    is_settled = fields.Boolean(
        "Settled",
        compute="_compute_is_settled",
        store=True,
        help="All that was promised by the decision is done.",
    )
    is_decided = fields.Boolean(
        "Decision Stands",
        compute="_compute_is_decided",
        groups="base.group_user",
        help="Documents of the decision are alive: it is not decided anew, nor refused.",
    )

    # ------------------------------------------------------------------ computes
    @api.depends("outcome_id", "promised")
    def _compute_is_settled(self):
        for position in self:
            position.is_settled = bool(position.outcome_id) and all(
                getattr(position, f"_is_{kind}_done")() for kind in position._get_promises()
            )

    def _compute_is_decided(self):
        for position in self:
            position.is_decided = position._has_documents()

    # ------------------------------------------------------------------ actions
    def action_decide(self):
        """Open the dialog in which a clerk decides; where several outcomes fit, he chooses first.

        :raise UserError: where one of these positions cannot be decided (any more), or no outcome
            fits all of them
        """
        self._check_decidable()
        outcomes = self._get_possible_outcomes()
        if not outcomes:
            raise UserError(self.env._("No outcome fits all of these positions."))
        if len(outcomes) == 1:
            return self._get_decision_dialog(outcomes)
        return self._get_dialog("cso.choose.outcome", self.env._("Decide"))

    # ------------------------------------------------------------------ business
    def _get_promises(self):
        """Return the kinds of documents that the decision promises (list of str)."""
        self.ensure_one()
        return [kind for kind in (self.sudo().promised or "").split(",") if kind]  # customers too

    def _get_possible_outcomes(self):
        """Return the outcomes (``cso.outcome``) that fit all of these positions, in their order."""
        outcomes = self.env["cso.outcome"].search([("active", "=", True)])
        for position in self:
            outcomes &= position.reason_id.outcome_ids or outcomes
        return outcomes.sorted()

    def _get_default_outcome(self):
        """Return the outcome that is proposed: what the customer wishes, else the first one."""
        outcomes = self._get_possible_outcomes()
        wished = {position._get_wished_outcome() for position in self}
        code = wished.pop() if len(wished) == 1 else None
        return outcomes.filtered(lambda outcome: outcome.code == code)[:1] or outcomes[:1]

    def _get_wished_outcome(self):
        """Return the code of the outcome that the answers of the customer ask for, or None."""
        self.ensure_one()
        possible = self.reason_id.outcome_ids.mapped("code")
        wished = (code for code in self._get_wished_codes() if code in possible or not possible)
        return next(wished, None)

    def _get_wished_codes(self):
        """Return codes of outcomes that fit the answers of the customer, the best one first."""
        if self.wish:
            return WISHED_CODES[self.wish]
        if self.keep_choice == "keep":
            return ["keep_offer"]
        if self.still_wanted == "yes":
            return ["redelivery"]
        if self.keep_choice == "send_back":
            return ["credit", "taken_back"]
        return [self._get_kept_policy().get("warranty_handling")]

    def _get_kept_policy(self):
        """Return the figures of the vendor policy that this position was judged by (dict)."""
        kept_sudo = self.sudo().eligibility or {}  # customers do not read it
        return kept_sudo.get("policy") or {}

    def _get_decision_dialog(self, outcome):
        """Return the action that opens the dialog of an outcome for these positions."""
        action = self._get_dialog(outcome.form, outcome.name)
        action["context"]["default_outcome_id"] = outcome.id
        return action

    def _check_decidable(self):
        """Refuse positions that are not ready, and those that are decided by documents alive."""
        self._check_states(DECIDABLE_STATES)
        self._check_not_decided()

    def _check_not_decided(self):
        """Refuse positions that are decided by documents alive.

        :raise UserError: that names the position and what was decided
        """
        for position in self.filtered(lambda position: position._has_documents()):
            raise UserError(
                self.env._(
                    "%(position)s is decided already: %(outcome)s.",
                    position=position.display_name,
                    outcome=position.outcome_id.name,
                )
            )

    def _has_documents(self):
        """Return whether documents of the decision are alive; one without any is kept as it is."""
        self.ensure_one()
        promises = self._get_promises()
        if self.outcome_id and not promises:
            return True
        return any(getattr(self, f"_has_{kind}")() for kind in promises)

    def _settle(self, outcome, promises):
        """Note what was decided on these positions; their state follows from the documents.

        :param outcome: ``cso.outcome``
        :param promises: kinds of documents that the decision promises (iterable of str)
        """
        self._void_cancelled()
        self.sudo().write(  # nobody decides by writing fields
            {
                "outcome_id": outcome.id,
                "promised": ",".join(promises),
                "decided_on": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
            }
        )
