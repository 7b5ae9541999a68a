"""The embedder with the real model."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.embedder import Embedder, read_patterns
from agents.model_process import ModelGone, ModelProcess
from agents.shared_model import SharedModel
from pipeline.semantics.verbs import CHECK_OUT
from schemas.stories import Story
from tests.stories.by_hand import (
    Journey,
    alert,
    button,
    heading,
    link,
    password,
    searchbox,
    sign_in,
    textbox,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    """One embedder for this file: the model takes seconds to load."""
    embedder = Embedder(read_patterns())
    yield embedder
    embedder.close()


def _login() -> Journey:
    return sign_in(Journey().opens("https://shop.example/login"))


def _search() -> Journey:
    journey = Journey().opens().fill(searchbox(), "agenda").press(searchbox(), "Enter")
    return (
        journey.leads_to("https://shop.example/search?q=agenda")
        .click(link("meeting"))
        .leads_to("https://shop.example/m")
    )


def _create() -> Journey:
    journey = Journey().opens().click(button("New project")).fill(textbox("Title"), "Spring sale")
    return journey.click(button("Create")).shows_new(alert("Project 'Spring sale' created."))


def _edit() -> Journey:
    journey = Journey().opens().click(link("Chemicals")).shows_new(heading("Chemicals")).click(button("Edit"))
    return journey.fill(textbox("Text"), "new", before="old").click(button("Save")).shows_new(alert("Saved."))


def _delete() -> Journey:
    journey = Journey().opens().click(link("Old news")).shows_new(heading("Old news")).click(button("Delete"))
    return journey.answers("Delete 'Old news'?").shows_new(alert("Page 'Old news' deleted."))


def _checkout() -> Journey:
    journey = Journey().opens().click(button("Add to cart")).shows_new(alert("Added")).click(link("Checkout"))
    journey.leads_to("https://shop.example/checkout").fill(textbox("Address"), "Main street 1")
    assert CHECK_OUT.search("Place order")
    return journey.click(button("Place order")).leads_to("https://shop.example/orders/17")


def _wrong_password() -> Journey:
    return sign_in(Journey().opens("https://shop.example/login"), fails=True)


def _change_password() -> Journey:
    journey = Journey().opens("https://shop.example/account")
    journey.fill(password("Old password"), secret="password").fill(password("New password"), secret="password")
    return journey.click(button("Save")).shows_new(alert("Your password was changed."))


@pytest.mark.parametrize(
    ("journey", "tags"),
    [
        (_login(), {"login"}),
        (_wrong_password(), {"login"}),
        (_search(), {"search"}),
        (_create(), {"create"}),
        (_edit(), {"edit"}),
        (_delete(), {"delete"}),
        (_checkout(), {"checkout"}),
        (_change_password(), {"settings"}),
    ],
)
def test_stories_get_their_pattern_and_no_other(embedder: Embedder, journey: Journey, tags: set[str]) -> None:
    """Each kind of story is as near to its own pattern as the threshold asks, and to no other."""
    (story,) = embedder.tag_sync([journey.story()])
    assert set(story.tags) == tags


def test_two_goals_give_two_tags(embedder: Embedder) -> None:
    """A journey that does two things has both tags, the later goal first."""
    journey = _login().click(button("New project")).fill(textbox("Title"), "Spring sale")
    journey.click(button("Create")).shows_new(alert("Project 'Spring sale' created."))
    (story,) = embedder.tag_sync([journey.story()])
    assert story.tags == ("create", "login")


def test_async_and_sync_agree_and_the_loop_stays_free(embedder: Embedder) -> None:
    """`tag` gives the same bytes as `tag_sync`, whatever else is in the batch, and never holds up the event loop."""
    stories = [journey().story() for journey in (_login, _search, _create)]
    alone = [embedder.tag_sync([story])[0] for story in stories]

    async def together() -> tuple[list[Story], float]:
        fresh = Embedder(read_patterns())
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.01)
                longest = max(longest, time.perf_counter() - before - 0.01)

        watcher = asyncio.ensure_future(watch())
        await fresh.start()
        tagged = await fresh.tag(stories)
        watcher.cancel()
        await fresh.stop()
        return tagged, longest

    tagged, longest_s = asyncio.run(together())
    assert tagged == alone
    assert longest_s < 1.0


def test_a_dead_child_is_an_error_at_once(tmp_path: Path) -> None:
    """When the model's process is killed, the next new text raises instead of giving stories without tags."""
    assert tmp_path.exists()
    embedder = Embedder(read_patterns())
    embedder.tag_sync([_login().story()])
    assert isinstance(embedder._model, ModelProcess)
    os.kill(embedder._model.pid, signal.SIGKILL)
    journey = Journey().opens().click(button("Never seen before")).shows_new(alert("Hm."))
    with pytest.raises(ModelGone):
        embedder.tag_sync([journey.story()])
    embedder.close()


def test_what_was_encoded_once_needs_no_model_again(embedder: Embedder, tmp_path: Path) -> None:
    """Embedders with one folder share vectors: the second start needs no model, and tags to the same byte. The model is
    the machine's: one with another folder asks the first one's, too."""
    first = Embedder(read_patterns(), shared=tmp_path)
    told = first.tag_sync([_login().story(), _create().story()])
    second = Embedder(read_patterns(), shared=tmp_path)
    second.warm()
    assert second.tag_sync([_login().story(), _create().story()]) == told
    assert second._model is None
    new = Journey().opens().click(button("Never seen before")).shows_new(alert("Hm.")).story()
    asked = second.tag_sync([new])
    assert isinstance(second._model, SharedModel)
    assert second._model.child_pid is None  # it asked the first one's
    (elsewhere := tmp_path / "elsewhere").mkdir()
    third = Embedder(read_patterns(), shared=elsewhere)
    assert third.tag_sync([new]) == asked
    assert isinstance(third._model, SharedModel)
    assert third._model.child_pid is None
    for one in (first, second, third):
        one.close()
    assert embedder.tag_sync([_login().story(), _create().story(), new]) == [*told, *asked]
