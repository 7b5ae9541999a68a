"""Who the tests of a project sign in as: the same number for the same person everywhere in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.activities.forms.password_forms import password_forms
from pipeline.codegen.values.credentials import credentials
from pipeline.flows.consensus import Consensus
from schemas.stories import Story

Numbers = Mapping[str, int]
"""The number of each person by the login name that a story tells."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom tests sign in as: `name` as the tests tell it, `tests` their ids, sorted."""

    number: int
    name: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody whom a project's tests sign in as, the most frequent first; `numbers` by test id."""

    all: tuple[Person, ...]
    numbers: Mapping[str, Numbers]


def people_of(flows: Mapping[str, Consensus]) -> People:
    """Who signs in in these flows, by test id. A flow that several people did is that of whom most of its sessions are.

    Numbers go by the number of tests, then of sessions, then by name. Pure: the same flows give the same.
    """
    keys: dict[str, dict[str, tuple[str, str]]] = {}
    tests: dict[tuple[str, str], list[str]] = {}
    sessions: Counter[tuple[str, str]] = Counter()
    told_as: dict[tuple[str, str], str] = {}
    for test_id, told in sorted(flows.items()):
        names = credentials(told.story.steps, told.story.network_requests).people
        users = Counter(_user(session) for session in told.sessions)
        keys[test_id] = {}
        for name in names:
            # The told story's name may be made up: whose it is, its sessions say.
            who = max(users, key=lambda user: (users[user], user)) if len(names) == 1 else name
            key = (told.story.app, who)
            keys[test_id][name] = key
            tests.setdefault(key, []).append(test_id)
            sessions[key] += users[who]
            told_as.setdefault(key, name)
    ordered = sorted(tests, key=lambda key: (-len(tests[key]), -sessions[key], key))
    number = {key: at for at, key in enumerate(ordered, 1)}
    return People(
        tuple(Person(number[key], told_as[key], tuple(tests[key])) for key in ordered),
        {test_id: {name: number[key] for name, key in named.items()} for test_id, named in keys.items()},
    )


def _user(story: Story) -> str:
    """The login name of whom the app let in last in a session."""
    return password_forms(story.steps, story.network_requests).user(story.steps)
