/** What is left out of addresses and forms before they are sent, and what is added so that fapai knows the item. */
"use strict";

var fapaiAddresses = (() => {
  /** Fields that stand for a person or a browser; the same as crawler/intake/posted.py leaves out. */
  const SECRET_FIELD = /token|secret|h5st|sign|cookie|session|auth|captcha|phone|mobile|uuid|\beid\b|\bpin\b/i;
  const LOGIN_FIELD = /passw|pwd|\bpass\b|login/i;
  const LONGEST_FORM = 8_000;

  const COURT_ITEM = /^https?:\/\/(?:(?:sf-item|sf)\.taobao\.com\/sf_item|susong-item\.taobao\.com\/auction)\/([0-9]{6,16})\.htm/;
  const ASSET_ITEM = /^https?:\/\/(?:zc-item\.taobao\.com\/auction\/|zc-paimai\.taobao\.com\/auction\.htm\?(?:[^#]*&)?itemId=)([0-9]{6,16})/;
  const ITEM_PART = /^https?:\/\/[a-z-]+\.taobao\.com\/json\/get_|^https:\/\/desc\.alicdn\.com\//;

  /** Keeps the byte form of every part that stays: the address names a page. */
  function withoutFields(query) {
    return query
      .split("&")
      .filter((pair) => !SECRET_FIELD.test(decoded(pair.split("=", 1)[0])))
      .join("&");
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // GBK
    }
  }

  /** The address without its fragment and without fields of a person or a browser. */
  function publicAddress(url) {
    const [whole] = url.split("#", 1);
    const at = whole.indexOf("?");
    if (at < 0) return whole;
    const query = withoutFields(whole.slice(at + 1));
    return query ? `${whole.slice(0, at)}?${query}` : whole.slice(0, at);
  }

  /** The form without such fields; null for a login, for what is no form, and for one that is very long. */
  function publicForm(posted) {
    if (posted === null || posted.length > LONGEST_FORM || !/^[^=&\s{]+=/.test(posted)) return null;
    const names = posted.split("&").map((pair) => decoded(pair.split("=", 1)[0]));
    return names.some((name) => LOGIN_FIELD.test(name)) ? null : withoutFields(posted);
  }

  /** Parts of an item do not always name it: what is known from the page stands behind a #, as a crawl writes it. */
  function withItem(url, page) {
    if (!ITEM_PART.test(url)) return url;
    const court = COURT_ITEM.exec(page);
    if (court) return `${url}#item=${court[1]}`;
    const asset = ASSET_ITEM.exec(page);
    return asset ? `${url}#zc-item=${asset[1]}` : url;
  }

  return { SECRET_FIELD, LOGIN_FIELD, publicAddress, publicForm, withItem };
})();
