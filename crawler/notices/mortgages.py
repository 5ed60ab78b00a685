"""Mortgages: who holds them, for how much, in which order."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from crawler.items import FactItem
from crawler.notices.prices import plain_amount
from crawler.notices.text import NUMBER
from store.terms import Answer, FactKind

LENDER = r"[一-鿿()（）×*]{2,40}?"
COMPANY = (
    rf"{LENDER}(?:银行|支行|分行|营业部|公司|合作社|联社|信用社|中心|管理处)"
    r"(?:[一-鿿()（）]{0,24}(?:支行|分行|营业部|公司|中心))?"
)
HOLDER = re.compile(
    rf"抵押权人(?:为|是|系|[:：])?\s?(?P<a>{COMPANY}|[一-鿿][×*某][×*某]?|[一-鿿]{{2,3}}(?=[,，。;；、\s]|$))"
    rf"|抵押(?:给|于|予|至)(?:了)?(?P<b>{COMPANY}|[一-鿿]{{2,3}}(?=[,，。;；、并\s]|$)|[一-鿿][×*某]{{1,2}})"
    rf"|有抵押[,，、(（:：](?P<c>{COMPANY})"
    rf"|(?:抵押情况|抵押)[:：\s]\s?(?:\d[、.])?(?!第|有|无|已|首|抵押)(?P<d>{COMPANY})"
    rf"|[第]?[一二三1-3](?:顺位)?抵(?:押权?人?)?(?:为|是|[:：])\s?(?P<e>{COMPANY})"
)
AMOUNT = re.compile(
    r"(?:债权(?:数额|金额|总额)?|最高(?:额|债权)(?:额|数额|金额|限额)?|抵押(?:金额|数额"
    r"|额度|价值)|担保(?:的)?(?:主)?(?:债权)?(?:数额|金额)|贷款金额)"
    rf"[为是约:：\s人民币¥]{{0,6}}({NUMBER})\s?(万|亿)?\s?元"
)
RANK = re.compile(
    r"第?([一二三四五1-5])(?:顺位|顺序|次(?:序)?)(?:的)?(?:抵押)?|(首)(?:位|顺位|押|次)"
    r"|(?:顺位|顺序)[:：为]?第?([一二三四五1-5])|([一二三])抵"
)
RANKS = {char: place for place, chars in enumerate(("一1首", "二2", "三3", "四4", "五5"), 1) for char in chars}
PART_BORDER = re.compile(r"(?<=[;；。\n])|(?=第[二三四五]顺位)|(?=[二三]抵)")
NOT_HOLDER = re.compile(r"^(?:本案|申请|该|上述|他|其|被执行人|银行$|公司$|有|无)")


class _Mortgage(NamedTuple):
    holder: str | None
    amount: str | None
    rank: int | None
    quote: str


def read_mortgages(told: Sequence[FactItem]) -> list[FactItem]:
    """One fact for each mortgage that is told apart by holder, amount or rank; else the one that there is some.

    Where a notice says both yes and no, the yes stands.
    """
    yes = [fact for fact in told if fact.answer is Answer.YES]
    if not yes:
        others = {fact.answer: fact for fact in reversed(told)}
        return [others[answer] for answer in (Answer.NO, Answer.NOT_KNOWN) if answer in others][:1]
    named: list[_Mortgage] = []
    for fact in yes:
        for part in PART_BORDER.split(fact.quote):
            _add(named, _read_part(part, fact.quote))
    if not named:
        return yes[:1]
    return [FactItem(FactKind.MORTGAGE, Answer.YES, each.quote, each.holder, each.amount, each.rank) for each in named]


def _read_part(part: str, quote: str) -> _Mortgage | None:
    held = HOLDER.search(part)
    holder = next((each for each in held.groups() if each), None) if held else None
    if holder is not None and NOT_HOLDER.match(holder):
        holder = None
    amount = AMOUNT.search(part)
    rank = RANK.search(part)
    if holder is None and amount is None:
        return None
    return _Mortgage(
        holder=holder,
        amount=_amount(amount) if amount else None,
        rank=RANKS[next(each for each in rank.groups() if each)] if rank else None,
        quote=quote,
    )


def _amount(found: re.Match[str]) -> str | None:
    raw = plain_amount(found[1], found[2])
    return raw if raw and any(char in "123456789" for char in raw) else None


def _add(named: list[_Mortgage], new: _Mortgage | None) -> None:
    """Add what is told of a mortgage; the same holder and amount again is the same mortgage."""
    if new is None:
        return
    for place, old in enumerate(named):
        is_same_holder = old.holder == new.holder or None in (old.holder, new.holder)
        is_same_amount = old.amount == new.amount or None in (old.amount, new.amount)
        is_same_rank = old.rank == new.rank or None in (old.rank, new.rank)
        if is_same_holder and is_same_amount and is_same_rank:
            named[place] = _Mortgage(
                old.holder or new.holder, old.amount or new.amount, old.rank or new.rank, old.quote
            )
            return
    named.append(new)
