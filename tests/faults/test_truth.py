"""What a long run is held to: the truth of its log, read once or as it grows."""

import random

from pipeline.windowing.partition import Windowing
from schemas.codecs import to_json
from tests.faults.rolling import by_evidence
from tests.faults.truth import LogTruth, truth_of_log
from tests.stream.cluster import Record
from tests.stream.traffic import batches, journey

START_MS = 1_700_000_000_000


def test_a_log_that_grows_comes_to_the_same_as_one_that_is_there() -> None:
    """However it is cut, and where what was read comes again; stories that change meanwhile change here too."""
    rng = random.Random(5)
    events = [event for number in range(12) for event in journey(rng, f"j{number}", START_MS + 900 * number)]
    messages = sorted(batches(rng, events), key=lambda _: rng.random())
    records = [
        Record(0, offset, key, value, log_ms=START_MS + 2_500 * offset) for offset, (key, value) in enumerate(messages)
    ]
    windowing = Windowing(3_000, 3_000, 3_600_000)
    whole, log = truth_of_log(records, windowing, 1), LogTruth(windowing, 1)
    for end in range(0, len(records), 7):
        log.read(records[max(0, end - 20) : end])
    grown = log.read(records)
    assert whole.stories
    assert {one.id: to_json(one) for one in grown.stories} == {one.id: to_json(one) for one in whole.stories}
    for name in ("late", "open", "waiting", "late_at", "untellable", "silent"):
        assert getattr(grown, name) == getattr(whole, name), name


def test_tests_of_two_versions_are_compared_by_their_sessions() -> None:
    """A flow keeps its id, and its test with it, where another version tells flows by other rules: what it stands on
    is the same."""
    one, other = b'{"id":"a","evidence":"e"}', b'{"id":"b","evidence":"e"}'
    assert by_evidence({"a": one}).keys() == by_evidence({"b": other}).keys() == {"e"}
