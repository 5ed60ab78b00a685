"""The ladder of one home: the price of each attempt against the band that the law gives its round."""

from dataclasses import dataclass
from decimal import Decimal

from reporting.filters import outside_zone
from reporting.ladder import Ladder, Rung
from reporting.money import amount_of
from reporting.plots.options import (
    BLUE,
    GREEN,
    ORANGE,
    Option,
    bars,
    base_option,
    category_axis,
    line,
    number,
    value_axis,
)
from reporting.render import WAN
from store.terms import Currency

PRICE, BAND, SOLD = "price", "lawful band", "sold at"
MEASURE = (
    "every attempt in order; lawful band of a court round: from the least lawful start to the start or appraisal it "
    "is a share of; a seller who is not bound by it has none"
)


@dataclass(frozen=True, slots=True)
class Band:
    """The least lawful start of a round, and the amount that it is a share of."""

    low: Decimal
    high: Decimal


def plot_ladder(ladder: Ladder, title: str | None = None) -> Option:
    """Points for the prices over the bands of their rounds; only attempts in the currency of the last price.

    Yuan from ten thousand on are shown in 万, as everywhere.
    """
    currency = next((rung.currency for rung in reversed(ladder.rungs) if rung.price is not None), None)
    bands = _bands(ladder)
    rungs = [rung for rung in ladder.rungs if rung.currency == currency]
    unit = WAN if currency is Currency.CNY else Decimal(1)
    titles = [rung.title for rung in ladder.rungs if rung.title]
    option = base_option(title or (titles[-1] if titles else f"Home {ladder.chain.property_id}"), MEASURE, bottom=84)
    names = [_name_of(rung) for rung in rungs]
    option["xAxis"] = category_axis([]) | {"data": names}
    option["xAxis"]["axisLabel"] |= {"interval": 0, "lineHeight": 15}
    option["yAxis"] = value_axis("万 CNY" if currency is Currency.CNY else str(currency or ""))
    found = [bands.get(rung.listing) for rung in rungs]
    option["series"] = [
        *_band_bars([number(band.low / unit) if band else None for band in found], found, unit),
        line(PRICE, [number(rung.price / unit) if rung.price else None for rung in rungs], BLUE, symbolSize=9),
        line(
            SOLD,
            [number(rung.hammer_price / unit) if rung.hammer_price else None for rung in rungs],
            GREEN,
            symbol="diamond",
            symbolSize=14,
            lineStyle={"width": 0},
            label={"show": True, "position": "right", "color": GREEN},
        ),
    ]
    option["series"][-2]["label"] = {"show": True, "position": "top", "color": BLUE}
    option["legend"]["data"] = [BAND, PRICE, SOLD]
    return option


def _name_of(rung: Rung) -> str:
    """Place, kind and day of the start in Asia/Shanghai, as far as they are told, in lines."""
    kind = rung.round_kind.replace("_", " ") if rung.round_kind else ""
    day = f"{rung.starts_at.astimezone(outside_zone()):%Y-%m-%d}" if rung.starts_at else ""
    return "\n".join(filter(None, (rung.place, kind, day)))


def _band_bars(lows: list[float | None], bands: list[Band | None], unit: Decimal) -> list[Option]:
    """Bars that float from the floor upwards."""
    heights = [number((band.high - band.low) / unit) if band else None for band in bands]
    unseen = {"color": "transparent"}
    return [
        bars("floor", lows, "transparent", stack="band", silent=True, barWidth="60%", emphasis={"itemStyle": unseen}),
        bars(
            BAND,
            heights,
            ORANGE,
            stack="band",
            silent=True,
            barWidth="60%",
            itemStyle={"color": ORANGE, "opacity": 0.3, "borderColor": ORANGE, "borderWidth": 1.5},
        ),
    ]


def _bands(ladder: Ladder) -> dict[str, Band]:
    """The band of each listing (``source:id``) that the law gives one."""
    chain = ladder.chain
    bands = {}
    for step in chain.cuts.steps:
        if step.floor is None:
            continue
        offer, base = chain.offers[step.listing_id], step.floor.base_listing_id
        high = offer.appraisal_price if base is None else chain.offers[base].starting_price
        if high is not None and high >= step.floor.price:
            low = amount_of(step.floor.price, offer.currency)
            bands[f"{offer.source}:{offer.source_id}"] = Band(low, amount_of(high, offer.currency))
    return bands
