"""What new sessions of users said about a test, beside its verdict."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("finding", BYTEWISE, nullable=False, server_default=""))
