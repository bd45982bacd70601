#!/bin/sh
# What `make demo` shows: specs that hold, their tables, one of them run on a photograph, and specs that must fail.
set -eu
archspec="$BIN/archspec"
photo=$("$BIN/python" -c 'import pathlib, sklearn.datasets as d; print(pathlib.Path(d.__file__).parent / "images" / "china.jpg")')
mkdir -p build

say() { printf '\n\033[1m$ archspec %s\033[0m\n' "$*"; }

say check specs/cs231n
"$archspec" check specs/cs231n
say show specs/cs231n/cifar10.yaml
"$archspec" show specs/cs231n/cifar10.yaml
say show specs/cs231n/vgg16.yaml
"$archspec" show specs/cs231n/vgg16.yaml
say run specs/cs231n/emboss.yaml --input china.jpg --feature-maps build/emboss
"$archspec" run specs/cs231n/emboss.yaml --input "$photo" --feature-maps build/emboss
say run specs/cs231n/cifar10.yaml --input china.jpg --feature-maps build/cifar10
"$archspec" run specs/cs231n/cifar10.yaml --input "$photo" --feature-maps build/cifar10

say check specs/misfits "    (these must fail)"
if "$archspec" check specs/misfits; then
    echo "the misfits passed, and should not" >&2
    exit 1
fi
printf '\nThat failed as it should. The embossed photograph is in build/emboss.\n'
