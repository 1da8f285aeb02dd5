using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace StereoSpike.Ingest;

/// <summary>What every encoder checks before it counts, so that all of them refuse in the same words.</summary>
internal static class EncoderDoor
{
    /// <summary>Checks that a destination holds exactly [C,H,W], and empties it.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public static void Clear(Span<float> destination, int channels, SensorSize sensor)
    {
        Guard.Length(destination.Length, checked(channels * sensor.Pixels), nameof(destination));
        destination.Clear();
    }

    /// <summary>Checks that counts are those of two cameras, and that a destination holds exactly [C,H,W].</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void Check(SpikeFrame counts, int channels, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(counts);
        Guard.Within(counts.Channels, 4, 4, nameof(counts));
        Guard.Length(destination.Length, checked(channels * counts.Sensor.Pixels), nameof(destination));
    }

    /// <summary>How far a polarity's channel lies behind the ON channel: 0 for ON, <paramref name="plane"/> for OFF.</summary>
    /// <remarks>Without a branch: polarity is as good as random, and a mispredicted branch costs more than the rest of an event.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Skip(Polarity polarity, int plane) => plane & ((int)polarity - 1);

    /// <summary>Refuses an event; out of line, so that the loops that call it stay small.</summary>
    [DoesNotReturn, StackTraceHidden]
    public static void ThrowOutside(int index, DvsEvent e, TimeWindow window, SensorSize sensor) =>
        throw new ArgumentException(
            $"Event {index} is at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs: outside the {sensor} sensor " +
            $"or the window {window}. Crop the batch before encoding it.",
            nameof(window));
}
