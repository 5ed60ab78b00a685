"""keep details and facts, and the state of a listing in one place

Revision ID: 0002
Revises: 0001
"""

from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

CURRENCIES = ("CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH")
PROPERTY_KINDS = (
    "flat",
    "house",
    "building",
    "shop",
    "office",
    "industrial",
    "parking",
    "storage",
    "land",
    "rural",
    "commercial",
    "vehicle",
    "loan",
    "other",
)
OLD_ROUND_KINDS = (
    "first_auction",
    "second_auction",
    "third_auction",
    "sell_off",
    "re_auction",
    "repeat_auction",
    "direct_sale",
    "special_direct_sale",
    "online_sale",
    "single_notice_auction",
    "open_tender",
    "out_of_court_auction",
    "judicial_auction",
)
NEW_ROUND_KINDS = ("later_auction", "open_purchase", "asset_auction", "dutch_auction", "tender", "private_treaty")
OLD_STATUSES = (
    "upcoming",
    "ongoing",
    "ended",
    "sold",
    "failed",
    "withdrawn",
    "suspended",
    "postponed",
    "terminated",
    "halted",
)
NEW_STATUSES = ("taken_by_creditor", "defaulted")
OLD_SELLER_KINDS = (
    "court",
    "state_bank",
    "joint_stock_bank",
    "city_bank",
    "rural_bank",
    "asset_manager",
    "bankruptcy_administrator",
    "state_owned",
    "agent",
)
NEW_SELLER_KINDS = ("bank", "government", "company")
APPRAISAL_KINDS = ("negotiated", "directed_inquiry", "online_inquiry", "appraisal")
APPRAISAL_SCOPES = ("unit", "lot")
FACT_KINDS = (
    "occupied",
    "leased",
    "vacant_handover",
    "buyer_bears_all_taxes",
    "arrears",
    "pre_emption",
    "mortgage",
    "seizure",
    "purchase_limit",
    "loan_offered",
)
ANSWERS = ("yes", "no", "not_known")

OLD_VOCABULARIES = {
    "property_kind": PROPERTY_KINDS,
    "round_kind": OLD_ROUND_KINDS,
    "status": OLD_STATUSES,
    "seller_kind": OLD_SELLER_KINDS,
    "currency": CURRENCIES,
}
VOCABULARIES = {
    "property_kind": PROPERTY_KINDS,
    "round_kind": OLD_ROUND_KINDS + NEW_ROUND_KINDS,
    "status": OLD_STATUSES + NEW_STATUSES,
    "seller_kind": OLD_SELLER_KINDS + NEW_SELLER_KINDS,
    "currency": CURRENCIES,
    "appraisal_kind": APPRAISAL_KINDS,
    "appraisal_scope": APPRAISAL_SCOPES,
}

OLD_SAID = {
    "title": sa.Text(),
    "url": sa.Text(),
    "property_kind": "term",
    "round_kind": "term",
    "status": "term",
    "seller_name": sa.Text(),
    "seller_kind": "term",
    "region_code": sa.String(length=12),
    "city": sa.Text(),
    "district": sa.Text(),
    "address": sa.Text(),
    "currency": "term",
    "starting_price": sa.BigInteger(),
    "asking_price": sa.BigInteger(),
    "current_price": sa.BigInteger(),
    "hammer_price": sa.BigInteger(),
    "appraisal_price": sa.BigInteger(),
    "market_price": sa.BigInteger(),
    "is_price_exact": sa.Boolean(),
    "starts_at": INSTANT,
    "ends_at": INSTANT,
    "ended_on": sa.Date(),
    "floor_area": sa.BigInteger(),
    "private_area": sa.BigInteger(),
    "land_area": sa.BigInteger(),
    "bid_count": sa.Integer(),
    "applicant_count": sa.Integer(),
    "is_loan_offered": sa.Boolean(),
    "image_url": sa.Text(),
}
DETAILS = {
    "case_number": sa.Text(),
    "appraisal_kind": "term",
    "appraisal_on": sa.Date(),
    "appraisal_scope": "term",
    "deposit": sa.BigInteger(),
    "increment": sa.BigInteger(),
    "bidding_minutes": sa.Integer(),
    "extension_minutes": sa.Integer(),
    "share": sa.Text(),
    "floor": sa.Text(),
    "intended_use": sa.Text(),
    "built_year": sa.Integer(),
    "certificate": sa.Text(),
    "unit_count": sa.Integer(),
    "published_at": INSTANT,
    "bidder_count": sa.Integer(),
    "latitude": sa.Integer(),
    "longitude": sa.Integer(),
    "previous_source_id": sa.Text(),
    "asset_id": sa.Text(),
    "round_number": sa.Integer(),
}
OLD_KEYS = ("id", "source", "source_id", "generation", "first_seen_at", "last_seen_at", "last_changed_at")
OLD_HEAD = ("last_reader", "last_digest")
LOOK = ("id", "listing_id", "observed_at", "page_id", "reader", "digest")
OLD_RAW_BIT, NEW_RAW_BIT = len(OLD_SAID), len(OLD_SAID) + len(DETAILS)


def upgrade() -> None:
    op.add_column("source", sa.Column("paused_until", INSTANT))
    op.add_column("source", sa.Column("paused_why", sa.Text()))
    op.create_index(op.f("ix_page_source_page_url"), "page", ["source", "url"])
    make_tables_of_crawls()
    make_tables_of_notices()
    make_tables_of_context()
    set_aside("observation", "listing")
    op.create_table(
        "listing",
        *listing_columns(),
        sa.Column("observation_id", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("title_digest", sa.BigInteger(), nullable=False),
        *listing_keys(),
    )
    op.create_table("observation", *observation_parts(OLD_SAID | DETAILS, VOCABULARIES))
    known = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE {1 << place} END" for place, name in enumerate(OLD_SAID))
    last = (
        "(SELECT id FROM old_observation WHERE listing_id = old_listing.id "
        f"ORDER BY observed_at DESC, {bytewise('reader')} DESC, digest DESC LIMIT 1)"
    )
    keys = ", ".join((*OLD_KEYS, *OLD_HEAD))
    op.execute(
        f"INSERT INTO listing ({keys}, observation_id, known, title_digest) "
        f"SELECT {keys}, {last}, {known}, 0 FROM old_listing"
    )
    digest_titles()
    carry_over_observations(
        (*OLD_SAID,), f"(stated & {(1 << OLD_RAW_BIT) - 1}) + (stated >> {OLD_RAW_BIT}) * {1 << NEW_RAW_BIT}"
    )
    drop_what_was_set_aside()


def downgrade() -> None:
    """Details and facts are lost; terms that 0001 does not know become unknown."""
    set_aside("observation", "listing")
    said = said_columns(OLD_SAID, OLD_VOCABULARIES)
    op.create_table("listing", *listing_columns(), *said, *listing_keys(), *said_checks("listing", OLD_VOCABULARIES))
    op.create_table("observation", *observation_parts(OLD_SAID, OLD_VOCABULARIES))
    keys = ", ".join((*OLD_KEYS, *OLD_HEAD))
    told = ", ".join(f"old_listing.{name}" for name in (*OLD_KEYS, *OLD_HEAD))
    words = ", ".join(old_term(name) for name in OLD_SAID)
    op.execute(
        f"INSERT INTO listing ({keys}, {', '.join(OLD_SAID)}) SELECT {told}, {words} "
        "FROM old_listing JOIN old_observation ON old_observation.id = old_listing.observation_id"
    )
    raw = f"(CASE WHEN stated & {1 << NEW_RAW_BIT} <> 0 THEN {1 << OLD_RAW_BIT} ELSE 0 END)"
    carry_over_observations(tuple(OLD_SAID), f"(stated & {(1 << OLD_RAW_BIT) - 1}) + {raw}", is_down=True)
    drop_what_was_set_aside()
    for table in (
        "series_point",
        "market_price",
        "attachment",
        "lot_member",
        "bid",
        "fact",
        "daily_requests",
        "coverage",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_page_source_page_url"), table_name="page")
    op.drop_column("source", "paused_why")
    op.drop_column("source", "paused_until")


def make_tables_of_crawls() -> None:
    op.create_table(
        "coverage",
        sa.Column("id", KEY, nullable=False),
        sa.Column("crawl_run_id", KEY, nullable=False),
        sa.Column("slice", sa.JSON(), nullable=False),
        sa.Column("stated_count", sa.Integer()),
        sa.Column("collected_count", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["crawl_run_id"], ["crawl_run.id"], name=op.f("fk_coverage_crawl_run_id_crawl_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index(op.f("ix_coverage_crawl_run_id"), "coverage", ["crawl_run_id"])
    op.create_table(
        "daily_requests",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_daily_requests_source_source")),
        sa.PrimaryKeyConstraint("source", "day", name=op.f("pk_daily_requests")),
    )


def make_tables_of_notices() -> None:
    make_table_of_words(
        "fact",
        {"kind": FACT_KINDS, "answer": ANSWERS, "currency": CURRENCIES},
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=32), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text()),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("rank", sa.Integer()),
        sa.Column("currency", sa.String(length=32)),
    )
    make_table_of_words(
        "bid",
        {"currency": CURRENCIES},
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=32), nullable=False),
        sa.Column("placed_at", INSTANT),
        sa.Column("bidder", sa.Text()),
        sa.Column("outcome", sa.Text()),
    )
    make_table_of_words(
        "lot_member",
        {"currency": CURRENCIES},
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("floor_area", sa.BigInteger()),
        sa.Column("appraisal_price", sa.BigInteger()),
        sa.Column("currency", sa.String(length=32)),
        sa.Column("certificate", sa.Text()),
    )
    make_table_of_words(
        "attachment",
        {},
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
    )


def make_table_of_words(name: str, vocabularies: dict[str, tuple[str, ...]], *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f(f"fk_{name}_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *said_checks(name, vocabularies),
    )
    op.create_index(op.f(f"ix_{name}_source_{name}_source_id"), name, ["source", "source_id"])


def make_tables_of_context() -> None:
    op.create_table(
        "market_price",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("price_per_sqm", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("city", sa.Text()),
        sa.Column("district", sa.Text()),
        sa.Column("region_code", sa.String(length=12)),
        sa.Column("latitude", sa.Integer()),
        sa.Column("longitude", sa.Integer()),
        sa.Column("url", sa.Text()),
        *said_checks("market_price", {"currency": CURRENCIES}),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_market_price_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_market_price")),
    )
    op.create_index(op.f("ix_market_price_page_id"), "market_price", ["page_id"])
    op.create_index(op.f("ix_market_price_place"), "market_price", ["place"])
    op.create_table(
        "series_point",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("series", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_series_point_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_point")),
        sa.UniqueConstraint("series", "period", "page_id", name=op.f("uq_series_point_series_period_page_id")),
    )
    op.create_index(op.f("ix_series_point_page_id"), "series_point", ["page_id"])


def listing_columns() -> list[sa.Column]:
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("last_changed_at", INSTANT, nullable=False),
        sa.Column("last_reader", sa.String(length=60), nullable=False),
        sa.Column("last_digest", sa.BigInteger(), nullable=False),
    ]


def listing_keys() -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_listing_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("source", "source_id", "generation", name=op.f("uq_listing_source_source_id_generation")),
    ]


def observation_parts(said: dict, vocabularies: dict[str, tuple[str, ...]]) -> list[sa.schema.SchemaItem]:
    key = "uq_observation_listing_id_observed_at_reader_digest"
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("listing_id", KEY, nullable=False),
        sa.Column("observed_at", INSTANT, nullable=False),
        sa.Column("page_id", KEY, nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("stated", sa.BigInteger(), nullable=False),
        *said_columns(said, vocabularies),
        sa.Column("raw", sa.Text()),
        *said_checks("observation", vocabularies),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_observation_listing_id_listing")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_observation_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint("listing_id", "observed_at", "reader", "digest", name=op.f(key)),
    ]


def said_columns(said: dict, vocabularies: dict[str, tuple[str, ...]]) -> list[sa.Column]:
    return [sa.Column(name, sa.String(length=32) if name in vocabularies else kind) for name, kind in said.items()]


def said_checks(table: str, vocabularies: dict[str, tuple[str, ...]]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(" OR ".join(f"{column} = '{term}'" for term in terms), name=op.f(f"ck_{table}_{column}"))
        for column, terms in vocabularies.items()
    ]


def set_aside(*tables: str) -> None:
    """Copies, so that the tables can be made anew: SQLite cannot drop columns that a CHECK names."""
    for table in tables:
        op.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}")
    op.execute("CREATE INDEX old_observation_of_listing ON old_observation (listing_id)")
    for table in tables:
        op.drop_table(table)


def drop_what_was_set_aside() -> None:
    for table in ("listing", "observation"):
        op.drop_table(f"old_{table}")
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 0) + 1, false) FROM {table}"
            )


def carry_over_observations(said: tuple[str, ...], stated: str, *, is_down: bool = False) -> None:
    words = [old_term(name) for name in said] if is_down else [*said]
    op.execute(
        f"INSERT INTO observation ({', '.join((*LOOK, 'stated', *said, 'raw'))}) "
        f"SELECT {', '.join((*LOOK, stated, *words, 'raw'))} FROM old_observation"
    )


def old_term(name: str) -> str:
    """A column as 0001 can hold it."""
    new = {"round_kind": NEW_ROUND_KINDS, "status": NEW_STATUSES, "seller_kind": NEW_SELLER_KINDS}.get(name)
    column = f"old_observation.{name}"
    if new is None:
        return column
    listed = ", ".join(f"'{term}'" for term in new)
    return f"CASE WHEN {column} IN ({listed}) THEN NULL ELSE {column} END"


def bytewise(column: str) -> str:
    return f'{column} COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else column


def digest_titles() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, title FROM old_listing WHERE title IS NOT NULL")).all()
    if rows:
        connection.execute(
            sa.text("UPDATE listing SET title_digest = :digest WHERE id = :id"),
            [{"id": row.id, "digest": digest_of(row.title)} for row in rows],
        )


def digest_of(title: str) -> int:
    return int.from_bytes(blake2b(title.encode(), digest_size=8).digest(), "big", signed=True)
