"""The words by which pages name what their controls do, and what a control's caption says apart from its verb."""

import re
from typing import Final

from pipeline.semantics.addresses import path_words
from pipeline.semantics.derived import once_per_element
from pipeline.semantics.text import caption, clean, is_button, is_text_field, spaced
from schemas.elements import Element
from schemas.stories import ClickStep, FillStep, PressStep, Step

SIGN_OUT: Final = re.compile(r"\b(log|sign)[ -]?(out|off)\b|\b(abmelden|ausloggen)\b", re.I)
SIGN_IN: Final = re.compile(r"\b(log|sign)[ -]?(in|on)\b|\b(anmelden|einloggen)\b", re.I)
SIGN_UP: Final = re.compile(
    r"\bsign[ -]?up\b|\bregister\b|\bcreate (an |a |your |my |new )*account\b|\bjoin\b|\bregistrieren\b", re.I
)
KEEPS: Final = re.compile(
    r"^(save|update|apply|add|create|edit|change|publish|set|test)\b|\b(speichern|anlegen)$", re.I
)
"""What buttons say that let nobody in, though a password stands in the form."""
SEARCH: Final = re.compile(r"\b(search|find|query|look ?up|suchen?)\b", re.I)
FILTER: Final = re.compile(r"\b(filter|refine|narrow)", re.I)
SORTING: Final = re.compile(r"\b(filter|refine|narrow|sort|order by|group by|show only)", re.I)
SORTS: Final = re.compile(r"\b(sort|order by|sortier)", re.I)
DELETE: Final = re.compile(
    r"^(yes,? )?(delete|remove|trash|erase|destroy|retire|deactivate)\b|\bmove (.{1,80} )?to (the )?(trash|bin)\b"
    r"|\b(löschen|entfernen|stornieren)$",
    re.I,
)
CREATE: Final = re.compile(r"^\+?\s*(create|add|new|compose|publish|write|start a)\b|\b(anlegen|erstellen)$", re.I)
EDIT: Final = re.compile(
    r"^((quick|bulk|inline) )?(edit|modify|rename|change)\b|\b(bearbeiten|ändern|umbenennen)$", re.I
)
CART: Final = re.compile(r"\badd to (the |your |my )?(cart|basket|bag)\b", re.I)
CHECK_OUT: Final = re.compile(
    r"\bcheck ?out\b|\bplace (the |your |my )?order\b|\bpay( now)?\b|\bbuy\b|\bpurchase\b|\border now\b"
    r"|\b(zur kasse|kaufen|bestellen|bezahlen)\b",
    re.I,
)
SETTINGS: Final = re.compile(r"\b(settings?|preferences|configuration|administration|einstellungen)\b", re.I)
MAKING_PAGES: Final = ("add", "new", "create")
"""Words in the addresses of forms that make one thing."""
SETTINGS_PAGES: Final = ("settings", "options", "preferences", "prefs", "account", "profile", "configuration")
"""Words in the addresses of forms that hold what somebody prefers."""
COMMIT: Final = re.compile(
    r"^(save|submit|ok(ay)?|done|apply|confirm|update|create|add|publish|send|post|finish|yes|upload|import|continue"
    r"|next|register|sign up|place|pay|order|buy|book|reserve|complete|store|accept|go|set|subscribe)\b|^check$"
    r"|(.* )?(speichern|absenden|abschicken|senden|bestätigen|buchen|anlegen|hinzufügen|weiter|fertig)$",
    re.I,
)
ICON: Final = "check"
"""What icons of fonts call themselves that send something off."""
WITHIN: Final = re.compile(r"^(add|apply|done|insert|ok(ay)?|set)\b", re.I)
"""What buttons say that may change the page alone, until it is sent off as a whole."""
APART: Final = re.compile(
    r"\b(draft|publish|preview|import|export|approve|reject|decline|deny|accept|archive|delete|remove|block|close|reopen"
    r"|deposit|withdraw(al)?|refund|reply|forward|note|lock|unlock|freeze|unfreeze|suspend|activate|deactivate|restore"
    r"|merge|split|resolve|escalate|copy|template)\b|\S (and|&|as) ",
    re.I,
)
"""What buttons say that stand beside the one that only sends off."""
PREVIEW: Final = re.compile(r"^((show |live )?preview|validate|check)\b", re.I)
LOOKS: Final = re.compile(r"^(show |live )?preview\b|^(vorschau|write)$", re.I)
"""Of these, what only shows what was filled in so far."""
CONFIRM: Final = re.compile(r"^((are )?you sure|yes|ja|ok(ay)?|confirm|delete|remove|continue|accept|proceed)\b", re.I)
CANCEL: Final = re.compile(r"^(cancel|close|dismiss|discard|never ?mind|no\b|abbrechen|schließen|[×✕✖x]$)", re.I)
PAGING: Final = re.compile(r"^([<>«»‹›→←]+|next( page)?|previous( page)?|prev|more|show more|load more|\d{1,4})$", re.I)
TITLE_FIELD: Final = re.compile(
    r"\b(title|name|subject|headline|caption|label|summary of|topic|from|titel|betreff)\b", re.I
)
SIDE_FIELD: Final = re.compile(r"\b(summary|description|comment|notes?|tags?|body|text|content|message)\b", re.I)

LOGIN_NAME: Final = re.compile(
    r"user|login|e-?mail|account|\bname\b|benutzer|konto|kennung|usuario|correo|utilisateur", re.I
)
"""What the field of a login name says."""
MASK: Final = re.compile(r"^[*•●·]{3,}$")
"""What stands for a text that was withheld."""
_PASSWORDS: Final = frozenset({"password"})
"""What recorders call the secrets that are passwords."""
_SECRET_NAME: Final = re.compile(r"pass|pwd|\bpin\b|secret|kennwort|contrase|mot de", re.I)
REMARK: Final = re.compile(
    r"\b(comments?|notes?|repl(y|ies)|remarks?|answers?|kommentar|antwort|bemerkung|notiz)\b", re.I
)
"""Fields for what somebody says of a thing."""

_FILLERS: Final = frozenset(
    {"a", "an", "the", "new", "this", "your", "my", "another", "it", "now", "and", "yes", "to", "inline"}
)
_STOP: Final = frozenset({"changes", "all", "account", "close", "continue", "exit", "here", "ok", "item", "more"})


@once_per_element
def words_on(target: Element) -> str:
    """All that names the element, the page's words and its own attributes."""
    parts = [caption(target), clean(target.label), clean(target.placeholder), clean(target.title)]
    parts += [spaced(name) for name in (target.id, target.name_attribute, target.test_id) if name]
    return " ".join(dict.fromkeys(part for part in parts if part))


def is_remark(step: Step) -> bool:
    """Whether it fills in what somebody says of a thing."""
    return isinstance(step, FillStep) and bool(REMARK.search(words_on(step.target)))


@once_per_element
def is_search_field(target: Element) -> bool:
    if not is_text_field(target):
        return False
    if target.role == "searchbox" or target.type == "search" or (target.name_attribute or "") in ("q", "query", "s"):
        return True
    return bool(SEARCH.search(words_on(target)) or FILTER.search(words_on(target)) or _searched(target))


def _searched(target: Element) -> bool:
    """Ids such as `qsearch__in` run words together."""
    marks = " ".join(filter(None, (target.id, target.name_attribute, *target.classes))).lower()
    inside = any(ancestor.role == "search" for ancestor in target.ancestors)
    return "search" in marks or inside


def is_password(step: Step) -> bool:
    """Whether it types a password. A login name that happens to be the same text is withheld as one, and is none."""
    if not isinstance(step, FillStep):
        return False
    if step.target.type == "password":
        return True
    return step.value.secret in _PASSWORDS and not is_same_as_password(step)


def is_same_as_password(step: Step) -> bool:
    """Whether it types a login name that was withheld, as the password has the same text."""
    if not isinstance(step, FillStep) or step.target.type == "password":
        return False
    if step.value.secret not in _PASSWORDS and not (step.value.secret is None and MASK.match(step.value.text)):
        return False
    words = words_on(step.target)
    marked = (step.target.autocomplete or "") in ("username", "email") or step.target.type == "email"
    return (marked or bool(LOGIN_NAME.search(words))) and not _SECRET_NAME.search(words)


def says(step: Step, verb: re.Pattern[str]) -> bool:
    """Whether the step is a click on a control whose caption has that verb."""
    return isinstance(step, ClickStep) and bool(verb.search(caption(step.target)))


def is_commit(step: Step) -> bool:
    """Whether it sends a form off: a submit button, a button that says so, or Enter in a field that leads on."""
    match step:
        case ClickStep():
            words = caption(step.target)
            if (PREVIEW.match(words) and words.lower() != ICON) or SIGN_OUT.search(words):
                return False
            submits = step.target.type in ("submit", "image") and not is_text_field(step.target)
            control = is_button(step.target) or step.target.role in ("link", "menuitem", None)
            return submits or (control and bool(COMMIT.match(words)))
        case PressStep():
            return step.key == "Enter" and (step.navigates or bool(step.changes))
        case FillStep():
            return step.navigates
        case _:
            return False


def object_noun(words: str, verb: re.Pattern[str]) -> str:
    """What a caption names beside its verb: `Create Project` → `project`, `Add child page` → `child page`."""
    if not verb.search(words):
        return ""
    rest = re.findall(r"[A-Za-z][A-Za-z-]+", verb.sub(" ", words, count=1))
    kept = [word.lower() for word in rest if word.lower() not in _FILLERS]
    if not kept or len(kept) > 3 or kept[0] in _STOP:
        return ""
    return " ".join(kept)


def named_in_path(url: str, *names: str) -> bool:
    return bool(path_words(url) & set(names))
