from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain

from ..tools import ApiErrors, ApiValues

DOCUMENTS = ("any", "invoice", "delivery_slip", "order")
LINES_LIMIT = 200
OFFSET_LIMIT = 1_000_000
NUMBER_LENGTH = 128
CASES_LIMIT = 1000


class CsoApi(models.AbstractModel):
    """What other programs may ask of the returns desk: the only public methods for customers.

    They answer by the caller's own access, and only what plain JSON can hold: dates as
    ``YYYY-MM-DD``, moments in UTC, None for what is not there.
    """

    _name = "cso.api"
    _description = "Return Cases for Other Programs"

    # ------------------------------------------------------------------ public
    @api.model
    def find_lines(
        self,
        number=None,
        number_type="any",
        date_from=None,
        date_to=None,
        document="any",
        limit=80,
        offset=0,
    ):
        """Find the order lines that a return or claim can be about, the newest first.

        :param str number: any number that stands on a document or an article; None: all lines
        :param str number_type: any, invoice, customer_reference, maker_part_number, ean,
            delivery_slip, order, serial, article, customer_item
        :param str date_from: first day of the document (order day when any), ``YYYY-MM-DD``
        :param str date_to: last day, included
        :param str document: any, invoice (invoiced lines only), delivery_slip (shipped only), order
        :param int limit: at most 200
        :param int offset: lines to pass over
        :return: ``{'total', 'lines': [{'line_id', 'order', 'customer_reference', 'invoices',
            'delivery_slips', 'article', 'maker_part_number', 'ean', 'description', 'quantity',
            'claimable_quantity', 'unit_price', 'currency', 'invoice_date', 'ship_date',
            'serials'}]}``; quantities in the unit of the line, the unit price net after discount,
            None for who may not see prices
        :rtype: dict
        :raise AccessError: for who may not use the returns desk
        :raise ApiError: naming the parameters that cannot be read
        """
        caller = self._with_caller()
        search = caller._read_search(
            number, number_type, date_from, date_to, document, limit, offset
        )
        lines_sudo, total = caller.env["sale.order.line"]._get_portal_lines(**search)
        return {"total": total, "lines": caller._prepare_api_lines(lines_sudo)}

    @api.model
    def eligible_reasons(self, line_id, quantity=None):
        """Judge a line for all reasons in their order.

        :param int line_id: of ``find_lines``
        :param float quantity: in the unit of the line; None: all that can still be claimed
        :return: ``{'reasons': [{'code', 'allowed', 'objections': [{'code', 'text', 'until',
            'alternative'}]}]}``; texts in the caller's language, ``until`` the last day on which
            it was possible, ``alternative`` the code of a reason that is possible, or empty
        :rtype: dict
        :raise AccessError: for who may not use the returns desk
        :raise MissingError: when there is no such line, or not for this caller
        :raise ApiError: naming the parameters that cannot be read
        """
        caller, errors = self._with_caller(), ApiErrors()
        values = ApiValues(caller.env)
        with errors.at("line_id"):
            line_id = values.read_id(line_id)
        with errors.at("quantity"):
            quantity = None if quantity is None else values.read_quantity(quantity)
        errors.check()
        line_sudo = caller._find_lines_sudo([line_id])
        if not line_sudo:
            raise MissingError(caller.env._("There is no line %(line)s.", line=line_id))
        line_sudo = line_sudo.with_company(line_sudo.company_id)
        answers = line_sudo._get_return_eligibility(quantity=quantity)[line_sudo.id]
        return {"reasons": [caller._prepare_reason(answer) for answer in answers]}

    @api.model
    def submit(self, positions, return_address_id=None, reference=None, idempotency_key=None):
        """Submit a case of one or several positions: all of them, or nothing.

        :param list positions: ``{'line_id', 'reason', 'quantity' or 'serials', 'answers': {…},
            'attachments': [{'name', 'kind', 'data'}]}``; quantity in the unit of the line, serials
            as printed, answers by the names of the questions, data in Base64
        :param int return_address_id: contact of the customer to which goods go back that cannot be
            accepted; None: the delivery address of the first line
        :param str reference: the customer's own
        :param str idempotency_key: sent again with the same content it makes no second case
        :return: ``{'number', 'positions': [{'line_id', 'state', 'valid_until'}]}`` in the order of
            the positions
        :rtype: dict
        :raise AccessError: for who may not use the returns desk
        :raise ApiError: naming position and field of everything that must be mended
        """
        caller = self._with_caller()
        case_sudo = caller.env["cso.api.submission"]._submit(
            positions, return_address_id, reference, idempotency_key
        )
        return {
            "number": case_sudo.name,
            "positions": [
                {
                    "line_id": line.sale_line_id.id,
                    "state": line.state,
                    "valid_until": caller._format_date(line.valid_until),
                }
                for line in case_sudo.line_ids.sorted("id")
            ],
        }

    @api.model
    def get_status(self, numbers=None):
        """Tell how far cases are.

        :param list numbers: of cases, at most 1,000; those that the caller may not see are left
            out. None: the newest 1,000 cases
        :return: ``{'cases': [{'number', 'submitted', 'positions': [{'reason', 'state', 'quantity',
            'valid_until', 'received', 'outcome', 'credit_notes': [{'number', 'date', 'amount',
            'currency'}], 'shipments': [{'number', 'date', 'carrier', 'tracking'}]}]}]}``, the
            newest first; ``submitted`` in UTC; ``received`` in the unit of ``quantity``;
            ``outcome``: the code of what was decided, None before; posted credit notes with their
            total, tax included, and shipments to the customer for who may see them as documents
        :rtype: dict
        :raise AccessError: for who may not use the returns desk
        :raise ApiError: when the numbers are no list of texts
        """
        caller = self._with_caller()
        domain = caller.env.user._get_access_domain("cso.rma")
        domain &= Domain("submitted_on", "!=", False)
        if numbers is not None:
            domain &= Domain("name", "in", caller._read_numbers(numbers))
        # Portal users have no right on what a case leads to; the access domain narrows it.
        cases_sudo = caller.env["cso.rma"].sudo().search(domain, limit=CASES_LIMIT)
        notes_sudo = cases_sudo._find_documents_sudo("credit_note")
        slips_sudo = cases_sudo._find_documents_sudo("slip")
        return {
            "cases": [caller._prepare_status(case, notes_sudo, slips_sudo) for case in cases_sudo]
        }

    # ------------------------------------------------------------------ the caller
    def _with_caller(self):
        """Return this model for the caller: of what was sent along only a language counts.

        :raise AccessError: for who may not use the returns desk
        """
        lang = self.env.context.get("lang")
        plain = self.with_env(self.env(context={}))
        user = plain.env.user
        if not isinstance(lang, str) or not plain.env["res.lang"]._get_data(code=lang):
            lang = user.lang
        caller = self.with_env(self.env(context={"lang": lang, "tz": user.tz}))
        if user._get_access_domain("cso.rma").is_false():
            raise AccessError(caller.env._("You have no access to the returns desk."))
        return caller

    def _find_lines_sudo(self, line_ids):
        """Return those of these order lines that the caller may see and claim."""
        domain = self.env.user._get_access_domain("sale.order.line")
        domain &= Domain("confirmed_on", "!=", False) & Domain("display_type", "=", False)
        # The portal group reads lots, products and the like through its own lines only.
        return self.env["sale.order.line"].sudo().search(domain & Domain("id", "in", line_ids))

    # ------------------------------------------------------------------ reading
    def _read_search(self, number, number_type, date_from, date_to, document, limit, offset):
        """Return the parameters of the line search.

        :raise ApiError: naming those that cannot be read
        """
        values, errors, search = ApiValues(self.env), ApiErrors(), {}
        types = ["any", *self.env["sale.line.number"]._get_number_domains()]
        readers = {
            "number": lambda: values.read_text(number, NUMBER_LENGTH),
            "number_type": lambda: values.read_choice(number_type, types),
            "date_from": lambda: values.read_date(date_from),
            "date_to": lambda: values.read_date(date_to),
            "document": lambda: values.read_choice(document, DOCUMENTS),
            "limit": lambda: values.read_integer(limit, 1, LINES_LIMIT),
            "offset": lambda: values.read_integer(offset, 0, OFFSET_LIMIT),
        }
        for name, read in readers.items():
            with errors.at(name):
                search[name] = read()
        errors.check()
        return search

    def _read_numbers(self, numbers):
        """Return the numbers of cases that were asked for.

        :raise ApiError: when they are no list of texts
        """
        values, errors, found = ApiValues(self.env), ApiErrors(), []
        with errors.at("numbers"):
            numbers = values.read_list(numbers, CASES_LIMIT)
            found = [values.read_text(number, NUMBER_LENGTH) for number in numbers]
        errors.check()
        return found

    # ------------------------------------------------------------------ answers
    def _prepare_api_lines(self, lines_sudo):
        """Return lines as they are told, with a fixed number of queries."""
        facts = lines_sudo._get_portal_facts()
        claimable = lines_sudo._get_claimable_quantities()
        has_prices = self.env.user._has_access_role("prices")
        return [
            {
                **self._prepare_line(line, facts[line.id]),
                "claimable_quantity": claimable[line.id],
                "unit_price": line.price_reduce_taxexcl if has_prices else None,
            }
            for line in lines_sudo
        ]

    def _prepare_line(self, line, fact):
        product = line.product_id
        return {
            "line_id": line.id,
            "order": line.order_id.name,
            "customer_reference": line.order_id.client_order_ref or None,
            "invoices": fact["invoices"].mapped("name"),
            "delivery_slips": fact["shipments"].mapped("name"),
            "article": product.default_code or None,
            "maker_part_number": product.maker_part_number or None,
            "ean": product.barcode or None,
            "description": product.name,
            "quantity": line.product_uom_qty,
            "currency": line.currency_id.name,
            "invoice_date": self._format_date(fact["invoice_date"]),
            "ship_date": self._format_date(fact["ship_date"]),
            "serials": fact["serials"].mapped("name"),
        }

    def _prepare_reason(self, answer):
        objections = answer["objections"]
        if answer["reason"].form not in self.env:
            objections = [*objections, self._prepare_formless_objection()]
        return {
            "code": answer["reason"].code,
            "allowed": not objections,
            "objections": [
                {
                    "code": objection["code"],
                    "text": objection["text"],
                    "until": self._format_date(objection["until"]),
                    "alternative": objection["alternative"] or "",
                }
                for objection in objections
            ],
        }

    def _prepare_formless_objection(self):
        text = self.env._("This reason is registered by phone or mail.")
        return {"code": "no_form", "text": text, "until": False, "alternative": ""}

    def _prepare_status(self, case_sudo, notes_sudo, slips_sudo):
        shipments = case_sudo.line_ids._get_shipments_sudo()
        return {
            "number": case_sudo.name,
            "submitted": f"{case_sudo.submitted_on.isoformat(timespec='seconds')}Z",
            "positions": [
                {
                    "reason": line.reason_id.code,
                    "state": line.state,
                    "quantity": line.quantity,
                    "valid_until": self._format_date(line.valid_until),
                    "received": line.received_qty,
                    "outcome": line.outcome_id.code or None,
                    "credit_notes": [
                        self._prepare_credit_note(note) for note in line.refund_ids & notes_sudo
                    ],
                    "shipments": [
                        self._prepare_shipment(picking)
                        for picking in shipments[line]
                        if picking in slips_sudo
                    ],
                }
                for line in case_sudo.line_ids
            ],
        }

    def _prepare_shipment(self, picking_sudo):
        return {
            "number": picking_sudo.name,
            "date": self._format_date(
                fields.Datetime.context_timestamp(self, picking_sudo.date_done).date()
            ),
            "carrier": picking_sudo.carrier_id.name or None,
            "tracking": picking_sudo.carrier_tracking_ref or None,
        }

    def _prepare_credit_note(self, note_sudo):
        return {
            "number": note_sudo.name,
            "date": self._format_date(note_sudo.invoice_date),
            "amount": note_sudo.amount_total,
            "currency": note_sudo.currency_id.name,
        }

    def _format_date(self, value):
        return fields.Date.to_string(value) if value else None
