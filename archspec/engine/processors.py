"""The processors that this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

_CONTAINER = Path("/sys/fs/cgroup")


def processors(container: Path = _CONTAINER) -> int:
    """Their number: those that the process is bound to, or fewer where its container may use less of their time.

    Of control groups (Linux) both versions are read: ``cpu.max``, a quota and a period, and the two files before it.
    """
    bound = getattr(os, "sched_getaffinity", None)
    count = len(bound(0)) if bound else os.cpu_count() or 1
    quota = _quota(container)
    return max(1, min(count, math.ceil(quota))) if quota else count


def _quota(container: Path) -> float | None:
    """Processor seconds a second; None without a limit."""
    now, before = ("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")
    for names in (now, before):
        try:
            quota, period = map(float, " ".join((container / name).read_text() for name in names).split())
        except (OSError, ValueError):  # not there, or "max"
            continue
        if quota > 0 and period > 0:
            return quota / period
    return None
