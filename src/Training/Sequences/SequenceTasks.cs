using StereoSpike.Ingest;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Inputs for networks of sequences that need no data.</summary>
public static class SequenceTasks
{
    /// <summary>Independent units that fire at random with one probability a step.</summary>
    /// <param name="samples">N, at least 1.</param>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="units">Units, at least 1.</param>
    /// <param name="probability">Of a spike in a step: rate times dt, in (0, 1).</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <returns>Spikes, shape [N,T,units,1,1]; the caller disposes it.</returns>
    public static Tensor Poisson(int samples, int steps, int units, double probability, int seed)
    {
        Guard.Within(probability, 0.0, 1.0);
        var random = new Random(seed);
        var spikes = new float[checked(Guard.AtLeast(samples, 1) * Guard.AtLeast(steps, 1) * Guard.AtLeast(units, 1))];
        for (int i = 0; i < spikes.Length; i++)
        {
            spikes[i] = random.NextDouble() < probability ? 1f : 0f;
        }

        return tensor(spikes, [samples, steps, units, 1, 1]);
    }

    /// <summary>Images as spike times: the brighter a pixel, the earlier it fires, once; dark ones never do.</summary>
    /// <param name="images">Grey images.</param>
    /// <param name="count">How many of the first ones; fewer if there are fewer.</param>
    /// <param name="steps">T; spikes lie in its first 60 %, at (255 − p)/255 of them for a brightness p above 20.</param>
    public static SpikeTimeSet Images(LabelledImages images, int count, int steps)
    {
        const byte Darkest = 20;
        const double ActiveShare = 0.6;
        ArgumentNullException.ThrowIfNull(images);
        count = Math.Min(count, images.Count);
        var times = new float[count * images.Pixels];
        for (int i = 0; i < times.Length; i++)
        {
            byte brightness = images.Image(i / images.Pixels)[i % images.Pixels];
            times[i] = brightness > Darkest ? (255 - brightness) / 255f : float.NaN;
        }

        int[] labels = [.. Enumerable.Range(0, count).Select(i => (int)images.Labels[i])];
        return SpikeTimeSet.FromTimes(times, labels, steps, Math.Max(1, (int)(ActiveShare * steps)));
    }

    /// <summary>Points of random manifolds as spike sequences: see <see cref="RandomManifolds"/>. Points to learn from and points to be judged by are parts of one set, drawn and scaled together.</summary>
    /// <param name="manifolds">The classes.</param>
    /// <param name="perClass">Samples of each class.</param>
    /// <param name="steps">T; the spikes lie in all of it.</param>
    /// <param name="seed">Seed of the points.</param>
    public static SpikeTimeSet Manifolds(RandomManifolds manifolds, int perClass, int steps, int seed)
    {
        ArgumentNullException.ThrowIfNull(manifolds);
        int[] labels = [.. Enumerable.Range(0, manifolds.Classes * perClass).Select(i => i / perClass)];
        return SpikeTimeSet.FromTimes(manifolds.Draw(perClass, seed), labels, steps, steps);
    }
}
