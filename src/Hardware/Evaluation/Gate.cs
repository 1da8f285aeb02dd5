using System.Globalization;

namespace StereoSpike.Hardware;

/// <summary>One figure of <see cref="StereoGates"/>, and where it should lie.</summary>
/// <param name="Name">snake_case, with its unit.</param>
/// <param name="Value">The figure; NaN where it could not be measured.</param>
/// <param name="Least">The least value expected; null for no bound.</param>
/// <param name="Most">The greatest value expected; null for no bound.</param>
public sealed record Gate(string Name, double Value, double? Least = null, double? Most = null)
{
    /// <summary>Whether the value is as expected; null where nothing is, or it could not be measured.</summary>
    public bool? Passed => double.IsNaN(Value) || (Least ?? Most) is null ? null : !(Value < Least) && !(Value > Most);

    /// <summary>The bounds, to print: "0.8 to 1.2", "at least 1.25"; null where there are none.</summary>
    public string? Expected => (Least, Most) switch
    {
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $"{least} to {most}"),
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $"at least {least}"),
        (null, { } most) => string.Create(CultureInfo.InvariantCulture, $"at most {most}"),
        _ => null,
    };
}
