"""The words of pages, by language: what controls, fields and messages say.

Each language is one file (`en.toml`, `de.toml`, `es.toml`, `fr.toml`). `[words]` holds regular expressions: what pages
of that language say for a key; a page is read with those of all languages, and what matches decides. `[lists]` holds
plain words. `[done]` is how messages tell that something was done: `articles` before the noun, `between` it and the
verb, and `verbs` by what they are called here. `[acts]` is what controls do to a thing (`Archive`), `[times]` how dates
and ages are written, `[fields]` what fields are for. A new language is a file with the same keys, and a name in
LANGUAGES. `acts.toml` holds what is known of acts whatever language they are said in.

`secrets.json` is read by the recorder's build too: see pipeline/semantics/secret_words.py.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from pipeline.semantics.derived import Wording

LANGUAGES: Final = ("en", "de", "es", "fr")
NAMED: Final = r"['\"‘“„«]\s?(?P<object>[^'\"‘’“”«»]{1,80})['\"’”»]"
"""A name in quotation marks."""

# A part of the program like its modules: the same for every run, whatever the settings.
TABLES: Final[Mapping[str, Mapping[str, Any]]] = {
    name: tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")) for name in LANGUAGES
}
ACTS: Final[Mapping[str, Any]] = tomllib.loads(resources.files(__name__).joinpath("acts.toml").read_text("utf-8"))
"""What is known of acts by what they are called here: which belong to forms, what is broader, what stands before a
thing."""


def _joined(key: str) -> Wording:
    every = [part for table in TABLES.values() for part in table["words"][key] if part]
    return Wording(re.compile("|".join(every), re.I))


WORDS: Final[Mapping[str, Wording]] = {key: _joined(key) for key in TABLES["en"]["words"]}
"""What says each of the keys, in any of the languages."""
LISTS: Final[Mapping[str, frozenset[str]]] = {
    key: frozenset(word for table in TABLES.values() for word in table["lists"][key]) for key in TABLES["en"]["lists"]
}
FIELDS: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile("|".join(filter(None, (table["fields"][name] for table in TABLES.values()))), re.I)
    for name in TABLES["en"]["fields"]
}
"""Variables of a test for what is typed into a field, each with what such a field's label says."""
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


@dataclass(frozen=True, slots=True)
class Acts:
    """What captions of one language say that controls do to a thing: `pattern` finds it, `verbs` are its words by what
    is called so here."""

    pattern: Wording
    verbs: Mapping[str, str]

    def found_in(self, words: str) -> tuple[str, str]:
        """What a control with this caption does, as it is called here, and what else the caption says."""
        found = self.pattern.search(words)
        if found is None:
            return "", words
        return self.verbs[found["act"].lower()], (words[: found.start("act")] + words[found.end("act") :]).strip()


def _acts_of(acts: Mapping[str, Any], kind: str, same: str) -> Acts:
    verbs = {word: verb for verb, words in acts[kind].items() for word in words} | {verb: verb for verb in acts[same]}
    every = "|".join(sorted(map(re.escape, verbs), key=len, reverse=True))
    shape = rf"^(?P<act>{every})\b" if acts["place"] == "first" else rf"\b(?P<act>{every})$"
    return Acts(Wording(re.compile(shape, re.I)), verbs)


ROW_ACTS: Final = tuple(_acts_of(table["acts"], "rows", "same") for table in TABLES.values())
"""What controls do that stand in the row of a thing."""
LINK_ACTS: Final = tuple(_acts_of(table["acts"], "links", "same_of_links") for table in TABLES.values())
"""What links do that have done something."""
BUTTON_ACTS: Final = tuple(_acts_of(table["acts"], "buttons", "same_of_buttons") for table in TABLES.values())
"""What others do beside that."""


def _span_of(times: Mapping[str, Any]) -> str:
    """How one language says how long something lasts."""
    return str(times["span"]).replace("UNIT", times["unit"])


def _ages_of(times: Mapping[str, Any]) -> str:
    """How one language says how long ago something was."""
    return "|".join(age.replace("SPAN", _span_of(times)) for age in times["ages"])


AGES: Final = "|".join(_ages_of(table["times"]) for table in TABLES.values())
"""How long ago something was, as a regular expression."""
AGE_SIGNS: Final = "|".join(table["times"]["signs_of_ages"] for table in TABLES.values())
"""Of which one stands in each of them, in letters of any case."""
SPANS: Final = "|".join(_span_of(table["times"]) for table in TABLES.values())
"""How long something lasts, as a regular expression."""
MONTHS: Final = f"(?:{'|'.join(table['times']['month'] for table in TABLES.values())})"
DAYS: Final = f"(?:{'|'.join(table['times']['day'] for table in TABLES.values())})"
BEFORE_DATES: Final = "|".join(rf"(?<=\b{word}\s)" for table in TABLES.values() for word in table["times"]["dated"])
"""That a word which dates follow stands before, as a regular expression."""

DONE: Final = tuple(one for table in TABLES.values() for one in _messages_of(table["done"]))
"""`Page 'Spring sale' created`, and `Deleted product 'Garden hose'`."""
