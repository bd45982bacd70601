"""What ``archspec run --check-finite`` prints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archspec.report.finite_text import finite_text

if TYPE_CHECKING:
    from archspec.engine.network import Network
    from archspec.ops._numpy import Array


def report_finite(network: Network, inputs: dict[str, Array]) -> bool:
    """Run the network layer by layer and report values that are not finite; returns whether all are."""
    found = network.check_finite(inputs if len(inputs) > 1 else next(iter(inputs.values())))
    sys.stdout.write(finite_text(found, len(network)))
    return found.is_finite
