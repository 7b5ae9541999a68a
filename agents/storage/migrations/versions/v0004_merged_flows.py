"""Which flows are merged, of which version their keys are, and what was done to each flow."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("flows", sa.Column("merged_into", BYTEWISE, nullable=True))
    op.add_column("flows", sa.Column("key_version", sa.Integer, nullable=False, server_default="0"))
    op.create_index("flows_merged", "flows", ["merged_into"])
    op.create_table(
        "flow_changes",
        sa.Column("flow_id", BYTEWISE, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("changed_at", BYTEWISE, nullable=False),
        sa.Column("change", BYTEWISE, nullable=False),
        sa.Column("other_flow_id", BYTEWISE, nullable=False),
        sa.Column("stories", sa.Integer, nullable=False),
    )
