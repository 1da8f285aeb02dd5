namespace StereoSpike.Hardware;

/// <summary>Windows whose right image is not what the right camera saw: what a network that sees stereo must notice.</summary>
internal static class RightImage
{
    /// <summary>The right events moved, so that every disparity grows; those that leave the sensor are dropped.</summary>
    /// <param name="window">The window.</param>
    /// <param name="disparityPx">By how much, px; less than 0 to shrink.</param>
    public static StereoWindow Shifted(in StereoWindow window, int disparityPx)
    {
        var moved = new List<DvsEvent>(window.Right.Length);
        foreach (ref readonly DvsEvent e in window.Right.Span)
        {
            int x = e.X - disparityPx;   // x_right = x_left − d
            if (x >= 0 && x < window.Sensor.Width)
            {
                moved.Add(e with { X = (ushort)x });
            }
        }

        return window with { Right = moved.ToArray() };
    }

    /// <summary>The right events of another window of the same length, as if they had happened in this one.</summary>
    public static StereoWindow FromAnother(in StereoWindow window, in StereoWindow another)
    {
        DvsEvent[] events = another.Right.ToArray();
        long later = window.Window.StartUs - another.Window.StartUs;
        for (int i = 0; i < events.Length; i++)
        {
            events[i] = events[i] with { TimestampUs = events[i].TimestampUs + later };
        }

        return window with { Right = events };
    }

    /// <summary>No right event at all.</summary>
    public static StereoWindow Blank(in StereoWindow window) => window with { Right = ReadOnlyMemory<DvsEvent>.Empty };
}
