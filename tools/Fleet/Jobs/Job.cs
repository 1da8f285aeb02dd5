using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StereoSpike.Fleet;

/// <summary>A verb of the command on one recording, or on a range of its frames, as workers take it from a queue.</summary>
/// <remarks>
/// Its message is this record as JSON in UTF-8, keys in snake_case, at most <see cref="MostBytes"/> long; <c>schema</c> is <see cref="SchemaVersion"/>. Paths are relative to the folder that all
/// machines share, so that each may have it elsewhere and no message can lead out of it. <see cref="Id"/> follows from content and settings: the same work is the same job, whoever asks for it.
/// </remarks>
public sealed record Job
{
    /// <summary>The version of the message; a worker refuses others.</summary>
    public const int SchemaVersion = 1;

    /// <summary>The most bytes of a message.</summary>
    public const int MostBytes = 1 << 16;

    /// <summary>The verbs that a worker runs.</summary>
    public static readonly IReadOnlyList<string> Verbs = ["prepare", "convert", "infer", "evaluate"];

    private const int MostSettings = 256, IdLetters = 32;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Version of the message.</summary>
    public int Schema { get; init; } = SchemaVersion;

    /// <summary>One of <see cref="Verbs"/>.</summary>
    public required string Verb { get; init; }

    /// <summary>The recording: a path below the shared folder, or words it is simulated from (<c>sim:…</c>).</summary>
    public required string Recording { get; init; }

    /// <summary>The recording's name; its result's folder begins with it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the recording (<see cref="RecordingContent"/>), in hexadecimal.</summary>
    public required string Content { get; init; }

    /// <summary>Options of the verb and their values, as on a command line.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Options whose values are files.</summary>
    public IReadOnlyDictionary<string, JobFile> Files { get; init; } = new Dictionary<string, JobFile>();

    /// <summary>The folder of results, below the shared one.</summary>
    public required string Out { get; init; }

    /// <summary>Frames of the whole recording; 0 where the verb does not count in frames.</summary>
    public int Frames { get; init; }

    /// <summary>The most frames of a range.</summary>
    public int FramesAPart { get; init; } = int.MaxValue;

    /// <summary>What it does.</summary>
    public JobStep Step { get; init; }

    /// <summary>Of a part, its first frame, 0-based.</summary>
    public int First { get; init; }

    /// <summary>Of a part, its last frame.</summary>
    [JsonIgnore]
    public int Last => (int)Math.Min((long)First + FramesAPart, Frames) - 1;

    /// <summary>The share of a recording that it is, 0..1; joining is no share.</summary>
    [JsonIgnore]
    public double Share => Step switch { JobStep.Whole => 1, JobStep.Part => (double)(Last - First + 1) / Frames, _ => 0 };

    /// <summary>The whole work on the recording: the same for its parts and for their joining. 128 bits of SHA-256 over all that the result depends on, in hexadecimal.</summary>
    [JsonIgnore]
    public string Id
    {
        get
        {
            string[] words = [SchemaVersion.ToString(CultureInfo.InvariantCulture), Verb, Name, Content, Out, .. Settings, .. Files.OrderBy(file => file.Key, StringComparer.Ordinal).Select(file => $"{file.Key}={file.Value.Sha256 ?? file.Value.Path}")];
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(words))))[..IdLetters];
        }
    }

    /// <summary>The job's own name in the queue.</summary>
    [JsonIgnore]
    public string Key => Step switch { JobStep.Whole => Id, JobStep.Part => $"{Id}.{PartName}", _ => $"{Id}.join" };

    /// <summary>A part's name: its frames.</summary>
    [JsonIgnore]
    public string PartName => string.Create(CultureInfo.InvariantCulture, $"{First:D6}-{Last:D6}");

    /// <summary>The jobs that together do it: itself, or its parts.</summary>
    public IEnumerable<Job> Parts() => Frames <= FramesAPart
        ? [this with { Step = JobStep.Whole }]
        : Enumerable.Range(0, (int)(((long)Frames + FramesAPart - 1) / FramesAPart)).Select(part => this with { Step = JobStep.Part, First = part * FramesAPart });

    /// <summary>The job that joins the parts.</summary>
    public Job Joining() => this with { Step = JobStep.Join, First = 0 };

    /// <summary>The message.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads a message, which may come from anyone.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="job">The job.</param>
    /// <returns>What is wrong with it, as a clause; null where it is sound.</returns>
    public static string? Read(ReadOnlySpan<byte> message, out Job job)
    {
        job = null!;
        if (message.Length > MostBytes)
        {
            return $"is {message.Length} bytes long where at most {MostBytes} are allowed";
        }

        try
        {
            job = JsonSerializer.Deserialize<Job>(message, Json)!;
        }
        catch (JsonException cause)
        {
            return $"is no job: {cause.Message}";
        }

        return job is null ? "is no job: null" : job.Fault();
    }

    private string? Fault() =>
        Schema != SchemaVersion ? $"is of schema {Schema} where {SchemaVersion} is known"
        : !Verbs.Contains(Verb) ? $"asks for \"{Verb}\" where {string.Join(", ", Verbs)} are known"
        : Settings.Count > MostSettings || Files.Count > MostSettings ? $"has more than {MostSettings} settings"
        : Settings.Any(word => word is null) || Files.Any(file => file.Value?.Path is null) ? "has a setting without a value"
        : Files.Any(file => file.Value.Sha256 is null && !SharedFolder.IsName(file.Value.Path)) ? "has a file of unknown content"
        : !SharedFolder.IsName(Name) ? $"calls its recording \"{Name}\", which is no name for a folder"
        : Frames < 0 || FramesAPart < 1 || First < 0 || (Step != JobStep.Whole && First >= Frames) ? $"has frames from {First} of {Frames}"
        : !Enum.IsDefined(Step) ? "has an unknown step"
        : null;
}
