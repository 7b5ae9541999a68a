"""Dashboard, alert rules and runbook: they speak of metrics that exist, and of each other."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from agents.metrics import DEAD_LETTER_CAUSES, Metrics
from agents.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
FROM_PROMETHEUS = {"instance", "job", "le"}


def series() -> dict[str, set[str]]:
    """What `/metrics` has: the labels of each name."""
    metrics = Metrics()
    labels = {
        family.name: set(metric._labelnames)
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.collect()
    }
    found: dict[str, set[str]] = {}
    for family in metrics.registry.collect():
        found |= {family.name + suffix: labels.get(family.name, set()) for suffix in SUFFIXES[family.type]}
    return found


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "ops" / "grafana-dashboard.json").read_text())
    return found


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "ops" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    shown = [target["expr"] for panel in dashboard()["panels"] for target in panel.get("targets", ())]
    return [*shown, *(rule["expr"] for rule in alerts())]


def anchors() -> list[str]:
    """The anchors of the runbook's third-level headings, as GitHub makes them."""
    headings = re.findall(r"^### (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("query", queries())
def test_each_query_asks_for_what_exists(query: str) -> None:
    """Every metric and every label of it is on `/metrics`, or is added by Prometheus."""
    known = series()
    names = re.findall(r"\bjourneywright_\w+", query)
    assert names or query.startswith("up{")
    labels = set(re.findall(r"[{,]\s*(\w+)\s*=~?", query)) | {
        name.strip() for names_by in re.findall(r"\bby \(([^)]*)\)", query) for name in names_by.split(",")
    }
    assert set(names) <= known.keys()
    assert labels <= FROM_PROMETHEUS.union(*(known[name] for name in names))


def test_each_alert_leads_to_its_section_of_the_runbook() -> None:
    """And each section belongs to an alert; names are ours, severities are two."""
    led = []
    for rule in alerts():
        assert rule["alert"].startswith("Journeywright")
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert rule["annotations"]["summary"]
        page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert page == "docs/runbook.md"
        led.append(anchor)
    assert sorted(led) == sorted(anchors())


def test_the_runbook_names_what_exists() -> None:
    """Settings, metrics, causes of dead letters, and sections that it points to."""
    text = (ROOT / "docs" / "runbook.md").read_text()
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text)) <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"journeywright_\w+", text)) <= series().keys()
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(anchors())
    assert set(DEAD_LETTER_CAUSES) - {"late"} <= set(re.findall(r"`(\w+)`", text))


def test_the_dashboard_can_be_read_by_grafana() -> None:
    """Ids are unique, panels do not overlap, and each asks the data source that the user chooses."""
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
        assert all(target["datasource"]["uid"] == "${datasource}" for target in panel.get("targets", ()))


def test_every_metric_is_shown_or_alarms() -> None:
    """None is counted for nobody; those of the process are there to be looked at when needed."""
    asked = {name for query in queries() for name in re.findall(r"\bjourneywright_\w+", query)}
    families = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in asked}
    known = {re.sub(r"_(total|bucket|count|sum)$", "", name) for name in series()}
    rest = {name for name in known - families if not name.startswith("journeywright_process_")}
    assert rest <= {"journeywright_http_requests_in_flight", "journeywright_http_bytes_in_flight"}
