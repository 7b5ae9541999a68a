"""Pages that put functions of their own in the place of the browser's, or forbid much, around one small app."""

from dataclasses import dataclass, field
from string import Template

RESULT = "Hello Ada, 1 of 2 parts"
NAME_AT, ADD_AT = (60, 110), (60, 160)
"""Where the field and the button are: what a page replaces may be what a program that looks for them needs."""
APP = """
<style>#name { position: absolute; left: 20px; top: 100px; width: 100px; height: 20px }
#add { position: absolute; left: 20px; top: 150px; width: 100px; height: 20px }</style>
<h1>Parts</h1>
<form id="form"><label for="name">Name</label> <input id="name" name="nodeName" />
<input type="hidden" name="parentElement" /><input type="hidden" name="children" />
<input type="hidden" name="getAttribute" /><input type="hidden" name="closest" />
<button type="button" id="add">Add part</button></form>
<p role="status" id="said"></p>
"""
BEHAVIOUR = """(function () {
document.getElementById("add").onclick = function () {
  const ask = new XMLHttpRequest();
  ask.open("POST", "/api/parts");
  ask.onload = function () {
    const name = document.getElementById("name").value;
    document.getElementById("said").firstChild.data = "Hello " + name + ", 1 of 2 parts";
  };
  ask.send("{}");
};
document.getElementById("said").appendChild(document.createTextNode(""));
})();
"""


@dataclass(frozen=True)
class Hostile:
    """A page: its scripts before and after ours, and its headers."""

    script: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"


THROWS = "function () { throw new Error('the page has its own') }"
PAGES = {
    "old library": Hostile("""
      Array.from = function (list) {
        var out = [];
        for (var i = 0; i < list.length; i++) out.push(list[i]);
        return out;
      };
      Array.prototype.toJSON = function () { return "[" + this.join(", ") + "]"; };
      Object.prototype.toJSON = function () { return "{}"; };
      Function.prototype.bind = function (self) {
        var bound = this;
        return function () { return bound.apply(self, arguments); };
      };
      Array.prototype.entries = Array.prototype.keys = function () { return this; };
      Array.prototype.each = Array.prototype.map;
      HTMLElement.prototype.remove = function () { this.parentNode.removeChild(this); return this; };
      window.$ = function (id) { return document.getElementById(id); };
    """),
    "language": Hostile(f"""
      const ofLists = "map filter slice includes indexOf some every find forEach flatMap concat splice sort reverse";
      for (const name of ofLists.split(" ")) Array.prototype[name] = {THROWS};
      for (const name of ["split", "replace", "trim", "includes", "startsWith", "toLowerCase", "slice"])
        String.prototype[name] = function () {{ return "" }};
      RegExp.prototype.test = function () {{ return null }};
      for (const kind of [Map, Set, WeakMap, WeakSet])
        for (const name of ["get", "set", "has", "add", "delete", "forEach"])
          if (kind.prototype[name]) kind.prototype[name] = {THROWS};
      Array.prototype[Symbol.iterator] = Map.prototype[Symbol.iterator] = Set.prototype[Symbol.iterator] = {THROWS};
      NodeList.prototype[Symbol.iterator] = {THROWS};
      Object.keys = Object.entries = Object.assign = {THROWS};
      JSON.stringify = function () {{ return "{{}}" }};
      JSON.parse = Math.max = Math.min = Reflect.apply = {THROWS};
      window.Map = window.Set = window.WeakMap = window.URL = {THROWS};
    """),
    "document": Hostile(f"""
      const ofElements = "matches closest getAttribute hasAttribute querySelectorAll getBoundingClientRect";
      for (const name of ofElements.split(" ")) Element.prototype[name] = {THROWS};
      Document.prototype.querySelectorAll = Document.prototype.createElement = {THROWS};
      Node.prototype.contains = {THROWS};
      Node.prototype.getRootNode = function () {{ return null }};
      for (const [name, value] of [["nodeName", "X"], ["nodeType", 3], ["parentElement", null], ["isConnected", false]])
        Object.defineProperty(Node.prototype, name, {{ get: () => value, configurable: true }});
      Object.defineProperty(Element.prototype, "shadowRoot", {{ get: {THROWS}, configurable: true }});
      window.getComputedStyle = {THROWS};
    """),
    "zone": Hostile("""
      window.tasks = [];
      const counted = (holder, name) => {
        const original = holder[name];
        holder[name] = function (...args) { window.tasks.push(name); return original.apply(this, args); };
      };
      counted(window, "setTimeout");
      counted(window, "fetch");
      counted(EventTarget.prototype, "addEventListener");
      counted(Promise.prototype, "then");
      window.MutationObserver = function () { window.tasks.push("MutationObserver"); };
      window.Promise = function () { window.tasks.push("Promise"); };
      Date.now = () => 5; performance.now = () => 5; Math.random = () => 0.5;
      Object.defineProperty(window, "crypto", { value: { randomUUID: () => "always the same" } });
      navigator.sendBeacon = () => { window.tasks.push("sendBeacon"); return false; };
      const printed = Function.prototype.toString;
      Function.prototype.toString = function () { return "function " + this.name + "() { [native code] }"; };
      Function.prototype.call = function (self, ...args) { return Reflect.apply(this, self, args); };
    """),
    "frozen": Hostile("""
      for (const kind of [Array, Object, Function, String, RegExp, Map, Set, Promise, Element, Document, Node, History,
                          XMLHttpRequest, EventTarget, Navigator, HTMLElement, Storage]) Object.freeze(kind.prototype);
      for (const name of ["fetch", "alert", "confirm", "prompt", "open"])
        Object.defineProperty(window, name, { value: window[name], writable: false, configurable: false });
      Object.freeze(JSON); Object.freeze(Object); Object.freeze(Reflect);
    """),
    "trusted types": Hostile(
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-n0nce'; "
            "connect-src 'self' $endpoint; require-trusted-types-for 'script'; trusted-types 'none'; "
            "frame-src 'none'; base-uri 'none'"
        }
    ),
    "sandboxed": Hostile(headers={"Content-Security-Policy": "sandbox allow-scripts allow-forms"}),
    "xhtml": Hostile(kind="application/xhtml+xml; charset=utf-8"),
}

XHTML = Template("""<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml">
<head><title>Parts</title>$first<script nonce="n0nce"><![CDATA[$hostile]]></script></head>
<body>$app<script nonce="n0nce"><![CDATA[$behaviour]]></script>$last</body></html>""")
HTML = Template("""<!doctype html>
<html lang="en"><head><title>Parts</title>$first<script nonce="n0nce">$hostile</script></head>
<body>$app<script nonce="n0nce">$behaviour</script>$last</body></html>""")


def written(page: Hostile, tag: str, first: bool) -> str:
    """The page's text, with our tag before or after its own scripts."""
    text = XHTML if "xhtml" in page.kind else HTML
    return text.substitute(
        first=tag if first else "",
        last="" if first else tag,
        hostile=page.script,
        app=APP,
        behaviour=BEHAVIOUR,
    )
