namespace StereoSpike.Hardware;

/// <summary>Where a depth stands on events: elsewhere it is what the network takes for usual.</summary>
public static class EventSupport
{
    /// <summary>Marks the pixels with a left event within a square around them.</summary>
    /// <param name="counts">Event counts whose first two channels are the left camera's; shape [C,H,W].</param>
    /// <param name="reachPx">Half the square's side, px, 0 or more.</param>
    /// <param name="supported">Receives 1 where there is one and 0 elsewhere, shape [H,W].</param>
    /// <exception cref="ArgumentException">The destination has another size, or there are fewer than two channels.</exception>
    /// <remarks>Along rows, then along columns; each pass looks how far the last event lies behind, from either side, so the work does not depend on the reach.</remarks>
    public static void Mark(SpikeFrame counts, int reachPx, Span<byte> supported)
    {
        ArgumentNullException.ThrowIfNull(counts);
        Guard.AtLeast(counts.Channels, 2, nameof(counts));
        Guard.AtLeast(reachPx, 0);
        Guard.Length(supported.Length, counts.Sensor.Pixels, nameof(supported));
        ReadOnlySpan<float> on = counts.Channel(0), off = counts.Channel(1);
        for (int i = 0; i < supported.Length; i++)
        {
            supported[i] = on[i] + off[i] > 0 ? (byte)1 : (byte)0;
        }

        (int width, int height) = (counts.Sensor.Width, counts.Sensor.Height);
        Span<byte> line = stackalloc byte[Math.Max(width, height)];   // a side is at most 16,384 pixels
        for (int y = 0; y < height; y++)
        {
            Widen(supported[(y * width)..], 1, line[..width], reachPx);
        }

        for (int x = 0; x < width; x++)
        {
            Widen(supported[x..], width, line[..height], reachPx);
        }
    }

    /// <summary>Sets all within reach of what is set, along one line.</summary>
    /// <param name="marks">The line's pixels, one every <paramref name="stride"/>.</param>
    /// <param name="stride">From one to the next.</param>
    /// <param name="before">Receives the line as it was.</param>
    /// <param name="reach">How far, px.</param>
    private static void Widen(Span<byte> marks, int stride, Span<byte> before, int reach)
    {
        for (int i = 0, last = -reach - 1; i < before.Length; i++)
        {
            before[i] = marks[i * stride];
            last = before[i] != 0 ? i : last;
            marks[i * stride] = i - last <= reach ? (byte)1 : (byte)0;
        }

        for (int i = before.Length - 1, next = i + reach + 1; i >= 0; i--)
        {
            next = before[i] != 0 ? i : next;
            marks[i * stride] |= next - i <= reach ? (byte)1 : (byte)0;
        }
    }
}
