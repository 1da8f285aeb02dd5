namespace StereoSpike.Readout;

/// <summary>Adds up the errors of predicted depth image by image, in memory that does not grow with their number.</summary>
/// <remarks>
/// Valid pixels are chosen by the truth, the range and the events alone, never by the prediction: a method cannot improve its figures
/// by keeping silent. Definitions: <see cref="DepthReport"/>. Sums are binary64. Images may come in any order, and several
/// accumulators may each take some of them and be merged. Not safe for several threads at once.
/// </remarks>
public sealed class DepthErrors
{
    private readonly MagnitudeHistogram _absolute = new();
    private DepthErrorSums _sums;
    private double _imageMeans;
    private long _frames;
    private long _framesWithoutTruth;
    private readonly List<DepthErrorSums>? _images;

    /// <summary>Makes an empty accumulator.</summary>
    /// <param name="settings">The definition to use.</param>
    /// <param name="keepsImages">Whether the sums of each image are kept (128 bytes), so that <see cref="Save"/> can hand them on.</param>
    public DepthErrors(DepthErrorSettings settings, bool keepsImages = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Settings = settings;
        _images = keepsImages ? [] : null;
    }

    /// <summary>The definition in use.</summary>
    public DepthErrorSettings Settings { get; }

    /// <summary>Images with at least one valid pixel so far.</summary>
    public long Frames => _frames;

    /// <summary>Adds an image.</summary>
    /// <param name="predictionMetres">Predicted depth, shape [H,W], metres; any finite number, or NaN where <see cref="DepthErrorSettings.UnansweredMetres"/> is set.</param>
    /// <param name="truth">True depth, shape [H,W], metres, NaN where unknown.</param>
    /// <param name="eventCounts">Events at each pixel, shape [H,W]; may be empty where all pixels count alike.</param>
    /// <returns>The image's mean |ẑ − z|, metres; NaN where it has no valid pixel.</returns>
    /// <exception cref="ArgumentException">The shapes differ, the event counts are missing, negative or NaN, or a valid pixel has no finite prediction. Nothing is added.</exception>
    public double Add(ReadOnlySpan<float> predictionMetres, DepthMap truth, ReadOnlySpan<float> eventCounts = default)
    {
        ArgumentNullException.ThrowIfNull(truth);
        Guard.Length(predictionMetres.Length, truth.Sensor.Pixels, nameof(predictionMetres));
        var valid = new ValidPixels(Settings, truth, eventCounts);
        CheckPredictions(predictionMetres, truth, valid);
        var image = new DepthErrorSums();
        for (int i = 0; i < predictionMetres.Length; i++)
        {
            double weight = valid.Weight(i);
            if (weight > 0.0)
            {
                double predicted = predictionMetres[i];
                if (double.IsNaN(predicted))
                {
                    predicted = Settings.UnansweredMetres!.Value;
                    image.Unanswered += weight;
                }

                image.Add(predicted, truth.Metres[i], weight, Settings.FocalBaselinePxMetres, Settings.LeastPredictionMetres);
                _absolute.Add(Math.Abs(predicted - truth.Metres[i]), weight);
            }
        }

        return Close(image);
    }

    /// <summary>Adds an image whose prediction is a depth map.</summary>
    /// <inheritdoc cref="Add(ReadOnlySpan{float}, DepthMap, ReadOnlySpan{float})"/>
    public double Add(DepthMap predictionMetres, DepthMap truth, ReadOnlySpan<float> eventCounts = default)
    {
        ArgumentNullException.ThrowIfNull(predictionMetres);
        return Add(predictionMetres.Metres, truth, eventCounts);
    }

    /// <summary>Adds the images that another accumulator took.</summary>
    /// <exception cref="ArgumentException">The other one uses another definition.</exception>
    public void Merge(DepthErrors other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Settings != Settings)
        {
            throw new ArgumentException($"Errors by \"{other.Settings.Definition}\" cannot join those by \"{Settings.Definition}\".", nameof(other));
        }

        _sums.Add(other._sums);
        _absolute.Merge(other._absolute);
        _imageMeans += other._imageMeans;
        _frames += other._frames;
        _framesWithoutTruth += other._framesWithoutTruth;
    }

    /// <summary>What was added, image by image, as arrays for a file: <see cref="Add(DepthErrorArrays)"/> adds them elsewhere as if the images came there.</summary>
    /// <exception cref="InvalidOperationException">Images were not kept.</exception>
    public DepthErrorArrays Save() => new()
    {
        Images = DepthErrorSums.ToRows(_images ?? throw new InvalidOperationException("Images were not kept; make the accumulator with keepsImages.")),
        AbsoluteErrors = _absolute.ToBins(),
    };

    /// <summary>Adds images that another accumulator of the same definition took, one after another: the sums are those of one accumulator that took all, to the last bit, where weights are whole numbers.</summary>
    /// <param name="saved">What the other one saved.</param>
    /// <exception cref="ArgumentException">The arrays are none that <see cref="Save"/> makes.</exception>
    public void Add(DepthErrorArrays saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _absolute.AddBins(saved.AbsoluteErrors);
        foreach (DepthErrorSums image in DepthErrorSums.FromRows(saved.Images))
        {
            Close(image);
        }
    }

    /// <summary>The figures over all images so far.</summary>
    /// <exception cref="InvalidOperationException">No image had a valid pixel.</exception>
    public DepthReport Report()
    {
        if (_frames == 0)
        {
            throw new InvalidOperationException($"None of {_framesWithoutTruth} images has a valid pixel under \"{Settings.Definition}\"; widen the range or the mask.");
        }

        DepthErrorSums s = _sums;
        double meanLog = s.Log / s.Weight;
        return new DepthReport
        {
            Definition = Settings.Definition,
            Frames = _frames,
            FramesWithoutTruth = _framesWithoutTruth,
            Pixels = s.Pixels,
            Weight = s.Weight,
            MeanDepthErrorCm = 100.0 * _imageMeans / _frames,
            MeanDepthErrorPixelwiseCm = 100.0 * s.Absolute / s.Weight,
            MedianDepthErrorCm = 100.0 * _absolute.Quantile(0.5),
            MeanDisparityErrorPx = s.Disparity / s.Weight,
            OnePixelAccuracy = s.OnePixel / s.Weight,
            OneSeventhPixelAccuracy = s.OneSeventhPixel / s.Weight,
            AbsRel = s.Relative / s.Weight,
            SqRel = s.RelativeSquare / s.Weight,
            RmseM = Math.Sqrt(s.Square / s.Weight),
            RmseLog = Math.Sqrt(s.LogSquare / s.Weight),
            Silog = Math.Max(0.0, (s.LogSquare / s.Weight) - (meanLog * meanLog)),
            Delta1 = s.Delta1 / s.Weight,
            Delta2 = s.Delta2 / s.Weight,
            Delta3 = s.Delta3 / s.Weight,
            BelowLeastShare = s.BelowLeast / s.Weight,
            UnansweredShare = s.Unanswered / s.Weight,
        };
    }

    private double Close(in DepthErrorSums image)
    {
        _images?.Add(image);
        if (image.Weight == 0.0)
        {
            _framesWithoutTruth++;
            return double.NaN;
        }

        double mean = image.Absolute / image.Weight;
        _imageMeans += mean;
        _frames++;
        _sums.Add(image);
        return mean;
    }

    private void CheckPredictions(ReadOnlySpan<float> predictionMetres, DepthMap truth, in ValidPixels valid)
    {
        for (int i = 0; i < predictionMetres.Length; i++)
        {
            float predicted = predictionMetres[i];
            bool allowed = float.IsFinite(predicted) || (float.IsNaN(predicted) && Settings.UnansweredMetres is not null);
            if (!allowed && valid.Weight(i) > 0.0)
            {
                throw new ArgumentException(
                    $"The prediction at x = {i % truth.Sensor.Width}, y = {i / truth.Sensor.Width} is {predicted} m where the truth is {truth.Metres[i]} m; "
                    + "a valid pixel needs a finite prediction. Where a method does not answer everywhere, say what its silence counts as (UnansweredMetres).",
                    nameof(predictionMetres));
            }
        }
    }
}
