"""A story in, a Playwright test out. Pure: the same story gives the same bytes."""

from pipeline.writing.allow_list import ForbiddenCode, check_code
from pipeline.writing.project import project_files
from pipeline.writing.tests_of_stories import write_test

__all__ = ["ForbiddenCode", "check_code", "project_files", "write_test"]
