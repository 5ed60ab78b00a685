"""create the tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("write_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_source")),
    )
    op.create_table(
        "crawl_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "ok",
                "empty",
                "below_expectation",
                "rows_refused",
                "blocked",
                "login_required",
                "empty_shell",
                "layout_changed",
                "http_error",
                "crashed",
                "running",
                name="runverdict",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "verdict = 'ok' OR verdict = 'empty' OR verdict = 'below_expectation' OR verdict = 'rows_refused' OR verdict = 'blocked' OR verdict = 'login_required' OR verdict = 'empty_shell' OR verdict = 'layout_changed' OR verdict = 'http_error' OR verdict = 'crashed' OR verdict = 'running'",
            name=op.f("ck_crawl_run_verdict"),
        ),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_crawl_run_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crawl_run")),
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=120), nullable=False),
        sa.Column("generation", sa.SmallInteger(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_reader", sa.String(length=60), nullable=False),
        sa.Column("last_digest", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column(
            "property_kind",
            sa.Enum(
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
                name="propertykind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "round_kind",
            sa.Enum(
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
                name="roundkind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
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
                name="roundstatus",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("seller_name", sa.Text(), nullable=True),
        sa.Column(
            "seller_kind",
            sa.Enum(
                "court",
                "state_bank",
                "joint_stock_bank",
                "city_bank",
                "rural_bank",
                "asset_manager",
                "bankruptcy_administrator",
                "state_owned",
                "agent",
                name="sellerkind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "currency",
            sa.Enum(
                "CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH", name="currency", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column("starting_price", sa.BigInteger(), nullable=True),
        sa.Column("asking_price", sa.BigInteger(), nullable=True),
        sa.Column("current_price", sa.BigInteger(), nullable=True),
        sa.Column("hammer_price", sa.BigInteger(), nullable=True),
        sa.Column("appraisal_price", sa.BigInteger(), nullable=True),
        sa.Column("market_price", sa.BigInteger(), nullable=True),
        sa.Column("is_price_exact", sa.Boolean(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("floor_area", sa.BigInteger(), nullable=True),
        sa.Column("private_area", sa.BigInteger(), nullable=True),
        sa.Column("land_area", sa.BigInteger(), nullable=True),
        sa.Column("bid_count", sa.Integer(), nullable=True),
        sa.Column("applicant_count", sa.Integer(), nullable=True),
        sa.Column("is_loan_offered", sa.Boolean(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "currency = 'CNY' OR currency = 'HKD' OR currency = 'TWD' OR currency = 'BRL' OR currency = 'KRW' OR currency = 'USD' OR currency = 'EUR' OR currency = 'UAH'",
            name=op.f("ck_listing_currency"),
        ),
        sa.CheckConstraint(
            "property_kind = 'flat' OR property_kind = 'house' OR property_kind = 'building' OR property_kind = 'shop' OR property_kind = 'office' OR property_kind = 'industrial' OR property_kind = 'parking' OR property_kind = 'storage' OR property_kind = 'land' OR property_kind = 'rural' OR property_kind = 'commercial' OR property_kind = 'vehicle' OR property_kind = 'loan' OR property_kind = 'other'",
            name=op.f("ck_listing_property_kind"),
        ),
        sa.CheckConstraint(
            "round_kind = 'first_auction' OR round_kind = 'second_auction' OR round_kind = 'third_auction' OR round_kind = 'sell_off' OR round_kind = 're_auction' OR round_kind = 'repeat_auction' OR round_kind = 'direct_sale' OR round_kind = 'special_direct_sale' OR round_kind = 'online_sale' OR round_kind = 'single_notice_auction' OR round_kind = 'open_tender' OR round_kind = 'out_of_court_auction' OR round_kind = 'judicial_auction'",
            name=op.f("ck_listing_round_kind"),
        ),
        sa.CheckConstraint(
            "seller_kind = 'court' OR seller_kind = 'state_bank' OR seller_kind = 'joint_stock_bank' OR seller_kind = 'city_bank' OR seller_kind = 'rural_bank' OR seller_kind = 'asset_manager' OR seller_kind = 'bankruptcy_administrator' OR seller_kind = 'state_owned' OR seller_kind = 'agent'",
            name=op.f("ck_listing_seller_kind"),
        ),
        sa.CheckConstraint(
            "status = 'upcoming' OR status = 'ongoing' OR status = 'ended' OR status = 'sold' OR status = 'failed' OR status = 'withdrawn' OR status = 'suspended' OR status = 'postponed' OR status = 'terminated' OR status = 'halted'",
            name=op.f("ck_listing_status"),
        ),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_listing_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("source", "source_id", "generation", name=op.f("uq_listing_source_source_id_generation")),
    )
    op.create_table(
        "page",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("crawl_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("http_status", sa.SmallInteger(), nullable=False),
        sa.Column("archive_file", sa.Text(), nullable=False),
        sa.Column("archive_offset", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "read",
                "empty",
                "blocked",
                "login_required",
                "empty_shell",
                "layout_changed",
                "http_error",
                name="pageoutcome",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("stated_count", sa.Integer(), nullable=True),
        sa.Column("listing_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("looks", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "outcome = 'read' OR outcome = 'empty' OR outcome = 'blocked' OR outcome = 'login_required' OR outcome = 'empty_shell' OR outcome = 'layout_changed' OR outcome = 'http_error'",
            name=op.f("ck_page_outcome"),
        ),
        sa.ForeignKeyConstraint(["crawl_run_id"], ["crawl_run.id"], name=op.f("fk_page_crawl_run_id_crawl_run")),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name=op.f("fk_page_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page")),
        sa.UniqueConstraint(
            "source", "observed_at", "body_sha256", "url", name=op.f("uq_page_source_observed_at_body_sha256_url")
        ),
    )
    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_page_body_sha256"), ["body_sha256"], unique=False)

    op.create_table(
        "observation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("listing_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("stated", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column(
            "property_kind",
            sa.Enum(
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
                name="propertykind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "round_kind",
            sa.Enum(
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
                name="roundkind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
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
                name="roundstatus",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("seller_name", sa.Text(), nullable=True),
        sa.Column(
            "seller_kind",
            sa.Enum(
                "court",
                "state_bank",
                "joint_stock_bank",
                "city_bank",
                "rural_bank",
                "asset_manager",
                "bankruptcy_administrator",
                "state_owned",
                "agent",
                name="sellerkind",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("region_code", sa.String(length=12), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column(
            "currency",
            sa.Enum(
                "CNY", "HKD", "TWD", "BRL", "KRW", "USD", "EUR", "UAH", name="currency", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column("starting_price", sa.BigInteger(), nullable=True),
        sa.Column("asking_price", sa.BigInteger(), nullable=True),
        sa.Column("current_price", sa.BigInteger(), nullable=True),
        sa.Column("hammer_price", sa.BigInteger(), nullable=True),
        sa.Column("appraisal_price", sa.BigInteger(), nullable=True),
        sa.Column("market_price", sa.BigInteger(), nullable=True),
        sa.Column("is_price_exact", sa.Boolean(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("floor_area", sa.BigInteger(), nullable=True),
        sa.Column("private_area", sa.BigInteger(), nullable=True),
        sa.Column("land_area", sa.BigInteger(), nullable=True),
        sa.Column("bid_count", sa.Integer(), nullable=True),
        sa.Column("applicant_count", sa.Integer(), nullable=True),
        sa.Column("is_loan_offered", sa.Boolean(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "currency = 'CNY' OR currency = 'HKD' OR currency = 'TWD' OR currency = 'BRL' OR currency = 'KRW' OR currency = 'USD' OR currency = 'EUR' OR currency = 'UAH'",
            name=op.f("ck_observation_currency"),
        ),
        sa.CheckConstraint(
            "property_kind = 'flat' OR property_kind = 'house' OR property_kind = 'building' OR property_kind = 'shop' OR property_kind = 'office' OR property_kind = 'industrial' OR property_kind = 'parking' OR property_kind = 'storage' OR property_kind = 'land' OR property_kind = 'rural' OR property_kind = 'commercial' OR property_kind = 'vehicle' OR property_kind = 'loan' OR property_kind = 'other'",
            name=op.f("ck_observation_property_kind"),
        ),
        sa.CheckConstraint(
            "round_kind = 'first_auction' OR round_kind = 'second_auction' OR round_kind = 'third_auction' OR round_kind = 'sell_off' OR round_kind = 're_auction' OR round_kind = 'repeat_auction' OR round_kind = 'direct_sale' OR round_kind = 'special_direct_sale' OR round_kind = 'online_sale' OR round_kind = 'single_notice_auction' OR round_kind = 'open_tender' OR round_kind = 'out_of_court_auction' OR round_kind = 'judicial_auction'",
            name=op.f("ck_observation_round_kind"),
        ),
        sa.CheckConstraint(
            "seller_kind = 'court' OR seller_kind = 'state_bank' OR seller_kind = 'joint_stock_bank' OR seller_kind = 'city_bank' OR seller_kind = 'rural_bank' OR seller_kind = 'asset_manager' OR seller_kind = 'bankruptcy_administrator' OR seller_kind = 'state_owned' OR seller_kind = 'agent'",
            name=op.f("ck_observation_seller_kind"),
        ),
        sa.CheckConstraint(
            "status = 'upcoming' OR status = 'ongoing' OR status = 'ended' OR status = 'sold' OR status = 'failed' OR status = 'withdrawn' OR status = 'suspended' OR status = 'postponed' OR status = 'terminated' OR status = 'halted'",
            name=op.f("ck_observation_status"),
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_observation_listing_id_listing")),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_observation_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "listing_id",
            "observed_at",
            "reader",
            "digest",
            name=op.f("uq_observation_listing_id_observed_at_reader_digest"),
        ),
    )
    op.create_table(
        "quarantined_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_quarantined_row_page_id_page")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_row")),
    )
    with op.batch_alter_table("quarantined_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantined_row_page_id"), ["page_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quarantined_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantined_row_page_id"))

    op.drop_table("quarantined_row")
    op.drop_table("observation")
    with op.batch_alter_table("page", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_page_body_sha256"))

    op.drop_table("page")
    op.drop_table("listing")
    op.drop_table("crawl_run")
    op.drop_table("source")
