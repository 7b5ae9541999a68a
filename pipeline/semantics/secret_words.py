"""What pages call fields that take a secret, in any language.

The words of `lexicon/secrets.json` are the same for the recorder, whose build reads them as well, and for the intake.
Those of `secrets_by_language.json` are the intake's alone, for pages load the recorder: many languages make words for
codes, keys and answers of what they are for (`Alarmcode`, `clé de secours`), so the parts are told there, and put
together here. A text is compared without case, accents, underscores and humps; words of languages that have endings
stand there by their stems.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final, Literal

SecretWord = Literal["password", "otp", "card"]

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_HUMP: Final = re.compile("(?<=[a-z])(?=[A-Z])")
_SMALL_WORDS: Final = r"(?:[\s'’-]+(?!zip|post|area|item|bar|tax)[^\s|]{1,4}){0,2}"
_BETWEEN: Final = rf"[^\s|]{{0,12}}{_SMALL_WORDS}[\s'’-]{{0,2}}"
"""What may stand between the two parts of a name: the ending of the first, small words."""
_FAR: Final = "[^|]{0,30}"


def _table(name: str) -> Any:
    # A part of the program like its modules: the same for every run, whatever the settings.
    return json.loads(resources.files("pipeline.semantics.lexicon").joinpath(name).read_text("utf-8"))


def _paired(for_what: str, what: str, between: str = _BETWEEN) -> str:
    """Names in which the two parts stand together, in either order."""
    return f"(?:{for_what}){between}(?:{what})|(?:{what}){between}(?:{for_what})"


_BY_LANGUAGE: Final = _table("secrets_by_language.json")


def _by_language() -> Mapping[SecretWord, list[str]]:
    checks, guarded, hidden, code, key, answer = (
        "|".join(_BY_LANGUAGE[name]) for name in ("checks", "guarded", "hidden", "code", "key", "answer")
    )
    keys, answers = _paired(f"{guarded}|{hidden}", key), _paired(f"{guarded}|{hidden}", answer, _FAR)
    return {
        "otp": [*_BY_LANGUAGE["otp"], _paired(f"{checks}|{guarded}", code)],
        "card": [],
        "password": [*_BY_LANGUAGE["password"], _paired(hidden, code), keys, answers],
    }


_SHARED: Final = _table("secrets.json")
_MORE: Final = _by_language()
_KINDS: Final[tuple[SecretWord, ...]] = ("otp", "card", "password")
# `\b` and its like know Latin letters only, as those of the recorder do.
SHARED_WORDS: Final[Mapping[SecretWord, re.Pattern[str]]] = {
    kind: re.compile("|".join(_SHARED[kind]), re.ASCII) for kind in _KINDS
}
WORDS: Final[tuple[tuple[SecretWord, re.Pattern[str]], ...]] = (
    *SHARED_WORDS.items(),
    *((kind, re.compile("|".join(_MORE[kind]), re.ASCII)) for kind in _KINDS if _MORE[kind]),
)
_CODE: Final = re.compile("|".join(_BY_LANGUAGE["code_by_itself"]), re.ASCII)
_OTHER_CODE: Final = re.compile("|".join([*_SHARED["other_code"], *_BY_LANGUAGE["other_code"]]), re.ASCII)


def kind_by_words(text: str) -> SecretWord | None:
    """What kind of secret a text asks for; None for none.

    >>> kind_by_words("Potvrďte heslo")
    'password'
    >>> kind_by_words("Bezpečnostní kód")
    'otp'
    """
    plain = folded(text)
    return next((kind for kind, words in WORDS if words.search(plain)), None)


def names_code(text: str) -> bool:
    """Whether a text speaks of a code, in many languages, and doesn't say that it is one of a thing or a place.

    >>> names_code("Kód"), names_code("Comment"), names_code("Zip code")
    (True, False, False)
    """
    plain = folded(text)
    return _CODE.search(plain) is not None and _OTHER_CODE.search(plain) is None


def folded(text: str) -> str:
    """The text as the words are written: in lower case, without accents, with blanks for underscores and humps."""
    plain = _HUMP.sub(" ", text).replace("_", " ").lower()
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
