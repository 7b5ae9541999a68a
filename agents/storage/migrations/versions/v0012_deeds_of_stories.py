"""The deeds of a story, for coverage: to classify it again after each start costs milliseconds a story."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stories", sa.Column("deeds", sa.Text, nullable=True))
