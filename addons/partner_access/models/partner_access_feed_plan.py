import re
from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..tools.addresses import CONTROL_CHARACTERS, read_email
from ..tools.feed_file import read_date

MAX_TEXT = 200  # of a cell that the report repeats
MAX_ADDRESS_LENGTH = 254
ENTRY_FIELDS = ["active", "email", "name", "partner_id", "company_id", "role_ids", "source"]
ENTRY_FIELDS += ["ended_by", "feed_id", "is_elsewhere", "valid_until"]


class PartnerAccessFeedPlan(models.AbstractModel):
    """What a feed's file would change in the register, row by row.

    A row is a dictionary: what stands in the file, the ``values`` for the entry, and its ``fate``,
    which is decided once and has ``reason_data`` where it needs some. What must be known is read at
    once, however many rows there are.
    """

    _name = "partner.access.feed.plan"
    _description = "What a Feed's File Would Change"

    @api.model
    def _plan(self, feed, table):
        """What becomes of each row, and of the addresses that the file no longer names.

        :param feed: ``partner.access.feed``
        :param table: :class:`FeedTable`
        :return: rows, those of the file in its order
        :rtype: list
        """
        # sudo: addresses and companies count that who imports may not see
        plan_sudo = self.sudo()
        feed_sudo = feed.sudo()
        rows = [plan_sudo._prepare_row(cells) for cells in table.rows]
        plan_sudo._find_companies(feed_sudo, rows)
        plan_sudo._prepare_values(feed_sudo, rows, table.columns)
        plan_sudo._refuse_employees(rows)
        plan_sudo._compare_with_each_other(rows)
        plan_sudo._compare_with_register(feed_sudo, rows)
        return rows + plan_sudo._prepare_removals(feed_sudo, rows)

    @api.model
    def _apply(self, feed, rows):
        """Change the register as was planned.

        :param feed: ``partner.access.feed``
        :param list rows: of ``_plan``
        """
        # sudo: see _plan
        entries_sudo = self.env["partner.access.entry"].sudo()
        entries_sudo = entries_sudo.with_context(partner_access_source="feed")
        ids_by_values, values = defaultdict(list), {}
        for row in rows:
            if row["entry_id"] and row["values"]:
                key = repr(sorted(row["values"].items()))
                values[key] = row["values"]
                ids_by_values[key].append(row["entry_id"])
        for key, ids in ids_by_values.items():
            entries_sudo.browse(ids).write(values[key])
        new = [row["values"] for row in rows if row["fate"] == "added" and not row["entry_id"]]
        entries_sudo.create(new)
        self._note_seen(feed)

    @api.model
    def _note_seen(self, feed):
        """All that are left of the feed were named by its file."""
        today = fields.Date.today()
        entries_sudo = self.env["partner.access.entry"].sudo()  # see _plan
        domain = Domain("feed_id", "=", feed.id) & Domain("seen_on", "!=", today)
        entries_sudo.search(domain).seen_on = today

    # --- The rows of the file ---------------------------------------------------------------------

    def _prepare_row(self, cells):
        texts = {key: " ".join(text.split()) for key, text in cells.items() if key != "line"}
        address = read_email(CONTROL_CHARACTERS.sub("", texts["email"]))
        companies = filter(None, (texts["company"], texts.get("branch")))
        row = {
            "line": cells["line"],
            "texts": texts,
            "email": texts["email"][:MAX_TEXT],
            "address": address,
            "name": texts.get("name", "")[:MAX_TEXT],
            "company_text": " / ".join(companies)[:MAX_TEXT],
            "partner_id": False,
            "entry_id": False,
            "values": {},
            "fate": None,
            "reason_data": None,
            "is_lost": False,
        }
        if not address or len(address) > MAX_ADDRESS_LENGTH:
            self._refuse(row, "no_address", email=row["email"])
        return row

    def _refuse(self, row, code, fate="refused", **places):
        """Decide the fate of a row that changes nothing.

        :param str code: of the reason
        :param places: what stands in its text
        """
        row.update(fate=fate, reason_data={"code": code, **places}, values={})

    def _find_companies(self, feed, rows):
        """Find the company of each row by its reference, else its VAT number; a branch by its own
        reference or name, below the company."""
        companies = self.env["res.partner"].search_fetch(
            Domain("is_company", "=", True)
            & Domain("company_id", "in", [False, feed.company_id.id]),
            ["name", "ref", "vat", "parent_id"],
        )
        known = defaultdict(companies.browse)
        for company in companies:
            for key in self._get_company_keys(company):
                known[key] |= company
        found = {}
        for row in rows:
            key = (row["texts"]["company"], row["texts"].get("branch", ""))
            if key not in found:
                found[key] = self._find_company(known, *key)
            row["partner_id"] = found[key].id
            row["names_branch"] = bool(key[1]) or ("ref", self._fold(key[0])) in known
            if not row["fate"] and not row["partner_id"]:
                self._refuse(row, **self._get_company_fault(known, *key))

    def _get_company_keys(self, company):
        keys = {("name", company.name), ("ref", company.ref)}
        keys = {(kind, self._fold(text)) for kind, text in keys if text}
        vat = self._fold_vat(company.vat)
        return keys | {("vat", vat)} if vat else keys

    def _fold(self, text):
        return " ".join(text.split()).casefold()

    def _fold_vat(self, text):
        return re.sub(r"[^A-Z0-9]", "", (text or "").upper())

    def _get_candidates(self, known, text):
        by_reference = known.get(("ref", self._fold(text)))
        return by_reference or known.get(("vat", self._fold_vat(text))) or self.env["res.partner"]

    def _find_company(self, known, text, branch):
        company = self._get_highest(self._get_candidates(known, text))
        if not company or not branch:
            return company
        candidates = known.get(("ref", self._fold(branch)), company.browse())
        candidates |= known.get(("name", self._fold(branch)), company.browse())
        below = candidates.filtered(lambda one: company in self._get_above(one))
        return below if len(below) == 1 else company.browse()

    def _get_highest(self, candidates):
        """The company that stands above all others; none when they have nothing in common."""
        if len(candidates) < 2:
            return candidates
        return candidates.filtered(
            lambda one: all(one in self._get_above(other) for other in candidates)
        )

    def _get_above(self, company):
        """The company and those above it."""
        above = company
        while company.parent_id:
            company = company.parent_id
            above |= company
        return above

    def _get_company_fault(self, known, text, branch):
        if not text:
            return {"code": "no_company"}
        candidates = self._get_candidates(known, text)
        if not candidates:
            return {"code": "unknown_company", "text": text[:MAX_TEXT]}
        company = self._get_highest(candidates)
        if not company:
            names = ", ".join(candidates[:3].mapped("name"))
            return {"code": "several_companies", "text": text, "names": names}
        return {"code": "no_branch", "company": company.name, "branch": branch[:MAX_TEXT]}

    def _prepare_values(self, feed, rows, columns):
        """What each row says of its entry; a column that the file has not says nothing."""
        roles = self._read_roles()
        for row in rows:
            if row["fate"]:
                continue
            values = {"partner_id": row["partner_id"]}
            if row["name"]:
                values["name"] = row["name"]
            if "valid_until" in columns:
                values["valid_until"] = self._read_valid_until(row)
            if "roles" in columns:
                values["role_ids"] = self._read_row_roles(row, roles) or feed.role_ids.ids
            if not row["fate"]:
                row["values"] = values

    def _read_roles(self):
        """Ids of roles by code and by name, in every language of the database."""
        roles = {}
        known = self.env["partner.access.role"].search([("code", "!=", False)])
        for lang, _name in self.env["res.lang"].get_installed():
            for role in known.with_context(lang=lang):
                roles.update({self._fold(role.code): role.id, self._fold(role.name): role.id})
        return roles

    def _read_row_roles(self, row, roles):
        """Roles are separated by commas, slashes, plus signs or bars; codes by blanks too."""
        pieces = [self._fold(piece) for piece in re.split(r"[,;/+|]", row["texts"]["roles"])]
        names = [
            name for piece in pieces for name in ([piece] if piece in roles else piece.split())
        ]
        unknown = next((name for name in names if name not in roles), None)
        if unknown:
            self._refuse(row, "no_role", role=unknown[:MAX_TEXT])
            return []
        return sorted({roles[name] for name in names})

    def _read_valid_until(self, row):
        text = row["texts"]["valid_until"]
        day = read_date(text) if text else None
        if text and not day:
            self._refuse(row, "no_date", text=text[:MAX_TEXT])
        return day or False

    def _refuse_employees(self, rows):
        addresses = {row["address"] for row in rows if not row["fate"]}
        employees = self.env["partner.access.entry"]._get_employee_addresses(addresses)
        for row in rows:
            if not row["fate"] and row["address"] in employees:
                self._refuse(row, "employee")

    def _compare_with_each_other(self, rows):
        """Quarantine an address that stands there for two companies, or with two contents."""
        rows_by_address = defaultdict(list)
        for row in rows:
            if row["address"]:
                rows_by_address[row["address"]].append(row)
        for same in rows_by_address.values():
            good = [row for row in same if not row["fate"]]
            if len(same) > 1 and good:
                self._compare_same(same, good)

    def _compare_same(self, same, good):
        companies = {row["partner_id"] or self._fold(row["company_text"]) for row in same}
        lines = ", ".join(str(row["line"]) for row in same[:5])
        if len(companies) > 1:
            code = "companies"
        elif any(row["values"] != good[0]["values"] for row in good):
            code = "contradiction"
        else:
            for row in good[1:]:
                self._refuse(row, "double", "unchanged", line=good[0]["line"])
            return
        for row in good:
            self._refuse(row, code, "quarantined", lines=lines)

    # --- Rows and register ------------------------------------------------------------------------

    def _compare_with_register(self, feed, rows):
        """Decide the fate of the rows that are left."""
        rows = [row for row in rows if not row["fate"]]
        entries = self.env["partner.access.entry"].with_context(active_test=False)
        entries = entries.search_fetch(
            [("email", "in", [row["address"] for row in rows])],
            ENTRY_FIELDS,
            order="active desc, id",
        )
        companies = entries.partner_id.ids + [row["partner_id"] for row in rows]
        tops = self._get_tops(companies)
        entries_by_address = entries.grouped("email")
        for row in rows:
            known = entries_by_address.get(row["address"], entries.browse())
            self._decide(feed, row, known, tops)

    def _get_tops(self, partner_ids):
        """The company at the top of each: ``{id: id}``."""
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE above(id, top, next) AS (
                    SELECT id, id, parent_id FROM res_partner WHERE id = ANY(%(ids)s)
                    UNION ALL
                    SELECT above.id, partner.id, partner.parent_id
                      FROM above JOIN res_partner partner ON partner.id = above.next
                )
                SELECT id, top FROM above WHERE next IS NULL
                """,
                ids=list(set(partner_ids)),
                to_flush=self.env["res.partner"]._fields["parent_id"],
            )
        )
        return dict(rows)

    def _decide(self, feed, row, known, tops):
        """Added, changed, unchanged or quarantined, by the entries of the address."""
        top = tops[row["partner_id"]]
        entry = known.filtered("active")
        if not entry:
            same = known.filtered(lambda one: tops[one.partner_id.id] == top)
            self._decide_former(feed, row, same)
        elif entry.feed_id == feed:
            row["is_lost"] = tops[entry.partner_id.id] != top or self._is_ended_by(row, entry)
            self._decide_own(row, entry)
        elif entry.company_id == feed.company_id and tops[entry.partner_id.id] == top:
            self._refuse(row, "without_feed", "unchanged")
        else:
            self._refuse(row, "elsewhere", "quarantined")

    def _decide_former(self, feed, row, former):
        """Nobody has access with this address: give it, unless a person took it away."""
        if former.filtered(lambda one: one.ended_by != "feed" and not one.is_elsewhere):
            self._refuse(row, "taken", "unchanged")
            return
        values = {"company_id": feed.company_id.id, "feed_id": feed.id, "source": "feed"}
        if former:
            values["active"] = True
            row.update(entry_id=former[-1].id, reason_data={"code": "before"})
        else:
            values.update(email=row["address"], role_ids=feed.role_ids.ids)
        row.update(fate="added", values={**values, **row["values"]})
        self._link_roles(row)

    def _decide_own(self, row, entry):
        """Change what the row says otherwise."""
        found = {
            "partner_id": entry.partner_id.id,
            "name": entry.name,
            "valid_until": entry.valid_until,
            "role_ids": sorted(entry.role_ids.ids),
        }
        values = {key: value for key, value in row["values"].items() if value != found[key]}
        if "partner_id" in values and not row["names_branch"]:
            self._keep_branch(row, entry, values)
        row.update(
            entry_id=entry.id,
            fate="changed" if values else "unchanged",
            reason_data=self._prepare_changes(entry, values) if values else None,
            values=values,
        )
        self._link_roles(row)

    def _is_ended_by(self, row, entry):
        """Whether the day of the row is over, and with it the access that the person has."""
        day = row["values"].get("valid_until")
        return bool(day) and day < fields.Date.today() and entry._is_current()

    def _keep_branch(self, row, entry, values):
        """A VAT number tells the customer, not the branch: who is in one below stays there."""
        if self.env["res.partner"].browse(row["partner_id"]) in self._get_above(entry.partner_id):
            del values["partner_id"]

    def _link_roles(self, row):
        if "role_ids" in row["values"]:
            row["values"]["role_ids"] = [Command.set(row["values"]["role_ids"])]

    def _prepare_changes(self, entry, values):
        """What was and what is to be, field by field, to be read in every language."""
        changes = []
        for name, value in values.items():
            pair = entry[name], value
            if name == "partner_id":
                pair = entry.partner_id.name, entry.partner_id.browse(value).name
            elif name == "role_ids":
                pair = entry.role_ids.ids, value
            changes.append([name, *map(self._prepare_change_value, pair)])
        return {"code": "changed", "changes": changes}

    def _prepare_change_value(self, value):
        return fields.Date.to_string(value) if isinstance(value, date) else value

    def _prepare_removals(self, feed, rows):
        """Who came from the feed and is not named any more, whatever became of the row."""
        named = {row["address"] for row in rows}
        entries = self.env["partner.access.entry"].search_fetch(
            [("feed_id", "=", feed.id)], ["email", "name", "partner_id"], order="email"
        )
        return [
            {
                "line": 0,
                "email": entry.email,
                "name": entry.name,
                "company_text": False,
                "partner_id": entry.partner_id.id,
                "entry_id": entry.id,
                "values": {"active": False},
                "fate": "removed",
                "reason_data": {"code": "gone"},
                "is_lost": True,
            }
            for entry in entries
            if entry.email not in named
        ]
