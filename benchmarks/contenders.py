"""One engine in a process of its own, which benchmarks/engine.py starts: it runs a network when it is told to.

Weights and inputs come from the same seeds everywhere, so that all engines give the same numbers. A line on the
standard input is a number of runs; the answer is a line of JSON with the processor's and the clock's seconds of each.

    python benchmarks/contenders.py ENGINE NETWORK BATCH THREADS
"""

from __future__ import annotations

import json
import sys
import warnings
from functools import partial
from importlib import import_module
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx_model import layers, onnx_model

import archspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from archspec.engine.network import Network
    from archspec.ops._numpy import Array

    Run = Callable[[], Array]

SQUARE = 2048
"""Rows and columns of the matrices by which the machine's own speed is measured."""


def network_of(name: str, grade: Any = "exact", threads: int = 1) -> Network:
    """A network of the zoo with drawn weights, and norms that are not all alike."""
    network = archspec.compile(f"zoo:{name}", grade=grade, threads=threads)
    rng = np.random.default_rng(5)
    normal = {"mean": (-0.2, 0.2), "beta": (-0.2, 0.2), "variance": (0.8, 1.2), "gamma": (0.8, 1.2)}
    arrays = {**network.parameters, **network.buffers}
    for key, array in arrays.items():
        if (bounds := normal.get(key.rpartition(".")[2])) is not None:
            arrays[key] = rng.uniform(*bounds, array.shape).astype(array.dtype)
    network.load(arrays)
    return network


def images(network: Network, batch: int) -> Array:
    """A batch (N, height, width, C) for a network."""
    (volume,) = network.graph.inputs.values()
    shape = volume.shape if volume else ()
    return np.random.default_rng(231).standard_normal((batch, *shape), np.float32)


def archspec_run(grade: str, name: str, batch: int, threads: int) -> Run:
    """This package, at a grade."""
    network = network_of(name, grade, threads)
    x = images(network, batch)
    return lambda: np.asarray(network(x))


def torch_run(way: str, name: str, batch: int, threads: int) -> Run:
    """A model of torchvision in inference mode: ``nchw``, ``channels_last`` or ``jit``."""
    from zoo import torchvision_models  # noqa: PLC0415 - other engines do without

    models, torch = torchvision_models(), import_module("torch")
    torch.set_num_threads(threads)
    network = network_of(name)
    model = models.get_model(name, weights=None).eval()
    x = torch.from_numpy(np.ascontiguousarray(np.moveaxis(images(network, batch), -1, 1)))
    fill(model, network, x[:1], torch)
    if way == "channels_last":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    with torch.inference_mode():
        if way == "jit":
            model = torch.jit.optimize_for_inference(torch.jit.trace(model, x))

    def run() -> Array:
        with torch.inference_mode():
            found: Array = model(x).numpy()
            return found

    return run


def fill(model: Any, network: Network, x: Any, torch: Any) -> None:
    """A network's weights for torchvision's model: both have their layers in the order in which they run."""
    ran: list[Any] = []
    hooks = [
        module.register_forward_hook(lambda module, *_: ran.append(module))
        for module in model.modules()
        if next(module.parameters(recurse=False), None) is not None
    ]
    with torch.inference_mode():
        model(x)
    for hook in hooks:
        hook.remove()
    theirs = {"gamma": "weight", "beta": "bias", "mean": "running_mean", "variance": "running_var"}
    for module, arrays in zip(ran, layers(network), strict=True):
        for word, array in arrays.items():
            with torch.no_grad():
                getattr(module, theirs.get(word, word)).copy_(torch.tensor(array))


def onnx_runtime_run(name: str, batch: int, threads: int) -> Run:
    """ONNX Runtime with all that it optimizes by default."""
    network, ort = network_of(name), import_module("onnxruntime")
    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = ort.InferenceSession(onnx_model(network, batch), options, providers=["CPUExecutionProvider"])
    return _of_onnx(session, network, batch)


def onnx_reference_run(name: str, batch: int, _: int) -> Run:
    """The evaluator that onnx has, in NumPy."""
    network = network_of(name)
    model = import_module("onnx").load_from_string(onnx_model(network, batch))
    return _of_onnx(import_module("onnx.reference").ReferenceEvaluator(model), network, batch)


def _of_onnx(session: Any, network: Network, batch: int) -> Run:
    (name,) = network.graph.inputs
    x = np.ascontiguousarray(np.moveaxis(images(network, batch), -1, 1))

    def run() -> Array:
        found: Array = session.run(None, {name: x})[0]
        return found

    return run


def sgemm_run(*_: object) -> Run:
    """No network, but a product of large square matrices."""
    a, b = np.random.default_rng(0).standard_normal((2, SQUARE, SQUARE), np.float32)
    return partial(np.matmul, a, b, np.empty_like(a))


ENGINES: dict[str, Callable[[str, int, int], Run]] = {
    "fast": partial(archspec_run, "fast"),
    "exact": partial(archspec_run, "exact"),
    "reference": partial(archspec_run, "reference"),
    "torch eager": partial(torch_run, "nchw"),
    "torch channels_last": partial(torch_run, "channels_last"),
    "torch.jit optimized": partial(torch_run, "jit"),
    "onnxruntime": onnx_runtime_run,
    "onnx.reference": onnx_reference_run,
    "numpy sgemm": sgemm_run,
}
NEEDS = {"torch": "torchvision", "onnxruntime": "onnxruntime", "onnx.reference": "onnx"}
"""By the beginning of an engine's name, the module that must be installed."""


def seconds(run: Run) -> tuple[float, float]:
    """Of the processors and of the clock, for one run."""
    cpu, clock = process_time(), perf_counter()
    run()
    return process_time() - cpu, perf_counter() - clock


def main() -> None:
    """Build, run once, tell what came out; then run as often as each line says."""
    engine, name, batch, threads = sys.argv[1:]
    warnings.simplefilter("ignore")  # torch.jit says that it is deprecated
    run = ENGINES[engine](name, int(batch), int(threads))
    y = run() if engine != "numpy sgemm" else np.zeros(0, np.float32)
    took = min(seconds(run)[1] for _ in range(2))
    print(json.dumps({"output": y.reshape(-1).tolist(), "seconds": took}), flush=True)
    for line in sys.stdin:
        print(json.dumps([seconds(run) for _ in range(int(line))]), flush=True)


if __name__ == "__main__":
    main()
