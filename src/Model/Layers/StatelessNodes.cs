using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What the nodes that remember nothing do, on tensors: one place for single steps and for sequences, whose steps then lie along the batch.</summary>
internal sealed class StatelessNodes
{
    private readonly Func<string, Tensor> _tensors;
    private readonly Convolutions _convolutions;
    private readonly HashSet<string> _foldedAway;
    private readonly Func<bool> _isTraining;
    private readonly Func<Func<Tensor, Tensor>?> _sumOverBatch;

    public StatelessNodes(NetworkGraph graph, Func<string, Tensor> tensors, Func<bool> isTraining, Func<Func<Tensor, Tensor>?> sumOverBatch, bool plain)
    {
        (_isTraining, _sumOverBatch) = (isTraining, sumOverBatch);
        _tensors = tensors;
        _convolutions = new Convolutions(graph, tensors, plain);
        _foldedAway = [.. _convolutions.FoldedAway];
    }

    /// <summary>Whether another node works this one out on the way.</summary>
    public bool IsFoldedAway(GraphNode node) => _foldedAway.Contains(node.Name);

    /// <summary>A node's value.</summary>
    /// <param name="node">Neither the input nor one that remembers.</param>
    /// <param name="values">Values of the nodes it reads, shape [N,C,H,W].</param>
    public Tensor Evaluate(GraphNode node, IReadOnlyDictionary<string, Tensor> values) => node.Operation switch
    {
        ConvolutionOperation => _convolutions.Evaluate(node, values),
        NearestResizeOperation resize => nn.functional.interpolate(values[node.Inputs[0]], [resize.Height, resize.Width], mode: InterpolationMode.Nearest),
        SumPoolingOperation pooling => nn.functional.avg_pool2d(values[node.Inputs[0]], pooling.Size, ceil_mode: true, divisor_override: 1),
        LinearOperation linear => nn.functional.linear(values[node.Inputs[0]].flatten(1), _tensors(linear.Weight), Optional(linear.Bias)).unsqueeze(-1).unsqueeze(-1),
        ActivationOperation activation => Activate(values[node.Inputs[0]], activation.Kind),
        BatchNormOperation { Name: var name } => Normalize(values[node.Inputs[0]], _tensors($"{name}.mean"), _tensors($"{name}.variance"), _tensors($"{name}.scale"), _tensors($"{name}.shift")),
        AddOperation => values[node.Inputs[0]] + values[node.Inputs[1]],
        _ => throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no TorchSharp form."),
    };

    private Tensor Normalize(Tensor x, Tensor mean, Tensor variance, Tensor scale, Tensor shift) => _isTraining() && _sumOverBatch() is { } sum
        ? SharedBatchNorm.Apply(x, mean, variance, scale, shift, sum)
        : nn.functional.batch_norm(x, mean, variance, scale, shift, training: _isTraining());

    private static Tensor Activate(Tensor x, ActivationKind kind) => kind switch
    {
        ActivationKind.Sigmoid => x.sigmoid(),
        ActivationKind.Tanh => x.tanh(),
        ActivationKind.LeakyRelu => nn.functional.leaky_relu(x, 0.01),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such function."),
    };

    private Tensor? Optional(string? name) => name is null ? null : _tensors(name);
}
