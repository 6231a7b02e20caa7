"""The cross-encoder's shape: the embedding model's layers, and a head that compares word by word.

The embedding model was trained by the mean of its tokens, so its first token alone says little;
and a false claim is often true but for one word. Therefore every token of the claim is set beside
the part of the evidence that it attends to (Parikh et al. 2016, arXiv 1606.01933), judged by
itself, and the judgements are pooled. Knows nothing of data or files.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

N_LABELS = 3  # supported, not stated, contradicted
N_COMPARED = 128  # width of the comparison of a token with its evidence
SHARPNESS = 12.0  # of the attention over evidence tokens, by cosine


class CheckerNet(nn.Module):
    """Token ids of "evidence [SEP] claim" -> logits of the three labels, and of each token."""

    def __init__(self, encoder: Any) -> None:  # noqa: ANN401 - transformers' own
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.compare = nn.Sequential(nn.Linear(4 * width, N_COMPARED), nn.GELU(), nn.Dropout(0.1))
        self.token = nn.Linear(N_COMPARED, 1)
        self.label = nn.Linear(2 * N_COMPARED + 2 * width + 2, N_LABELS)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return logits (n, 3), and (n, length): how sure each claim token is not supported.

        Tokens that are not the claim's have -20.
        """
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )[0]  # (n, length, width)
        claim = (attention_mask * token_type_ids).float().unsqueeze(2)  # (n, length, 1)
        evidence = (attention_mask * (1 - token_type_ids)).float().unsqueeze(1)  # (n, 1, length)
        unit = nn.functional.normalize(hidden, dim=2)
        near = torch.matmul(unit, unit.transpose(1, 2))  # cosines (n, length, length)
        weights = torch.softmax(SHARPNESS * near - 1e4 * (1 - evidence), dim=2)
        given = torch.matmul(weights, hidden)
        pairs = torch.cat([hidden, given, hidden - given, hidden * given], dim=2)
        compared = self.compare(pairs)
        tokens = self.token(compared).squeeze(2) - 20.0 * (1 - claim.squeeze(2))
        label = self.label(self._pooled(hidden, compared, tokens, claim, evidence))
        return label, tokens

    def _pooled(
        self, hidden: Tensor, compared: Tensor, tokens: Tensor, claim: Tensor, evidence: Tensor
    ) -> Tensor:
        n_claim = claim.sum(1)
        said = (hidden * claim).sum(1) / n_claim
        whole = evidence.transpose(1, 2)
        given = (hidden * whole).sum(1) / whole.sum(1)
        mean = (compared * claim).sum(1) / n_claim
        most = (compared - 1e4 * (1 - claim)).max(1).values
        worst = tokens.max(1).values.unsqueeze(1)
        average = (tokens * claim.squeeze(2)).sum(1, keepdim=True) / n_claim
        apart = [said * given, (said - given).abs()]
        return torch.cat([mean, most, *apart, worst, average], dim=1)
