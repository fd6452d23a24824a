from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.partner_access.controllers.files import read_uploads

from ..tools import clean_text
from .common import ReturnsController, read_id, read_text

TEXT_LIMIT = 10_000


def read_message(value):
    """Return a text of several lines as typed, without what a database refuses."""
    text = clean_text(value).replace("\r\n", "\n")
    return text.strip()[:TEXT_LIMIT]


class CasePortal(ReturnsController):
    """The page of a case, and what the customer does there."""

    @route("/my/returns/<int:case_id>", type="http", auth="user", readonly=True, website=True)
    def case(self, case_id, **kwargs):
        """Show a case: what to do by when, positions, what happened, documents, messages."""
        return self._render_case(
            self._find_case_sudo(case_id),
            is_new=bool(kwargs.get("submitted")),
            done=read_text(kwargs.get("done")),
        )

    @route(
        [
            "/my/returns/<int:case_id>/answer",
            "/my/returns/<int:case_id>/message",
            "/my/returns/<int:case_id>/object",
            "/my/returns/<int:case_id>/sent",
            "/my/returns/<int:case_id>/withdraw",
        ],
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def case_again(self, case_id, **kwargs):
        """Lead to the case who looks at an address that only acts, as after a new sign-in."""
        return request.redirect(f"/my/returns/{case_id}")

    @route("/my/returns/<int:case_id>/sent", type="http", auth="user", methods=["POST"])
    def case_sent(self, case_id, carrier=None, tracking=None, **kwargs):
        """Note that the customer has sent the goods, with carrier and tracking if known."""
        case_sudo = self._find_case_sudo(case_id)
        lines_sudo = self._get_posted_lines(case_sudo)
        lines_sudo._mark_sent(read_text(carrier), read_text(tracking))
        return self._redirect(case_sudo, "sent")

    @route(
        "/my/returns/<int:case_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def case_withdraw(self, case_id, **kwargs):
        """Take a position back; a second time changes nothing."""
        case_sudo = self._find_case_sudo(case_id)
        lines_sudo = self._get_posted_lines(case_sudo, is_named=True)
        open_sudo = lines_sudo.filtered(lambda line: line.state != "withdrawn")
        try:
            with request.env.cr.savepoint():
                open_sudo._withdraw()
        except UserError as error:
            return self._render_case(case_sudo, error=str(error))
        return self._redirect(case_sudo, "withdrawn")

    @route(
        "/my/returns/<int:case_id>/message",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def case_message(self, case_id, message=None, **kwargs):
        """Write to the desk, with files."""
        case_sudo, text = self._find_case_sudo(case_id), read_message(message)
        try:
            with request.env.cr.savepoint():
                case_sudo._post_customer_message(text, self._read_files())
        except UserError as error:
            return self._render_case(case_sudo, errors={"message": str(error)}, typed=text)
        return self._redirect(case_sudo, "message", "#messages")

    @route(
        "/my/returns/<int:case_id>/answer", type="http", auth="user", methods=["POST"], website=True
    )
    def case_answer(self, case_id, answer=None, **kwargs):
        """Answer the question of the desk about a position, with files."""
        case_sudo, text = self._find_case_sudo(case_id), read_message(answer)
        line_sudo = self._get_posted_lines(case_sudo, is_named=True)[:1]
        try:
            with request.env.cr.savepoint():
                line_sudo._take_answer(text, self._read_files())
        except UserError as error:
            # Answered meanwhile, its question is gone: what was typed stands at the messages.
            key = line_sudo.id if line_sudo.state == "asked" else "message"
            return self._render_case(case_sudo, errors={key: str(error)}, typed=text)
        return self._redirect(case_sudo, "answer", "#messages")

    @route(
        "/my/returns/<int:case_id>/object", type="http", auth="user", methods=["POST"], website=True
    )
    def case_object(self, case_id, objection=None, **kwargs):
        """Object to the refusal of a position, once."""
        case_sudo, text = self._find_case_sudo(case_id), read_message(objection)
        line_sudo = self._get_posted_lines(case_sudo, is_named=True)[:1]
        try:
            with request.env.cr.savepoint():
                line_sudo._object(text, self._read_files())
        except UserError as error:
            # Objected or accepted meanwhile, its form is gone: the text stands at the messages.
            key = line_sudo.id if line_sudo._can_object() else "message"
            return self._render_case(case_sudo, errors={key: str(error)}, typed=text)
        return self._redirect(case_sudo, "object")

    def _redirect(self, case_sudo, done, anchor=""):
        return request.redirect(f"/my/returns/{case_sudo.id}?done={done}{anchor}")

    def _get_posted_lines(self, case_sudo, is_named=False):
        """Return the positions of the case that were chosen; else 404.

        :param is_named: whether one must be named; all of the case when none is, otherwise
        """
        numbers = [read_id(value) for value in request.httprequest.form.getlist("position")]
        if not (numbers or is_named):
            return case_sudo.line_ids
        lines_sudo = case_sudo.line_ids.filtered(lambda line: line.id in numbers)
        if not lines_sudo or len(lines_sudo) != len(set(numbers)):
            raise request.not_found()
        return lines_sudo

    def _read_files(self):
        """Return the uploaded files as pairs of name and content."""
        return [(name, content) for _slot, name, content in read_uploads()]

    def _render_case(self, case_sudo, **values):
        to_send = case_sudo.line_ids.filtered("is_to_send")
        timeline = case_sudo._get_timeline()
        return self._render(
            "rma_cso.portal_case",
            **{
                "case": case_sudo,
                "states": self._get_states(),
                "has_prices": request.env.user._has_access_role("prices"),
                "has_orders": request.env.user._has_access_role("orders"),
                "documents": case_sudo._get_customer_documents(),
                "timeline": timeline,
                "waiting": [step["text"] for step in timeline if step["kind"] == "now"],
                "to_send": to_send,
                "asked": case_sudo.line_ids.filtered(lambda line: line.state == "asked"),
                "sendings": case_sudo._get_sendings(),
                "instead": case_sudo.line_ids._get_possible_instead(),
                "messages": case_sudo._get_customer_messages(),
                "form_url": self._get_form_url,
                "is_new": False,
                "done": "",
                "error": "",
                "errors": {},
                "typed": "",
                **values,
            },
        )
