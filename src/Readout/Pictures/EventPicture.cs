namespace StereoSpike.Readout;

/// <summary>What one camera saw: ON red, OFF blue, on black.</summary>
/// <remarks>n events shine with 1 − 0.4ⁿ of the full colour: one is seen well, many do not drown it. Both polarities at a pixel add up to violet.</remarks>
public static class EventPicture
{
    private const double Unlit = 0.4;

    /// <summary>The colour of many ON events.</summary>
    public static Colour On { get; } = new(0xFF, 0x3C, 0x28);

    /// <summary>The colour of many OFF events.</summary>
    public static Colour Off { get; } = new(0x28, 0x78, 0xFF);

    /// <summary>Draws events, one pixel each.</summary>
    /// <param name="events">The events, all on the sensor.</param>
    /// <param name="sensor">H and W.</param>
    /// <exception cref="ArgumentException">An event lies outside the sensor.</exception>
    public static Picture Draw(ReadOnlySpan<DvsEvent> events, SensorSize sensor)
    {
        float[] on = new float[sensor.Pixels], off = new float[sensor.Pixels];
        for (int i = 0; i < events.Length; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            if (!sensor.Contains(e.X, e.Y))
            {
                throw new ArgumentException($"Event {i} is at x = {e.X}, y = {e.Y}: outside the {sensor} sensor.", nameof(events));
            }

            (e.Polarity == Polarity.On ? on : off)[(e.Y * sensor.Width) + e.X]++;
        }

        return Draw(on, off, sensor);
    }

    /// <summary>Draws one camera of a spike frame of event counts, one pixel each.</summary>
    /// <param name="frame">Channels L ON, L OFF, R ON, R OFF; a monocular frame has the first two.</param>
    /// <param name="camera">Which camera.</param>
    /// <exception cref="ArgumentException">The frame has no channels of that camera.</exception>
    public static Picture Draw(SpikeFrame frame, Camera camera)
    {
        ArgumentNullException.ThrowIfNull(frame);
        int first = 2 * (int)camera;
        if (frame.Channels < first + 2)
        {
            throw new ArgumentException($"The frame has {frame.Channels} channels; the {camera} camera's are {first} (ON) and {first + 1} (OFF).", nameof(frame));
        }

        return Draw(frame.Channel(first), frame.Channel(first + 1), frame.Sensor);
    }

    private static Picture Draw(ReadOnlySpan<float> on, ReadOnlySpan<float> off, SensorSize sensor)
    {
        var picture = new Picture(sensor.Width, sensor.Height);
        for (int i = 0; i < on.Length; i++)
        {
            double red = Shine(on[i]), blue = Shine(off[i]);
            picture[i % sensor.Width, i / sensor.Width] = new Colour(
                Add(red * On.Red, blue * Off.Red), Add(red * On.Green, blue * Off.Green), Add(red * On.Blue, blue * Off.Blue));
        }

        return picture;
    }

    private static double Shine(float count) => 1.0 - Math.Pow(Unlit, Math.Max(0f, count));

    private static byte Add(double one, double other) => (byte)Math.Round(Math.Min(255.0, one + other));
}
