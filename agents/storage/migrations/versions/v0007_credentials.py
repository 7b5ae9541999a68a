"""Tests that type credentials themselves, as earlier versions wrote them, are written anew.

A test that is not published is one that the tests agent writes at its start. One that gives the same code again only
goes to its topic once more. Whoever changes what a generated test may hold adds such a migration.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE tests SET published = false WHERE body LIKE '%os.environ%'")
