namespace StereoSpike.Model;

/// <summary>A learned tensor outside of any engine.</summary>
public sealed class WeightTensor
{
    /// <summary>Wraps values, which the tensor then owns.</summary>
    /// <param name="shape">Sides; empty for a scalar.</param>
    /// <param name="values">The values, last side fastest.</param>
    /// <exception cref="ArgumentException">The values do not fill the shape.</exception>
    public WeightTensor(IReadOnlyList<int> shape, float[] values)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(values);
        Guard.Length(values.Length, shape.Aggregate(1, (product, side) => checked(product * side)), nameof(values));
        Shape = shape;
        Values = values;
    }

    /// <summary>Sides; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values, last side fastest.</summary>
    public float[] Values { get; }
}
