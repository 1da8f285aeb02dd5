namespace StereoSpike.Ingest;

/// <summary>How the pixels of one simulated event camera behave.</summary>
public sealed record EventCameraModel
{
    /// <summary>Rise of the logarithm (base e) of intensity that makes an ON event, greater than 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double ThresholdOn { get; init => field = Guard.Above(value, 0.0); } = 0.38;

    /// <summary>Fall of the logarithm of intensity that makes an OFF event, greater than 0. Below <see cref="ThresholdOn"/> in most cameras: fewer ON events.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double ThresholdOff { get; init => field = Guard.Above(value, 0.0); } = 0.2;

    /// <summary>Standard deviation of the logarithm of the pixels' thresholds, 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double ThresholdSpread { get; init => field = Guard.Within(value, 0.0, 1.0); } = 0.12;

    /// <summary>Amplitude of the logarithm of a slow common drift of all thresholds, 0 to 1; its period is 3 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double ThresholdDrift { get; init => field = Guard.Within(value, 0.0, 1.0); }

    /// <summary>Share of the dead zone between both thresholds over which the pixels' levels are spread at the start, 0 (all at the first intensity) to 1 (anywhere in it).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double StartSpread { get; init => field = Guard.Within(value, 0.0, 1.0); } = 1;

    /// <summary>Shortest time between two events of a pixel, µs; what would come earlier is lost.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public long RefractoryUs { get; init => field = Guard.AtLeast(value, 0L); } = 500;

    /// <summary>Rate of events of each pixel that no light caused, Hz, 0 to 1000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double NoiseHz { get; init => field = Guard.Within(value, 0.0, 1000.0); } = 0.01;

    /// <summary>Share of the noise that is ON, 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double NoiseOnShare { get; init => field = Guard.Within(value, 0.0, 1.0); } = 0.5;

    /// <summary>Number of hot pixels, at least 0; their places are drawn.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 0.</exception>
    public int HotPixels { get; init => field = Guard.AtLeast(value, 0); }

    /// <summary>Rate of events of a hot pixel, Hz, 0 to 10000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside its range.</exception>
    public double HotPixelHz { get; init => field = Guard.Within(value, 0.0, 10_000.0); } = 30;

    /// <summary>A camera without faults: equal thresholds, no noise, no dead time, levels at the first intensity.</summary>
    /// <param name="threshold">Both thresholds, greater than 0.</param>
    public static EventCameraModel Ideal(double threshold) => new()
    {
        ThresholdOn = threshold,
        ThresholdOff = threshold,
        ThresholdSpread = 0,
        StartSpread = 0,
        RefractoryUs = 0,
        NoiseHz = 0,
    };

    /// <summary>Draws the two cameras of a rig as training needs them: alike but not equal.</summary>
    /// <param name="seed">Equal seeds give equal cameras.</param>
    /// <remarks>
    /// Thresholds of 0.14 to 0.3 (OFF) and 1.2 to 2.4 times that (ON); the right camera's are 0.64 to 1.57 times the left one's, the
    /// span of rates measured between the cameras of a real rig; noise of 0.003 to 0.03 Hz a pixel; up to four hot pixels.
    /// </remarks>
    public static (EventCameraModel Left, EventCameraModel Right) DrawPair(ulong seed)
    {
        var draws = new SeededDraws(seed, 0xCA3E);
        double off = draws.LogUniform(0.14, 0.3), on = off * draws.LogUniform(1.2, 2.4), asymmetry = Math.Sqrt(draws.LogUniform(0.64, 1.57));
        return (One(1 / asymmetry), One(asymmetry));

        EventCameraModel One(double factor) => new()
        {
            ThresholdOn = on * factor,
            ThresholdOff = off * factor,
            ThresholdSpread = draws.Uniform(0.05, 0.25),
            ThresholdDrift = draws.Uniform(0, 0.15),
            RefractoryUs = (long)draws.Uniform(200, 1500),
            NoiseHz = draws.LogUniform(0.003, 0.03),
            NoiseOnShare = draws.Uniform(0.3, 0.6),
            HotPixels = draws.NextIndex(5),
            HotPixelHz = draws.LogUniform(2, 50),
        };
    }
}
