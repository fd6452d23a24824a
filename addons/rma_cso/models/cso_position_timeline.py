from odoo import models

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from ..tools import show_number


class CsoPositionTimeline(models.AbstractModel):
    """What happened to a return position, as the customer reads it."""

    _name = "cso.position.timeline"
    _description = "Timeline of a Return Position"

    def _get_events(self, number):
        """Return pairs of date and text of what happened to this position, unsorted."""
        self.ensure_one()
        events = [*self._get_authorisation_events(number), *self._get_receipt_events(number)]
        if self.test_result and self.tested_on:
            events.append((self.tested_on, self._get_test_text(number)))
        if self.decided_on and self.outcome_id:
            text = self.env._(
                "position %(number)s: %(outcome)s",
                number=number,
                outcome=self._get_outcome_text(),
            )
            events.append((self.decided_on, text))
        if self.repaired_on:
            text = self.env._("position %(number)s: repaired", number=number)
            events.append((self.repaired_on, text))
        return events + self._get_document_events(number) + self._get_shipment_events(number)

    def _get_test_text(self, number):
        if self.test_result == "untested":
            return self.env._("position %(number)s not tested", number=number)
        results = dict(self._fields["test_result"]._description_selection(self.env))
        return self.env._(
            "position %(number)s tested: %(result)s",
            number=number,
            result=results[self.test_result],
        )

    def _get_authorisation_events(self, number):
        events = [*self._get_question_events(number), *self._get_sending_events(number)]
        if self.objected_on:
            text = self.env._("position %(number)s refused", number=number)
            events.append((self.refused_on or self.objected_on, text))
            text = self.env._("position %(number)s: you objected to the refusal", number=number)
            events.append((self.objected_on, text))
        if self.authorised_on:
            events.append((self.authorised_on, self._get_authorisation_text(number)))
        if self.extended_on:
            text = self.env._(
                "position %(number)s: valid until %(date)s instead",
                number=number,
                date=self._format_last_day(),
            )
            events.append((self.extended_on, text))
        if self.authorised_on and self.asks_fee and self.fee_percent:
            events.append((self.authorised_on, self._get_fee_event_text(number)))
        if self.closed_on:
            events.append((self.closed_on, self._get_closing_text(number)))
        return events

    def _get_authorisation_text(self, number):
        if self.extended_on:
            return self.env._("position %(number)s authorised", number=number)
        if self.valid_until:
            return self.env._(
                "position %(number)s authorised, valid until %(date)s",
                number=number,
                date=self._format_last_day(),
            )
        return self.env._("position %(number)s accepted", number=number)

    def _format_last_day(self):
        return PortalFormat(self.env).day(self.valid_until)

    def _get_question_events(self, number):
        """Return when the desk asked last, and when it was answered."""
        events = []
        if self.asked_on:
            text = self.env._("position %(number)s: we asked you something", number=number)
            events.append((self.asked_on, text))
        if self.answered_on:
            text = self.env._("position %(number)s: you answered", number=number)
            events.append((self.answered_on, text))
        return events

    def _get_sending_events(self, number):
        if not self.sent_on:
            return []
        parcel = " ".join(filter(None, (self.carrier, self.tracking_ref)))
        if parcel:
            text = self.env._(
                "position %(number)s sent with %(parcel)s", number=number, parcel=parcel
            )
        else:
            text = self.env._("position %(number)s sent", number=number)
        return [(self.sent_on, text)]

    def _get_fee_event_text(self, number):
        return self.env._(
            "position %(number)s: return fee %(percent)s %%",
            number=number,
            percent=show_number(self.env, self.fee_percent),
        )

    def _get_closing_text(self, number):
        if self.authorisation_state == "refused":
            return self.env._("position %(number)s refused", number=number)
        if self.authorisation_state == "expired":
            return self.env._("position %(number)s expired", number=number)
        return self.env._("position %(number)s withdrawn", number=number)

    def _get_receipt_events(self, number):
        """Return what arrived day by day, and how much of the position was here then."""
        uom, fmt, events, total = self.product_uom_id, PortalFormat(self.env), [], 0.0
        moves_sudo = self.sudo().move_ids.sorted("date")  # customers may not read moves
        for picking, moves in moves_sudo.grouped("picking_id").items():
            arrived = sum(move._get_cso_received_qty(uom) for move in moves)
            total = uom.round(total + arrived)
            if uom.is_zero(arrived):
                continue
            text = self.env._(
                "position %(number)s: %(received)s of %(quantity)s received",
                number=number,
                received=fmt.quantity(total),
                quantity=fmt.quantity(self.quantity),
            )
            events.append((picking.date_done or moves[-1:].date, text))
        return events + self._get_difference_events(number)

    def _get_difference_events(self, number):
        """Return what was not as announced at the dock."""
        known_sudo = self.sudo().difference_ids  # customers read these words only
        return [
            (
                one.picking_id.date_done or one.create_date,
                self.env._(
                    "position %(number)s: %(difference)s",
                    number=number,
                    difference=self._get_difference_text(one).rstrip("."),
                ),
            )
            for one in known_sudo
        ]

    def _get_shipment_events(self, number):
        """Return what left our warehouse for this position, with its parcel."""
        events = []
        for picking in self._get_shipments_sudo()[self]:
            parcel = " ".join(filter(None, (picking.carrier_id.name, picking.carrier_tracking_ref)))
            if picking.state != "done":
                continue
            text = self.env._("position %(number)s: on its way to you", number=number)
            if parcel:
                text = self.env._(
                    "position %(number)s: on its way to you with %(parcel)s",
                    number=number,
                    parcel=parcel,
                )
            events.append((picking.date_done, text))
        return events

    def _get_document_events(self, number):
        """Return which credit notes and invoices were posted for this position."""
        moves_sudo = self.sudo().refund_line_ids.move_id  # customers see posted ones only
        posted_sudo = moves_sudo.filtered(lambda move: move.state == "posted")
        return [
            (move.cso_posted_on or move.invoice_date, self._get_document_event_text(move, number))
            for move in posted_sudo
        ]

    def _get_document_event_text(self, move, number):
        if move.move_type == "out_invoice":
            return self.env._(
                "invoice %(name)s posted for position %(number)s", name=move.name, number=number
            )
        return self.env._(
            "credit note %(name)s posted for position %(number)s", name=move.name, number=number
        )
