"""Who a story is of, so that users are counted by the database, and when it was stored, so that new ones are found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("user_id", "stored_at"):
        op.add_column("stories", sa.Column(name, BYTEWISE, nullable=False, server_default=""))
    if op.get_bind().dialect.name == "sqlite":
        named = "json_extract(body, '$.user_id')"
    else:  # no database text has a NUL, but JSON can spell one, and PostgreSQL refuses to read it
        named = "replace(body, '\\u0000', '')::json ->> 'user_id'"
    op.execute(
        sa.text(
            f"UPDATE stories SET user_id = coalesce(nullif({named}, ''), session_id), stored_at = start_timestamp"  # noqa: S608
        )
    )
    op.create_index("stories_of_users", "stories", ["flow_id", "start_timestamp", "id", "user_id"])
    op.drop_index("stories_by_flow", "stories")
    op.create_index("stories_of_app_users", "stories", ["app", "start_timestamp", "id", "user_id"])
    op.drop_index("stories_by_app", "stories")
    op.create_index("stories_by_arrival", "stories", ["stored_at", "id"])
