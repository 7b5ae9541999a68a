"""Every bound of the system, by name, units last.

A value beyond a bound is refused with its reason (HTTP), buried with its cause (Kafka), or cut with a mark (long
texts); which of the three is said beside each bound. Tests stand at each bound.
"""

from typing import Final

# --- one event: beyond these an event is refused ---
ID_CHARS_MAX: Final = 200
"""Length of an id (event, session, journey, user, app, tab)."""
EVENT_BYTES_MAX: Final = 256 * 1024
"""One event as JSON, after decompression."""
SEQ_MAX: Final = 2**53 - 1
"""An event's place within its millisecond: what a number of a browser can hold, and every format that we write."""
NESTING_MAX: Final = 32
"""Depth of objects and lists in a body."""
AT_MS_MAX: Final = 32_503_680_000_000
"""The year 3000 in milliseconds since 1970: no event is later."""
SIZE_PX_MAX: Final = 100_000
"""Width and height of a page."""
PLACES_MAX: Final = 40
"""Where the pointer has been in one drag."""
PLACE_PX_MAX: Final = 100_000_000
"""A place in an element or in a scrolled page; browsers scroll no further than a third of it."""
COUNT_MAX: Final = 10_000_000
"""Elements that are counted in a page, places among them, levels of headings."""
STATUS_MAX: Final = 999
"""An answer's status."""

# --- parts of an event: beyond these they are cut ---
URL_CHARS_MAX: Final = 4_096
LANGUAGE_CHARS_MAX: Final = 35
"""The name of a language. A longer one is refused."""
TEXT_CHARS_MAX: Final = 200
"""Names, titles and texts of elements."""
VALUE_CHARS_MAX: Final = 10_000
"""What a user typed."""
STROKES_MAX: Final = 200
"""Keys and stretches of text told of one stay in a field."""
CANDIDATES_MAX: Final = 24
ANCESTORS_MAX: Final = 8
FRAMES_MAX: Final = 5
OPTIONS_MAX: Final = 50
FILES_MAX: Final = 50
CHANGES_MAX: Final = 60
"""Changes in one effect."""
ORDERED_ITEMS_MAX: Final = 20
"""Items of a list whose order is told."""
CLASSES_MAX: Final = 20
PATH_STEPS_MAX: Final = 20
MODIFIERS_MAX: Final = 4

# --- bodies and messages: beyond these they are refused or buried ---
BODY_BYTES_MAX: Final = 4 * 1024 * 1024
"""An HTTP body, as received and after decompression (413)."""
BODY_EVENTS_MAX: Final = 5_000
"""Events in one HTTP body (413)."""
MESSAGE_BYTES_MAX: Final = 1_000_000
"""One Kafka message that we write."""
MESSAGE_EVENTS_MAX: Final = 5_000
"""Events in one Kafka message that we read."""
FILE_BYTES_MAX: Final = 1024 * 1024 * 1024
"""One file of events, after decompression."""
FILE_EVENTS_MAX: Final = 10_000_000

# --- journeys ---
JOURNEY_EVENTS_MAX: Final = 10_000
"""Events of one window; those beyond go to the dead-letter topic."""
JOURNEY_BYTES_MAX: Final = 32 * 1024 * 1024
"""Bytes of one window's events; those beyond go to the dead-letter topic."""
JOURNEY_WINDOWS_MAX: Final = 1_000
"""Windows of one journey that are open at once; events beyond go to the dead-letter topic."""
PARTITION_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of events that one partition holds. Beyond it, closed windows no longer wait for stragglers."""
PARTITION_MEMORY_BYTES_MAX: Final = 1024 * 1024 * 1024
"""What one partition may hold in memory: bodies, and what keeping events and journeys costs beside them. From half of
it on closed windows no longer wait for stragglers, from seven eighths on events of journeys that aren't known go to
the dead-letter topic, beyond it all events do."""
ENTRY_MEMORY_BYTES: Final = 600
"""What an event costs in memory beside its body; measured."""
JOURNEY_MEMORY_BYTES: Final = 1_200
"""What a journey costs in memory beside its events, or once only its place is kept; measured."""
OUTAGE_MS_MIN: Final = 10_000
"""A silence of a partition's log from which on it counts as an outage, not as the users' silence."""
STORY_STEPS_MAX: Final = 500
"""Steps of one story; a longer one is cut and says so in its notes."""
STORY_REQUESTS_MAX: Final = 500
CLOCK_AHEAD_MAX_MS: Final = 24 * 3600 * 1000
"""How far an event's time may lie ahead of its message's; beyond, the message's own time is taken for the clock."""
STORY_NOTES_MAX: Final = 100
"""Notes of one story or test."""
NOTE_CHARS_MAX: Final = 500
SAID_CHARS_MAX: Final = 5_000
"""One step in words."""
SENTENCE_CHARS_MAX: Final = 2_000
"""A story in one sentence."""
SUMMARY_CHARS_MAX: Final = 20_000
"""The value of one action in the short form that earlier clients read."""
STEP_CHANGES_MAX: Final = 4 * CHANGES_MAX
"""Changes kept of one step, however many effects it had."""
STEP_DIALOGS_MAX: Final = 20
STATE_TEXTS_MAX: Final = 8
TEST_STATEMENTS_MAX: Final = 20 * STORY_STEPS_MAX
PARAMETER_ROWS_MAX: Final = 10
TAGS_MAX: Final = 100
"""Tags of one story."""
SEGMENT_BYTES_MAX: Final = 512 * 1024
"""One row of the journeys table."""

# --- dead letters ---
DEAD_LETTER_BYTES_MAX: Final = 900_000
"""Raw bytes kept of a message that could not be read; its true size stands in a header."""
DEAD_LETTER_KEY_BYTES_MAX: Final = 10_000
"""Bytes kept of such a message's key."""
CAUSE_CHARS_MAX: Final = 500

# --- HTTP ---
PAGE_ITEMS_MAX: Final = 200
PAGE_CHARS_MAX: Final = 500_000
"""Texts on a page of a list, beyond the first item: a page of the largest stories would be a hundred megabytes."""
CODE_BYTES_MAX: Final = 256 * 1024
"""A person's edit of a test."""

# --- proof ---
VERDICT_RUNS_MAX: Final = 20
"""Runs of one test in one verdict."""
VERDICT_MUTANTS_MAX: Final = 50
VERDICT_ARTIFACTS_MAX: Final = 20
VERDICT_EVIDENCE_MAX: Final = 20
RUN_S_MAX: Final = 600
"""How long one run of one test may take; beyond, it is ended and counts as not run."""

NEEDS_MAX: Final = 10
"""Things that a test says must be there before it runs."""
