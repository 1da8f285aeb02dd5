using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Labelled samples in which every unit fires at most once: a step for each unit, expanded into sequences batch by batch.</summary>
public sealed class SpikeTimeSet
{
    /// <summary>The step of a unit that stays silent.</summary>
    public const short Never = -1;

    private readonly short[] _steps;
    private readonly int[] _labels;

    /// <summary>Wraps samples.</summary>
    /// <param name="spikeSteps">Step of each unit's spike, 0..T−1, or <see cref="Never"/>; shape [samples, units]. Owned from here.</param>
    /// <param name="labels">Class of each sample, shape [samples]. Owned from here.</param>
    /// <param name="steps">T, 1 to 32767.</param>
    /// <exception cref="ArgumentException">The steps do not fill the samples, or one lies outside the sequence.</exception>
    public SpikeTimeSet(short[] spikeSteps, int[] labels, int steps)
    {
        ArgumentNullException.ThrowIfNull(spikeSteps);
        ArgumentNullException.ThrowIfNull(labels);
        Steps = Guard.Within(steps, 1, short.MaxValue);
        Units = Guard.AtLeast(spikeSteps.Length / Math.Max(1, labels.Length), 1);
        Guard.Length(spikeSteps.Length, labels.Length * Units, nameof(spikeSteps));
        _labels = labels;
        _steps = spikeSteps.All(step => step >= Never && step < steps)
            ? spikeSteps
            : throw new ArgumentException($"A spike lies outside the {steps} steps of its sequence.", nameof(spikeSteps));
    }

    /// <summary>Number of samples.</summary>
    public int Count => _labels.Length;

    /// <summary>Units of a sample.</summary>
    public int Units { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>Class of each sample.</summary>
    public ReadOnlySpan<int> Labels => _labels;

    /// <summary>Reads times in 0..1 as spikes in the first part of a sequence.</summary>
    /// <param name="times">Shape [samples, units]; NaN for a unit that stays silent.</param>
    /// <param name="labels">Shape [samples].</param>
    /// <param name="steps">T.</param>
    /// <param name="activeSteps">Time 1 is the last of so many steps, 1..T.</param>
    public static SpikeTimeSet FromTimes(ReadOnlySpan<float> times, int[] labels, int steps, int activeSteps)
    {
        Guard.Within(activeSteps, 1, steps);
        var spikeSteps = new short[times.Length];
        for (int i = 0; i < times.Length; i++)
        {
            spikeSteps[i] = float.IsNaN(times[i]) ? Never : (short)Math.Min(activeSteps - 1, (int)(times[i] * activeSteps));
        }

        return new SpikeTimeSet(spikeSteps, labels, steps);
    }

    /// <summary>Splits the samples of each class in two, the first ones of each and the rest, in the order they have.</summary>
    /// <param name="firstOfEach">How many of each class go into the first part.</param>
    public (SpikeTimeSet First, SpikeTimeSet Others) Split(int firstOfEach)
    {
        IGrouping<int, int>[] classes = [.. Enumerable.Range(0, Count).GroupBy(sample => _labels[sample])];
        return (Part([.. classes.SelectMany(samples => samples.Take(firstOfEach)).Order()]), Part([.. classes.SelectMany(samples => samples.Skip(firstOfEach)).Order()]));

        SpikeTimeSet Part(int[] samples) => new([.. samples.SelectMany(sample => _steps[(sample * Units)..((sample + 1) * Units)])], [.. samples.Select(sample => _labels[sample])], Steps);
    }

    /// <summary>The same samples with their labels dealt out at random: what a network reaches on others with these is chance.</summary>
    /// <param name="seed">Seed of the deal.</param>
    public SpikeTimeSet WithShuffledLabels(int seed)
    {
        int[] labels = [.. _labels];
        new Random(seed).Shuffle(labels);
        return new SpikeTimeSet(_steps, labels, Steps);
    }

    /// <summary>Sequences of samples taken at equal distances from the whole set.</summary>
    /// <param name="count">How many; all if there are fewer.</param>
    /// <returns>Spikes, shape [N,T,units,1,1]; the caller disposes it.</returns>
    public Tensor Spread(int count)
    {
        (Tensor spikes, Tensor labels) = Batch(SpreadOver(count));
        labels.Dispose();
        return spikes;
    }

    /// <summary>Indices of samples at equal distances over the whole set.</summary>
    /// <param name="count">How many; all if there are fewer.</param>
    internal int[] SpreadOver(int count) => [.. Enumerable.Range(0, Math.Min(count, Count)).Select(i => (int)((long)i * Count / Math.Min(count, Count)))];

    /// <summary>Some samples as sequences.</summary>
    /// <param name="samples">Their indices, N of them.</param>
    /// <returns>Spikes, shape [N,T,units,1,1], and classes, shape [N]. The caller disposes both.</returns>
    public (Tensor Spikes, Tensor Labels) Batch(ReadOnlySpan<int> samples)
    {
        var spikes = new float[samples.Length * Steps * Units];
        var labels = new long[samples.Length];
        for (int n = 0; n < samples.Length; n++)
        {
            ReadOnlySpan<short> steps = _steps.AsSpan(samples[n] * Units, Units);
            for (int unit = 0; unit < Units; unit++)
            {
                if (steps[unit] != Never)
                {
                    spikes[(((n * Steps) + steps[unit]) * Units) + unit] = 1f;
                }
            }

            labels[n] = _labels[samples[n]];
        }

        return (tensor(spikes, [samples.Length, Steps, Units, 1, 1]), tensor(labels));
    }
}
