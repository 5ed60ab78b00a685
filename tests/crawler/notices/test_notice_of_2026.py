"""What the detail page 1073199694629 says (recorded 2026-08-28), and negations, sentence by sentence."""

import pytest

from crawler.notices import read_notice
from store.terms import Answer, FactKind


@pytest.mark.parametrize(
    ("sentence", "kind", "answer"),
    [
        (
            "本院对何时能办理产权过户及将房产腾空交付不作保证。",
            FactKind.VACANT_HANDOVER,
            Answer.NO,
        ),
        (
            "所涉及的应由原所有人（被执行人）承担的税费，由买受人垫付，从拍卖价款中优先支付，"
            "但买受人应当自收到本院出具的执行裁定书后15日内向本院提交所垫付税费的发票，"
            "逾期未提交的，所垫付的税费由买受人自行承担。",
            FactKind.BUYER_BEARS_ALL_TAXES,
            Answer.NO,
        ),
        (
            "在过户过程中可能存在的物业费、水、电等欠费由买受人承担。",
            FactKind.ARREARS,
            Answer.YES,
        ),
    ],
)
def test_each_sentence_answers_its_question(sentence: str, kind: FactKind, answer: Answer) -> None:
    (fact,) = read_notice(sentence).details.facts
    assert (fact.kind, fact.answer) == (kind, answer)
    assert fact.quote in sentence


@pytest.mark.parametrize(
    ("sentence", "kind", "answer"),
    [
        ("不带租拍卖。", FactKind.LEASED, Answer.NO),
        ("带租拍卖。", FactKind.LEASED, Answer.YES),
        ("目前尚无占用人。", FactKind.OCCUPIED, Answer.NO),
        ("未发现欠费情况。", FactKind.ARREARS, Answer.NO),
        ("该房产曾设定抵押，现已解除。", FactKind.MORTGAGE, Answer.NO),
        ("清场情况：尚未清场，由法院清场后交付。", FactKind.VACANT_HANDOVER, Answer.YES),
        (
            "过户税费由双方各自承担，但被执行人应承担部分由买受人垫付且不予退还。",
            FactKind.BUYER_BEARS_ALL_TAXES,
            Answer.YES,
        ),
    ],
)
def test_a_negation_is_not_taken_for_its_opposite(sentence: str, kind: FactKind, answer: Answer) -> None:
    (fact,) = read_notice(sentence).details.facts
    assert (fact.kind, fact.answer) == (kind, answer)


def test_a_heading_of_use_and_land_is_no_use() -> None:
    assert read_notice("房屋用途及土地性质\n住宅用地\n").details.intended_use is None


def test_a_certificate_named_as_proof_keeps_its_number_alone() -> None:
    assert read_notice("房屋产权证明第00128478号").details.certificate == "第00128478号"
