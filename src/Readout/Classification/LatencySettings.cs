using System.Text.Json;
using System.Text.Json.Serialization;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Which rule a latency network's weights follow.</summary>
public enum LatencyMethod
{
    /// <summary>Real weights (Kheradpisheh and Masquelier, 2020).</summary>
    S4nn,

    /// <summary>Weights of −1 and +1 (Kheradpisheh, Mirsadeghi and Masquelier, 2021).</summary>
    Bs4nn,

    /// <summary>Real weights, and synapses whose charge comes as a ramp (Mirsadeghi, Shalchian, Kheradpisheh and Masquelier, 2021).</summary>
    Stidi,
}

/// <summary>Everything that fixes a two-layer latency network's shape and meaning; stored beside its weights.</summary>
public sealed record LatencySettings
{
    /// <summary>Name of the hidden layer's weights, shape [hidden, H·W].</summary>
    public const string HiddenWeights = "hidden.weight";

    /// <summary>Name of the output layer's weights, shape [classes, hidden].</summary>
    public const string OutputWeights = "output.weight";

    internal const int MostNeurons = 8192;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>Real or binary weights.</summary>
    public LatencyMethod Method { get; init; } = LatencyMethod.S4nn;

    /// <summary>Image rows, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 256.</exception>
    public int Height { get; init => field = Guard.Within(value, 1, 256); } = 28;

    /// <summary>Image columns, 1 to 255, so that every pixel has a 16-bit number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 255.</exception>
    public int Width { get; init => field = Guard.Within(value, 1, 255); } = 28;

    /// <summary>Neurons of the hidden layer, 1 to 8192.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 8192.</exception>
    public int Hidden { get; init => field = Guard.Within(value, 1, MostNeurons); } = 400;

    /// <summary>θ of the hidden layer.</summary>
    public float HiddenThreshold { get; init => field = Guard.Above(value, 0f); } = 100f;

    /// <summary>θ of the output layer.</summary>
    public float OutputThreshold { get; init => field = Guard.Above(value, 0f); } = 100f;

    /// <summary>T, S4NN's t_max: steps 0 to T − 1, and T means "never"; 4 to 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 4 to 4096.</exception>
    public int Steps { get; init => field = Guard.Within(value, 4, 4096); } = 256;

    /// <summary>τ: steps over which a spike's charge comes in equal parts; 0, all at once, but for the method that has ramps; at most 4096.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 0 to 4096.</exception>
    public int RampSteps { get; init => field = Guard.Within(value, 0, 4096); }

    /// <summary>How charge reaches the membranes.</summary>
    [JsonIgnore]
    public SynapticResponse Response => RampSteps > 0 ? new SynapticResponse(SynapticShape.Ramp, RampSteps) : default;

    /// <summary>The class that each output neuron stands for: each of 0 to 9 once.</summary>
    /// <exception cref="ArgumentException">Set to anything else.</exception>
    public IReadOnlyList<int> LabelOrder
    {
        get;
        init => field = value is not null && value.Order().SequenceEqual(Enumerable.Range(0, ClassificationScore.Classes))
            ? value
            : throw new ArgumentException($"A label order names each class from 0 to {ClassificationScore.Classes - 1} once, not {{{string.Join(", ", value ?? [])}}}.");
    } = [.. Enumerable.Range(0, ClassificationScore.Classes)];

    /// <summary>H·W.</summary>
    [JsonIgnore]
    public int Inputs => Height * Width;

    /// <summary>The network: two fully connected layers of neurons that fire at most once.</summary>
    /// <remarks>
    /// A graph's layers pass spikes on within a step, S4NN's one step later. The delay only renumbers the steps of the later layers, so a graph that is run
    /// for T − 2 steps fires the same output neurons as S4NN, in the same order, each 2 steps earlier than S4NN's clock says. Ramps are not in it: a graph's neurons take their charge at once.
    /// </remarks>
    public NetworkGraph Graph()
    {
        var build = new NetworkGraphBuilder(new FeatureShape(1, Height, Width));
        string hidden = build.Fire("hidden", build.Linear("hidden.sum", build.Input, new LinearOperation(Hidden, HiddenWeights, null)), Neuron(HiddenThreshold));
        build.Fire("output", build.Linear("output.sum", hidden, new LinearOperation(ClassificationScore.Classes, OutputWeights, null)), Neuron(OutputThreshold));
        return build.Build();

        static NeuronSettings Neuron(float threshold) => new() { Threshold = threshold, FiresAtEquality = false, Reset = ResetKind.Once };
    }

    /// <summary>As one line of JSON, snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">It is not such a text, or a value is out of range.</exception>
    public static LatencySettings FromJson(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<LatencySettings>(json, Json) ?? throw new JsonException("empty");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw Files.BadFile.Error(source, "network settings", $"cannot be used ({cause.Message})", "The weights are of a newer version or damaged; train them again.", cause);
        }
    }
}
