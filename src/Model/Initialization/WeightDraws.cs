namespace StereoSpike.Model;

/// <summary>Draws weights.</summary>
internal static class WeightDraws
{
    private static readonly double RootThree = Math.Sqrt(3);

    /// <summary>Weights of a mean and a deviation.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="values">Filled.</param>
    /// <param name="distribution">Normal or uniform.</param>
    /// <param name="moments">μ_w and σ_w.</param>
    public static void Fill(Random random, Span<float> values, WeightDistribution distribution, WeightMoments moments)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double standard = distribution switch
            {
                WeightDistribution.Normal => Gaussian(random),
                WeightDistribution.Uniform => RootThree * ((2 * random.NextDouble()) - 1),
                _ => throw new ArgumentException($"{distribution} weights are of one sign: give the connection a sign (Dale's law), or take normal or uniform ones."),
            };
            values[i] = (float)(moments.Mean + (moments.Deviation * standard));
        }
    }

    /// <summary>Positive weights, exponential of rate λ: mean 1/λ.</summary>
    public static void FillExponential(Random random, Span<float> values, double rate)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)(-Math.Log(1 - random.NextDouble()) / rate);
        }
    }

    /// <summary>Positive weights whose logarithm is normal with mean μ and deviation 1.</summary>
    public static void FillLogNormal(Random random, Span<float> values, double mu)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)Math.Exp(mu + Gaussian(random));
        }
    }

    /// <summary>Sets each weight to 0 but for a share of them.</summary>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="values">Thinned out.</param>
    /// <param name="connectivity">Share kept, in (0, 1].</param>
    public static void Thin(Random random, Span<float> values, double connectivity)
    {
        for (int i = 0; i < values.Length && connectivity < 1; i++)
        {
            values[i] = random.NextDouble() < connectivity ? values[i] : 0f;
        }
    }

    /// <summary>Moves each row's mean to a value, and widens what is left by √(N/(N−1)) so that its variance stays.</summary>
    /// <param name="values">Rows one after another.</param>
    /// <param name="rowLength">N; rows of 1 are left alone.</param>
    /// <param name="mean">The rows' new mean.</param>
    /// <remarks>The zeros of a thinned-out row stay, the mean is that of the others.</remarks>
    public static void CentreRows(Span<float> values, int rowLength, double mean)
    {
        for (int start = 0; start < values.Length; start += rowLength)
        {
            Span<float> row = values.Slice(start, rowLength);
            double sum = 0;
            int count = 0;
            foreach (float weight in row)
            {
                sum += weight;
                count += weight != 0f ? 1 : 0;
            }

            if (count > 1)
            {
                double centre = sum / count, widen = Math.Sqrt(count / (count - 1.0));
                foreach (ref float weight in row)
                {
                    weight = weight == 0f ? 0f : (float)(mean + (widen * (weight - centre)));
                }
            }
        }
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());   // Box and Muller, 1958
}
