"""Scrapy settings: safe and polite where Scrapy's defaults are not, and without what no source needs."""

import importlib.util
import os
from typing import Any
from urllib.parse import urlsplit

from crawler.items import SourceSpec

PROJECT = "fapai/0.1"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

# Left out of each chain: what judges pages in our place (redirects are judged by the spider: a redirect to a
# login or a captcha is an outcome), and what serves features that are off. About a third of the time of a fetch.
OFF = {
    "DOWNLOADER_MIDDLEWARES": (
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware",
        "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware",
        "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware",
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
        "scrapy.downloadermiddlewares.stats.DownloaderStats",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    ),
    "SPIDER_MIDDLEWARES": (
        "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
        "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",
    ),
    "EXTENSIONS": (
        "scrapy.extensions.telnet.TelnetConsole",
        "scrapy.extensions.memdebug.MemoryDebugger",
        "scrapy.extensions.feedexport.FeedExporter",
        "scrapy.extensions.logstats.LogStats",
        "scrapy.extensions.spiderstate.SpiderState",
        "scrapy.extensions.remote_control.RemoteControl",
    ),
}
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
    """
    local = is_loopback(base_url)
    settings: dict[str, Any] = {
        "REMOTE_CONTROL_ENABLED": False,  # runs Python that is sent to it (on by default in 2.19)
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0 if local else max(3.0, spec.min_delay_seconds),
        "AUTOTHROTTLE_ENABLED": not local,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
        "AUTOTHROTTLE_MAX_DELAY": 120,
        "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,
        "DOWNLOAD_TIMEOUT": 30,
        "RETRY_TIMES": 2,
        "RETRY_HTTP_CODES": [500, 502, 504, 522, 524, 408],  # not 429 and 503: those say stop
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
        "ITEM_PIPELINES": {"crawler.pipelines.RecordPipeline": 100},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        **{chain: dict.fromkeys(names) for chain, names in OFF.items()},
    }
    if importlib.util.find_spec("uvloop"):
        settings["ASYNCIO_EVENT_LOOP"] = "uvloop.Loop"
    if os.environ.get("FAPAI_DOWNLOAD_HANDLER", "lean") == "lean" and importlib.util.find_spec(LEAN_HANDLER):
        # Half the CPU of the Twisted handler, but in a private module of 2.19: FAPAI_DOWNLOAD_HANDLER=twisted
        # goes back, and so does a Scrapy without it.
        handler = f"{LEAN_HANDLER}.AiohttpDownloadHandler"
        settings["DOWNLOAD_HANDLERS"] = {"http": handler, "https": handler}
    return settings
