/**
 * Runs beside the page, in a world of its own: hands what the page holds and has loaded to the background, and shows
 * what fapai knows of the home. It reads; it never clicks, fills in, scrolls or asks the site for anything.
 */
(() => {
  "use strict";

  const visit = [...crypto.getRandomValues(new Uint32Array(4))].map((each) => each.toString(36)).join("");
  let address = null; // of which the background was told
  let isOn = null; // null: not known yet
  const early = [];

  const channel = new MessageChannel();
  channel.port1.onmessage = (event) => takeAnswer(event.data);
  window.postMessage("fapai-companion", location.origin, [channel.port2]);

  async function say(message) {
    try {
      return await chrome.runtime.sendMessage({ visit, address, ...message });
    } catch {
      isOn = false; // the extension was removed or renewed meanwhile: this page must be loaded again
      return undefined;
    }
  }

  function isAnswer(data) {
    return (
      data !== null &&
      typeof data === "object" &&
      ["url", "body", "contentType", "observedAt"].every((name) => typeof data[name] === "string") &&
      Number.isInteger(data.status) &&
      (data.posted === null || typeof data.posted === "string")
    );
  }

  function takeAnswer(data) {
    if (!isAnswer(data) || isOn === false) return;
    if (isOn === null) early.push(data);
    else sendAnswer(data);
  }

  function sendAnswer(data) {
    const posted = data.posted === null ? null : fapaiAddresses.publicForm(data.posted);
    const url = fapaiAddresses.publicAddress(data.url);
    send({
      url: posted === null ? fapaiAddresses.withItem(url, location.href) : url,
      body: data.body,
      content_type: `${data.contentType.split(";", 1)[0].trim()}; charset=utf-8`,
      status: data.status,
      observed_at: data.observedAt,
      posted: posted || null,
    });
  }

  function sendDocument() {
    const body = isOn ? fapaiDocument.snapshot() : null;
    if (body === null) return;
    const [entry] = performance.getEntriesByType("navigation");
    send(
      {
        url: fapaiAddresses.publicAddress(location.href),
        body,
        content_type: "text/html; charset=utf-8",
        status: entry?.responseStatus || 200,
        observed_at: new Date().toISOString(),
        posted: null,
      },
      true,
    );
  }

  async function send(page, isDocument = false) {
    if (isOn && address !== fapaiDocument.address()) await arrive();
    const body = fapaiDocument.wellFormed(page.body);
    const posted = page.posted && fapaiDocument.wellFormed(page.posted);
    if (isOn) await say({ kind: "page", page: { ...page, body, posted }, isDocument });
  }

  /** A page begins: loaded, come back to, or another address without loading. */
  async function arrive() {
    if (address !== null) fapaiPanel.hide();
    address = fapaiDocument.address();
    isOn = Boolean((await say({ kind: "begin" }))?.isOn);
  }

  chrome.runtime.onMessage.addListener((message) => {
    const isOfThisPage = message.visit === visit && message.address === address;
    if (message.kind === "known" && isOfThisPage) fapaiPanel.show(message.home, message.isAsked);
  });

  async function begin() {
    await arrive();
    for (const data of early.splice(0)) takeAnswer(data);
    if (isOn) fapaiDocument.onRest(sendDocument);
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) arrive();
  });
  begin();
})();
