namespace StereoSpike.Ingest;

/// <summary>Random numbers that depend on a seed alone: the same on every machine, in every order of work.</summary>
/// <remarks>SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.</remarks>
internal sealed class SeededDraws
{
    private ulong _state;

    /// <summary>Starts a stream of draws.</summary>
    /// <param name="seed">The user's seed.</param>
    /// <param name="stream">Which stream of that seed: two uses of one seed must not share their draws.</param>
    public SeededDraws(ulong seed, ulong stream)
    {
        _state = Mix(seed) ^ Mix(stream + 0x632BE59BD9B4E019UL);
    }

    /// <summary>Which textures may be drawn.</summary>
    public TextureShare Textures { get; init; } = TextureShare.All;

    public ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, count).</summary>
    public int NextIndex(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    public bool Chance(double probability) => NextUnit() < probability;

    public double Uniform(double low, double high) => low + ((high - low) * NextUnit());

    public float Uniform(float low, float high) => (float)Uniform((double)low, high);

    /// <summary>Uniform in the logarithm: as often between 1 and 2 as between 2 and 4.</summary>
    public double LogUniform(double low, double high) => low * Math.Pow(high / low, NextUnit());

    /// <summary>Normal with mean 0 and variance 1 (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2.0 * Math.Log(1.0 - NextUnit())) * Math.Cos(2.0 * Math.PI * NextUnit());

    /// <summary>Waiting time of a Poisson process, in the inverse unit of its rate; infinite for rate 0.</summary>
    public double Exponential(double rate) => rate > 0 ? -Math.Log(1.0 - NextUnit()) / rate : double.PositiveInfinity;

    public double Sign() => Chance(0.5) ? 1.0 : -1.0;

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
