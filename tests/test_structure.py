"""The house rules that a machine can hold: who imports whom, and what start-up loads."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

PACKAGE = ROOT / "askcorpus"

GROUND = (
    "errors",
    "records",
    "config",
    "ports",
    "text",
    "globs",
    "language",
    "onnx",
    "sqlite",
    "child",
    "render",
)
QUESTION = ("question",)
STAGES = ("ingest", "chunk", "embed", "store", "retrieve", "read", "answer")
TOGETHER = ("sync", "corpus")
COMMANDS = ("watch", "forget", "verify", "history", "evaluate", "doctor")
FACES = ("cli", "tui", "web")
# Floor by floor: what an entry may import beside itself, from the floors below it.
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    # The ground is in order: each stands on those before it alone.
    **{name: frozenset(GROUND[:at]) for at, name in enumerate(GROUND)},
    **dict.fromkeys(QUESTION, frozenset(GROUND)),
    **dict.fromkeys(STAGES, frozenset(GROUND + QUESTION)),
    "sync": frozenset(GROUND + QUESTION + STAGES),
    "corpus": frozenset((*GROUND, *QUESTION, *STAGES, "sync")),
    **dict.fromkeys(COMMANDS, frozenset(GROUND + QUESTION + STAGES + TOGETHER + ("__init__",))),
    **dict.fromkeys(FACES, frozenset(GROUND + QUESTION + TOGETHER + COMMANDS + ("__init__",))),
    # What is public, by name.
    "__init__": frozenset({"errors", "records", "config", "question", "answer", "corpus"}),
    "__main__": frozenset({"cli"}),
}
# One command that another needs, and the command line, which starts the other faces.
ALSO = {"forget": {"history"}, "verify": {"history"}, "cli": {"tui", "web"}}
# Where the wall has a hole: a file, the entry that it imports, and what will close it.
EXCEPTIONS: Mapping[tuple[str, str], str] = {}
MOST_ENTRIES = 34
OWNERS = {
    "chromadb": {"store"},
    "sqlite3": {"sqlite"},
    "subprocess": {"child", "tui"},  # the chat starts the user's editor
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
    "lxml": {"ingest", "history"},
    "charset_normalizer": {"ingest"},
    "watchfiles": {"watch"},
    "sentencex": {"language"},
    "snowballstemmer": {"language"},
    "rapidfuzz": {"question"},
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
FILES = sorted(PACKAGE.rglob("*.py"))
PACKAGES = sorted(path.parent for path in FILES if path.name == "__init__.py")[1:]


def named(path: Path) -> str:
    """Return a file's place in the package, as the tables and the tests' names have it."""
    return path.relative_to(PACKAGE).as_posix()


def entry(path: Path) -> str:
    """Return the name in `ls askcorpus/` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path, *, run: bool = False) -> set[str]:
    """Return the dotted names that a file imports, anywhere in it.

    Args:
        path: Of the file.
        run: Whether to leave out what only the type checker imports.
    """
    found = set()
    for node in _nodes(ast.parse(path.read_text(encoding="utf-8")), run=run):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"relative import in {path}"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _nodes(tree: ast.AST, *, run: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        yield node
        if run and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield from _nodes(node, run=run)


def home(name: str) -> str:
    """Return which entry a dotted name of ours is imported from."""
    parts = name.split(".")
    own = parts[1] if len(parts) > 1 else "__init__"
    is_module = (PACKAGE / f"{own}.py").exists() or (PACKAGE / own).is_dir()
    return own if is_module else "__init__"


def holes(path: Path) -> set[str]:
    """Return the entries that a file imports and that its own may not."""
    own = entry(path)
    ours = {home(name) for name in imports(path) if name.split(".")[0] == "askcorpus"}
    return ours - MAY_IMPORT[own] - ALSO.get(own, set()) - {own}


def circle(files: Sequence[Path]) -> list[str]:
    """Return the dotted names along a circle of files that import each other; [] without one.

    What only the type checker imports closes no circle.
    """
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    modules = {name.removesuffix(".__init__"): path for path, name in names.items()}
    graph = {
        module: {
            name if name in modules else name.rpartition(".")[0] for name in imports(path, run=True)
        }
        - {module}
        for module, path in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return [str(name) for name in found.args[1]]
    return []


def test_every_entry_has_a_floor() -> None:
    assert {entry(path) for path in FILES} == MAY_IMPORT.keys()


def test_the_package_stays_a_picture() -> None:
    entries = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= MOST_ENTRIES
    shown = {f"{path.name}/" if path.is_dir() else path.name for path in entries}
    tree = re.findall(r"^  (\w+(?:/|\.py)) ", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert set(tree) == shown - {"__init__.py", "__main__.py", "py.typed"}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_imports_only_from_the_floors_below(path: Path) -> None:
    assert {(named(path), hole) for hole in holes(path)} <= EXCEPTIONS.keys()


def test_no_exception_outlives_its_hole() -> None:
    assert {(named(path), hole) for path in FILES for hole in holes(path)} == EXCEPTIONS.keys()


def test_no_files_import_each_other_in_a_circle() -> None:
    trees = (ROOT / name for name in ("askcorpus", "eval", "training"))
    assert circle([path for tree in trees for path in tree.rglob("*.py")]) == []


@pytest.mark.parametrize(
    ("tree", "above"),
    [("askcorpus", {"eval", "training", "tests"}), ("training", {"eval", "tests"})],
)
def test_nothing_depends_on_what_measures_it(tree: str, above: set[str]) -> None:
    used = {name.split(".")[0] for path in (ROOT / tree).rglob("*.py") for name in imports(path)}
    assert used & above == set()


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_package_names_each_of_its_files(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    _, _, lines = (ast.get_docstring(tree) or "").partition("\n")
    parts = {path.stem for path in package.glob("*.py")} - {"__init__"}
    parts |= {f"{path.parent.name}/" for path in package.glob("*/__init__.py")}
    assert {part for part in parts if not re.search(rf"(?<!\w){part}(?!\w)", lines)} == set()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_library_is_imported_only_by_its_owner(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports(path)}
    misplaced = {name for name in foreign & OWNERS.keys() if entry(path) not in OWNERS[name]}
    assert misplaced == set()


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_file_outgrows_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", ["askcorpus", "askcorpus.cli"])
def test_start_up_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(set({sorted(HEAVY)}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_windows_is_told_in_one_sentence() -> None:
    code = "import sys; sys.platform = 'win32'; import askcorpus"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ImportError: askcorpus doesn't run on Windows")


def test_asking_loads_nothing_that_reads_files() -> None:
    code = "import sys, askcorpus.corpus; print(*(m for m in sys.modules if '.ingest' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_every_public_name_exists() -> None:
    import askcorpus

    for name in askcorpus.__all__:
        assert getattr(askcorpus, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        askcorpus.nonsense  # type: ignore[attr-defined]  # noqa: B018
