"""Parts of addresses: which are the app's own words, and which name one of many things."""

import re
from typing import Final

ROUTE: Final = re.compile(
    r"about|accounts?|actions?|active|activity|add|admin|advanced|all|analytics|api|apply|approve|archived?|assign|auth"
    r"|basket|batch|billing|boards?|bulk|calendar|cancel|cart|category|changes?|checkout|clone|closed?|comments?"
    r"|configuration|confirm|contact|copy|create|customers|dashboard|data|default|delete|deposit|details|disable|documents"
    r"|done|download|drafts?|duplicate|edit|enable|explore|export|faq|favorites|feed|feedback|files?|filters?|finish"
    r"|forgot|form|general|groups?|guest|health|help|history|home|import|inbox|index|info|install|invite|items?|jobs|join"
    r"|latest|legal|lists?|live|log-?in|log-?out|logs|mail|manage|map|media|me|members|merge|messages|mine|move|my|new"
    r"|news|next|notifications|open|options|orders?|organization|overview|pages?|pay|payments?|pending|permissions|plans?"
    r"|popular|posts?|preferences|preview|pricing|print|privacy|products?|profile|projects?|publish|queue|read|recent"
    r"|recover|register|reject|remove|rename|reopen|reply|reports?|requests?|reset|results?|resume|return|reviews|roles?"
    r"|rules|run|save|schedule|search|security|send|sent|services|sessions?|settings|setup|share|shipping|show|sign-?in"
    r"|sign-?out|sign-?up|sort|starred|start|statistics|stats|status|step|submit|subscribe|success|summary|support|sync"
    r"|system|table|tags?|tasks?|teams?|templates?|terms|test|thanks|tickets?|timeline|today|tokens?|tools|top|topic"
    r"|transfers?|trash|unsubscribe|update|upload|usage|users?|validate|verify|version|view|watch|webhooks|welcome|wiki"
    r"|withdraw|wizard"
)
"""Words by which apps call their own pages, and so never the names of things."""
_ONE_OF: Final = re.compile(
    r"articles?|author|board|book|category|channel|course|doctor|event|group|hotel|item|list|page|people|post|product"
    r"|profile|project|recipe|room|staff|tag|task|team|ticket|topic|user|wiki"
)
"""What a thing's name follows though the word is no plural (`/user/ada`, `/p/clay-vase`)."""
_LETTER: Final = re.compile(r"[a-z]")
_PLURAL: Final = re.compile(r"[a-z]{3,}s")
_NO_PLURAL: Final = re.compile(
    r"access|address|admins|analytics|business|canvas|class|details|docs|express|maps|options|plus|preferences|process"
    r"|sales|series|settings|statistics|stats|status"
)
_CODE: Final = re.compile(r"[A-Z0-9]{4,16}")
"""`UPRVN`"""
_NUMBERED: Final = re.compile(r"^\d+-|-\d+$")
"""The number of a thing before or after its name."""
_WORDS_OF_NAME_MIN: Final = 3
"""A part of so many words is the name of a thing; pages of the app are called in one or two."""


def is_code(part: str) -> bool:
    """Whether a part of a path is what orders and the like are called by: capitals, where apps write small letters."""
    return bool(_CODE.fullmatch(part))


def names_things(name: str) -> bool:
    """Whether what follows this part, as a slug, names one of many: after a plural, or one letter."""
    word = name.rpartition("-")[2]
    return is_kind(name) or bool(_PLURAL.fullmatch(word) and not _NO_PLURAL.fullmatch(word))


def is_kind(name: str) -> bool:
    """Whether this part, as a slug, says of what kind the thing is whose name follows: `event` of `/event/harbour`."""
    return bool(_ONE_OF.fullmatch(name.rpartition("-")[2]) or _LETTER.fullmatch(name))


def is_name(part: str, name: str, before: str) -> bool:
    """Whether a part of a path, `name` as a slug, is a thing's name: by the slug before it, or by its many words."""
    count = len(name.split("-"))
    if re.fullmatch(r"[\w%-]+", part) and count >= _WORDS_OF_NAME_MIN and ("_" not in part or _NUMBERED.search(name)):
        return True
    of_app = "-" not in name and names_things(name)  # `/users/roles`
    says_what = "_" in part and any(map(ROUTE.fullmatch, name.split("-")))  # `/users/reset_password`
    return names_things(before) and not of_app and not says_what and "." not in part


def is_route(part: str) -> bool:
    """Whether a part of a path is one of the words by which apps call their own pages."""
    return bool(ROUTE.fullmatch(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-")))


def without_number(name: str) -> str:
    """The slug without the number of the thing before or after it."""
    return _NUMBERED.sub("", name)
