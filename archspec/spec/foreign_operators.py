"""Operators of PyTorch, Keras, ONNX, TensorFlow, Caffe and DL4J that archspec does not have: why, and what to write.

What it has by another name is in the class of the operator (:attr:`archspec.ops._traits.Traits.other_names`). It is
imported for a word that is no operator here.
"""

from __future__ import annotations

from typing import NamedTuple


class AbsentOperator(NamedTuple):
    """Why there is no such operator, and what to write in its place."""

    reason: str
    help: tuple[str, ...]


class _Row(NamedTuple):
    """Names in lower case without ``_`` and ``-``; why there is no such operator; what to write."""

    words: str
    reason: str
    help: tuple[str, ...]


_SPLIT_UP = "or write the part after it as a network of its own, whose `input` has the size of its output"
_STAND_IN = "`tanh` has the same shapes and memory, and an activation has neither parameters nor MACs"
_LEAVE_OUT = "leave it out: it changes neither shapes nor parameters nor MACs"
_AS_BLOCK = "write its layers under `blocks`, and use it by its name"

_TABLE = (
    _Row(
        "lstm gru rnn rnnbase rnncell rnncellbase lstmcell grucell simplernn simplernncell stackedrnncells "
        "recurrent bidirectional graveslstm gravesbidirectionallstm bilstm bigru cudnnlstm cudnngru convlstm "
        "convlstm1d convlstm2d convlstm3d convlstm2dcell indrnn qrnn sru lasttimestep reversetimeseries "
        "duplicatetotimeseries",
        "recurrent layers are not in the language yet",
        ("over `{length: ..., channels: ...}`, `conv` and `attention` can be written", _SPLIT_UP),
    ),
    _Row(
        "embedding embeddingbag embeddinglookup embeddingsequence embed tokenembedding wordembedding lookuptable",
        "embeddings of symbols are not in the language yet",
        (
            "begin with what it returns: `input: {length: 128, channels: 768}`",
            "entries times channels are parameters to add to the figures; `position_embedding` has learned positions",
        ),
    ),
    _Row(
        "subtract sub minus difference rsub maximum minimum max min average mean elementwisemax elementwisemin "
        "maxout divide div truediv floordivide mod fmod remainder floormod",
        "merges other than `add`, `concat` and `multiply` are not in the language yet",
        ("`add: [[...], [...]]` has the same shapes, parameters and memory", "`global_avg_pool` averages a map"),
    ),
    _Row(
        "rmsnorm rmsnormalization rmslayernorm t5layernorm llamarmsnorm simplifiedlayernormalization",
        "norms without a mean are not in the language yet",
        ("`layer_norm` has the same shapes; it has one bias for each channel more",),
    ),
    _Row(
        "l2normalize l2normalization l2normalizevertex lpnormalization unitnormalization normalize normalization "
        "mvn meanvariancenormalization moments crossmapnormalization divisivenormalization switchnorm "
        "weightstandardization filterresponsenorm evonorm evonormb0 evonorms0 grn globalresponsenorm",
        "this norm is not in the language",
        ("`layer_norm`, `group_norm`, `instance_norm` and `batch_norm` have the same shapes",),
    ),
    _Row(
        "weightnorm spectralnorm spectralnormalization parametrization reparameterize parametrizations",
        "changed weights are not in the language yet",
        ("leave it out: it changes neither shapes nor MACs",),
    ),
    _Row(
        "glu geglu swiglu reglu gatedlinearunit",
        "gated units are not in the language yet",
        (
            "write the gate as a merge: `multiply: [[{linear: 64}], [{linear: 64}, sigmoid]]`",
            "or of the halves of 128 channels: `multiply: [[{slice: {stop: 64}}], [{slice: {start: 64}}, sigmoid]]`",
        ),
    ),
    _Row(
        "transpose permute swapaxes movedim moveaxis t rollaxis rearrange einopsrearrange",
        "a change of axes is not in the language yet: a volume has its channels last",
        (
            "leave it out where it only moves the channels",
            "`tokens` makes a sequence of a map; `pixel_shuffle` and `pixel_unshuffle` move positions and channels",
        ),
    ),
    _Row(
        "squeeze unsqueeze expanddims newaxis viewas contiguous reduce expand broadcastto repeatvector tile "
        "repeat stack unstack stackvertex unstackvertex expandas repeatinterleave atleast1d atleast2d",
        "a volume has no axes of size 1 to add or to remove",
        ("leave it out: a vector is 1x1xC, and `multiply` takes 1x1xC with HxWxC", "`flatten` makes a vector of a map"),
    ),
    _Row(
        "unflatten resizeas viewascomplex viewasreal",
        "a volume has the size that its layers give it",
        (
            "`flatten` turns a map into a vector",
            "`conv_transpose: {filters: C, kernel: K}`, in place of `fc` and this, turns a vector into a map of KxKxC",
        ),
    ),
    _Row(
        "einsum matmul bmm dot mm addmm baddbmm dotproduct tensordot einsumdense matmulinteger bilinear outer "
        "kron scaleddotproductattention dotproductattention additiveattention",
        "products of two volumes are not in the language, but for `multiply` and `attention`",
        (
            "by learned weights: `linear: 64`, or `fc: 64` over all positions",
            "queries with keys: `attention: {heads: 8}` has its own projections",
        ),
    ),
    _Row(
        "roll shift cyclicshift reverse flip fliplr flipud rot90 reversesequence",
        "a change of the order of positions is not in the language",
        ("leave it out: it changes neither shapes nor parameters nor MACs",),
    ),
    _Row(
        "gather gathernd gatherelements indexselect takealongaxis take scatter scatternd scatterelements "
        "scatteradd tensorscatter compress maskedselect nonzero booleanmask getelement topk unique sort argsort "
        "kthvalue sparsetodense indexadd",
        "a choice of positions by values is not in the language",
        ("channels at known places: `slice: {start: 0, stop: 64}`", "one position of a sequence: `select: 0`"),
    ),
    _Row(
        "hardtanh softsign tanhshrink softshrink hardshrink shrink threshold thresholdedrelu logsigmoid softmin "
        "hardmax rationaltanh rectifiedtanh bnll sparsemax sparseplus squareplus snake serf acon aconc metaacon "
        "crelu erf squaredrelu relu2 clip clamp clipbyvalue hardmish cube thresholded quickgelu star starrelu",
        "this activation is not in the language",
        (_STAND_IN,),
    ),
    _Row(
        "exp log abs absval square sqrt rsqrt neg negative reciprocal pow power sin cos tan sinh cosh asin acos "
        "atan asinh acosh atanh atan2 log1p expm1 sign floor ceil round trunc frac addconstant multiplyby "
        "addscalar mulscalar lerp hypot logaddexp cumsum cumprod cummax exp2 log2 log10 erfc erfinv lgamma "
        "digamma sinc det inverse trilu tril triu real imag angle conj",
        "arithmetic on each value is not in the language yet",
        (_STAND_IN, "`scale` multiplies each channel by a learned number"),
    ),
    _Row(
        "bias biasadd addbias shiftvertex",
        "a bias alone is not in the language: it belongs to the layer before",
        ("write `bias: true` at `conv`, `fc` or `linear`; `scale` has learned factors",),
    ),
    _Row(
        "reducemean reducemax reducesum reducemin reduceprod reducel1 reducel2 reducelogsum reducelogsumexp "
        "reducesumsquare reduction logsumexp norm std var variance argmax argmin amax amin nanmean globallppool "
        "any all accuracy categoricalaccuracy poolhelper",
        "reductions over chosen axes are not in the language yet",
        ("over all positions: `global_avg_pool`, `global_max_pool`",),
    ),
    _Row(
        "identity noop linearactivation passthrough placeholder stopgradient detach clone silence copy pythonop "
        "print assert frozen dataparallel distributeddataparallel checkpoint ensureshape",
        "a layer that does nothing is not needed",
        ("leave it out; as a branch write `[]`: `add: [[...], []]`",),
    ),
    _Row(
        "sequential modulelist moduledict model module group stage chain parallel functional block parameterlist "
        "parameterdict body pipeline",
        "layers together are a group",
        ("write `layers: [...]` as an item, with a `name` if it should have one; `repeat: 3` beside it repeats it",),
    ),
    _Row(
        "residual residualblock skip skipconnection shortcut resblock resnetblock resblocks basicblock bottleneck "
        "invertedresidual mbconv fusedmbconv convbnrelu convbn convnormactivation conv2dnormactivation inception "
        "inceptionmodule transitionlayer squeezeexcitation seblock selayer squeezeexcite se fire firemodule c3 "
        "c2f spp sppf aspp ppm cbam eca doubleconv ghostmodule csp convnextblock swinblock patchembed "
        "patchmerging fpn mlp ffn feedforward",
        "a part of a network is a block",
        (
            _AS_BLOCK + ": `blocks: {unit: [...]}`, then `- unit`",
            "a shortcut is a branch without layers: `add: [[...], []]`; `archspec zoo` lists networks to look at",
        ),
    ),
    _Row(
        "transformer transformerencoder transformerdecoder transformerencoderlayer transformerdecoderlayer "
        "encoder decoder encoderlayer decoderlayer bert gpt vit encoderblock transformerblock crossattention "
        "groupqueryattention groupedqueryattention linearattention windowattention swinattention "
        "recurrentattention learnedselfattention",
        "it is not an operator: there is `attention` over all positions, and `position_embedding`",
        (_AS_BLOCK + "; `specs/zoo/vit.yaml` (`archspec show zoo:vit_b_16`) has an encoder",),
    ),
    _Row(
        "sinusoidalpositionencoding sinusoidalpositionalencoding positionalencoding positionencoding rotaryembedding "
        "rope relativepositionbias alibi",
        "positions that are not learned for each place are not in the language",
        (_LEAVE_OUT, "or write `position_embedding`, which has a learned value for each position and channel"),
    ),
    _Row(
        "moe mixtureofexperts mixtureofexpertslayer switchffn topkgate router",
        "a choice of layers by values is not in the language",
        ("write one expert in its place, or all of them as branches of `add`: `add: [[...], [...]]`",),
    ),
    _Row(
        "separableconv separableconvolution depthwiseseparableconv sepconv separable depthwiseseparableconvolution",
        "it is two convolutions here",
        ("write `depthwise_conv: {kernel: 3, padding: same}`, then `conv: {filters: 64, kernel: 1}`",),
    ),
    _Row(
        "deformconv deformableconv deformableconvolution convinteger qlinearconv qlinearmatmul octconv "
        "dynamicconv involution condconv submconv sparseconv graphconv gcnconv gatconv sageconv messagepassing "
        "coordconv maskedconv partialconv gatedconv blurpool antialiaspool cropresize",
        "this kind of layer is not in the language",
        ("`conv: {filters: 64, kernel: 3}` has the same output size for the same window", _SPLIT_UP),
    ),
    _Row(
        "unfold im2col extractpatches extractimagepatches fold col2im",
        "windows as channels are not in the language",
        ("patches that do not overlap: `pixel_unshuffle: 4`, and back with `pixel_shuffle: 4`",),
    ),
    _Row(
        "gridsample affinegrid spatialtransformer roialign roipool maxroipool psroipool cropandresize "
        "nonmaxsuppression nms yolo yolo2output detectionoutput priorbox anchorgenerator roiheads rpn "
        "regionproposalnetwork affine correlation costvolume upsamplelike rotate",
        "regions and samples at computed places are not in the language",
        ("give what it returns as an `input` of its own, and write what follows",),
    ),
    _Row(
        "loss crossentropy crossentropyloss nllloss nllloss2d mseloss l1loss bceloss bcewithlogitsloss ctcloss "
        "poissonnllloss gaussiannllloss kldivloss marginrankingloss hingeembeddingloss multilabelmarginloss "
        "huberloss smoothl1loss softmarginloss multilabelsoftmarginloss cosineembeddingloss multimarginloss "
        "tripletmarginloss tripletmarginwithdistanceloss adaptivelogsoftmaxwithloss softmaxwithloss "
        "softmaxcrossentropy softmaxcrossentropyloss softmaxcrossentropywithlogits negativeloglikelihoodloss "
        "sigmoidcrossentropyloss sparsecategoricalcrossentropy categoricalcrossentropy binarycrossentropy "
        "euclideanloss hingeloss hinge contrastiveloss infogainloss multinomiallogisticloss l2loss losslayer "
        "cnnloss cnn3dloss rnnloss rnnoutput centerlossoutput ocnnoutput meansquarederror cosinesimilarity "
        "pairwisedistance mse mae nll ctc svm",
        "a loss is not a layer",
        ("write `loss: softmax` or `loss: svm` at the top of the file, beside `layers`; leave out other losses",),
    ),
    _Row(
        "activation act nonlinearity nonlin activationfunction",
        "each activation is an operator of its own",
        ("write its name: `relu`, `gelu`, `sigmoid`, `softmax`",),
    ),
    _Row(
        "input inputlayer inputspec inputs",
        "the input volume is not a layer",
        ("move it up: `input: 28x28x1` at the top of the file, beside `layers`",),
    ),
    _Row(
        "output outputlayer outputs",
        "the output of the last layer is the result",
        ("write the layer itself, such as `fc: 10`; the key `outputs` at the top of the file names other results",),
    ),
    _Row(
        "sgd adam adamw rmsprop adagrad optimizer scheduler learningrate momentum weightdecay regularizer "
        "activityregularization l1l2 earlystopping",
        "settings of training are not part of a spec",
        ("leave it out",),
    ),
    _Row(
        "resizing rescaling centercrop centercroppad randomcrop randomflip randomhorizontalflip "
        "randomverticalflip randomtranslation randomrotation randomzoom randomheight randomwidth randomcontrast "
        "randombrightness randomgrayscale randomhue randomsaturation randomsharpness randomshear "
        "randomcolorjitter randomcolordegeneration randomposterization randomperspective randomerasing "
        "randomelastictransform randomgaussianblur randominvert gaussianblur autocontrast solarization mixup "
        "cutmix randaugment augmix equalization totensor textvectorization discretization categoryencoding "
        "hashing hashedcrossing stringlookup integerlookup onehot stftspectrogram melspectrogram stft dft fft "
        "rfft ifft melweightmatrix blackmanwindow hannwindow hammingwindow data dummydata imagedata memorydata "
        "hdf5data windowdata dataloader imagedecoder stringconcat stringnormalizer stringsplit regexfullmatch "
        "tfidfvectorizer labelencoder maxnumboundingboxes boundingboxes featurespace tokenizer",
        "preparing data is not part of a network",
        ("leave it out, and give `input` the size that comes after it",),
    ),
    _Row(
        "gaussiannoise gaussiandropout alphadropoutnoise randomnormal randomnormallike randomuniform "
        "randomuniformlike bernoulli multinomial randint rand randn sampling reparameterization dropconnect "
        "cutout",
        "noise other than `dropout` and `drop_path` is not in the language",
        (_LEAVE_OUT,),
    ),
    _Row(
        "masking mask masklayer maskzero and or not xor equal notequal greater greaterorequal less lessorequal "
        "where isnan isinf isfinite cast castlike to float half astype quantizelinear dequantizelinear "
        "dynamicquantizelinear quantstub dequantstub quantize dequantize fakequantize bitshift bitwiseand "
        "bitwiseor bitwisexor bitwisenot logicaland logicalor logicalnot maskedfill",
        "masks, comparisons and changes of type are not in the language",
        (_LEAVE_OUT + "; the key `dtype` at the top of the file is for all layers",),
    ),
    _Row(
        "if loop scan while cond switch ifelse sequencemap for foreach map",
        "there is no control flow in the forward pass",
        ("beside an item, `when: $(...)` leaves it out, `repeat: 3` repeats it; `for: [...]` goes through rows",),
    ),
    _Row(
        "constant constantofshape shape size eyelike range arange linspace zeros ones zeroslike oneslike full "
        "fill parameter buffer variable optional optionalgetelement optionalhaselement sequenceat "
        "sequenceconstruct sequenceempty sequenceerase sequenceinsert sequencelength concatfromsequence "
        "splittosequence iterator tensor numel dim",
        "values that are not computed from the input volume are not in the language",
        ("leave it out; learned values that are added to positions are `position_embedding`",),
    ),
    _Row(
        "lambda python pythonlayer layer wrapper custom customlayer function expression timedistributed tfsmlayer "
        "jaxlayer flaxlayer torchmodulewrapper hub sameddifflayer samediff samedifflayer samediffoutput "
        "autoencoder variationalautoencoder capsule primarycapsules capsulestrength caffe2op kerasbackend "
        "pytorchop",
        "layers are operators, blocks or groups, and no code",
        ("write what it computes as operators; `linear` and `conv` with `kernel: 1` act on each position by itself",),
    ),
)
ABSENT = {word: AbsentOperator(row.reason, row.help) for row in _TABLE for word in row.words.split()}
"""Name, in lower case and without ``_`` and ``-`` -> why archspec does not have it."""
