from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    cso_transit_days = fields.Integer(
        "Transit Days", help="From the ship date to the receipt by the customer."
    )
    cso_fee_product_id = fields.Many2one(
        "product.product",
        "Return Fee Product",
        default=lambda self: self.env.ref("rma_cso.product_return_fee", raise_if_not_found=False),
        help="Line of its own on credit notes; its taxes apply, else those of the credited line.",
    )
    cso_difference_product_id = fields.Many2one(
        "product.product",
        "Price Difference Product",
        default=lambda self: self.env.ref(
            "rma_cso.product_price_difference", raise_if_not_found=False
        ),
        help="Credited where goods are kept at an offer; its taxes apply, else those of the goods.",
    )
    cso_goodwill_product_id = fields.Many2one(
        "product.product",
        "Goodwill Product",
        default=lambda self: self.env.ref("rma_cso.product_goodwill", raise_if_not_found=False),
        help="Credited as goodwill; its taxes apply, else those of the goods.",
    )
    cso_loss_location_id = fields.Many2one(
        "stock.location",
        "Loss Location of Returns",
        domain="[('usage', '=', 'inventory')]",
        help="Where units go that are credited and never come back. Its valuation account takes"
        " their cost; without one, the cost stays where the invoice put it.",
    )
    cso_receiving_partner_id = fields.Many2one(
        "res.partner", "Receiving Address of Returns", help="Empty: the company's own address."
    )
    cso_returns_email = fields.Char("Returns Mailbox")
    cso_packing_rules = fields.Text(
        "Packing Rules", translate=True, help="One rule a line. Empty: the usual ones."
    )
    cso_sends_reminder = fields.Boolean(
        "Reminder Before the End",
        default=True,
        help="Mailed the day before an authorisation ends, where nothing was sent.",
    )

    cso_link_minutes = fields.Integer(
        "Phone Link (Minutes)",
        default=15,
        help="How long photos can be sent from a phone after its QR code was made.",
    )
    cso_position_files = fields.Integer(
        "Files per Position", default=20, help="How many photos and files a position takes."
    )
    cso_day_files = fields.Integer(
        "Files per Day",
        default=200,
        help="How many photos and files the users of a customer send together in 24 hours.",
    )
    cso_day_megabytes = fields.Integer(
        "Megabytes per Day",
        default=500,
        help="How much the users of a customer send together in 24 hours.",
    )

    cso_review_days = fields.Integer(
        "Review Days",
        default=2,
        help="Working days within which the desk looks at a request or an answer.",
    )

    cso_test_days = fields.Integer(
        "Test Days", default=3, help="Working days from the arrival of goods to their test."
    )
    cso_decide_days = fields.Integer(
        "Decision Days",
        default=2,
        help="Working days from the test, or from the authorisation where nothing is sent.",
    )
    cso_settle_days = fields.Integer(
        "Days to Carry Out",
        default=3,
        help="Working days from the decision to the credit note or the delivery.",
    )
    cso_claim_warning_days = fields.Integer(
        "Warning Before a Claim Ends",
        default=5,
        help="Days before the last day on which we can claim at a vendor or carrier.",
    )
    cso_desk_user_id = fields.Many2one(
        "res.users",
        "Responsible for Returns",
        help="Gets the activities of cases that nobody takes care of.",
    )

    _step_days_positive = models.Constraint(
        "CHECK (cso_review_days >= 0 AND cso_test_days >= 0 AND cso_decide_days >= 0"
        " AND cso_settle_days >= 0)",
        "Working days cannot be negative.",
    )
    _transit_days_positive = models.Constraint(
        "CHECK (cso_transit_days >= 0)", "Transit days cannot be negative."
    )
    _link_minutes_possible = models.Constraint(
        "CHECK (cso_link_minutes BETWEEN 1 AND 1440)", "A phone link is open for 1 to 1440 minutes."
    )
    _file_limits_positive = models.Constraint(
        "CHECK (cso_position_files > 0 AND cso_day_files > 0 AND cso_day_megabytes > 0)",
        "The limits of photos and files must be above zero.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Extend `base`: every company numbers its own cases."""
        companies = super().create(vals_list)
        companies._ensure_rma_sequence()
        companies._ensure_loss_location()
        return companies

    def _ensure_loss_location(self):
        """Return the loss location (``stock.location``); made for companies that have none."""
        locations_sudo = self.env["stock.location"].sudo()  # clerks make no locations
        for company in self.sudo().filtered(lambda company: not company.cso_loss_location_id):
            company.cso_loss_location_id = locations_sudo.create(
                {
                    "name": self.env._("Lost on returns"),
                    "usage": "inventory",
                    "company_id": company.id,
                }
            )
        return self.sudo().cso_loss_location_id

    def _ensure_rma_sequence(self):
        """Make the sequence of case numbers for companies that have none."""
        sequences_sudo = self.env["ir.sequence"].sudo()  # companies are made by administrators
        found = sequences_sudo.search(
            [("code", "=", "cso.rma"), ("company_id", "in", self.ids)]
        ).company_id
        sequences_sudo.create([company._prepare_rma_sequence() for company in self - found])

    def _prepare_rma_sequence(self):
        return {
            "name": self.env._("Return cases"),
            "code": "cso.rma",
            "prefix": "RMA",
            "padding": 5,
            "company_id": self.id,
        }

    def _get_cso_date(self, moment=None):
        """Return the day of a UTC datetime (now when empty) in the working calendar's time zone."""
        self.ensure_one()
        zone = pytz.timezone(self.resource_calendar_id.tz or "UTC")
        return pytz.utc.localize(moment or fields.Datetime.now()).astimezone(zone).date()

    def _get_cso_packing_rules(self):
        """Return the sentences that tell customers how to pack, in the language of the user."""
        self.ensure_one()
        rules = (self.cso_packing_rules or "").splitlines()
        return [rule.strip() for rule in rules if rule.strip()] or [
            self.env._("Only what is marked “send”, nothing else in the same box."),
            self.env._("The maker's box goes into a shipping box; nothing is written on it."),
            self.env._("Fill the space so that nothing moves; add all accessories."),
            self.env._("Put the label on the outside, the barcode readable."),
            self.env._("Goods without a number, or after the last day, go back unopened."),
        ]

    def _get_cso_work_date(self, moment, days):
        """Return the day that is so many working days after a UTC datetime."""
        self.ensure_one()
        calendar, start = self.resource_calendar_id, self._get_cso_date(moment)
        if not calendar or not days:
            return start + timedelta(days=days)
        zone = pytz.timezone(calendar.tz or "UTC")
        morning = zone.localize(datetime.combine(start + timedelta(days=1), time.min))
        found = calendar.plan_days(days, morning, compute_leaves=True)
        return (found or morning + timedelta(days=days)).date()

    def _get_cso_receipt_date(self, ship_date):
        """Return the day on which the customer had what left our warehouse on `ship_date`."""
        self.ensure_one()
        return ship_date and ship_date + timedelta(days=self.cso_transit_days)
