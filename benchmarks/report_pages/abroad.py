"""The recorded sets of Brazil, Korea and Florida."""

from datetime import date

from benchmarks.report_pages import facts
from benchmarks.report_pages.pages import DataSet
from benchmarks.report_pages.sections import (
    EVERY_CUT,
    FUNNEL,
    REPEATS,
    STANDING_CUTS,
    clearance,
    counts,
    coverage,
    ratios,
)

CAIXA_2021 = DataSet(
    name="caixa-2021",
    title="CAIXA, Brazil, July to September 2021",
    about=(
        "The whole stock of repossessed property that Brazil's state bank offered: 27 lists (one a state) on 37 dates "
        "from 2021-07-19 to 2021-09-13, 412,281 rows, as the public project franklinbaldo/caixaaberta recorded them day "
        "by day. The bank keeps one id for a property from its first auction to its direct sale, so that a price can be "
        "followed through all of them."
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
        coverage("br_caixa"),
    ),
    facts={"relabelled": facts.RELABELLED, "to_second": facts.TO_SECOND, "cut_sizes": facts.CUT_SIZES},
    striking=(
        "{every_cut[all][cuts]:,} cuts on {every_cut[all][listings]:,} listings in eight weeks, {cut_sizes[third]:,} of them by "
        "a third or more; at the end {cuts[all][listings]:,} of {counts_all[all][listings]:,} stand under their highest "
        "price, {cuts[all][halved]:,} at half of it or less.",
        "A later round is not a cheaper one here: of {to_second[moved]:,} listings that went from the first auction to the "
        "second {to_second[rose]:,} became dearer and {to_second[fell]:,} cheaper. A first auction asks the appraisal (median "
        "{ratios_round[first_auction asking][median_percent]:.1f} %), a second one "
        "{ratios_round[second_auction asking][median_percent]:.1f} %: the debt that is left, not the worth.",
        "In direct sales, {counts_round[direct_sale][listings]:,} of the listings, the median is "
        "{ratios_round[direct_sale asking][median_percent]:.1f} % of the appraisal.",
        "A new label is no new round: {relabelled[labels]:,} times a listing moved from online sale to direct sale or back, "
        "{relabelled[same_price]:,} times at one price.",
        "On the worst day the lists held {coverage[all][least]:,} listings. The project's crawl broke down for five days; "
        "these are marked as fallen, and nothing that they lack passes as sold.",
    ),
    silent=(
        "What was sold: the bank's lists tell no result. A listing that leaves them may be sold, withdrawn, or moved "
        "to a state's list that was empty that day; there is no clearance rate and no time to sale.",
        "Which listings were of one home: the bank keeps one id for a home from sale to sale, so listings, rounds and "
        "homes are as many as ids, and the rounds of a home are not counted apart.",
        "The way of sale is that of the last look: by it the counts and ratios are told apart.",
        "What was asked before 2021-07-19: a cut is one against the highest price that was seen since.",
    ),
)

CAIXA_2026 = DataSet(
    name="caixa-2026",
    title="CAIXA and four auction houses, Rio Grande do Sul, July and August 2026",
    about=(
        "30 dated tables of one state from 2026-07-01 to 2026-08-05, 17,359 rows, by the public project "
        "thiago-jung/scrap-imoveis-caixa: the bank's list, and from 2026-07-03 on four auction houses beside it. One file "
        "holds five sources, whose ids the project put a prefix before."
    ),
    files="brazil-caixa/rs-2026/*.zip",
    mapping="scrap-imoveis-rs",
    as_of=date(2026, 8, 5),
    sections=(
        counts("source", "How many, by source"),
        counts("round", "How many, by way of sale"),
        counts("kind", "How many, by kind"),
        STANDING_CUTS,
        EVERY_CUT,
        ratios("round", "Asking price against appraisal"),
        REPEATS,
        coverage("br_caixa"),
    ),
    facts={"cut_sizes": facts.CUT_SIZES, "one_label": facts.ONE_LABEL, "broken_ids": facts.BROKEN_IDS},
    striking=(
        "{every_cut[all][cuts]:,} cuts on {every_cut[all][listings]:,} listings in five weeks, and most are small: "
        "{cut_sizes[about_2_7]:,} are of 2.5 to 2.9 %, {cut_sizes[third]:,} of a third or more; {cut_sizes[again]:,} "
        "listings were cut more than once.",
        "Two auction rounds stand behind one label of the bank: of {one_label[n]:,} auctions by a single notice "
        "{one_label[same]:,} ask the appraisal to the centavo, {one_label[dearer]:,} more and {one_label[cheaper]:,} less.",
        "The median asking price is {ratios_round[open_tender asking][median_percent]:.1f} % of the appraisal in open "
        "tenders and {ratios_round[judicial_auction asking][median_percent]:.1f} % in the courts' auctions of the houses.",
        "{counts_kind[vehicle][listings]:,} of {counts_round[judicial_auction][listings]:,} lots of court auctions are "
        "vehicles: they are in the counts, and left out of the ratios.",
        "{repeats[all][homes]:,} homes have {repeats[all][listings]:,} listings: lots that one house announces again.",
    ),
    silent=(
        "What was sold: no source of the table tells results.",
        "Whether an auction by a single notice is in its first or its second round: both have one name.",
        "{broken_ids[rows_refused]:,} rows of {broken_ids[days]:,} days have no identifier and are refused, not counted; who "
        "keys on the broken id finds one home with dozens of price changes.",
        "When a lot of an auction house ended: on 2026-07-21 the rows of one house are missing from the file but for two, on "
        "07-25 those of another, and they are back on the next day. Coverage tells the one as fallen, the other as a gap.",
    ),
)

KOREA = DataSet(
    name="korea-2026",
    title="Korean court auctions, July and August 2026",
    about=(
        "Shops in Gyeonggi from courtauction.go.kr, 16 versions of the daily table of the public project "
        "gkosdm88-prog/courtauction-daily from 2026-07-10 to 2026-08-08, 629 rows. A lot keeps its id from sale to sale; "
        "the table counts its failed sales, and by that count it is in its first, second, third or a later one."
    ),
    files="korea-courtauction/*.jsonl",
    mapping=None,
    as_of=date(2026, 8, 8),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by round"),
        counts("city", "Cities with the most"),
        clearance("round", "Clearance"),
        coverage("kr_courtauction"),
    ),
    facts={"next_round": facts.NEXT_ROUND},
    striking=(
        "{counts_round[later_auction][listings]:,} of {counts_all[all][listings]:,} shops are in their fourth sale or a "
        "later one, {counts_round[third_auction][listings]:,} in their third, and only "
        "{counts_round[first_auction][listings]:,} in their first.",
        "{next_round[moved]:,} lots moved on by one round within the month: their sale had failed, and the next one is set "
        "{next_round[soonest]} to {next_round[latest]} days after it.",
        "The table was looked at on {coverage[all][days]:,} days, with {coverage[all][gaps]:,} between them without a look; "
        "the shortest holds {coverage[all][least]:,} lots: the window of its search moved, lots did not vanish.",
    ),
    silent=(
        "Results: the table shows what is coming. Of {clearance_round[first_auction][unknown]:,} first sales whose day has "
        "passed none tells whether it sold; that a lot is back in the next round tells that the one before failed, but "
        "the lot keeps its id, so that this is a change of one listing and not a round of its own.",
        "Prices: the published floor lags one round behind, so that none is taken as the price of the coming sale; "
        "appraisals are there, and no ratio to them.",
        "Other kinds and places: it is one project's search for shops in one province.",
    ),
)

FLORIDA = DataSet(
    name="florida-2025",
    title="County auctions of Florida, January to August 2025",
    about=(
        "Coming foreclosure and tax-deed auctions of some 36 county sites (RealAuction), 100 dated snapshots from 2025-01-02 "
        "to 2025-08-30 of the public project Super-Fast-Buyers/auctions-scraper, 178,524 rows. A foreclosure sells for a "
        "court's judgment (judicial_auction), a tax deed for taxes owed to the county (out_of_court_auction). The site's own "
        "number of an auction is not in the files: case and parcel name a listing."
    ),
    files="usa-realforeclose/*.zip",
    mapping=None,
    as_of=date(2025, 8, 30),
    sections=(
        counts("all", "How many"),
        counts("round", "How many, by kind of auction"),
        counts("city", "Cities with the most"),
        clearance("round", "Clearance"),
        ratios("round", "Opening bid against assessed value"),
        STANDING_CUTS,
        REPEATS,
        FUNNEL,
        coverage("us_realauction"),
    ),
    facts={
        "days_set": facts.DAYS_SET,
        "parcels": facts.PARCELS,
        "deed_starts": facts.DEED_STARTS,
        "refused": facts.REFUSED,
        "addresses": facts.ADDRESSES,
    },
    striking=(
        "{days_set[foreclosures_again]:,} of {days_set[foreclosures]:,} foreclosures with a day "
        "({days_set[percent_again]:.1f} %) were set for a second one or more, up to {days_set[most]}; of tax deeds "
        "{days_set[deeds_again]:,} of {days_set[deeds]:,} ({days_set[deeds_percent_again]:.1f} %).",
        "A tax deed opens at the tax owed, not at the worth: the median is "
        "{ratios_round[out_of_court_auction start][median_percent]:.1f} % of the county's assessed value, "
        "{deed_starts[under_tenth]:,} of {deed_starts[n]:,} open under a tenth of it, and {deed_starts[over_value]:,} above it.",
        "{parcels[listings]:,} listings of foreclosures are {parcels[cases]:,} cases: on {parcels[bare]:,} the parcel is not "
        "told (the project read the text of a link in its place), and {parcels[twice]:,} of these have a case that stands "
        "there with its parcel too. Who counts listings counts these twice.",
        "For two months the crawl was broken: {refused[shells]:,} files hold nothing, or nothing but empty objects, so that "
        "on {coverage[all][unread]:,} days nothing could be read. No auction ended on the first of them.",
        "{refused[rows_refused]:,} of 178,524 rows are refused, {refused[unread]:,} of them since they hold nothing or only a "
        "day.",
    ),
    silent=(
        "Results: only what is coming is shown. {clearance_round[judicial_auction][unknown]:,} foreclosures and "
        "{clearance_round[out_of_court_auction][unknown]:,} tax deeds are past their day with an unknown result; there is "
        "no clearance rate. That an auction leaves the list may be a sale, a payment or a bankruptcy.",
        "What share of auctions comes again: the funnel needs rounds that are known to have failed, and has "
        "{funnel[other_auction][n]:,}. A new day of the same case is a change of its listing; {funnel[other_auction][seen_before]:,} "
        "auctions stand under another id than an earlier one of their home.",
        "How many homes: {repeats[all][homes]:,} are known to have more than one listing, by their addresses; "
        "{addresses[without]:,} of {addresses[n]:,} foreclosures have none.",
        "Starts of foreclosures: the highest bid of the plaintiff is mostly hidden, and the judgment is a debt, not a "
        "price. All cuts are those of tax deeds.",
        "What is sold: the cards do not tell a house from land.",
    ),
)
