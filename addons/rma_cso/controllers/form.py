from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route

from ..models.cso_file_check import SIZE_LIMIT
from ..models.res_partner import ADDRESS_FIELDS
from ..tools import FormError
from .common import ReturnsController, read_id, read_text


class FormPortal(ReturnsController):
    """The portal's face of the forms of the reasons, and the step of the return address."""

    # --- Details ---------------------------------------------------------------------------------

    @route(
        "/my/returns/form", type="http", auth="user", methods=["GET"], readonly=True, website=True
    )
    def form(self, line=None, reason=None, check=None, lot=None, **kwargs):
        """Show the questions of a reason, with what was typed before.

        :param check: set to show what must still be mended
        :param lot: serial number that was searched for, chosen when nothing was typed yet
        """
        if not (line or reason):
            return request.redirect("/my/returns/register")
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        errors = self._get_errors(draft_sudo) if check and draft_sudo else {}
        file_errors = request.session.pop("cso_file_errors", None)
        if file_errors:
            errors["attachment_ids"] = " ".join(file_errors)
        return self._render_form(line_sudo, reason_sudo, draft_sudo, errors, read_id(lot))

    @route("/my/returns/form", type="http", auth="user", methods=["POST"], website=True)
    def form_post(self, line=None, reason=None, **kwargs):
        """Keep what was typed; go on to the address when everything is answered.

        Always answered by a redirection: loading the page again must not post old answers.
        """
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._save_draft(line_sudo, reason_sudo, self._get_posted_answers())
        file_errors = self._save_files(draft_sudo)
        form_url = self._get_form_url(line_sudo, reason_sudo.code)
        if kwargs.get("remove_file"):
            self._remove_file(draft_sudo, kwargs["remove_file"])
            return request.redirect(form_url)
        if kwargs.get("switch"):
            return self._switch(draft_sudo, kwargs["switch"])
        if file_errors:
            request.session["cso_file_errors"] = file_errors
        if file_errors or self._get_errors(draft_sudo):
            return request.redirect(f"{form_url}&check=1")
        return request.redirect(self._get_form_url(line_sudo, reason_sudo.code, "/address"))

    @route("/my/returns/form/save", type="jsonrpc", auth="user")
    def form_save(self, line=None, reason=None, answers=None, uid=None, **kwargs):
        """Keep what is typed so far.

        :return: ``{'saved': True, 'csrf_token': text}``, by which the page can be posted now also
            after a new sign-in, or ``{'other_user': name}`` when somebody else signed in
        """
        if uid != request.env.uid:
            return {"other_user": request.env.user.name}
        self._save_draft(self._find_line_sudo(line), self._find_reason_sudo(reason), answers)
        return {"saved": True, "csrf_token": request.csrf_token()}

    def _render_form(self, line_sudo, reason_sudo, draft_sudo, errors, lot_id=0):
        form_sudo = self._new_form(line_sudo, reason_sudo)
        return self._render(
            "rma_cso.portal_form",
            step_names=self._get_step_names(),
            line=line_sudo,
            reason=reason_sudo,
            fact=line_sudo._get_portal_facts()[line_sudo.id],
            draft=draft_sudo,
            answers=self._get_answers(draft_sudo, form_sudo) or form_sudo._get_known(lot_id),
            questions=form_sudo._describe_questions(),
            serials=form_sudo._get_serial_choices(),
            notes=form_sudo._get_notes(),
            file_hint=form_sudo._get_file_hint(),
            reasons=self._get_other_reasons(line_sudo, reason_sudo),
            errors=errors,
        )

    def _get_step_names(self):
        return [
            request.env._("Reason"),
            request.env._("Details"),
            request.env._("Return address"),
            request.env._("Cart"),
        ]

    def _get_answers(self, draft_sudo, form_sudo):
        """Return what to show: the draft, else what another draft of the line has in common."""
        if draft_sudo:
            return draft_sudo.answers or {}
        newest = draft_sudo.search(
            [("user_id", "=", request.env.uid), ("sale_line_id", "=", form_sudo.sale_line_id.id)],
            limit=1,
        )
        return form_sudo._clean_answers(newest.answers or {})

    def _get_other_reasons(self, line_sudo, reason_sudo):
        answers = line_sudo._get_return_eligibility()[line_sudo.id]
        return [
            answer["reason"]
            for answer in answers
            if answer["allowed"]
            and answer["reason"].form in request.env
            and answer["reason"] != reason_sudo
        ]

    def _new_form(self, line_sudo, reason_sudo):
        """Return the form of the reason for the line, in memory."""
        return (
            request.env[reason_sudo.form]
            .sudo()
            .new({"sale_line_id": line_sudo.id, "reason_id": reason_sudo.id})
        )

    def _get_posted_answers(self):
        """Return what was posted; of names that come twice the last one, as in a browser."""
        posted = request.httprequest.form
        answers = {name: values[-1] for name, values in posted.lists()}
        return {**answers, "lot_ids": posted.getlist("lot_ids")}

    # --- Drafts ----------------------------------------------------------------------------------

    def _find_draft_sudo(self, line_sudo, reason_sudo):
        # Portal users have no right on drafts of their own: they are found by user, here only.
        return request.env["cso.form.draft"].sudo()._get_draft(line_sudo, reason_sudo)

    def _save_draft(self, line_sudo, reason_sudo, answers):
        draft_sudo = request.env["cso.form.draft"].sudo()._ensure_draft(line_sudo, reason_sudo)
        form_model = request.env[reason_sudo.form]
        draft_sudo.answers = {**(draft_sudo.answers or {}), **form_model._clean_answers(answers)}
        return draft_sudo

    def _switch(self, draft_sudo, code):
        """Go to the form of another reason; it starts with what both ask."""
        reason_sudo = self._find_reason_sudo(code)
        if not self._find_draft_sudo(draft_sudo.sale_line_id, reason_sudo):
            self._save_draft(draft_sudo.sale_line_id, reason_sudo, draft_sudo.answers)
            draft_sudo._move_files(reason_sudo)
        return request.redirect(self._get_form_url(draft_sudo.sale_line_id, reason_sudo.code))

    def _fill_form(self, draft_sudo):
        form_sudo = self._new_form(draft_sudo.sale_line_id, draft_sudo.reason_id)
        form_sudo.attachment_ids = draft_sudo.attachment_ids
        return form_sudo, form_sudo._fill(draft_sudo.answers or {})

    def _get_errors(self, draft_sudo):
        form_sudo, errors = self._fill_form(draft_sudo)
        try:
            form_sudo._check_answers(errors)
        except FormError as error:
            return error.errors
        return {}

    # --- Files -----------------------------------------------------------------------------------

    @route("/my/returns/form/upload", type="http", auth="user", methods=["GET"], readonly=True)
    def upload_again(self, **kwargs):
        """Lead to the search who looks at an address that only takes files."""
        return request.redirect("/my/returns/register")

    @route("/my/returns/form/upload", type="http", auth="user", methods=["POST"])
    def upload(self, line=None, reason=None, **kwargs):
        """Keep files of the form at once.

        :return: JSON ``{'files': html of the list, 'errors': [texts]}``
        """
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._save_draft(line_sudo, reason_sudo, {})
        errors = self._save_files(draft_sudo)
        html = request.env["ir.qweb"]._render("rma_cso.portal_form_files", {"draft": draft_sudo})
        return request.make_json_response({"files": html, "errors": errors})

    @route("/my/returns/file/<int:file_id>", type="http", auth="user", readonly=True)
    def file(self, file_id, **kwargs):
        """Send a file of an own draft, or of a position the user may see."""
        attachment_sudo = request.env["ir.attachment"].sudo().browse(read_id(file_id)).exists()
        if not self._is_file_visible(attachment_sudo):
            raise request.not_found()
        picture = attachment_sudo.mimetype in ("image/png", "image/jpeg")
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        return stream.get_response(as_attachment=not picture, content_security_policy="sandbox")

    def _is_file_visible(self, attachment_sudo):
        if attachment_sudo.res_model == "cso.form.draft":
            domain = Domain("user_id", "=", request.env.uid)
        elif attachment_sudo.res_model == "cso.rma.line":
            domain = self._get_domain("cso.rma.line")
        else:
            return False
        records_sudo = request.env[attachment_sudo.res_model].sudo()
        return bool(records_sudo.search_count(domain & Domain("id", "=", attachment_sudo.res_id)))

    def _save_files(self, draft_sudo):
        """Keep the posted files with the draft, up to the first that is refused.

        :return: list with the text of the refused one
        """
        uploads = [file for file in request.httprequest.files.getlist("files") if file.filename]
        for upload in uploads:
            try:
                draft_sudo._add_file(upload.filename, upload.stream.read(SIZE_LIMIT + 1))
            except UserError as error:
                return [str(error)]
        return []

    def _remove_file(self, draft_sudo, file_id):
        if file_id:
            draft_sudo.attachment_ids.filtered(lambda file: str(file.id) == file_id).unlink()

    # --- Return address --------------------------------------------------------------------------

    @route(
        "/my/returns/form/address",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
        website=True,
    )
    def address(self, line=None, reason=None, **kwargs):
        """Ask where goods go back to when they cannot be accepted."""
        if not (line or reason):
            return request.redirect("/my/returns/register")
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        if not self._find_draft_sudo(line_sudo, reason_sudo):
            return request.redirect(self._get_form_url(line_sudo, reason_sudo.code))
        return self._render_address(line_sudo, reason_sudo, {}, {})

    @route("/my/returns/form/address", type="http", auth="user", methods=["POST"], website=True)
    def address_post(self, line=None, reason=None, address=None, **kwargs):
        """Put the position into the cart."""
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        if not draft_sudo:
            return request.redirect("/my/returns/cart")
        if self._get_errors(draft_sudo):
            form_url = self._get_form_url(line_sudo, reason_sudo.code)
            return request.redirect(f"{form_url}&check=1")
        try:
            address_sudo = self._get_address_sudo(line_sudo, address, kwargs)
        except FormError as error:
            return self._render_address(line_sudo, reason_sudo, kwargs, error.errors)
        self._add_to_cart(draft_sudo, address_sudo)
        another = "/my/returns/register?added=1"
        return request.redirect(another if kwargs.get("another") else "/my/returns/cart?added=1")

    def _add_to_cart(self, draft_sudo, address_sudo):
        form_sudo, _errors = self._fill_form(draft_sudo)
        form_sudo.return_address_id = address_sudo
        form_sudo._add_to_cart()
        draft_sudo.unlink()

    def _render_address(self, line_sudo, reason_sudo, typed, errors):
        return self._render(
            "rma_cso.portal_address",
            step_names=self._get_step_names(),
            line=line_sudo,
            reason=reason_sudo,
            addresses=self._get_addresses_sudo(line_sudo),
            chosen=self._get_default_address(line_sudo, reason_sudo),
            address_questions=self._get_address_questions(),
            countries=request.env["res.country"].search([]),
            default_country=line_sudo.order_id.partner_shipping_id.country_id,
            typed=typed,
            errors=errors,
        )

    def _get_address_questions(self):
        """Return the questions of a new address: name, label, required, kind for the browser."""
        return [
            ("name", request.env._("Name or department"), True, "organization"),
            ("street", request.env._("Street and number"), True, "address-line1"),
            ("street2", request.env._("Addition"), False, "address-line2"),
            ("zip", request.env._("Postcode"), True, "postal-code"),
            ("city", request.env._("Town"), True, "address-level2"),
            ("country_id", request.env._("Country"), True, "country"),
            ("phone", request.env._("Phone"), False, "tel"),
        ]

    def _get_addresses_sudo(self, line_sudo):
        """Return the addresses to choose from; the access domain of the user narrows them."""
        order_sudo = line_sudo.order_id
        return order_sudo.partner_id._get_return_addresses(order_sudo.partner_shipping_id)

    def _get_default_address(self, line_sudo, reason_sudo):
        cart_sudo = self._new_form(line_sudo, reason_sudo)._get_cart()
        return cart_sudo.return_address_id or line_sudo.order_id.partner_shipping_id

    def _get_address_sudo(self, line_sudo, address, typed):
        """Return the chosen address: one that was offered or the new one, else 404."""
        if address == "new":
            return self._create_address_sudo(line_sudo, typed)
        address_sudo = self._get_addresses_sudo(line_sudo).filtered(
            lambda partner: str(partner.id) == address
        )
        if not address_sudo:
            raise request.not_found()
        return address_sudo

    def _create_address_sudo(self, line_sudo, typed):
        values = {name: read_text(typed.get(name)) for name in ADDRESS_FIELDS}
        values["country_id"] = read_id(typed.get("country_id"))
        # Portal users may not create contacts: the model takes care of fields and company.
        return line_sudo.order_id.partner_id._create_return_address(values)
