"""How postal codes are written, by country."""

import re

DIGITS = {
    **dict.fromkeys(("AT", "BE", "BG", "CH", "CY", "DK", "HU", "LU", "NO", "SI"), 4),
    **dict.fromkeys(("DE", "EE", "ES", "FI", "FR", "HR", "IT"), 5),
    "RO": 6,
}
# The shape, and a code that shows it.
SHAPES = {country: (rf"\d{{{count}}}", "123456"[:count]) for country, count in DIGITS.items()} | {
    "CZ": (r"\d{3} ?\d{2}", "123 45"),
    "GB": (r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
    "GR": (r"\d{3} ?\d{2}", "123 45"),
    "IE": (r"[A-Z]\d[\dW] ?[A-Z\d]{4}", "D02 AF30"),
    "LT": (r"(LT-)?\d{5}", "LT-12345"),
    "LV": (r"(LV-)?\d{4}", "LV-1234"),
    "NL": (r"[1-9]\d{3} ?[A-Z]{2}", "1234 AB"),
    "PL": (r"\d{2}-\d{3}", "12-345"),
    "PT": (r"\d{4}-\d{3}", "1234-567"),
    "SE": (r"\d{3} ?\d{2}", "123 45"),
    "SK": (r"\d{3} ?\d{2}", "123 45"),
}


def is_postcode(text, country_code):
    """Whether a postal code can be one of its country; of a country that is not known here it can.

    :param str text: as typed; with or without the country before it, as "NL-2611 AA"
    :param str country_code: ISO code
    :rtype: bool
    """
    if country_code not in SHAPES:
        return True
    pattern, _example = SHAPES[country_code]
    text = text.strip().upper().removeprefix(f"{country_code}-")
    return bool(re.fullmatch(pattern, text, re.ASCII))


def get_example(country_code):
    """A code as the country writes them; only of a country whose codes are checked."""
    return SHAPES[country_code][1]
