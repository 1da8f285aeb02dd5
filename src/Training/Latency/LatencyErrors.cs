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
