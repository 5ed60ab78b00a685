"""Scrapy settings: safe and polite where Scrapy's defaults are not, and without what no source needs."""

import importlib.util
import os
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import UnknownHandler
from crawler.items import SourceSpec

PROJECT = "fapai/0.1"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

# The whole of each chain, in place of Scrapy's own lists: those hold what would judge pages in our place (redirects
# are judged by the spider: a redirect to a login or a captcha is an outcome), and what serves features that are off.
# About a third of the time of a fetch; merely naming a part to leave it out would import it (0.4 s a crawl).
DOWNLOADER_MIDDLEWARES = {
    "crawler.robots.StrictRobotsTxtMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": 590,
}
PROXY = {"scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750}  # never between us and this machine
EXTENSIONS = {
    "scrapy.extensions.logcount.LogCount": 0,
    "crawler.lean.PresentMemory": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
RETRIED = [
    "scrapy.exceptions.CannotResolveHostError",
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
]
LEAN_HANDLER = "scrapy.core.downloader.handlers._aiohttp"


def user_agent() -> str:
    """Who asks: the project, and the contact that ``FAPAI_CONTACT`` names."""
    contact = os.environ.get("FAPAI_CONTACT", "").strip()
    return f"{PROJECT} (+{contact})" if contact else f"{PROJECT} (research tracker of foreclosed homes)"


def is_loopback(base_url: str | None) -> bool:
    """Whether a crawl goes to a server on this machine."""
    return base_url is not None and (urlsplit(base_url).hostname or "") in LOOPBACK


def crawl_settings(spec: SourceSpec, base_url: str | None, log_level: str) -> dict[str, Any]:
    """Settings for one crawl of one source.

    One request at a time with a delay; the delay is off on loopback only, where nobody is waiting.

    Raises:
        UnknownHandler: the environment asks for a way to download that there is not.
    """
    local = is_loopback(base_url)
    settings: dict[str, Any] = {
        "REMOTE_CONTROL_ENABLED": False,  # runs Python that is sent to it (on by default in 2.19)
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # a page yields one item; Scrapy starts as many workers as this for each page
        "DOWNLOAD_DELAY": 0 if local else max(3.0, spec.min_delay_seconds),
        "DOWNLOAD_DELAY_JITTER": 0,  # the delay is a minimum, not a mean
        "AUTOTHROTTLE_ENABLED": not local,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "AUTOTHROTTLE_MAX_DELAY": 120,
        "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
        "DOWNLOAD_TIMEOUT": 30,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [500, 502, 504, 522, 524, 408],  # not 429 and 503: those say stop
        "RETRY_EXCEPTIONS": RETRIED,
        "RETRY_GIVE_UP_LOG_LEVEL": "INFO",  # the record tells it; an error in the log means a crash
        "COOKIES_ENABLED": False,
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPERROR_ALLOW_ALL": True,
        "DEFAULT_REQUEST_HEADERS": {"Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9"},
        "USER_AGENT": user_agent(),
        "ROBOTSTXT_USER_AGENT": PROJECT.split("/", maxsplit=1)[0],
        "CLOSESPIDER_ERRORCOUNT": 5,
        "CLOSESPIDER_TIMEOUT_NO_ITEM": 900,
        "MEMUSAGE_LIMIT_MB": 1024,
        "LOG_LEVEL": log_level,
        "STATS_DUMP": False,
        "LOG_FORMATTER": "crawler.lean.QuietLogFormatter",
        "REQUEST_FINGERPRINTER_CLASS": "crawler.lean.PlainFingerprinter",
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # reads the callback's source again for every page
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.ScrapyPriorityQueue",  # one site, one request: nothing to balance
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # the spider itself asks for nothing twice
        "ITEM_PIPELINES": {"crawler.pipelines.RecordPipeline": 100},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOADER_MIDDLEWARES_BASE": DOWNLOADER_MIDDLEWARES if local else DOWNLOADER_MIDDLEWARES | PROXY,
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": EXTENSIONS,
    }
    if importlib.util.find_spec("uvloop"):
        settings["ASYNCIO_EVENT_LOOP"] = "uvloop.Loop"
    settings["DOWNLOAD_HANDLERS"] = _download_handlers()
    return settings


def _download_handlers() -> dict[str, str | None]:
    """Nothing but HTTP is fetched, by the leaner of two handlers where there is a choice."""
    handlers: dict[str, str | None] = dict.fromkeys(("data", "file", "ftp", "s3"))
    wanted = os.environ.get("FAPAI_DOWNLOAD_HANDLER") or "lean"
    if wanted not in {"lean", "twisted"}:
        raise UnknownHandler(f"FAPAI_DOWNLOAD_HANDLER: there is no {wanted!r}, only lean and twisted")
    if wanted == "lean" and importlib.util.find_spec(LEAN_HANDLER):
        # Half the CPU of the Twisted handler, but in a private module of 2.19: FAPAI_DOWNLOAD_HANDLER=twisted
        # goes back, and so does a Scrapy without it.
        handler = f"{LEAN_HANDLER}.AiohttpDownloadHandler"
        handlers |= {"http": handler, "https": handler}
    return handlers
