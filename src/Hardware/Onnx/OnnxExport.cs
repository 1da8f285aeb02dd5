using StereoSpike.Files;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Writes networks as ONNX models: one step from rest, float32, any batch.</summary>
/// <remarks>
/// Spikes are 0 and 1 as float. A layer's neurons are Mul by m, Mul by 1/τ, Add v_reset, GreaterOrEqual (Greater where a tie does not fire) and Cast, in the order in which
/// <see cref="IntegrateAndFire"/> rounds. ONNX Runtime divides a target index by the scale where PyTorch and <see cref="NearestResize"/> multiply; where the two tables are equal a
/// resize is written as Resize (nearest, asymmetric, floor), else as a Gather a side. Sums over blocks are a convolution with ones.
/// Outputs: the readout's potential under the integrator's name; for a StereoSpike network also <c>depth_m</c> (or <c>disparity_px</c>), [N,1,H,W].
/// </remarks>
public static class OnnxExport
{
    /// <summary>Writes a trained network to a file, whole or not at all.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written.</exception>
    public static void Write(string path, StereoSpikeWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        byte[] model = StereoSpike(weights, traced: false);
        WholeFile.Write(path, stream => stream.Write(model));
    }

    /// <summary>A trained network as an ONNX file's bytes.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="traced">Whether each node's values are outputs too: see <see cref="Graph"/>.</param>
    public static byte[] StereoSpike(StereoSpikeWeights weights, bool traced)
    {
        ArgumentNullException.ThrowIfNull(weights);
        StereoSpikeSettings settings = weights.Settings;
        return Model(StereoSpikeNetwork.Build(settings), weights.Tensors, traced, "stereospike", weights.Notes.Append(new("stereospike", settings.ToJson())).ToDictionary(), model =>
        {
            string scaled = model.Node("Mul", "readout.scaled", [StereoSpikeNetwork.Readout, model.Constant("readout.scale", [], [settings.ReadoutScale])]);
            string y = model.Node("Add", settings.Unit == DepthUnit.DisparityPx ? "disparity_px" : "readout", [scaled, model.Constant("readout.offset", [], [settings.ReadoutOffset])]);
            if (settings.Unit != DepthUnit.DisparityPx)
            {
                string metres = settings.Unit == DepthUnit.LogMetres ? model.Node("Exp", "readout.metres", [y]) : y;
                y = model.Node("Clip", "depth_m", [metres, model.Constant("nearest_m", [], [DepthReadout.NearestMetres]), model.Constant("farthest_m", [], [DepthReadout.FarthestMetres])]);
            }

            model.Output(y, 1, settings.Height, settings.Width);
        });
    }

    /// <summary>Any graph as an ONNX file's bytes.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="traced">Whether the spikes of firing nodes, the sums of add nodes, the charged potentials (<c>NODE.charged</c>) and an integrator's potential after each input
    /// (<c>NODE.after.I</c>) are outputs too.</param>
    /// <exception cref="InvalidDataException">The weights are not this graph's.</exception>
    /// <exception cref="NotSupportedException">A node has no ONNX form.</exception>
    public static byte[] Graph(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, bool traced = false) =>
        Model(graph, weights, traced, "network", new Dictionary<string, string>(), static _ => { });

    /// <summary>The source index of a target index as ONNX Runtime finds it: ⌊i / (out/in)⌋ in float32.</summary>
    public static int RuntimeSource(int target, int sourceSide, int targetSide) => Math.Min((int)MathF.Floor(target / ((float)targetSide / sourceSide)), sourceSide - 1);

    private static byte[] Model(
        NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, bool traced, string name, IReadOnlyDictionary<string, string> metadata, Action<OnnxModel> finish)
    {
        ArgumentNullException.ThrowIfNull(graph);
        NetworkWeights.Check(graph, weights, name);
        var model = new OnnxModel();
        model.Input(graph.Input.Name, graph.Input.Shape);
        foreach (GraphNode node in graph.Nodes.Skip(1))
        {
            Add(model, graph, node, weights);
            bool answer = node.Operation is IntegratorOperation || !graph.Consumers[node.Name].Any();
            if (answer || (traced && node.Operation is FiringOperation or AddOperation))
            {
                Output(model, node.Name, node.Shape);
            }

            if (traced && node.Operation is FiringOperation)
            {
                Output(model, $"{node.Name}.charged", node.Shape);
            }

            for (int i = 0; traced && node.Operation is IntegratorOperation && i < node.Inputs.Count - 1; i++)
            {
                Output(model, $"{node.Name}.after.{i}", node.Shape);
            }
        }

        finish(model);
        return model.ToBytes(name, metadata);
    }

    private static void Output(OnnxModel model, string name, FeatureShape shape) => model.Output(name, shape.Channels, shape.Height, shape.Width);

    private static void Add(OnnxModel model, NetworkGraph graph, GraphNode node, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        FeatureShape read = node.Inputs.Count > 0 ? graph[node.Inputs[0]].Shape : default;
        switch (node.Operation)
        {
            case ConvolutionOperation conv:
                model.Node(
                    "Conv", node.Name, [node.Inputs[0], Tensor(conv.Weight), .. Bias(conv.Bias)], ("kernel_shape", Pair(conv.Kernel)), ("strides", Pair(conv.Stride)),
                    ("pads", (int[])[conv.Padding, conv.Padding, conv.Padding, conv.Padding]), ("group", conv.Groups));
                break;
            case LinearOperation linear:
                string flat = model.Node("Flatten", $"{node.Name}.flat", [node.Inputs[0]], ("axis", 1));
                string product = model.Node("Gemm", $"{node.Name}.product", [flat, Tensor(linear.Weight), .. Bias(linear.Bias)], ("transB", 1));
                model.Node("Unsqueeze", node.Name, [product, model.Constant("axes.rows_columns", [2], [2L, 3L])]);
                break;
            case NearestResizeOperation:
                Resize(model, node, read);
                break;
            case SumPoolingOperation pooling:
                int size = pooling.Size;
                float[] ones = [.. Enumerable.Repeat(1f, read.Channels * size * size)];
                model.Node(
                    "Conv", node.Name, [node.Inputs[0], model.Constant($"{node.Name}.ones", [read.Channels, 1, size, size], ones)], ("kernel_shape", Pair(size)), ("strides", Pair(size)),
                    ("pads", (int[])[0, 0, (node.Shape.Height * size) - read.Height, (node.Shape.Width * size) - read.Width]), ("group", read.Channels));
                break;
            case AddOperation:
                model.Node("Add", node.Name, node.Inputs);
                break;
            case FiringOperation firing:
                Fire(model, node, firing, weights);
                break;
            case IntegratorOperation integrator:
                string? sum = null;
                for (int i = 0; i < node.Inputs.Count; i++)
                {
                    string arrived = model.Node("Mul", $"{node.Name}.gained.{i}", [node.Inputs[i], model.Constant($"{node.Name}.gain", [], [integrator.Gain])]);
                    string after = i == node.Inputs.Count - 1 ? node.Name : $"{node.Name}.after.{i}";
                    sum = sum is null ? model.Node("Identity", after, [arrived]) : model.Node("Add", after, [sum, arrived]);
                }

                break;
            default:
                throw new NotSupportedException($"Node {node.Name}: {node.Operation.GetType().Name} has no ONNX form.");
        }

        string Tensor(string name) => model.Constant($"weights.{name}", weights[name].Shape, weights[name].Values);

        IEnumerable<string> Bias(string? name) => name is null ? [] : [Tensor(name)];
    }

    private static void Fire(OnnxModel model, GraphNode node, FiringOperation firing, IReadOnlyDictionary<string, WeightTensor> weights)
    {
        NeuronSettings neuron = firing.Neuron;
        if (neuron.Kind == NeuronKind.CubaLif)
        {
            throw new NotSupportedException($"Node {node.Name}: current-based neurons live over many steps, and the ONNX model is one step.");
        }

        float leak = IntegrateAndFire.Leak(neuron, firing.LeakWeight is null ? 0f : weights[firing.LeakWeight].Values[0]);
        string charged = model.Node("Mul", $"{node.Name}.gained", [node.Inputs[0], model.Constant($"{node.Name}.gain", [], [neuron.InputGain])]);
        if (neuron.Kind != NeuronKind.If)
        {
            charged = model.Node("Mul", $"{node.Name}.leaked", [charged, model.Constant($"{node.Name}.leak", [], [leak])]);
        }

        charged = model.Node("Add", $"{node.Name}.charged", [charged, model.Constant($"{node.Name}.rest", [], [neuron.ResetPotential])]);
        string fired = model.Node(neuron.FiresAtEquality ? "GreaterOrEqual" : "Greater", $"{node.Name}.fired", [charged, model.Constant($"{node.Name}.threshold", [], [neuron.Threshold])]);
        model.Node("Cast", node.Name, [fired], ("to", 1));
    }

    private static void Resize(OnnxModel model, GraphNode node, FeatureShape read)
    {
        int[] rows = NearestResize.Sources(read.Height, node.Shape.Height), columns = NearestResize.Sources(read.Width, node.Shape.Width);
        if (Equal(rows, read.Height) && Equal(columns, read.Width))
        {
            string sizes = model.Constant($"{node.Name}.sizes", [2], [(long)node.Shape.Height, node.Shape.Width]);
            model.Node(
                "Resize", node.Name, [node.Inputs[0], "", "", sizes], ("axes", (int[])[2, 3]), ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
            return;
        }

        string tall = model.Node("Gather", $"{node.Name}.tall", [node.Inputs[0], Table("rows", rows)], ("axis", 2));
        model.Node("Gather", node.Name, [tall, Table("columns", columns)], ("axis", 3));

        string Table(string side, int[] sources) => model.Constant($"{node.Name}.{side}", [sources.Length], [.. sources.Select(source => (long)source)]);

        static bool Equal(int[] sources, int side) => sources.Select((source, i) => source == RuntimeSource(i, side, sources.Length)).All(equal => equal);
    }

    private static int[] Pair(int side) => [side, side];
}
