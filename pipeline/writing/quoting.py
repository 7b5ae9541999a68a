"""The one place where captured text becomes characters of a program, a regular expression or a CSS selector.

Everything captured is hostile. `quoted` gives a Python literal in pure ASCII, `escaped` the text as part of a regular
expression (understood alike by Python and by JavaScript, which runs it in the browser), `css_string` a CSS string.
"""

import re

_SPECIAL = re.compile(r"([.*+?^${}()|\[\]\\/])")
_CSS_IDENT = re.compile(r"-?[A-Za-z_][A-Za-z0-9_-]*\Z")
_CSS_UNSAFE = re.compile(r"[^ -~\u00a0-\U0010ffff]|[\ud800-\udfff\"\\]")


def quoted(text: str) -> str:
    """A Python string literal with this value: ASCII only, on one line, double quotes unless that needs escapes."""
    single = ascii(text)
    if single[0] == "'" and '"' not in text and "'" not in text:
        return f'"{single[1:-1]}"'
    return single


def escaped(text: str, gap: str = r"\s+") -> str:
    """A regular expression that matches exactly this text; `gap` stands for each run of white space."""
    return gap.join(_SPECIAL.sub(r"\\\1", word) for word in re.split(r"\s+", text))


def css_string(text: str) -> str:
    """A CSS string in double quotes with this value."""
    return '"' + _CSS_UNSAFE.sub(lambda hit: f"\\{ord(hit[0]):x} ", text.replace("\0", "\ufffd")) + '"'


def is_css_identifier(text: str) -> bool:
    """Whether the text can stand in a selector as it is, after `#` or `.` or as a tag or attribute."""
    return text.isascii() and _CSS_IDENT.match(text) is not None
