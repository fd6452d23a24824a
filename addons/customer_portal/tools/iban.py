"""Bank account numbers by the rules of ISO 13616: length of the country, check digits."""

import re

SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}")
LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL"), 18),
    **dict.fromkeys(("SI",), 19),
    **dict.fromkeys(("AT", "EE", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "IE"), 22),
    **dict.fromkeys(("CZ", "ES", "RO", "SE", "SK"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("CY", "HU", "PL"), 28),
    "MT": 31,
}


def compact(text):
    """The one form in which accounts are compared: capitals, no blanks."""
    return re.sub(r"[\s.-]", "", text or "").upper()


def is_iban(text):
    """Whether an account number is an IBAN.

    :param str text: as typed
    :rtype: bool
    """
    number = compact(text)
    if not SHAPE.fullmatch(number) or len(number) != LENGTHS.get(number[:2], len(number)):
        return False
    digits = "".join(str(int(sign, 36)) for sign in number[4:] + number[:4])
    return int(digits) % 97 == 1


def write_iban(text):
    """An IBAN in groups of four, as it is read."""
    number = compact(text)
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
