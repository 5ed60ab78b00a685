"""Pages of Alibaba that are not what was asked for: walls, logins, empty shells, cut pages.

Healthy pages say 亲，请登录 in their head and hide the word captcha in scripts: neither is a sign. The best test of
health is a data block with at least one item, so the signs are looked for only where that is missing.
"""

import re
from collections.abc import Iterable, Sized

from crawler.errors import Blocked, EmptyShell, LayoutChanged, LoginRequired, PageRefused
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers.ali_judicial.dialect import SOURCE
from crawler.parsers.html import page_text, refusal_by_status, without_scripts

NOTHING_FOUND = "很抱歉，没有您要找的标的物"
LOGIN_ADDRESS = re.compile(
    r"https?://(?:login(?:\.m)?\.(?:taobao|tmall)\.com|sec\.taobao\.com)(?:[/?#]|$)|https?://[^?#]*/havanaone/login"
)
LOGIN_REDIRECT = re.compile(
    r"""location(?:\.href)?\s*(?:=|\.replace\()\s*["'](?:https?:)?//login(?:\.m)?\.(?:taobao|tmall)\.com"""
)
PUNISH_ADDRESS = re.compile(r"/_____tmd_____/punish|[?&](?:x5secdata|x5step)=|bxpunish")
GATEWAY_REFUSAL = re.compile(r'"ret"\s*:\s*\[?\s*"[^"]{0,80}RGV587_ERROR')
WALL_SIGNS = (
    "/_____tmd_____/punish",
    "punish?x5secdata",
    '"action":"captcha"',
    "验证码拦截",
    "霸下通用 web 页面-验证码",
    "将用户正常页面写入到 x5referer",
)
SLIDER_SIGNS = (  # only outside scripts: healthy pages name these in code
    "nc_1_n1z",
    "nc-container",
    'id="nocaptcha"',
    "亲，请拖动下方滑块完成验证",
    "亲，小二正忙，滑动一下马上回来",
    "通过验证以确保",
    "安全验证",
)
MOST_ROWS = 50_000  # no list or log seen has a tenth of that; each refused row takes 350 bytes
SMALL_PAGE = 10_000  # characters; a page that only sends on to the login is far shorter


def refusal(page: Page) -> PageRefused | None:
    """The refusal that a page of this source is, or ``None`` for a page that may be healthy. Never raises."""
    return refusal_by_status(page, SOURCE) or refusal_by_address(page) or refusal_by_text(page)


def refusal_by_address(page: Page) -> PageRefused | None:
    """The refusal that the address tells: where the site has sent us."""
    if LOGIN_ADDRESS.match(page.url):
        return LoginRequired("sent on to the login", source=SOURCE, url=page.url)
    if PUNISH_ADDRESS.search(page.url):
        return Blocked("sent on to the punish page", source=SOURCE, url=page.url)
    return None


def refusal_by_text(page: Page) -> PageRefused | None:
    """The refusal that the body tells."""
    try:
        text = page_text(page, SOURCE)
    except LayoutChanged as error:
        return error
    visible = without_scripts(text)
    if sign := first_in(text, WALL_SIGNS) or first_in(visible, SLIDER_SIGNS):
        return Blocked(f"wall: {sign}", source=SOURCE, url=page.url)
    if GATEWAY_REFUSAL.search(text, 0, SMALL_PAGE):
        return Blocked("gateway answers RGV587_ERROR", source=SOURCE, url=page.url)
    if len(text) < SMALL_PAGE and LOGIN_REDIRECT.search(text):
        return LoginRequired("page sends on to the login", source=SOURCE, url=page.url)
    if "测试请不要拍" in visible:
        return EmptyShell("test skeleton: 测试请不要拍", source=SOURCE, url=page.url)
    return None


def first_in(text: str, signs: Iterable[str]) -> str | None:
    """The first of the signs that stands in the text."""
    return next((sign for sign in signs if sign in text), None)


def page_without_items(page: Page, stated_count: int | None) -> PageContent:
    """What a page without a single listing is: the source's own "nothing found", or a refusal.

    Raises:
        PageRefused: anything but the words of an empty result.
    """
    if refused := refusal(page):
        raise refused
    if not stated_count and (stated_count == 0 or NOTHING_FOUND in page_text(page, SOURCE)):
        return PageContent(stated_count=stated_count)
    if b"<" not in page.body[:4096]:
        raise LayoutChanged("neither a list page nor its JSON", source=SOURCE, url=page.url)
    reason = f"no data, yet {stated_count} items are announced" if stated_count else "list page without its data"
    raise EmptyShell(reason, source=SOURCE, url=page.url)


def check_rows(rows: Sized, page: Page) -> None:
    """Refuse what has more rows than a file of ours ever had: its refusals alone would fill the memory.

    Raises:
        LayoutChanged: more than ``MOST_ROWS``.
    """
    if len(rows) > MOST_ROWS:
        raise LayoutChanged(f"{len(rows)} rows on one page", source=SOURCE, url=page.url)


def check_answer(page: Page) -> None:
    """Let pass what was answered with 200 and is no refusal of the JSON gateway.

    Raises:
        PageRefused: the refusal the page is, else LayoutChanged.
    """
    if page.http_status != 200:
        raise refusal(page) or LayoutChanged(f"HTTP status {page.http_status}", source=SOURCE, url=page.url)
    if GATEWAY_REFUSAL.search(page.body[:SMALL_PAGE].decode("latin-1")):
        raise Blocked("gateway answers RGV587_ERROR", source=SOURCE, url=page.url)


def check_whole(page: Page) -> None:
    """Let pass what was answered with 200 and not cut: a cut page has lost its link to the next one.

    Raises:
        PageRefused: the refusal the page is, else LayoutChanged.
    """
    check_answer(page)
    if page.body.rfind(b"</html") == -1 and page.body.rfind(b"</HTML") == -1:  # from its end, where it stands
        raise refusal(page) or LayoutChanged("page without an end", source=SOURCE, url=page.url)
