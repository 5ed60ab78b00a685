"""Words of a site, made harmless for channels that take marks for commands: mails, chats, feeds, calendars.

A title is hostile text (design.md, section 6). It may hold a link that hides where it leads, call everybody in a chat,
or turn the reading direction. Marks become look-alikes that no channel knows, so that the words stay readable.
"""

from urllib.parse import urlsplit

from reporting.render import clean

LONGEST_TITLE = 80
LONGEST_LINK = 500
MARKS = str.maketrans("<>[]()`*_~#|@&\\{}", "＜＞［］（）｀＊＿～＃｜＠＆＼｛｝")


def harmless(words: str | None, longest: int = LONGEST_TITLE) -> str:
    """One short line without control or direction characters and without marks; empty where there are no words."""
    line = clean(words or "").replace("://", ":／／").translate(MARKS)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def safe_link(url: str | None) -> str | None:
    """An address of the web as it is; ``None`` for any other, and where it holds what no address holds."""
    if url is None or len(url) > LONGEST_LINK or not url.isascii() or not url.isprintable() or " " in url:
        return None
    if any(sign in url for sign in '<>"`\\[]()'):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else None
