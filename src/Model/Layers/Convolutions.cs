using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>How each convolution of a network is worked out: by libtorch, or by kernels of our own that take the nearest resize before it in.</summary>
/// <remarks>
/// Ours: depthwise convolutions, those of few channels and those after a resize (<see cref="PlaneConvolution"/>), and one-channel heads after a resize, with a depthwise
/// convolution between if there is one (<see cref="UpsampledHead"/>). Where libtorch's own are held to SSE4.1 (<see cref="HiddenCaches"/>), all others are matrix products
/// (<see cref="PatchProduct"/>). See docs/adr/0007-own-convolution-kernels.md for what each is worth.
/// </remarks>
internal sealed class Convolutions
{
    private const int FewChannels = 8;   // with fewer, libtorch's convolution and a matrix product are both slower than ours
    private readonly NetworkGraph _graph;
    private readonly Func<string, Tensor> _tensors;
    private readonly bool _asProducts;
    private readonly Dictionary<string, (string[] Folded, ConvolutionGeometry? Geometry)> _plans = [];

    public Convolutions(NetworkGraph graph, Func<string, Tensor> tensors, bool plain)
    {
        _graph = graph;
        _tensors = tensors;
        _asProducts = !plain && !HiddenCaches.Reported;
        foreach (GraphNode node in graph.Nodes.Where(node => node.Operation is ConvolutionOperation))
        {
            string[] folded = plain ? [] : [.. FoldableInto(node)];
            _plans.Add(node.Name, (folded, plain ? null : GeometryOf(node, folded)));
        }
    }

    /// <summary>The nodes that convolutions work out on the way.</summary>
    public IEnumerable<string> FoldedAway => _plans.Values.SelectMany(plan => plan.Folded);

    /// <summary>A convolution's value.</summary>
    /// <param name="node">The convolution; none that is folded away.</param>
    /// <param name="values">Values of the nodes it reads, shape [N,C,H,W].</param>
    public Tensor Evaluate(GraphNode node, IReadOnlyDictionary<string, Tensor> values)
    {
        var conv = (ConvolutionOperation)node.Operation;
        (string[] folded, ConvolutionGeometry? geometry) = _plans[node.Name];
        Tensor weight = _tensors(conv.Weight);
        Tensor? bias = conv.Bias is null ? null : _tensors(conv.Bias);
        if (geometry is null)
        {
            Tensor read = values[node.Inputs[0]];
            return _asProducts && conv.Groups == 1
                ? PatchProduct.Of(read, weight, bias, conv)
                : nn.functional.conv2d(read, weight, bias, [conv.Stride, conv.Stride], [conv.Padding, conv.Padding], groups: conv.Groups);
        }

        Tensor input = values[folded.Length == 0 ? node.Inputs[0] : _graph[folded[^1]].Inputs[0]];
        if (folded.Length == 0 || conv.OutChannels > 1)
        {
            Tensor convolved = PlaneConvolutionFunction.Convolve(input, weight, geometry);
            return bias is null ? convolved : convolved + bias.reshape(1, -1, 1, 1);
        }

        if (folded.Length == 2)   // depthwise between: pointwise[c]·depthwise[c,i,j], and its bias seen through the pointwise weights
        {
            var depthwise = (ConvolutionOperation)_graph[folded[0]].Operation;
            Tensor kernel = _tensors(depthwise.Weight).transpose(0, 1) * weight;
            Tensor? inner = depthwise.Bias is null ? null : (_tensors(depthwise.Bias) * weight.reshape(-1)).sum().reshape(1);
            bias = bias is null ? inner : inner is null ? bias : bias + inner;
            weight = kernel;
        }

        return UpsampledHead.Apply(input, weight, bias, geometry);
    }

    /// <summary>The nodes before a convolution that it takes in, nearest first: a resize, or for a one-channel head a depthwise convolution and a resize, that nobody else reads.</summary>
    private IEnumerable<string> FoldableInto(GraphNode node)
    {
        var conv = (ConvolutionOperation)node.Operation;
        GraphNode before = _graph[node.Inputs[0]];
        if (conv is not { Stride: 1, Padding: 0 } || !OnlyReader(before))
        {
            return [];
        }

        if (before.Operation is NearestResizeOperation)
        {
            return (conv.Groups == 1 || IsDepthwise(node)) && !StandsBeforeHead(node) ? [before.Name] : [];
        }

        return StandsBeforeHead(before) ? [before.Name, before.Inputs[0]] : [];
    }

    /// <summary>Whether a depthwise convolution stands between a resize and a one-channel head, which takes both in.</summary>
    private bool StandsBeforeHead(GraphNode node) => IsDepthwise(node)
        && node.Operation is ConvolutionOperation { Stride: 1, Padding: 0 }
        && _graph[node.Inputs[0]] is { Operation: NearestResizeOperation } resize && OnlyReader(resize) && OnlyReader(node)
        && _graph.Consumers[node.Name].Single().Operation is ConvolutionOperation { OutChannels: 1, Kernel: 1, Groups: 1, Stride: 1, Padding: 0 };

    private bool IsDepthwise(GraphNode node) =>
        node.Operation is ConvolutionOperation { Groups: > 1 } conv && conv.Groups == conv.OutChannels && conv.Groups == _graph[node.Inputs[0]].Shape.Channels;

    private bool OnlyReader(GraphNode read) => _graph.Consumers[read.Name].Count() == 1;

    /// <summary>Sizes of a convolution that is ours to work out; null for the others.</summary>
    private ConvolutionGeometry? GeometryOf(GraphNode node, string[] folded)
    {
        var conv = (ConvolutionOperation)node.Operation;
        if (folded is [.., var resize])
        {
            FeatureShape source = _graph[_graph[resize].Inputs[0]].Shape;
            ConvolutionOperation spatial = folded.Length == 1 ? conv : (ConvolutionOperation)_graph[folded[0]].Operation;
            return ConvolutionGeometry.Resized(source.Height, source.Width, (NearestResizeOperation)_graph[resize].Operation, spatial.Kernel);
        }

        FeatureShape input = _graph[node.Inputs[0]].Shape;
        bool few = conv.Groups == 1 && input.Channels < FewChannels;
        return (IsDepthwise(node) || few) && conv.Kernel > 1 && !StandsBeforeHead(node)
            ? ConvolutionGeometry.Padded(input.Height, input.Width, conv.Kernel, conv.Stride, conv.Padding)
            : null;
    }
}
