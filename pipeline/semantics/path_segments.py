"""Parts of addresses: which are the app's own words, and which name one of many things."""

import re
from typing import Final

from pipeline.semantics.lexicon import WORDS

ROUTE: Final = WORDS["route"]
"""Words by which apps call their own pages, and so never the names of things."""
_ONE_OF: Final = WORDS["kind"]
"""What a thing's name follows though the word is no plural (`/user/ada`, `/p/clay-vase`)."""
_LISTED_BY: Final = WORDS["listed_by"]
"""What follows a list and begins another within it (`/posts/tag/garden`)."""
_LETTER: Final = re.compile(r"[a-z]")
_PLURAL: Final = re.compile(r"[a-z]{3,}s")
_NO_PLURAL: Final = WORDS["no_plural"]
"""Words that end as plurals do and name no list."""
_CODE: Final = re.compile(r"[A-Z0-9]{4,16}")
"""`UPRVN`"""
_NUMBERED: Final = re.compile(r"^\d+-|-\d+$")
"""The number of a thing before or after its name."""
_SPACED: Final = re.compile(r"[A-Z]\w*(:[A-Z]\w*)+")
"""`Assets:Bank`, a name within another."""
_WORDS_OF_NAME_MIN: Final = 3
"""A part of so many words is the name of a thing; pages of the app are called in one or two."""


def is_code(part: str) -> bool:
    """Whether a part of a path is what orders and the like are called by: capitals, where apps write small letters."""
    return bool(_CODE.fullmatch(part))


def names_things(name: str) -> bool:
    """Whether what follows this part, as a slug, names one of many: after a plural, or one letter."""
    word = name.rpartition("-")[2]
    return is_kind(name) or _is_plural(word)


def is_list(name: str) -> bool:
    """Whether this part, as a slug, is the name of a list in one word: `lessons`."""
    return "-" not in name and _is_plural(name)


def _is_plural(word: str) -> bool:
    return bool(_PLURAL.fullmatch(word) and not _NO_PLURAL.fullmatch(word))


def is_kind(name: str) -> bool:
    """Whether this part, as a slug, says of what kind the thing is whose name follows: `event` of `/event/harbour`."""
    return bool(_ONE_OF.fullmatch(name) or _LETTER.fullmatch(name))


def is_name(part: str, name: str, before: str) -> bool:
    """Whether a part of a path, `name` as a slug, is a thing's name: by the slug before it, or by its many words."""
    count = len(name.split("-"))
    if _SPACED.fullmatch(part):
        return True
    if re.fullmatch(r"[\w%-]+", part) and count >= _WORDS_OF_NAME_MIN and ("_" not in part or _NUMBERED.search(name)):
        return True
    of_app = bool(_LISTED_BY.fullmatch(name)) or is_list(name)  # `/users/roles`
    says_what = "_" in part and any(map(ROUTE.fullmatch, name.split("-")))  # `/users/reset_password`
    return names_things(before) and not of_app and not says_what and "." not in part


def is_route(part: str) -> bool:
    """Whether a part of a path is one of the words by which apps call their own pages."""
    return bool(ROUTE.fullmatch(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")))


def without_number(name: str) -> str:
    """The slug without the number of the thing before or after it."""
    return _NUMBERED.sub("", name)
