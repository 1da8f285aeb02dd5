namespace StereoSpike.Readout;

/// <summary>The best that one number can do: constant depths chosen with full sight of the truth they are scored on. A method that sees depth beats them.</summary>
/// <remarks>
/// Feed every image of the evaluated truth, then score the constants in a second pass with <see cref="DepthErrors"/> of the same settings.
/// The minimiser of a mean of |c − z| is the median of z. The headline depth error is a mean of per-image means, so each image weighs
/// alike in that median; the disparity error is a mean over pixels, and f·b/z falls as z rises, so its minimiser is the pixels' median.
/// Quantiles are known to one part in a thousand (<see cref="MagnitudeHistogram"/>), so memory does not grow with the recording.
/// </remarks>
public sealed class ConstantDepth
{
    private const double OnePixelBand = 2.0;   // a constant in its middle is within 1 px of all of it

    private readonly DepthErrorSettings _settings;
    private readonly MagnitudeHistogram _imagewise = new();
    private readonly MagnitudeHistogram _pixelwise = new();
    private readonly MagnitudeHistogram _disparities = new();

    /// <summary>Makes an empty collection.</summary>
    /// <param name="settings">The definition the constants will be scored with.</param>
    public ConstantDepth(DepthErrorSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
    }

    /// <summary>Whether no valid pixel was added, so that there is no constant yet.</summary>
    public bool IsEmpty => _pixelwise.Weight == 0;

    /// <summary>The constant of least mean depth error (mean over images of per-image means), metres.</summary>
    /// <exception cref="InvalidOperationException">No valid pixel was added.</exception>
    public double LeastDepthErrorMetres => _imagewise.Quantile(0.5);

    /// <summary>The constant of least mean disparity error, as a depth in metres.</summary>
    /// <exception cref="InvalidOperationException">No valid pixel was added.</exception>
    public double LeastDisparityErrorMetres => _pixelwise.Quantile(0.5);

    /// <summary>
    /// The constant of highest one-pixel accuracy, as a depth in metres: the middle of the fullest 2 px of disparity. Its ends are known
    /// to one part in a thousand, so where truths crowd there the accuracy falls short of the very best (0.649 for 0.651 on real events).
    /// </summary>
    /// <exception cref="InvalidOperationException">No valid pixel was added.</exception>
    public double MostWithinOnePixelMetres => _settings.FocalBaselinePxMetres / _disparities.FullestInterval(OnePixelBand);

    /// <summary>Adds the truth of an image.</summary>
    /// <param name="truth">Shape [H,W], metres, NaN where unknown.</param>
    /// <param name="eventCounts">Events at each pixel, shape [H,W]; may be empty where all pixels count alike.</param>
    /// <exception cref="ArgumentException">The event counts are missing, of another size, negative or NaN.</exception>
    public void Add(DepthMap truth, ReadOnlySpan<float> eventCounts = default)
    {
        ArgumentNullException.ThrowIfNull(truth);
        var valid = new ValidPixels(_settings, truth, eventCounts);
        double image = 0.0;
        for (int i = 0; i < valid.Count; i++)
        {
            image += valid.Weight(i);
        }

        for (int i = 0; i < valid.Count; i++)
        {
            double weight = valid.Weight(i);
            if (weight > 0.0)
            {
                double metres = truth.Metres[i];
                _imagewise.Add(metres, weight / image);
                _pixelwise.Add(metres, weight);
                _disparities.Add(_settings.FocalBaselinePxMetres / metres, weight);
            }
        }
    }

    /// <summary>Adds what another collection of the same settings took.</summary>
    /// <exception cref="ArgumentException">Its settings differ.</exception>
    public void Merge(ConstantDepth other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._settings != _settings)
        {
            throw new ArgumentException($"Depths by \"{other._settings.Definition}\" cannot join those by \"{_settings.Definition}\".", nameof(other));
        }

        _imagewise.Merge(other._imagewise);
        _pixelwise.Merge(other._pixelwise);
        _disparities.Merge(other._disparities);
    }

    /// <summary>The prediction of a constant, to be scored like any other.</summary>
    /// <param name="sensor">H and W.</param>
    /// <param name="metres">The constant, metres, greater than 0.</param>
    /// <returns>Shape [H,W], the same at every pixel.</returns>
    /// <exception cref="ArgumentException">The constant is not greater than 0 and finite.</exception>
    public static DepthMap Map(SensorSize sensor, double metres)
    {
        var map = new float[sensor.Pixels];
        Array.Fill(map, (float)metres);
        return new DepthMap(sensor, map);
    }
}
