"""How much work a rule may do to try what it offers."""

from __future__ import annotations

from dataclasses import dataclass

_MOST = 50_000


@dataclass(slots=True)
class TrialWork:
    """Layers whose shapes a rule may still infer in one network: when none are left, it only says what is wrong."""

    left: int = _MOST
