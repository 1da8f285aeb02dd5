using System.Text.Json;
using System.Text.Json.Serialization;
using StereoSpike.Files;

namespace StereoSpike.Hardware;

/// <summary>What a chip allows. A limit that is null is not checked: it does not exist, or nobody has published it.</summary>
public sealed record ChipProfile
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>Name, as on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Where the limits are from, and what is not checked.</summary>
    public required string Source { get; init; }

    /// <summary>Its cores, by kind.</summary>
    public required IReadOnlyList<CoreKind> Cores { get; init; }

    /// <summary>Whether a core holds one layer and a layer lies in one core (Speck); else layers are cut over many cores.</summary>
    public bool OneLayerPerCore { get; init; }

    /// <summary>Whether memories are addressed by powers of two, so that each side rounds up (Speck).</summary>
    public bool PowerOfTwoAddresses { get; init; }

    /// <summary>Neurons of all cores together.</summary>
    public int? Neurons { get; init; }

    /// <summary>Input lines.</summary>
    public int? Inputs { get; init; }

    /// <summary>Largest weight, bits.</summary>
    public int WeightBits { get; init; } = 8;

    /// <summary>Bits of a membrane potential.</summary>
    public int MembraneBits { get; init; } = 16;

    /// <summary>Bits of a spike's payload: 1 for a bare spike, so that a count of n is sent n times and sums cannot be sent.</summary>
    public int PayloadBits { get; init; } = 1;

    /// <summary>Whether convolutions are made by address arithmetic; else each synapse is stored, as in a fully connected layer.</summary>
    public bool Convolutions { get; init; } = true;

    /// <summary>Whether an event may be sent to several pixels of one layer by address arithmetic: nearest upsampling.</summary>
    public bool Upsampling { get; init; }

    /// <summary>Layers that one layer may send to.</summary>
    public int? Destinations { get; init; }

    /// <summary>Largest kernel side, px.</summary>
    public int? KernelSide { get; init; }

    /// <summary>Strides there are.</summary>
    public IReadOnlyList<int>? Strides { get; init; }

    /// <summary>Blocks, px, that spikes can be pooled over by addresses; null for any.</summary>
    public IReadOnlyList<int>? PoolingSizes { get; init; }

    /// <summary>Largest padding, px.</summary>
    public int? Padding { get; init; }

    /// <summary>Largest side of a layer's input, px.</summary>
    public int? InputSide { get; init; }

    /// <summary>Largest side of a layer's output, px.</summary>
    public int? OutputSide { get; init; }

    /// <summary>Most channels of a layer.</summary>
    public int? Channels { get; init; }

    /// <summary>Reads a profile that a user wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or a limit makes no sense.</exception>
    public static ChipProfile Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ChipProfile>(File.ReadAllText(path), Json)!.Checked(path);
        }
        catch (JsonException cause)
        {
            throw BadFile.Error(path, "", $"is no chip profile ({cause.Message})", "Start from one that stereospike chip profiles prints.", cause);
        }
    }

    /// <summary>As JSON that <see cref="Load"/> reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    private ChipProfile Checked(string path)
    {
        (string Name, int? Value)[] limits =
        [
            ("neurons", Neurons), ("inputs", Inputs), ("weight_bits", WeightBits), ("membrane_bits", MembraneBits), ("payload_bits", PayloadBits), ("destinations", Destinations),
            ("kernel_side", KernelSide), ("input_side", InputSide), ("output_side", OutputSide), ("channels", Channels), .. Cores.Select(core => ("cores.count", (int?)core.Count)),
            .. Cores.Select(core => ("cores.neurons", core.Neurons)), .. Cores.Select(core => ("cores.weights", core.Weights)),
        ];
        foreach ((string name, int? value) in limits)
        {
            if (value < 1)
            {
                throw BadFile.Error(path, name, $"is {value}", "A limit is at least 1; leave one out that does not exist.");
            }
        }

        const int MostCores = 1 << 20;
        return Cores.Count > 0 && Cores.Sum(core => (long)core.Count) <= MostCores ? this : throw BadFile.Error(path, "cores", $"lists no core, or more than {MostCores}", "Give each kind's count.");
    }
}
