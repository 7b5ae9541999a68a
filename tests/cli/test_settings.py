"""Settings: where they come from, who wins, and what is said of those that can't be used."""

from pathlib import Path

import pytest

from agents.settings import BadSettings, Settings, load


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*Settings.model_fields, "config"):
        monkeypatch.delenv(f"JOURNEYWRIGHT_{name.upper()}", raising=False)


def test_a_variable_wins_over_the_file_and_an_option_over_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The TOML file gives what nobody else says; a variable beats it; a command's option beats the variable."""
    file = tmp_path / "settings.toml"
    file.write_text('gap_s = 10\nlateness_s = 11\ntopic_prefix = "a-"\n')
    monkeypatch.setenv("JOURNEYWRIGHT_CONFIG", str(file))
    monkeypatch.setenv("JOURNEYWRIGHT_LATENESS_S", "21")
    monkeypatch.setenv("JOURNEYWRIGHT_TOPIC_PREFIX", "b-")
    settings = load(topic_prefix="c-")
    assert (settings.gap_s, settings.lateness_s, settings.topic_prefix) == (10, 21, "c-")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("JOURNEYWRIGHT_GAP_S", "soon", "JOURNEYWRIGHT_GAP_S"),
        ("JOURNEYWRIGHT_GAP_S", "0", "greater than 0"),
        ("JOURNEYWRIGHT_TOPIC_PREFIX", "a b", "letters, digits"),
        ("JOURNEYWRIGHT_ROLES", "ingest,cook", "cook is no role"),
        ("JOURNEYWRIGHT_ROLES", "tests,prove", "prove needs a worker of its own"),
        ("JOURNEYWRIGHT_JOURNEY_MEMORY_S", "60", "at least GAP_S and LATENESS_S"),
        ("JOURNEYWRIGHT_CORS_ORIGINS", "https://a.example,*", "give * alone"),
        ("JOURNEYWRIGHT_CORS_ORIGINS", "a.example", "a.example: give"),
        ("JOURNEYWRIGHT_CORS_ORIGINS", "https://a.example/path", "give"),
        ("JOURNEYWRIGHT_CONFIG", "/nowhere.toml", "/nowhere.toml"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    """Whoever mistypes a setting learns which one, and what is wrong with it."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings) as caught:
        load()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_key_of_the_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A typing error in the file does not silently leave the default in force."""
    file = tmp_path / "settings.toml"
    file.write_text("gap_seconds = 3\n")
    monkeypatch.setenv("JOURNEYWRIGHT_CONFIG", str(file))
    with pytest.raises(BadSettings, match="gap_seconds is no setting"):
        load()


def test_origins_are_compared_without_case_and_trailing_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """As people copy them from an address bar; * is all of them."""
    monkeypatch.setenv("JOURNEYWRIGHT_CORS_ORIGINS", " https://Shop.example/, http://[::1]:8000")
    assert load().origins == {"https://shop.example", "http://[::1]:8000"}
    assert load(cors_origins="*").origins is None


def test_every_setting_has_a_description_and_a_default() -> None:
    """Help can explain each setting, and none must be given to begin with."""
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What differs from the defaults survives the way through a child's environment, secrets too."""
    settings = load(gap_s=3, data="x y", kafka_sasl_password="s3cret", roles="tests,journeys")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load() == settings


def test_a_secret_is_not_shown() -> None:
    """A settings value can be printed or logged without telling the password."""
    assert "s3cret" not in repr(load(kafka_sasl_password="s3cret"))
