"""How much memory a network may take on this machine."""

from __future__ import annotations

import os
from pathlib import Path

UNKNOWN_MEMORY = 8 * 2**30
"""Bytes assumed where the system does not say (Windows)."""

_CONTAINER_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where Linux keeps a container's limit: control groups of version 2 and of version 1."""


def default_limit() -> int:
    """Half of the physical memory, or of what this container may use of it, in bytes."""
    return min(_physical(), *map(_container, _CONTAINER_LIMITS)) // 2


def _physical() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return UNKNOWN_MEMORY


def _container(path: Path) -> int:
    """The limit in a control group's file; larger than any memory where there is none."""
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):  # no such file, or the word "max"
        return 2**63
