import json

from odoo.http import request, route

from odoo.addons.customer_portal.tools.portal_format import PortalFormat

from .common import read_id
from .files import FilesController


class FormPortal(FilesController):
    """The portal's face of the forms of the reasons."""

    # --- Details ---------------------------------------------------------------------------------

    @route(
        "/my/returns/form", type="http", auth="user", methods=["GET"], readonly=True, website=True
    )
    def form(self, line=None, reason=None, check=None, lot=None, **kwargs):
        """Show the questions of a reason, with what was typed before, or why it is not possible.

        :param check: set to show what must still be mended
        :param lot: serial number that was searched for; it is chosen
        """
        if not (line or reason):
            return request.redirect("/my/returns/register")
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        draft_sudo = self._find_draft_sudo(line_sudo, reason_sudo)
        card = self._get_card(line_sudo, reason_sudo)
        if not card["is_fillable"]:
            return self._render_refused(line_sudo, reason_sudo, draft_sudo, card)
        errors = draft_sudo._get_errors() if check and draft_sudo else {}
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
        draft_sudo, replaced = self._save_draft(
            line_sudo, reason_sudo, self._get_posted_answers(), kwargs.get("base")
        )
        request.session["cso_replaced"] = replaced
        file_errors = self._save_files(draft_sudo)
        form_url = self._get_draft_url(draft_sudo)
        if kwargs.get("remove_file"):
            self._remove_file(draft_sudo, kwargs["remove_file"])
            return request.redirect(form_url)
        if kwargs.get("switch"):
            return self._switch(draft_sudo, kwargs["switch"])
        if file_errors:
            request.session["cso_file_errors"] = file_errors
        if file_errors or draft_sudo._get_errors():
            return request.redirect(f"{form_url}&check=1")
        return request.redirect(self._get_draft_url(draft_sudo, "/address"))

    @route("/my/returns/form/save", type="jsonrpc", auth="user", website=True)
    def form_save(self, line=None, reason=None, answers=None, base=None, uid=None, **kwargs):
        """Keep what is typed so far.

        :return: ``{'saved': True, 'csrf_token': text, 'base': JSON, 'replaced': [texts]}``, by
            which the page can be posted now also after a new sign-in, or ``{'other_user': name}``
            when somebody else signed in
        """
        if uid != request.env.uid:
            return {"other_user": request.env.user.name}
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        _draft_sudo, replaced = self._save_draft(line_sudo, reason_sudo, answers, base)
        return {
            "saved": True,
            "csrf_token": request.csrf_token(),
            "base": json.dumps(request.env[reason_sudo.form]._clean_answers(answers)),
            "replaced": replaced,
        }

    @route("/my/returns/form/check", type="jsonrpc", auth="user", readonly=True, website=True)
    def form_check(self, line=None, reason=None, answers=None, **kwargs):
        """Say what follows from the answers typed so far; nothing is kept.

        :return: dict as of ``cso.form._get_page_state``
        """
        line_sudo, reason_sudo = self._find_line_sudo(line), self._find_reason_sudo(reason)
        form_sudo = self._new_form(line_sudo, reason_sudo)
        form_sudo.position_id = self._find_position_sudo(line_sudo)
        return form_sudo._get_page_state(form_sudo._clean_answers(answers))

    def _render_form(self, line_sudo, reason_sudo, draft_sudo, errors, lot_id=0):
        form_sudo = self._new_form(line_sudo, reason_sudo)
        form_sudo.position_id = draft_sudo.position_id
        answers, base = self._prepare_answers(draft_sudo, form_sudo, lot_id)
        found = form_sudo._fill_and_judge(form_sudo._clean_answers(answers))
        return self._render(
            "rma_cso.portal_form",
            step_names=self._get_step_names(),
            position=draft_sudo.position_id,
            form_url=self._get_form_url(
                line_sudo, reason_sudo.code, position=draft_sudo.position_id
            ),
            base=json.dumps(base),
            replaced=request.session.pop("cso_replaced", None),
            line=line_sudo,
            reason=reason_sudo,
            fact=line_sudo._get_portal_facts()[line_sudo.id],
            draft=draft_sudo,
            answers=answers,
            questions=form_sudo._describe_questions(),
            serials=form_sudo._get_serial_choices(),
            notes=form_sudo._get_notes(),
            suggestions=form_sudo._get_suggested_reasons(),
            found=found,
            today=line_sudo.company_id._get_cso_date(),
            **self._prepare_file_values(form_sudo, draft_sudo),
            reasons=form_sudo._get_possible_reasons(),
            errors=errors,
        )

    def _get_step_names(self):
        return [
            request.env._("Reason"),
            request.env._("Details"),
            request.env._("Return address"),
            request.env._("Cart"),
        ]

    def _render_refused(self, line_sudo, reason_sudo, draft_sudo, card):
        """Answer why the reason is not possible for the line, until when it was, what else is."""
        return self._render(
            "rma_cso.portal_form_refused",
            line=line_sudo,
            reason=reason_sudo,
            fact=line_sudo._get_portal_facts()[line_sudo.id],
            position=self._find_position_sudo(line_sudo),
            draft=draft_sudo,
            card=card,
            reasons=self._new_form(line_sudo, reason_sudo)._get_possible_reasons(),
        )

    def _get_card(self, line_sudo, reason_sudo):
        """Return the card of the reason at the line, as the search shows it."""
        answers = line_sudo._get_return_eligibility()[line_sudo.id]
        position_sudo = self._find_position_sudo(line_sudo)
        cards = self._prepare_cards(
            line_sudo, answers, PortalFormat(request.env), position=position_sudo
        )
        return next(card for card in cards if card["reason"] == reason_sudo)

    def _prepare_answers(self, draft_sudo, form_sudo, lot_id):
        """Return what the form shows, and what of it is kept already.

        The serial number that was searched for wins over the one of the draft.
        """
        kept = self._get_answers(draft_sudo, form_sudo)
        known = form_sudo._get_known(lot_id)
        answers = kept or known
        if not lot_id or known.get("lot_ids") != [lot_id]:
            return answers, answers
        base = {**answers, "lot_ids": kept.get("lot_ids", [])}
        return {**answers, "lot_ids": [lot_id]}, base

    def _get_answers(self, draft_sudo, form_sudo):
        """Return what to show: the draft, else what another draft of the line has in common."""
        if draft_sudo:
            return draft_sudo.answers or {}
        newest = draft_sudo.search(
            [
                ("user_id", "=", request.env.uid),
                ("sale_line_id", "=", form_sudo.sale_line_id.id),
                ("position_id", "=", False),
            ],
            limit=1,
        )
        return form_sudo._clean_answers(newest.answers or {})

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
        drafts_sudo = request.env["cso.form.draft"].sudo()
        return drafts_sudo._get_draft(line_sudo, reason_sudo, self._find_position_sudo(line_sudo))

    def _find_position_sudo(self, line_sudo):
        """Return the position of the own cart that is changed, none for a new one, else 404."""
        number = request.params.get("position")
        positions_sudo = request.env["cso.rma.line"].sudo()
        if not number:
            return positions_sudo
        positions_sudo = self._get_carts_sudo().line_ids.filtered(
            lambda position: position.id == read_id(number) and position.sale_line_id == line_sudo
        )
        if not positions_sudo:
            raise request.not_found()
        return positions_sudo

    def _save_draft(self, line_sudo, reason_sudo, answers, base=None):
        """Keep what a page shows; what another page changed meanwhile stays.

        :param str base: JSON of what the page showed when it was loaded or saved last
        :return: the draft, and sentences of what another page kept and is replaced now
        """
        drafts_sudo = request.env["cso.form.draft"].sudo()
        position_sudo = self._find_position_sudo(line_sudo)
        draft_sudo = drafts_sudo._ensure_draft(line_sudo, reason_sudo, position_sudo)
        form_sudo = self._new_form(line_sudo, reason_sudo)
        replaced = draft_sudo._keep_answers(
            form_sudo._clean_answers(answers), self._read_base(form_sudo, base)
        )
        return draft_sudo, self._get_replaced_texts(form_sudo, replaced)

    def _read_base(self, form_sudo, base):
        """Return what the page showed before, None when it does not say so."""
        try:
            shown = json.loads(base or "")
        except (TypeError, ValueError, RecursionError):
            return None
        return form_sudo._clean_answers(shown)

    def _get_replaced_texts(self, form_sudo, replaced):
        """Return sentences of the typed texts that another page had kept."""
        return [
            request.env._(
                "In another tab “%(question)s” was “%(text)s”; what you typed here replaces it.",
                question=form_sudo._get_label(name),
                text=value,
            )
            for name, value in replaced.items()
            if isinstance(value, str) and form_sudo._fields[name].type in ("char", "text")
        ]

    def _switch(self, draft_sudo, code):
        """Go to the form of another reason, with all that was typed and its photos."""
        draft_sudo._switch_reason(self._find_reason_sudo(code))
        return request.redirect(self._get_draft_url(draft_sudo))
