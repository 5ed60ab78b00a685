"""The recorded sets of mainland China's court auctions."""

from datetime import date

from benchmarks.report_pages import facts, queries
from benchmarks.report_pages.pages import DataSet
from benchmarks.report_pages.sections import COMPETITION, REPEATS, clearance, counts, coverage, ratios

ALI_TITLES = DataSet(
    name="ali-titles-2020",
    title="Alibaba's court auctions, titles of May 2020",
    about=(
        "5,999 listings of sf.taobao.com as the public project MondayPink/SF_Taobao read them on 2020-05-01: titles, "
        "courts and addresses of one look, one row each. The round stands in brackets in front of each title; the page's "
        "rounds were counted a second time by these words, by a query that does not know what the program read in them. "
        "Names of persons in titles were masked where they were recorded."
    ),
    files="ali/sf-taobao-2020-05/*.xlsx",
    mapping="ali-sf-taobao-2020",
    as_of=date(2020, 5, 1),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by round", queries.ROUND_BY_TITLE),
        counts("kind", "How many, by kind"),
        counts("city", "Cities with the most"),
        clearance("round", "Clearance"),
        REPEATS,
    ),
    facts={"failed_before": facts.FAILED_BEFORE},
    striking=(
        "Of {counts_all[all][listings]:,} listings {counts_round[first_auction][listings]:,} are first auctions (一拍), "
        "{counts_round[second_auction][listings]:,} second ones (二拍) and {counts_round[sell_off][listings]:,} sell-offs "
        "(变卖). So at least {failed_before[percent]:.0f} % had failed before: a second auction follows a failed first one, a "
        "sell-off a failed second.",
        "A repeated auction (再次拍卖) is named {counts_round[repeat_auction][listings]:,} times, a new auction after a "
        "winner did not pay (重新拍卖) {counts_round[re_auction][listings]:,} time.",
        "Only {repeats[all][listings]:,} listings share {repeats[all][homes]:,} homes with one another: one look shows one "
        "round of a home, and the chain is not in it.",
        "{counts_kind[not told][listings]:,} titles do not say what is sold; of those that do, "
        "{counts_kind[flat][listings]:,} are flats, {counts_kind[parking][listings]:,} parking spaces and "
        "{counts_kind[shop][listings]:,} shops.",
    ),
    silent=(
        "Prices: the file was cut at the first comma of each number, so that none is stored, and there is no ratio.",
        "Results: no page of this look tells one. All rounds pass as open, since nothing says when they end; the "
        "clearance rate has no case, and says so instead of 0 %.",
        "How many first auctions come to a second one: the shares of rounds on one day depend on how long each kind stays "
        "listed (a sell-off 60 days, an auction one), and are no flow.",
        "Anything of the whole country: nobody tells how the 5,999 were chosen among what was listed on that day.",
    ),
)

ALI_SOLD = DataSet(
    name="ali-sold-2026",
    title="Alibaba's court auctions, homes sold, files of December 2025 to February 2026",
    about=(
        "86 files, one a day from 2025-12-01 to 2026-02-25, of the public project aiaimimi0920/dieleme: homes that courts "
        "of the whole country sold on Alibaba, 7,945 rows with starting price, appraisal, hammer price and registrations. "
        "One row is refused, since its id stands twice on one day with different words."
    ),
    files="ali/sold-daily-2025-12_2026-02/*.json",
    mapping="ali-sold-daily",
    as_of=date(2026, 2, 25),
    sections=(
        counts("all", "How many"),
        counts("city", "Cities with the most"),
        clearance("all", "Clearance"),
        ratios("all", "Starts and hammer prices against appraisals"),
        COMPETITION,
        REPEATS,
        coverage("ali_judicial"),
    ),
    facts={
        "sold_when": facts.SOLD_WHEN,
        "starts": facts.STARTS,
        "alone": facts.ALONE,
        "sold_again": facts.SOLD_AGAIN,
    },
    striking=(
        "Starts stand at the two floors of the law: {starts[at_70]:,} of {starts[n]:,} at 70 % of the appraisal, as low as a "
        "first auction may go, and {starts[at_56]:,} at 56 %, which is 80 % of that, as low as a second one may. "
        "{starts[lower]:,} are lower.",
        "{competition[all registrations][single]:,} of {competition[all registrations][n]:,} sales that tell it had a single "
        "registration ({competition[all registrations][rate_percent]:.1f} %). Who is alone pays the start "
        "({alone[alone_at_start]:,} of {alone[alone]:,}); where more had registered the median premium is "
        "{alone[median_of_others]:.1f} %.",
        "The sum of the hammer prices is {ratios_all[all realisation][sum_percent]:.1f} % of the sum of the appraisals, "
        "the median {ratios_all[all realisation][median_percent]:.1f} %.",
        "The file of 2026-02-11 is another thing than the rest: {sold_when[before_of_one_day]:,} of its "
        "{sold_when[of_one_day]:,} rows are sales from {sold_when[earliest]} on. Only {sold_when[within]:,} of the "
        "{sold_when[listings]:,} sales fall into the three months, {sold_when[before]:,} before them.",
        "{repeats[all][homes]:,} homes stand here twice; at {sold_again[same_start]:,} of them both sales began at one price, "
        "as where a winner did not pay and the court sold again, but no row says so.",
    ),
    silent=(
        "A clearance rate: a list of sales alone clears everything. {clearance_all[all][sold]:,} sold and "
        "{clearance_all[all][failed]:,} failed is 100 % of the list, not of the market; "
        "{clearance_all[all][followed]:,} of the results were seen coming. Prices and competition are those of homes that "
        "found a buyer.",
        "Which round it was: no row tells it. A start of 56 % is most likely a second auction or a sell-off; it may be "
        "another appraisal.",
        "Time to sale: each home is seen for the first time when it is sold.",
        "Which home it was, for flats without a room number: the linker leaves such pairs in doubt rather than count two "
        "flats of one building as one.",
        "Which parts of the country buy: nobody tells how the project chose its cities, and Chengdu alone has "
        "{counts_city[成都市][listings]:,} rows.",
    ),
)
