"""Every name of a layer in other libraries is known here: ours, or why there is none and what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archspec.api import check
from archspec.ops import OPERATORS
from archspec.spec import foreign
from archspec.spec.foreign_operators import ABSENT
from archspec.spec.operator_meaning import operator_meaning

if TYPE_CHECKING:
    from archspec.diagnostics import Diagnostic

TORCH = """
Module Sequential ModuleList ModuleDict ParameterList ParameterDict Parameter Buffer
Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d
LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d Unfold Fold
MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d
FractionalMaxPool3d LPPool1d LPPool2d LPPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveAvgPool1d
AdaptiveAvgPool2d AdaptiveAvgPool3d
ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d
ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d CircularPad1d CircularPad2d CircularPad3d
ELU Hardshrink Hardsigmoid Hardtanh Hardswish LeakyReLU LogSigmoid MultiheadAttention PReLU ReLU ReLU6 RReLU SELU CELU
GELU Sigmoid SiLU Mish Softplus Softshrink Softsign Tanh Tanhshrink Threshold GLU Softmin Softmax Softmax2d LogSoftmax
AdaptiveLogSoftmaxWithLoss
BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d GroupNorm SyncBatchNorm
InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LayerNorm
LocalResponseNorm RMSNorm CrossMapLRN2d
RNNBase RNN LSTM GRU RNNCell RNNCellBase LSTMCell GRUCell
Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer TransformerDecoderLayer
Identity Linear Bilinear LazyLinear Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout
Embedding EmbeddingBag CosineSimilarity PairwiseDistance
L1Loss MSELoss CrossEntropyLoss CTCLoss NLLLoss NLLLoss2d PoissonNLLLoss GaussianNLLLoss KLDivLoss BCELoss
BCEWithLogitsLoss MarginRankingLoss HingeEmbeddingLoss MultiLabelMarginLoss HuberLoss SmoothL1Loss SoftMarginLoss
MultiLabelSoftMarginLoss CosineEmbeddingLoss MultiMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss
PixelShuffle PixelUnshuffle Upsample UpsamplingNearest2d UpsamplingBilinear2d ChannelShuffle DataParallel Flatten
Unflatten
"""
"""The classes of ``torch.nn``."""
KERAS = """
Input InputLayer InputSpec Dense EinsumDense Activation Embedding Masking Lambda Identity Layer Wrapper
Conv1D Conv2D Conv3D SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D Conv1DTranspose Conv2DTranspose
Conv3DTranspose Convolution2D Deconvolution2D
MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D GlobalMaxPooling1D
GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D
AdaptiveMaxPooling3D
LSTM LSTMCell GRU GRUCell SimpleRNN SimpleRNNCell RNN StackedRNNCells TimeDistributed Bidirectional ConvLSTM1D
ConvLSTM2D ConvLSTM3D
TextVectorization Normalization SpectralNormalization Discretization CategoryEncoding Hashing HashedCrossing
StringLookup IntegerLookup Resizing Rescaling CenterCrop RandomCrop RandomFlip RandomTranslation RandomRotation
RandomZoom RandomHeight RandomWidth RandomContrast RandomBrightness RandomGrayscale RandomHue RandomSaturation
RandomSharpness RandomShear RandomColorJitter RandomColorDegeneration RandomPosterization RandomPerspective
RandomErasing RandomElasticTransform RandomGaussianBlur RandomInvert AutoContrast Solarization MixUp CutMix RandAugment
AugMix Equalization MaxNumBoundingBoxes Pipeline STFTSpectrogram MelSpectrogram
BatchNormalization LayerNormalization UnitNormalization GroupNormalization RMSNormalization
Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise
ActivityRegularization MultiHeadAttention Attention AdditiveAttention GroupQueryAttention
Reshape Flatten RepeatVector Permute Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D
ZeroPadding1D ZeroPadding2D ZeroPadding3D Concatenate Average Maximum Minimum Add Subtract Multiply Dot
ReLU Softmax LeakyReLU PReLU ELU ThresholdedReLU TFSMLayer JaxLayer FlaxLayer TorchModuleWrapper LocallyConnected1D
LocallyConnected2D
"""
"""The classes of ``keras.layers``, those of Keras 2 too."""
ONNX = """
Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization Bernoulli
BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im
Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumProd CumSum DFT
DeformConv DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike
Flatten Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater
GreaterOrEqual GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If
ImageDecoder InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax
Loop LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization
MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional
OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RMSNormalization RNN
RandomNormal RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum
ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize
ReverseSequence RoiAlign RotaryEmbedding Round STFT Scan ScatterElements ScatterND Selu SequenceAt SequenceConstruct
SequenceEmpty SequenceErase SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice
Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat
StringNormalizer StringSplit Sub Sum Swish Tan Tanh TensorScatter TfIdfVectorizer ThresholdedRelu Tile TopK Transpose
Trilu Unique Unsqueeze Upsample Where Xor
"""
"""The operators of ONNX, opset 24."""
OTHERS = """
conv2d atrous_conv2d depthwise_conv2d separable_conv2d conv2d_transpose avg_pool2d max_pool_with_argmax
fractional_max_pool bias_add crelu swish softsign local_response_normalization batch_normalization moments l2_normalize
l2_loss embedding_lookup depth_to_space space_to_depth space_to_batch extract_patches tf.nn.relu tf.keras.layers.Conv2D
ConvolutionLayer SubsamplingLayer DenseLayer OutputLayer LossLayer ActivationLayer LocalResponseNormalization
GlobalPoolingLayer DropoutLayer EmbeddingLayer EmbeddingSequenceLayer GravesLSTM GravesBidirectionalLSTM RnnOutputLayer
RnnLossLayer CnnLossLayer Cnn3DLossLayer Convolution1DLayer Convolution3D Deconvolution3D DepthwiseConvolution2D
SeparableConvolution2D ZeroPaddingLayer ZeroPadding1DLayer ZeroPadding3DLayer SpaceToDepthLayer SpaceToBatchLayer
Subsampling1DLayer Subsampling3DLayer Pooling1D Pooling2D PReLULayer ElementWiseMultiplicationLayer MaskLayer
MaskZeroLayer SelfAttentionLayer LearnedSelfAttentionLayer RecurrentAttentionLayer AutoEncoder VariationalAutoencoder
CapsuleLayer PrimaryCapsules CapsuleStrengthLayer FrozenLayer Yolo2OutputLayer CenterLossOutputLayer OCNNOutputLayer
LastTimeStep MergeVertex ElementWiseVertex SubsetVertex L2NormalizeVertex ScaleVertex ShiftVertex StackVertex
UnstackVertex ReshapeVertex PoolHelperVertex DotProductAttention LastTimeStepVertex DuplicateToTimeSeriesVertex
ReverseTimeSeriesVertex AttentionVertex
AbsVal Accuracy BNLL ContrastiveLoss Convolution Crop Data Deconvolution Eltwise Embed EuclideanLoss HingeLoss Im2col
InnerProduct Input MVN Pooling Power Python Recurrent Reduction Scale SPP Silence TanH SoftmaxWithLoss
split roll subtract rms_norm einsum glu transpose permute squeeze unsqueeze view reshape expand chunk stack cat bmm
matmul identity residual skip shortcut se_block inception swiglu rotary_embedding cross_attention F.relu torch.nn.Conv2d
layers.Dense nn.functional.gelu torch.nn.functional.interpolate activation mbconv patch_embed
"""
"""Words of TensorFlow, DL4J, Caffe and of forums."""
EVERY = sorted({*TORCH.split(), *KERAS.split(), *ONNX.split(), *OTHERS.split()} - set(OPERATORS))


def finding(item: str, blocks: str = "") -> Diagnostic:
    """The one finding about an item."""
    text = f"name: x\ninput: 32x32x8\n{blocks}layers:\n  - relu\n  - {item}\n"
    found = [each for each in check(text) if each.rule != "unused-block"]
    assert [each.rule for each in found] == ["unknown-operator"], found
    return found[0]


@pytest.mark.parametrize("word", EVERY)
def test_words_of_other_libraries_are_known(word: str) -> None:
    assert foreign.our_operator(word) or foreign.absent_operator(word), word


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("split", "slice"), ("SyncBatchNorm", "batch_norm"), ("InstanceNorm3d", "instance_norm"), ("Mul", "multiply"),
        ("LazyConv2d", "conv"), ("ConvTranspose2d", "conv_transpose"), ("Cropping2D", "crop"), ("PReLULayer", "prelu"),
        ("SubsamplingLayer", "max_pool"), ("tf.keras.layers.Conv2D", "conv"), ("MergeVertex", "concat"),
        ("GlobalAveragePooling1D", "global_avg_pool"), ("AdaptiveMaxPool3d", "adaptive_max_pool"), ("view", "flatten"),
        ("ReflectionPad2d", "pad"), ("depth_to_space", "pixel_shuffle"), ("LayerNormalization", "layer_norm"),
        ("MultiHeadAttention", "attention"), ("torch.nn.functional.interpolate", "upsample"), ("Swish", "silu"),
    ],
)  # fmt: skip
def test_the_operator_of_another_name(word: str, ours: str) -> None:
    assert foreign.our_operator(word) == ours


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("lstm", "recurrent layers"), ("gru", "recurrent layers"), ("embedding", "embeddings of symbols"),
        ("roll", "order of positions"), ("subtract", "not in the language yet"), ("rms_norm", "without a mean"),
        ("einsum", "products of two volumes"), ("glu", "gated units"), ("transpose", "change of axes"),
        ("Identity", "does nothing"), ("CrossEntropyLoss", "a loss is not a layer"), ("Lambda", "no code"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_language_says_so_and_what_to_write(word: str, says: str) -> None:
    found = finding(f"{word}: 8")
    assert says in found.message
    assert "did you mean" not in found.message
    assert found.help
    assert found.fix is None


def test_no_word_and_no_entry_gets_a_long_list() -> None:
    for word in [*EVERY, *ABSENT, "xyzzy", "q", "", "..", "layer2", "d" * 200]:
        meaning = operator_meaning(word)
        for line in meaning.help:
            assert sum(name in OPERATORS for name in line.replace("`", " ").replace(",", " ").split()) <= 8, line
    assert operator_meaning("xyzzy").help[-1].endswith("docs/language.md lists all operators")


def test_entries_are_not_ours() -> None:
    names = {name.replace("_", "") for name in OPERATORS}
    assert not names & set(ABSENT)
    assert not [word for word in ABSENT if foreign.our_operator(word)]


def test_what_is_written_in_help_is_in_the_language() -> None:
    for word, absent in ABSENT.items():
        for text in absent.help:
            for name in ("add: [[{relu: }], [tanh]]", *text.split("`")[1::2]):
                if name.startswith(("multiply: [", "conv: {filters: 64", "depthwise_conv: {", "linear: ", "fc: ")):
                    item = "{" + name + "}"
                    found = check(f"name: x\ninput: 64x64x128\nlayers: [{item}]\n")
                    assert not [each for each in found if each.severity == "error"], (word, name, found)


def test_an_operator_as_a_value_is_written() -> None:
    fix = finding("Activation: ReLU").fix
    assert fix
    assert [edit.text for edit in fix.edits] == ["relu"]
    assert finding("activation: {name: relu}").fix is None


def test_a_block_of_nearly_that_name_comes_first() -> None:
    block = "blocks: {se_block: [relu]}\n"
    assert "did you mean `se_block`?" in finding("SEBlock", block).message
    assert "did you mean `se_block`?" in finding("se_blok", block).message
    assert "blocks here are `se_block`" in finding("xyzzy", block).help[0]


def test_slips_in_words_of_other_libraries() -> None:
    for word in ("embedding", "batchnormalization", "convolution", "recurrent", "averagepooling", "transpose"):
        for at in range(1, len(word)):
            slip = word[:at] + word[at + 1 :]
            meaning = operator_meaning(slip)
            assert meaning.word or meaning.reason, slip
            assert not meaning.is_sure or meaning.word in OPERATORS
