using StereoSpike.Model;
using static TorchSharp.torch;

namespace StereoSpike.Readout;

/// <summary>Runs the trainable engine on a reference file's input and counts where it differs.</summary>
public sealed class ReferenceComparison : IDisposable
{
    private const float TieWidth = 1e-5f;
    private readonly ReferenceFile _reference;
    private readonly Dictionary<string, float[]> _expectedFiring;
    private readonly HashSet<string> _counted = [];
    private long _mismatches;
    private long _ties;

    /// <summary>Builds the network with the reference's weights.</summary>
    public ReferenceComparison(ReferenceFile reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        _reference = reference;
        _expectedFiring = ExpectedFiring(reference.Spikes);
        Module = new GraphModule(StereoSpikeNetwork.Build(reference.Settings), reference.Weights);
    }

    /// <summary>The network.</summary>
    public GraphModule Module { get; }

    /// <summary>Runs forward; spikes at their threshold go on as the reference has them.</summary>
    /// <returns>The run, with its gradients; the caller disposes it.</returns>
    public GraphRun Run()
    {
        StereoSpikeSettings settings = _reference.Settings;
        using Tensor input = tensor(_reference.Input, [1, settings.InputChannels, settings.Height, settings.Width]);
        return Module.Run([input], afterFiring: Compare);
    }

    /// <summary>Compares what a run came to.</summary>
    /// <param name="run">The run.</param>
    /// <param name="loss">The loss, if there is one.</param>
    /// <param name="penalty">The spike penalty, if there is one.</param>
    /// <param name="gradients">Gradients of loss + 0.5·penalty by tensor, if there are any.</param>
    public ReferenceReport Report(GraphRun run, double? loss = null, double? penalty = null, IReadOnlyDictionary<string, float[]>? gradients = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        foreach ((string node, WeightTensor expected) in _reference.Spikes.Where(pair => !_counted.Contains(pair.Key)))
        {
            float[] found = run.Spikes[node].data<float>().ToArray();
            _mismatches += found.Zip(expected.Values).Count(pair => pair.First != pair.Second);
        }

        float[][] depths = [.. run.Potentials[StereoSpikeNetwork.Readout].Select(potential => potential.data<float>().ToArray())];
        double largest = _reference.Depths.Max(depth => depth.Max(value => Math.Abs((double)value)));
        return new ReferenceReport
        {
            SpikeMismatches = _mismatches,
            SpikeTies = _ties,
            DepthMaxAbs = depths.Zip(_reference.Depths).Max(pair => MaxDifference(pair.First, pair.Second)),
            DepthTolerance = 1e-4 * Math.Max(1.0, largest),
            LossRel = Relative(loss, _reference.Loss),
            PenaltyRel = Relative(penalty, _reference.Penalty),
            GradientMaxRel = gradients is null ? null : _reference.Gradients.Max(expected => GradientDifference(expected.Value.Values, gradients[expected.Key])),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => Module.Dispose();

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

    private Tensor Compare(GraphNode node, Tensor input, Tensor spikes)
    {
        if (!_expectedFiring.TryGetValue(node.Name, out float[]? expected))
        {
            return spikes;
        }

        _counted.Add(node.Name);
        float[] found = spikes.data<float>().ToArray();
        int[] different = [.. Enumerable.Range(0, found.Length).Where(i => found[i] != expected[i])];
        if (different.Length == 0)
        {
            return spikes;
        }

        float[] current = input.data<float>().ToArray();
        int ties = different.Count(i => Math.Abs(Potential(node, current[i]) - Threshold(node)) < TieWidth);
        _ties += ties;
        _mismatches += different.Length - ties;
        using Tensor reference = tensor(expected, spikes.shape);
        return spikes + (reference - spikes).detach();   // the reference's value, our gradient
    }

    private static float Threshold(GraphNode node) => ((FiringOperation)node.Operation).Neuron.Threshold;

    private float Potential(GraphNode node, float current)
    {
        var firing = (FiringOperation)node.Operation;
        float w = firing.LeakWeight is null ? 0f : Module.Tensors[firing.LeakWeight].item<float>();
        return firing.Neuron.InputGain * current * IntegrateAndFire.Leak(firing.Neuron, w);
    }

    private static double MaxDifference(float[] found, float[] expected) => found.Zip(expected).Max(pair => Math.Abs((double)pair.First - pair.Second));

    private static double? Relative(double? found, double expected) => found is null ? null : Math.Abs(found.Value - expected) / Math.Abs(expected);

    private static double GradientDifference(float[] expected, float[] found)
    {
        double scale = expected.Max(value => Math.Abs((double)value)), difference = MaxDifference(found, expected);
        return difference == 0 ? 0 : difference / scale;
    }
}
