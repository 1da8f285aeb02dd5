using System.Text.Json;
using System.Text.Json.Serialization;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>How StereoSpike's convolutions are made.</summary>
public enum ConvolutionKind
{
    /// <summary>Dense 5×5 kernels (arXiv v2).</summary>
    Dense,

    /// <summary>Depthwise 7×7, then pointwise (the journal's network).</summary>
    Separable,
}

/// <summary>What the readout's potential means.</summary>
public enum DepthUnit
{
    /// <summary>The depth itself, metres (the paper).</summary>
    Metres,

    /// <summary>The natural logarithm of the depth in metres.</summary>
    LogMetres,

    /// <summary>The disparity in px; depth follows from the rig.</summary>
    DisparityPx,
}

/// <summary>Everything that fixes a StereoSpike network's shape and meaning; stored beside its weights.</summary>
public sealed record StereoSpikeSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Sensor columns.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to <see cref="SensorSize.MaximumSide"/>.</exception>
    public int Width { get; init => field = Guard.Within(value, 1, SensorSize.MaximumSide); } = 346;

    /// <summary>Sensor rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to <see cref="SensorSize.MaximumSide"/>.</exception>
    public int Height { get; init => field = Guard.Within(value, 1, SensorSize.MaximumSide); } = 260;

    /// <summary>Channels of the input: 4 for a stereo polarity histogram, 2 for one camera's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 1024.</exception>
    public int InputChannels { get; init => field = Guard.Within(value, 1, 1024); } = 4;

    /// <summary>Dense or separable convolutions.</summary>
    public ConvolutionKind Kind { get; init; } = ConvolutionKind.Dense;

    /// <summary>Channel multiplier, greater than 0: widths are max(1, round(multiplier · {32, 64, 128, 256, 512})).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside (0, 8].</exception>
    public double Channels { get; init => field = Guard.Within(Guard.Above(value, 0.0), 0.0, 8.0); } = 1.0;

    /// <summary>IF, LIF or PLIF.</summary>
    /// <exception cref="ArgumentException">Set to current-based neurons, whose spikes come two steps after their input: StereoSpike takes one.</exception>
    public NeuronKind Neuron
    {
        get;
        init => field = value != NeuronKind.CubaLif
            ? value
            : throw new ArgumentException("Current-based neurons answer two steps after their input, and StereoSpike takes one step: take if, lif or plif.");
    }

    /// <summary>m, which multiplies each convolution's output; the paper takes 1 with IF and 10 with PLIF.</summary>
    public float InputGain { get; init => field = Guard.Above(value, 0f); } = 1f;

    /// <summary>τ of LIF, or where PLIF's learning starts, in steps.</summary>
    public float TauSteps { get; init => field = Guard.AtLeast(value, 1f); } = 3f;

    /// <summary>The surrogate gradient, such as <c>atan:2</c>.</summary>
    public string Surrogate { get; init => field = Model.Surrogate.Parse(value).ToString(); } = Model.Surrogate.Default.ToString();

    /// <summary>The prediction heads in use, 1 (finest) to 4 (coarsest), ascending.</summary>
    /// <exception cref="ArgumentException">Set to none, to one outside 1..4, or not ascending.</exception>
    public IReadOnlyList<int> Heads
    {
        get;
        init => field = value is { Count: > 0 } && value.All(head => head is >= 1 and <= 4) && value.Zip(value.Skip(1)).All(pair => pair.First < pair.Second)
            ? value
            : throw new ArgumentException($"Heads are 1 (finest) to 4 (coarsest), each once, ascending; not {{{string.Join(", ", value ?? [])}}}.");
    } = [1, 2, 3, 4];

    /// <summary>Whether the decoder adds the encoder's spikes.</summary>
    public bool Skips { get; init; } = true;

    /// <summary>For the analog twin: the function that stands in for neurons, with a bias and batch normalisation before it; null for spikes.</summary>
    public ActivationKind? Twin { get; init; }

    /// <summary>1, or 2 to sum the input over 2×2 blocks first and let the heads bring the answer back to full size: a quarter of the work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 8.</exception>
    public int Downsample { get; init => field = Guard.Within(value, 1, 8); } = 1;

    /// <summary>What the readout's potential means.</summary>
    public DepthUnit Unit { get; init; } = DepthUnit.Metres;

    /// <summary>What is added to the scaled potential, in <see cref="Unit"/>: 0 in the paper, the training set's mean target in ours.</summary>
    public float ReadoutOffset { get; init; }

    /// <summary>What the potential is multiplied by, greater than 0: 1 in the paper, the spread of the training set's targets in ours.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public float ReadoutScale { get; init => field = Guard.Above(value, 0f); } = 1f;

    /// <summary>Length of the window of events the network was trained on, µs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public long WindowUs { get; init => field = Guard.AtLeast(value, 1L); } = 50_000;

    /// <summary>The encoder the network was trained with, such as <c>histogram</c>.</summary>
    public string Encoder { get; init; } = "histogram";

    /// <summary>The rig it was trained for, px·m: focal length times baseline. A disparity network serves any rig; the others only this one.</summary>
    public double? FocalBaselinePxMetres { get; init; }

    /// <summary>Sensor size.</summary>
    [JsonIgnore]
    public SensorSize Sensor => new(Width, Height);

    /// <summary>The neurons of every firing layer.</summary>
    [JsonIgnore]
    public NeuronSettings NeuronSettings => new()
    {
        Kind = Neuron,
        InputGain = InputGain,
        TauSteps = TauSteps,
        Surrogate = Model.Surrogate.Parse(Surrogate),
    };

    /// <summary>As one line of JSON, snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">It is not such a text, or a value is out of range.</exception>
    public static StereoSpikeSettings FromJson(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<StereoSpikeSettings>(json, Json) ?? throw new JsonException("empty");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw Files.BadFile.Error(source, "network settings", $"cannot be used ({cause.Message})", "The weights are of a newer version or damaged; train or export them again.", cause);
        }
    }
}
