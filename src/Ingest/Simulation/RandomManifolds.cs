namespace StereoSpike.Ingest;

/// <summary>Smooth random manifolds in the space of spike times: a classification task for spiking networks that needs no data, where each unit fires once and only timing tells the classes apart.</summary>
/// <remarks>A point x in [0, 1]^D of a class's manifold sets unit i to
/// <code>
/// z_i(x) = Π_d Σ_k θ0_k·k^(-α)·sin(2π·((k-1)·x_d·θ1_k + θ2_k)),    θ ~ U[0, 1] for each class, unit and d,   k = 1 … ⌈ε^(-1/α)⌉, at most 1000, ε = 1e-3
/// </code>
/// which is scaled to [0, 1] over all points of the class, unit by unit, and read as a spike time. Larger α makes smoother manifolds.
/// Source: Zenke and Vogels, "The remarkable robustness of surrogate gradient learning …", Neural Computation 33 (2021).</remarks>
public sealed class RandomManifolds
{
    private const double Precision = 1e-3;
    private const int MostTerms = 1000;
    private readonly double[] _theta;
    private readonly double[] _spectrum;
    private readonly int _terms;

    /// <summary>Draws the manifolds.</summary>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <param name="units">Spiking units, at least 1.</param>
    /// <param name="dimensions">D, 1 to 3.</param>
    /// <param name="alpha">α, smoothness, greater than 0.</param>
    /// <param name="seed">Seed of the manifolds.</param>
    public RandomManifolds(int classes, int units, int dimensions, double alpha, int seed)
    {
        Classes = Guard.AtLeast(classes, 2);
        Units = Guard.AtLeast(units, 1);
        Dimensions = Guard.Within(dimensions, 1, 3);
        Alpha = Guard.Above(alpha, 0.0);
        _terms = (int)Math.Min(MostTerms, Math.Ceiling(Math.Pow(Precision, -1 / alpha)));
        _spectrum = [.. Enumerable.Range(1, _terms).Select(k => Math.Pow(k, -alpha))];
        var random = new Random(seed);
        _theta = new double[checked(classes * units * dimensions * 3 * _terms)];
        for (int i = 0; i < _theta.Length; i++)
        {
            _theta[i] = random.NextDouble();
        }
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Spiking units.</summary>
    public int Units { get; }

    /// <summary>D.</summary>
    public int Dimensions { get; }

    /// <summary>α.</summary>
    public double Alpha { get; }

    /// <summary>Draws points of every class.</summary>
    /// <param name="perClass">Points of each class, at least 2.</param>
    /// <param name="seed">Seed of the points.</param>
    /// <returns>Spike times, 0..1, shape [classes·perClass, units], class after class.</returns>
    public float[] Draw(int perClass, int seed)
    {
        Guard.AtLeast(perClass, 2);
        var random = new Random(seed);
        var times = new float[checked(Classes * perClass * Units)];
        var points = new double[perClass * Dimensions];
        for (int label = 0; label < Classes; label++)
        {
            for (int i = 0; i < points.Length; i++)
            {
                points[i] = random.NextDouble();
            }

            Span<float> ofClass = times.AsSpan(label * perClass * Units, perClass * Units);
            for (int unit = 0; unit < Units; unit++)
            {
                FillUnit(ofClass, points, label, unit);
            }
        }

        return times;
    }

    private void FillUnit(Span<float> ofClass, double[] points, int label, int unit)
    {
        int count = points.Length / Dimensions;
        var values = new double[count];
        for (int point = 0; point < count; point++)
        {
            values[point] = 1;
            for (int d = 0; d < Dimensions; d++)
            {
                values[point] *= Wave(points[(point * Dimensions) + d], (((label * Units) + unit) * Dimensions) + d);
            }
        }

        double low = values.Min(), range = Math.Max(values.Max() - low, double.Epsilon);
        for (int point = 0; point < count; point++)
        {
            ofClass[(point * Units) + unit] = (float)((values[point] - low) / range);
        }
    }

    private double Wave(double x, int axis)
    {
        ReadOnlySpan<double> theta = _theta.AsSpan(axis * 3 * _terms, 3 * _terms);
        double sum = 0;
        for (int k = 1; k <= _terms; k++)
        {
            sum += theta[k - 1] * _spectrum[k - 1] * Math.Sin(2 * Math.PI * (((k - 1) * x * theta[_terms + k - 1]) + theta[(2 * _terms) + k - 1]));
        }

        return sum;
    }
}
