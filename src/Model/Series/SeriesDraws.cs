namespace StereoSpike.Model;

/// <summary>First values of learned arrays.</summary>
internal static class SeriesDraws
{
    /// <summary>Normal draws around 0 (Box and Muller).</summary>
    public static float[] Normal(int count, double deviation, Random random)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)(deviation * Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
