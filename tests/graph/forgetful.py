"""Expansions without memory, so that each block is expanded for itself."""

from __future__ import annotations

from archspec.graph.expansions import Expansions


class Forgetful(Expansions):
    """Keeps no block."""

    def keep(self, *_: object) -> None:
        pass
