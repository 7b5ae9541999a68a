"""What the worker role `prove` does with a test that is new or changed: proves it in each environment that is meant for
that, once for each revision and build."""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Event
from typing import Final, Protocol

from agents.proof.artifacts import ArtifactStore
from agents.proof.prover import Proof, Subject, Wanted
from agents.proof.runner import Environment
from agents.proof.video import Videos
from schemas.verdicts import Verdict

RUNS: Final = 3
"""How often a test is run on the app as it is."""
TRIES_MAX: Final = 3
"""How often a proof is tried that the environment kept from being one."""
TRY_PAUSE_S: Final = 10.0
"""How long after the last try."""
_NAMESPACE: Final = uuid.UUID("5b0a7a3e-9c3f-4d38-8b7e-2d7f6f5c1f53")

logger = logging.getLogger(__name__)


class StoredTests(Protocol):
    """The stored tests and verdicts, and the proving of a test."""

    def subject(self, test_id: str) -> Subject | None:
        """What is to be proven of a test; None where there is none."""

    def known_verdict(self, test_id: str, revision: int, build: str, environment: str) -> Verdict | None:
        """The newest verdict of this revision of a test there."""

    def prove(self, subject: Subject, environment: Environment, wanted: Wanted, say: Callable[[str], None]) -> Proof:
        """Proves a test and stores the verdict. Raises ResetFailed, Stopped."""


@dataclass(frozen=True)
class NewTests:
    """`environments` are those in which new tests are proven, `artifacts` is where runs leave what they have to
    show, `videos` says of which runs a video is kept; `stopping` is set where the worker is to end. What is proven on
    one build in one place is one proving run; of builds without a name, what is proven on one day."""

    stored: StoredTests
    environments: Sequence[tuple[str, Environment]]
    artifacts: ArtifactStore
    videos: Videos
    stopping: Event

    def verdicts(self, test_id: str) -> list[Verdict]:
        """The verdicts of a test as it stands, proven now where there are none yet, or where the environment kept a
        proof from being one. Synchronous, takes minutes; may be repeated: the same revision and build give a verdict of
        the same id. Raises ResetFailed, Stopped, StorageUnavailable."""
        found = []
        for app, environment in self.environments:
            subject = self.stored.subject(test_id)
            if subject is None or subject.test.app != app:
                continue
            known = self.stored.known_verdict(test_id, subject.revision, environment.build, environment.name)
            if known is None or known.kind == "environment":
                known = self._proven(subject, environment)
            found.append(known)
        return found

    def _proven(self, subject: Subject, environment: Environment) -> Verdict:
        place = (environment.build, environment.name)
        wanted = Wanted(
            RUNS, mutants=True, artifacts=self.artifacts, videos=self.videos,
            run_id=_named("run", subject.test.app, *place, "" if environment.build else _today()),
            verdict_id=_named(subject.test.id, str(subject.revision), *place), stopping=self.stopping,
        )  # fmt: skip
        for tries_left in reversed(range(TRIES_MAX)):
            verdict = self.stored.prove(subject, environment, wanted, logger.info).verdict
            if verdict.kind != "environment" or not tries_left:
                break
            logger.warning("test %s could not be proven in %s, tried again", subject.test.id, environment.name)
            wanted = replace(wanted, artifacts=None)
            self.stopping.wait(TRY_PAUSE_S)
        return verdict


def _named(*parts: str) -> str:
    """The id that always belongs to these parts."""
    return str(uuid.uuid5(_NAMESPACE, "\0".join(parts)))


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
