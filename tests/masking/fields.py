"""Fields of generated pages: named in all ways, masked or not, and those for secrets, which the page repeats."""

import html

from tests.masking.drawing import Act, Drawing

_BOX = 'style="border:1px solid;min-height:20px"'
_STARS = "event.preventDefault(); this.textContent += '*'"
_PASSWORDS = (
    "Password",
    "Passphrase",
    "Passwort",
    "API key",
    "Client secret",
    "Access token",
    "Security answer",
    "密码",
)
_CODES = ("Verification code", "One-time code", "SMS code", "OTP", "Code", "Enter the 6-digit code", "Code we sent you")
_FORMS = (
    "this.value.toUpperCase()",
    "encodeURIComponent(this.value)",
    "this.value.replace(/ /g, '')",
    "btoa(this.value)",
    "[...this.value].map((c) => c.charCodeAt(0).toString(16)).join('')",
    "[...this.value].map((c) => c.charCodeAt(0).toString(16)).join(' ')",
    "[...this.value].reverse().join('')",
)
_JOIN = "e.textContent = 'Code ' + [...document.querySelectorAll('[maxlength]')].map((b) => b.value).join('')"


def labelled(draw: Drawing, around: bool) -> str:
    """A field and what names it, each masked or not."""
    label_marks, label_hidden = draw.marked(around)
    marks, masked = draw.marked(around)
    number, label = draw.number(), draw.words.text(label_hidden)
    way = draw.random.choice(("for", "around", "labelledby", "describedby"))
    if way == "around":
        return f"<label{label_marks}>{label} {_field(draw, marks, masked or label_hidden)}</label>"
    if way == "for" and " id=" not in marks:
        return f"<label for=f{number}{label_marks}>{label}</label>{_field(draw, f'{marks} id=f{number}', masked)}"
    named = f"{marks} aria-{'labelledby' if way == 'for' else way}=l{number}"
    return f"<span{label_marks}><i id=l{number}>{label}</i></span>{_field(draw, named, masked)}"


def _field(draw: Drawing, marks: str, masked: bool) -> str:
    """A field of some kind, with a secret in it where it is masked."""
    typed = draw.words.secret() if masked or draw.mask else draw.words.plain()
    match draw.random.choice(("input", "input", "textarea", "select", "check", "editor", "search", "keypad")):
        case "select":
            value = html.escape(draw.words.slug() if masked else "b")
            options = f'<option>-</option><option value="{value}">{draw.words.text(masked)}</option>'
            return f"<select{marks} {draw.used('select')}>{options}</select>"
        case "check":
            return f"<input type=checkbox{marks} {draw.used('click')}>"
        case "textarea":
            hint, held = f'placeholder="{draw.words.text(masked)}"', draw.words.secret() if masked else ""
            return f"<textarea{marks} {hint} {draw.used('type', text=typed)}>{held}</textarea>"
        case "editor":
            return f"<div contenteditable=true role=textbox{marks} {draw.used('type', text=typed)} {_BOX}></div>"
        case "keypad" if masked:
            used = draw.used("keys", text=draw.words.password())
            return f'<div tabindex=0{marks} {used} {_BOX} onkeydown="{_STARS}"></div>'
        case kind:
            held = f'value="{draw.words.secret()}"' if masked and draw.random.random() < 0.3 else ""
            hint = f'placeholder="{draw.words.text(masked)}"'
            shape = "search" if kind == "search" else "text"
            return f"<input type={shape}{marks} {held} {hint} {draw.used('type', text=typed)}>"


def secret_field(draw: Drawing) -> str:
    """A field for a secret, known by its type, its name or its value."""
    kinds = ("input", "input", "input", "textarea", "editor", "filled", "boxes", "shadow", "pad", "drawn")
    kind = draw.random.choice(kinds)
    if kind == "boxes":
        return _boxes(draw)
    if kind == "pad":
        return _pad(draw)
    if kind == "drawn":
        return _drawn(draw)
    number = draw.number()
    secret, name, attributes = _asked(draw, named=kind in ("editor", "textarea"))
    go = f"<button {draw.used('click')}>Send</button>"
    if kind == "filled":
        field = f'<input {attributes} aria-label="{name}" data-mask value="{html.escape(secret)}">'
        if name not in ("Number", "Word"):
            field = field.replace("data-mask ", "")
        return f"<table><tr><td>{name}<td>{field}<td>{go}</table>"
    used = draw.used("secret", text=secret)
    if kind == "editor":
        return f'<div contenteditable=true role=textbox aria-label="{name}" {used} {_BOX}></div>{go}'
    if kind == "shadow":
        field = f'<input {attributes} aria-label="{name}" {used}>'
        return f'<x-field label="{name}"><template shadowrootmode=open>{field}</template></x-field>{go}'
    told = draw.random.choice((f'aria-label="{name}"', f'placeholder="{name}"', f'title="{name}"', "", ""))
    label = "" if told else f"<label for=s{number}>{name}</label>"
    own = f"id=s{number} {told} {used} {_echo(draw, number)}"
    field = f"<textarea {own}></textarea>" if kind == "textarea" else f"<input {attributes} {own}>"
    return f"{label}{field}<p id=e{number} role=status></p>{go}"


def _asked(draw: Drawing, named: bool) -> tuple[str, str, str]:
    """A secret, what its field is called, and its attributes; `named`: it is known by its name alone."""
    words, chance = draw.words, draw.random
    match chance.choice(
        ("named", "named", "code", "card") if named else ("password", "named", "code", "card", "number")
    ):
        case "password":
            shape = chance.choice(("type=password", "style=-webkit-text-security:disc"))
            return words.password(), chance.choice((*_PASSWORDS, "Word")), shape
        case "named":
            return words.password(), chance.choice(_PASSWORDS), "type=text"
        case "code":
            shape = chance.choice(("inputmode=numeric", "maxlength=6", "pattern='[0-9]{6}'"))
            return words.digits(6), chance.choice(_CODES[:4] if named else _CODES), shape
        case "card":
            return words.card(), "Card number", "type=text"
        case _:
            return words.card(), "Number", "type=text"


def _echo(draw: Drawing, number: int) -> str:
    """What the page does with the value: shows it in another form, asks for it, puts it into its address."""
    form = draw.random.choice(_FORMS)
    return draw.random.choice(
        (
            "",
            f"oninput=\"e{number}.textContent = 'Peek: ' + this.value\"",
            f"onchange=\"e{number}.textContent = 'Is ' + {form}\"",
            f"onchange=\"e{number}.textContent = 'Is ' + this.value.replace(/(.{{4}})/g, '$1 ')\"",
            "oninput=\"fetch('/api/check?v=' + encodeURIComponent(this.value))\"",
            "onchange=\"fetch('/api/' + encodeURIComponent(this.value))\"",
            "onchange=\"history.pushState(null, '', '?q=' + encodeURIComponent(this.value).replace(/%20/g, '+'))\"",
        )
    )


def _boxes(draw: Drawing) -> str:
    """A code over several boxes, of which one says so, or what is around them."""
    code, keys = draw.words.digits(6), [draw.number() for _ in range(6)]
    first = draw.random.choice(("autocomplete=one-time-code", "aria-label='Verification code, digit 1'", ""))
    boxes = [f"<input maxlength=1 style='width:2em' data-k={key}>" for key in keys]
    boxes[0] = boxes[0].replace("<input", f"<input {first}")
    draw.acts.append(Act("boxes", keys[0], code))
    shows = f'<p id=e role=status></p><button {draw.used("click")} onclick="{_JOIN}">Check</button>'
    return f"<div role=group aria-label='Verification code'>{''.join(boxes)}</div>{shows}"


def _pad(draw: Drawing) -> str:
    """Ten buttons for a PIN, in any order, which the page shows or not."""
    code, keys = draw.words.digits(6), {digit: draw.number() for digit in "0123456789"}
    back, at = draw.number(), draw.random.randrange(6)
    wrong = draw.random.choice(("", f"{draw.random.choice('0123456789')}<"))
    draw.acts.append(Act("pad", keys["0"], code[:at] + wrong + code[at:]))
    order, shown = list(keys), draw.random.choice(("pin.v", "pin.v.replace(/./g, '•')", "'Typed ' + pin.v.length"))
    draw.random.shuffle(order)
    press = "pin.v = (pin.v || '') + {0}; pin.textContent = {1}"
    buttons = [f'<button data-k={keys[one]} onclick="{press.format(one, shown)}">{one}</button>' for one in order]
    taken = f"pin.v = (pin.v || '').slice(0, -1); pin.textContent = {shown}"
    buttons.append(f'<button data-k={back} onclick="{taken}">Back</button>')
    return f"<section><h3>Enter your PIN</h3><p id=pin></p><div>{''.join(buttons)}</div></section>"


def _drawn(draw: Drawing) -> str:
    """A box that the page draws for a password, and what it says of it afterwards."""
    number, secret = draw.number(), draw.words.password()
    takes = "event.preventDefault(); this.v = (this.v || '') + event.key; this.textContent += '*'"
    named = draw.random.choice((f"role=textbox aria-labelledby=l{number}", "aria-label=Passphrase"))
    used = draw.used("keys", text=secret)
    box = f'<div id=d{number} tabindex=0 {named} {used} {_BOX} onkeydown="{takes}"></div>'
    says = f"<button {draw.used('click')} onclick=\"e{number}.textContent = 'Is ' + d{number}.v\">Check</button>"
    return f"<span id=l{number}>Password</span>{box}<p id=e{number} role=status></p>{says}"
