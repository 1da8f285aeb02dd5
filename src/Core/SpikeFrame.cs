namespace StereoSpike;

/// <summary>The network's input of one step: a value a channel and pixel, event counts for the polarity histogram.</summary>
/// <remarks>
/// Shape [C,H,W], rows before columns. A stereo polarity histogram has the channels L ON, L OFF, R ON, R OFF;
/// a monocular one the first two.
/// </remarks>
public sealed class SpikeFrame
{
    /// <summary>Makes a frame of zeros.</summary>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="sensor">H and W.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no channel.</exception>
    public SpikeFrame(int channels, SensorSize sensor)
        : this(channels, sensor, new float[checked(Guard.AtLeast(channels, 1) * sensor.Pixels)])
    {
    }

    /// <summary>Makes a frame around existing values, which it then owns.</summary>
    /// <param name="channels">C, at least 1.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="values">Shape [C,H,W].</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public SpikeFrame(int channels, SensorSize sensor, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Channels = Guard.AtLeast(channels, 1);
        Sensor = sensor;
        Guard.Length(values.Length, checked(channels * sensor.Pixels), nameof(values));
        Values = values;
    }

    /// <summary>C.</summary>
    public int Channels { get; }

    /// <summary>H and W.</summary>
    public SensorSize Sensor { get; }

    /// <summary>The values, shape [C,H,W].</summary>
    public float[] Values { get; }

    /// <summary>One channel, shape [H,W].</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel.</exception>
    public Span<float> Channel(int channel) => Values.AsSpan(channel * Sensor.Pixels, Sensor.Pixels);
}
