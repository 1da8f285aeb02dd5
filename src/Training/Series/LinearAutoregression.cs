namespace StereoSpike.Training;

/// <summary>The linear prediction of values from an input: ridge regression, solved exactly.</summary>
/// <remarks>W = (XᵀX + λI)⁻¹XᵀY with a constant added to every input, by Cholesky's decomposition; λ is this share of the mean diagonal.</remarks>
internal sealed class LinearAutoregression
{
    private const double RidgeShare = 1e-4;
    private readonly double[,] _weights;

    /// <summary>Fits.</summary>
    /// <param name="set">Samples with values to predict.</param>
    public LinearAutoregression(SeriesSet set)
    {
        int width = set.Inputs[0].Length + 1, outputs = set.Targets[0].Length;
        var normal = new double[width, width];
        _weights = new double[width, outputs];
        for (int sample = 0; sample < set.Count; sample++)
        {
            float[] x = [.. set.Inputs[sample].ToArray(), 1f];
            for (int i = 0; i < width; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    normal[i, j] += (double)x[i] * x[j];
                }

                for (int k = 0; k < outputs; k++)
                {
                    _weights[i, k] += x[i] * set.Targets[sample][k];
                }
            }
        }

        double ridge = RidgeShare * Enumerable.Range(0, width).Average(i => normal[i, i]);
        for (int i = 0; i < width; i++)
        {
            normal[i, i] += ridge;
        }

        Solve(normal, _weights);
    }

    /// <summary>Mean absolute error on samples.</summary>
    public double MeanAbsoluteError(SeriesSet set) => Enumerable.Range(0, set.Count).Average(sample =>
    {
        float[] x = [.. set.Inputs[sample].ToArray(), 1f];
        return set.Targets[sample].Select((target, k) => Math.Abs(Enumerable.Range(0, x.Length).Sum(i => x[i] * _weights[i, k]) - target)).Average();
    });

    /// <summary>Replaces b by A⁻¹b; A is symmetric, given below its diagonal, and replaced by its Cholesky factor.</summary>
    private static void Solve(double[,] a, double[,] b)
    {
        int n = a.GetLength(0);
        for (int j = 0; j < n; j++)
        {
            for (int i = j; i < n; i++)
            {
                double sum = a[i, j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[i, k] * a[j, k];
                }

                a[i, j] = i == j ? Math.Sqrt(sum) : sum / a[j, j];
            }
        }

        for (int column = 0; column < b.GetLength(1); column++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int k = 0; k < i; k++)
                {
                    b[i, column] -= a[i, k] * b[k, column];
                }

                b[i, column] /= a[i, i];
            }

            for (int i = n - 1; i >= 0; i--)
            {
                for (int k = i + 1; k < n; k++)
                {
                    b[i, column] -= a[k, i] * b[k, column];
                }

                b[i, column] /= a[i, i];
            }
        }
    }
}
