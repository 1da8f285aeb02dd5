using System.Runtime.CompilerServices;

namespace StereoSpike.Model;

/// <summary>Puts the spikes of a layer in the order in which they arrive.</summary>
public sealed class SpikeOrder
{
    private readonly int[] _places;

    /// <summary>Makes room for the count of each step.</summary>
    /// <param name="steps">T, 1 to 65535: times from T on mean "never".</param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are outside their range.</exception>
    public SpikeOrder(int steps) => _places = new int[Guard.Within(steps, 1, ushort.MaxValue) + 1];

    /// <summary>Lists the spikes by time, and by neuron where times are equal; silent neurons are left out.</summary>
    /// <param name="times">Time of each neuron's spike, in steps; T or more for never.</param>
    /// <param name="spikes">Receives the spikes; as long as <paramref name="times"/>.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // as SingleSpikeLayer.Step
    public int Sort(ReadOnlySpan<ushort> times, Span<TimedSpike> spikes)
    {
        Guard.Length(spikes.Length, times.Length, nameof(spikes));
        Span<int> places = _places;
        int steps = places.Length - 1, first = 0;
        places.Clear();
        foreach (ushort time in times)
        {
            places[Math.Min(time, steps)]++;
        }

        for (int t = 0; t < steps; t++)
        {
            int here = places[t];
            places[t] = first;
            first += here;
        }

        for (int i = 0; i < times.Length; i++)
        {
            int time = times[i];
            if (time < steps)
            {
                spikes[places[time]++] = new TimedSpike((ushort)time, (ushort)i);
            }
        }

        return first;
    }
}
