"""The reports that a page can have, each with the query that counts it again."""

from benchmarks.report_pages import checks, queries
from benchmarks.report_pages.checks import Check, Figures, Rows
from benchmarks.report_pages.pages import Section

BY = {"all": queries.ALL, "round": queries.ROUND, "kind": queries.KIND, "city": queries.CITY, "source": queries.SOURCE}
TOGETHER = "together: {listings:,} listings, {rounds:,} rounds, {homes:,} homes"


def counts(by: str, title: str, group: str | None = None) -> Section:
    """Listings, rounds and homes. ``group``: SQL for what the groups are, where it is not the usual one."""
    check = Check(queries.counts(group or BY[by]), said=TOGETHER, said_sql=queries.counts(queries.ALL))
    return Section(f"counts_{by}", title, f"counts --by {by}", check)


def clearance(by: str, title: str) -> Section:
    """Sold, failed, unknown, and the rate where there is one."""
    return Section(f"clearance_{by}", title, f"clearance --by {by}", Check(queries.clearance(BY[by])))


def ratios(by: str, title: str) -> Section:
    """Starts, asking and hammer prices against appraisals."""
    return Section(f"ratios_{by}", title, f"ratios --by {by}", Check(queries.ratios(BY[by]), checks.by_ratio))


def coverage(source: str) -> Section:
    """Days looked at; counted again for the source whose pages the files are, which may show others beside it."""

    def own(rows: Rows) -> Figures:
        return checks.looked_at([row for row in rows if row["source"] == source])

    words = source + ": looked at on {days:,} of {span:,} days; gaps on {gaps:,}"
    check = Check(queries.COVERAGE, own, words, queries.SPAN)
    return Section("coverage", "Days looked at", "coverage --by source", check, 12)


STANDING_CUTS = Section(
    "cuts",
    "Listings under their highest price",
    "price-cuts",
    Check(
        queries.STANDING_CUTS,
        checks.standing_cuts,
        "n = {listings:,} listings under their highest price",
        queries.STANDING_CUTS,
    ),
)
EVERY_CUT = Section(
    "every_cut",
    "Every price cut, the earliest first",
    "price-cuts --all",
    Check(queries.EVERY_CUT, checks.every_cut, "n = {cuts:,} price cuts", queries.EVERY_CUT),
    5,
)
REPEATS = Section(
    "repeats",
    "Homes offered more than once",
    "repeats",
    Check(queries.REPEATS, checks.repeated_homes, "n = {homes:,} homes", queries.REPEATS),
    8,
)
COMPETITION = Section(
    "competition", "Competition", "competition --by all", Check(queries.REGISTRATIONS, checks.by_number)
)
FUNNEL = Section("funnel", "From one auction to the next", "funnel", Check(queries.FUNNEL))
