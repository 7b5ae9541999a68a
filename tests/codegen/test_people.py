"""Who the tests of a project sign in as: the same variables for the same person everywhere."""

import pytest

from pipeline.codegen import project_files, write_test
from pipeline.codegen.python.expressions import Literal
from pipeline.codegen.values.credentials import Credentials, only_typed
from pipeline.flows.consensus import Consensus, consensus
from schemas.events import Appeared
from schemas.stories import Story
from tests.codegen.by_hand import by_role
from tests.codegen.test_sign_in import adds, signs_in


def _by(user: str, what: str) -> Story:
    return adds(what, *signs_in(user))


def flows_of(*stories: Story) -> dict[str, Consensus]:
    """Each story as a flow of its own, of one user who may be named."""
    return {write_test(one).id: consensus([one], 1) for one in stories}


def test_people_are_numbered_over_the_whole_project() -> None:
    """Ann signs in to most of it; Bob has a number of his own in each of his tests, and the README says who is who."""
    stories = [_by("ann@example.com", "cup"), _by("bob@example.com", "hat"), _by("ann@example.com", "pen")]
    alone = [write_test(one) for one in stories]
    files = project_files(alone, flows_of(*stories))
    assert files["test_add_a_cup.py"] == alone[0].code
    bobs = files["test_add_a_hat.py"]
    assert 'os.environ.get("APP_USER_2") or "bob@example.com"' in bobs
    assert 'os.environ["APP_PASSWORD_2"]' in bobs
    assert '"APP_USER"' not in bobs
    table = "| bob@example.com | `APP_USER_2`, `APP_PASSWORD_2` | Add a hat |"
    assert table in files["README.md"]
    assert files[".env.example"].splitlines() == [
        "APP_PASSWORD=",
        "APP_PASSWORD_2=",
        "APP_USER=ann@example.com",
        "APP_USER_2=bob@example.com",
    ]


def test_one_person_needs_no_table() -> None:
    """The variables are listed, nobody is told apart."""
    story = _by("ann@example.com", "cup")
    files = project_files([write_test(story)], flows_of(story))
    assert "| login name" not in files["README.md"]
    assert files[".env.example"] == "APP_PASSWORD=\nAPP_USER=ann@example.com\n"


def test_a_name_that_is_no_name_is_in_no_line_of_settings() -> None:
    """What was typed is anything: it becomes no line, no mark and no command."""
    for odd in ("ann\nAPP_X=1", "$(reboot)", "a | b", "`x`"):
        stories = [_by(odd, "cup"), _by("bob@example.com", "hat")]
        files = project_files([write_test(one) for one in stories], flows_of(*stories))
        assert odd not in files["README.md"]
        assert sorted(line.partition("=")[0] for line in files[".env.example"].splitlines()) == [
            "APP_PASSWORD",
            "APP_PASSWORD_2",
            "APP_USER",
            "APP_USER_2",
        ]


def test_a_flow_of_several_people_is_that_of_most() -> None:
    """Bob did it twice, Ann once; Ann has another flow of her own and more tests in all."""
    shared = [adds("cup", *signs_in(user)).model_copy(update={"id": f"{user} cup"}) for user in ("bob", "bob2", "ann")]
    shared[1] = shared[1].model_copy(update={"steps": _by("bob", "cup").steps})
    own = [_by("ann", "hat"), _by("ann", "pen")]
    told = consensus(shared, 1)
    flows = {write_test(told.story).id: told, **flows_of(*own)}
    files = project_files([write_test(one.story) for one in flows.values()], flows)
    assert "| bob | `APP_USER_2`, `APP_PASSWORD_2` | Add a cup |" in files["README.md"]
    assert "| ann | `APP_USER`, `APP_PASSWORD` | Add a hat; Add a pen |" in files["README.md"]


@pytest.mark.parametrize(("visible", "own"), [(True, True), (False, False)])
def test_a_name_that_the_page_shows_is_kept_where_the_test_asserts_it(visible: bool, own: bool) -> None:
    """Then the test is about that person's page; where it only stands somewhere, anybody may do what the test does."""
    told = adds("cup", *signs_in("ann@example.com"))
    mine = by_role("p", "paragraph", "The cup of ann@example.com was added.").model_copy(update={"visible": visible})
    *before, last = told.steps
    steps = (*before, last.model_copy(update={"changes": (*last.changes, Appeared(element=mine))}))
    code = write_test(told.model_copy(update={"steps": steps})).code
    assert ('.fill("ann@example.com")' in code) is own
    assert ('os.environ.get("APP_USER") or "ann@example.com"' in code) is not own


@pytest.mark.parametrize(
    ("code", "only"),
    [
        ('page.field.fill("Admin")\npage.get_by_role("link", name="Administration").click()', True),
        ('page.field.fill("Admin")\nexpect(page.get_by_text("Admins profil")).to_be_visible()', False),
        ('page.field.fill("Admin")\nexpect(page).to_have_url(re.compile(r"/superadmins\\b"))', True),
        ('page.field.fill("Admin")\nexpect(page.get_by_text("Hello, Admin")).to_be_visible()', False),
        ('page.field.fill("Admin")\nexpect(page).to_have_url(re.compile(r"/\\bAdmin\\b"))', False),
        ('page.field.fill("Admin")\nexpect(page.get_by_text("Signed in asAdmin")).to_be_visible()', False),
    ],
)
def test_a_word_that_holds_the_login_name_is_no_mention_of_it(code: str, only: bool) -> None:
    """`Administration` is there for whoever signs in; a name in a pattern, or glued to a text, is a mention."""
    told = Credentials({}, {"Admin": Literal("Admin")}, (), {})
    assert only_typed(told, code) is only
