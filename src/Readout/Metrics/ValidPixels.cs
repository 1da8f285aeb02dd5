using System.Runtime.CompilerServices;

namespace StereoSpike.Readout;

/// <summary>Which pixels of one image count and how much, by the truth, the range and the events: the one place that says so.</summary>
internal readonly ref struct ValidPixels
{
    private readonly ReadOnlySpan<float> _truth;
    private readonly ReadOnlySpan<float> _eventCounts;   // empty where no event is asked for
    private readonly double _nearerThan;
    private readonly bool _byEvents;

    /// <summary>Takes an image.</summary>
    /// <param name="settings">The definition.</param>
    /// <param name="truth">True depth, shape [H,W], metres.</param>
    /// <param name="eventCounts">Shape [H,W]; may be empty where all pixels count alike.</param>
    /// <exception cref="ArgumentException">The counts are missing, of another size, negative or NaN.</exception>
    public ValidPixels(DepthErrorSettings settings, DepthMap truth, ReadOnlySpan<float> eventCounts)
    {
        _truth = truth.Metres;
        _nearerThan = settings.NearerThanMetres;
        _byEvents = settings.Weighting == PixelWeighting.ByEvents;
        if (settings.Weighting == PixelWeighting.Even)
        {
            return;
        }

        Guard.Length(eventCounts.Length, truth.Sensor.Pixels, nameof(eventCounts));
        for (int i = 0; i < eventCounts.Length; i++)
        {
            if (!(eventCounts[i] >= 0f && float.IsFinite(eventCounts[i])))
            {
                throw new ArgumentException(
                    $"The event count at x = {i % truth.Sensor.Width}, y = {i / truth.Sensor.Width} is {eventCounts[i]}; it must be 0 or greater.",
                    nameof(eventCounts));
            }
        }

        _eventCounts = eventCounts;
    }

    /// <summary>Number of pixels of the image, H·W.</summary>
    public int Count => _truth.Length;

    /// <summary>How much a pixel counts; 0 where it is not valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Weight(int pixel)
    {
        if (!(_truth[pixel] < _nearerThan))   // NaN is unknown
        {
            return 0.0;
        }

        return _eventCounts.IsEmpty ? 1.0 : _byEvents ? _eventCounts[pixel] : _eventCounts[pixel] > 0f ? 1.0 : 0.0;
    }
}
