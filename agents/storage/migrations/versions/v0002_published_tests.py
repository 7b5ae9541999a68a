"""Whether a test went to its topic."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tests", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.false()))
