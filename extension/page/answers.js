/**
 * Runs in the page's own world, before its scripts: copies the answers that the page itself asks for, of listed
 * addresses only, and hands the copies to reader.js. It asks for nothing, changes no request and no answer.
 *
 * The copies go through a port that reader.js has sent before the page's first script ran: the page can neither read
 * nor forge them by a listener of its own.
 */
(() => {
  "use strict";

  const LONGEST = 8_000_000; // characters; fapai takes no more
  const MOST_WAITING = 100;

  const DESCRIPTION = /^https:\/\/desc\.alicdn\.com\//;

  /** What fapai can read. JD's gateway tells by a name in the address or the form what is asked. */
  const ANSWERS = [
    /^https:\/\/h5api\.m\.taobao\.com\/h5\/mtop\.taobao\.datafront\.invoke\.auctionwalle\//,
    /^https?:\/\/[a-z-]+\.taobao\.com\/json\/get_(?:bid_records|bid_detail|notice_attach|gov_attach)\.htm\?/,
    /^https:\/\/detail-ext\.taobao\.com\/json\/get_(?:auction_desc_content|item_attach|project_desc_content)\.do\?/,
    DESCRIPTION,
    /^https:\/\/auction\.jd\.com\/getAssetsList\.html\?/,
    /^https?:\/\/www1?\.rmfysszc\.gov\.cn\/(?:ProjectHandle|Object\/Finish)\.shtml/,
    /^https:\/\/sf\.caa123\.org\.cn\/caa-web-ws\/ws\/0\.1\/(?:(?:goods|notice|instruction)\/)?lots?(?:[/?]|$)/,
    /^https:\/\/gf\.trade\.icbc\.com\.cn\/(?:searchproducts\/pv|subjectMatterTrade\/getNewDateNew|wholeSaleProd\/visitorCount)\.jhtml/,
    /^https:\/\/otc\.cbex\.com\/(?:page\/sfpm\/(?:list\/list_li|detail\/prjBidInfo)|service\/sfpm\/detail\/(?:bidInfo|detailInfo))/,
  ];
  const GATEWAY = /^https:\/\/api\.m\.jd\.com\/(?:api|client\.action)?(?:\?|$)/;
  const CALL = new RegExp(
    "(?:^|[?&])functionId=(?:paimai_unifiedSearch|paimai_searchMerchantsProduct|getSearchData|getWareCoreDataBff|" +
      "getProductBasicInfo|getPaimaiRealTimeData|queryProductDescription|queryAnnouncement|queryNotice|" +
      "queryVendorInfo|queryAttachFilesForIntro)(?:&|$)",
  );
  const CALLBACKS = ["callback", "jsonp", "jsonpCallback", "cb"];

  let port = null;
  const waiting = [];

  /** Whether an answer is one that fapai can read; `posted` is the form that was sent for it, or null. */
  function isListed(url, posted) {
    if (GATEWAY.test(url)) return CALL.test(url) || (posted !== null && CALL.test(posted));
    return ANSWERS.some((each) => each.test(url));
  }

  function hand(answer) {
    if (!answer.body || answer.body.length > LONGEST) return;
    if (port) port.postMessage(answer);
    else if (waiting.push(answer) > MOST_WAITING) waiting.shift();
  }

  function addressOf(asked) {
    try {
      return new URL(asked, document.baseURI).href;
    } catch {
      return "";
    }
  }

  /** A form that was posted, as text; null for what is none. */
  function formOf(body) {
    if (typeof body === "string") return body;
    if (body instanceof URLSearchParams) return body.toString();
    if (body instanceof FormData) return new URLSearchParams([...body].filter(([, value]) => typeof value === "string")).toString();
    return null;
  }

  function takeOver(event) {
    if (event.source !== window || event.data !== "fapai-companion" || event.ports.length !== 1) return;
    event.stopImmediatePropagation();
    window.removeEventListener("message", takeOver, true);
    port = event.ports[0];
    for (const answer of waiting.splice(0)) port.postMessage(answer);
  }
  window.addEventListener("message", takeOver, true);

  function whole(type, status, url, posted, body) {
    hand({ url, posted, body, status, contentType: type || "application/json", observedAt: new Date().toISOString() });
  }

  /** Copies before the page can read its answer to the end: of what may be listed, since a form may come later. */
  async function copyFetched(asked, posted, answer) {
    const response = await answer;
    if (response.type === "opaque" || !(GATEWAY.test(asked) || isListed(asked, null))) return;
    const copy = response.clone();
    if (!isListed(asked, await posted)) return;
    const type = response.headers.get("content-type");
    whole(type, response.status, response.url || asked, await posted, await copy.text());
  }

  /** The form of a request, which is read from a copy of it where the page made it beforehand. */
  function formOfFetch(input, init, url) {
    if (init?.body !== undefined) return formOf(init.body);
    const isPosted = input instanceof Request && input.method === "POST" && !input.bodyUsed;
    return isPosted && (GATEWAY.test(url) || isListed(url, null)) ? input.clone().text() : null;
  }

  window.fetch = new Proxy(window.fetch, {
    apply(target, self, given) {
      const [input, init] = given;
      const url = input instanceof Request ? input.url : addressOf(input);
      const posted = formOfFetch(input, init, url);
      const answer = Reflect.apply(target, self, given);
      copyFetched(url, posted, answer).catch(() => {}); // the page gets its own error from its own promise
      return answer;
    },
  });

  const calls = new WeakMap();

  function copyLoaded(request) {
    const call = calls.get(request);
    const url = request.responseURL || call.url;
    if (!isListed(call.url, call.posted)) return;
    const kind = request.responseType;
    if (kind !== "" && kind !== "text" && kind !== "json") return;
    const body = kind === "json" ? JSON.stringify(request.response) : request.responseText;
    whole(request.getResponseHeader("content-type"), request.status, url, call.posted, body);
  }

  XMLHttpRequest.prototype.open = new Proxy(XMLHttpRequest.prototype.open, {
    apply(target, self, given) {
      calls.set(self, { url: addressOf(given[1]), posted: null });
      return Reflect.apply(target, self, given);
    },
  });

  XMLHttpRequest.prototype.send = new Proxy(XMLHttpRequest.prototype.send, {
    apply(target, self, given) {
      const call = calls.get(self);
      if (call) {
        call.posted = formOf(given[0]);
        self.addEventListener("load", () => copyLoaded(self), { once: true });
      }
      return Reflect.apply(target, self, given);
    },
  });

  /** A description as a script that sets a variable: `var desc='…';`. */
  function watchDescription(script) {
    const copy = () => {
      if (typeof window.desc !== "string") return;
      const text = JSON.stringify(window.desc).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
      whole("text/javascript", 200, script.src, null, `var desc='${text}';`);
    };
    script.addEventListener("load", copy, { once: true });
  }

  /** An answer as a script that calls a function of the page (JSONP): the call is copied on its way. */
  function watchScript(script) {
    if (!script.src || !isListed(script.src, null)) return;
    if (DESCRIPTION.test(script.src)) {
      watchDescription(script);
      return;
    }
    const query = new URL(script.src).searchParams;
    const name = CALLBACKS.map((each) => query.get(each)).find((each) => each && typeof window[each] === "function");
    if (!name) return;
    window[name] = new Proxy(window[name], {
      apply(target, self, given) {
        if (given.length === 1) whole("application/json", 200, script.src, null, JSON.stringify(given[0]));
        return Reflect.apply(target, self, given);
      },
    });
  }

  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node instanceof HTMLScriptElement) watchScript(node);
  }).observe(document, { childList: true, subtree: true });
})();
