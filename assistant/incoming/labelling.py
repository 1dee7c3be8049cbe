"""Who says where the drafts of an import go, and the batch of them that a router reads at once; none is kept here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.incoming.filing import Filing, filed, settled
from assistant.incoming.parting import Labelled, parted, parts_in, told
from classifier.decision import Decision, Router
from knowledge.library import BATCH, Library
from knowledge.note import Draft


@dataclass(frozen=True)
class Labeller:
    """A person says it for all drafts of an import, else each draft for itself, else a router where there is one."""

    library: Library
    router: Router | None = None
    category: str | None = None
    """Where a person files all of them."""

    @property
    def asked(self) -> Router | None:
        """The router, where no person said it for all."""
        return self.router if self.category is None else None

    def is_open(self, draft: Draft) -> bool:
        """Whether only a router can say where a draft goes."""
        return self.asked is not None and not self.settled(draft)

    def settled(self, draft: Draft) -> bool:
        """Whether a draft says it itself, in a word that the house knows."""
        return settled(draft, self.library)

    def filed(self, draft: Draft, decision: Decision | None = None) -> Filing:
        """Return where a draft goes; without a decision on it, a router is asked for this one alone."""
        return filed(draft, self.library, self.router, self.category, decision)

    def decisions(self, drafts: Sequence[Draft]) -> list[Decision]:
        """Return what the router says of open drafts, read in one call."""
        return self.asked.classify([told(draft) for draft in drafts]) if self.asked and drafts else []

    def parted(self, drafts: Sequence[Draft]) -> list[list[Labelled]]:
        """Return what becomes of each draft, as `parting.parted` says; itself, where no router is asked."""
        if self.asked is None:
            return [[(draft, None)] for draft in drafts]
        return parted(drafts, self.asked, self.settled)

    def parts(self, draft: Draft) -> list[Draft]:
        """Return what becomes of a single draft, without its labels; one that cannot be parted is not read for that."""
        if not parts_in(draft):
            return [draft]
        return [part for labelled in self.parted([draft]) for part, _ in labelled]


@dataclass(frozen=True)
class _Collected:
    draft: Draft
    once_kept: list[Callable[[], None]] = field(default_factory=list)


class Batch:
    """Drafts that wait until there are enough to be read together, which costs a router far less than one by one."""

    def __init__(self, labeller: Labeller) -> None:
        """Args: who says where they go; where no router is asked, there is nothing to wait for."""
        self._labeller = labeller
        self._most = BATCH if labeller.asked else 1
        self._collected: list[_Collected] = []

    @property
    def full(self) -> bool:
        """Whether there are enough."""
        return len(self._collected) >= self._most

    def add(self, draft: Draft) -> None:
        """Collect a draft."""
        self._collected.append(_Collected(draft))

    def once_kept(self, act: Callable[[], None]) -> None:
        """Do something once all that was collected so far is kept: at once, where nothing is."""
        if self._collected:
            self._collected[-1].once_kept.append(act)
        else:
            act()

    def taken_out(self) -> Iterator[Labelled]:
        """Label what was collected, and yield it to be kept: whoever asks for the next one has kept the one before."""
        collected, self._collected = self._collected, []
        parted = self._labeller.parted([each.draft for each in collected])
        for each, parts in zip(collected, parted, strict=True):
            yield from parts
            for act in each.once_kept:
                act()
