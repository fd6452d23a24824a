from odoo import models

from odoo.addons.customer_portal.tools.portal_format import PortalFormat


class CsoPositionStatus(models.AbstractModel):
    """Where a return position stands and who has it next, as the customer reads it."""

    _name = "cso.position.status"
    _description = "Status of a Return Position"

    # ------------------------------------------------------------------ who has it next
    def _get_outlook(self):
        """Return who has this position now and what comes after that, as the customer reads it.

        :return: list of pairs of texts (now, then); more than one where several things are made;
            none where nothing is waited for
        """
        self.ensure_one()
        if self.state == "decided":
            return self._get_promise_outlook()
        if self.state == "authorised":
            return [self._get_sending_outlook()]
        outlook = self._get_state_outlooks().get(self.state)
        return [outlook] if outlook else []

    def _get_state_outlooks(self):
        review = self.env._("our returns desk looks at your request")
        return {
            "review": (review, self.env._("you hear from us")),
            "asked": (self.env._("you answer our question"), review),
            "received": (
                self.env._("our technicians look at the goods"),
                self.env._("you hear our decision"),
            ),
            "to_decide": (
                self.env._("our returns desk decides"),
                self.env._("you hear our decision"),
            ),
        }

    def _get_sending_outlook(self):
        if not self.is_to_send:
            return (
                self.env._("your parcel is on its way to us"),
                self.env._("our warehouse counts what arrives"),
            )
        return (
            self.env._(
                "you send the goods by %(date)s", date=PortalFormat(self.env).day(self.valid_until)
            ),
            self.env._("our warehouse counts what arrives"),
        )

    def _get_promise_outlook(self):
        """Return what is waited for of each kind of document that is promised and not done."""
        texts = self._get_promise_texts()
        other = (self.env._("we carry it out"), self.env._("you hear from us"))
        waiting = [
            texts.get(kind, other)
            for kind in self._get_promises()
            if not getattr(self.sudo(), f"_is_{kind}_done")()  # customers read no documents
        ]
        return list(dict.fromkeys(waiting))

    def _get_promise_texts(self):
        """Return by kind of document what is done for it now, and what comes then."""
        credit = (
            self.env._("our accounting checks the credit note"),
            self.env._("you get the credit note by mail"),
        )
        delivery = (
            self.env._("our warehouse prepares the delivery"),
            self.env._("you get a mail when it leaves"),
        )
        return {
            "credit": credit,
            "amount": credit,
            "invoice": (
                self.env._("our accounting checks the invoice"),
                self.env._("you get the invoice by mail"),
            ),
            "delivery": delivery,
            "back": delivery,
            "repair": (self.env._("it is being repaired"), self.env._("it comes back to you")),
        }

    def _may_withdraw(self):
        """Return whether the customer may take this position back: before goods are on the way."""
        self.ensure_one()
        is_early = self.state in ("review", "asked", "authorised") and not self.sent_on
        return is_early and not self._is_here()

    def _is_going_back(self):
        """Return whether goods of this refused position go back to the customer, or are there."""
        self.ensure_one()
        return self.state == "refused" and self.sudo()._has_back()  # customers read no moves

    # ------------------------------------------------------------------ what is so
    def _get_facts(self):
        """Return what happened to the goods and what was decided: list of whole sentences."""
        self.ensure_one()
        return [
            *self._get_receipt_facts(),
            *self._get_test_facts(),
            *self._get_outcome_facts(),
        ]

    def _get_receipt_facts(self):
        """Return how much arrived, and what was not as announced."""
        self.ensure_one()
        received = []
        if self.received_qty > 0:
            received = [self.env._("%(count)s received.", count=self._get_received_text())]
        return received + self._get_difference_texts()

    def _get_received_text(self):
        """Return how much of the goods is here: "2 of 3"."""
        fmt = PortalFormat(self.env)
        return self.env._(
            "%(received)s of %(quantity)s",
            received=fmt.quantity(self.received_qty),
            quantity=fmt.quantity(self.quantity),
        )

    def _get_difference_texts(self):
        """Return what was not as announced at the dock: list of sentences.

        What was missing and came later is not told any more.
        """
        self.ensure_one()
        known_sudo = self.sudo().difference_ids.sorted("id")  # customers read these words only
        told = known_sudo.filtered(lambda one: one.is_open or one.kind != "fewer")
        return [self._get_difference_text(one) for one in told]

    def _get_difference_text(self, difference):
        """Return one difference (``cso.difference``) as the customer reads it: a sentence."""
        count = PortalFormat(self.env).quantity(difference.quantity)
        texts = {
            "fewer": self.env._("%(count)s fewer than announced.", count=count),
            "more": self.env._("%(count)s more than announced.", count=count),
            "other_article": self.env._(
                "%(count)s of another article arrived: %(article)s.",
                count=count,
                article=difference.product_id.name,
            ),
            "other_serial": self.env._(
                "Another serial number arrived: %(serial)s.", serial=difference.lot_id.name or "?"
            ),
            "damaged": self.env._("%(count)s arrived damaged.", count=count),
            "incomplete": self.env._("%(count)s arrived incomplete.", count=count),
        }
        return texts.get(difference.kind) or self.env._("The parcel came without a valid number.")

    def _get_test_facts(self):
        """Return the result of the test as a sentence, in a list; empty while not tested."""
        self.ensure_one()
        if not self.test_result:
            return []
        if self.test_result == "untested":
            return [self.env._("Not tested.")]
        results = dict(self._fields["test_result"]._description_selection(self.env))
        return [self.env._("Tested: %(result)s.", result=results[self.test_result])]

    def _get_outcome_text(self):
        """Return what was decided, as the customer reads it; empty where nothing is."""
        self.ensure_one()
        if self._get_promises() == ["uninvoiced"]:
            return self.env._("it is taken off your order and not invoiced")
        return self.outcome_id.customer_text or self.outcome_id.name or ""

    def _get_outcome_facts(self):
        """Return what was decided as a sentence, in a list; empty where nothing is."""
        text = self._get_outcome_text()
        return [f"{text[:1].upper()}{text[1:].rstrip('.')}."] if text else []

    # ------------------------------------------------------------------ shipments to the customer
    def _get_shipments_sudo(self):
        """Return by position what brings goods of it to the customer, done or planned.

        :return: dict of ``stock.picking`` (sudo), the oldest first; cancelled ones are left out
        """
        shipments = {}
        for position_sudo in self.sudo():  # customers may not read moves; these are of theirs
            moves = position_sudo.free_line_ids.move_ids | position_sudo._get_back_moves()
            pickings = moves.filtered(lambda move: move.state != "cancel").picking_id
            shipments[self.browse(position_sudo.id)] = pickings.filtered(
                lambda picking: picking.picking_type_id.code in ("outgoing", "dropship")
            ).sorted("id")
        return shipments

    def _get_parcels(self):
        """Return what comes to the customer for this position, shipped or not yet.

        :return: list of dicts: ``picking`` and ``order`` (``stock.picking``, ``sale.order``, both
            sudo, may be empty), ``day`` (of the shipment; datetime in UTC, False while it is not
            done), ``expected`` (text, empty once it is done), ``carrier`` and ``links`` (pairs of
            tracking number and address)
        """
        self.ensure_one()
        pickings_sudo = self._get_shipments_sudo()[self]
        parcels = [self._prepare_parcel(picking, picking.sale_id) for picking in pickings_sudo]
        bought_sudo = self._get_free_lines().order_id - pickings_sudo.sale_id
        return parcels + [self._prepare_parcel(pickings_sudo.browse(), one) for one in bought_sudo]

    def _prepare_parcel(self, picking_sudo, order_sudo):
        is_done = picking_sudo.state == "done"
        free = order_sudo & self._get_free_lines().order_id
        return {
            "picking": picking_sudo,
            "order": free,
            "day": is_done and picking_sudo.date_done,
            "expected": "" if is_done else self._get_expected_text(free),
            "carrier": picking_sudo.carrier_id.name or "",
            "links": picking_sudo._get_tracking_links() if picking_sudo else [],
        }

    def _get_expected_text(self, order_sudo):
        """Return when a delivery that has not left is expected to leave."""
        fmt = PortalFormat(self.env)
        lines = self._get_free_lines().filtered(lambda line: line.order_id == order_sudo)
        etas = [line._get_portal_eta(fmt.today) for line in lines if line.customer_open_qty > 0]
        days = [day for eta in etas for day in (eta["ship_first"], eta["ship_last"]) if day]
        if not etas:
            return self.env._("being prepared")
        if not days:
            return self.env._("no date from the supplier yet")
        is_open = any(eta["state"] in ("unknown", "partial") for eta in etas)
        return self.env._(
            "expected to ship %(days)s", days=fmt.period(min(days), max(days), is_open)
        )
