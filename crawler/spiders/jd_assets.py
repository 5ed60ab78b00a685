"""京东资产: the search by the nature of the asset (told, 2022 to 2026).

1033 金融资产 are those of banks and asset managers, asked with ``publishSourceStr`` as the site's own filter does.
1029 破产, 1031 国有 and 1032 商业 are asked without ``publishSource``: each row tells its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from crawler.parsers import jd_assets
from crawler.spiders.jd_search import JdSearchSpider


class JdAssetsSpider(JdSearchSpider):
    """Asks for the homes of banks and asset managers, then for those of bankrupts, state firms and agents."""

    name = "jd_assets"
    spec = jd_assets.SPEC
    windows: ClassVar[Sequence[Mapping[str, Any]]] = (
        {"labelSet": "1033", "publishSourceStr": ["0", "9"]},
        {"labelSet": "1029,1031,1032"},
    )
