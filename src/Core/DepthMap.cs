namespace StereoSpike;

/// <summary>How far away each pixel of the left, rectified camera sees something; NaN where that is unknown, never 0.</summary>
public sealed class DepthMap
{
    /// <summary>Makes a map around existing depths, which it then owns.</summary>
    /// <param name="sensor">H and W.</param>
    /// <param name="metres">Shape [H,W], metres: greater than 0 and finite, or NaN.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape, or one is 0, negative or infinite.</exception>
    public DepthMap(SensorSize sensor, float[] metres)
    {
        ArgumentNullException.ThrowIfNull(metres);
        Guard.Length(metres.Length, sensor.Pixels, nameof(metres));
        for (int i = 0; i < metres.Length; i++)
        {
            if (metres[i] <= 0f || float.IsPositiveInfinity(metres[i]))
            {
                throw new ArgumentException(
                    $"Depth at x = {i % sensor.Width}, y = {i / sensor.Width} is {metres[i]} m; a depth is greater than 0 and finite, or NaN where unknown.",
                    nameof(metres));
            }
        }

        Sensor = sensor;
        Metres = metres;
    }

    /// <summary>H and W.</summary>
    public SensorSize Sensor { get; }

    /// <summary>Depths, shape [H,W], metres; NaN where unknown.</summary>
    public float[] Metres { get; }

    /// <summary>Number of pixels whose depth is known.</summary>
    public int KnownPixels => Metres.Count(depth => !float.IsNaN(depth));

    /// <summary>A map of which no pixel is known.</summary>
    public static DepthMap Unknown(SensorSize sensor)
    {
        var metres = new float[sensor.Pixels];
        Array.Fill(metres, float.NaN);
        return new DepthMap(sensor, metres);
    }
}
