"""Every command by its name, with its line in ``archspec --help``.

A command is the function of its name in the file of its name in this folder. It has its options for parameters and
returns the call to make.
"""

from __future__ import annotations

COMMANDS = {
    "check": "Check specs, all variants of each: what does not fit, what is lost, what would fit.",
    "show": "Show a spec as a table: shapes, parameters, costs, memory, receptive fields.",
    "sizes": "List every input size for which the whole network fits, and why the present one does not.",
    "run": "Run a spec as a NumPy network: every layer's time and array, results, pictures; its plan, a profile.",
    "config": "Show every setting that holds for a folder, its value, and where it came from.",
    "zoo": "List the published networks that come with archspec: params, MACs, source.",
    "rule": "Explain a rule: what it says, why it matters, an example that breaks it and one that keeps it.",
    "rules": "List all rules, and the names of all other findings: group, level, what can be repaired.",
    "schema": "Print the JSON Schema of specs, with which editors complete, explain and check them.",
    "init": "Write a commented spec to begin with, NAME.arch.yaml. It passes `archspec check`.",
}
