using System.Numerics;

namespace StereoSpike.Training;

/// <summary>What both rules do with times and errors on their way into vectors.</summary>
internal static class LatencyErrors
{
    /// <summary>Times as floats, which errors can be compared and masked with.</summary>
    public static void Widen(ReadOnlySpan<ushort> times, float[] wide)
    {
        for (int i = 0; i < times.Length; i++)
        {
            wide[i] = times[i];
        }
    }

    /// <summary>a ← a + s·(f·w − a).</summary>
    public static void Blend(ReadOnlySpan<float> weights, float factor, float share, Span<float> average)
    {
        var scale = new Vector<float>(factor);
        var step = new Vector<float>(share);
        for (int i = 0; i < average.Length; i += Vector<float>.Count)   // rows of layers are multiples of 16 long
        {
            var a = new Vector<float>(average[i..]);
            (a + (step * ((new Vector<float>(weights[i..]) * scale) - a))).CopyTo(average[i..]);
        }
    }

    /// <summary>‖δ‖₂.</summary>
    public static float Length(float[] errors)
    {
        double squares = 0;
        foreach (float error in errors)
        {
            squares += (double)error * error;
        }

        return (float)Math.Sqrt(squares);
    }
}
