using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Another framework's answers for one input: weights, spikes, depths, loss, penalty and gradients, in an <c>.npz</c> file.</summary>
/// <remarks>Keys: <c>input</c> [1,C,H,W], <c>truth</c> [1,1,H,W], <c>multiply</c> (m), <c>weights.*</c>, <c>spikes.*</c> (bottom, conv1–4, bottleneck, add4–1),
/// <c>depth1</c> (all heads) to <c>depth4</c>, <c>loss</c>, <c>penalty</c>, <c>gradients.*</c> of loss + 0.5·penalty.
/// Kind, neuron, channels, views and sensor size are read off names and shapes.</remarks>
public sealed class ReferenceFile
{
    private const string WeightsPrefix = "weights.", SpikesPrefix = "spikes.", GradientsPrefix = "gradients.";
    private static readonly int[] Widths = [32, 64, 128, 256, 512];
    private readonly IReadOnlyDictionary<string, NpyArray> _arrays;
    private readonly string _path;

    private ReferenceFile(string path, IReadOnlyDictionary<string, NpyArray> arrays)
    {
        _path = path;
        _arrays = arrays;
        Weights = WithPrefix(WeightsPrefix);
        Settings = ReadSettings();
        NetworkWeights.Check(StereoSpikeNetwork.Build(Settings), Weights, path);
    }

    /// <summary>The network's settings.</summary>
    public StereoSpikeSettings Settings { get; }

    /// <summary>The network's tensors.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Weights { get; }

    /// <summary>Spikes, and sums of them, by node.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Spikes => WithPrefix(SpikesPrefix);

    /// <summary>Gradients of loss + 0.5·penalty, by tensor.</summary>
    public IReadOnlyDictionary<string, WeightTensor> Gradients => WithPrefix(GradientsPrefix);

    /// <summary>The input, shape [C,H,W].</summary>
    public float[] Input => Required("input").ToSingles();

    /// <summary>The truth, shape [H,W], metres, NaN where unknown.</summary>
    public float[] Truth => Required("truth").ToSingles();

    /// <summary>The loss of preset <c>paper</c>.</summary>
    public double Loss => Required("loss").ToDoubles()[0];

    /// <summary>The spike penalty.</summary>
    public double Penalty => Required("penalty").ToDoubles()[0];

    /// <summary>The readouts, coarsest (one head) first, shape [H,W] each.</summary>
    public IReadOnlyList<float[]> Depths => [.. Enumerable.Range(0, 4).Select(i => Required($"depth{4 - i}").ToSingles())];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, lacks an array, or its arrays do not fit together.</exception>
    public static ReferenceFile Load(string path) => new(path, NpzFile.Read(path));

    private StereoSpikeSettings ReadSettings()
    {
        int[] input = Required("input").Shape;
        if (input is not [1, _, _, _])
        {
            throw Bad("input", $"has shape [{string.Join(", ", input)}] where [1, C, H, W] is needed");
        }

        bool separable = Weights.ContainsKey("bottom.depthwise");
        return new StereoSpikeSettings
        {
            Kind = separable ? ConvolutionKind.Separable : ConvolutionKind.Dense,
            Neuron = Weights.ContainsKey("bottom.w") ? NeuronKind.Plif : NeuronKind.If,
            InputGain = Required("multiply").ToSingles()[0],
            InputChannels = input[1],
            Height = input[2],
            Width = input[3],
            Channels = ChannelMultiplier(separable ? "pointwise" : "weight"),
        };
    }

    /// <summary>A multiplier that rounds to the widths found.</summary>
    private double ChannelMultiplier(string suffix)
    {
        double low = 0, high = double.PositiveInfinity;
        for (int i = 0; i < Widths.Length; i++)
        {
            string name = $"{(i == 0 ? "bottom" : $"conv{i}")}.{suffix}";
            int width = Weights.TryGetValue(name, out WeightTensor? tensor) ? tensor.Shape[0] : throw Bad(WeightsPrefix + name, "is missing");
            low = Math.Max(low, width == 1 ? 0 : (width - 0.5) / Widths[i]);   // a width never falls under 1
            high = Math.Min(high, (width + 0.5) / Widths[i]);
        }

        return low < high ? (low + high) / 2 : throw Bad(WeightsPrefix + "conv*", "has widths that are no common multiple of 32, 64, 128, 256, 512");
    }

    private Dictionary<string, WeightTensor> WithPrefix(string prefix) => _arrays
        .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(pair => pair.Key[prefix.Length..], pair => new WeightTensor([.. pair.Value.Shape], pair.Value.ToSingles()));

    private NpyArray Required(string name) => _arrays.TryGetValue(name, out NpyArray? array) ? array : throw Bad(name, "is missing");

    private InvalidDataException Bad(string array, string found) =>
        BadFile.Error(_path, array, found, "A reference file has the layout that docs/verify.md lists.");
}
