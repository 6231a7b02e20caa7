"""Texts -> unit vectors: as the library itself encodes them, and one for each sentence as well."""

from __future__ import annotations

import shutil
import threading

import numpy as np
import pytest
from fakes import HashEmbedder

from index import models
from index.embed import Passage, SentenceTransformerEmbedder, fingerprint
from index.errors import ModelError

FERRY = "The night ferry to Olm was cancelled on Tuesday after a fire in its engine room."
BRIDGE = "Engineers found cracks in the old bridge at Tarn and closed it to lorries at once."
BREAD = "Bakers in the capital walked out on Friday because their night pay had been cut."
SENTENCES = (FERRY, BRIDGE, BREAD)
PARAGRAPH = " ".join(SENTENCES)
SPANS = tuple((PARAGRAPH.index(s), PARAGRAPH.index(s) + len(s)) for s in SENTENCES)
WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] the night ferry bridge was closed a b c ."


@pytest.fixture(scope="module")
def folder(weights_home):
    return models.find(models.EMBEDDING, weights_home / "models", None)


@pytest.fixture(scope="module")
def embedder(folder):
    return SentenceTransformerEmbedder(folder, batch_size=4)


@pytest.fixture(scope="module")
def plain(folder):
    """The same model as any program would load it: float32, no code of ours."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def encoded(embedder, *passages):
    found = dict(embedder.embed_passages(passages))
    assert sorted(found) == list(range(len(passages)))
    return [found[i] for i in range(len(passages))]


def cosines(rows, others):
    return np.sum(np.asarray(rows) * np.asarray(others), axis=-1)


@pytest.mark.model
def test_passages_are_encoded_as_the_library_encodes_them(embedder, plain):
    passages = [Passage(text, ()) for text in (*SENTENCES, PARAGRAPH, "Olm", PARAGRAPH * 12)]
    ours = [e.vector for e in encoded(embedder, *passages)]
    theirs = plain.encode([p.text for p in passages], normalize_embeddings=True)
    # bfloat16, where the processor has it, costs less than 0.0005 of the cosine.
    assert cosines(ours, theirs) == pytest.approx(1.0, abs=5e-4)


@pytest.mark.model
def test_a_title_is_read_before_its_text(embedder, plain):
    (ours,) = encoded(embedder, Passage(BRIDGE, (), prefix="Olm in flames"))
    theirs = plain.encode(f"Olm in flames\n{BRIDGE}", normalize_embeddings=True)
    assert cosines(ours.vector, theirs) == pytest.approx(1.0, abs=5e-4)


@pytest.mark.model
def test_a_question_is_encoded_as_the_library_encodes_it(embedder, plain):
    asked = "Why was the ferry cancelled?"
    ours, theirs = embedder.embed_query(asked), plain.encode(asked, normalize_embeddings=True)
    assert ours.shape == (embedder.dim,)
    assert ours.dtype == np.float32
    assert np.linalg.norm(ours) == pytest.approx(1.0, abs=1e-5)
    assert cosines(ours, theirs) == pytest.approx(1.0, abs=5e-4)


@pytest.mark.model
def test_every_vector_has_length_one_and_type_float32(embedder):
    passages = [Passage(PARAGRAPH, SPANS, "News"), Passage("", ()), Passage("?", ((0, 1),))]
    for made, passage in zip(encoded(embedder, *passages), passages, strict=True):
        assert made.vector.shape == (embedder.dim,)
        assert made.span_vectors.shape == (len(passage.spans), embedder.dim)
        assert made.vector.dtype == made.span_vectors.dtype == np.float32
        lengths = np.linalg.norm([made.vector, *made.span_vectors], axis=1)
        assert lengths == pytest.approx(1.0, abs=1e-5)


@pytest.mark.model
def test_the_span_vector_of_a_sentence_is_nearest_to_its_question(embedder):
    questions = ["Which ferry was cancelled?", "Where were cracks found?", "Why did bakers strike?"]
    (made,) = encoded(embedder, Passage(PARAGRAPH, SPANS, "News of the day"))
    for n, question in enumerate(questions):
        assert np.argmax(made.span_vectors @ embedder.embed_query(question)) == n


@pytest.mark.model
def test_a_span_vector_means_its_own_words(embedder):
    """Alone in its passage, a sentence's vector differs from the passage's by two marks only."""
    (alone,) = encoded(embedder, Passage(FERRY, ((0, len(FERRY)),)))
    assert cosines(alone.span_vectors[0], alone.vector) > 0.97
    (among,) = encoded(embedder, Passage(PARAGRAPH, SPANS))
    own = np.array([encoded(embedder, Passage(s, ()))[0].vector for s in SENTENCES])
    assert (own @ among.span_vectors.T).argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.model
def test_a_span_vector_has_seen_the_rest_of_its_passage(embedder):
    ferry, closed = embedder.embed_query("the ferry"), "It was closed."
    after = []
    for before in (FERRY, BREAD):
        start = len(before) + 1
        passage = Passage(f"{before} {closed}", ((start, start + len(closed)),))
        after.append(encoded(embedder, passage)[0].span_vectors[0] @ ferry)
    assert after[0] > after[1] + 0.05


@pytest.mark.model
def test_a_span_past_the_models_limit_gets_the_vector_of_its_passage(embedder):
    text = " ".join([PARAGRAPH] * 20)
    last = (len(text) - len(BREAD), len(text))
    (made,) = encoded(embedder, Passage(text, (SPANS[0], last)))
    assert cosines(made.span_vectors[1], made.vector) == pytest.approx(1.0, abs=1e-5)
    assert cosines(made.span_vectors[0], made.vector) < 0.999


@pytest.mark.model
def test_batches_run_from_long_to_short_and_change_no_vector(embedder):
    texts = [PARAGRAPH[:n] for n in (40, 240, 90, 200, 10, 130, 180, 60, 25, 110)]
    pairs = list(embedder.embed_passages([Passage(t, ((0, len(t)),)) for t in texts]))
    lengths = [len(texts[i]) for i, _ in pairs]
    assert lengths == sorted(lengths, reverse=True)
    for i, made in pairs:
        (alone,) = encoded(embedder, Passage(texts[i], ((0, len(texts[i])),)))
        assert cosines(made.vector, alone.vector) == pytest.approx(1.0, abs=1e-3)
        assert cosines(made.span_vectors, alone.span_vectors) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.model
def test_no_passages_give_no_vectors(embedder):
    assert list(embedder.embed_passages([])) == []


@pytest.mark.model
def test_a_question_runs_on_one_thread_and_leaves_the_setting_as_it_was(embedder):
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    seen = []
    hook = torch.nn.modules.module.register_module_forward_pre_hook(
        lambda *_: seen.append(torch.get_num_threads())
    )
    try:
        embedder.embed_query("the ferry")
        assert torch.get_num_threads() == 2
    finally:
        hook.remove()
        torch.set_num_threads(before)
    assert set(seen) == {1}


@pytest.mark.model
def test_threads_can_share_a_model(embedder):
    expected = embedder.embed_query(FERRY)
    wrong = []

    def ask(n):
        try:
            for _ in range(10):
                if n % 2:
                    list(embedder.embed_passages([Passage(PARAGRAPH, SPANS), Passage(FERRY, ())]))
                elif cosines(embedder.embed_query(FERRY), expected) < 0.999:
                    wrong.append("another vector")
        except Exception as exc:
            wrong.append(exc)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.model
def test_the_fingerprint_is_the_folders(embedder, folder):
    assert embedder.fingerprint == fingerprint(folder)
    assert embedder.name == folder.name
    assert embedder.dim == 384


def tiny_model(folder, *, out_features=None, pooling="mean"):
    """A random model of 16 dimensions; ``out_features`` puts a dense layer after the pooling."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as layers
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    parts = folder / "parts"
    parts.mkdir(parents=True)
    (parts / "vocab.txt").write_text(WORDS.replace(" ", "\n"))
    BertTokenizerFast(str(parts / "vocab.txt")).save_pretrained(parts)
    config = BertConfig(
        vocab_size=len(WORDS.split()),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    BertModel(config).save_pretrained(parts)
    modules = [layers.Transformer(str(parts)), layers.Pooling(16, pooling_mode=pooling)]
    if out_features:
        modules.append(layers.Dense(16, out_features))
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.parametrize(
    "options",
    [{"out_features": 8}, {"out_features": 16}, {"pooling": "cls"}],
    ids=["another length", "another space", "first token"],
)
def test_where_tokens_live_in_another_space_a_span_gets_its_passages_vector(tmp_path, options):
    embedder = SentenceTransformerEmbedder(tiny_model(tmp_path, **options))
    text = "the night ferry was closed . the bridge was closed ."
    (made,) = encoded(embedder, Passage(text, ((0, 28), (29, len(text)))))
    assert made.span_vectors.shape == (2, embedder.dim)
    assert cosines(made.span_vectors, made.vector) == pytest.approx(1.0, abs=1e-5)


def test_a_mean_pooled_models_spans_have_vectors_of_their_own(tmp_path):
    embedder = SentenceTransformerEmbedder(tiny_model(tmp_path))
    text = "the night ferry was closed . the bridge was closed ."
    (made,) = encoded(embedder, Passage(text, ((0, 28), (29, len(text)))))
    assert not np.allclose(made.span_vectors[0], made.span_vectors[1], atol=1e-3)


def test_the_fingerprint_changes_with_the_model(tmp_path):
    model = tiny_model(tmp_path)
    before = fingerprint(model)
    shutil.copytree(model, tmp_path / "moved")
    assert fingerprint(tmp_path / "moved") == before
    (model / "modules.json").write_text("[]")
    assert fingerprint(model) != before


FOREIGN_CODE = '[{"type": "os.system", "path": "", "idx": 0}]'


@pytest.mark.parametrize("content", [None, "[]", "{", FOREIGN_CODE])
def test_a_folder_that_holds_no_model_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "modules.json").write_text(content)
    with pytest.raises(ModelError, match=str(tmp_path)):
        SentenceTransformerEmbedder(tmp_path)


def test_the_fake_ranks_by_shared_words_and_gives_unit_vectors():
    """Other tests lean on this."""
    fake = HashEmbedder()
    (made,) = encoded(fake, Passage(PARAGRAPH, SPANS, "Title"))
    assert np.linalg.norm([made.vector, *made.span_vectors], axis=1) == pytest.approx(1.0, abs=1e-5)
    for n, question in enumerate(["ferry fire", "cracks in a bridge", "bakers pay"]):
        assert np.argmax(made.span_vectors @ fake.embed_query(question)) == n
