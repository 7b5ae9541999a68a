"""What came of running tests, what people decided about them, and the state that follows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("tests", sa.Column("state", BYTEWISE, nullable=False, server_default="draft"))
    op.create_index("tests_by_state", "tests", ["state", "start_timestamp", "id"])
    op.add_column("test_revisions", sa.Column("reason", sa.Text, nullable=False, server_default=""))
    op.add_column("test_revisions", sa.Column("body", sa.Text, nullable=True))
    op.create_table(
        "verdicts",
        sa.Column("id", BYTEWISE, primary_key=True),
        sa.Column("test_id", BYTEWISE, sa.ForeignKey("tests.id", ondelete="CASCADE"), nullable=False),
        sa.Column("app", BYTEWISE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("outcome", BYTEWISE, nullable=False),
        sa.Column("kind", BYTEWISE, nullable=True),
        sa.Column("start_timestamp", BYTEWISE, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("verdicts_by_test", "verdicts", ["test_id", "start_timestamp", "id"])
    op.create_index("verdicts_by_app", "verdicts", ["app", "start_timestamp", "id"])
    op.create_index("verdicts_by_start", "verdicts", ["start_timestamp", "id"])
    op.create_table(
        "test_decisions",
        sa.Column("test_id", BYTEWISE, sa.ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("decision", BYTEWISE, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_at", BYTEWISE, nullable=False),
    )
