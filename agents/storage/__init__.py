"""Storage: stories, flows and tests in a database, test files in a folder or an object store."""

from agents.storage.files import CodeFiles
from agents.storage.storage import Storage
from agents.storage.values import (
    CannotMerge,
    CodeFilter,
    Counts,
    EditConflict,
    FlowChange,
    FlowState,
    NoSuchFlow,
    NoSuchTest,
    Page,
    PageRequest,
    Revision,
    StorageUnavailable,
    StoredFlow,
    StoredStory,
    StoredTest,
    StoryFilter,
    WorkerEnd,
)

__all__ = [
    "CannotMerge",
    "CodeFiles",
    "CodeFilter",
    "Counts",
    "EditConflict",
    "FlowChange",
    "FlowState",
    "NoSuchFlow",
    "NoSuchTest",
    "Page",
    "PageRequest",
    "Revision",
    "Storage",
    "StorageUnavailable",
    "StoredFlow",
    "StoredStory",
    "StoredTest",
    "StoryFilter",
    "WorkerEnd",
]
