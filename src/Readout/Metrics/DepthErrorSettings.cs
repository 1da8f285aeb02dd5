using System.Globalization;

namespace StereoSpike.Readout;

/// <summary>Which definition of the depth metrics is used. Two figures compare only where these agree, so every report prints them.</summary>
public sealed record DepthErrorSettings
{
    /// <summary>Focal length times baseline of the rig, px·m, greater than 0: it turns depths into disparities.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public required double FocalBaselinePxMetres { get; init => field = Guard.Above(value, 0.0); }

    /// <summary>Which pixels count, and how much.</summary>
    public PixelWeighting Weighting { get; init; } = PixelWeighting.Even;

    /// <summary>Only truth nearer than this counts, metres, greater than 0; infinite for all of it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double NearerThanMetres { get; init => field = Guard.Above(value, 0.0); } = double.PositiveInfinity;

    /// <summary>
    /// The least prediction that disparities, ratios and logarithms use, metres, greater than 0. A network's output is unbounded, and
    /// those are not defined at 0 and below; the plain errors use the prediction as it is. The report tells the share concerned.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double LeastPredictionMetres { get; init => field = Guard.Above(value, 0.0); } = 0.1;

    /// <summary>
    /// What a method that answers at some pixels only is taken to say at the others (NaN predictions), metres, greater than 0;
    /// null where every pixel must have an answer. The report tells the share concerned: the pixels themselves always count.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to 0, less, or NaN.</exception>
    public double? UnansweredMetres { get; init => field = value is { } metres ? Guard.Above(metres, 0.0) : null; }

    /// <summary>What was done to the truth before it came here: "raw" or, after <see cref="TruthClosing"/>, "closed".</summary>
    public string Truth { get; init; } = "raw";

    /// <summary>The settings in one line, to stand beside every figure made with them.</summary>
    public string Definition => string.Create(CultureInfo.InvariantCulture, $"{Truth} truth, known{Range}, {Pixels}; f·b = {FocalBaselinePxMetres:0.######} px·m; disparity, ratio and log of predictions from {LeastPredictionMetres} m{Unanswered}");

    private string Range => double.IsFinite(NearerThanMetres) ? string.Create(CultureInfo.InvariantCulture, $" and nearer than {NearerThanMetres} m") : "";

    private string Unanswered => UnansweredMetres is { } metres ? string.Create(CultureInfo.InvariantCulture, $"; unanswered pixels count as {metres} m") : "";

    private string Pixels => Weighting switch
    {
        PixelWeighting.Even => "all pixels alike",
        PixelWeighting.WhereEvents => "pixels with events alike",
        _ => "pixels weighted by their events",
    };
}
