"""Whole runs of `archspec check` beside those of other checkers, and a thousand specs in one run.

The same network is written for Aurane and N-Orca as their own tools read it; cfn-lint and check-jsonschema get files of
as many lines as the spec, for they check something else; torchinfo summarizes torchvision's model of the network. All
are run in turn, as commands, and what is printed are medians and their ratios to archspec's. Tools that are missing are
left out and named:

    pip install aurane n-orca cfn-lint check-jsonschema torchinfo==1.8.0 torch==2.13.0
    pip install --no-deps torchvision==0.28.0
    python benchmarks/peers.py [ROUNDS]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import archspec

if TYPE_CHECKING:
    from archspec.graph.model import Graph, Node

ROOT = Path(__file__).parent.parent
NETWORKS = {"vgg16": ROOT / "specs" / "zoo" / "vgg.yaml", "resnet50": ROOT / "specs" / "zoo" / "resnet.yaml"}
SUMMARY = "import torchinfo, torchvision; torchinfo.summary(torchvision.models.{}(), (1, 3, 224, 224), verbose=0)"
BARE = "from pydantic import BaseModel; import yaml"
MANY = 1_000
_MEBIBYTE = 1024  # ru_maxrss is in KiB on Linux


class Cost(NamedTuple):
    """One run of a command: seconds on the clock and of the processors, and the most memory, in MiB."""

    wall: float
    cpu: float
    memory: float


def environment() -> dict[str, str]:
    """That of this process, with compiled modules kept, as after an install."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cost(command: list[str]) -> Cost:
    """Run a command to its end; what it finds is its own affair."""
    began = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return Cost(perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / _MEBIBYTE)


def tool(name: str) -> str | None:
    """The command of an installed tool: beside this Python, or on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def aurane(graph: Graph) -> str | None:
    """A chain of layers in Aurane's language; None of a network that has branches, which its chains have not."""
    words = {"relu": ".relu", "max_pool": " -> maxpool(2)", "dropout": " -> dropout(0.5)"}
    chain = ""
    for node in graph.nodes:
        if len(node.inputs) > 1 or node.output is None or node.volume is None:
            return None
        if node.kind == "conv":
            chain += f" -> conv2d({node.output.channels}, kernel=3, padding=1)"
        elif node.kind == "fc":
            chain += f"{' -> flatten()' * (node.volume.positions > 1)} -> dense({node.output.channels})"
        else:
            chain += words.get(node.kind, "")
    chain = chain.removeprefix(" -> ").replace(" -> ", "\n          -> ")
    return f"use torch\n\nmodel Net:\n    input_shape = (3, 224, 224)\n    def forward(x):\n        x -> {chain}\n"


def norca(graph: Graph) -> str:
    """The network as N-Orca's tables: a heading a layer, a row a flow."""
    head = "# architecture Net\n\n## tensors\n\n| Name | Shape | Dtype |\n|---|---|---|\n"
    shapes = "| input | (B, 3, 224, 224) | float32 |\n| y | (B, 1000) | float32 |\n\n"
    first_dense = next((node.name for node in graph.nodes if node.kind == "fc"), None)  # it wants a vector there
    layers, flows = ["## layer input [input]\n"], []
    for node in graph.nodes:
        sources = [_flat(source) for source in node.inputs]
        if node.name == first_dense:
            layers.append("## layer vector\n- op: Flatten\n")
            flows.append(f"| {sources[0]} | vector | t |\n")
            sources = ["vector"]
        layers.append(f"## layer {_flat(node.name)}\n- op: {_norca_operator(node)}\n")
        flows += [f"| {source} | {_flat(node.name)} | t |\n" for source in sources]
    last = _flat(graph.nodes[-1].name)
    ends = f"| {last} | y | t |\n"
    table = "\n## flow\n\n| Source | Target | Tensor |\n|---|---|---|\n"
    return "".join([head, shapes, *layers, "## layer y [output]\n", table, *flows, ends])


def _flat(name: str) -> str:
    return name.replace(".", "_")


def _norca_operator(node: Node) -> str:
    if node.volume is None or node.output is None:
        raise ValueError(f"{node.name} is unknown")
    entering, leaving = node.volume.channels, node.output.channels
    if node.kind in ("conv", "max_pool") and node.windows:
        window = node.windows[0]
        numbers = f"{window.kernel}, {window.stride}, {window.near}"
        return f"Conv2d({entering}, {leaving}, {numbers})" if node.kind == "conv" else f"MaxPool2d({numbers})"
    return {
        "batch_norm": f"BatchNorm2d({entering})",
        "add": "Add",
        "global_avg_pool": "AdaptiveAvgPool2d(1)",
        "flatten": "Flatten",
        "fc": f"Linear({node.volume.size}, {leaving})",
        "dropout": "Dropout(0.5)",
    }.get(node.kind, "ReLU")


def template(lines: int) -> str:
    """A CloudFormation template of about so many lines."""
    queue = "  Queue{}:\n    Type: AWS::SQS::Queue\n    Properties:\n      DelaySeconds: 5\n"
    head = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n"
    return head + "".join(queue.format(number) for number in range(max(1, (lines - 2) // 4)))


def rivals(name: str, spec: Path, folder: Path) -> dict[str, list[str]]:
    """Commands that do to the same network, or to a file of the same length, what theirs is to do."""
    graph = archspec.analyze(archspec.load(spec, variant=name)).graph
    lines = spec.read_text().count("\n")
    written = {"aurane": (f"{name}.aur", aurane(graph)), "n-orca": (f"{name}.n.orca.md", norca(graph))}
    files = {}
    for peer, (file, text) in {**written, "cfn-lint": (f"{name}.cfn.yaml", template(lines))}.items():
        if text is not None:
            files[peer] = folder / file
            files[peer].write_text(text)
    schema = folder / "schema.json"
    if not schema.exists():
        schema.write_text(archspec_output("schema"))
    commands = {
        "aurane": ["check", str(files.get("aurane")), "--semantic", "--types"],
        "n-orca": ["verify", str(files["n-orca"])],
        "cfn-lint": [str(files["cfn-lint"])],
        "check-jsonschema": ["--schemafile", str(schema), str(spec)],
    }
    found = {peer: [path, *options] for peer, options in commands.items() if (path := tool(peer))}
    if "aurane" not in files:
        found.pop("aurane", None)
    if find_spec("torchinfo") and find_spec("torchvision"):
        found["torchinfo"] = [sys.executable, "-c", SUMMARY.format(name)]
    return found


def archspec_output(*arguments: str) -> str:
    """What an archspec command prints."""
    command = [sys.executable, "-m", "archspec", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def compare(name: str, spec: Path, folder: Path, rounds: int) -> None:
    """One network's table."""
    commands = {
        "archspec check": [sys.executable, "-m", "archspec", "check", f"zoo:{name}"],
        "archspec check, all variants": [sys.executable, "-m", "archspec", "check", str(spec)],
        "bare imports": [sys.executable, "-c", BARE],
        **rivals(name, spec, folder),
    }
    for command in commands.values():
        cost(command)  # the first run compiles modules and fills caches
    costs: dict[str, list[Cost]] = {peer: [] for peer in commands}
    for _ in range(rounds):
        for peer, command in commands.items():
            costs[peer].append(cost(command))
    print(f"{name:30}{'wall ms':>9}{'ratio':>8}{'cpu ms':>9}{'ratio':>8}{'MiB':>7}   median of {rounds}")
    own = Cost(*(median(column) for column in zip(*costs["archspec check"], strict=True)))
    for peer, measured in costs.items():
        wall, cpu, memory = (median(column) for column in zip(*measured, strict=True))
        print(f"{peer:30}{wall * 1e3:9.0f}{wall / own.wall:8.2f}{cpu * 1e3:9.0f}{cpu / own.cpu:8.2f}{memory:7.0f}")
    print()


def many(folder: Path) -> None:
    """A thousand specs in one run: the example networks again and again."""
    sources = sorted((ROOT / "specs" / "cs231n").glob("*.yaml"))
    specs = folder / "specs"
    specs.mkdir()
    for number in range(MANY):
        shutil.copy(sources[number % len(sources)], specs / f"net{number}.arch.yaml")
    command = [sys.executable, "-m", "archspec", "check", str(specs)]
    runs = [cost(command) for _ in range(3)]
    best = min(runs)
    print(f"{MANY:,} specs in one run: {MANY / best.wall:,.0f} a second, at most {best.memory:.0f} MiB")


def main() -> None:
    """Measure and print."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    missing = [name for name in ("aurane", "n-orca", "cfn-lint", "check-jsonschema") if not tool(name)]
    missing += [name for name in ("torchinfo", "torchvision") if not find_spec(name)]
    if missing:
        print(f"not installed, so left out: {', '.join(missing)}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for network, spec in NETWORKS.items():
            compare(network, spec, folder, rounds)
        many(folder)


if __name__ == "__main__":
    main()
