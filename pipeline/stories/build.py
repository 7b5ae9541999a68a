"""One closed window to one story."""

from pipeline.activities.classify import activities_of
from pipeline.activities.flow_key import flow_key, kinds_done
from pipeline.activities.forms.password_forms import password_forms
from pipeline.activities.intents import goals_of
from pipeline.intake.rrweb.recordings import resolve
from pipeline.steps.rebuild import rebuild
from pipeline.stories.pace import slowest_ms
from pipeline.stories.page_states import final_state, initial_state
from pipeline.stories.size_limit import fitted
from pipeline.stories.summaries import summaries
from pipeline.stories.timestamps import iso
from pipeline.stories.titles import title_and_sentence
from pipeline.stories.traffic import traffic_of
from pipeline.windowing.closed_window import ClosedWindow
from schemas import limits
from schemas.events import Navigation
from schemas.stories import Story


def build_story(window: ClosedWindow) -> Story | None:
    """The story of a closed window, without tags; None where it holds no step.

    A window holds no step when its events are requests, effects, dialogs, downloads, opaque events or an end only:
    nobody did anything and no page was opened. The first step is always a GotoStep. Pure: equal windows give equal
    stories, byte for byte; any mix of events gives a story or None, never an exception.
    """
    events, notes = resolve(window.events)
    rebuilt = rebuild(events)
    if rebuilt is None:
        return None
    first, last = window.events[0], window.events[-1]
    passwords = password_forms(rebuilt.steps, rebuilt.requests)
    activities = activities_of(rebuilt.steps, rebuilt.requests, rebuilt.final_page, passwords)
    goals = goals_of(rebuilt.steps, rebuilt.requests, passwords, activities)
    title, sentence = title_and_sentence(rebuilt.steps, goals, activities.acting())
    story = Story(
        id=window.story_id,
        version=window.version,
        app=window.app,
        journey_id=window.journey_id,
        session_id=first.session_id,
        user_id=next((event.user_id for event in window.events if event.user_id), None),
        title=title,
        sentence=sentence[: limits.SENTENCE_CHARS_MAX],
        start_timestamp=iso(first.at_ms),
        end_timestamp=iso(last.at_ms),
        closed_by=window.closed_by,
        # The address of a page that was recorded stands in the recording.
        traffic=traffic_of((*window.events, *events)),
        language=next((one.language for one in events if isinstance(one, Navigation) and one.language), None),
        slowest_ms=slowest_ms(events),
        initial_state=initial_state(rebuilt.steps),
        final_state=final_state(rebuilt.steps, rebuilt.final_page),
        actions=summaries(rebuilt.steps),
        network_requests=rebuilt.requests,
        steps=rebuilt.steps,
        flow_key=flow_key(activities),
        notes=tuple(dict.fromkeys((*notes, *rebuilt.notes)))[: limits.STORY_NOTES_MAX],
    )
    told = fitted(story)
    if told is story:
        kinds_done.note(told, activities.kinds())
    return told
