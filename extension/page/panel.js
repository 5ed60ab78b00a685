/** A small panel on the page of a known home: its earlier rounds and the cut. In a closed shadow: no page can read it. */
"use strict";

var fapaiPanel = (() => {
  const STYLE = `
    :host { all: initial; }
    section {
      position: fixed; right: 16px; bottom: 16px; z-index: 2147483647; box-sizing: border-box;
      width: min(360px, calc(100vw - 32px)); max-height: min(70vh, 520px); overflow: auto;
      padding: 14px 16px 12px; border: 1px solid #d5d9e0; border-radius: 12px; background: #fff; color: #1d2433;
      box-shadow: 0 10px 32px rgb(16 24 40 / 18%);
      font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
    }
    header { display: flex; align-items: baseline; gap: 8px; }
    h2 { flex: 1; margin: 0; font-size: 13px; font-weight: 600; color: #5b6472; }
    button {
      all: unset; box-sizing: border-box; width: 24px; height: 24px; border-radius: 6px; text-align: center;
      line-height: 24px; font-size: 16px; color: #5b6472; cursor: pointer;
    }
    button:hover { background: #eef0f4; }
    button:focus-visible, a:focus-visible { outline: 2px solid #1f5fd6; outline-offset: 1px; }
    .cut { margin: 4px 0 2px; font-size: 22px; font-weight: 700; color: #0a7d33; }
    .even { margin: 4px 0 2px; font-size: 16px; font-weight: 600; }
    p { margin: 0 0 8px; color: #434b59; }
    .doubt { padding: 4px 8px; border-radius: 6px; background: #fff4d6; color: #6a4a00; }
    ol { margin: 8px 0 0; padding: 0; list-style: none; border-top: 1px solid #e7e9ee; }
    li { padding: 7px 0 6px; border-bottom: 1px solid #e7e9ee; }
    li:last-child { border-bottom: 0; padding-bottom: 0; }
    .row { display: flex; align-items: baseline; gap: 8px; }
    .kind { flex: 1; font-weight: 600; }
    .price { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
    .bar { height: 5px; margin: 4px 0 3px; border-radius: 3px; background: #b9c4d8; }
    .this .bar { background: #0a7d33; }
    .this .kind::after { content: " ●"; color: #0a7d33; font-size: 10px; vertical-align: 2px; }
    .more { font-size: 12px; color: #5b6472; display: flex; gap: 8px; flex-wrap: wrap; }
    .down { color: #0a7d33; }
    a { color: #1f5fd6; }
    @media (prefers-color-scheme: dark) {
      section { background: #1b202b; color: #e8ebf1; border-color: #39414f; box-shadow: 0 10px 32px rgb(0 0 0 / 50%); }
      h2, button, .more { color: #a7b0bf; }
      button:hover { background: #2a3140; }
      p { color: #c3cad6; }
      .cut, .down { color: #5fd38a; }
      .bar { background: #4a556a; }
      .this .bar { background: #3fae69; }
      .this .kind::after { color: #5fd38a; }
      ol, li { border-color: #313949; }
      .doubt { background: #4a3a10; color: #ffe3a1; }
      a { color: #8ab4ff; }
    }
  `;
  const UNBROKEN = "\u00a0"; // a figure and its unit stay on one line
  let host = null;
  let dismissed = null; // the listing whose panel was closed

  const word = (name, ...values) => chrome.i18n.getMessage(name, values.map(String));

  function element(name, text, kind) {
    const made = document.createElement(name);
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const isChinese = () => word("language").startsWith("zh"); // of the words that are shown

  /** Yuan as people say them: 125.05 万. Other currencies keep their code. */
  function money(amount, currency) {
    if (amount === null) return "–";
    const value = Number(amount);
    const form = { minimumFractionDigits: 0, maximumFractionDigits: 2 };
    if (currency !== null && currency !== "CNY") return `${currency}${UNBROKEN}${value.toLocaleString("en", form)}`;
    if (!isChinese()) return `¥${value.toLocaleString("en", form)}`;
    if (value >= 1e8) return `${(value / 1e8).toLocaleString("zh-CN", form)}${UNBROKEN}亿`;
    if (value >= 1e4) return `${(value / 1e4).toLocaleString("zh-CN", form)}${UNBROKEN}万`;
    return `${value.toLocaleString("zh-CN", form)}${UNBROKEN}元`;
  }

  const percent = (value) => `${Number(value).toLocaleString("en", { maximumFractionDigits: 1 })}%`;

  /** The day in China, whatever zone the browser is in. */
  function day(instant) {
    if (instant === null) return null;
    const form = { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" };
    return new Intl.DateTimeFormat("sv", form).format(new Date(instant));
  }

  const term = (kind, value) => (value === null ? "" : word(`${kind}_${value}`) || value.replaceAll("_", " "));

  const platform = (listing) => term("platform", listing.split(":", 1)[0]);

  function roundLine(each, dearest) {
    const item = element("li", undefined, each.is_this ? "this" : "");
    if (each.is_this) item.setAttribute("aria-current", "true");
    const row = element("div", undefined, "row");
    row.append(element("span", term("round", each.round_kind) || word("roundNumber", each.place.split(".")[1]), "kind"));
    row.append(element("span", money(each.price, each.currency), "price"));
    item.append(row);
    if (each.price !== null && dearest > 0) {
      const bar = element("div", undefined, "bar");
      bar.style.width = `${Math.max(2, Math.min(100, (100 * Number(each.price)) / dearest))}%`;
      item.append(bar);
    }
    item.append(moreOf(each));
    return item;
  }

  function moreOf(each) {
    const more = element("div", undefined, "more");
    const at = day(each.ends_at || each.starts_at);
    if (at) more.append(element("span", at));
    if (each.status !== null) more.append(element("span", term("status", each.status)));
    if (each.hammer_price !== null) more.append(element("span", word("soldAt", money(each.hammer_price, each.currency))));
    if (each.cut_percent !== null && Number(each.cut_percent) > 0)
      more.append(element("span", `↓ ${percent(each.cut_percent)}`, "down"));
    if (each.is_this) more.append(element("span", word("thisPage")));
    else if (/^https?:\/\//.test(each.url || "")) {
      const link = element("a", platform(each.listing));
      link.href = each.url;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      more.append(link);
    } else more.append(element("span", platform(each.listing)));
    return more;
  }

  function headOf(home) {
    const asked = home.rounds.find((each) => each.is_this);
    const parts = [];
    if (home.cut !== null) {
      parts.push(element("div", `↓ ${percent(home.cut.percent)}`, "cut"));
      const words = [money(home.cut.price, asked.currency), money(asked.price, asked.currency)];
      const name = home.is_lowest_ever ? "cutLowest" : "cut";
      parts.push(element("p", word(name, ...words, money(home.cut.amount, asked.currency))));
    } else {
      parts.push(element("div", word("noCut"), "even"));
    }
    if (home.question_count > 0) parts.push(element("p", word("doubt", home.question_count), "doubt"));
    return parts;
  }

  function build(home) {
    const panel = element("section");
    panel.setAttribute("role", "complementary");
    panel.setAttribute("aria-label", word("panelTitle"));
    const head = element("header");
    const attempts = home.rounds.length;
    head.append(element("h2", attempts > 1 ? word("attempts", attempts) : word("firstSeen", day(home.first_seen_at))));
    const close = element("button", "×");
    close.setAttribute("aria-label", word("close"));
    close.title = word("close");
    close.addEventListener("click", () => {
      dismissed = home.listing;
      hide();
    });
    head.append(close);
    const dearest = Math.max(...home.rounds.map((each) => Number(each.price) || 0));
    const list = element("ol");
    list.append(...home.rounds.map((each) => roundLine(each, dearest)));
    panel.append(head, ...headOf(home), list);
    return panel;
  }

  function style(root) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet]; // no policy of the page forbids it
    } catch {
      root.append(element("style", STYLE)); // Firefox, in the world of an extension
    }
  }

  function hide() {
    host?.remove();
    host = null;
  }

  /** Show what is known; nothing for a home of one attempt whose price never fell, unless the user asks. */
  function show(home, isAsked) {
    const tellsMore = home.rounds.length > 1 || home.cut !== null;
    if (!isAsked && (!tellsMore || dismissed === home.listing)) return;
    hide();
    dismissed = null;
    host = document.createElement(fapaiDocument.OWN);
    const root = host.attachShadow({ mode: "closed" });
    style(root);
    root.append(build(home));
    document.documentElement.append(host);
  }

  return { show, hide };
})();
