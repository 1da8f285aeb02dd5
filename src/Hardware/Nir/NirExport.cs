using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Writes networks as NIR graphs.</summary>
/// <remarks>
/// NIR has no upsampling, so a network that upsamples is written up to there: the portable part, which NIR's own reader and other frameworks load. All of it can be written with the
/// node <c>Upsample2d</c> (fields <c>size</c> [H,W], <c>mode</c> "nearest", <c>input_shape</c> [H,W]), which is ours: NIR's reader refuses it, <see cref="NirImport"/> reads it.
/// Sums need no node: edges into one node add up. m is written as the neurons' r; LIF's τ is dt/λ; a threshold where ties fire is written as the next smaller float32, since NIR fires above it.
/// Fields and shapes follow what NIR's reader checks: <c>input_shape</c> and <c>bias</c> always, parameters of a layer's whole shape, everything of ours in <c>metadata</c>.
/// </remarks>
public static class NirExport
{
    /// <summary>Writes a network to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="dtSeconds">What a step lasts, seconds.</param>
    /// <param name="whole">Whether to write upsampling with our extension, too.</param>
    /// <returns>The nodes that were left out.</returns>
    /// <exception cref="NotSupportedException">A node has no NIR form.</exception>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static IReadOnlyList<string> Write(string path, NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, double dtSeconds, bool whole = false)
    {
        ArgumentNullException.ThrowIfNull(graph);
        NetworkWeights.Check(graph, weights, path);
        GraphNode[] written = [.. Portable(graph, whole)];
        NirFile.Write(path, Document(graph, written, weights, dtSeconds));
        return [.. graph.Nodes.Except(written).Select(node => node.Name)];
    }

    private static IEnumerable<GraphNode> Portable(NetworkGraph graph, bool whole)
    {
        var kept = new HashSet<string>();
        foreach (GraphNode node in graph.Nodes)
        {
            if (node.Inputs.All(kept.Contains) && (whole || node.Operation is not NearestResizeOperation))
            {
                kept.Add(node.Name);
                yield return node;
            }
        }
    }

    private static NirNode Document(NetworkGraph graph, GraphNode[] written, IReadOnlyDictionary<string, WeightTensor> weights, double dt)
    {
        var nodes = new Dictionary<string, NirNode>();
        var edges = new List<(string, string)>();
        HashSet<string> names = [.. written.Select(node => node.Name)];
        foreach (GraphNode node in written)
        {
            if (node.Operation is not AddOperation)
            {
                string entry = node.Name;
                if (node.Operation is LinearOperation && graph[node.Inputs[0]].Shape is { Height: > 1 } or { Width: > 1 })
                {
                    FeatureShape read = graph[node.Inputs[0]].Shape;
                    entry = $"{node.Name}.flatten";
                    nodes.Add(entry, Node("Flatten", ("start_dim", NirField.Whole([], [0])), ("end_dim", NirField.Whole([], [-1])), ("input_type", NirField.Whole(read.Channels, read.Height, read.Width))));
                    edges.Add((entry, node.Name));
                }

                nodes.Add(node.Name, Node(graph, node, weights, dt));
                edges.AddRange(node.Inputs.SelectMany(input => Sources(graph, input)).Select(source => (source, entry)));
            }

            if (!graph.Consumers[node.Name].Any() || graph.Consumers[node.Name].Any(consumer => !names.Contains(consumer.Name)))
            {
                string output = nodes.ContainsKey("output") ? $"output.{node.Name}" : "output";
                nodes.Add(output, Node("Output", ("shape", Shape(node.Shape))));
                edges.AddRange(Sources(graph, node.Name).Select(source => (source, output)));
            }
        }

        return new NirNode("NIRGraph", new Dictionary<string, NirField>())
        {
            Nodes = nodes,
            Edges = edges,
            Metadata = new Dictionary<string, NirField> { ["dt"] = NirField.Real([], [dt]), ["writer"] = NirField.Of("StereoSpike for .NET"), ["steps"] = NirField.Of("one step from rest a window") },
        };
    }

    /// <summary>The nodes of the file that a node's value is the sum of.</summary>
    private static IEnumerable<string> Sources(NetworkGraph graph, string name) =>
        graph[name].Operation is AddOperation ? graph[name].Inputs.SelectMany(input => Sources(graph, input)) : [name];

    private static NirNode Node(NetworkGraph graph, GraphNode node, IReadOnlyDictionary<string, WeightTensor> weights, double dt)
    {
        FeatureShape read = node.Inputs.Count > 0 ? graph[node.Inputs[0]].Shape : node.Shape;
        switch (node.Operation)
        {
            case InputOperation:
                return Node("Input", ("shape", Shape(node.Shape)));
            case ConvolutionOperation conv:
                return Node(
                    "Conv2d", ("input_shape", NirField.Whole(read.Height, read.Width)), ("weight", Tensor(weights[conv.Weight])), ("stride", NirField.Whole(conv.Stride, conv.Stride)),
                    ("padding", NirField.Whole(conv.Padding, conv.Padding)), ("dilation", NirField.Whole(1, 1)), ("groups", NirField.Whole([], [conv.Groups])), ("bias", Bias(conv.Bias, conv.OutChannels)));
            case LinearOperation linear:
                return Node("Affine", ("weight", Tensor(weights[linear.Weight])), ("bias", Bias(linear.Bias, linear.Outputs)));
            case SumPoolingOperation pooling when read.Height % pooling.Size == 0 && read.Width % pooling.Size == 0:
                NirField side = NirField.Whole(pooling.Size, pooling.Size);
                return Node("SumPool2d", ("kernel_size", side), ("stride", side), ("padding", NirField.Whole(0, 0)));
            case NearestResizeOperation resize:
                return Node("Upsample2d", ("size", NirField.Whole(resize.Height, resize.Width)), ("mode", NirField.Of("nearest")), ("input_shape", NirField.Whole(read.Height, read.Width)));
            case IntegratorOperation integrator:
                return Node("I", ("r", All(node.Shape, integrator.Gain)));
            case FiringOperation { Neuron.Kind: NeuronKind.If or NeuronKind.Lif or NeuronKind.Plif } firing:
                return Neurons(node.Shape, firing, firing.LeakWeight is null ? 0f : weights[firing.LeakWeight].Values[0], dt);
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no NIR form.");
        }

        NirField Bias(string? name, int count) => name is null ? NirField.Real([count], new double[count]) : Tensor(weights[name]);
    }

    private static NirNode Neurons(FeatureShape shape, FiringOperation firing, float w, double dt)
    {
        NeuronSettings neuron = firing.Neuron;
        if (neuron.Reset == ResetKind.Once)
        {
            throw new NotSupportedException("NIR has no neuron that fires at most once; its IF and LIF reset and fire again.");
        }

        float threshold = neuron.FiresAtEquality ? MathF.BitDecrement(neuron.Threshold) : neuron.Threshold;
        List<(string, NirField)> fields = [("r", All(shape, neuron.InputGain)), ("v_threshold", All(shape, threshold)), ("v_reset", All(shape, neuron.ResetPotential))];
        if (neuron.Kind != NeuronKind.If)
        {
            fields.Add(("tau", All(shape, dt / IntegrateAndFire.Leak(neuron, w))));
            fields.Add(("v_leak", All(shape, neuron.ResetPotential)));
        }

        return Node(neuron.Kind == NeuronKind.If ? "IF" : "LIF", [.. fields]) with
        {
            Metadata = new Dictionary<string, NirField> { ["reset"] = NirField.Of(neuron.Reset == ResetKind.Hard ? "hard" : "soft") },
        };
    }

    private static NirNode Node(string type, params (string Name, NirField Value)[] fields) => new(type, fields.ToDictionary(field => field.Name, field => field.Value));

    private static NirField Tensor(WeightTensor tensor) => NirField.Real(tensor.Shape, tensor.Values.Select(value => (double)value));

    private static NirField Shape(FeatureShape shape) => shape is { Height: 1, Width: 1 } ? NirField.Whole(shape.Channels) : NirField.Whole(shape.Channels, shape.Height, shape.Width);

    private static NirField All(FeatureShape shape, double value) => NirField.Real(shape is { Height: 1, Width: 1 } ? [shape.Channels] : [shape.Channels, shape.Height, shape.Width], Enumerable.Repeat(value, shape.Count));
}
