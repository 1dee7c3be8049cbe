"""How well a search did on questions whose notes are known, in the field's own figures; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

DEPTHS = (1, 3, 5)


@dataclass(frozen=True)
class Ranking:
    """What a search found for one question, best first, and what it should have found."""

    found: tuple[str, ...]
    wanted: frozenset[str]


def figures(rankings: Sequence[Ranking]) -> dict[str, float]:
    """Return the means over questions, each of which wants one note or more.

    Returns:
        `any@k` and `all@k`: the share of questions with one, or all, of their notes among the first k; `all@1` of a
        question that wants two asks whether the first is one of them. `mrr`: the mean of one over the first wanted
        note's rank. `ndcg@5` (Järvelin and Kekäläinen 2002), every wanted note worth one. Empty without questions.
    """
    if not rankings:
        return {}
    shares: dict[str, list[float]] = {}
    for each in rankings:
        ranks = [rank for rank, note in enumerate(each.found) if note in each.wanted]
        for depth in DEPTHS:
            within = sum(rank < depth for rank in ranks)
            shares.setdefault(f"any@{depth}", []).append(float(within > 0))
            shares.setdefault(f"all@{depth}", []).append(float(within >= min(depth, len(each.wanted))))
        shares.setdefault("mrr", []).append(1 / (ranks[0] + 1) if ranks else 0.0)
        shares.setdefault("ndcg@5", []).append(_gain(ranks) / _gain(range(len(each.wanted))))
    return {name: round(sum(values) / len(values), 4) for name, values in shares.items()}


def _gain(ranks: Sequence[int]) -> float:
    return sum(1 / math.log2(rank + 2) for rank in ranks if rank < 5)
