/** The document as it stands, as text: a copy, from which what belongs to the user is taken. */
"use strict";

var fapaiDocument = (() => {
  const OWN = "fapai-companion-panel";
  const QUIET = 1_000; // milliseconds without a change after which a page counts as loaded
  const LONGEST_WAIT = 6_000; // countdowns never rest

  /** The page's HTML without typed passwords, hidden tokens and our own panel; null for what is no HTML. */
  function snapshot() {
    if (document.contentType !== "text/html") return null;
    // In a document without a window nothing is loaded or run: a plain clone would ask for its pictures again.
    const copy = document.implementation.createHTMLDocument("").importNode(document.documentElement, true);
    for (const own of copy.querySelectorAll(OWN)) own.remove();
    for (const field of copy.querySelectorAll("input")) {
      const isSecret = field.type === "password" || fapaiAddresses.SECRET_FIELD.test(`${field.name} ${field.id}`);
      if (isSecret || fapaiAddresses.LOGIN_FIELD.test(field.name)) field.removeAttribute("value");
    }
    return `<!DOCTYPE html>\n${copy.outerHTML}\n`;
  }

  /** Text without halves of pairs of surrogates, as scripts leave them that cut an emoji in two: no UTF-8 tells them. */
  const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, "\ufffd");

  /** The address of the page; where on it the user looks does not matter. */
  const address = () => location.href.split("#", 1)[0];

  /** Calls `tell` once the page is loaded and at rest, and again after each change of its address. */
  function onRest(tell) {
    let told = null; // the address of which was told last
    let timer = 0;
    let latest = 0; // when to tell at last; 0: nothing is waited for

    function settle() {
      latest = 0;
      told = address();
      tell();
    }

    function wait() {
      if (address() === told) return;
      latest ||= Date.now() + LONGEST_WAIT;
      clearTimeout(timer);
      timer = setTimeout(settle, Math.max(0, Math.min(QUIET, latest - Date.now())));
    }

    const observer = new MutationObserver(wait);
    const begin = () => {
      observer.observe(document, { childList: true, subtree: true, characterData: true });
      wait();
    };
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin, { once: true });
    else begin();
    window.addEventListener("popstate", wait);
  }

  return { OWN, address, snapshot, wellFormed, onRest };
})();
