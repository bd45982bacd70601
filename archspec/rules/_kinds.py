"""Kinds of operators that rules are about, by their traits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archspec.ops._traits import Traits


def any_operator(traits: type[Traits]) -> bool:  # noqa: ARG001 - any
    """Every operator."""
    return True


def is_merge(traits: type[Traits]) -> bool:
    """Operators that join branches."""
    return traits.merge is not None


def is_sliding(traits: type[Traits]) -> bool:
    """Convolutions and pools with a window."""
    return traits.is_sliding


def is_convolution(traits: type[Traits]) -> bool:
    """Convolutions of any kind, but for transposed ones."""
    return traits.is_convolution


def is_shared_convolution(traits: type[Traits]) -> bool:
    """Convolutions with the same filters at every position."""
    return traits.is_convolution and traits.shares_weights


def is_full_convolution(traits: type[Traits]) -> bool:
    """Convolutions with the same filters at every position, each of which may see all channels."""
    return is_shared_convolution(traits) and traits.channels_argument is not None


def is_transposed(traits: type[Traits]) -> bool:
    """Transposed convolutions."""
    return traits.is_transposed


def is_windowed_pool(traits: type[Traits]) -> bool:
    """Pools with a window."""
    return traits.is_sliding and traits.pool is not None


def is_max_pool(traits: type[Traits]) -> bool:
    """Pools that take the maximum of a window."""
    return traits.is_sliding and traits.pool == "max"


def is_mean_pool(traits: type[Traits]) -> bool:
    """Pools that take the mean of a window."""
    return traits.is_sliding and traits.pool == "mean"


def is_adaptive_pool(traits: type[Traits]) -> bool:
    """Pools to a stated size."""
    return traits.is_adaptive


def is_dense(traits: type[Traits]) -> bool:
    """Dense layers, of the whole input or of each position."""
    return traits.is_dense


def is_pointwise_dense(traits: type[Traits]) -> bool:
    """Dense layers of each position by itself."""
    return traits.is_dense and not traits.is_global


def is_linear_map(traits: type[Traits]) -> bool:
    """Convolutions and dense layers."""
    return traits.is_linear_map


def chooses_channels(traits: type[Traits]) -> bool:
    """Operators with an argument for the number of output channels."""
    return traits.channels_argument is not None


def has_padding_mode(traits: type[Traits]) -> bool:
    """Operators that may pad with something other than zeros."""
    return "padding_mode" in traits.model_fields


def is_norm(traits: type[Traits]) -> bool:
    """Norms."""
    return traits.is_norm


def has_batch_statistics(traits: type[Traits]) -> bool:
    """Norms with statistics of the batch."""
    return traits.has_batch_statistics


def is_activation(traits: type[Traits]) -> bool:
    """Non-linearities between layers."""
    return traits.activation is not None


def clips_negative(traits: type[Traits]) -> bool:
    """Activations that set negative values to zero."""
    return traits.clips_negative


def is_classifier_end(traits: type[Traits]) -> bool:
    """Operators that turn scores into probabilities or their logarithms."""
    return traits.is_softmax or traits.gives_probabilities
