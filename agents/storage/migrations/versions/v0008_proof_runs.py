"""Proving runs: which verdicts were given in one go."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BYTEWISE = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("run_id", BYTEWISE, nullable=False, server_default=""))
    op.add_column("verdicts", sa.Column("mutants_applied", sa.Integer, nullable=False, server_default="0"))
    op.add_column("verdicts", sa.Column("mutants_noticed", sa.Integer, nullable=False, server_default="0"))
    op.create_index("verdicts_by_run", "verdicts", ["run_id"])
    op.create_table(
        "proof_runs",
        sa.Column("id", BYTEWISE, primary_key=True),
        sa.Column("app", BYTEWISE, nullable=False),
        sa.Column("environment", BYTEWISE, nullable=False),
        sa.Column("build", BYTEWISE, nullable=False),
        sa.Column("start_timestamp", BYTEWISE, nullable=False),
        sa.Column("ended_at", BYTEWISE, nullable=False),
    )
    op.create_index("proof_runs_by_app", "proof_runs", ["app", "start_timestamp", "id"])
    op.create_index("proof_runs_by_start", "proof_runs", ["start_timestamp", "id"])
