import hashlib
import json

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command, Domain

from ..tools import ApiErrors, ApiValues
from ..wizard.cso_form import LINE_LIMIT

POSITIONS_LIMIT = 200
# What of a position an objection of the rules is about; of the others it is the reason.
OBJECTION_FIELDS = {
    "serial": "serials",
    "serial_count": "serials",
    "quantity": "quantity",
    "units": "quantity",
    "amount": "quantity",
    "photo": "attachments",
}


class CsoApiSubmission(models.AbstractModel):
    """Makes a case of what another program sent, through the forms of the reasons."""

    _name = "cso.api.submission"
    _description = "Submission by Another Program"

    def _submit(self, positions, return_address_id, reference, idempotency_key):
        """Make and submit a case; see ``submit`` of ``cso.rma``.

        :return: the case (sudo)
        :raise AccessError: for employees who may not register cases
        :raise ApiError: naming position and field of everything that must be mended
        """
        self._check_right()
        errors = ApiErrors()
        request = self._read_request(
            positions, return_address_id, reference, idempotency_key, errors
        )
        errors.check()
        request["idempotency_hash"] = self._get_hash(request)
        case_sudo = self._find_case_sudo(request)
        return case_sudo or self._make_case_sudo(request, errors)

    def _check_right(self):
        """Refuse employees who may not change cases; customers were asked for their role."""
        if not self.env.user._is_portal():
            self.env["cso.rma"].check_access("write")

    # ------------------------------------------------------------------ what was sent
    def _read_request(self, positions, return_address_id, reference, idempotency_key, errors):
        values, request = ApiValues(self.env), {"positions": []}
        readers = {
            "positions": lambda: values.read_list(positions, POSITIONS_LIMIT),
            "return_address_id": lambda: return_address_id and values.read_id(return_address_id),
            "reference": lambda: values.read_text(reference, LINE_LIMIT),
            "idempotency_key": lambda: values.read_text(idempotency_key, LINE_LIMIT),
        }
        for name, read in readers.items():
            with errors.at(name):
                request[name] = read()
        if not request["positions"] and not errors.errors:
            errors.add("positions", self.env._("There is no position to submit."))
        return request

    def _get_hash(self, request):
        """Return by what a second call with the same content is known."""
        content = [request["positions"], request["return_address_id"], request["reference"]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    # ------------------------------------------------------------------ once only
    def _find_case_sudo(self, request):
        """Return the case that the caller made with this key before, or none.

        :raise ApiError: when the key stands for another case
        """
        cases_sudo = self.env["cso.rma"].sudo()  # the key is nobody's to read
        if not request["idempotency_key"]:
            return cases_sudo
        own = Domain("user_id", "=", self.env.uid)
        own &= Domain("idempotency_key", "=", request["idempotency_key"])
        case_sudo = cases_sudo.search(own)
        if case_sudo and not self._is_same(case_sudo, request):
            errors = ApiErrors()
            errors.add(
                "idempotency_key",
                self.env._("This key was used for another case already. Choose a new one."),
            )
            errors.check()
        return case_sudo

    def _is_same(self, case_sudo, request):
        access = self.env.user._get_access_domain("cso.rma")
        is_visible = case_sudo.search_count(access & Domain("id", "=", case_sudo.id))
        return is_visible and case_sudo.idempotency_hash == request["idempotency_hash"]

    # ------------------------------------------------------------------ the case
    def _make_case_sudo(self, request, errors):
        forms = self.env["cso.api.position"]._prepare_forms(request["positions"], errors.errors)
        errors.check()
        self._check_one_customer(forms, errors)
        address_sudo = self._find_address_sudo(request["return_address_id"], forms, errors)
        errors.check()
        with self.env.cr.savepoint():
            case_sudo = self._create_case_sudo(request, forms, address_sudo)
            self._keep_files(case_sudo, [files for _form, files in forms], errors)
            self._submit_case(case_sudo, errors)
        return case_sudo

    def _check_one_customer(self, forms, errors):
        """Note the positions that cannot be in one case with the first."""
        first = forms[0][0]._prepare_cart_values()
        for index, (form, _files) in enumerate(forms):
            if form._prepare_cart_values() != first:
                faults = ApiErrors(index, form.sale_line_id.id)
                faults.add(
                    "line_id", self.env._("This line is of another customer than the first one.")
                )
                errors.errors += faults.errors

    def _find_address_sudo(self, address_id, forms, errors):
        """Return the return address that was chosen, else that of the first line's delivery."""
        order_sudo = forms[0][0].sale_line_id.order_id
        if not address_id:
            return order_sudo.partner_shipping_id
        addresses_sudo = order_sudo.partner_id._get_return_addresses(order_sudo.partner_shipping_id)
        found_sudo = addresses_sudo.filtered(lambda address: address.id == address_id)
        if not found_sudo:
            errors.add("return_address_id", self.env._("This is no address of yours."))
        return found_sudo

    def _create_case_sudo(self, request, forms, address_sudo):
        """Make the cart that is submitted.

        :raise ConcurrencyError: when the same key is used at the same moment; the server runs the
            call again, which finds the other's case
        """
        order_sudo = forms[0][0].sale_line_id.order_id
        contact = self.env.user if self.env.user._is_portal() else order_sudo
        values = {
            **forms[0][0]._prepare_cart_values(),
            "channel": "api",
            "contact_id": contact.partner_id.id,
            "reference": request["reference"],
            "return_address_id": address_sudo.id,
            "idempotency_key": request["idempotency_key"] or False,
            "idempotency_hash": request["idempotency_hash"],
            "line_ids": [Command.create(form._prepare_position_values()) for form, _files in forms],
        }
        # Nobody has the right to make cases: what is claimed was checked by the forms.
        cases_sudo = self.env["cso.rma"].sudo().with_company(order_sudo.company_id)
        try:
            return cases_sudo.create(values)
        except UniqueViolation as error:
            text = "The same key is used by two calls at the same moment"
            raise ConcurrencyError(text) from error

    def _keep_files(self, case_sudo, files, errors):
        """Keep the files that came with the positions.

        :param list files: a list of values of attachments for each position
        :raise ApiError: when the customer sent too much today
        """
        files_sudo = self.env["ir.attachment"].sudo()  # customers do not make attachments
        with errors.at("attachments"):
            for line, rows in zip(case_sudo.line_ids.sorted("id"), files, strict=True):
                line.attachment_ids = files_sudo.create(
                    [{**values, "res_model": line._name, "res_id": line.id} for values in rows]
                )
        errors.check()

    def _submit_case(self, case_sudo, errors):
        """Submit; what is refused is told by position.

        :raise ApiError: with what speaks against each position
        """
        try:
            case_sudo._submit()
        except UserError:
            objections = case_sudo.line_ids._get_objections()
            for index, line in enumerate(case_sudo.line_ids.sorted("id")):
                faults = ApiErrors(index, line.sale_line_id.id)
                for objection in objections[line]:
                    field = OBJECTION_FIELDS.get(objection["code"], "reason")
                    faults.add(field, objection["text"])
                errors.errors += faults.errors
            errors.check()
            raise
