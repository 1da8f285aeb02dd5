using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>How long a stage took, frame by frame, in memory that does not grow: quantiles to one part in a thousand.</summary>
public sealed class StageTimes
{
    private readonly MagnitudeHistogram _ms = new();

    internal StageTimes()
    {
    }

    /// <summary>Half of the frames took at most this, ms; NaN before the first.</summary>
    public double P50Ms => QuantileMs(0.50);

    /// <summary>95 of 100 frames took at most this, ms; NaN before the first.</summary>
    public double P95Ms => QuantileMs(0.95);

    /// <summary>99 of 100 frames took at most this, ms; NaN before the first.</summary>
    public double P99Ms => QuantileMs(0.99);

    /// <summary>The time that a share of the frames did not exceed, ms; NaN before the first.</summary>
    /// <param name="share">0..1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1].</exception>
    public double QuantileMs(double share) => _ms.Weight > 0 ? _ms.Quantile(share) : double.NaN;

    internal void Add(double ms) => _ms.Add(ms);
}
