"""Files that were chosen for an input that nobody sees."""

from pipeline.codegen import write_test
from schemas.stories import ClickStep, UploadStep
from tests.codegen.by_hand import at, base, by_role, story

PHOTO = by_role("button", "button", "Add a photo")


def test_the_chooser_of_an_input_in_no_document_gets_the_files() -> None:
    """Nothing can be set on such an input: the chooser that its click opens gets them."""
    step = UploadStep(target=PHOTO, files=("dinner.png",), chooser=True, **base(at("/")))
    send = ClickStep(target=by_role("button", "button", "Send"), **base(at("/")))
    code = write_test(story(step, send)).code
    lines = [line.strip() for line in code.splitlines()]
    opened = lines.index("with page.expect_file_chooser() as file_chooser_info:")
    assert lines[opened + 1] == 'page.get_by_role("button", name="Add a photo").click()'
    assert "file_chooser_info.value.set_files(" in code
    assert "set_input_files" not in code
