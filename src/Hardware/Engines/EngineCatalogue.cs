using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The engines by the names that the command line gives them.</summary>
public static class EngineCatalogue
{
    /// <summary>All names; the first is the one to take.</summary>
    public static IReadOnlyList<string> Names { get; } = ["event", "torch", "onnx"];

    /// <summary>What each is, for help texts.</summary>
    public const string Description = "event (event-driven, the fastest), torch (TorchSharp, the network as it was trained) or onnx (ONNX Runtime)";

    /// <summary>Builds an engine around a trained network.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="weights">The network.</param>
    /// <param name="threads">Threads to compute with; 0 takes what the engine likes best.</param>
    /// <param name="source">What messages call the weights' origin, such as their file.</param>
    /// <param name="integers">If given, the network is turned into integers so; only the event engine has them. A separable network whose sums pass 32 bits is folded first.</param>
    /// <exception cref="ArgumentException">There is no such engine, or it has no integers.</exception>
    /// <exception cref="InvalidDataException">The tensors are not that network's.</exception>
    public static IDepthEngine Make(string name, StereoSpikeWeights weights, int threads = 0, string source = "weights", QuantizationSettings? integers = null) => (name, integers) switch
    {
        ("event", { } settings) => new EventEngine(weights.Settings, Integers(weights, settings, source), threads),
        (_, not null) => throw new ArgumentException($"The engine {name} runs floats only; integers are the event engine's.", nameof(integers)),
        _ => Make(name, weights, threads, source),
    };

    private static IDepthEngine Make(string name, StereoSpikeWeights weights, int threads, string source) => name switch
    {
        "event" => new EventEngine(weights, threads, source),
        "torch" => new TorchEngine(weights, source),
        "onnx" => new OnnxEngine(weights, threads),
        _ => throw new ArgumentException($"There is no engine {name}; there are {string.Join(", ", Names)}.", nameof(name)),
    };

    /// <summary>Sums between a depthwise and a pointwise convolution can need more bits than the engine adds; a folded network has none (docs/adr/0021).</summary>
    private static IntegerProgram Integers(StereoSpikeWeights weights, QuantizationSettings settings, string source)
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);
        var program = IntegerProgram.Compile(graph, weights.Tensors, settings, source);
        return program.SumBits <= 32 || settings.FoldSeparable ? program : IntegerProgram.Compile(graph, weights.Tensors, settings with { FoldSeparable = true }, source);
    }
}
