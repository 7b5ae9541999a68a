"""Alembic's entry: runs on the connection and inside the transaction that the caller holds, lock included."""

from alembic import context

from agents.storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
