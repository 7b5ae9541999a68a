# ruff: noqa: INP001 (a program of its own, in no package)
"""`python scripts/circles.py FOLDER`: fails where TypeScript modules below FOLDER import each other in a circle."""

import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

IMPORT = re.compile(r"""^(?:import|export)\b[^;'"]*?['"](\.{1,2}/[^'"]+)['"]""", re.MULTILINE)


def imported(module: Path) -> set[Path]:
    """The modules that one imports, for values or for types."""
    found = set()
    for name in IMPORT.findall(module.read_text()):
        there = (module.parent / re.sub(r"\.(js|tsx?)$", "", name)).resolve()
        files = (there.with_name(f"{there.name}.ts"), there.with_name(f"{there.name}.tsx"), there / "index.ts")
        found |= {one for one in files if one.exists()}
    return found


def main(folder: str) -> None:
    root = Path(folder).resolve()
    graph = {module: imported(module) for module in sorted([*root.rglob("*.ts"), *root.rglob("*.tsx")])}
    if not any(graph.values()):
        sys.exit(f"no module below {folder} imports another: is the folder right?")
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        sys.exit("a circle: " + " ← ".join(str(Path(one).relative_to(root)) for one in error.args[1]))


if __name__ == "__main__":
    main(sys.argv[1])
