"""How postal codes are written, by country."""

import re

DIGITS = {
    **dict.fromkeys(("AT", "BE", "BG", "CH", "CY", "DK", "HU", "LU", "NO", "SI"), 4),
    **dict.fromkeys(("DE", "EE", "ES", "FI", "FR", "HR", "IT"), 5),
    "RO": 6,
}
PATTERNS = {country: rf"\d{{{count}}}" for country, count in DIGITS.items()} | {
    "CZ": r"\d{3} ?\d{2}",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}",
    "GR": r"\d{3} ?\d{2}",
    "IE": r"[A-Z]\d[\dW] ?[A-Z\d]{4}",
    "LT": r"(LT-)?\d{5}",
    "LV": r"(LV-)?\d{4}",
    "NL": r"[1-9]\d{3} ?[A-Z]{2}",
    "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}",
    "SE": r"\d{3} ?\d{2}",
    "SK": r"\d{3} ?\d{2}",
}


def is_postcode(text, country_code):
    """Whether a postal code can be one of its country; of a country that is not known here it can.

    :param str text: as typed; with or without the country before it, as "NL-2611 AA"
    :param str country_code: ISO code
    :rtype: bool
    """
    pattern = PATTERNS.get(country_code)
    if not pattern:
        return True
    text = text.strip().upper().removeprefix(f"{country_code}-")
    return bool(re.fullmatch(pattern, text))
