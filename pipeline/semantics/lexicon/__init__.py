"""The words of pages, by language: what controls, fields and messages say.

Each language is one file (`en.toml`, `de.toml`, `es.toml`, `fr.toml`). `[words]` holds regular expressions: what pages
of that language say for a key; a page is read with those of all languages, and what matches decides. `[lists]` holds
plain words. `[done]` is how messages tell that something was done: `articles` before the noun, `between` it and the
verb, and `verbs` by what they are called here. A new language is a file with the same keys, and a name in LANGUAGES.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

LANGUAGES: Final = ("en", "de", "es", "fr")
NAMED: Final = r"['\"‘“„«]\s?(?P<object>[^'\"‘’“”«»]{1,80})['\"’”»]"
"""A name in quotation marks."""

# A part of the program like its modules: the same for every run, whatever the settings.
TABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    name: tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")) for name in LANGUAGES
}


def _joined(key: str) -> re.Pattern[str]:
    every = [part for table in TABLES.values() for part in table["words"][key] if part]
    return re.compile("|".join(every), re.I)


WORDS: Final[Mapping[str, re.Pattern[str]]] = {key: _joined(key) for key in TABLES["en"]["words"]}
"""What says each of the keys, in any of the languages."""
LISTS: Final[Mapping[str, frozenset[str]]] = {
    key: frozenset(word for table in TABLES.values() for word in table["lists"][key]) for key in TABLES["en"]["lists"]
}
DONE_VERBS: Final[Mapping[str, str]] = {
    word: verb for table in TABLES.values() for verb, words in table["done"]["verbs"].items() for word in words
}
"""What messages call something done, and what it is called here: `erstellt` → `create`."""


def _messages_of(done: Mapping[str, Any]) -> Iterator[re.Pattern[str]]:
    """How one language says that something was done: the noun first, or the verb."""
    articles, between = "|".join(done["articles"]), "|".join(done["between"])
    verbs = "|".join(sorted((word for words in done["verbs"].values() for word in words), key=len, reverse=True))
    noun = r"(?P<noun>[^\W\d_](?:[^\W\d_]| ){1,30}?)"
    subject = rf"^(?:(?:{articles}) )?(?!(?:{between})\b){noun}\s*(?:{NAMED}\s*)?"
    yield re.compile(rf"{subject}(?:(?:{between}) ){{0,6}}\b(?P<verb>{verbs})\b", re.I)
    yield re.compile(rf"^(?:(?:{between}) )?(?P<verb>{verbs})\b (?:(?:{articles}) )?{noun}\s*{NAMED}", re.I)


DONE: Final = tuple(one for table in TABLES.values() for one in _messages_of(table["done"]))
"""`Page 'Spring sale' created`, and `Deleted product 'Garden hose'`."""
