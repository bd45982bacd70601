"""What was meant by a word that is not a command: other programs' commands, a file, or another program."""

from __future__ import annotations

import os

from archspec.files.zoo import PREFIX
from archspec.text.printable import printable

_MEANT = {
    "check": "lint validate verify test scan",
    "check --fix": "fix format fmt autofix",
    "check --watch": "watch",
    "show": "summary print table params info describe count flops macs stats analyze analyse inspect",
    "sizes": "fit fits",
    "run": "predict forward infer execute eval bench benchmark profile time",
    "rule": "explain why",
    "zoo": "list ls models",
    "init": "new create start template",
    "config": "settings",
    "--help": "help commands",
    "--version": "version",
}
"""What to write after ``archspec`` -> the words that other programs have for it."""
_NOT_HERE = {
    "train fit_model finetune": "archspec does not train; `archspec run` computes the outputs of a network",
    "export convert onnx torch keras plot draw diagram": "there is no such command yet; `archspec show` writes tables",
    "cpu": "`archspec cpu` is a command of another program of this name, which describes CPUs",
}


def intended(word: str) -> str | None:
    """What to do instead of a command that does not exist; None if nothing suggests itself."""
    lower = word.lower()
    for words, text in _NOT_HERE.items():
        if lower in words.split():
            return text
    for written, words in _MEANT.items():
        if lower in words.split():
            return f"write `archspec {written}`"
    if word.startswith(PREFIX) or word.endswith((".yaml", ".yml")) or os.path.exists(word):  # noqa: PTH110 - start-up
        return f"to check it, write `archspec check {printable(word):.80}`, and to see its table `archspec show`"
    return None
