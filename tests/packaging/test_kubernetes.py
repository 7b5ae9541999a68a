"""The manifests in deploy/kubernetes fit Kubernetes' own schemas, and our settings."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from agents.settings import PREFIX, Settings
from agents.web.views import health

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "kubernetes"
VERSIONS = ("1.30", "1.37")
FILES = ("namespace.yaml", "worker.yaml", "scaling.yaml", "network.yaml")


def documents(name: str) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all((FOLDER / name).read_text()) if one]


def named(kind: str) -> dict[str, Any]:
    return next(one for name in FILES for one in documents(name) if one["kind"] == kind)


def variables(name: str) -> dict[str, str]:
    lines = [line for line in (FOLDER / name).read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("file", FILES)
def test_each_manifest_fits_the_schema(file: str, version: str) -> None:
    """Known kinds with known fields only, in an old and a new version."""
    assert documents(file)
    for document in documents(file):
        kubernetes_validate.validate(document, version, strict=True)


def test_kustomize_names_what_is_there() -> None:
    """Each resource is a file, each generated file is there or has an example, and the image is the container's."""
    (kustomization,) = documents("kustomization.yaml")
    assert set(kustomization["resources"]) == set(FILES)
    generated = [*kustomization["configMapGenerator"], *kustomization["secretGenerator"]]
    for file in [name for one in generated for name in one.get("envs", []) + one.get("files", [])]:
        assert (FOLDER / file).exists() or (FOLDER / f"{file}.example").exists(), file
    (container,) = named("Deployment")["spec"]["template"]["spec"]["containers"]
    assert [one["name"] for one in kustomization["images"]] == [container["image"]]


def test_variables_are_settings_and_bounds_fit() -> None:
    """No variable that we don't know; never more workers than partitions; three replicas of each topic."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    settings, secrets = variables("settings.env"), variables("secrets.env.example")
    assert {name for name in (*settings, *secrets) if name.startswith(PREFIX)} <= known
    scaler = named("HorizontalPodAutoscaler")["spec"]
    assert scaler["maxReplicas"] <= int(settings["JOURNEYWRIGHT_PARTITIONS"])
    assert settings["JOURNEYWRIGHT_REPLICATION_FACTOR"] == "3"
    assert scaler["scaleTargetRef"]["name"] == named("Deployment")["metadata"]["name"]


def test_probes_ask_for_what_is_served() -> None:
    """By the paths of the web port, at its port."""
    paths = {call.path for call in health.CALLS}
    (container,) = named("Deployment")["spec"]["template"]["spec"]["containers"]
    probes = [container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert {probe["path"] for probe in probes} == {"/healthz", "/readyz"} <= paths
    assert {probe["port"] for probe in probes} == {port["name"] for port in container["ports"]}
