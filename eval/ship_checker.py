r"""Turn trained weights into the shipped checker: ONNX in eight bits, its tokenizer and hashes.

    python -m eval.ship_checker --weights run --model all-MiniLM-L6-v2 --out rag/checker

Needs the package ``onnx``, which Dateline itself does not. The calibration is written afterwards
by ``dateline eval checker --fit``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

from eval.checker_net import CheckerNet

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUTS = ("logits", "tokens")
OPSET = 17
FILES = ("model.onnx", "tokenizer.json")


def load(weights: Path, start: Path) -> CheckerNet:
    """Return the trained net, ready to read."""
    model = CheckerNet(
        AutoModel.from_pretrained(start, add_pooling_layer=False, attn_implementation="eager")
    )
    model.load_state_dict(load_file(weights / "model.safetensors"))
    return model.eval()


def ship(model: CheckerNet, start: Path, out: Path) -> None:
    """Write the files and ``checker.json`` with their SHA-256."""
    out.mkdir(parents=True, exist_ok=True)
    ids = torch.randint(1000, 20000, (2, 12))
    types = torch.tensor([[0] * 7 + [1] * 5] * 2)
    shape = {0: "pairs", 1: "tokens"}
    with TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids), types),
            str(whole),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={**dict.fromkeys(INPUTS, shape), "logits": {0: "pairs"}, "tokens": shape},
            opset_version=OPSET,
            dynamo=False,
        )
        quantize_dynamic(
            str(whole), str(out / "model.onnx"), weight_type=QuantType.QInt8, per_channel=True
        )
    AutoTokenizer.from_pretrained(start).backend_tokenizer.save(str(out / "tokenizer.json"))
    hashes = {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in FILES}
    manifest = json.dumps({"sha256": hashes}, indent=1) + "\n"
    (out / "checker.json").write_text(manifest, "utf-8")


def main() -> None:
    """Read the flags and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    for flag in ("weights", "model", "out"):
        parser.add_argument(f"--{flag}", type=Path, required=True)
    args = parser.parse_args()
    ship(load(args.weights, args.model), args.model, args.out)


if __name__ == "__main__":
    main()
