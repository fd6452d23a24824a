"""Factories for tests of all floors: companies, branches, people who may sign in."""

from datetime import timedelta

from odoo import fields, http
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

# Satisfies the password rules for every name used in tests.
PASSWORD = "Zeemeeuw#4711x"


class RetentionCommon:
    """Mixin for tests of what is kept for a set time."""

    def _run_retention(self, model):
        """Do what the daily job does with a model that keeps something for a set time."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: float("inf"))
        model.sudo()._forget_old()

    def _make_older(self, records, days):
        """Let records be made so many days ago."""
        records.flush_recordset()
        made_on = fields.Datetime.now() - timedelta(days=days)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = %s WHERE id IN %s",
                SQL.identifier(records._table),
                made_on,
                records._ids,
            )
        )
        records.invalidate_recordset(["create_date"])


class AccessCommon(RetentionCommon):
    """Mixin for TransactionCase and HttpCase."""

    def _create_company(self, **values):
        """A customer: head office, or branch with ``parent_id``."""
        values = {"name": "Velthuis Techniek", "is_company": True, **values}
        return self.env["res.partner"].create(values)

    def _create_entry(self, **values):
        """An entry of the register for ``email``; roles by ``roles``, a list of codes."""
        codes = values.pop("roles", None)
        if codes is not None:
            roles = self.env["partner.access.role"].search([("code", "in", codes)])
            values["role_ids"] = [Command.set(roles.ids)]
        if "partner_id" not in values:
            values["partner_id"] = self._create_company().id
        return self.env["partner.access.entry"].create(
            {"email": "inkoop@velthuis.example", **values}
        )

    def _create_portal_user(self, partner=None, login="inkoop@velthuis.example", **values):
        """A person of a company who may sign in, with :data:`PASSWORD`."""
        partner = partner or self._create_company()
        contact = self.env["res.partner"].create(
            {"name": "Ilse Maas", "email": login, "parent_id": partner.id}
        )
        return new_test_user(
            self.env,
            login=login,
            groups="base.group_portal",
            name=contact.name,
            password=PASSWORD,
            partner_id=contact.id,
            context={"no_reset_password": True},
            **values,
        )

    def _create_staff(self, login="staf@noorder.example", groups="base.group_user", **values):
        """An employee."""
        return new_test_user(
            self.env,
            login=login,
            groups=groups,
            password=PASSWORD,
            context={"no_reset_password": True},
            **values,
        )

    def _run_link_job(self):
        """Do what the job does that a request for a link wakes; return the mails it made."""
        before = self.env["mail.mail"].search([])
        cron_class = type(self.env["ir.cron"])
        self.patch(cron_class, "_commit_progress", lambda *args, **kwargs: float("inf"))
        self.env["partner.access.request"]._cron_send_links()
        return self.env["mail.mail"].search([]) - before


class PageCommon(AccessCommon):
    """Mixin for HttpCase: forms and the session of a browser."""

    def _post(self, path, headers=None, **values):
        """Post a form with its token; redirects are not followed."""
        values["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(path, values, headers=headers, allow_redirects=False)

    def _read_session(self):
        """The session as the server keeps it now."""
        return http.root.session_store.get(self.opener.cookies["session_id"])

    def _write_session(self, **values):
        """Change what the server keeps of the session that a test has signed in."""
        session = http.root.session_store.get(self.session.sid)
        session.update(values)
        http.root.session_store.save(session)


class TeamCommon(AccessCommon):
    """A head office with two branches, their administrators and people, and a stranger."""

    @classmethod
    def _setup_team(cls):
        make = type("Factories", (TeamCommon,), {"env": cls.env})()
        cls.head = make._create_company(name="Velthuis hoofdkantoor")
        cls.gouda = make._create_company(name="Velthuis Gouda", parent_id=cls.head.id)
        cls.delft = make._create_company(name="Velthuis Delft", parent_id=cls.head.id)
        cls.head_admin = make._create_administrator(cls.head, login="baas@velthuis.example")
        cls.gouda_admin = make._create_administrator(cls.gouda, login="gouda@velthuis.example")
        cls.person = make._create_portal_user(cls.gouda)
        cls.sibling = make._create_portal_user(cls.delft, login="delft@velthuis.example")
        other = make._create_company(name="Ander Bedrijf")
        cls.stranger = make._create_administrator(other, login="iemand@ander.example")

    def _create_administrator(self, partner, login):
        """A customer's administrator who has signed in."""
        user = self._create_portal_user(partner, login=login)
        user.sudo().access_entry_ids.role_ids = self.env.ref("partner_access.role_administrator")
        user.with_user(user)._update_last_login()
        user.invalidate_recordset()
        return user
