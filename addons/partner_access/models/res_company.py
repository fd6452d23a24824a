import re

from odoo import fields, models

DEFAULT_BRAND = "#0b5fa5"
PAGE_GROUND = "#f4f6f8"
MIN_CONTRAST = 4.5
# What the frame of every page shows of the company.
FRAME_COMPANY_FIELDS = [
    *("name", "partner_id", "primary_color", "uses_default_logo"),
    *("portal_support_email", "portal_support_phone", "portal_support_hours"),
]


def _luminance(color):
    """Relative luminance of a colour written as #rrggbb, between 0 and 1."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(color, ground):
    lights = sorted((_luminance(color), _luminance(ground)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _darken(color):
    return "#" + "".join(f"{int(int(color[i : i + 2], 16) * 0.92):02x}" for i in (1, 3, 5))


class ResCompany(models.Model):
    _inherit = "res.company"

    portal_support_email = fields.Char()
    portal_support_phone = fields.Char()
    portal_support_hours = fields.Char(translate=True)
    portal_application_user_id = fields.Many2one(
        "res.users",
        "New Customers Are Reviewed by",
        domain=[("share", "=", False)],
        groups="base.group_user",
        help="Gets an activity for each application of a new customer.",
    )
    portal_asks_vies = fields.Boolean(
        "Ask VIES about VAT Numbers",
        default=True,
        groups="base.group_user",
        help="The European register of VAT numbers, for applications of new customers.",
    )
    portal_view_mail = fields.Boolean(
        "Tell Customers of Views",
        groups="base.group_user",
        help="Mail a customer's administrators when support looks at the portal as one of their "
        "people.",
    )

    def _get_portal_support(self):
        """Whom portal users ask for help.

        :return: ``{'email', 'phone', 'hours'}``; the company's own e-mail and phone where
            nothing was set for the portal
        :rtype: dict
        """
        self.ensure_one()
        partner_sudo = self.sudo().partner_id  # of our company: everybody may know
        partner_sudo.fetch(["email", "phone"])
        return {
            "email": self.portal_support_email or partner_sudo.email,
            "phone": self.portal_support_phone or partner_sudo.phone,
            "hours": self.portal_support_hours,
        }

    def _get_portal_brand(self):
        """The company's colour, darkened until text in it can be read on the page's ground."""
        self.ensure_one()
        color = (self.primary_color or "").strip().lower()
        if not re.fullmatch(r"#[0-9a-f]{6}", color):
            color = DEFAULT_BRAND
        while _contrast(color, PAGE_GROUND) < MIN_CONTRAST:
            color = _darken(color)
        return color

    def _get_portal_style(self):
        """The CSS variables that depend on the company."""
        return f":root{{--op-brand:{self._get_portal_brand()}}}"
