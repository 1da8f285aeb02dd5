using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>Reads a class off outputs that weigh each spike by how early it came: the highest potential decides.</summary>
/// <remarks>
/// Source: Che et al., 2024 (arXiv:2410.23619), temporal weighting decoding, whose weights fall with time; here they are T − t, a ramp synapse's.
/// A spike's whole charge is known when it arrives, and what is still to come is bounded: after step t the neurons that have not fired can add at most (T − t − 1)/T each.
/// Work can stop as soon as the leader's lead over every other output exceeds what the rest could still do to it; the answer is then the one that waiting would give.
/// </remarks>
public static class TemporalDecoding
{
    /// <summary>The class of each output: its own number.</summary>
    public static IReadOnlyList<int> Order { get; } = [.. Enumerable.Range(0, ClassificationScore.Classes)];

    /// <summary>The decision once everything has arrived. Equal potentials are a tie.</summary>
    /// <param name="potentials">V of the outputs, shape [10].</param>
    /// <param name="step">When everything has arrived.</param>
    /// <param name="silent">Whether no spike reached the outputs.</param>
    public static LatencyDecision Decide(ReadOnlySpan<float> potentials, int step, bool silent = false)
    {
        float highest = potentials[FirstSpikeReadout.Highest(potentials)];
        uint outputs = 0;
        for (int o = 0; o < potentials.Length; o++)
        {
            outputs |= potentials[o] == highest ? 1u << o : 0u;
        }

        return new LatencyDecision(outputs, step, silent);
    }

    /// <summary>The same decision as early as it is certain.</summary>
    /// <param name="network">A network after <see cref="TtfsNetwork.Forward"/>.</param>
    /// <param name="image">Which of its images.</param>
    /// <returns>The decision, and the step in which it became certain, counted from the first pixel's spike.</returns>
    public static LatencyDecision DecideEarly(TtfsNetwork network, int image)
    {
        ArgumentNullException.ThrowIfNull(network);
        RampLayer output = network.Layers[^1];
        int steps = network.Settings.Steps, before = network.DecisionSteps - steps, classes = ClassificationScore.Classes;
        ReadOnlySpan<float> values = output.Input(image, 0, 0), final = network.Potentials(image);
        LatencyDecision whole = Decide(final, network.DecisionSteps, silent: !values.ContainsAnyExcept(0f));
        if (whole.Ties > 1 || whole.Silent)
        {
            return whole;
        }

        // Backwards from the end: undo each step's spikes while the answer stays certain without them.
        Span<double> potentials = stackalloc double[classes], reserve = stackalloc double[classes];   // reserve: Σ over the neurons that have not fired of max(0, w_o − w_leader)
        for (int o = 0; o < classes; o++)
        {
            potentials[o] = output.Bias[o];
        }

        int leader = whole.Output;
        float step = 1f / steps;
        for (int h = 0; h < values.Length; h++)
        {
            ReadOnlySpan<float> weights = output.Weights.AsSpan(h * output.Stride, classes);
            for (int o = 0; o < classes; o++)
            {
                potentials[o] += values[h] * (double)weights[o];
                reserve[o] += values[h] > 0f ? 0.0 : Math.Max(0f, weights[o] - weights[leader]);
            }
        }

        int certain = steps;
        for (int t = steps - 1; t >= 0; t--)   // is it certain before the spikes of step t come?
        {
            float value = (steps - t) * step;
            for (int h = 0; h < values.Length; h++)
            {
                if (Math.Abs(values[h] - value) < 0.5f * step)
                {
                    ReadOnlySpan<float> weights = output.Weights.AsSpan(h * output.Stride, classes);
                    for (int o = 0; o < classes; o++)
                    {
                        potentials[o] -= values[h] * (double)weights[o];
                        reserve[o] += Math.Max(0f, weights[o] - weights[leader]);
                    }
                }
            }

            if (!Certain(potentials, reserve, value, leader))
            {
                break;
            }

            certain = t;
        }

        return whole with { Step = before + certain };
    }

    private static bool Certain(ReadOnlySpan<double> potentials, ReadOnlySpan<double> reserve, float most, int leader)
    {
        for (int o = 0; o < potentials.Length; o++)
        {
            if (o != leader && potentials[leader] - potentials[o] <= most * reserve[o])
            {
                return false;
            }
        }

        return true;
    }
}
