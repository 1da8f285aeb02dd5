namespace StereoSpike.Readout;

/// <summary>Depth in colours: near red, far blue, unknown grey.</summary>
public static class DepthPicture
{
    /// <summary>Draws a map, one pixel each.</summary>
    /// <param name="depth">Shape [H,W], metres, NaN where unknown.</param>
    /// <param name="scale">Which depth takes which colour.</param>
    public static Picture Draw(DepthMap depth, ColourScale scale)
    {
        ArgumentNullException.ThrowIfNull(depth);
        return Draw(depth.Metres, depth.Sensor, scale);
    }

    /// <summary>Draws a network's answer, which need not be a possible depth, one pixel each.</summary>
    /// <param name="metres">Shape [H,W], metres; NaN where unknown, and any other number takes the nearer end's colour.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="scale">Which depth takes which colour.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public static Picture Draw(ReadOnlySpan<float> metres, SensorSize sensor, ColourScale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        Guard.Length(metres.Length, sensor.Pixels, nameof(metres));
        var picture = new Picture(sensor.Width, sensor.Height);
        for (int i = 0; i < metres.Length; i++)
        {
            picture[i % sensor.Width, i / sensor.Width] = scale.At(metres[i]);
        }

        return picture;
    }
}
