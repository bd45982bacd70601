"""What ``archspec run --plan`` and ``--profile`` print and draw."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from archspec.commands.terminal import report_view
from archspec.files.output_file import output_file
from archspec.report.formats import render_profile
from archspec.report.profile_flame import flame

if TYPE_CHECKING:
    from archspec.engine.profile import Profile


def print_profile(profile: Profile, output_format: str) -> None:
    """Print it in a format of ``PROFILE_FORMATS``."""
    sys.stdout.write(render_profile(profile, output_format, report_view()))
    if output_format == "text" and profile.run:
        sys.stdout.write("\n")


def write_flame(profile: Profile, path: str) -> None:
    """Draw it into a file, written completely or not at all.

    Raises:
        OutputError: it cannot be written.

    """
    with output_file(path) as file:
        file.write(flame(profile).encode())
