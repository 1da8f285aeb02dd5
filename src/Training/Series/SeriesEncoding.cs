using System.Text.Json;
using System.Text.Json.Serialization;
using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>Settings of encoders as one line of JSON beside the weights.</summary>
internal static class SeriesEncoding
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    public static string Write<T>(T settings) => JsonSerializer.Serialize(settings, Json);

    public static T Read<T>(string json, string source)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException("empty");
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw BadFile.Error(source, "encoder settings", $"cannot be used ({cause.Message})", "The weights are of a newer version or damaged; train them again.", cause);
        }
    }
}
