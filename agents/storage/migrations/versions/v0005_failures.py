"""Flows that no test can be written of, and what workers ended at."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "flow_failures",
        sa.Column("flow_id", BYTEWISE, primary_key=True),
        sa.Column("evidence", BYTEWISE, nullable=False),
        sa.Column("cause", BYTEWISE, nullable=False),
        sa.Column("noted_at", BYTEWISE, nullable=False),
    )
    op.create_table(
        "worker_ends",
        sa.Column("item", BYTEWISE, primary_key=True),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("cause", BYTEWISE, nullable=False),
        sa.Column("trace", sa.Text, nullable=False),
        sa.Column("noted_at", BYTEWISE, nullable=False),
    )
