"""Every command by its name, with its line in ``archspec --help``.

A command is the function of its name in the file of its name in this folder. It has its options for parameters and
returns the call to make.
"""

from __future__ import annotations

COMMANDS = {
    "check": "Check specs, all variants of each: what does not fit, what data is lost, and what to change.",
    "show": "Show a spec as a table: shapes, parameters, costs, memory, receptive fields.",
    "sizes": "List every input size that fits the whole network, and why the current one does not.",
    "run": "Run a spec as a NumPy network: outputs, time per layer, feature maps, execution plan, profile.",
    "config": "Show every setting that applies to a folder, its value, and where it comes from.",
    "zoo": "List the published networks included with archspec: input, params, MACs, source.",
    "rule": "Explain a rule: what it checks, why it matters, and an example that fails and one that passes.",
    "rules": "List all rules and all other findings: group, severity, and whether there is a fix.",
    "schema": "Print the JSON Schema of specs, for completion, documentation and checks in editors.",
    "init": "Write NAME.arch.yaml, a commented spec to start from. It passes `archspec check`.",
}
