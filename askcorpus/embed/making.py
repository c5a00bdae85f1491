"""Makes an entry of the model cache: a place to work in, the export in a child, publishing."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import child
from askcorpus.embed.export import EXPORTER, FILES
from askcorpus.embed.source import ExportError, sha256_file
from askcorpus.errors import ModelUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from askcorpus.embed.export import Precision
    from askcorpus.embed.source import Source

TIMEOUT_S = 900
_STALE_S = 86_400
_HINT = "Make room on the disk, or set ASKCORPUS_CACHE_DIR to another directory."


@contextlib.contextmanager
def workshop(
    parent: Path, source: Source, tell: Callable[[str], None]
) -> Iterator[tuple[Path, bool]]:
    """Give a directory to export in, and whether what is made in it can be kept."""
    needed = 4 * sum((source.folder / name).stat().st_size for name in source.files)
    reason = "it is full"
    lasting = True
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        folder = Path(tempfile.mkdtemp(prefix=".making-", dir=parent))
        if shutil.disk_usage(folder).free < needed:
            folder.rmdir()
            lasting = False
    except OSError as exc:
        reason = exc.strerror or str(exc)
        lasting = False
    if not lasting:
        tell(f"Can't keep the model in {parent} ({reason}); it is prepared for this run only.")
        folder = _temporary(needed)
    try:
        yield folder, lasting
    except OSError as exc:
        raise ModelUnavailableError(
            f"The model {source.label} can't be prepared in {folder}: {exc.strerror or exc}.",
            hint=_HINT,
        ) from exc
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _temporary(needed: int) -> Path:
    try:
        folder = Path(tempfile.mkdtemp(prefix="askcorpus-"))
        if shutil.disk_usage(folder).free >= needed:
            return folder
        folder.rmdir()
    except OSError as exc:
        raise ModelUnavailableError(
            "There is no place to prepare the model in.", hint=_HINT
        ) from exc
    raise ModelUnavailableError(
        f"Preparing the model takes {needed / 1e6:.0f} MB of disk, which are not free.", hint=_HINT
    )


def _sweep(parent: Path) -> None:
    """Remove what killed exports left, a day later."""
    for path in parent.glob(".making-*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_S:
                shutil.rmtree(path, ignore_errors=True)


def export(source: Source, precision: Precision, folder: Path) -> Path:
    """Return a directory with the exported model and its manifest."""
    staged, made = folder / "source", folder / "made"
    made.mkdir()
    source.stage(staged)
    command = ("askcorpus.embed.export", str(staged), str(made), precision)
    env = child.environment(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    status = child.run(*command, env=env, timeout_s=TIMEOUT_S)
    if status is None:
        raise ExportError(f"the export took more than {TIMEOUT_S} s")
    try:
        result = json.loads((made / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ExportError("the export ended without a result") from exc
    if "error" in result:
        if result["stage"] == "export":
            raise ExportError(result["error"])
        verb = "loaded" if result["stage"] == "load" else "written"
        raise ModelUnavailableError(
            f"The model {source.label} can't be {verb}: {result['error']}",
            hint="Check the model's files and the room on the disk.",
        )
    (made / "result.json").unlink()
    name = f"{source.label}@{source.weights[:12]}/{result['precision']}"
    files = {each: {"sha256": sha256_file(made / each)} for each in FILES}
    manifest = {"format": EXPORTER, "name": name, **result, "files": files}
    (made / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return made


def publish(made: Path, entry: Path, tell: Callable[[str], None]) -> None:
    """Move what was made to its place, in place of what may stand there."""
    try:
        if entry.exists():
            # Either damaged, or another process was faster and its content is the same.
            entry.rename(made.parent / "replaced")
        made.rename(entry)
    except OSError as exc:
        if not entry.exists():
            tell(f"The prepared model can't be kept ({exc.strerror or exc}).")
