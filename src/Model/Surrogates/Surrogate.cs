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

    /// <summary>A triangle of area 1, as wide as it is low (SpikingJelly's PiecewiseQuadratic).</summary>
    Quadratic,

    /// <summary>Falls off exponentially, area 1 (SpikingJelly's PiecewiseExp).</summary>
    Exponential,

    /// <summary>The softsign's derivative, area 1 (SpikingJelly's SoftSign).</summary>
    SoftSign,

    /// <summary>A box of height 1 (Rasteh et al.).</summary>
    Rectangle,
}

/// <summary>A surrogate gradient: a shape and its parameter.</summary>
/// <param name="Shape">Which formula.</param>
/// <param name="Alpha">The formula's α, greater than 0.</param>
/// <param name="Scale">What the formula is multiplied by, greater than 0; 1 leaves it as published. Width and height can so be chosen one without the other.</param>
/// <remarks>With x = v − v_threshold:
/// <code>
/// atan         α/2 / (1 + (π/2·α·x)²)              Fang et al., ICCV 2021 (arXiv:2007.05785); α = 2 in StereoSpike
/// sigmoid      α·σ(αx)·(1 − σ(αx))                 SpikingJelly's default in the code published with StereoSpike's PLIF class
/// superspike   1 / (α·|x| + 1)²                    Zenke and Ganguli, Neural Computation 2018 (arXiv:1705.11146)
/// triangle     α·max(0, 1 − |x|)                   Bellec et al., NeurIPS 2018 (arXiv:1803.09574)
/// quadratic    max(0, α − α²·|x|)                  SpikingJelly
/// exponential  α/2·exp(−α·|x|)                     SpikingJelly
/// softsign     α / (2·(1 + α·|x|)²)                SpikingJelly
/// rectangle    1 if |x| &lt; 1/α, else 0              Rasteh et al., Neurocomputing 503 (2022) (arXiv:2101.09818)
/// </code>
/// A peak above 1 makes gradients grow from layer to layer and from step to step; <c>:normalised</c> after a name divides by the peak (F. Zenke, T. P. Vogels, Neural Computation 33 (2021)).</remarks>
public readonly record struct Surrogate(SurrogateShape Shape, float Alpha, float Scale = 1f)
{
    private const string NormalisedName = "normalised";

    /// <summary>StereoSpike's own: ATan with α = 2, peak 1.</summary>
    public static Surrogate Default => new(SurrogateShape.ATan, 2f);

    /// <summary>The same with a peak of 1.</summary>
    public Surrogate Normalised => this with { Scale = 1f / (this with { Scale = 1f }).Derivative(0f) };

    /// <summary>Reads a name such as <c>atan</c>, <c>atan:2</c>, <c>superspike:20</c> or <c>sigmoid:10:normalised</c>.</summary>
    /// <exception cref="ArgumentException">No such shape, or α is not a number greater than 0; the message lists the shapes.</exception>
    public static Surrogate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        if (parts.Length > 3 || (parts.Length == 3 && parts[2] != NormalisedName) || !Enum.GetNames<SurrogateShape>().Contains(parts[0], StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"\"{text}\" is no surrogate gradient; known are {string.Join(", ", Enum.GetNames<SurrogateShape>()).ToLowerInvariant()}, with α after a colon: atan:2, and :{NormalisedName} after that for a peak of 1.");
        }

        SurrogateShape shape = Enum.Parse<SurrogateShape>(parts[0], ignoreCase: true);
        float alpha = DefaultAlpha(shape);
        if (parts.Length >= 2 && !(float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out alpha) && alpha > 0f && float.IsFinite(alpha)))
        {
            throw new ArgumentException($"\"{parts[1]}\" is no α for the surrogate {parts[0]}: it must be a number greater than 0.");
        }

        var surrogate = new Surrogate(shape, alpha);
        return parts.Length == 3 ? surrogate.Normalised : surrogate;
    }

    /// <summary>The derivative used in place of the step's.</summary>
    /// <param name="x">Potential above threshold, v − v_threshold.</param>
    public float Derivative(float x) => Scale * Shape switch
    {
        SurrogateShape.ATan => Alpha / 2f / (1f + Square(MathF.PI / 2f * Alpha * x)),
        SurrogateShape.Sigmoid => Alpha * Logistic(Alpha * x) * (1f - Logistic(Alpha * x)),
        SurrogateShape.SuperSpike => 1f / Square((Alpha * MathF.Abs(x)) + 1f),
        SurrogateShape.Triangle => Alpha * MathF.Max(0f, 1f - MathF.Abs(x)),
        SurrogateShape.Quadratic => MathF.Max(0f, Alpha - (Alpha * Alpha * MathF.Abs(x))),
        SurrogateShape.Exponential => Alpha / 2f * MathF.Exp(-Alpha * MathF.Abs(x)),
        SurrogateShape.SoftSign => Alpha / 2f / Square((Alpha * MathF.Abs(x)) + 1f),
        SurrogateShape.Rectangle => MathF.Abs(x) < 1f / Alpha ? 1f : 0f,
        _ => throw new InvalidOperationException($"Surrogate shape {Shape} has no formula."),
    };

    /// <summary><see cref="Derivative(float)"/>, lane by lane.</summary>
    internal Vector<float> Derivative(Vector<float> x) => Scale == 1f ? Formula(x) : Scale * Formula(x);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shape.ToString().ToLowerInvariant()}:{Alpha}{(Scale == 1f ? "" : $":{NormalisedName}")}");

    private Vector<float> Formula(Vector<float> x)
    {
        switch (Shape)
        {
            case SurrogateShape.ATan:
                Vector<float> scaled = x * (MathF.PI / 2f * Alpha);
                return new Vector<float>(Alpha / 2f) / (Vector<float>.One + (scaled * scaled));
            case SurrogateShape.Sigmoid:
                Vector<float> sigma = Vector<float>.One / (Vector<float>.One + Vector.Exp(x * -Alpha));
                return sigma * Alpha * (Vector<float>.One - sigma);
            case SurrogateShape.SuperSpike or SurrogateShape.SoftSign:
                Vector<float> slope = (Vector.Abs(x) * Alpha) + Vector<float>.One;
                return new Vector<float>(Shape == SurrogateShape.SoftSign ? Alpha / 2f : 1f) / (slope * slope);
            case SurrogateShape.Triangle:
                return Vector.Max(Vector<float>.Zero, Vector<float>.One - Vector.Abs(x)) * Alpha;
            case SurrogateShape.Quadratic:
                return Vector.Max(Vector<float>.Zero, new Vector<float>(Alpha) - (Vector.Abs(x) * (Alpha * Alpha)));
            case SurrogateShape.Exponential:
                return Vector.Exp(Vector.Abs(x) * -Alpha) * (Alpha / 2f);
            case SurrogateShape.Rectangle:
                return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(1f / Alpha)), Vector<float>.One, Vector<float>.Zero);
            default:
                throw new InvalidOperationException($"Surrogate shape {Shape} has no formula.");
        }
    }

    private static float DefaultAlpha(SurrogateShape shape) => shape switch
    {
        SurrogateShape.ATan => 2f,
        SurrogateShape.Sigmoid => 4f,
        SurrogateShape.SuperSpike => 20f,
        SurrogateShape.SoftSign => 2f,
        SurrogateShape.Rectangle => 2f,
        _ => 1f,
    };

    private static float Square(float x) => x * x;

    private static float Logistic(float x) => 1f / (1f + MathF.Exp(-x));
}
