"""The recorded sets, the reports that say something on each, and what these show and cannot show."""

from datetime import date

from benchmarks.report_pages import checks, queries
from benchmarks.report_pages.checks import Check
from benchmarks.report_pages.pages import DataSet, Section

BY = {"all": queries.ALL, "round": queries.ROUND, "kind": queries.KIND, "city": queries.CITY, "source": queries.SOURCE}


def counts(by: str, title: str) -> Section:
    return Section(f"counts_{by}", title, f"counts --by {by}", Check(queries.counts(BY[by])))


def clearance(by: str, title: str) -> Section:
    return Section(f"clearance_{by}", title, f"clearance --by {by}", Check(queries.clearance(BY[by])))


def ratios(by: str, title: str) -> Section:
    return Section(f"ratios_{by}", title, f"ratios --by {by}", Check(queries.ratios(BY[by]), checks.by_ratio))


STANDING_CUTS = Section(
    "cuts", "Listings under their highest price", "price-cuts", Check(queries.STANDING_CUTS, checks.standing_cuts)
)
EVERY_CUT = Section(
    "every_cut",
    "Every price cut, the earliest first",
    "price-cuts --all",
    Check(queries.EVERY_CUT, checks.every_cut),
    5,
)
REPEATS = Section(
    "repeats", "Homes offered more than once", "repeats", Check(queries.REPEATS, checks.repeated_homes), 8
)
COVERAGE = Section("coverage", "Days looked at", "coverage --by source", Check(queries.COVERAGE, checks.looked_at), 12)
COMPETITION = Section(
    "competition", "Competition", "competition --by all", Check(queries.REGISTRATIONS, checks.by_number)
)
FUNNEL = Section("funnel", "From one round to the next", "funnel", Check(queries.FUNNEL))

CAIXA_2021 = DataSet(
    name="caixa-2021",
    title="CAIXA, Brazil, July to September 2021",
    about=(
        "The whole stock of repossessed property that Brazil's state bank offered, 27 lists (one a state) on 37 dates "
        "from 2021-07-19 to 2021-09-13, as the public project franklinbaldo/caixaaberta recorded them day by day."
    ),
    files="brazil-caixa/daily-2021/*.zip",
    mapping="caixaaberta",
    as_of=date(2021, 9, 13),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by way of sale"),
        counts("kind", "How many, by kind"),
        counts("city", "Cities with the most"),
        STANDING_CUTS,
        EVERY_CUT,
        ratios("round", "Asking price against appraisal"),
        COVERAGE,
    ),
    striking=(
        "{every_cut[all][cuts]:,} cuts on {every_cut[all][listings]:,} listings; at the end {cuts[all][listings]:,} of "
        "{counts_all[all][listings]:,} stand under their highest price, {cuts[all][halved]:,} of them at half of it or less, "
        "the deepest {cuts[all][deepest]:.1f} % under it.",
        "A first auction asks the appraisal (median {ratios_round[first_auction asking][median_percent]:.1f} %), a second "
        "one more than it ({ratios_round[second_auction asking][median_percent]:.1f} %, of sums "
        "{ratios_round[second_auction asking][sum_percent]:.1f} %): its price follows the debt. A later round is not "
        "a cheaper one here.",
        "In direct sales the median is {ratios_round[direct_sale asking][median_percent]:.1f} % of the appraisal.",
        "On the worst day the lists held {coverage[all][least]:,} listings: such days are marked as fallen, and no listing "
        "that they lack passes as sold.",
    ),
    silent=(
        "What was sold: the bank's lists tell no result. A listing that leaves them may be sold, withdrawn, or moved "
        "to a state's list that was empty that day; there is no clearance rate and no time to sale.",
        "Which listings were of one home: the bank keeps one id for a home from sale to sale, so listings, rounds and "
        "homes are as many as ids, and the rounds of a home are not counted apart.",
        "The way of sale is that of the last look; labels of thousands of listings moved there and back at one price.",
    ),
)

ALI_TITLES = DataSet(
    name="ali-titles-2020",
    title="Alibaba's court auctions, titles of May 2020",
    about=(
        "5,999 listings of sf.taobao.com as the public project MondayPink/SF_Taobao read them on 2020-05-01: titles, "
        "courts and addresses of one look. Names of persons in titles were masked where they were recorded."
    ),
    files="ali/sf-taobao-2020-05/*.xlsx",
    mapping="ali-sf-taobao-2020",
    as_of=date(2020, 5, 1),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by round"),
        counts("kind", "How many, by kind"),
        counts("city", "Cities with the most"),
        clearance("round", "Clearance"),
        REPEATS,
    ),
    striking=(
        "{counts_round[second_auction][listings]:,} second auctions and {counts_round[sell_off][listings]:,} sell-offs "
        "stand beside {counts_round[first_auction][listings]:,} first ones, on one day.",
        "{repeats[all][listings]:,} of the {counts_all[all][listings]:,} listings share {repeats[all][homes]:,} homes with "
        "one another, each with an open question: one look shows one round of a home, the chain is not in it.",
        "A repeated auction (再次拍卖) is named {counts_round[repeat_auction][listings]:,} times, a new auction after a "
        "winner did not pay (重新拍卖) {counts_round[re_auction][listings]:,} time.",
    ),
    silent=(
        "Prices: the file was cut at the first comma of each number, so that none is stored, and there is no ratio.",
        "Results: no page of this look tells one. All rounds pass as open, since nothing says when they end; the "
        "clearance rate has no case, and says so instead of 0 %.",
        "How many first auctions come to a second one: the shares of rounds on one day depend on how long each kind stays "
        "listed (a sell-off 60 days, an auction one), and are no flow.",
    ),
)

ALI_SOLD = DataSet(
    name="ali-sold-2026",
    title="Alibaba's court auctions, homes sold from December 2025 to February 2026",
    about=(
        "One file a day from 2025-12-01 to 2026-02-25 of the public project aiaimimi0920/dieleme: homes that the whole "
        "country's courts sold on Alibaba, 7,945 rows with starting price, appraisal and hammer price."
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
        COVERAGE,
    ),
    striking=(
        "Homes start at a median of {ratios_all[all start][median_percent]:.1f} % of the appraisal, which is the least "
        "that a court may ask in a first auction, and are sold at {ratios_all[all realisation][median_percent]:.1f} %.",
        "The median premium over the start is {ratios_all[all premium][median_percent]:.1f} %, of sums "
        "{ratios_all[all premium][sum_percent]:.1f} %.",
        "{competition[all registrations][single]:,} of {competition[all registrations][n]:,} sales that tell it had a "
        "single registration ({competition[all registrations][rate_percent]:.1f} %); the mean is "
        "{competition[all registrations][mean]:.1f}, the median {competition[all registrations][median]:.0f}.",
        "{clearance_all[all][sold]:,} sold, {clearance_all[all][failed]:,} failed: the rate of 100 % is that of the list, "
        "not of the market. {clearance_all[all][followed]:,} of the results were seen coming.",
    ),
    silent=(
        "A clearance rate: a list of sales alone clears everything. What failed, was withdrawn or is still open is not "
        "in it, and so prices and competition are those of homes that found a buyer.",
        "Which round it was: no row tells it; a start of 70 % may be a first auction, 56 % a second one.",
        "Time to sale: each home is seen for the first time when it is sold.",
        "The day of the file is not always that of the sale: some rows tell sales of years before.",
    ),
)

KOREA = DataSet(
    name="korea-2026",
    title="Korean court auctions, July and August 2026",
    about=(
        "Shops in Gyeonggi from courtauction.go.kr, 16 versions of the daily table of the public project "
        "gkosdm88-prog/courtauction-daily from 2026-07-10 to 2026-08-08."
    ),
    files="korea-courtauction/*.jsonl",
    mapping=None,
    as_of=date(2026, 8, 8),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by round"),
        counts("city", "Cities with the most"),
        clearance("round", "Clearance"),
        ratios("round", "Floor against appraisal"),
        COVERAGE,
    ),
    striking=(
        "{counts_round[later_auction][listings]:,} of {counts_all[all][listings]:,} lots are in their fourth sale or a "
        "later one, {counts_round[third_auction][listings]:,} in their third, {counts_round[first_auction][listings]:,} in "
        "their first.",
        "The table was looked at on {coverage[all][days]:,} days, with {coverage[all][gaps]:,} between them without a look; "
        "the shortest holds {coverage[all][least]:,} lots: the window of its search moved, lots did not vanish.",
    ),
    silent=(
        "Results: the table shows what is coming. Of {clearance_round[first_auction][unknown]:,} first sales whose day has "
        "passed none tells whether it sold; that a lot is back in the next round tells that the one before failed, but "
        "the lot keeps its id, so that this is a change of one listing and not a round of its own.",
        "Cuts: the published floor lags one round behind, so that from the second sale on no price is taken from it. The "
        "few second sales with a start carry that of their first, which no later look has replaced.",
        "Other kinds and places: it is one project's search for shops in one province.",
    ),
)

FLORIDA = DataSet(
    name="florida-2025",
    title="County auctions of Florida, January to August 2025",
    about=(
        "Coming foreclosure and tax-deed auctions of some 36 county sites (RealAuction), 100 dated snapshots from 2025-01-02 "
        "to 2025-08-30 of the public project Super-Fast-Buyers/auctions-scraper."
    ),
    files="usa-realforeclose/*.zip",
    mapping=None,
    as_of=date(2025, 8, 30),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by kind of auction"),
        clearance("round", "Clearance"),
        ratios("round", "Opening bid against assessed value"),
        STANDING_CUTS,
        REPEATS,
        FUNNEL,
    ),
    striking=(
        "{counts_round[judicial_auction][listings]:,} foreclosures and {counts_round[out_of_court_auction][listings]:,} tax "
        "deeds; a tax deed opens at a median of "
        "{ratios_round[out_of_court_auction start][median_percent]:.1f} % of the county's assessed value: the tax owed, not "
        "the worth.",
        "{cuts[all][listings]:,} listings are under their highest opening bid, {cuts[all][halved]:,} at half of it or less.",
        "{repeats[all][homes]:,} homes have more than one listing, up to {repeats[all][most]:,}.",
        "{funnel[not_told][again]:,} of {funnel[not_told][n]:,} auctions past their day came back under another id.",
    ),
    silent=(
        "Results: only what is coming is shown. {clearance_round[judicial_auction][unknown]:,} foreclosures are past "
        "their day with an unknown result; there is no clearance rate.",
        "How often a case was set again: a new day of the same case is a change of its listing, so the funnel counts only "
        "what came back under another id.",
        "February to April: the recording broke down for two months and wrote empty objects, which are refused and never "
        "read as auctions that vanished.",
        "Starts of foreclosures: the highest bid of the plaintiff is mostly hidden.",
    ),
)

CAIXA_2026 = DataSet(
    name="caixa-2026",
    title="CAIXA and four auction houses, Rio Grande do Sul, July and August 2026",
    about=(
        "30 dated tables of one state from 2026-07-01 to 2026-08-05 by the public project thiago-jung/scrap-imoveis-caixa: "
        "the bank's list, and from 2026-07-03 on four auction houses beside it."
    ),
    files="brazil-caixa/rs-2026/*.zip",
    mapping="scrap-imoveis-rs",
    as_of=date(2026, 8, 5),
    sections=(
        counts("source", "How many, by source"),
        counts("round", "How many, by way of sale"),
        STANDING_CUTS,
        EVERY_CUT,
        ratios("round", "Asking price against appraisal"),
        REPEATS,
        COVERAGE,
    ),
    striking=(
        "{every_cut[all][cuts]:,} cuts on {every_cut[all][listings]:,} listings in five weeks; {cuts[all][halved]:,} are at "
        "half of their highest price or less, the deepest {cuts[all][deepest]:.1f} % under it.",
        "The median asking price is {ratios_round[open_tender asking][median_percent]:.1f} % of the appraisal in open "
        "tenders, {ratios_round[judicial_auction asking][median_percent]:.1f} % in court auctions, and "
        "{ratios_round[single_notice_auction asking][median_percent]:.1f} % in auctions by a single notice.",
        "{repeats[all][homes]:,} homes have {repeats[all][listings]:,} listings: lots that one house announces again.",
    ),
    silent=(
        "What was sold: no source of the table tells results.",
        "Whether an auction by a single notice is in its first or its second round: both have one name.",
        "Rows without an identifier (three on 18 days) are refused, not counted; who keys on the broken id finds one home "
        "with dozens of price changes.",
    ),
)

SETS = {each.name: each for each in (CAIXA_2021, ALI_TITLES, ALI_SOLD, KOREA, FLORIDA, CAIXA_2026)}
