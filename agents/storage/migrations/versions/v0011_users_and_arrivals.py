"""Who a story is of, so that users are counted by the database, and when it was stored, so that new ones are found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("user_id", "stored_at"):
        op.add_column("stories", sa.Column(name, BYTEWISE, nullable=False, server_default=""))
    fill(op.get_bind())
    op.create_index("stories_of_users", "stories", ["flow_id", "start_timestamp", "id", "user_id"])
    op.drop_index("stories_by_flow", "stories")
    op.create_index("stories_of_app_users", "stories", ["app", "start_timestamp", "id", "user_id"])
    op.drop_index("stories_by_app", "stories")
    op.create_index("stories_by_arrival", "stories", ["stored_at", "id"])


def fill(connection: sa.Connection) -> None:
    """Fills the new columns of the stored stories: the user from the body, the time of storing from the begin."""
    names = ("body", "session_id", "start_timestamp", "user_id", "stored_at")
    stories = sa.table("stories", *(sa.column(name, sa.String()) for name in names))
    named: sa.ColumnElement[str] = sa.func.json_extract(stories.c.body, "$.user_id")
    if connection.dialect.name == "postgresql":
        # No database text has a NUL, but JSON can spell one, and PostgreSQL refuses to read it.
        named = sa.cast(sa.func.replace(stories.c.body, "\\u0000", ""), postgresql.JSON)["user_id"].astext
    user_id = sa.func.coalesce(sa.func.nullif(named, ""), stories.c.session_id)
    connection.execute(sa.update(stories).values(user_id=user_id, stored_at=stories.c.start_timestamp))
