"""Kinds: what a mainland title says is sold. Unknown stays ``None``: no guess is better than a wrong one."""

import re

from store.terms import PropertyKind

ASIDES = re.compile(r"【[^】]*】|（[^）]*）|\([^)]*\)|（.*$")
"""Round badges and remarks; the last form is a bracket that the source cut off."""

TOKENS = re.compile(
    r"车牌|号牌|牌照|轿车|客车|货车|牵引车|半挂车|越野车|搅拌车|泵车|摩托车|面包车|商务车|SUV|挖掘机|汽车(?=一|壹|$)"
    r"|储藏[间室]|储物[间室]|储\d+|杂物[间室]|附属间|柴火?间|车位|车库|停车[位库]"
    r"|土地使用权|土地[一两二三]宗|用地使用权|宗地|工业用地|商业用地|住宅用地|商住用地|出让用地|地块(?:的?土地|使用权|一宗|$)"
    r"|厂房|工业用?房|商铺|店铺|店面|门面|门市(?=[房部的]|$)|商服|铺面|营业房|商业用?房|商业[铺店]|商业(?<=\d商业)"
    r"|商场(?=$|的|房|铺)|店(?<=[\d号]店)(?=$|的|房|铺)|商(?<=[楼幢栋层]商)铺?[A-Z]?\d+|写字楼|写字间|办公(?!用品|设备|家具|桌|椅|耗材|电脑|自动化)|别墅(?!区)|自建房"
    r"|住宅(?<!非住宅)(?!小区|区|用地|楼)|套房|公寓(?!式?酒店|式?办公)"
    r"|室(?<=\d\d\d室)|室(?<=\d-\d室)|室(?<=-\d\d室)|房(?<=\d\d\d房)(?!权|产权|产证|屋所有权|地产权)|户(?<=\d\d\d户)"
    r"|单元(?<=\d\d\d单元)|复式单元|单元[A-Z]?\d+[号室]"
)
"""Every word that tells a kind, and numbered units. Each form begins with a literal character and has no group of
its own: so the engine skips to those characters, which makes the search ten times as fast
(6.8 to 0.6 microseconds a title)."""

NAMES_BY_WORD = {
    "vehicle": "车牌 号牌 牌照 轿车 客车 货车 牵引 半挂 越野 搅拌 泵车 摩托 面包 商务 SU 挖掘 汽车",
    "storage": "储藏 储物 杂物 附属 柴间 柴火",
    "parking": "车位 车库 停车",
    "land": "土地 用地 宗地 地块",
    "industrial": "厂房 工业",
    "shop": "商铺 店铺 店面 门面 门市 商服 铺面 营业 商业 商场 店",
    "office": "写字 办公",
    "house": "别墅 自建",
    "flat": "住宅 套房 公寓",
    "unit": "室 房 户 单元 复式",
}
NAME_OF_WORD = {word: name for name, words in NAMES_BY_WORD.items() for word in words.split()}
"""By the first two characters of what ``TOKENS`` finds."""

KINDS = {kind.value: kind for kind in PropertyKind}
EXTRAS = frozenset({"storage", "parking", "land", "unit"})
"""Sold along with a home or a shop without changing what it is."""

ADDITION = re.compile(r"[及和与、，,;；+＋含带]")
"""Between the thing itself and what goes with it: 502室及储藏间, 405单元及2幢C12车库."""

BEFORE_EXTRA = re.compile(r"及|含|附带|房产|房屋|住房|不动产|房地产")
"""A parking space after one of these comes with a home whose number we do not know how to read."""

BEFORE_SHOP = re.compile(r"(?:房产|房屋|住房|不动产|房地产)(?:以?及|[和与、])")
"""702号房屋及一楼第13号铺面: more than a shop."""

BUILT = re.compile(r"房|楼|幢|栋|室|层|厂|建筑|在建")
DOUBTFUL = re.compile(
    r"广场|大厦|商务|商业|商贸|商城|商厦|商住|市场|财富|金融|国际|中心|SOHO|CBD|酒店|宾馆|产业|工业|厂|仓|物流|综合楼|步行街|"
    r"建材|家居|服装|汽车|大楼|非住宅|室的?地下室"
)
"""A numbered unit in one of these may be a shop or an office: 商务广场2004室."""

DETACHED = re.compile(r"村|组|一栋|整栋|独栋|一幢|整幢|独幢|联排|自建|砖混|宅基")
"""住宅 with one of these is as likely a house."""


def kind_from_title(title: str) -> PropertyKind | None:
    """Give the kind of the main thing in a Chinese title, ``None`` where the title leaves a doubt.

    The words before the first 及, 和, 含 decide; parking, storage and land after it only come along. A flat needs
    住宅, 公寓, 套房, or a numbered unit in a place without any commercial word; a parking space must be the only thing.
    """
    if "债权" in title:
        return PropertyKind.LOAN
    text = ASIDES.sub("", title) if "（" in title or "(" in title or "【" in title else title
    names: list[str] = []
    first = last = 0
    is_addition = False
    for found in TOKENS.finditer(text):
        name = _name_token(found[0])
        is_addition = is_addition or (bool(names) and ADDITION.search(text, last, found.start()) is not None)
        if is_addition and name not in EXTRAS and name not in names:
            return None
        if not is_addition:
            first = first if names else found.start()
            names.append(name)
        last = found.end()
    return _settle(frozenset(names), text, first) if names else None


def _name_token(word: str) -> str:
    """The group of a token: 商业用地 is land, 商305 a shop, 储21 a storage room."""
    if word.endswith("用地"):
        return "land"
    name = NAME_OF_WORD.get(word[:2])
    return name or ("storage" if word[0] == "储" else "shop")


def _settle(names: frozenset[str], text: str, start: int) -> PropertyKind | None:
    """The one kind that all words allow; ``start`` is where the first of them stands."""
    telling = names - {"unit"}
    if not telling:
        return None if DOUBTFUL.search(text) else PropertyKind.FLAT
    if len(telling) > 1:
        return None
    (name,) = telling
    is_extra = name in {"parking", "storage"}
    if is_extra and ("unit" in names or BEFORE_EXTRA.search(text, 0, start)):
        return None
    if name == "shop" and BEFORE_SHOP.search(text, 0, start):
        return None
    if (name == "land" and BUILT.search(text)) or (name == "flat" and ("非住宅" in text or DETACHED.search(text))):
        return None
    return KINDS[name]
