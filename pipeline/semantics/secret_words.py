"""What pages call fields that take a secret, in any language: the same words for the recorder and for the intake.

They lie in `lexicon/secrets.json`, which the recorder's build reads as well. A text is compared without case, accents,
underscores and humps; words of languages that have endings stand there by their stems.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Final, Literal

SecretWord = Literal["password", "otp", "card"]

_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_HUMP: Final = re.compile("(?<=[a-z])(?=[A-Z])")
# A part of the program like its modules: the same for every run, whatever the settings.
_TABLE: Final = json.loads(resources.files("pipeline.semantics.lexicon").joinpath("secrets.json").read_text("utf-8"))
WORDS: Final[Mapping[SecretWord, re.Pattern[str]]] = {
    # `\b` and its like know Latin letters only, as those of the recorder do.
    kind: re.compile("|".join(_TABLE[kind]), re.ASCII)
    for kind in ("otp", "card", "password")
}


def kind_by_words(text: str) -> SecretWord | None:
    """What kind of secret a text asks for; None for none.

    >>> kind_by_words("Potvrďte heslo")
    'password'
    """
    plain = folded(text)
    return next((kind for kind, words in WORDS.items() if words.search(plain)), None)


def folded(text: str) -> str:
    """The text as the words are written: in lower case, without accents, with blanks for underscores and humps."""
    plain = _HUMP.sub(" ", text).replace("_", " ").lower()
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
