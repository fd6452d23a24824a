import io
import json

from PIL import Image

from odoo import http
from odoo.tests import HttpCase

from odoo.addons.customer_portal.tests.common import PASSWORD

from .common import RmaFactories


def find(page, path, **attributes):
    """Return the elements of a page by XPath; attributes must contain a text."""
    tests = "".join(
        f"[contains(concat(' ', @{name.strip('_')}, ' '), '{text}')]"
        for name, text in attributes.items()
    )
    return page.xpath(f".//{path}{tests}")


def make_picture(image_format="PNG"):
    """Return the bytes of a small picture."""
    content = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(content, image_format)
    return content.getvalue()


class PortalCase(RmaFactories, HttpCase):
    """Portal users of a branch, a colleague, a stranger, and what they ask over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("mira", cls.branch)
        cls.colleague = cls._create_portal_user("noor", cls.branch)
        cls.stranger = cls._create_portal_user("hans", cls.stranger_company)
        cls.line = cls._create_delivered_line(3)
        cls.lots = cls._get_lots(cls.line).sorted("id")

    def setUp(self):
        super().setUp()
        self.sign_in(self.user)

    def sign_in(self, user):
        self.authenticate(user.login, PASSWORD)

    def get_status(self, url, user=None):
        """Return the status of a page; for the public user when there is none."""
        if user:
            self.sign_in(user)
        else:
            self.authenticate(None, None)
        return self.url_open(url, allow_redirects=False).status_code

    def post(self, url, follow=True, files=None, **values):
        data = {"csrf_token": http.Request.csrf_token(self), **values}
        return self.url_open(url, data=data, files=files, allow_redirects=follow)

    def call(self, url, **params):
        """Call a jsonrpc route and return its answer, or its error."""
        payload = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        answer = self.url_open(
            url, data=payload, headers={"Content-Type": "application/json"}
        ).json()
        return answer.get("result", answer.get("error"))

    def get_form_url(self, line=None, code="doa", step=""):
        return f"/my/returns/form{step}?line={(line or self.line).id}&reason={code}"

    def get_answers(self, lots=None, **values):
        return {
            "line": self.line.id,
            "reason": "doa",
            "lot_ids": (self.lots[:1] if lots is None else lots).ids,
            "fault_code": "no_response",
            "wish": "credit",
            "comment": "No light at all.",
            **values,
        }

    def add_to_cart(self, **values):
        """Fill the form and the address step; return the cart of the signed-in user."""
        self.post("/my/returns/form", **self.get_answers(**values))
        line = self.env["sale.order.line"].browse(values.get("line", self.line.id))
        self.post(
            "/my/returns/form/address",
            line=line.id,
            reason=values.get("reason", "doa"),
            address=line.order_id.partner_shipping_id.id,
        )
        return self.get_cart()

    def get_cart(self, user=None):
        domain = [("user_id", "=", (user or self.user).id), ("submitted_on", "=", False)]
        return self.env["cso.rma"].search(domain)

    def submit(self, carts):
        return self.post("/my/returns/cart/submit", cart=carts.ids)
