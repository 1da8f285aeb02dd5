namespace StereoSpike.Ingest;

/// <summary>How <see cref="BandPowerEncoder"/> sees a signal.</summary>
public sealed record BandPowerSettings
{
    /// <summary>Samples of a Fourier transform.</summary>
    public int WindowSamples { get; init => field = Guard.Within(value, 8, 8192); } = 174;

    /// <summary>Samples from frame to frame.</summary>
    public int HopSamples { get; init => field = Guard.Within(value, 1, 8192); } = 87;

    /// <summary>Frames of an input.</summary>
    public int Frames { get; init => field = Guard.Within(value, 1, 4096); } = 46;

    /// <summary>Edges of the bands, Hz, rising; delta, theta, alpha, beta and gamma, each in two or three parts.</summary>
    public IReadOnlyList<double> EdgesHz { get; init => field = value.Count is >= 2 and <= 257 && value.Zip(value.Skip(1)).All(pair => pair.First < pair.Second) ? value : throw new ArgumentException("Edges of bands must rise, and there must be 2 to 257."); }
        = [0.5, 2, 4, 6, 8, 10, 13, 18, 24, 30, 40, 60];

    /// <summary>Number of bands.</summary>
    public int Bands => EdgesHz.Count - 1;

    /// <summary>Samples that an input takes.</summary>
    public int Samples => ((Frames - 1) * HopSamples) + WindowSamples;
}
