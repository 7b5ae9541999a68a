"""The check for circles of imports in TypeScript finds them, and only them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

SCRIPT: Final = Path(__file__).resolve().parents[2] / "scripts" / "circles.py"


def circles(folder: Path, **modules: str) -> subprocess.CompletedProcess[str]:
    for name, text in modules.items():
        file = folder / f"{name.replace('_', '/')}.ts"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    command = [sys.executable, str(SCRIPT), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_circle_is_found_whatever_is_imported(tmp_path: Path) -> None:
    """Over folders, over several lines, by `export … from`, and for types alone."""
    found = circles(
        tmp_path,
        main='import {\n  a,\n  b,\n} from "./dom/index";\n',
        dom_index='export { c } from "../effects";\n',
        effects="import type { D } from './main';\n",
    )
    assert found.returncode == 1
    assert all(name in found.stderr for name in ("main.ts", "index.ts", "effects.ts"))


def test_a_circle_through_modules_with_markup_is_found(tmp_path: Path) -> None:
    """`.tsx` modules are named without their ending, as others are."""
    (tmp_path / "app.tsx").write_text('import { Page } from "./page";\n')
    (tmp_path / "page.tsx").write_text('import { useTitle } from "./app";\n')
    found = circles(tmp_path)
    assert found.returncode == 1
    assert "app.tsx" in found.stderr


def test_what_only_leads_down_is_none(tmp_path: Path) -> None:
    """Two ways to the same module are no circle; a folder without any module that imports is the wrong one."""
    down = {"main": 'import "./a";\nimport "./b";\n', "a": 'import { b } from "./b";\n', "b": "export const b = 1;\n"}
    assert circles(tmp_path, **down).returncode == 0
    (tmp_path / "none").mkdir()
    assert circles(tmp_path / "none").returncode != 0
