"""What a click does on a generated page: it may repeat a masked text where nothing is masked."""

import html
import json
from urllib.parse import quote, quote_plus

from tests.masking.drawing import Drawing

_TOKENS = "history.replaceState(null, '', '?token=tok_9f8e7d6c5b4aQx&code=918273')"
_CLONE = "const r = this.closest('tr,li,div'); if (r) { const c = r.cloneNode(true); r.replaceWith(c); }"
_REMOVE = "const r = this.closest('tr,li'); if (r) r.remove()"
_DIRTY = "const r = this.closest('tr,li,div'); if (r) r.className = 'dirty'"
_ALERT = (
    "const p = document.createElement('p'); p.setAttribute('role', 'alert'); p.textContent = %s; "
    "document.body.append(p)"
)


def control(draw: Drawing, masked: bool) -> str:
    """A button or a link."""
    marks, hidden = draw.marked(masked, 0.15)
    name, script = draw.inner(hidden), html.escape(_effect(draw, hidden))
    if draw.random.random() < 0.3:
        where = draw.words.slug() if hidden else "here"
        return f'<a href="#{where}"{marks} {draw.used("click", "hover")} onclick="{script}">{name}</a>'
    drags = " draggable=true" if draw.random.random() < 0.1 else ""
    used = draw.used("click", "click", "press", "hover", "drag")
    return f'<button type=button{marks}{drags} {used} onclick="{script}">{name}</button>'


def repeated(draw: Drawing) -> str:
    """A masked text in one of the forms that pages make of it."""
    names = [one for one in draw.words.shown if " " in one and one[0].isupper()]
    if not names:
        return draw.words.plain()
    secret = draw.random.choice(names)
    slug = secret.lower().replace(" ", "-")
    wide = secret.replace(" ", "  ")
    spelled = "".join(f"\\u{ord(char):04x}" if char in "aeiou" else char for char in secret)
    marked = secret.replace("o", "&#111;").replace("a", "&#x61;")
    return draw.random.choice(
        (secret, f"Saved {secret} now", secret.upper(), wide, quote(secret), quote_plus(secret), slug, spelled, marked)
    )


def _effect(draw: Drawing, masked: bool) -> str:
    told = json.dumps(repeated(draw))
    slug = repeated(draw).lower().replace(" ", "-").replace("%", "")
    within = "this.textContent = " + json.dumps(draw.words.secret() if masked else draw.words.plain())
    anywhere = ("", "", within, within, f"fetch('/api/{slug}')", _DIRTY, _REMOVE, _CLONE, _TOKENS)
    if masked:
        return draw.random.choice(anywhere)
    outside = (
        f"document.title = {told}",
        f"alert({told})",
        f"confirm({told})",
        "prompt('Enter your password')",
        _ALERT % told,
        f"history.pushState(null, '', '/{slug}')",
        f"fetch('/api/find?q=' + encodeURIComponent({told}))",
        f"this.setAttribute('aria-label', {told})",
    )
    return draw.random.choice((*anywhere, *outside))
