"""The tables, as SQLAlchemy sees them after the last migration (a test compares the two).

Text columns that are compared or sorted use the byte order on every database, so that "the first story of a flow" is
the same one in SQLite, in PostgreSQL and in the pure core.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, false

METADATA = MetaData()

BYTEWISE = String().with_variant(String(collation="C"), "postgresql")
"""Text that sorts by code point, whatever the database's locale."""

STORIES = Table(
    "stories",
    METADATA,
    Column("id", BYTEWISE, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("app", BYTEWISE, nullable=False),
    Column("session_id", BYTEWISE, nullable=False),
    Column("journey_id", BYTEWISE, nullable=False),
    Column("flow_id", BYTEWISE, ForeignKey("flows.id"), nullable=False),
    Column("start_timestamp", BYTEWISE, nullable=False),
    Column("body", Text, nullable=False),
    Column("user_id", BYTEWISE, nullable=False, server_default=""),
    Column("stored_at", BYTEWISE, nullable=False, server_default=""),
    Column("deeds", Text, nullable=True, key="activities"),
    Index("stories_by_start", "start_timestamp", "id"),
    Index("stories_of_app_users", "app", "start_timestamp", "id", "user_id"),
    Index("stories_by_session", "session_id", "start_timestamp", "id"),
    Index("stories_of_users", "flow_id", "start_timestamp", "id", "user_id"),
    Index("stories_drawn", "flow_id", "id"),
    Index("stories_by_arrival", "stored_at", "id"),
)
"""One row a story, its last version. `body` is the canonical JSON, as on the topic. `user_id` is the session's where
nobody named a user; `stored_at` is when this version came. `activities` is what coverage needs of it, with the rules by
which it was classified; only of stories that stand for their flow."""

STORY_TAGS = Table(
    "story_tags",
    METADATA,
    Column("story_id", BYTEWISE, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", BYTEWISE, primary_key=True),
    Index("story_tags_by_tag", "tag", "story_id"),
)

FLOWS = Table(
    "flows",
    METADATA,
    Column("id", BYTEWISE, primary_key=True),
    Column("app", BYTEWISE, nullable=False),
    Column("flow_key", BYTEWISE, nullable=False),
    Column("support", Integer, nullable=False),
    Column("evidence", BYTEWISE, nullable=True),
    Column("merged_into", BYTEWISE, nullable=True),
    Column("key_version", Integer, nullable=False, server_default="0"),
    Index("flows_merged", "merged_into"),
)
"""One row a flow. `support` is the number of its stories, `evidence` names those that its test is to be written from;
both are kept under the row's lock. `merged_into` is the flow that its stories belong to, where people said so or where
its key is the newer one of that flow. `key_version` says by which rules keys were told when it was looked at last."""

FLOW_CHANGES = Table(
    "flow_changes",
    METADATA,
    Column("flow_id", BYTEWISE, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("changed_at", BYTEWISE, nullable=False),
    Column("change", BYTEWISE, nullable=False),
    Column("other_flow_id", BYTEWISE, nullable=False),
    Column("stories", Integer, nullable=False),
)
"""What was done to a flow, in the order of `number`: `change` is one of those of `values.FlowChange`, `stories` counts
those that changed places."""

TESTS = Table(
    "tests",
    METADATA,
    Column("id", BYTEWISE, primary_key=True),
    Column("flow_id", BYTEWISE, nullable=False),
    Column("app", BYTEWISE, nullable=False),
    Column("story_id", BYTEWISE, nullable=False),
    Column("version", Integer, nullable=False),
    Column("start_timestamp", BYTEWISE, nullable=False),
    Column("file_name", BYTEWISE, nullable=False),
    Column("body", Text, nullable=False),
    Column("saved", Boolean, nullable=False),
    Column("path", BYTEWISE, nullable=True),
    Column("published", Boolean, nullable=False, server_default=false()),
    Column("evidence", BYTEWISE, nullable=False, server_default=""),
    Column("state", BYTEWISE, nullable=False, server_default="draft"),
    Index("tests_by_start", "start_timestamp", "id"),
    Index("tests_by_state", "state", "start_timestamp", "id"),
    Index("tests_by_app", "app", "start_timestamp", "id"),
    Index("tests_of_flows", "flow_id", "state", "id", "story_id"),
    Index("tests_by_file", "app", "file_name"),
)
"""One row a test: what was generated last (`body`), and where its file lies (`path`). `start_timestamp` is that of
the story that tells its steps, `evidence` names all stories it was written from; `published` says that this very test
went to its topic. `state` follows from its newest verdict and people's decisions."""

TEST_TEXTS = Table(
    "test_texts",
    METADATA,
    Column("test_id", BYTEWISE, ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
    Column("text", Text, nullable=False),
)
"""The words that a test is found by, in small letters; apart from the tests, whose rows are long."""

FLOW_FAILURES = Table(
    "flow_failures",
    METADATA,
    Column("flow_id", BYTEWISE, primary_key=True),
    Column("evidence", BYTEWISE, nullable=False),
    Column("cause", BYTEWISE, nullable=False),
    Column("noted_at", BYTEWISE, nullable=False),
)
"""One row a flow that no test could be written of, with the evidence that was tried and why it failed."""

WORKER_ENDS = Table(
    "worker_ends",
    METADATA,
    Column("item", BYTEWISE, primary_key=True),
    Column("ends", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("cause", BYTEWISE, nullable=False),
    Column("trace", Text, nullable=False),
    Column("noted_at", BYTEWISE, nullable=False),
)
"""One row a message, window or flow that a worker was about when it ended: `ends` counts how often, `known` how often
it is known that this was the reason."""

TEST_REVISIONS = Table(
    "test_revisions",
    METADATA,
    Column("test_id", BYTEWISE, ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("origin", BYTEWISE, nullable=False),
    Column("code", Text, nullable=False),
    Column("written_at", BYTEWISE, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("body", Text, nullable=True),
)
"""What a test's code was over time. `origin` is one of `pipeline.proof.states.Origin`; the newest edited one wins,
then the newest of the others. Of a repaired or strengthened one `reason` says why, and `body` is the whole test."""

VERDICTS = Table(
    "verdicts",
    METADATA,
    Column("id", BYTEWISE, primary_key=True),
    Column("test_id", BYTEWISE, ForeignKey("tests.id", ondelete="CASCADE"), nullable=False),
    Column("app", BYTEWISE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("outcome", BYTEWISE, nullable=False),
    Column("kind", BYTEWISE, nullable=True),
    Column("start_timestamp", BYTEWISE, nullable=False),
    Column("body", Text, nullable=False),
    Column("run_id", BYTEWISE, nullable=False, server_default=""),
    Column("finding", BYTEWISE, nullable=False, server_default=""),
    Column("mutants_applied", Integer, nullable=False, server_default="0"),
    Column("mutants_noticed", Integer, nullable=False, server_default="0"),
    Index("verdicts_by_run", "run_id"),
    Index("verdicts_by_test", "test_id", "start_timestamp", "id"),
    Index("verdicts_by_app", "app", "start_timestamp", "id"),
    Index("verdicts_by_start", "start_timestamp", "id"),
)
"""One row a verdict; `start_timestamp` is when it was given, `body` the canonical JSON. Mutants count where they had
something to break."""

PROOF_RUNS = Table(
    "proof_runs",
    METADATA,
    Column("id", BYTEWISE, primary_key=True),
    Column("app", BYTEWISE, nullable=False),
    Column("environment", BYTEWISE, nullable=False),
    Column("build", BYTEWISE, nullable=False),
    Column("start_timestamp", BYTEWISE, nullable=False),
    Column("ended_at", BYTEWISE, nullable=False),
    Index("proof_runs_by_app", "app", "start_timestamp", "id"),
    Index("proof_runs_by_start", "start_timestamp", "id"),
)
"""One row a proving run: one go over an app's tests, from its first verdict to its last one."""

TEST_DECISIONS = Table(
    "test_decisions",
    METADATA,
    Column("test_id", BYTEWISE, ForeignKey("tests.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("decision", BYTEWISE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", BYTEWISE, nullable=False),
)
"""What people decided about a test, in the order of `number`."""
