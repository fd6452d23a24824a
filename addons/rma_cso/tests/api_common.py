import base64
import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tools import mute_logger

from .portal_common import PortalCase, make_picture

# What core writes into its log about a call that is refused.
REFUSALS = ("odoo.http", "odoo.addons.base.models.ir_rule")


def make_file(name="box.png", kind="other", content=None):
    """Return an attachment as a program sends it."""
    data = base64.b64encode(make_picture() if content is None else content).decode()
    return {"name": name, "kind": kind, "data": data}


class ApiCase(PortalCase):
    """Programs of customers that call with an API key."""

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.keys = {}

    def make_key(self, user, days=30):
        """Return an API key of a user, made as the server does."""
        until = datetime.now() + timedelta(days=days)
        keys = self.env["res.users.apikeys"].with_user(user).sudo()
        key = keys._generate(None, "Our system", until)
        self.env.flush_all()
        return key

    def call_api(self, method, user=None, model="cso.rma", key=None, **body):
        """Call a method as a program does; return the response."""
        user = user or self.user
        key = key or self.keys.get(user) or self.keys.setdefault(user, self.make_key(user))
        with mute_logger(*REFUSALS):
            return self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(body),
                headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
            )

    def get_answer(self, method, user=None, **body):
        """Return what a call answers that must not be refused."""
        response = self.call_api(method, user, **body)
        self.assertEqual(response.status_code, 200, response.text)
        return response.json()

    def get_faults(self, method, user=None, **body):
        """Return the faults of a call that must be refused as not readable."""
        response = self.call_api(method, user, **body)
        self.assertEqual(response.status_code, 422, response.text)
        answer = response.json()
        self.assertTrue(answer["message"])
        return answer["context"]["errors"]

    def make_doa(self, **values):
        """Return a position as a program sends it: the first unit does not work."""
        return {
            "line_id": self.line.id,
            "reason": "doa",
            "serials": self.lots[:1].mapped("name"),
            "answers": {"comment": "No light.", "fault_code": "no_response", "wish": "credit"},
            **values,
        }

    def submit_doa(self, user=None, **values):
        return self.get_answer("submit", user, positions=[self.make_doa()], **values)

    def find_case(self, number):
        return self.env["cso.rma"].search([("name", "=", number)])

    @contextmanager
    def count_queries(self):
        """Collect the queries of a block that starts with nothing read."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries = []
        execute = Cursor.execute

        def collect(cursor, query, *args, **kwargs):
            queries.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", collect):
            yield queries
