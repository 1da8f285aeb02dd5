namespace StereoSpike.Readout;

/// <summary>Reads a class off the times of the output spikes: whoever fires first has decided.</summary>
/// <remarks>Source: Kheradpisheh and Masquelier, S4NN, 2020 (arXiv:1910.09495). Where nobody fires, the highest potential decides, read at step T − 3 as in the authors' code.</remarks>
public static class FirstSpikeReadout
{
    /// <summary>The decision.</summary>
    /// <param name="times">When each output fires, in steps; T for never; at most 32 of them.</param>
    /// <param name="steps">T.</param>
    /// <param name="potentials">Potential of each output at step T − 3; asked only where nobody fires.</param>
    public static LatencyDecision Decide(ReadOnlySpan<ushort> times, int steps, ReadOnlySpan<float> potentials)
    {
        Guard.Within(times.Length, 1, 32);
        Guard.Length(potentials.Length, times.Length, nameof(potentials));
        int first = steps;
        uint outputs = 0;
        for (int o = 0; o < times.Length; o++)
        {
            outputs = times[o] < first ? 1u << o : times[o] == first && first < steps ? outputs | 1u << o : outputs;
            first = Math.Min(first, times[o]);
        }

        return first < steps ? new LatencyDecision(outputs, first, Silent: false) : new LatencyDecision(1u << Highest(potentials), steps, Silent: true);
    }

    /// <summary>How surely it was decided: steps between the first output spike and the second; 0 for a tie, and where nobody fires.</summary>
    /// <param name="times">When each output fires, in steps; T for never.</param>
    public static int MarginSteps(ReadOnlySpan<ushort> times)
    {
        ushort first = ushort.MaxValue, second = ushort.MaxValue;
        foreach (ushort time in times)
        {
            second = Math.Min(second, Math.Max(first, time));
            first = Math.Min(first, time);
        }

        return times.Length < 2 ? 0 : second - first;
    }

    /// <summary>Index of the highest potential; the first of equal ones.</summary>
    internal static int Highest(ReadOnlySpan<float> potentials)
    {
        int highest = 0;
        for (int o = 1; o < potentials.Length; o++)
        {
            highest = potentials[o] > potentials[highest] ? o : highest;
        }

        return highest;
    }
}
