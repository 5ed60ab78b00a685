"""Whether a redirect leads on within its site, to a login, or away."""

from urllib.parse import urljoin, urlsplit, urlunsplit

from scrapy.http import Response

from crawler.errors import Blocked, LoginRequired
from crawler.items import Follow
from crawler.reading import Reading, refused

MAX_REDIRECTS = 3
LOGIN_MARKS = ("login", "passport", "signin")


def judge_redirect(response: Response, follow: Follow, redirects: int) -> Follow | Reading:
    """The page to ask for instead, on the same site; or the refusal that the redirect is.

    Args:
        response: says where to go.
        follow: what was asked for.
        redirects: how many led to it already.
    """
    location = (response.headers.get("Location") or b"").decode("latin-1")
    try:
        target = urlsplit(urljoin(follow.url, location))
        here, own_hosts = urlsplit(follow.url), {urlsplit(follow.url).hostname, urlsplit(response.url).hostname}
    except ValueError:
        return refused(Blocked(f"redirected to what is no address: {location[:200]}"))
    where = urlunsplit(target)[:200]
    if any(mark in f"{target.hostname}{target.path}".lower() for mark in LOGIN_MARKS):
        return refused(LoginRequired(f"redirected to {where}"))
    if target.hostname not in own_hosts:
        return refused(Blocked(f"redirected off the site to {where}"))
    if redirects >= MAX_REDIRECTS:
        return refused(Blocked(f"redirected more than {MAX_REDIRECTS} times, to {where}"))
    own = urlunsplit((here.scheme, here.netloc, target.path, target.query, ""))
    return follow._replace(url=own, method="GET", form=None)
