"""The password rules, free of Odoo, so that they can be read and tested alone."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from .addresses import is_text

MAX_LENGTH = 128
TYPED_LENGTH = 4096  # more cannot be compared with a hash
READ_LENGTH = 1000  # what stands behind it is too long anyway, and would take long to look at
PART_LENGTH = 4
LETTERS = re.compile(r"[^\W\d_]+")
# Words that people of our languages choose and that the English list does not have.
MORE_COMMON = {
    "abcdefgh", "abcdefghijkl", "begin", "changeme", "dezember", "februar", "fruehling",
    "frühling", "gebruiker", "geheimnis", "goedendag", "goedemorgen", "herbst", "herfst",
    "inloggen", "januari", "kennwort", "lente", "maandag", "montag", "november", "oktober",
    "qwertzuiop", "sesam", "sommer", "start", "toegang", "vrijdag", "wachtwoord", "welkomthuis",
    "willkommen", "winter", "zomer", "zugang",
}  # fmt: skip
LEET = str.maketrans(
    {"@": "a", "4": "a", "3": "e", "1": "i", "!": "i", "0": "o", "$": "s", "5": "s"}
)
CLASSES = {
    "lower": lambda category: category == "Ll",
    "upper": lambda category: category == "Lu",
    "digit": lambda category: category == "Nd",
    "special": lambda category: category[0] in "PSZ",
}


class Policy(NamedTuple):
    """What a policy asks besides the length that all have at most, blocklist and own names."""

    min_length: int
    has_classes: bool


# The laxest first.
POLICIES = {
    "contract": Policy(min_length=12, has_classes=True),
    "nist": Policy(min_length=15, has_classes=False),
}


def get_codes(policy):
    """Which rules a policy has, in the order in which they are shown.

    :param str policy: of :data:`POLICIES`
    :rtype: list
    """
    classes = list(CLASSES) if POLICIES[policy].has_classes else []
    return [*classes, "length", "common", "personal"]


def normalize(password):
    """One form for what keyboards write differently: NFKC. Length and classes are of this form."""
    return unicodedata.normalize("NFKC", password)


def is_password(value):
    """Whether something can be compared with a password: a text, and not too long for that.

    :param value: as it came
    """
    return isinstance(value, str) and is_text(normalize(value), TYPED_LENGTH)


@cache
def _get_common_words():
    return frozenset(FREQUENCY_LISTS["passwords"]) | MORE_COMMON


def _is_common_word(word):
    unit = re.sub(r"^(.+?)\1+$", r"\1", word)
    return len(word) >= PART_LENGTH and (
        word in _get_common_words() or unit in _get_common_words() or len(unit) < PART_LENGTH
    )


def _has_one_common_word(text):
    """Whether a text is one common word with less than a word of other letters, as in
    Password2026!x; a sentence of common words is none."""
    *others, word = sorted(re.findall(LETTERS, text), key=len) or [""]
    return sum(map(len, others)) < PART_LENGTH and _is_common_word(word)


def is_common(password):
    """Whether the password is a very common one, also with digits, signs, a year or some letters
    around or inside it, or with signs in place of letters."""
    folded = normalize(password).casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    letters = re.sub(r"[\W\d_]+", "", folded)
    plain = core.translate(LEET)
    return any(map(_is_common_word, (folded, core, letters, plain))) or any(
        map(_has_one_common_word, (folded, folded.translate(LEET)))
    )


def get_parts(text):
    """All runs of four letters of a text: what a password must not hold of its owner."""
    runs = re.findall(LETTERS, normalize(text or "").casefold())
    return {
        run[start : start + PART_LENGTH]
        for run in runs
        for start in range(len(run) - PART_LENGTH + 1)
    }


def _get_missing_classes(password):
    categories = {unicodedata.category(character) for character in password}
    return [code for code, is_of in CLASSES.items() if not any(map(is_of, categories))]


def get_failures(password, policy="contract", min_length=0, personal_texts=()):
    """Which rules a password fails.

    :param str password: as typed
    :param str policy: of :data:`POLICIES`
    :param int min_length: characters (code points) that it needs at least, where that is more
    :param personal_texts: name, address, company of its owner
    :return: codes of the failing rules, in the order in which they are shown
    :rtype: list
    """
    password = normalize((password or "")[:READ_LENGTH])
    failures = _get_missing_classes(password) if POLICIES[policy].has_classes else []
    min_length = max(min_length, POLICIES[policy].min_length)
    if not min_length <= len(password) <= MAX_LENGTH:
        failures.append("length")
    if not password or is_common(password):
        failures.append("common")
    folded = password.casefold()
    if any(part in folded for text in personal_texts for part in get_parts(text)):
        failures.append("personal")
    return failures
