using System.Globalization;

namespace StereoSpike.Readout;

/// <summary>What colour a measured value takes, and the ruler beside the picture that says so.</summary>
public sealed record ColourScale
{
    private const int MostTicks = 6;

    private ColourScale(ColourMap map, double minimum, double maximum, string unit)
    {
        if (!(minimum < maximum && double.IsFinite(minimum) && double.IsFinite(maximum)))
        {
            throw new ArgumentException($"A colour scale needs two finite ends, the lower first; got {minimum} and {maximum}.");
        }

        (Map, Minimum, Maximum, Unit) = (map, minimum, maximum, unit);
    }

    /// <summary>The colours, from <see cref="Minimum"/> to <see cref="Maximum"/>.</summary>
    public ColourMap Map { get; }

    /// <summary>The value of the first colour, in <see cref="Unit"/>.</summary>
    public double Minimum { get; }

    /// <summary>The value of the last colour, in <see cref="Unit"/>.</summary>
    public double Maximum { get; }

    /// <summary>The unit, to print: m, %, px.</summary>
    public string Unit { get; }

    /// <summary>Whether there are places without a value, drawn grey.</summary>
    public bool HasUnknown { get; private init; } = true;

    /// <summary>Depth: near is red, far is blue.</summary>
    /// <param name="nearMetres">Metres.</param>
    /// <param name="farMetres">Metres, greater.</param>
    /// <exception cref="ArgumentException">The ends are not finite or not in order.</exception>
    public static ColourScale Depth(double nearMetres, double farMetres) => new(ColourMap.Turbo.Reversed(), nearMetres, farMetres, "m");

    /// <summary>Depth, from the range of a map: its 1st to its 99th percentile, widened to a round number of ticks.</summary>
    /// <param name="truth">The map, shape [H,W], metres; where nothing is known the scale runs from 0 to 1 m.</param>
    public static ColourScale DepthOf(DepthMap truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        float[] known = [.. truth.Metres.Where(depth => !float.IsNaN(depth)).Order()];
        if (known.Length == 0)
        {
            return Depth(0, 1);
        }

        int percent = (known.Length - 1) / 100;
        double near = known[percent], far = known[^(percent + 1)];
        double step = TickStep(far - near > 0.05 * far ? far - near : 0.2 * far);   // colours are not spent on the last centimetres of what is all but flat
        double first = Math.Floor(near / step) * step, last = Math.Ceiling(far / step) * step;
        return Depth(first, last > first ? last : first + step);
    }

    /// <summary>Absolute error: none is black, much is bright.</summary>
    /// <param name="mostMetres">The error from which the brightest colour is used, metres, greater than 0.</param>
    /// <exception cref="ArgumentException">It is not greater than 0 and finite.</exception>
    public static ColourScale ErrorMetres(double mostMetres) => new(ColourMap.Magma, 0, mostMetres, "m");

    /// <summary>Error relative to the true depth: none is black, much is bright.</summary>
    /// <param name="mostPercent">The error from which the brightest colour is used, %, greater than 0.</param>
    /// <exception cref="ArgumentException">It is not greater than 0 and finite.</exception>
    public static ColourScale ErrorPercent(double mostPercent) => new(ColourMap.Magma, 0, mostPercent, "%");

    /// <summary>An amount: none is black, much is bright.</summary>
    /// <param name="most">The amount from which the brightest colour is used, greater than 0.</param>
    /// <exception cref="ArgumentException">It is not greater than 0 and finite.</exception>
    public static ColourScale Amount(double most) => new(ColourMap.Magma, 0, most, "") { HasUnknown = false };

    /// <summary>A sum of polarities: ON red, OFF blue, none black.</summary>
    /// <param name="most">The sum, of either sign, from which the brightest colours are used, greater than 0.</param>
    /// <exception cref="ArgumentException">It is not greater than 0 and finite.</exception>
    public static ColourScale Polarity(double most) => new(ColourMap.Polarity, -most, most, "") { HasUnknown = false };

    /// <summary>The colour of a value; NaN takes <see cref="Colour.Unknown"/>.</summary>
    /// <param name="value">In <see cref="Unit"/>.</param>
    public Colour At(double value) => Map.At(Share(value));

    /// <summary>Where a value lies between the ends, 0..1 inside them.</summary>
    /// <param name="value">In <see cref="Unit"/>.</param>
    public double Share(double value) => (value - Minimum) / (Maximum - Minimum);

    /// <summary>The round values to mark: steps of 1, 2 or 5 times a power of ten, at most six of them and at least two.</summary>
    public IReadOnlyList<(double Value, string Label)> Ticks()
    {
        double step = TickStep(Maximum - Minimum);
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        var ticks = new List<(double, string)>();
        double slack = 1e-9 * (Maximum - Minimum);   // an end that is a multiple of the step up to rounding is a tick
        for (double i = Math.Ceiling((Minimum - slack) / step); i * step <= Maximum + slack; i++)
        {
            double value = (i * step) + 0.0;   // −0 + 0 = 0, which prints without a sign
            ticks.Add((value, value.ToString($"F{decimals}", CultureInfo.InvariantCulture)));
        }

        return ticks;
    }

    private static double TickStep(double range)
    {
        double power = Math.Pow(10.0, Math.Floor(Math.Log10(range / (MostTicks - 1))));
        double wanted = range / (MostTicks - 1) / power * (1.0 - 1e-9);
        return power * (wanted <= 1.0 ? 1.0 : wanted <= 2.0 ? 2.0 : wanted <= 5.0 ? 5.0 : 10.0);
    }
}
