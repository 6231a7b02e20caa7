r"""Train the sentence checker's cross-encoder from the embedding model's weights.

    python -m eval.train_checker --pairs train_pairs.jsonl.gz --addresses sotu --wordnet wordnet \
        --model all-MiniLM-L6-v2 --out checker

Seeded; on one CPU core about an hour, on a GPU minutes. What it writes is turned into the shipped
file by ``eval.ship_checker``. Sources and their licences: the model card beside the weights.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from eval.checker_pairs import Pair, addresses, edited, lexicon, news, snli

SEED = 20261125
MAX_TOKENS = 112
BATCH = 16
N_LABELS = 3
N_FROZEN = 3  # lowest layers that stay as they are: a third less work
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How many pairs of each source, and how fast to learn."""

    n_snli: int = 4400
    n_edited: int = 3800
    n_news: int = 2200
    rate: float = 1.5e-4  # of the encoder's layers; the new head learns five times as fast
    warm_up: float = 0.06  # share of the steps


def mixture(pairs: Path, texts: Path, wordnet: Path, recipe: Recipe) -> list[Pair]:
    """Return the training pairs in random order, each claim and evidence as the checker sees it."""
    rng = random.Random(SEED)
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


def train(pairs: Sequence[Pair], start: Path, out: Path, recipe: Recipe) -> None:
    """Fine-tune, saving every 100 steps. The word vectors stay: rare words keep their meaning."""
    torch.manual_seed(SEED)
    tokenizer = AutoTokenizer.from_pretrained(start)
    model = AutoModelForSequenceClassification.from_pretrained(start, num_labels=N_LABELS)
    for part in (model.bert.embeddings.word_embeddings, *model.bert.encoder.layer[:N_FROZEN]):
        part.requires_grad_(False)
    n_steps = -(-len(pairs) // BATCH)
    optimizer = _optimizer(model, recipe.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _slope(step / n_steps, recipe.warm_up)
    )
    model.train()
    began, mean = time.monotonic(), 1.1
    for step, batch in enumerate(batches(pairs, random.Random(SEED)), start=1):
        inputs = encoded(tokenizer, batch)
        labels = torch.tensor([pair.label for pair in batch])
        loss = torch.nn.functional.cross_entropy(
            model(**inputs).logits, labels, label_smoothing=0.05
        )
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        mean += 0.03 * (loss.item() - mean)
        if step % 20 == 0:
            took = time.monotonic() - began
            log.info("step %d/%d, loss %.3f, %.0f s", step, n_steps, mean, took)
        if step % 100 == 0 or step == n_steps:
            model.save_pretrained(out)
            tokenizer.save_pretrained(out)


def encoded(tokenizer: Any, batch: Sequence[Pair]) -> Any:  # noqa: ANN401 - transformers' own
    """Return the model's inputs; only the evidence is cut where a pair is too long."""
    return tokenizer(
        [pair.evidence for pair in batch],
        [pair.claim for pair in batch],
        truncation="only_first",
        max_length=MAX_TOKENS,
        padding=True,
        return_tensors="pt",
    )


def _optimizer(model: Any, rate: float) -> torch.optim.AdamW:  # noqa: ANN401
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    head = [p for name, p in named if name.startswith(("classifier", "bert.pooler"))]
    body = [p for name, p in named if not name.startswith(("classifier", "bert.pooler"))]
    groups = [{"params": body, "lr": rate}, {"params": head, "lr": 5 * rate}]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def _slope(done: float, warm_up: float) -> float:
    """Return the share of the full rate: up in a line, then down in a line to nothing."""
    return done / warm_up if done < warm_up else max(0.0, (1 - done) / (1 - warm_up))


def main() -> None:
    """Read the flags and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    for flag in ("pairs", "addresses", "wordnet", "model", "out"):
        parser.add_argument(f"--{flag}", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(args.threads)
    recipe = Recipe()
    pairs = mixture(args.pairs, args.addresses, args.wordnet, recipe)
    log.info("%d pairs", len(pairs))
    train(pairs, args.model, args.out, recipe)


if __name__ == "__main__":
    main()
