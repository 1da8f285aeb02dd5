namespace StereoSpike.Model;

/// <summary>What a node of a <see cref="NetworkGraph"/> does. The closed set below is all that an engine must know.</summary>
public interface IOperation
{
}

/// <summary>The network's input.</summary>
public sealed record InputOperation : IOperation;

/// <summary>A square convolution with zero padding: dense (one group), depthwise (a group a channel) or pointwise (kernel 1).</summary>
/// <param name="OutChannels">Channels made.</param>
/// <param name="Kernel">Kernel side, px.</param>
/// <param name="Stride">Stride, px.</param>
/// <param name="Padding">Zeros added on each side, px.</param>
/// <param name="Groups">1, or the number of channels for a depthwise convolution.</param>
/// <param name="Weight">Name of the weights, shape [OutChannels, C/Groups, Kernel, Kernel].</param>
/// <param name="Bias">Name of the bias, shape [OutChannels]; null for none.</param>
public sealed record ConvolutionOperation(int OutChannels, int Kernel, int Stride, int Padding, int Groups, string Weight, string? Bias) : IOperation
{
    /// <summary>The sign that its weights keep; the values themselves carry it, so that it matters to drawing and training only.</summary>
    public SynapseSign Sign { get; init; }
}

/// <summary>Nearest-neighbour resize: target pixel i takes source pixel min(⌊i·in/out⌋, in − 1), along each axis; see <see cref="NearestResize"/>.</summary>
/// <param name="Height">Rows made.</param>
/// <param name="Width">Columns made.</param>
public sealed record NearestResizeOperation(int Height, int Width) : IOperation;

/// <summary>Sums of square, non-overlapping blocks; blocks that stick out over the lower or right edge sum what is there.</summary>
/// <param name="Size">Block side, px.</param>
public sealed record SumPoolingOperation(int Size) : IOperation;

/// <summary>A fully connected layer over all of its input, flattened in the order C, H, W.</summary>
/// <param name="Outputs">K.</param>
/// <param name="Weight">Name of the weights, shape [K, C·H·W].</param>
/// <param name="Bias">Name of the bias, shape [K]; null for none.</param>
public sealed record LinearOperation(int Outputs, string Weight, string? Bias) : IOperation
{
    /// <summary>The sign that its weights keep; the values themselves carry it, so that it matters to drawing and training only.</summary>
    public SynapseSign Sign { get; init; }
}

/// <summary>Neurons, one an element of the input: see <see cref="IntegrateAndFire"/> and, for current-based ones, <see cref="CubaLif"/>.</summary>
/// <param name="Neuron">Their constants.</param>
/// <param name="LeakWeight">Name of a PLIF layer's learned w, 0-d; null for other kinds.</param>
public sealed record FiringOperation(NeuronSettings Neuron, string? LeakWeight) : IOperation;

/// <summary>A smooth function of each element, in place of neurons: what an analog twin is made of.</summary>
/// <param name="Kind">Which function.</param>
public sealed record ActivationOperation(ActivationKind Kind) : IOperation;

/// <summary>Each channel brought to mean 0 and variance 1, then scaled and shifted by what is learned. In training over the batch, otherwise by the means that training kept.</summary>
/// <param name="Name">What its four tensors of shape [C] are called: NAME.scale and NAME.shift are learned, NAME.mean and NAME.variance are kept.</param>
/// <remarks>Ioffe and Szegedy, "Batch Normalization", ICML 2015 (arXiv:1502.03167); ε = 1e-5, momentum 0.1.</remarks>
public sealed record BatchNormOperation(string Name) : IOperation;

/// <summary>The sum of its inputs, element by element.</summary>
public sealed record AddOperation : IOperation;

/// <summary>One pool of neurons that integrate and never fire. Its inputs arrive one after another, and its potential after each is a readout:
/// after input i it is Gain·(input 0 + … + input i).</summary>
/// <param name="Gain">m.</param>
public sealed record IntegratorOperation(float Gain) : IOperation;

/// <summary>Current-based leaky neurons that never fire, one an element of the input: <see cref="CubaLif"/> without spikes and reset, from rest at 0. The node's value is U[n]; the potential over a
/// sequence is its answer.</summary>
/// <param name="MembraneTauSteps">τ_m in steps, at least 1; stork's readout takes the whole sequence's length.</param>
/// <param name="SynapticTauSteps">τ_s in steps, at least 1.</param>
public sealed record LeakyIntegratorOperation(float MembraneTauSteps, float SynapticTauSteps) : IOperation;

/// <summary>What a later node made one step earlier, zeros in the first step: the edge that closes a loop. Its node reads nothing that comes before it.</summary>
/// <param name="Source">The later node's name.</param>
public sealed record FeedbackOperation(string Source) : IOperation;
