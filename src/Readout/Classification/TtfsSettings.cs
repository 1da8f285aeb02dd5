using System.Text.Json;
using System.Text.Json.Serialization;

namespace StereoSpike.Readout;

/// <summary>Everything that fixes a <see cref="TtfsNetwork"/>'s shape; stored beside its weights.</summary>
public sealed record TtfsSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>Input channels: 1 for grey images, 2 a part of a recording; 1 to 64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 64.</exception>
    public int Channels { get; init => field = Guard.Within(value, 1, 64); } = 1;

    /// <summary>Image rows, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 256.</exception>
    public int Height { get; init => field = Guard.Within(value, 1, 256); } = 28;

    /// <summary>Image columns, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 256.</exception>
    public int Width { get; init => field = Guard.Within(value, 1, 256); } = 28;

    /// <summary>T: steps of each layer's window, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 256.</exception>
    public int Steps { get; init => field = Guard.Within(value, 1, 256); } = 8;

    /// <summary>The stages between input and outputs, as <see cref="TtfsStage.Parse"/> reads them.</summary>
    /// <exception cref="ArgumentException">Set to anything else.</exception>
    public string Network { get; init => field = string.Join('-', TtfsStage.Parse(value)); } = "32C3-P2-64C3-P2-128";

    /// <summary>The stages.</summary>
    [JsonIgnore]
    public IReadOnlyList<TtfsStage> Stages => TtfsStage.Parse(Network);

    /// <summary>As one line of JSON, snake_case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">What messages call the file it came from.</param>
    /// <exception cref="InvalidDataException">It is not such a text, or a value is out of range.</exception>
    public static TtfsSettings FromJson(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<TtfsSettings>(json, Json) ?? throw new JsonException("empty");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw Files.BadFile.Error(source, "network settings", $"cannot be used ({cause.Message})", "The weights are of a newer version or damaged; train them again.", cause);
        }
    }
}
