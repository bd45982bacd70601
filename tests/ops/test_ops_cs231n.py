"""Numbers that stand in the CS231n notes on ConvNets, written out by hand."""

from __future__ import annotations

import pytest

from archspec.ops.convolution import Conv
from archspec.ops.dense import FC
from archspec.ops.local import LocalConv
from archspec.ops.pooling import MaxPool
from archspec.volume import Volume


def params(layer: Conv | FC | LocalConv | MaxPool, volume: Volume) -> int:
    return sum(weight.size for weight in layer.weights([volume]))


def test_a_regular_net_on_32x32x3_has_3072_weights_a_neuron() -> None:
    assert params(FC(units=1, bias=False), Volume((32, 32), 3)) == 3072
    assert params(FC(units=1, bias=False), Volume((200, 200), 3)) == 120_000


def test_local_connectivity_examples() -> None:
    first, second = Conv(filters=1, kernel=5, bias=False), Conv(filters=1, kernel=3, bias=False)
    assert params(first, Volume((32, 32), 3)) == 75
    assert params(second, Volume((16, 16), 20)) == 180


def test_the_first_layer_of_alexnet() -> None:
    volume = Volume((227, 227), 3)
    layer = Conv(filters=96, kernel=11, stride=4)
    output = layer.infer([volume])
    assert output == Volume((55, 55), 96)
    assert output.size == 290_400
    assert params(layer, volume) == 34_944
    assert layer.weights([volume])[0].size == 34_848
    assert layer.unshared_params([volume], output) == 105_705_600
    assert layer.macs([volume], output) == 105_415_200
    assert layer.flops([volume], output) == 2 * 105_415_200 + 290_400


def test_the_first_layer_of_alexnet_without_sharing() -> None:
    volume = Volume((227, 227), 3)
    layer = LocalConv(filters=96, kernel=11, stride=4)
    output = layer.infer([volume])
    assert output == Volume((55, 55), 96)
    assert [weight.size for weight in layer.weights([volume])] == [105_415_200, 290_400]
    assert layer.unshared_params([volume], output) == params(layer, volume) == 105_705_600


def test_the_paper_says_224_which_does_not_fit() -> None:
    layer = Conv(filters=96, kernel=11, stride=4)
    windows = layer.windows([Volume((224, 224), 3)])
    assert windows is not None
    assert [float(window.quotient) for window in windows] == [54.25, 54.25]
    assert [window.lost for window in windows] == [1, 1]


def test_the_convolution_demo() -> None:
    layer = Conv(filters=2, kernel=3, stride=2, padding=1)
    assert layer.infer([Volume((5, 5), 3)]) == Volume((3, 3), 2)
    assert params(layer, Volume((5, 5), 3)) == 2 * 27 + 2


def test_pooling_halves_and_learns_nothing() -> None:
    volume = Volume((224, 224), 64)
    assert MaxPool(kernel=2, stride=2).infer([volume]) == Volume((112, 112), 64)
    assert params(MaxPool(kernel=2), volume) == 0
    assert MaxPool(kernel=3, stride=2).infer([Volume((55, 55), 96)]) == Volume((27, 27), 96)


@pytest.mark.parametrize(
    ("volume", "layer", "expected"),
    [
        (Volume((224, 224), 3), Conv(filters=64, kernel=3, padding=1, bias=False), 1_728),
        (Volume((224, 224), 64), Conv(filters=64, kernel=3, padding=1, bias=False), 36_864),
        (Volume((14, 14), 512), Conv(filters=512, kernel=3, padding=1, bias=False), 2_359_296),
        (Volume((7, 7), 512), FC(units=4096, bias=False), 102_760_448),
        (Volume((1, 1), 4096), FC(units=4096, bias=False), 16_777_216),
        (Volume((1, 1), 4096), FC(units=1000, bias=False), 4_096_000),
    ],
)
def test_weights_of_vgg(volume: Volume, layer: Conv | FC, expected: int) -> None:
    assert params(layer, volume) == expected


def test_three_3x3_layers_have_fewer_weights_than_one_7x7() -> None:
    channels = 10
    volume = Volume((32, 32), channels)
    large = params(Conv(filters=channels, kernel=7, bias=False), volume)
    small = params(Conv(filters=channels, kernel=3, bias=False), volume)
    assert (large, 3 * small) == (49 * channels**2, 27 * channels**2)


def test_fc_as_convolution_on_a_larger_image() -> None:
    head = Conv(filters=4096, kernel=7)
    assert head.infer([Volume((7, 7), 512)]) == Volume((1, 1), 4096)
    assert head.infer([Volume((12, 12), 512)]) == Volume((6, 6), 4096)
