"""``print(network.plan)`` and ``print(profile)`` show the tables of ``archspec run``, once this module is imported."""

from __future__ import annotations

from archspec.engine.plan import Plan
from archspec.engine.profile import Profile, forecast
from archspec.report.formats import render_profile
from archspec.text.printing import as_printed


@as_printed.register(Profile)
def printed_profile(profile: Profile) -> str:
    """The table of ``--profile``."""
    return render_profile(profile).removesuffix("\n")


@as_printed.register(Plan)
def printed_plan(plan: Plan) -> str:
    """The table of ``--plan``, for the batch of the spec."""
    return printed_profile(forecast(plan, plan.graph.header.batch))
