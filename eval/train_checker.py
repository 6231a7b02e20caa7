r"""Train the sentence checker's cross-encoder from the embedding model's weights.

    python -m eval.train_checker --pairs train_pairs.jsonl.gz --addresses sotu --wordnet wordnet \
        --model all-MiniLM-L6-v2 --out checker

Seeded; on one CPU core about an hour, on a GPU minutes. What it writes is turned into the shipped
file by ``eval.ship_checker``. Sources and their licences, and why none ships yet:
docs/decisions.md, 2026-11-25 to 27.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer

from eval.checker_net import CheckerNet
from eval.checker_pairs import SUPPORTED, Pair, addresses, edited, lexicon, news, snli

SEED = 20261125
MAX_TOKENS = 112
BATCH = 16
TOKEN_SHARE = 0.5  # of the loss over tokens beside the loss over labels
WRONG_WEIGHT = 3.0  # a wrong token is one in twelve
N_FROZEN = 3  # lowest layers that stay as they are: a third less work
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How many pairs of each source, and how fast to learn."""

    n_snli: int = 3000
    n_edited: int = 3000
    n_news: int = 1680
    rate: float = 1.5e-4  # of the encoder's layers
    head_rate: float = 1e-3
    warm_up: float = 0.06  # share of the steps
    seed: int = SEED


def mixture(pairs: Path, texts: Path, wordnet: Path, recipe: Recipe) -> list[Pair]:
    """Return the training pairs in random order, each claim and evidence as the checker sees it."""
    rng = random.Random(recipe.seed)
    speeches = addresses(texts)
    words = lexicon(wordnet, speeches, rng)
    found = snli(pairs)
    rng.shuffle(found)
    found = found[: recipe.n_snli]
    found += itertools.islice(edited(speeches, words, rng), recipe.n_edited)
    found += itertools.islice(news(rng), recipe.n_news)
    rng.shuffle(found)
    return found


def batches(pairs: Sequence[Pair], rng: random.Random) -> Iterator[list[Pair]]:
    """Yield batches of pairs of like length, in random order within stretches of the data."""
    stretch = BATCH * 25
    for start in range(0, len(pairs), stretch):
        part = sorted(pairs[start : start + stretch], key=lambda p: len(p.evidence) + len(p.claim))
        cut = [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
        rng.shuffle(cut)
        yield from cut


def train(
    pairs: Sequence[Pair], start: Path, out: Path, recipe: Recipe, *, go_on: Path | None = None
) -> None:
    """Fine-tune, saving every 100 steps. The word vectors and the lowest layers stay."""
    torch.manual_seed(recipe.seed)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model = CheckerNet(AutoModel.from_pretrained(start, add_pooling_layer=False))
    if go_on is not None:
        model.load_state_dict(load_file(go_on / "model.safetensors"))
    encoder = model.encoder
    for part in (encoder.embeddings, *encoder.encoder.layer[:N_FROZEN]):
        part.requires_grad_(False)
    n_steps = -(-len(pairs) // BATCH)
    optimizer = _optimizer(model, recipe)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _slope(step / n_steps, recipe.warm_up)
    )
    model.train()
    began, mean = time.monotonic(), 1.1
    for step, batch in enumerate(batches(pairs, random.Random(recipe.seed)), start=1):
        loss = _loss(model, tokenizer, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        mean += 0.05 * (loss.item() - mean)
        if step % 20 == 0:
            took = time.monotonic() - began
            log.info("step %d/%d, loss %.3f, %.0f s", step, n_steps, mean, took)
        if step % 100 == 0 or step == n_steps:
            out.mkdir(parents=True, exist_ok=True)
            save_file(model.state_dict(), out / "model.safetensors")


def _loss(model: CheckerNet, tokenizer: Any, batch: Sequence[Pair]) -> torch.Tensor:  # noqa: ANN401
    inputs = encoded(tokenizer, batch)
    wrong = wrong_tokens(inputs.pop("offset_mapping"), inputs["token_type_ids"], batch)
    labels, tokens = model(**inputs)
    target = torch.tensor([pair.label for pair in batch])
    loss = torch.nn.functional.cross_entropy(labels, target, label_smoothing=0.05)
    known = wrong >= 0
    if known.any():
        weight = torch.tensor(WRONG_WEIGHT)
        loss = loss + TOKEN_SHARE * torch.nn.functional.binary_cross_entropy_with_logits(
            tokens[known], wrong[known], pos_weight=weight
        )
    return loss


def wrong_tokens(offsets: torch.Tensor, types: torch.Tensor, batch: Sequence[Pair]) -> torch.Tensor:
    """Return 1 for claim tokens known to be wrong, 0 for those known to be right, else -1."""
    found = torch.full(types.shape, -1.0)
    for row, pair in enumerate(batch):
        if pair.label != SUPPORTED and not pair.wrong:
            continue
        of_claim = (types[row] == 1) & (offsets[row, :, 1] > offsets[row, :, 0])
        found[row, of_claim] = 0.0
        for phrase in pair.wrong:
            for match in re.finditer(re.escape(phrase), pair.claim):
                inside = (offsets[row, :, 0] < match.end()) & (offsets[row, :, 1] > match.start())
                found[row, of_claim & inside] = 1.0
    return found


def encoded(tokenizer: Any, batch: Sequence[Pair]) -> Any:  # noqa: ANN401 - transformers' own
    """Return the model's inputs; only the evidence is cut where a pair is too long."""
    return tokenizer(
        [pair.evidence for pair in batch],
        [pair.claim for pair in batch],
        truncation="only_first",
        max_length=MAX_TOKENS,
        padding=True,
        return_tensors="pt",
        return_offsets_mapping=True,
    )


def _optimizer(model: CheckerNet, recipe: Recipe) -> torch.optim.AdamW:
    body = [p for p in model.encoder.parameters() if p.requires_grad]
    inside = {id(p) for p in model.encoder.parameters()}
    head = [p for p in model.parameters() if id(p) not in inside]
    groups = [{"params": body, "lr": recipe.rate}, {"params": head, "lr": recipe.head_rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _slope(done: float, warm_up: float) -> float:
    """Return the share of the full rate: up in a line, then down in a line to nothing."""
    return done / warm_up if done < warm_up else max(0.0, (1 - done) / (1 - warm_up))


def main() -> None:
    """Read the flags and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    for flag in ("pairs", "addresses", "wordnet", "model", "out"):
        parser.add_argument(f"--{flag}", type=Path, required=True)
    default = Recipe()
    parser.add_argument("--snli", type=int, default=default.n_snli)
    parser.add_argument("--edited", type=int, default=default.n_edited)
    parser.add_argument("--news", type=int, default=default.n_news)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--go-on", type=Path, help="weights of an earlier run to start from")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(args.threads)
    recipe = Recipe(args.snli, args.edited, args.news, seed=args.seed)
    pairs = mixture(args.pairs, args.addresses, args.wordnet, recipe)
    log.info("%d pairs", len(pairs))
    train(pairs, args.model, args.out, recipe, go_on=args.go_on)


if __name__ == "__main__":
    main()
