"""Stories, flows, tests and their revisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    _flows_and_stories()
    _tests()


def _flows_and_stories() -> None:
    op.create_table(
        "flows",
        sa.Column("id", BYTEWISE, primary_key=True),
        sa.Column("app", BYTEWISE, nullable=False),
        sa.Column("flow_key", BYTEWISE, nullable=False),
        sa.Column("support", sa.Integer(), nullable=False),
    )
    op.create_table(
        "stories",
        sa.Column("id", BYTEWISE, primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("app", BYTEWISE, nullable=False),
        sa.Column("session_id", BYTEWISE, nullable=False),
        sa.Column("journey_id", BYTEWISE, nullable=False),
        sa.Column("flow_id", BYTEWISE, sa.ForeignKey("flows.id"), nullable=False),
        sa.Column("start_timestamp", BYTEWISE, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
    )
    op.create_index("stories_by_start", "stories", ["start_timestamp", "id"])
    op.create_index("stories_by_app", "stories", ["app", "start_timestamp", "id"])
    op.create_index("stories_by_session", "stories", ["session_id", "start_timestamp", "id"])
    op.create_index("stories_by_flow", "stories", ["flow_id", "start_timestamp", "id"])
    op.create_table(
        "story_tags",
        sa.Column("story_id", BYTEWISE, sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag", BYTEWISE, primary_key=True),
    )
    op.create_index("story_tags_by_tag", "story_tags", ["tag", "story_id"])


def _tests() -> None:
    op.create_table(
        "tests",
        sa.Column("id", BYTEWISE, primary_key=True),
        sa.Column("flow_id", BYTEWISE, nullable=False),
        sa.Column("app", BYTEWISE, nullable=False),
        sa.Column("story_id", BYTEWISE, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start_timestamp", BYTEWISE, nullable=False),
        sa.Column("file_name", BYTEWISE, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.Column("path", BYTEWISE, nullable=True),
    )
    op.create_index("tests_by_start", "tests", ["start_timestamp", "id"])
    op.create_index("tests_by_app", "tests", ["app", "start_timestamp", "id"])
    op.create_index("tests_by_flow", "tests", ["flow_id"])
    op.create_index("tests_by_file", "tests", ["app", "file_name"])
    op.create_table(
        "test_revisions",
        sa.Column("test_id", BYTEWISE, sa.ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("origin", BYTEWISE, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("written_at", BYTEWISE, nullable=False),
    )
