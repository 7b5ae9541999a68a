// The browser's own functions from a clean place. build.mjs puts this before the bundle, in which harden.mjs has put
// names made of these in the place of every lookup on what a page may have changed, or may change later.
//
// Where ours is the page's first script, the page's functions are the browser's, and are kept from then on. Else each
// that doesn't look like the browser's is taken from a frame that lives for as long as that takes.

const $toolsOf = (realm) => ({
  realm,
  apply: realm.Reflect.apply,
  print: realm.Function.prototype.toString,
  exec: realm.RegExp.prototype.exec,
  describe: realm.Reflect.getOwnPropertyDescriptor,
});
const $page = $toolsOf(window);

/** Whether the browser made the function: it prints so, with a name, which functions bound by a page don't have. */
function $isNative(work, { apply, print, exec }) {
  const printed = /^function [^(]+\([^)]*\)\s*\{\s*\[native code\]\s*\}$/;
  return typeof work === "function" && apply(exec, printed, [apply(print, work, [])]) !== null;
}

/** Has `work` called with the tools of a frame of this origin, which is gone afterwards; false where there can be none (a
 * sandboxed page, a document without a root). */
function $inCleanFrame(work) {
  const root = document.documentElement;
  for (let way = 0; root && way < 2; way++) {
    let frame = null;
    let tools = null;
    try {
      frame = way ? document.createElement("iframe") : document.createElementNS("http://www.w3.org/1999/xhtml", "iframe");
      frame.hidden = true;
      root.appendChild(frame);
      tools = $toolsOf(frame.contentWindow);
      work(tools);
      tools.apply(tools.realm.Element.prototype.remove, frame, []);
      return true;
    } catch {
      // Another origin: the page is sandboxed. Or what the page has put there makes no frame: the next way, or none.
    }
    if (frame?.parentNode === root) root.removeChild(frame);
  }
  return false;
}

/** A function of the browser: a method (`m`) or reader (`r`, a getter) of a kind of object, one of the same that is called as
 * it is (`p`), one of an object's own (`o`), one of the window (`w`), or what has a name in all of the realm (`g`). */
function $lookUp({ realm, describe }, how, owner, name) {
  if (how === "g" || how === "w") return realm[name];
  const holder = how === "o" ? realm[owner] : realm[owner]?.prototype;
  return how === "r" ? holder && describe(holder, name)?.get : holder?.[name];
}

/** Has `work` called with what is asked for as `how owner name name|how owner name`, in that order; undefined what this browser
 * doesn't have. What is called on an object (methods, getters, functions of the window) takes that as its first argument. */
function $withNatives(asked, work) {
  const all = [];
  // Letter by letter: the page may have put something else in the place of `split`.
  let how = "";
  let owner = "";
  let word = "";
  let place = 0;
  for (let i = 0; i < asked.length; i++) {
    if (asked[i] > " " && asked[i] !== "|") {
      word += asked[i];
      continue;
    }
    if (place === 0) how = word;
    else if (place === 1) owner = word;
    else all[all.length] = { how, owner, name: word, own: $lookUp($page, how, owner, word) };
    word = "";
    place = asked[i] === "|" ? 0 : place + 1;
  }
  let changed = document.scripts.length > 1;
  for (let i = 0; i < all.length && !changed; i++) changed = all[i].own !== undefined && !$isNative(all[i].own, $page);
  const taken = [];
  // A frame that is gone keeps its functions working, but hands out no more of them.
  const take = (tools) => {
    for (let i = 0; i < all.length; i++) {
      const { how, owner, name, own } = all[i];
      taken[i] = $isNative(own, tools) ? own : ($lookUp(tools, how, owner, name) ?? own);
    }
  };
  if (!changed || !$inCleanFrame(take)) for (let i = 0; i < all.length; i++) taken[i] = all[i].own;
  const { 0: apply, 1: bind, 2: call } = taken;
  const uncurry = apply(bind, bind, [call]);
  for (let i = 0; i < all.length; i++) if (all[i].how === "m" || all[i].how === "r" || all[i].how === "w") taken[i] = uncurry(taken[i]);
  apply(work, undefined, taken);
}

/** The kind of promise that async functions give, whatever the page calls by that name. */
function $promiseOf(named) {
  const own = (async () => {})().constructor;
  return typeof own === "function" ? own : named;
}
