"""京东拍卖: the search with ``publishSource`` 7, homes by state (told, 2022 to 2026)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crawler.parsers import jd_judicial
from crawler.spiders.jd_search import JdSearchSpider


class JdJudicialSpider(JdSearchSpider):
    """Asks for the courts' homes."""

    name = "jd_judicial"
    spec = jd_judicial.SPEC
    windows: ClassVar[Sequence[Mapping[str, Any]]] = ({"publishSource": "7"},)
