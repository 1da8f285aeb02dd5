using System.Globalization;
using System.Numerics;

namespace StereoSpike.Model;

/// <summary>The shape that stands in for the derivative of a neuron's step function when errors travel back through it.</summary>
public enum SurrogateShape
{
    /// <summary>Fang et al. (SpikingJelly's ATan).</summary>
    ATan,

    /// <summary>The logistic function's derivative (SpikingJelly's Sigmoid).</summary>
    Sigmoid,

    /// <summary>Zenke and Ganguli's fast sigmoid as stork, SpyTorch and Norse write it: α is a slope, the peak is 1.</summary>
    SuperSpike,

    /// <summary>Esser et al. and Bellec et al.: a triangle.</summary>
    Triangle,
}

/// <summary>A surrogate gradient: a shape and its parameter.</summary>
/// <param name="Shape">Which formula.</param>
/// <param name="Alpha">The formula's α, greater than 0.</param>
/// <remarks>With x = v − v_threshold:
/// <code>
/// atan         α/2 / (1 + (π/2·α·x)²)              Fang et al., ICCV 2021 (arXiv:2007.05785); α = 2 in StereoSpike
/// sigmoid      α·σ(αx)·(1 − σ(αx))                 SpikingJelly's default in the code published with StereoSpike's PLIF class
/// superspike   1 / (α·|x| + 1)²                    Zenke and Ganguli, Neural Computation 2018 (arXiv:1705.11146)
/// triangle     α·max(0, 1 − |x|)                   Bellec et al., NeurIPS 2018 (arXiv:1803.09574)
/// </code></remarks>
public readonly record struct Surrogate(SurrogateShape Shape, float Alpha)
{
    /// <summary>StereoSpike's own: ATan with α = 2, peak 1.</summary>
    public static Surrogate Default => new(SurrogateShape.ATan, 2f);

    /// <summary>Reads a name such as <c>atan</c>, <c>atan:2</c> or <c>superspike:20</c>.</summary>
    /// <exception cref="ArgumentException">No such shape, or α is not a number greater than 0; the message lists the shapes.</exception>
    public static Surrogate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        if (parts.Length > 2 || !Enum.GetNames<SurrogateShape>().Contains(parts[0], StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"\"{text}\" is no surrogate gradient; known are {string.Join(", ", Enum.GetNames<SurrogateShape>()).ToLowerInvariant()}, with α after a colon: atan:2.");
        }

        SurrogateShape shape = Enum.Parse<SurrogateShape>(parts[0], ignoreCase: true);
        float alpha = DefaultAlpha(shape);
        if (parts.Length == 2 && !(float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out alpha) && alpha > 0f && float.IsFinite(alpha)))
        {
            throw new ArgumentException($"\"{parts[1]}\" is no α for the surrogate {parts[0]}: it must be a number greater than 0.");
        }

        return new Surrogate(shape, alpha);
    }

    /// <summary>The derivative used in place of the step's.</summary>
    /// <param name="x">Potential above threshold, v − v_threshold.</param>
    public float Derivative(float x) => Shape switch
    {
        SurrogateShape.ATan => Alpha / 2f / (1f + Square(MathF.PI / 2f * Alpha * x)),
        SurrogateShape.Sigmoid => Alpha * Logistic(Alpha * x) * (1f - Logistic(Alpha * x)),
        SurrogateShape.SuperSpike => 1f / Square((Alpha * MathF.Abs(x)) + 1f),
        SurrogateShape.Triangle => Alpha * MathF.Max(0f, 1f - MathF.Abs(x)),
        _ => throw new InvalidOperationException($"Surrogate shape {Shape} has no formula."),
    };

    /// <summary><see cref="Derivative(float)"/>, lane by lane.</summary>
    internal Vector<float> Derivative(Vector<float> x)
    {
        switch (Shape)
        {
            case SurrogateShape.ATan:
                Vector<float> scaled = x * (MathF.PI / 2f * Alpha);
                return new Vector<float>(Alpha / 2f) / (Vector<float>.One + (scaled * scaled));
            case SurrogateShape.Sigmoid:
                Vector<float> sigma = Vector<float>.One / (Vector<float>.One + Vector.Exp(x * -Alpha));
                return sigma * Alpha * (Vector<float>.One - sigma);
            case SurrogateShape.SuperSpike:
                Vector<float> slope = (Vector.Abs(x) * Alpha) + Vector<float>.One;
                return Vector<float>.One / (slope * slope);
            case SurrogateShape.Triangle:
                return Vector.Max(Vector<float>.Zero, Vector<float>.One - Vector.Abs(x)) * Alpha;
            default:
                throw new InvalidOperationException($"Surrogate shape {Shape} has no formula.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shape.ToString().ToLowerInvariant()}:{Alpha}");

    private static float DefaultAlpha(SurrogateShape shape) => shape switch
    {
        SurrogateShape.ATan => 2f,
        SurrogateShape.Sigmoid => 4f,
        SurrogateShape.SuperSpike => 20f,
        _ => 1f,
    };

    private static float Square(float x) => x * x;

    private static float Logistic(float x) => 1f / (1f + MathF.Exp(-x));
}
