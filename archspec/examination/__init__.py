"""All stages in sequence, continued after errors as far as possible."""

from __future__ import annotations

from archspec.examination.examine import examine, examine_family, examine_graph
from archspec.examination.networks import Examination
from archspec.examination.opened_spec import read_file, usual_variants

__all__ = ["Examination", "examine", "examine_family", "examine_graph", "read_file", "usual_variants"]
