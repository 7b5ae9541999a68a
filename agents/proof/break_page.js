// Breaks a page on purpose, from the moment the watched test begins the mutant's step: changes texts, or makes the
// controls dead. `config.kind` says which, `config.texts` are the texts. Called in each document before its own scripts.
(config) => {
  const KEY = "__proof_armed";
  const kept = () => { try { return sessionStorage.getItem(KEY); } catch { return null; } };
  const keep = () => { try { sessionStorage.setItem(KEY, "1"); } catch {} };
  const applied = () => window.__proof_applied && window.__proof_applied();
  const wrong = (text) => {
    if (/[0-9]/.test(text)) return text.replace(/[0-9]/g, (digit) => String((Number(digit) + 1) % 10));
    const turned = text.split(/(\s+)/).reverse().join("");
    return turned === text ? [...text].reverse().join("") : turned;
  };
  const change = (text) => {
    let out = text;
    for (const one of config.texts) {
      if (out.includes(one)) out = out.split(one).join(config.kind === "missing_text" ? "\u2026" : wrong(one));
    }
    return out;
  };
  const ours = new WeakMap();
  const breakText = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement && node.parentElement.nodeName;
      if (parent === "SCRIPT" || parent === "STYLE" || ours.get(node) === node.data) return;
      const next = change(node.data);
      if (next !== node.data) { ours.set(node, next); node.data = next; applied(); }
      return;
    }
    if (node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("aria-label")) {
      const next = change(node.getAttribute("aria-label"));
      if (next !== node.getAttribute("aria-label")) { node.setAttribute("aria-label", next); applied(); }
    }
    for (const child of node.childNodes) breakText(child);
    if (node.shadowRoot) breakText(node.shadowRoot);
  };
  let texting = false;
  const breakTexts = () => {
    if (texting || config.kind === "dead_control") return;
    texting = true;
    const start = () => {
      breakText(document.documentElement);
      new MutationObserver((records) => {
        for (const record of records) {
          if (record.type === "characterData") breakText(record.target);
          for (const node of record.addedNodes) breakText(node);
        }
      }).observe(document, { childList: true, subtree: true, characterData: true });
    };
    if (document.documentElement) start();
    else document.addEventListener("readystatechange", start, { once: true });
  };
  let armed = false;
  const act = (event) => {
    if (!armed || !event.isTrusted) return;
    if (config.kind === "dead_control") {
      if (event.type.startsWith("key") && event.key !== "Enter" && event.key !== " ") return;
      event.stopImmediatePropagation();
      event.preventDefault();
      applied();
      return;
    }
    keep();
    setTimeout(breakTexts, 0);
  };
  const kinds = ["pointerdown", "mousedown", "mouseup", "pointerup", "click", "keydown", "keyup", "keypress"];
  kinds.push("submit", "input", "change");
  for (const kind of kinds) window.addEventListener(kind, act, true);
  window.__proof_arm = () => { armed = true; };
  if (config.kind !== "dead_control" && kept()) breakTexts();
}
