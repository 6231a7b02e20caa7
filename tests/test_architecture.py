"""The plan of the house, enforced on the source: who imports whom, and what nobody may do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("index", "rag", "ui", "eval")
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "ui": {"ui", "rag", "index"},
    "eval": {"eval", "rag", "index"},
}
# The longest prefix that fits decides; a library's home is one place to change it.
HOMES = {
    "chromadb": ("index/vectors.py",),
    "gradio": ("ui/web*.py",),
    "llama_index": (),
    "llama_index.core": ("index/nodes.py", "rag/llamaindex.py"),
    "llama_index.llms": (),
    "onnxruntime": ("rag/entailment.py", "eval/ship_checker.py"),
    "openai": ("rag/llm_client.py",),
    "sentence_transformers": ("index/embed.py", "rag/rerank.py", "rag/entailment.py"),
    "sqlite3": ("index/database.py", "index/vectors.py"),  # Chroma's log: one row in its file
    "trafilatura": ("index/extract/*",),
    "xllamacpp": ("rag/llm_server.py",),
}
WITHOUT_HOMES = ("eval/bench/*",)  # measures other systems, so it imports what they import
MAY_PRINT = ("ui/*", "eval/bench/*", "eval/cli.py")
MAY_READ_ENVIRONMENT = (
    "ui/*",
    "eval/run_cli.py",
    "index/settings.py",
    "index/models.py",
    "rag/llm.py",
    "rag/llm_server.py",
)
RUNS_CODE_FROM_DATA = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
IMPORTING_CALLS = {"import_module", "__import__", "find_spec", "run_module"}
MAX_MODULE_LINES = 300
MAX_FUNCTION_LINES = 60

Rule = Callable[[str, str], Iterator[str]]
"""(path below the root, source) -> one line for each offence."""


def fits(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(path, pattern) for pattern in patterns)


def literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def called(node: ast.Call) -> str:
    """The last part of what is called: ``import_module`` of ``importlib.import_module(...)``."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def from_import(path: str, node: ast.ImportFrom) -> Iterator[str]:
    """Absolute names; the imported ones too, since ``from a import b`` may name a module."""
    package = Path(path).parent.parts
    above = package[: len(package) - node.level + 1] if node.level else ()
    module = ".".join((*above, *([node.module] if node.module else [])))
    for alias in node.names:
        yield f"{module}.{alias.name}" if module else alias.name


def imports(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Every imported name with its line: statements, importlib calls, and ``python -m NAME``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, name) for name in from_import(path, node))
        elif isinstance(node, ast.Call) and called(node) in IMPORTING_CALLS and node.args:
            if name := literal(node.args[0]):
                yield node.lineno, name
        elif isinstance(node, ast.List | ast.Tuple):
            words = [literal(element) for element in node.elts]
            for flag, name in pairwise(words):
                if flag == "-m" and name:
                    yield node.lineno, name


def import_direction(path: str, source: str) -> Iterator[str]:
    layer = path.split("/")[0]
    for line, name in imports(path, source):
        other = name.split(".")[0]
        if other in LAYERS and other not in MAY_IMPORT[layer]:
            yield f"{path}:{line}: {layer} imports {name}"


def one_home(path: str, source: str) -> Iterator[str]:
    if fits(path, WITHOUT_HOMES):
        return
    for line, name in imports(path, source):
        homes = [library for library in HOMES if f"{name}.".startswith(f"{library}.")]
        if homes and not fits(path, HOMES[max(homes, key=len)]):
            yield f"{path}:{line}: {name} belongs in {HOMES[max(homes, key=len)] or 'eval/bench'}"


def printing(path: str, source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id == "print" and not fits(path, MAY_PRINT):
            yield f"{path}:{node.lineno}: prints"


def code_from_data(path: str, source: str) -> Iterator[str]:
    for line, name in imports(path, source):
        if name.split(".")[0] in RUNS_CODE_FROM_DATA:
            yield f"{path}:{line}: imports {name}, which runs code from data"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and node.id in {"eval", "exec"}:
            yield f"{path}:{node.lineno}: {node.id}"
        elif isinstance(node, ast.Attribute) and node.attr == "extractall":
            yield f"{path}:{node.lineno}: extractall"
        elif isinstance(node, ast.Call | ast.Dict):
            for name in trusting_options(node):
                yield f"{path}:{node.lineno}: {name} is not False"


def trusting_options(node: ast.Call | ast.Dict) -> Iterator[str]:
    if isinstance(node, ast.Call):
        options = [(keyword.arg, keyword.value) for keyword in node.keywords]
    else:
        options = [(literal(key), value) for key, value in zip(node.keys, node.values, strict=True)]
    for name, value in options:
        off = isinstance(value, ast.Constant) and value.value is False
        if name in {"trust_remote_code", "allow_pickle"} and not off:
            yield name


def environment(path: str, source: str) -> Iterator[str]:
    if fits(path, MAY_READ_ENVIRONMENT):
        return
    names = {"environ", "environb", "getenv", "putenv", "unsetenv"}
    for node in ast.walk(ast.parse(source)):
        of_os = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "os"
        if of_os and node.attr in names:
            yield f"{path}:{node.lineno}: os.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for alias in node.names:
                if alias.name in names:
                    yield f"{path}:{node.lineno}: from os import {alias.name}"


def package_docstring(path: str, source: str) -> Iterator[str]:
    if path.endswith("__init__.py") and not ast.get_docstring(ast.parse(source)):
        yield f"{path}: a package must say what it does"


def size(path: str, source: str) -> Iterator[str]:
    n_lines = len(source.splitlines())
    if n_lines > MAX_MODULE_LINES:
        yield f"{path}: {n_lines} lines, more than {MAX_MODULE_LINES}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            n_lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if n_lines > MAX_FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {n_lines} lines"


RULES: tuple[Rule, ...] = (
    import_direction,
    one_home,
    printing,
    code_from_data,
    environment,
    package_docstring,
    size,
)


def modules() -> dict[str, str]:
    files = (file for layer in LAYERS for file in sorted((ROOT / layer).rglob("*.py")))
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps_the_rule(rule):
    offences = [line for path, source in modules().items() for line in rule(path, source)]
    assert not offences, "\n".join(["", *offences])


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_walked(layer):
    assert f"{layer}/__init__.py" in modules()


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES
LONG_METHOD = "class C:\n    async def f(self):\n" + "        x = 1\n" * MAX_FUNCTION_LINES

OFFENCES = [
    (import_direction, "index/a.py", "import rag.schema"),
    (import_direction, "index/extract/a.py", "from ... import rag"),
    (import_direction, "rag/a.py", "from ui import render"),
    (import_direction, "rag/a.py", "def f():\n    from eval.metrics import recall"),
    (import_direction, "ui/a.py", "import eval.cli"),
    (import_direction, "eval/bench/a.py", "from ui.cli import main"),
    (import_direction, "ui/a.py", "import importlib\nimportlib.import_module('eval.cli')"),
    (import_direction, "index/a.py", "__import__('rag')"),
    (import_direction, "index/a.py", "run([sys.executable, '-m', 'rag.llm_server'])"),
    (one_home, "index/sync.py", "import chromadb"),
    (one_home, "rag/retrieve.py", "from chromadb.config import Settings"),
    (one_home, "ui/cli.py", "import gradio as gr"),
    (one_home, "rag/compose.py", "from openai import OpenAI"),
    (one_home, "index/nodes.py", "from llama_index.llms.openai_like import OpenAILike"),
    (one_home, "index/embed.py", "from llama_index import core"),
    (one_home, "index/nodes.py", "from llama_index.embeddings.huggingface import X"),
    (one_home, "rag/retrieve.py", "import sentence_transformers.util"),
    (one_home, "rag/llm.py", "import xllamacpp"),
    (one_home, "index/dates.py", "import trafilatura"),
    (one_home, "index/sync.py", "import sqlite3"),
    (one_home, "ui/cli.py", "importlib.import_module('gradio')"),
    (printing, "index/a.py", "print('x')"),
    (printing, "eval/report.py", "print('x')"),
    (printing, "rag/a.py", "say = print"),
    (code_from_data, "index/a.py", "import pickle"),
    (code_from_data, "eval/bench/a.py", "from joblib import load"),
    (code_from_data, "ui/a.py", "eval('1')"),
    (code_from_data, "rag/a.py", "exec(text)"),
    (code_from_data, "index/a.py", "archive.extractall(folder)"),
    (code_from_data, "index/a.py", "load(path, trust_remote_code=True)"),
    (code_from_data, "index/a.py", "load(path, trust_remote_code=trusted)"),
    (code_from_data, "index/a.py", "options = {'trust_remote_code': True}"),
    (code_from_data, "index/a.py", "np.load(path, allow_pickle=True)"),
    (environment, "rag/a.py", "import os\nos.environ['HOME']"),
    (environment, "index/a.py", "import os\nos.getenv('HOME')"),
    (environment, "eval/run.py", "from os import environ"),
    (package_docstring, "index/__init__.py", ""),
    (package_docstring, "rag/__init__.py", "from rag.schema import Answer"),
    (size, "rag/a.py", "x = 1\n" * (MAX_MODULE_LINES + 1)),
    (size, "rag/a.py", LONG_FUNCTION),
    (size, "rag/a.py", LONG_METHOD),
]


@pytest.mark.parametrize(("rule", "path", "source"), OFFENCES)
def test_a_rule_names_its_offender(rule, path, source):
    (offence,) = rule(path, source)
    assert offence.startswith(path)


INNOCENT = [
    ("index/extract/html.py", "from . import child\nfrom ..dates import find\nimport trafilatura"),
    ("rag/a.py", "import evaluate\nimport indexes\nfrom index.schema import Article"),
    ("eval/run.py", "from rag.assistant import open_assistant\nfrom index import schema"),
    ("ui/web_page.py", "import gradio as gr\nprint('x')\nimport os\nos.environ['A'] = 'b'"),
    ("rag/llm_client.py", "import openai"),
    ("rag/llamaindex.py", "from llama_index.core.schema import TextNode"),
    ("eval/bench/peer.py", "import chromadb\nfrom llama_index.embeddings.huggingface import X"),
    ("rag/llm_server.py", "run([sys.executable, '-m', 'rag.llm_server'], env=os.environ)"),
    ("index/embed.py", "model.eval()\nload(path, trust_remote_code=False)\nos.path.join('a')"),
    ("rag/__init__.py", '"""One question in, one checked answer out."""'),
    ("rag/a.py", "x = 1\n" * MAX_MODULE_LINES),
    ("rag/a.py", LONG_FUNCTION.removesuffix("    x = 1\n")),
]


@pytest.mark.parametrize(("path", "source"), INNOCENT)
def test_no_rule_blames_the_innocent(path, source):
    assert [line for rule in RULES for line in rule(path, source)] == []
