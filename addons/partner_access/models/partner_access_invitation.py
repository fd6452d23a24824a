import re
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.addresses import CONTROL_CHARACTERS, read_email

MAX_AT_ONCE = 100
MAX_A_DAY = 300
MAX_ADDRESS_LENGTH = 254
MAX_NAME_LENGTH = 100
# At most so many signs: without an end each sign of a long line would be tried as a beginning.
WITH_NAME = re.compile(r"([^<>]{0,300})<([^<>]{0,300})>")


class PartnerAccessInvitation(models.AbstractModel):
    """How a customer's administrator gives access to addresses, as many as were pasted.

    An address that has access elsewhere, with another customer or as an employee, is answered like
    any other: it stands in the team as invited, but no mail goes out and nobody can sign in by it.
    Our staff see such entries in the register.
    """

    _name = "partner.access.invitation"
    _description = "Invitation to a Team"

    @api.model
    def _invite(self, text, roles=(), company_id=None, scope=False):
        """Give access to addresses and mail each a link.

        :param str text: addresses, with or without names, one a line or separated by signs
        :param roles: codes of the roles of all of them
        :param int company_id: company or branch; without it the user's own
        :param scope: exception from the company's scope for all of them
        :return: ``[{'address', 'name', 'is_invited', 'text'}]``, in the order of the text
        :raise UserError: when nobody can be invited like this
        """
        team = self.env["partner.access.team"]
        values = {**team._prepare_access(roles, company_id, scope), "source": "customer"}
        people = self._parse_people(text)
        self._check_number(people)
        known = self._get_known(people)
        company_sudo = team._get_companies().browse(values["partner_id"])
        domains = company_sudo._get_portal_email_domains()
        refusals = {a: self._get_refusal(a, known.get(a), domains) for a in people}
        invited = {a: name for a, name in people.items() if not refusals[a]}
        self._give_access(invited, known, values)
        return self._prepare_answers(people, refusals)

    @api.model
    def _prepare_answers(self, people, refusals):
        sent = self.env._("Invited: a link for a password is on its way.")
        return [
            {
                "address": address,
                "name": name,
                "is_invited": not refusals[address],
                "text": refusals[address] or sent,
            }
            for address, name in people.items()
        ]

    @api.model
    def _parse_people(self, text):
        """Addresses of a pasted text with the names that stand before them.

        :return: ``{address: name}``; what is no address is kept as it was typed
        :rtype: dict
        """
        people = {}
        normalize = self.env["partner.access.entry"]._normalize_address
        for line in re.split(r"[\n;]", text or ""):
            for name, address in self._parse_line(line):
                if address := normalize(address):
                    name = CONTROL_CHARACTERS.sub(" ", name).strip(" ,\"'")
                    people.setdefault(address, name[:MAX_NAME_LENGTH])
        return people

    @api.model
    def _parse_line(self, line):
        """Pairs of name and address: those with <>, and what stands before and after them."""
        pairs, end = [], 0
        for found in WITH_NAME.finditer(line):
            before, name = "", found[1]
            if "@" in name:
                before, _comma, name = name.rpartition(",")
            pairs += [*self._parse_words(before), (name, found[2])]
            end = found.end()
        return pairs + self._parse_words(line[end:])

    @api.model
    def _parse_words(self, line):
        """Pairs of name and address of a line without <>: the words before an address are the
        name, as in a table that was copied; what has no address is kept whole."""
        pairs = []
        for piece in line.split(","):
            words = []
            for word in piece.split():
                words.append(word)
                if "@" in word:
                    pairs.append((" ".join(words[:-1]), word))
                    words = []
            pairs.append(("", " ".join(words)))
        return pairs

    # --- What is refused -------------------------------------------------------------------------

    @api.model
    def _check_number(self, people):
        if not people:
            raise UserError(self.env._("Type or paste at least one e-mail address."))
        if len(people) > MAX_AT_ONCE:
            raise UserError(
                self.env._(
                    "These are %(count)s addresses. Invite at most %(limit)s at once.",
                    count=len(people),
                    limit=MAX_AT_ONCE,
                )
            )
        team = self.env["partner.access.team"]
        since = fields.Datetime.now() - timedelta(days=1)
        recent = Domain("source", "=", "customer") & Domain("create_date", ">", since)
        count = team._get_register().search_count(team._get_domain() & recent)
        if count + len(people) > MAX_A_DAY:
            raise UserError(
                self.env._("These are too many invitations for one day. Ask us to help you.")
            )

    @api.model
    def _get_known(self, people):
        """The entries of the team with these addresses, by address."""
        team = self.env["partner.access.team"]
        domain = team._get_domain() & Domain("email", "in", list(people))
        entries_sudo = team._get_register().search(domain, order="active, id")
        return {entry_sudo.email: entry_sudo for entry_sudo in entries_sudo}

    @api.model
    def _get_refusal(self, address, entry, domains):
        """Why an address cannot be invited; False when it can.

        :param entry: of the team with this address, or None
        :param list domains: allowed ones; empty for all
        """
        if not read_email(address) or len(address) > MAX_ADDRESS_LENGTH:
            return self.env._("This is not an e-mail address.")
        if entry and (entry.active or entry.is_elsewhere):
            return self.env._("Has access already. Open the person to change something.")
        if domains and address.rpartition("@")[2] not in domains:
            return self.env._("Only addresses of %(domains)s.", domains=", ".join(domains))
        if entry and not entry._can_be_given_back():
            return self.env._("We took this access away. Ask us to give it back.")
        return False

    @api.model
    def _get_elsewhere(self, addresses):
        """Which of these addresses have access elsewhere."""
        team = self.env["partner.access.team"]
        taken = Domain("email", "in", list(addresses)) & Domain("active", "=", True)
        entries_sudo = team._get_register().search(taken)
        own_sudo = entries_sudo.filtered_domain(team._get_domain())
        employees = entries_sudo._get_employee_addresses(addresses)
        return employees.union((entries_sudo - own_sudo).mapped("email"))

    # --- What is given ---------------------------------------------------------------------------

    @api.model
    def _give_access(self, people, known, values):
        """Make the entries of addresses, or wake those that were there, and queue their mails.

        :raise UserError: when somebody else invited one of them at the same moment
        """
        elsewhere = self._get_elsewhere(people)
        try:
            with self.env.cr.savepoint():
                entries_sudo = self._create_entries(people, known, values, elsewhere)
                for address in people.keys() & known.keys():
                    self._wake(known[address], address in elsewhere, values)
                    entries_sudo |= known[address]
        except UniqueViolation as error:
            raise UserError(
                self.env._("Somebody else invited one of them just now. Look at your team.")
            ) from error
        self._queue(entries_sudo)

    @api.model
    def _create_entries(self, people, known, values, elsewhere):
        return (
            self.env["partner.access.team"]
            ._get_register()
            .create(
                [
                    {
                        **values,
                        "email": address,
                        "name": name,
                        "company_id": self.env.user.company_id.id,
                        "active": address not in elsewhere,
                        "is_elsewhere": address in elsewhere,
                    }
                    for address, name in people.items()
                    if address not in known
                ]
            )
        )

    @api.model
    def _wake(self, entry_sudo, is_elsewhere, values=()):
        """Give an entry its access back; it is the customer's own from then on, and no feed's."""
        active = {"active": not is_elsewhere, "is_elsewhere": is_elsewhere}
        entry_sudo.write({**dict(values), "source": "customer", **active})

    @api.model
    def _give_back(self, entry_sudo):
        """Give one person back the access, with the roles as they were.

        :raise UserError: when it is not possible
        """
        domains = entry_sudo.partner_id._get_portal_email_domains()
        refusal = self._get_refusal(entry_sudo.email, entry_sudo, domains)
        if refusal:
            raise UserError(refusal)
        self._wake(entry_sudo, entry_sudo.email in self._get_elsewhere([entry_sudo.email]))
        self._queue(entry_sudo)

    @api.model
    def _queue(self, entries_sudo):
        """Let each address be mailed a link in the name of the user.

        :param entries_sudo: those who have access elsewhere among them get no mail
        """
        # sudo: the queue has no access rights of its own
        requests_sudo = self.env["partner.access.request"].sudo()
        requests_sudo._queue_invitations(entries_sudo.filtered("active").mapped("email"))
