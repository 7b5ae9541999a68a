"""A story in, a Playwright test out. Pure: the same story gives the same bytes."""

from pipeline.codegen.project.files import project_files
from pipeline.codegen.python.allow_list import ForbiddenCode, check_code
from pipeline.codegen.test_writer import write_test

__all__ = ["ForbiddenCode", "check_code", "project_files", "write_test"]
