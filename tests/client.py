"""A person without a browser: signs in over HTTP, calls pages, posts forms, asks by RPC."""

import re

import requests

TOKEN = re.compile(r'csrf_token"?: ?"(\w+)"|name="csrf_token" value="(\w+)"')


class Client:
    """An HTTP session with a server, signed in when a login is given."""

    def __init__(self, server, login=None, password=None):
        self.url = server.url
        self.session = requests.Session()
        if login:
            page = self.post("/web/login", {"login": login, "password": password})
            assert page.status_code in (200, 303), page.text
            assert "/web/login" not in page.headers.get("Location", "")
            assert self.get("/my").status_code == 200, f"{login} cannot sign in"

    def get(self, path):
        """Call a page; redirects are not followed."""
        return self.session.get(self.url + path, allow_redirects=False, timeout=60)

    def post(self, path, values, form="/web/login", files=None):
        """Post a form with the token of the page on which it stands."""
        token = TOKEN.search(self.get(form).text)
        values = {"csrf_token": token[1] or token[2], **values}
        return self.session.post(
            self.url + path, data=values, files=files, allow_redirects=False, timeout=60
        )

    def ask(self, path, **values):
        """Ask a route as the scripts of a page do; return the whole answer."""
        body = {"params": values}
        return self.session.post(self.url + path, json=body, timeout=60).json()

    def call(self, model, method, *arguments, **options):
        """Call a method as the web client does; return its result, None when it is refused."""
        answer = self.session.post(
            f"{self.url}/web/dataset/call_kw/{model}/{method}",
            json={
                "params": {"model": model, "method": method, "args": arguments, "kwargs": options}
            },
            timeout=60,
        ).json()
        return answer.get("result")


def let_in(client, env):
    """Give a client a session of the user of `env`, without the slow hash of a password."""
    import odoo
    from odoo.service.security import compute_session_token

    store = odoo.http.root.session_store
    session = store.new()
    session.update(odoo.http.get_default_session(), db=env.cr.dbname, _trace_disable=True)
    session.update(uid=env.uid, login=env.user.login, context=dict(env.user.context_get()))
    session.session_token = compute_session_token(session, env)
    store.save(session)
    client.session.cookies.set("session_id", session.sid, domain="localhost.local")
