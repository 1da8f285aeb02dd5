using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What the nodes that remember nothing do, on tensors: one place for single steps and for sequences, whose steps then lie along the batch.</summary>
internal sealed class StatelessNodes
{
    private readonly NetworkGraph _graph;
    private readonly IReadOnlyDictionary<string, Parameter> _tensors;
    private readonly HashSet<string> _foldedAway = [];

    public StatelessNodes(NetworkGraph graph, IReadOnlyDictionary<string, Parameter> tensors)
    {
        _graph = graph;
        _tensors = tensors;
        foreach (GraphNode node in graph.Nodes)
        {
            _foldedAway.UnionWith(FoldableInto(node));
        }
    }

    /// <summary>Whether another node works this one out on the way.</summary>
    public bool IsFoldedAway(GraphNode node) => _foldedAway.Contains(node.Name);

    /// <summary>A node's value.</summary>
    /// <param name="node">Neither the input nor one that remembers.</param>
    /// <param name="values">Values of the nodes it reads, shape [N,C,H,W].</param>
    public Tensor Evaluate(GraphNode node, IReadOnlyDictionary<string, Tensor> values) => node.Operation switch
    {
        ConvolutionOperation conv => Convolve(node, conv, values),
        NearestResizeOperation resize => nn.functional.interpolate(values[node.Inputs[0]], [resize.Height, resize.Width], mode: InterpolationMode.Nearest),
        SumPoolingOperation pooling => nn.functional.avg_pool2d(values[node.Inputs[0]], pooling.Size, ceil_mode: true, divisor_override: 1),
        LinearOperation linear => nn.functional.linear(values[node.Inputs[0]].flatten(1), _tensors[linear.Weight], Optional(linear.Bias)).unsqueeze(-1).unsqueeze(-1),
        AddOperation => values[node.Inputs[0]] + values[node.Inputs[1]],
        _ => throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no TorchSharp form."),
    };

    private Tensor Convolve(GraphNode node, ConvolutionOperation conv, IReadOnlyDictionary<string, Tensor> values)
    {
        string[] folded = [.. FoldableInto(node)];
        Tensor weight = _tensors[conv.Weight];
        if (folded.Length == 0)
        {
            return nn.functional.conv2d(values[node.Inputs[0]], weight, Optional(conv.Bias), [conv.Stride, conv.Stride], [conv.Padding, conv.Padding], groups: conv.Groups);
        }

        GraphNode resize = _graph[folded[^1]];
        Tensor? bias = Optional(conv.Bias);
        if (folded.Length == 2)   // depthwise between: pointwise[c]·depthwise[c,i,j], and its bias seen through the pointwise weights
        {
            var depthwise = (ConvolutionOperation)_graph[folded[0]].Operation;
            Tensor kernel = _tensors[depthwise.Weight].transpose(0, 1) * weight;
            Tensor? inner = depthwise.Bias is null ? null : (_tensors[depthwise.Bias] * weight.reshape(-1)).sum().reshape(1);
            bias = bias is null ? inner : inner is null ? bias : bias + inner;
            weight = kernel;
        }

        return UpsampledHead.Apply(values[resize.Inputs[0]], weight, bias, (NearestResizeOperation)resize.Operation);
    }

    /// <summary>The nodes before a one-channel convolution that <see cref="UpsampledHead"/> takes in: a resize, or a depthwise convolution and a resize, that nobody else reads.</summary>
    private IEnumerable<string> FoldableInto(GraphNode node)
    {
        if (node.Operation is not ConvolutionOperation { OutChannels: 1, Groups: 1, Stride: 1, Padding: 0 } head)
        {
            return [];
        }

        GraphNode before = _graph[node.Inputs[0]];
        if (!OnlyReader(before))
        {
            return [];
        }

        if (before.Operation is NearestResizeOperation)
        {
            return [before.Name];
        }

        bool depthwise = head.Kernel == 1
            && before.Operation is ConvolutionOperation { Stride: 1, Padding: 0 } inner
            && inner.Groups == inner.OutChannels && inner.Groups == _graph[before.Inputs[0]].Shape.Channels;
        return depthwise && _graph[before.Inputs[0]] is { Operation: NearestResizeOperation } resize && OnlyReader(resize) ? [before.Name, resize.Name] : [];

        bool OnlyReader(GraphNode read) => _graph.Consumers[read.Name].Count() == 1;
    }

    private Parameter? Optional(string? name) => name is null ? null : _tensors[name];
}
