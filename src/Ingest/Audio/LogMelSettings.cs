namespace StereoSpike.Ingest;

/// <summary>How <see cref="LogMelEncoder"/> turns sound into a picture of time and frequency.</summary>
public sealed record LogMelSettings
{
    /// <summary>Rate that the sound must have, Hz.</summary>
    public int SampleRateHz { get; init => field = Guard.Within(value, 1000, 192_000); } = 8000;

    /// <summary>Samples of a Fourier transform.</summary>
    public int WindowSamples { get; init => field = Guard.Within(value, 16, 8192); } = 240;

    /// <summary>Samples from frame to frame.</summary>
    public int HopSamples { get; init => field = Guard.Within(value, 1, 8192); } = 80;

    /// <summary>Mel bands.</summary>
    public int Bands { get; init => field = Guard.Within(value, 1, 256); } = 40;

    /// <summary>Lower end of the lowest band, Hz.</summary>
    public double LowestHz { get; init => field = Guard.AtLeast(value, 0.0); } = 20;

    /// <summary>Upper end of the highest band, Hz.</summary>
    public double HighestHz { get; init => field = Guard.Above(value, 0.0); } = 4000;

    /// <summary>Frames of a clip, at least 9; a clip is cut or padded with silence on both sides alike.</summary>
    public int Frames { get; init => field = Guard.Within(value, Deltas.Width, 4096); } = 64;

    /// <summary>G of log(1 + G·S / max S). 1 is the published one; more lifts what is quiet.</summary>
    public double LogGain { get; init => field = Guard.Above(value, 0.0); } = 1;

    /// <summary>Whether each band of each channel is divided by its standard deviation over the clip, as published; a band without any stays 0.</summary>
    public bool ScaleToDeviation { get; init; } = true;

    /// <summary>Samples of a clip of <see cref="Frames"/> frames.</summary>
    public int ClipSamples => (Frames - 1) * HopSamples;
}
