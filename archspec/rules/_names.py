"""Every name that a finding can have, and the groups of them."""

from __future__ import annotations

from typing import get_args

from archspec.rules import FAMILY_RULES, RULES
from archspec.rules._base import Group
from archspec.rules.stages import STAGE_FINDINGS

RULE_NAMES = (*RULES, *FAMILY_RULES)
"""Those of rules."""
NAMES = (*STAGE_FINDINGS, *RULE_NAMES)
"""All of them, in the order of the stages."""
GROUPS: tuple[Group, ...] = get_args(Group)
