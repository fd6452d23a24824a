import math
from base64 import b64decode

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.customer_portal.tools.portal_format import clean_date
from odoo.addons.customer_portal.tools.record_id import MAX_ID

from .typed_text import clean_text

NUMBER_LIMIT = 1_000_000_000


class ApiValues:
    """Reads what another program sent as JSON; of the wrong type or out of range it is refused.

    Whole numbers and quantities may also come as texts, as many systems write them.
    """

    def __init__(self, env):
        self.env = env

    def read_text(self, value, limit):
        """Return a text without what no database can hold, and without blanks around it.

        :param int limit: longer ones are refused, not cut
        :raise UserError: when it is no text, or too long
        """
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            raise UserError(self.env._("This must be a text."))
        text = clean_text("" if value is None else str(value)).strip()
        if len(text) > limit:
            raise UserError(self.env._("This is longer than %(limit)s characters.", limit=limit))
        return text

    def read_integer(self, value, lowest, highest):
        """Return a whole number.

        :raise UserError: when it is none, or out of range
        """
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise UserError(
                self.env._(
                    "This must be a whole number from %(lowest)s to %(highest)s.",
                    lowest=lowest,
                    highest=highest,
                )
            )
        return value

    def read_id(self, value):
        """Return the id of a record, which may not be there.

        :raise UserError: when it can be none
        """
        return self.read_integer(value, 1, MAX_ID)

    def read_number(self, value):
        """Return a number that is not below zero.

        :raise UserError: when it is none, or out of range
        """
        try:
            number = math.nan if isinstance(value, bool | list | dict) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not 0 <= number <= NUMBER_LIMIT:
            raise UserError(
                self.env._("This must be a number from 0 to %(limit)s.", limit=NUMBER_LIMIT)
            )
        return number

    def read_quantity(self, value):
        """Return a number above zero.

        :raise UserError: when it is none, or out of range
        """
        number = self.read_number(value)
        if not number:
            raise UserError(self.env._("This must be more than 0."))
        return number

    def read_boolean(self, value):
        """Return true or false.

        :raise UserError: when it is neither
        """
        if not isinstance(value, bool):
            raise UserError(self.env._("This must be true or false."))
        return value

    def read_date(self, value):
        """Return a date, None for none.

        :raise UserError: when it is not written YYYY-MM-DD
        """
        if value in (None, False, ""):
            return None
        is_text = isinstance(value, str) and len(value) == 10
        day = clean_date(value) if is_text else None
        if not day or fields.Date.to_string(day) != value:
            raise UserError(self.env._("This must be a date like 2026-01-31."))
        return day

    def read_choice(self, value, choices):
        """Return one of some texts.

        :raise UserError: naming them, when it is none of them
        """
        if not isinstance(value, str) or value not in choices:
            raise UserError(self.env._("This must be one of: %(list)s.", list=", ".join(choices)))
        return value

    def read_list(self, value, limit):
        """Return a list.

        :raise UserError: when it is none, or has more than ``limit`` entries
        """
        if not isinstance(value, list | tuple):
            raise UserError(self.env._("This must be a list."))
        if len(value) > limit:
            raise UserError(self.env._("At most %(limit)s at once.", limit=limit))
        return list(value)

    def read_object(self, value, names):
        """Return an object with known keys only.

        :raise UserError: naming the keys that nobody asked for
        """
        if not isinstance(value, dict):
            raise UserError(self.env._("This must be an object."))
        unknown = sorted(str(key)[:50] for key in set(value) - set(names))
        if unknown:
            raise UserError(
                self.env._(
                    "Unknown: %(unknown)s. Known are: %(known)s.",
                    unknown=", ".join(unknown[:20]),
                    known=", ".join(names),
                )
            )
        return value

    def read_base64(self, value, limit):
        """Return the bytes of a text in Base64.

        :param int limit: of bytes; of a longer text only so much is read that it is seen
        :raise UserError: when it is no Base64
        """
        if not isinstance(value, str):
            raise UserError(self.env._("This must be the content of the file in Base64."))
        text = "".join(value[: limit * 2].split())
        try:
            return b64decode(text[: limit // 3 * 4 + 8], validate=True)
        except ValueError as error:
            raise UserError(
                self.env._("This must be the content of the file in Base64.")
            ) from error
