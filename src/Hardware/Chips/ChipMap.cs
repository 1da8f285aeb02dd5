using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A network placed on a chip, or the reasons why it does not fit.</summary>
/// <param name="Profile">The chip.</param>
/// <param name="Populations">The network's populations.</param>
/// <param name="Placements">Those that found cores, in the network's order.</param>
/// <param name="Violations">Limits that are exceeded; none where it fits.</param>
public sealed record ChipMap(ChipProfile Profile, IReadOnlyList<Population> Populations, IReadOnlyList<CorePlacement> Placements, IReadOnlyList<ChipViolation> Violations)
{
    /// <summary>Whether the network fits.</summary>
    public bool Fits => Violations.Count == 0;

    /// <summary>Cores that the placed populations take, whether or not the chip has that many.</summary>
    public int CoresUsed => Placements.Sum(placement => placement.Cores);

    /// <summary>Places a network in integers, and checks that its thresholds fit the chip's membranes, too.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="weights">Its tensors by name.</param>
    /// <param name="profile">The chip.</param>
    /// <param name="settings">Bits of its weights, and whether it is folded.</param>
    /// <exception cref="InvalidDataException">The weights are not this graph's.</exception>
    /// <exception cref="NotSupportedException">A node has no integer form.</exception>
    public static ChipMap Place(NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights, ChipProfile profile, QuantizationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(settings);
        IntegerProgram program = IntegerProgram.Compile(graph, weights, settings);
        ChipMap map = Place(program.Graph, profile, settings.WeightBits);
        return map with { Violations = [.. map.Violations, .. ChipLimits.OfMembranes(program, profile)] };
    }

    /// <summary>Places a network whose weights are not known.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="profile">The chip.</param>
    /// <param name="weightBits">Bits of its weights.</param>
    public static ChipMap Place(NetworkGraph graph, ChipProfile profile, int weightBits = 8)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(profile);
        IReadOnlyList<Population> populations = Population.Of(graph);
        var violations = new List<ChipViolation>(ChipLimits.Check(graph, populations, profile, weightBits));
        IReadOnlyList<CorePlacement> placements = profile.OneLayerPerCore
            ? OneLayerPlacement.Place(populations, profile, violations)
            : ManyCorePlacement.Place(populations, profile, violations);
        return new ChipMap(profile, populations, placements, violations);
    }
}
