namespace StereoSpike.Ingest;

/// <summary>Rate code of an image: in every step each pixel fires with a chance of p/255, independently.</summary>
/// <remarks>Bernoulli steps, the discrete form of a Poisson process; Diehl and Cook, "Unsupervised learning of digit recognition using spike-timing-dependent plasticity", Front. Comput. Neurosci. 2015.</remarks>
public sealed class RateEncoder
{
    /// <summary>Makes an encoder.</summary>
    /// <param name="steps">T, at least 1.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no step.</exception>
    public RateEncoder(int steps, int seed)
    {
        Steps = Guard.AtLeast(steps, 1);
        Seed = seed;
    }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>Seed of all draws.</summary>
    public int Seed { get; }

    /// <summary>Draws an image's spikes; the same seed and index give the same spikes, in any order of work.</summary>
    /// <param name="pixels">Brightness, 0..255, K of them.</param>
    /// <param name="index">Which image of the set it is.</param>
    /// <param name="spikes">Receives 1 for a spike and 0 for none, shape [T,K].</param>
    /// <exception cref="ArgumentException">The spikes do not hold T·K elements.</exception>
    public void Encode(ReadOnlySpan<byte> pixels, int index, Span<float> spikes)
    {
        Guard.Length(spikes.Length, Steps * pixels.Length, nameof(spikes));
        var draws = new SeededDraws((ulong)(uint)Seed, (ulong)(uint)index);
        for (int t = 0; t < Steps; t++)
        {
            Span<float> step = spikes.Slice(t * pixels.Length, pixels.Length);
            for (int i = 0; i < pixels.Length; i++)
            {
                step[i] = draws.NextIndex(255) < pixels[i] ? 1f : 0f;
            }
        }
    }
}
