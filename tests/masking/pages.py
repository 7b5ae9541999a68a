"""One generated page: elements nested at random, masks at random places, and what a user does there."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.masking.drawing import Act, Drawing
from tests.masking.fields import labelled, secret_field
from tests.masking.scripts import control, repeated
from tests.masking.words import Words

ACTS_MAX = 5
_DEPTH_MAX = 4
_BLOCKS = ("div", "section", "article", "aside", "p", "h2", "h3")
_ROLES = ("", "", "", "group", "region", "status", "alert", "note", "tabpanel")
_OPENS = "d{0}.showModal(); setTimeout(() => d{0}.close(), 300)"

Make = Callable[[Drawing, str, bool, int], str]
"""Makes an element with these attributes, masked or not, so deep."""


@dataclass
class Generated:
    """A page: its markup, the recorder's `mask`, the acts, its texts, and the pages of its frames."""

    markup: str
    title: str
    mask: str
    acts: list[Act]
    words: Words
    further: dict[str, str]
    answer: str
    """What prompts are answered with."""


def page(seed: str) -> Generated:
    """The page of a seed."""
    chance = Random(seed)
    draw = Drawing(chance, Words(chance), chance.choice(("", "", "", "", "all", "fields")))
    everything = draw.mask == "all"
    masked = everything or chance.random() < 0.08
    parts = [_block(draw, 0, masked) for _ in range(chance.randint(2, 5))]
    parts += [secret_field(draw), _known(draw, masked)]
    chance.shuffle(parts)
    title = draw.words.secret() if masked else chance.choice((draw.words.plain(), repeated(draw)))
    body = f"<body{' data-mask' if masked and not everything else ''}>{''.join(parts)}</body>"
    acts = chance.sample(draw.acts, min(len(draw.acts), ACTS_MAX))
    return Generated(body, title, draw.mask, acts, draw.words, draw.further, draw.words.password())


def _known(draw: Drawing, masked: bool) -> str:
    """A button whose name must be told once it is used: what isn't recorded at all isn't masked."""
    if masked:
        return f"<button>{draw.words.secret()}</button>"
    draw.words.told.append(f"Plain {draw.random.randint(100, 999)}")
    return f"<button {draw.used('known')}>{draw.words.told[-1]}</button>"


def _block(draw: Drawing, depth: int, around: bool) -> str:
    marks, masked = draw.marked(around)
    deep: tuple[Make, ...] = (_text, _fields)
    all_: tuple[Make, ...] = (*deep, _card, _table, _items, _menu, _dialog, _shadow, _frame)
    return draw.random.choice(deep if depth >= _DEPTH_MAX else all_)(draw, marks, masked, depth)


def _text(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    tag, role = draw.random.choice(_BLOCKS), draw.random.choice(_ROLES)
    return f"<{tag}{f' role={role}' if role else ''}{marks}>{draw.inner(masked)} {control(draw, masked)}</{tag}>"


def _fields(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    inner = "".join(labelled(draw, masked) for _ in range(draw.random.randint(1, 2)))
    return f"<fieldset{marks}><legend>{draw.inner(masked)}</legend>{inner}</fieldset>"


def _card(draw: Drawing, marks: str, masked: bool, depth: int) -> str:
    more = "".join(_block(draw, depth + 1, masked) for _ in range(draw.random.randint(1, 2)))
    return f"<div{marks}><h3>{draw.inner(masked)}</h3>{more}{control(draw, masked)}</div>"


def _table(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    rows = "".join(_row(draw, masked) for _ in range(draw.random.randint(1, 3)))
    head = f"<caption>{draw.words.text(masked)}</caption><tr><th>{draw.words.text(masked)}<th>x"
    return f"<table{marks}>{head}{rows}</table>"


def _row(draw: Drawing, around: bool) -> str:
    marks, masked = draw.marked(around, 0.2)
    cells = ""
    for _ in range(2):
        inner, hidden = draw.marked(masked)
        cells += f"<td{inner}>{draw.inner(hidden)}</td>"
    return f"<tr{marks}>{cells}<td>{control(draw, masked)}</td></tr>"


def _items(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    inner = ""
    for _ in range(draw.random.randint(1, 3)):
        own, hidden = draw.marked(masked)
        inner += f"<li{own}>{draw.inner(hidden)} {control(draw, hidden)}</li>"
    return f"<ul{marks}>{inner}</ul>"


def _menu(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    own, hidden = draw.marked(masked)
    item = f"<div role=menuitem tabindex=0{own} {draw.used('click', 'press')}>{draw.words.text(hidden)}</div>"
    return f"<div role=menu{marks}>{item}</div>"


def _dialog(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    number, (own, hidden) = draw.number(), draw.marked(masked)
    opener = f'<button {draw.used("click")} onclick="{_OPENS.format(number)}">Open</button>'
    marks, own = marks.replace(" id=", " data-id="), own.replace(" id=", " data-id=")
    heading = f"<h2 id=h{number}{own}>{draw.words.text(hidden)}</h2>"
    dialog = f"<dialog id=d{number} aria-labelledby=h{number}{marks}>{heading}{draw.inner(masked)}</dialog>"
    return opener + dialog


def _shadow(draw: Drawing, marks: str, masked: bool, _: int) -> str:
    own, hidden = draw.marked(masked)
    inner = f"<div{own}>{draw.inner(hidden)} {control(draw, hidden)} <slot></slot></div>"
    slotted = draw.random.choice(("<span>%s</span>", "%s")) % draw.words.text(hidden)
    return f"<x-part{marks}><template shadowrootmode=open>{inner}</template>{slotted}</x-part>"


def _frame(draw: Drawing, marks: str, masked: bool, depth: int) -> str:
    if depth > 1:
        return _text(draw, marks, masked, depth)
    own = f' title="{draw.words.secret()}"' if masked and " title=" not in marks else ""
    named = f'{marks}{own} name="{draw.words.slug()}"' if masked else marks
    inner = f"<body>{_block(draw, _DEPTH_MAX - draw.random.randint(0, 1), masked)}{control(draw, masked)}</body>"
    if draw.random.random() < 0.5:
        # Else a link to a part of the frame's page would load the page around it there.
        whole = f"<base href=about:srcdoc>{inner}"
        return f'<iframe{named} srcdoc="{html.escape(whole)}"></iframe>'
    path = f"/{draw.words.slug() if masked else f'inner{draw.number()}'}"
    draw.further[path] = f"<!doctype html><title>{draw.words.text(masked)}</title>{inner}"
    return f'<iframe{named} src="{path}"></iframe>'
