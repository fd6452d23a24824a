from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.partner_access_role import ADMINISTRATOR, DEFAULT_ROLES
from ..tools.day_text import get_day_text

PEOPLE_PER_PAGE = 50
MAX_SEARCH_LENGTH = 64
MAX_TEXT_LENGTH = 20_000
STATES = ("invited", "revoked")
PERSON = "/my/team/<int(max=2147483647):entry_id>"


class TeamPortal(CustomerPortal):
    """The people of a customer, for the administrators among them; for all others there is no such
    page.
    """

    # --- List ------------------------------------------------------------------------------------

    @http.route(
        ["/my/team", "/my/team/page/<int(max=100000):page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_team(self, page=1, search="", branch="", state="", **kw):
        """The people of the company and its branches.

        :param str search: part of a name or address
        :param str branch: id of a company or branch
        :param str state: invited or revoked
        """
        team = self._get_team()
        chosen = {
            "search": search.replace("\x00", "").strip()[:MAX_SEARCH_LENGTH],
            "branch": self._read_branch(team, branch),
            "state": state if state in STATES else "",
        }
        domain = team._get_people_domain(chosen["search"], chosen["branch"], chosen["state"])
        pages = pager(
            "/my/team",
            team._get_register().search_count(domain),
            page=page,
            step=PEOPLE_PER_PAGE,
            url_args={name: value for name, value in chosen.items() if value},
        )
        entries_sudo = team._get_register().search(
            domain, order="partner_id, email", limit=PEOPLE_PER_PAGE, offset=pages["offset"]
        )
        values = {**self._prepare_team_values(team), **chosen, "pager": pages}
        values["people"] = [self._prepare_person(entry_sudo) for entry_sudo in entries_sudo]
        return request.render("partner_access.portal_team", values)

    # --- Inviting --------------------------------------------------------------------------------

    @http.route(
        "/my/team/invite",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def portal_team_invite(self, **kw):
        """The form that invites people."""
        return self._render_invite(self._get_team(), {})

    @http.route("/my/team/invite", type="http", auth="user", methods=["POST"], website=True)
    def portal_team_invite_post(self, people="", branch="", scope="", **post):
        """Invite people; what could not be done stays in the form with the reason.

        :param str people: addresses, as pasted
        """
        team = self._get_team()
        people = people.replace("\x00", "")[:MAX_TEXT_LENGTH]
        roles = request.httprequest.form.getlist("role")
        typed = {"typed": people, "roles": roles, "branch": branch, "scope": scope}
        try:
            with request.env.cr.savepoint():
                answers = request.env["partner.access.invitation"]._invite(
                    people, roles, self._read_posted_branch(branch), scope
                )
        except MissingError:
            raise NotFound from None
        except UserError as error:
            return self._render_invite(team, {**typed, "error": str(error)})
        refused = [answer for answer in answers if not answer["is_invited"]]
        typed.update(typed="\n".join(map(self._write_address, refused)), refused=refused)
        typed["invited"] = [answer for answer in answers if answer["is_invited"]]
        return self._render_invite(team, typed)

    def _write_address(self, answer):
        name, address = answer["name"], answer["address"]
        return f"{name} <{address}>" if name else address

    def _render_invite(self, team, typed):
        values = self._prepare_team_values(team)
        values.update(self._prepare_choices(team, values["company"]), **typed)
        return request.render("partner_access.portal_team_invite", values)

    # --- One person ------------------------------------------------------------------------------

    @http.route(PERSON, type="http", auth="user", methods=["GET"], website=True, readonly=True)
    def portal_team_person(self, entry_id, done="", **kw):
        """One of the team, with what can be changed.

        :param str done: word for what was done just now
        """
        team = self._get_team()
        return self._render_person(team, self._find_person(team, entry_id), {"done": done})

    @http.route(PERSON, type="http", auth="user", methods=["POST"], website=True)
    def portal_team_person_post(self, entry_id, branch="", scope="", **post):
        """Change roles, branch and scope of one of the team."""
        team = self._get_team()
        entry_sudo = self._find_person(team, entry_id)
        roles = request.httprequest.form.getlist("role")
        try:
            with request.env.cr.savepoint():
                team._change(entry_sudo, roles, self._read_posted_branch(branch), scope)
        except MissingError:
            raise NotFound from None
        except UserError as error:
            typed = {"roles": roles, "branch": branch, "scope": scope, "error": str(error)}
            return self._render_person(team, entry_sudo, typed)
        return self._redirect_to_person(entry_sudo, "saved")

    @http.route(
        f"{PERSON}/<any(send_link, take_access, give_access, end_sessions):action>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_team_person_act(self, entry_id, action, **post):
        """Do what a button of the page says.

        :param str action: one of those in the address
        """
        team = self._get_team()
        entry_sudo = self._find_person(team, entry_id)
        acts = {
            "send_link": team._send_link,
            "take_access": team._take_access,
            "give_access": team._give_access,
            "end_sessions": team._end_sessions,
        }
        return self._act(team, entry_sudo, acts[action], action)

    @http.route(f"{PERSON}/hand_over", type="http", auth="user", methods=["POST"], website=True)
    def portal_team_hand_over(self, entry_id, **post):
        """Make this person the administrator instead of the user, for whom the team ends here."""
        team = self._get_team()
        entry_sudo = self._find_person(team, entry_id)
        return self._act(team, entry_sudo, team._hand_over, "hand_over")

    def _act(self, team, entry_sudo, act, word):
        try:
            with request.env.cr.savepoint():
                act(entry_sudo)
        except UserError as error:
            return self._render_person(team, entry_sudo, {"error": str(error)})
        if not request.env.user._may_administer_team():
            values = {**self._prepare_portal_layout_values(), "person": entry_sudo}
            return request.render("partner_access.portal_team_handed_over", values)
        return self._redirect_to_person(entry_sudo, word)

    def _redirect_to_person(self, entry_sudo, word):
        # A person whom the user can no longer see, as the branch is not his any more.
        team = request.env["partner.access.team"]
        if not entry_sudo.filtered_domain(team._get_domain()):
            return request.redirect("/my/team")
        return request.redirect(f"/my/team/{entry_sudo.id}?done={word}")

    def _render_person(self, team, entry_sudo, typed):
        values = {
            **self._prepare_team_values(team),
            **self._prepare_choices(team, entry_sudo.partner_id, entry_sudo),
            "roles": entry_sudo.role_ids.mapped("code"),
            "branch": str(entry_sudo.partner_id.id),
            "scope": entry_sudo.scope or "",
            "person": self._prepare_person(entry_sudo),
            **typed,
        }
        return request.render("partner_access.portal_team_person", values)

    # --- Values ----------------------------------------------------------------------------------

    def _get_team(self):
        if not request.env.user._may_administer_team():
            raise NotFound
        return request.env["partner.access.team"]

    def _find_person(self, team, entry_id):
        try:
            return team._find_entry(entry_id)
        except MissingError:
            raise NotFound from None

    def _read_branch(self, team, text):
        """Id of a branch in the address of a page; None for what is none of the user's."""
        ids = team._get_companies().ids
        return next((partner_id for partner_id in ids if str(partner_id) == text), None)

    def _read_posted_branch(self, text):
        """Id that a form names; it is looked for among the user's own."""
        if text and not (text.isascii() and text.isdecimal() and len(text) < 11):
            raise NotFound
        return int(text or 0) or None

    def _prepare_team_values(self, team):
        companies_sudo = team._get_companies()
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "team",
            "portal_page": "team",
            "company": companies_sudo[:1],
            "companies": companies_sudo if len(companies_sudo) > 1 else companies_sudo.browse(),
        }

    def _prepare_choices(self, team, company_sudo, entry_sudo=None):
        labels = dict(team._get_register()._fields["scope"]._description_selection(request.env))
        default = team._is_scope_possible("", company_sudo, entry_sudo)
        return {
            "all_roles": team._get_roles(),
            "scopes": team._get_scopes(entry_sudo),
            "default_scope": default and labels[company_sudo._get_portal_scope()],
            "domains": company_sudo._get_portal_email_domains(),
            "roles": DEFAULT_ROLES,
            "branch": str(company_sudo.id),
            "scope": "",
        }

    def _prepare_person(self, entry_sudo):
        """What the pages show of one of the team."""
        state = "invited" if entry_sudo.is_elsewhere else entry_sudo.state
        return {
            "id": entry_sudo.id,
            "name": entry_sudo.user_id.name or entry_sudo.name or entry_sudo.email.split("@")[0],
            "email": entry_sudo.email,
            "branch": entry_sudo.partner_id.name,
            "roles": ", ".join(entry_sudo.role_ids.sorted("sequence").mapped("name")),
            "is_administrator": ADMINISTRATOR in entry_sudo.role_ids.mapped("code"),
            "state": state,
            "is_self": entry_sudo.user_id == request.env.user,
            "signed_in_on": get_day_text(request.env, entry_sudo.login_date),
            "valid_until": get_day_text(request.env, entry_sudo.valid_until),
            "can_be_given_back": entry_sudo._can_be_given_back(),
        }
