"""The house rules that a machine can hold: who imports whom, and what start-up loads."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = ROOT / "askcorpus"
BASE = {"errors", "records"}
TERMS = {"config", "ports", "text", "onnx"}
STAGES = {
    "ingest",
    "chunk",
    "embed",
    "store",
    "spelling",
    "retrieve",
    "read",
    "answer",
    "render",
}
# What a typed line means, before it is a question: pure rules that every face may use.
LANGUAGE = {"filters", "followup"}
CORE = {
    "corpus",
    "erasure",
    "fits",
    "indexing",
    "known",
    "originals",
    "parts",
    "presence",
    "query",
    "scope",
    "vectors",
}
TOOLS = {
    "calibrate",
    "doctor",
    "evaluate",
    "export",
    "forgetting",
    "measures",
    "offline",
    "sessions",
    "squad",
    "verify",
    "watch",
}
FACES = {"__init__", "__main__", "cli", "console", "tui", "web"}
MAY_IMPORT = {
    **{name: set() for name in BASE},
    **dict.fromkeys(TERMS, BASE),
    **dict.fromkeys(STAGES, BASE | TERMS),
    **dict.fromkeys(LANGUAGE, BASE | TERMS | LANGUAGE),
    **dict.fromkeys(CORE, BASE | TERMS | STAGES | LANGUAGE | CORE),
    **dict.fromkeys(TOOLS, BASE | TERMS | CORE | TOOLS | {"render", "__init__"}),
    **dict.fromkeys(
        FACES,
        BASE | TERMS | LANGUAGE | CORE | TOOLS | {"render", "console", "__init__"},
    ),
    "__main__": {"cli"},
    # The command line starts the chat, never the other way round.
    "cli": BASE | TERMS | LANGUAGE | CORE | TOOLS | {"render"} | FACES - {"__main__"},
}
OWNERS = {
    "chromadb": {"store"},
    "sqlite3": {"store", "doctor", "sessions"},
    "onnxruntime": {"onnx", "embed"},
    "tokenizers": {"onnx"},
    "sentence_transformers": {"embed"},
    "torch": {"embed", "read"},
    "transformers": {"read"},
    "textual": {"tui", "web"},
    "textual_serve": {"web"},
    "pyperclip": {"tui"},
    "aiohttp": {"web"},
    "onnx": {"embed"},
    "tiktoken": {"chunk"},
    "trafilatura": {"ingest"},
    "pypdfium2": {"ingest"},
    "openpyxl": {"ingest"},
    "olefile": {"ingest"},
    "striprtf": {"ingest"},
    "lxml": {"ingest", "export"},
    "charset_normalizer": {"ingest"},
    "pathspec": {"ingest"},
    "watchfiles": {"watch"},
    "sentencex": {"text"},
    "snowballstemmer": {"text"},
    "rapidfuzz": {"spelling"},
    "click": {"cli"},
}
HEAVY = {
    "aiohttp",
    "chromadb",
    "numpy",
    "onnxruntime",
    "sentence_transformers",
    "sqlite3",
    "textual",
    "torch",
}


def group(path: Path) -> str:
    """Return the module's name one level deep: a package counts as one."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"relative import in {path}"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def home(name: str) -> str:
    """Return which of our modules a dotted name is imported from."""
    parts = name.split(".")
    own = parts[1] if len(parts) > 1 else "__init__"
    is_module = (PACKAGE / f"{own}.py").exists() or (PACKAGE / own).is_dir()
    return own if is_module else "__init__"


FILES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_group_may(path: Path) -> None:
    own = group(path)
    ours = {home(name) for name in imports(path) if name.split(".")[0] == "askcorpus"}
    assert ours - MAY_IMPORT[own] - {own} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_library_is_imported_only_by_its_owner(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports(path)}
    misplaced = {name for name in foreign & OWNERS.keys() if group(path) not in OWNERS[name]}
    assert misplaced == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_outgrows_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", ["askcorpus", "askcorpus.cli"])
def test_start_up_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(set({sorted(HEAVY)}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_exists() -> None:
    import askcorpus

    for name in askcorpus.__all__:
        assert getattr(askcorpus, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        askcorpus.nonsense  # noqa: B018
