"""JD's answers: JSON or JSONP in an envelope, and all that may stand in their place.

HTTP is 200 on business errors: ``code``, ``status`` and ``statusCode`` of the body decide. How this gateway answers a
refused call is not known; the codes 601 and 402 are those of JD's shop on the same gateway (2023).
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused, RowRefused
from crawler.items import Follow, ListingItem, PageContent
from crawler.page import Page
from crawler.parsers.html import page_text, refusal_by_status
from crawler.parsers.jd.calls import Call, read_call, source_of_call

CALLBACK = re.compile(rb"(?:/\*[^*]{0,20}\*/)? ?[A-Za-z_$][\w$.]{0,100}\(")
BLANKS = b"\xef\xbb\xbf \t\r\n"
SIGNS_WITHIN = 100_000  # characters of a page that are searched for signs
LONGEST_ID = 11  # digits; a paimaiId has 9 (2020 to 2026), productId and skuId have 13 or 14
REFUSING_CODES = frozenset({"402", "403", "429", "601", "605"})
BLOCK_SIGNS = (
    "活动参与太热情",
    "活动现在挤不进去",
    "签名验证失败",
    '"Queuing"',
    "403 (Forbidden)",
    "403 Forbidden",
    "Too Many Requests",
    "502 Bad Gateway",
    "ERR_EMPTY_RESPONSE",
    "请输入验证码",
    "captcha",
)
LOGIN_SIGNS = ("请登录", "passport.jd.com", "plogin.m.jd.com")
LOGIN_ADDRESS = re.compile(r"https?://(?:(?:passport|plogin)[\w.-]*\.jd\.com|[\w.-]*\bjd\.com/[^?#]*(?:login|signin))")
REMOVED = "您所访问的页面不存在"


BUNDLE_MARK = b'"getProductBasicInfo"'
CORE_MARK = b'"basicData"'


def is_bare_answer(page: Page, mark: bytes) -> bool:
    """Whether a body without its call is the one answer that has this mark, and none that holds several."""
    if mark not in page.body or not is_json(page) or BUNDLE_MARK in page.body:
        return False
    return mark == CORE_MARK or CORE_MARK not in page.body


class Asked(NamedTuple):
    """A page with the source of its reader and the call that its address tells."""

    page: Page
    source: str
    call: Call

    @property
    def listing_source(self) -> str:
        """The source of the listing that was asked for: noted in the address, else the reader's."""
        return source_of_call(self.call) or self.source

    def refusal(self, kind: type[PageRefused], reason: str) -> PageRefused:
        """A refusal that carries source and address."""
        return kind(reason, source=self.source, url=self.page.url)


def ask(page: Page, source: str, call: Call | None = None) -> Asked:
    """The page with what its address tells, unless the call is known otherwise."""
    return Asked(page, source, read_call(page.url) if call is None else call)


def is_json(page: Page) -> bool:
    """Whether the body begins as JSON or JSONP does."""
    head = page.body[:300].lstrip(BLANKS)
    return head[:1] == b"{" or CALLBACK.match(head) is not None


def load_answer(asked: Asked) -> dict[str, Any] | None:
    """The answer, where it is healthy; ``None`` where the site says that the item is gone.

    Raises:
        Blocked: a refusal sign.
        LoginRequired: the login stands in its place.
        LayoutChanged: no JSON object, or a code that says neither success nor refusal.
    """
    page = asked.page
    if refused := refusal_by_status(page, asked.source):
        raise refused
    if LOGIN_ADDRESS.match(page.url):
        raise asked.refusal(LoginRequired, "sent on to the login")
    answer = load_json(page.body)
    if not isinstance(answer, dict) or page.http_status != 200:
        check_text(asked)
        return None
    check_codes(asked, answer)
    return answer


def load_json(body: bytes) -> Any:
    """The JSON of a body, without the callback around it; ``None`` where it holds none."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    body = body.lstrip(BLANKS)
    found = CALLBACK.match(body)
    try:
        return orjson.loads(body[found.end() : body.rfind(b")")] if found else body)
    except orjson.JSONDecodeError:
        return None


def check_text(asked: Asked) -> None:
    """Let pass what says that the item is gone.

    Raises:
        PageRefused: everything else.
    """
    text = page_text(asked.page, asked.source)[:SIGNS_WITHIN]
    if asked.page.http_status == 200 and REMOVED in text:
        return
    check_signs(asked, text)
    if asked.page.http_status != 200:
        raise asked.refusal(LayoutChanged, f"HTTP status {asked.page.http_status}")
    raise asked.refusal(LayoutChanged, "no JSON object")


def check_signs(asked: Asked, text: str) -> None:
    """Let pass a text without a sign of refusal.

    Raises:
        Blocked: the gateway or a wall.
        LoginRequired: the login.
    """
    if sign := next((sign for sign in BLOCK_SIGNS if sign in text), None):
        raise asked.refusal(Blocked, f"refusal: {sign}")
    if sign := next((sign for sign in LOGIN_SIGNS if sign in text), None):
        raise asked.refusal(LoginRequired, f"login: {sign}")


def check_codes(asked: Asked, answer: dict[str, Any]) -> None:
    """Let pass an answer whose codes all say success.

    Raises:
        PageRefused: a refusal by its code or its words, else LayoutChanged with both.
    """
    code = as_word(answer.get("code", 0 if "ls" in answer else None))  # the old list of 2018 to 2020 has no code
    codes = {code, as_word(answer.get("statusCode", 0)), as_word(answer.get("status") or 0)}
    if codes <= {"0", "200"} or answer.get("resultCode") == "0000":
        return
    words = [as_word(answer[name]) for name in ("echo", "message", "msg", "tips") if answer.get(name)]
    check_signs(asked, " ".join(words))
    if codes & REFUSING_CODES:
        raise asked.refusal(Blocked, f"code {code}: {' '.join(words)[:100]}")
    raise asked.refusal(LayoutChanged, f"code {code}: {' '.join(words)[:100]}")


def as_word(value: Any) -> str:
    """A value as the beginning of its text; of a list or an object only that it is one: its text can be a megabyte."""
    return type(value).__name__ if isinstance(value, list | dict) else str(value)[:200]


def data_of(asked: Asked, answer: dict[str, Any]) -> dict[str, Any]:
    """The object that an answer holds as ``data``.

    Raises:
        EmptyShell: it holds none.
        LayoutChanged: something else.
    """
    data = answer.get("data")
    if not data and not isinstance(data, list):
        raise asked.refusal(EmptyShell, "answer without its data")
    if not isinstance(data, dict):
        raise asked.refusal(LayoutChanged, "data is no object")
    return data


def parse_answer(
    page: Page,
    source: str,
    read: Callable[[Mapping[str, Any], str, Asked], ListingItem],
    follows: Callable[[Asked, ListingItem, Mapping[str, Any]], list[Follow]],
) -> PageContent:
    """Read an answer about one listing, and what it leads to; nothing where the site says that the item is gone.

    Raises:
        PageRefused: a refusal, no data, or data that cannot be those of a listing.
    """
    asked = ask(page, source)
    answer = load_answer(asked)
    if answer is None:
        return PageContent()
    data = data_of(asked, answer)
    source_id = listing_id(asked, data.get("paimaiId"))
    try:
        item = read(data, source_id, asked)
    except RowRefused as error:
        raise asked.refusal(LayoutChanged, error.reason) from None
    return PageContent(items=[item], follows=follows(asked, item, data))


def written_id(value: object) -> str | None:
    """A paimaiId as text; the long numbers are those of the product and of its stock, never of a listing."""
    text = str(value) if type(value) in {int, str} else ""
    return text if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID and text != "0" else None


def listing_id(asked: Asked, stated: object = None) -> str:
    """The listing that a page is about, by the answer and by the address.

    Raises:
        LayoutChanged: neither tells, or they differ.
    """
    told, called = written_id(stated), written_id(asked.call.body.get("paimaiId"))
    if stated is not None and told is None:
        raise asked.refusal(LayoutChanged, f"no paimaiId: {str(stated)[:40]}")
    if told and called and told != called:
        raise asked.refusal(LayoutChanged, f"asked for {called}, answered {told}")
    if found := told or called:
        return found
    raise asked.refusal(LayoutChanged, "neither answer nor address tells the paimaiId")
