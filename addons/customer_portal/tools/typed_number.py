import re

from odoo.tools.misc import get_lang

BLANKS = str.maketrans("", "", " \t\r\n\xa0\u2009\u202f'\u2019")
LONGEST = 20
HIGHEST = 1e15
PLAIN = re.compile(r"[0-9]+[.,]?[0-9]*|[.,][0-9]+")
# Thousands by the first mark, decimals by the second; the mark that the language has for decimals
# groups only where it cannot be one.
GROUPED = r"[1-9][0-9]{{0,2}}([{0}][0-9]{{3}})+([{1}][0-9]*)?"
SURELY_GROUPED = r"[1-9][0-9]{{0,2}}(([{0}][0-9]{{3}}){{2,}}|([{0}][0-9]{{3}})+[{1}][0-9]*)"


def read_number(value, point="."):
    """Return a number as people type it in any language, or None for what is none.

    :param value: text, or the number of a machine
    :param str point: decimal mark of the language; the other one groups thousands
    :return: float, finite and not negative
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if 0 <= value < HIGHEST else None
    text = str(value or "").translate(BLANKS)
    comma = "," if point == "." else "."
    if len(text) > LONGEST:
        return None
    if re.fullmatch(GROUPED.format(comma, point), text):
        return float(text.replace(comma, "").replace(point, "."))
    if re.fullmatch(SURELY_GROUPED.format(point, comma), text):
        return float(text.replace(point, "").replace(comma, "."))
    return float(text.replace(",", ".")) if PLAIN.fullmatch(text) else None


def write_number(value, point="."):
    """Return a number as it would be typed: not grouped, without superfluous decimals."""
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", point)


def show_number(env, value):
    """Return a number as it is written in the language of the user, not grouped."""
    return write_number(value, get_lang(env).decimal_point)
