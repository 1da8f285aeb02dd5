using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Whether predictions lean to one side: the median of predicted − true disparity over the valid pixels, in memory that does not grow.</summary>
/// <remarks>Pixels are valid and weigh as in <see cref="DepthErrors"/> of the same settings. A clean calibration and an unbiased network give about 0.</remarks>
public sealed class DisparityBias
{
    private readonly DepthErrorSettings _settings;
    private readonly MagnitudeHistogram _below = new();
    private readonly MagnitudeHistogram _above = new();

    /// <summary>Makes an empty collection.</summary>
    /// <param name="settings">The definition: weights, range, rig.</param>
    public DisparityBias(DepthErrorSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
    }

    /// <summary>The weighted median of predicted − true disparity, px, to one part in a thousand; NaN where no pixel was valid.</summary>
    public double MedianPx
    {
        get
        {
            double half = (_below.Weight + _above.Weight) / 2;
            return half == 0 ? double.NaN
                : half <= _below.Weight ? -_below.Quantile(1 - (half / _below.Weight))
                : _above.Quantile((half - _below.Weight) / _above.Weight);
        }
    }

    /// <summary>Adds an image.</summary>
    /// <param name="prediction">Shape [H,W], metres.</param>
    /// <param name="truth">Shape [H,W], metres, NaN where unknown.</param>
    /// <param name="eventCounts">Events at each pixel, shape [H,W].</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Add(DepthMap prediction, DepthMap truth, ReadOnlySpan<float> eventCounts)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(truth);
        Guard.Length(prediction.Metres.Length, truth.Metres.Length, nameof(prediction));
        Guard.Length(eventCounts.Length, truth.Metres.Length, nameof(eventCounts));
        for (int i = 0; i < eventCounts.Length; i++)
        {
            double weight = truth.Metres[i] < _settings.NearerThanMetres ? Weight(eventCounts[i]) : 0;   // NaN is unknown
            if (weight > 0)
            {
                double predicted = Math.Max(prediction.Metres[i], _settings.LeastPredictionMetres);
                double bias = (_settings.FocalBaselinePxMetres / predicted) - (_settings.FocalBaselinePxMetres / truth.Metres[i]);
                (bias < 0 ? _below : _above).Add(Math.Abs(bias), weight);
            }
        }
    }

    /// <summary>What was added, as arrays for a file: biases below 0 and from 0, both as <see cref="MagnitudeHistogram.ToBins"/> has them.</summary>
    internal (NpyArray Below, NpyArray Above) Save() => (_below.ToBins(), _above.ToBins());

    /// <summary>Adds what another collection of the same definition saved.</summary>
    internal void Add(NpyArray below, NpyArray above)
    {
        _below.AddBins(below);
        _above.AddBins(above);
    }

    private double Weight(float events) => _settings.Weighting switch
    {
        PixelWeighting.Even => 1,
        PixelWeighting.WhereEvents => events > 0 ? 1 : 0,
        _ => events,
    };
}
