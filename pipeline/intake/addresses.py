"""What an address may tell: no user's name and password, no values of parameters that grant access, and no parts that
are the key themselves, because chance wrote them and whoever knows the address may see what it leads to.

The recorder takes out what it has room for; this knows more, and reads what comes from elsewhere as well.
"""

import re
from functools import lru_cache
from typing import Final

from pipeline.intake.told_passwords import without_passwords
from pipeline.semantics import urls
from pipeline.semantics.derived import once_per_text
from pipeline.semantics.secret_words import kind_by_words
from schemas import limits

_BEFORE: Final = r"(?:[^=&#;?\s%/]|/(?!/))"
"""A sign that may stand before a word that grants, but for those before a host."""
_GRANTING_NAME = (
    rf"(?:(?:{_BEFORE}|%5B){{0,40}}"
    r"(?:token|secret|signature|passw[a-z]{0,6}|(?<!com)(?<!by)(?<!tres)(?<!sur)(?<!over)(?<!under)pass|"
    r"passphrase|passcode|pwd|pswd|motdepasse|bearer|verifier|saml(?:request|response|art)|"
    r"wresult|credentials?|assertion|jwt|otp|hmac|sess(?:ion)?[-_]?id|(?:api|access|auth|private|secret|session|shar(?:ed?|ing)|"
    r"subscription|activation|license|master|signing|encryption|consumer|login|reset|resource|guest|edit|admin|unsubscribe|"
    r"cancel|preview|download|confirm)[-_]?(?:key|hash)(?:id)?|[-_]sig|(?:access|key[-_]?pair|share)[-_]?id|"
    r"card[-_]?number|cvc|cvv)\d?"
    rf"|(?:{_BEFORE}{{0,40}}(?:[.\[]|%5B)|_{{1,2}})?(?:"
    r"(?:verify|verification|confirm|confirmation|activation|reset|login|invite|invitation)[-_]?(?:id|hash)|"
    r"(?:(?:auth|access|login|reset|verify|verification|confirm|confirmation|invite|sms|one[-_]?time|security|csrf|xsrf|"
    r"oob|user|device|activation|pairing|backup|recovery|mfa|2fa)[-_]?)?"
    r"(?:code|key|sig|sign|hash|auth|authorization|sid|session|pin|ticket|magic|invite|invitation|assertion|credential|nonce|"
    r"sas|pw|tok|tkn|sess|sesskey|[cx]srf|v(?:eri(?:fy)?)?code)))"
    r"(?:\[|\]|\)|%5B|%5D){0,3}"
)
"""How parameters are called that grant access."""
_SECRET_IN_URL = re.compile(rf"(?P<name>[?&#;~]{_GRANTING_NAME}[=:])[^&#;\s]+", re.IGNORECASE)
_NAME_OF_PART = _GRANTING_NAME.replace(_BEFORE, r"[^=&#;?\s%/]")
_SECRET_IN_PART = re.compile(rf"(?P<name>(?<![/:])/(?!/){_NAME_OF_PART}[=:])[^/?&#;\s]+", re.IGNORECASE)
"""The same as a part of a path, not of what follows on a host, which is its port."""
_QUOTE = r"(?:\"|%(?:25){0,3}22)"
_SECRET_IN_JSON = re.compile(
    rf"(?P<name>{_QUOTE}{_GRANTING_NAME}{_QUOTE}(?:[:\s+]|%(?:25){{0,3}}(?:3A|20)){{1,6}}{_QUOTE}?)"
    r"(?:(?!%(?:25){0,3}(?:22|2C|7D))[^&#\s\",}]){1,4000}",
    re.IGNORECASE,
)
"""The same in data that an address holds."""
_SECRET_IN_INNER_URL = re.compile(
    rf"(?P<name>%(?:25){{0,3}}(?:3F|26|23|3B){_GRANTING_NAME}(?:%(?:25){{0,3}}3D|=))"
    r"(?:[^&#;\s%]|%(?!(?:25){0,3}(?:26|23|3B)))+",
    re.IGNORECASE,
)
"""The same in an address within an address."""
_NEEDLESS = re.compile(r"%(2D|5F|3\d|[46][1-9A-F]|[57][0-9A])", re.IGNORECASE)
"""A plain letter, digit or sign that is written as a number all the same."""
_JWT = re.compile(r"(?P<before>(?<![\w-])(?=[\w-]++\.[\w-]{4})[\w-]*?)eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")
"""Looked for from the beginning of a word alone, and only in one that a dot ends: each letter is read twice at most."""
_JWT_IN_TEXT = re.compile(r"(?P<before>(?<![\w-])(?=[\w-]++\.[\w-]++\.)[\w-]*?(?<![^\W_]))eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
"""The same where people write: three parts, and not amid a word (`primaryKeyJoinColumn.name`)."""
_ADDRESS_IN_TEXT = re.compile(r"\w{1,20}://[^\s<>\"]*[^\s<>\".,;:!?)\]}']")
"""Up to a blank or a mark around it, without the signs that end a sentence."""
_USER: Final = re.compile(r"(?P<scheme>://)[^/?#@\s]*@")
"""User and password of an address amid a text."""
_GRANTING_PART = re.compile(
    r"(?:(?:re)?set|forgot|change|recover)-?password|password-?reset|(?:verify|confirm)-?e?mail|"
    r"e?mail-?verification|accept-?invit\w{1,9}|(?:login|invite|magic)-?link|reset|token|verify|verification|confirm|"
    r"confirmation|activate|activation|invit\w{1,9}|magic|recover|unlock|unsubscribe|signed|auth|sso|otp|code|"
    r"[\w-]{0,30}[-_]token|(?:api|access|auth|private|secret|shared?)[-_]?key",
    re.IGNORECASE,
)
"""What follows in a path on one of these words is what makes the address work, if it looks drawn by chance."""
_SLASH: Final = r"/|%(?:25){0,3}2F"
_PARTS = re.compile(rf"({_SLASH}|[?#&\s]|%(?:25){{0,3}}(?:3F|23|26))", re.IGNORECASE)
_IS_SLASH = re.compile(_SLASH, re.IGNORECASE)
_GRANTED_CHARS_MIN, _WHOSE_CHARS_MAX = 6, 12
"""Before what works stands for whom it does, if anything does: short."""
_GRANT_IN_QUERY = re.compile(
    r"(?P<name>[?&#;](?:reset|verify|verification|confirm|confirmation|activate|activation|recover|unlock|unsub|unsubscribe|optout|"
    r"signed|pairing|mac|digest|checksum|refresh|cred|(?:\w{1,20}_)?clearance|policy|share|join|inv|ott)=)"
    r"(?P<value>[^&#;\s]{6,4000})",
    re.IGNORECASE,
)
"""The same of a parameter that is called by what it lets one do."""
_NAMED = re.compile(r"(?P<before>[?&#;](?P<name>[^=&#;?\s%]{3,40})=)(?!withheld(?:[&#;]|$))[^&#;\s]+")
_SHORT_LINK = re.compile(
    r"(?P<name>/(?:l|s|r|i|m|go|links?|callback|public|preview|embed|pay|checkout|receipts?|pastes?|(?:i?cal|rss|feeds?)(?:/u)?)/)"
    r"(?P<value>[\w-]{10,4000})(?=[/?#]|\.\w{2,5}(?:[?#]|$)|$)"
)
"""What follows on one of these is the address itself of something that whoever knows it may see, if chance wrote it."""
_HANDED = re.compile(
    r"(?P<name>/(?:share[ds]?|sharing|join|pw|sessions?|guests?|accept|incoming|oauth|rsvp|esign|2fa|pair|"
    r"password/(?:edit|new)|lost-?password|forgot|opt-?out|"
    r"secrets?|tokens|keys?|one-?time|(?:auto-?)?(?:log|sign)-?in|private|(?:web)?hooks?|"
    r"(?:share|sharing|join|activate|recover|verify|confirm|e?mail)-(?:link|team|account|verify|confirm|email|user)s?|"
    r"[\w-]{0,30}(?:private|secret|share|invite|token|key)(?=[-_]))[/_-]|/password/)"
    r"(?P<value>[\w-]{10,4000})(?=[/?#]|\.\w{2,5}(?:[?#]|$)|$)",
    re.IGNORECASE,
)
"""The same of what is only given to somebody: shorter numbers in base 16 are keys there, too, and no ids."""
_KEY_VALUE = re.compile(
    r"(?P<name>[?&#;](?:[^=&#;?\s]{1,40}(?:key|hash|code)\d?|state|link|tk?|k|h)=)(?P<value>[^&#;\s]{10,4000})",
    re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ONE_CASE_KEY = re.compile(r"[0-9a-f]{16,4000}|[0-9A-Z]{16,4000}")
_DRAWN = re.compile(r"\d|[a-z][A-Z]|^.{20}")
_LONG = re.compile(r"[A-Za-z0-9]{10}|[\w~.-]{24}")
_LONG_PART = re.compile(r"(?<=/)[^/?#\s]{20,4000}")
_SEGMENT = re.compile(r"/(?P<value>[\w~.-]{24,4000})(?=[/?#]|$)", re.ASCII)
_VALUE = re.compile(
    r"(?P<before>[?&#;](?:(?P<name>[^=&#;?\s]{1,80})=)?)(?P<value>[\w~.+/%-]{10,4000}=*)(?=[&#;]|$)", re.ASCII
)
"""A value that grants access, whatever it is called; what is called an id may be one of a thing."""
_ID_NAME = re.compile(r"(?:id|ref|sha|commit|rev|^v)$", re.IGNORECASE)
_NAMES_KEPT: Final = 4_096
_HEX_CHARS_MIN, _ID_CHARS_MIN, _CHANCE_CHARS_MIN, _MIXED_CHARS_MIN = 32, 20, 16, 10
_UNGUESSABLE_CHARS_MIN: Final = 20
"""So many letters of both kinds and digits nobody can guess: who knows the address may see what it leads to."""
_WORD_WITHIN = re.compile(r"[-_.][a-zA-Z]{4,4000}[-_.]")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_OTHER_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_RUNS = re.compile(r"[a-z]+|[A-Z]+|[0-9]+")
_RUN_CHARS, _PART_RUN_CHARS, _SHORT_RUN_CHARS = 3.2, 2.5, 1.7
"""Letters of one kind, or digits, stand together no longer on average where they were drawn by chance; in short values
names of products have letters of both kinds and digits too, in longer runs."""
_URL_SUSPECT = re.compile(
    r"@|pass|pwd|pswd|motdep|pin|otp|cv[cv]|card|secret|token|key|cod|sig|auth|sid|sess|ticket|magic|invit|assert|cred|jwt|hmac|"
    r"eyJ|reset|verif|confirm|activat|unsub|optout|sso|bearer|saml|nonce|hash|pw|sas|recover|unlock|set-?pass|tok|tkn|[cx]srf|"
    r"login-?link|pair|mac|digest|checks|refresh|cred|clearan|signed|polic|shar|join|inv|ott|wres|%|\"",
    re.IGNORECASE,
)


@once_per_text
def safe_url(url: str) -> str:
    """An address within its bound, without a user's name and password and without values of secret parameters."""
    return bare_url(url[: limits.URL_CHARS_MAX])[: limits.URL_CHARS_MAX]  # the mark may be longer than the value


def safe_text(text: str) -> str:
    """A text without what grants access in the addresses that it holds, if it holds any, and without passwords that it
    tells."""
    text = without_passwords(text)
    return bare_text(text) if "://" in text or "eyJ" in text or text.startswith("/") else text


@once_per_text
def bare_text(text: str) -> str:
    """A text that may hold addresses, likewise."""
    return _ADDRESS_IN_TEXT.sub(lambda found: bare_url(found[0]), bare_url(text, _JWT_IN_TEXT))


def bare_url(url: str, jwt: re.Pattern[str] = _JWT) -> str:
    """An address of any length, likewise."""
    url = _NAMED.sub(_named, url) if "=" in url else url
    if not _URL_SUSPECT.search(url):
        return _without_chance(url)
    needless = _NEEDLESS.sub(lambda found: chr(int(found[1], 16)), url)
    plain = needless if needless != url and _without_parameters(needless) != needless else url
    bare = jwt.sub(
        rf"\g<before>{urls.WITHHELD}", _USER.sub(r"\g<scheme>", urls.without_user(plain)) if "@" in plain else plain
    )
    granted = _GRANT_IN_QUERY.sub(_granting, _without_granted_parts(_without_parameters(bare)))
    return _without_chance(granted)


def _named(found: re.Match[str]) -> str:
    return found["before"] + urls.WITHHELD if _names_secret(found["name"]) else found[0]


@lru_cache(maxsize=_NAMES_KEPT)
def _names_secret(name: str) -> bool:
    """Whether a parameter is called as fields for secrets are, in any language."""
    return kind_by_words(name) is not None


def _without_chance(url: str) -> str:
    """The address without parts and values that only chance writes, if it is one and not a text."""
    if not _LONG.search(url) or " " in url:
        return url
    linked = _SHORT_LINK.sub(
        lambda found: found["name"] + urls.WITHHELD if _is_chance(found["value"], "") else found[0], url
    )
    handed = _KEY_VALUE.sub(_handed, _HANDED.sub(_handed, linked))
    short = _SEGMENT.sub(lambda found: f"/{urls.WITHHELD}" if _is_drawn(found["value"]) else found[0], handed)
    rest = _LONG_PART.sub(lambda found: urls.WITHHELD if _is_unguessable(found[0]) else found[0], short)
    return _VALUE.sub(
        lambda found: found["before"] + urls.WITHHELD if _is_chance(found["value"], found["name"] or "") else found[0],
        rest,
    )


def _handed(found: re.Match[str]) -> str:
    return found["name"] + urls.WITHHELD if _is_key(found["value"]) else found[0]


def _is_key(value: str) -> bool:
    """Whether letters and digits take turns in a part of a value, in any base."""
    return _UUID.fullmatch(value) is not None or any(
        len(part) >= _MIXED_CHARS_MIN
        and not part.isalpha()
        and not part.isdigit()
        and (len(_RUNS.findall(part)) * _RUN_CHARS > len(part) or _ONE_CASE_KEY.fullmatch(part) is not None)
        for part in _OTHER_SIGNS.split(value)
    )


def _is_drawn(part: str) -> bool:
    """Whether a part of a path has letters beyond those of numbers in base 16: ids of things are such numbers."""
    mixed = part not in (part.lower(), part.upper()) and not part.isalpha()
    return mixed and not _WORD_WITHIN.search(part)


def _is_unguessable(segment: str) -> bool:
    """Whether a part of a path, wherever it stands and whatever is written around it, holds what only chance writes."""
    return any(
        len(part) >= _UNGUESSABLE_CHARS_MIN
        and part not in (part.lower(), part.upper())
        and not part.isalpha()
        and len(_RUNS.findall(part)) * _PART_RUN_CHARS > len(part)
        for part in _OTHER_SIGNS.split(segment)
    )


def _is_chance(value: str, name: str) -> bool:
    """Whether letters and digits take turns as they do by chance only: words and names of files have longer runs."""
    return any(_is_chance_part(part, _ID_NAME.search(name) is not None) for part in _OTHER_SIGNS.split(value))


def _is_chance_part(part: str, is_id: bool) -> bool:
    length, runs = len(part), len(_RUNS.findall(part))
    mixed = part not in (part.lower(), part.upper())
    if part.isalpha():
        return False
    if is_id:
        return mixed and length >= _ID_CHARS_MIN and runs * _RUN_CHARS > length
    if mixed and length >= _MIXED_CHARS_MIN and runs * _SHORT_RUN_CHARS > length:
        return True
    return length >= (_HEX_CHARS_MIN if _HEX.fullmatch(part) else _CHANCE_CHARS_MIN) and runs * _RUN_CHARS > length


def _without_parameters(url: str) -> str:
    told = _SECRET_IN_PART.sub(rf"\g<name>{urls.WITHHELD}", _SECRET_IN_URL.sub(rf"\g<name>{urls.WITHHELD}", url))
    told = _SECRET_IN_JSON.sub(rf"\g<name>{urls.WITHHELD}", told)
    return _SECRET_IN_INNER_URL.sub(rf"\g<name>{urls.WITHHELD}", told) if "%" in told else told


def _without_granted_parts(url: str) -> str:
    """The address, and one within it, without what follows in a path on a word that makes it work."""
    pieces = _PARTS.split(url)
    for at in range(2, len(pieces) - 2, 2):
        if not (_IS_SLASH.fullmatch(pieces[at - 1]) and _IS_SLASH.fullmatch(pieces[at + 1])):
            continue
        if not _GRANTING_PART.fullmatch(pieces[at]):
            continue
        granted = pieces[at + 2]
        if len(granted) >= _GRANTED_CHARS_MIN and _DRAWN.search(granted):
            pieces[at + 2] = urls.WITHHELD
        elif len(granted) <= _WHOSE_CHARS_MAX and at + 4 < len(pieces) and _IS_SLASH.fullmatch(pieces[at + 3]):
            pieces[at + 4] = urls.WITHHELD if _is_key(pieces[at + 4]) else pieces[at + 4]
    return "".join(pieces)


def _granting(found: re.Match[str]) -> str:
    return found["name"] + (urls.WITHHELD if _DRAWN.search(found["value"]) else found["value"])
