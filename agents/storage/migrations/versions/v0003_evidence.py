"""Which stories a flow's test is written from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("flows", sa.Column("evidence", BYTEWISE, nullable=True))
    op.add_column("tests", sa.Column("evidence", BYTEWISE, nullable=False, server_default=""))
    op.create_index("stories_drawn", "stories", ["flow_id", "id"])
