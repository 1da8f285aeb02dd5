using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Counts where an engine's answers on a reference file's input differ from it.</summary>
/// <remarks>Show it each firing layer as the engine gets there (<see cref="Compare"/>), then ask for the <see cref="Report"/>.</remarks>
public sealed class ReferenceComparison
{
    private const float TieWidth = 1e-5f;
    private readonly ReferenceFile _reference;
    private readonly Dictionary<string, float[]> _expectedFiring;
    private readonly HashSet<string> _counted = [];
    private long _mismatches;
    private long _ties;

    /// <summary>Starts a comparison.</summary>
    public ReferenceComparison(ReferenceFile reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        _reference = reference;
        _expectedFiring = ExpectedFiring(reference.Spikes);
    }

    /// <summary>Compares a firing layer's spikes; those of neurons at their threshold count as ties.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="potentials">Charged potentials, shape [C,H,W].</param>
    /// <param name="spikes">Its spikes, shape [C,H,W].</param>
    /// <returns>The reference's spikes where they differ, for the engine to go on with; null where all are equal or the reference does not tell.</returns>
    public float[]? Compare(GraphNode node, float[] potentials, float[] spikes)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(potentials);
        ArgumentNullException.ThrowIfNull(spikes);
        if (!_expectedFiring.TryGetValue(node.Name, out float[]? expected))
        {
            return null;
        }

        _counted.Add(node.Name);
        float threshold = ((FiringOperation)node.Operation).Neuron.Threshold;
        int[] different = [.. Enumerable.Range(0, spikes.Length).Where(i => spikes[i] != expected[i])];
        int ties = different.Count(i => Math.Abs(potentials[i] - threshold) < TieWidth);
        _ties += ties;
        _mismatches += different.Length - ties;
        return different.Length == 0 ? null : expected;
    }

    /// <summary>Compares the rest of a run.</summary>
    /// <param name="values">Spikes of a firing node or sums of an add node, by its name.</param>
    /// <param name="readouts">The readout's potential after each head, the coarsest alone first.</param>
    /// <param name="loss">The loss, if there is one.</param>
    /// <param name="penalty">The spike penalty, if there is one.</param>
    /// <param name="gradients">Gradients of loss + 0.5·penalty by tensor, if there are any.</param>
    public ReferenceReport Report(
        Func<string, float[]> values, IReadOnlyList<float[]> readouts, double? loss = null, double? penalty = null, IReadOnlyDictionary<string, float[]>? gradients = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(readouts);
        foreach ((string node, WeightTensor expected) in _reference.Spikes.Where(pair => !_counted.Contains(pair.Key)))
        {
            _mismatches += values(node).Zip(expected.Values).Count(pair => pair.First != pair.Second);
        }

        double largest = _reference.Depths.Max(depth => depth.Max(value => Math.Abs((double)value)));
        return new ReferenceReport
        {
            SpikeMismatches = _mismatches,
            SpikeTies = _ties,
            DepthMaxAbs = readouts.Zip(_reference.Depths).Max(pair => MaxDifference(pair.First, pair.Second)),
            DepthTolerance = 1e-4 * Math.Max(1.0, largest),
            LossRel = Relative(loss, _reference.Loss),
            PenaltyRel = Relative(penalty, _reference.Penalty),
            GradientMaxRel = gradients is null ? null : _reference.Gradients.Max(expected => GradientDifference(expected.Value.Values, gradients[expected.Key])),
        };
    }

    /// <summary>What each neuron layer should have done: the encoder's spikes are in the file, the decoder's are its sums less the skips.</summary>
    private static Dictionary<string, float[]> ExpectedFiring(IReadOnlyDictionary<string, WeightTensor> spikes)
    {
        string[] encoder = ["bottom", "conv1", "conv2", "conv3", "conv4"];
        Dictionary<string, float[]> expected = encoder.Where(spikes.ContainsKey).ToDictionary(node => node, node => spikes[node].Values);
        for (int i = 1; i <= 4; i++)
        {
            if (spikes.TryGetValue($"add{i}", out WeightTensor? sum) && spikes.TryGetValue(encoder[i - 1], out WeightTensor? skip))
            {
                expected.Add($"deconv{i}", [.. sum.Values.Zip(skip.Values, (total, skipped) => total - skipped)]);
            }
        }

        return expected;
    }

    private static double MaxDifference(float[] found, float[] expected) => found.Zip(expected).Max(pair => Math.Abs((double)pair.First - pair.Second));

    private static double? Relative(double? found, double expected) => found is null ? null : Math.Abs(found.Value - expected) / Math.Abs(expected);

    private static double GradientDifference(float[] expected, float[] found)
    {
        double scale = expected.Max(value => Math.Abs((double)value)), difference = MaxDifference(found, expected);
        return difference == 0 ? 0 : difference / scale;
    }
}
