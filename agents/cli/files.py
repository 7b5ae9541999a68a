"""Events files as commands read them: JSON, NDJSON, gzip, one after the other, with what could not be read told."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from agents.cli.console import Failure, complain
from agents.faults import message_of
from pipeline.intake import Intake, read_file
from schemas.codecs import BadInput

REFUSALS_SHOWN_MAX = 5


def reason_of(error: Exception) -> str:
    """Why something could not be told, in one line: what is wrong with the input, or that it is a bug of ours."""
    return str(error) if isinstance(error, BadInput) else f"a bug of ours, {message_of(error)}"


def read_files(files: Sequence[Path]) -> Iterator[tuple[Path, Intake]]:
    """Each file's events. Raises Failure for a file that is not there or of which nothing can be read."""
    for file in files:
        try:
            intake = read_file(file.read_bytes())
        except BadInput as error:
            raise Failure(f"{file}: {error}") from None
        except OSError as error:
            raise Failure(f"{file}: {error.strerror or error}") from None
        for refused in intake.refused[:REFUSALS_SHOWN_MAX]:
            complain(f"{file}: {refused.error}")
        if len(intake.refused) > REFUSALS_SHOWN_MAX:
            complain(f"{file}: {len(intake.refused) - REFUSALS_SHOWN_MAX} more events could not be read")
        yield file, intake
