"""What lists of flows are searched and sorted by: the words of each test, and an index that has its state."""

import sqlalchemy as sa
from alembic import op

from agents.storage.sql.test_texts import searched_text
from schemas.codecs import from_json
from schemas.generated_tests import GENERATED_TEST

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")
BATCH = 500


def upgrade() -> None:
    texts = op.create_table(
        "test_texts",
        sa.Column("test_id", BYTEWISE, sa.ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("tests_of_flows", "tests", ["flow_id", "state", "id", "story_id"])
    op.drop_index("tests_by_flow", "tests")
    connection, last = op.get_bind(), ""
    while True:
        query = sa.text("SELECT id, body FROM tests WHERE id > :last ORDER BY id LIMIT :batch")
        rows = connection.execute(query, {"last": last, "batch": BATCH}).all()
        if not rows:
            return
        found = [{"test_id": row.id, "text": searched_text(from_json(GENERATED_TEST, row.body))} for row in rows]
        op.bulk_insert(texts, found)
        last = rows[-1].id
