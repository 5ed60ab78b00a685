"""What a watch tells of real homes of a bank as the weeks pass, on both databases, to a webhook on this machine."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine
from store_help import Look, empty_tables, record_all

from reporting.alerts.manage import Asked, change, create_watch
from store.engine import reading
from store.outbox import list_deliveries
from store.terms import ChannelKind, DeliveryState
from tests.reporting.alerts.alert_help import AT_ONCE, Webhook, day, link, outbox, play, run, watch
from tests.reporting.conftest import record_looks

PassDays = Callable[[str, str], None]
AMAPA_AND_RORAIMA = {"city": ["MACAPA", "BOA VISTA"]}


def test_the_first_run_sends_one_summary_and_the_second_nothing(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address)
    first, second = run(homes, secrets, day("07-20")), run(homes, secrets, day("07-21"))
    (summary,) = webhook.got
    assert summary.title == "[w] watching 37 homes"
    assert "37 homes are watched, 37 of them offered now" in summary.message
    assert (first.messages, second.news, second.messages, second.sent.taken) == (1, 0, 0, 0)


def test_a_cut_is_told_once_with_the_old_and_the_new_price_the_prices_so_far_and_a_link(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"cut": "15%"})
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "07-28")
    run(homes, secrets, day("07-28"))
    pass_days("08-04", "09-05")
    run(homes, secrets, day("09-05"))
    run(homes, secrets, day("09-06"))
    told = [each for each in webhook.got if "1555533682007" in each.message]
    first, second = told
    assert "cheaper by 16.1%: R$ 233,615.48 -> R$ 196,000.00" in first.message
    assert "cheaper by 20.0%: R$ 196,000.00 -> R$ 156,800.00" in second.message
    assert "R$ 233,615.48/R$ 196,000.00/R$ 156,800.00" in second.message
    assert "https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel=1555533682007" in second.message


def test_small_falls_add_up_until_they_reach_the_threshold_and_a_rise_arms_it_again(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    """302,400 to 278,888 is 7.8 %, on to 275,199 is 9.0 % in all; up again and down again is 1.3 %."""
    watch(homes, secrets, webhook.address, {"cut": "8.5%"})
    run(homes, secrets, day("07-20"))
    told = []
    for on in ("07-28", "08-04", "08-12", "08-19"):
        pass_days(on, on)
        run(homes, secrets, day(on))
        told.append(sum("1444408565112" in each.message for each in webhook.got))
    assert told == [0, 1, 1, 1]
    (message,) = (each.message for each in webhook.got if "1444408565112" in each.message)
    assert "cheaper by 9.0%: R$ 302,400.00 -> R$ 275,199.40" in message


def test_only_what_the_filters_let_in_is_told(homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays):
    watch(homes, secrets, webhook.address, AMAPA_AND_RORAIMA)
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "09-12")
    run(homes, secrets, day("09-12"))
    assert len(webhook.got) > 1
    assert not [each for each in webhook.got if "RIO BRANCO" in each.message]


def test_a_home_that_falls_under_the_price_asked_for_is_new_among_what_is_watched(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    """64,600 in July, 20,000 on 12 August."""
    watch(homes, secrets, webhook.address, {"max_price": "60000 BRL", "events": ["new"]})
    run(homes, secrets, day("07-20"))
    assert "1444405954959" not in webhook.got[0].message
    pass_days("07-28", "08-12")
    run(homes, secrets, day("08-12"))
    told = [each for each in webhook.got if "1444405954959" in each.message]
    assert len(told) == 1
    assert "new among what you watch for" in told[0].message
    assert "price: R$ 20,000.00" in told[0].message


def test_a_watched_home_is_followed_with_everything_that_happens_to_it(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"home": "br_caixa:1555533682007"})
    run(homes, secrets, day("07-20"))
    assert "price: R$ 233,615.48" in webhook.got[0].message
    pass_days("07-28", "09-12")
    run(homes, secrets, day("09-12"))
    _, message = webhook.got
    assert "price cut by 16.1%: R$ 233,615.48 -> R$ 196,000.00" in message.message
    assert "price cut by 20.0%: R$ 196,000.00 -> R$ 156,800.00" in message.message


def test_the_lowest_price_ever_is_told_and_a_return_to_a_dearer_one_is_not(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    """222,000, then 240,500, then 203,500: only the last is the lowest."""
    watch(homes, secrets, webhook.address, {"home": "br_caixa:1555528874041", "lowest_ever": True})
    run(homes, secrets, day("07-20"))
    for on in ("07-28", "08-04"):
        pass_days(on, on)
        run(homes, secrets, day(on))
    _, message = webhook.got
    assert "lowest price ever: R$ 240,500.00 -> R$ 203,500.00" in message.message


def test_linking_anew_and_reading_pages_out_of_order_tell_nothing_twice(
    homes: Engine, secrets: Path, webhook: Webhook, caixa_looks: Sequence[Look], pass_days: PassDays
):
    watch(homes, secrets, webhook.address)
    run(homes, secrets, day("07-20"))
    pass_days("08-04", "08-12")
    run(homes, secrets, day("08-12"))
    before = len(webhook.got)
    link(homes, day("08-12"), rebuild=True)
    assert run(homes, secrets, day("08-13")).news == 0
    play(homes, caixa_looks, "07-28", "07-28")  # found later: only what it adds is news, what was told stays told
    run(homes, secrets, day("08-13"))
    late = "\n".join(each.message for each in webhook.got[before:])
    assert "R$ 233,615.48 -> R$ 196,000.00" not in late
    assert "R$ 302,400.00 -> R$ 278,888.40" in late


def test_the_same_story_read_into_another_database_has_the_same_messages(
    recorded: Callable[..., Engine], caixa_looks: Sequence[Look], secrets: Path, webhook: Webhook
):
    engine = recorded([])
    keys = []
    for order in (caixa_looks, list(reversed(caixa_looks))):
        empty_tables(engine)
        record_looks(engine, [look for look in order if look[0].observed_at < day("07-20")], 1)
        link(engine, day("07-20"))
        watch(engine, secrets, webhook.address)
        run(engine, secrets, day("07-20"))
        play(engine, order, "07-28", "09-12")
        run(engine, secrets, day("09-12"))
        keys.append(sorted(each.message_key for each in outbox(engine)))
    assert keys[0] == keys[1]
    assert len(keys[0]) > 1


def test_more_homes_than_ten_share_one_message_that_names_all_of_them(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address)
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "08-12")
    done = run(homes, secrets, day("08-12"))
    _, message = webhook.got
    assert done.messages == 1
    count = int(message.title.split()[1])
    homes_told = message.message.count("so far: ") + message.message.partition("Also:\n")[2].count("\n- ") + 1
    assert 10 < count == homes_told


def test_a_digest_waits_for_its_hour_and_then_tells_everything_together(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, pace="daily", speaks_at="20:00")
    run(homes, secrets, day("07-20", 6))
    assert len(webhook.got) == 1  # the summary does not wait
    pass_days("07-28", "07-28")
    run(homes, secrets, day("07-28", 4))  # noon in Shanghai: the digest of the evening before is due
    assert len(webhook.got) == 2
    run(homes, secrets, day("08-04", 0))  # an evening without news has passed
    pass_days("08-04", "08-04")
    run(homes, secrets, day("08-04", 11.9))
    assert len(webhook.got) == 2
    run(homes, secrets, day("08-04", 12))
    assert len(webhook.got) == 3


def test_nothing_is_sent_in_quiet_hours_and_all_of_it_after_them(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"cut": "15%"}, quiet_from="22:00", quiet_to="07:30")
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "07-28")
    run(homes, secrets, day("07-28", 15))  # 23:00 in Shanghai
    run(homes, secrets, day("07-28", 23))  # 07:00
    assert len(webhook.got) == 1
    run(homes, secrets, day("07-28", 23.5))
    assert len(webhook.got) > 1


def test_a_run_tells_which_watch_has_news_and_until_when_it_is_quiet(homes: Engine, secrets: Path, webhook: Webhook):
    watch(homes, secrets, webhook.address, {"cut": "15%"}, quiet_from="19:00", quiet_to="07:30")
    done = run(homes, secrets, day("07-20"))  # 20:00 in Shanghai
    assert (done.messages, webhook.got) == (0, [])
    assert done.waiting == ["w: quiet until 2021-07-21 07:30 (Asia/Shanghai), 1 news wait"]
    done = run(homes, secrets, day("07-21"))
    assert (done.messages, done.waiting) == (0, ["w: quiet until 2021-07-22 07:30 (Asia/Shanghai), 1 news wait"])
    done = run(homes, secrets, day("07-22", 0))
    assert (done.messages, len(webhook.got), done.waiting) == (1, 1, [])


def test_a_message_that_was_not_taken_before_the_quiet_hours_waits_for_their_end(
    homes: Engine, secrets: Path, webhook: Webhook
):
    watch(homes, secrets, webhook.address, quiet_from="22:00", quiet_to="07:30")
    webhook.status = 503
    run(homes, secrets, day("07-20", 13.99))
    webhook.status = 200
    run(homes, secrets, day("07-20", 14.5))
    (waiting,) = outbox(homes)
    assert (webhook.got, waiting.attempts, waiting.due_at) == ([], 1, day("07-20", 23.5))
    run(homes, secrets, day("07-20", 23.5))
    assert len(webhook.got) == 1


def test_a_paused_watch_is_silent_and_tells_afterwards_what_it_missed(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"cut": "15%"})
    run(homes, secrets, day("07-20"))
    change(homes, secrets, "w", lambda words: words, {"paused_at": day("07-21")})
    pass_days("07-28", "07-28")
    assert run(homes, secrets, day("07-28")).news == 0
    change(homes, secrets, "w", lambda words: words, {"paused_at": None})
    run(homes, secrets, day("07-29"))
    assert any("R$ 233,615.48 -> R$ 196,000.00" in each.message for each in webhook.got)


def test_a_watch_that_is_for_something_else_now_sends_a_summary_again_and_no_flood(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"city": ["MACAPA"]})
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "09-12")
    change(homes, secrets, "w", lambda words: {**words, "city": ["RIO BRANCO"]}, {})
    run(homes, secrets, day("09-12"))
    run(homes, secrets, day("09-13"))
    assert [title.split()[0] for title in webhook.titles] == ["watching", "watching"]
    change(homes, secrets, "w", lambda words: words, {"language": "zh"})
    assert run(homes, secrets, day("09-14")).news == 0


def test_each_of_two_watches_tells_the_same_thing_once(
    homes: Engine, secrets: Path, webhook: Webhook, pass_days: PassDays
):
    watch(homes, secrets, webhook.address, {"cut": "15%"})
    asked = [Asked(ChannelKind.APPRISE, webhook.address)] * 2
    create_watch(homes, secrets, "zwei", {"cut": "15%"}, {**AT_ONCE, "language": "zh"}, asked, day("07-01"))
    run(homes, secrets, day("07-20"))
    pass_days("07-28", "07-28")
    run(homes, secrets, day("07-28"))
    told = [each for each in webhook.got if "1555533682007" in each.message and "233,615.48" in each.message]
    assert sorted(each.title[:3] for each in told) == ["[w]", "【zw", "【zw"]
    assert len({each.key for each in told}) == 3
    assert "降价16.1%：R$ 233,615.48 → R$ 196,000.00" in told[-1].message


def test_what_is_not_linked_yet_is_said(homes: Engine, secrets: Path, webhook: Webhook, caixa_looks: Sequence[Look]):
    watch(homes, secrets, webhook.address)
    assert run(homes, secrets, day("07-20")).unlinked == 0
    record_all(homes, [look for look in caixa_looks if day("07-28", 0) < look[0].observed_at < day("07-29")])
    assert run(homes, secrets, day("07-28")).unlinked > 0
    with reading(homes) as connection:
        assert {each.state for each in list_deliveries(connection)} == {DeliveryState.SENT}
