"""VAT numbers as applicants type them: with blanks, dots, and with or without the country."""

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.util import clean

# Greek numbers begin with another code than the country's.
PREFIXES = {"GR": "EL"}


def read_vat(text, country_code=""):
    """Read a VAT number by the format and the check digits of its country.

    :param str text: as typed
    :param str country_code: ISO code of the company's country, for a number without one
    :return: the number in its short form, and whether it is one of the European Union
    :rtype: tuple
    :raise ValueError: when it cannot be a VAT number of its country
    """
    number = clean(text or "", " -./,:'").upper().strip()
    prefix = PREFIXES.get(country_code, country_code)
    for candidate in (number, prefix + number):
        try:
            return eu_vat.validate(candidate), True
        except ValidationError:
            continue
    if not compact(number) or _is_european(number[:2]) or _is_european(prefix):
        raise ValueError(text)
    return _read_other(number, prefix), False


def _is_european(prefix):
    return prefix.lower() in {*eu_vat.MEMBER_STATES, "el"}


def _read_other(number, prefix):
    """A number of a country whose rules are not known is taken as typed."""
    module = get_cc_module(prefix.lower(), "vat") if prefix else None
    try:
        return module.validate(number) and number if module else number
    except ValidationError as error:
        raise ValueError(number) from error


def compact(text):
    """The one form in which numbers of companies are compared.

    :return: letters and digits in capitals; empty when there are none
    """
    return "".join(char for char in (text or "").upper() if char.isalnum())
