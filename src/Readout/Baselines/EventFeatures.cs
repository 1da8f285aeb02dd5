namespace StereoSpike.Readout;

/// <summary>Turns a camera's events into the planes that a block matcher compares.</summary>
internal static class EventFeatures
{
    /// <summary>The largest value of a feature.</summary>
    public const int Maximum = byte.MaxValue;

    /// <summary>Fills the planes of one camera.</summary>
    /// <param name="events">Shape [E], in time order.</param>
    /// <param name="window">The window they come from.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="settings">Which feature.</param>
    /// <param name="planes">Receives 0 to <see cref="Maximum"/>, shape [2,H,W]: ON, OFF.</param>
    /// <param name="rowTolerancePx">How many rows above and below the event take its value too, as far as theirs is less.</param>
    /// <exception cref="ArgumentException">An event lies off the sensor or outside the window.</exception>
    public static void Fill(ReadOnlySpan<DvsEvent> events, TimeWindow window, SensorSize sensor, BlockMatcherSettings settings, int rowTolerancePx, Span<int> planes)
    {
        planes.Clear();
        foreach (ref readonly DvsEvent e in events)
        {
            if (!sensor.Contains(e.X, e.Y) || !window.Contains(e.TimestampUs))
            {
                throw new ArgumentException($"An event is at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs: outside the {sensor} sensor or the window {window}.", nameof(events));
            }

            ref int pixel = ref planes[(e.Polarity == Polarity.On ? 0 : sensor.Pixels) + (e.Y * sensor.Width) + e.X];
            pixel = settings.Feature switch
            {
                EventFeature.Counts => Math.Min(pixel + 1, Maximum),
                EventFeature.TimeSurface => (int)Math.Round(Maximum * Math.Exp((e.TimestampUs - window.EndUs) / settings.TauUs)),   // the newest is the last to write
                _ => 1,
            };
        }

        if (rowTolerancePx > 0)
        {
            Spread(planes[..sensor.Pixels], sensor, rowTolerancePx);
            Spread(planes[sensor.Pixels..], sensor, rowTolerancePx);
        }
    }

    /// <summary>Each pixel takes the largest value of its column within so many rows.</summary>
    private static void Spread(Span<int> plane, SensorSize sensor, int rows)
    {
        int[] source = plane.ToArray();
        for (int y = 0; y < sensor.Height; y++)
        {
            Span<int> row = plane.Slice(y * sensor.Width, sensor.Width);
            for (int near = Math.Max(y - rows, 0); near <= Math.Min(y + rows, sensor.Height - 1); near++)
            {
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = Math.Max(row[x], source[(near * sensor.Width) + x]);
                }
            }
        }
    }
}
