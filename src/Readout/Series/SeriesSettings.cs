using System.Text.Json;
using System.Text.Json.Serialization;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Everything that fixes the shape and meaning of a <see cref="SeriesNetwork"/>; stored beside its weights.</summary>
public sealed record SeriesSettings
{
    /// <summary>What a file may ask for in layers.</summary>
    private const int MostLayers = 16;

    private const long MostElements = 1L << 26;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    /// <summary>What the network is for, such as <c>audio</c>.</summary>
    public string Task { get; init; } = "";

    /// <summary>T, steps of a sequence, 1 to 65536.</summary>
    public int Steps { get; init => field = Guard.Within(value, 1, 65536); } = 64;

    /// <summary>F, bands of the input, 1 to 4096.</summary>
    public int Bands { get; init => field = Guard.Within(value, 1, 4096); } = 1;

    /// <summary>Channels of the input, 1 to 4096.</summary>
    public int Inputs { get; init => field = Guard.Within(value, 1, 4096); } = 1;

    /// <summary>The layers between input and outputs, up to 16.</summary>
    public IReadOnlyList<SeriesLayerSettings> Layers { get; init => field = value.Count <= MostLayers ? value : throw new ArgumentException($"A series network has at most {MostLayers} layers, not {value.Count}."); } = [];

    /// <summary>How outputs are read.</summary>
    public SeriesReadoutKind Readout { get; init; } = SeriesReadoutKind.Mean;

    /// <summary>β that the outputs' learning starts from; 0 for outputs without memory, whose β is then not learned.</summary>
    public float ReadoutBeta { get; init => field = Guard.Within(value, 0f, 1f); }

    /// <summary>Names of the outputs: classes, or what is predicted.</summary>
    public IReadOnlyList<string> Outputs { get; init => field = value.Count is >= 1 and <= 4096 ? value : throw new ArgumentException($"A series network has 1 to 4096 outputs, not {value.Count}."); } = ["0"];

    /// <summary>Whether outputs are classes; values to predict if not.</summary>
    public bool IsClassifier { get; init; } = true;

    /// <summary>F·inputs: values of a step.</summary>
    [JsonIgnore]
    public int InputWidth => Bands * Inputs;

    /// <summary>The same network with analog neurons in place of spiking ones.</summary>
    public SeriesSettings Analog() => this with { Layers = [.. Layers.Select(layer => layer with { Neuron = SeriesNeuronKind.Analog })] };

    /// <summary>As one line of JSON, snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">It is not such a text, a value is out of range, or the network would need more memory than any of its size should.</exception>
    public static SeriesSettings FromJson(string json, string source)
    {
        try
        {
            SeriesSettings settings = JsonSerializer.Deserialize<SeriesSettings>(json, Json) ?? throw new JsonException("empty");
            long widest = settings.Layers.Select(layer => (long)settings.Steps * settings.Bands * layer.Channels).Append((long)settings.Steps * settings.InputWidth).Max();
            return widest <= MostElements ? settings : throw new ArgumentException($"a layer of {widest} values a sequence, more than {MostElements}");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw BadFile.Error(source, "network settings", $"cannot be used ({cause.Message})", "The weights are of a newer version or damaged; train them again.", cause);
        }
    }
}
