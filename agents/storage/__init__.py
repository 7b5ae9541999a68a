"""Storage: stories, flows and tests in a database, test files in a folder or an object store."""

from agents.storage.files import CodeFiles
from agents.storage.storage import Storage
from agents.storage.values import (
    CodeFilter,
    Counts,
    EditConflict,
    FlowState,
    NoSuchTest,
    Page,
    PageRequest,
    Revision,
    StorageUnavailable,
    StoredStory,
    StoredTest,
    StoryFilter,
)

__all__ = [
    "CodeFiles",
    "CodeFilter",
    "Counts",
    "EditConflict",
    "FlowState",
    "NoSuchTest",
    "Page",
    "PageRequest",
    "Revision",
    "Storage",
    "StorageUnavailable",
    "StoredStory",
    "StoredTest",
    "StoryFilter",
]
