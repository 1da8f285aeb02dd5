using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Which disparities a network answers where events are: a first look at a recording without ground truth.</summary>
/// <param name="focalBaselinePxMetres">The recording's rig, px·m.</param>
public sealed class EventDisparities(double focalBaselinePxMetres)
{
    private readonly MagnitudeHistogram _disparities = new();

    /// <summary>Passes frames on and counts each left event's answer.</summary>
    public IEnumerable<DepthFrame> Count(IEnumerable<DepthFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        foreach (DepthFrame frame in frames)
        {
            Add(frame);
            yield return frame;
        }
    }

    /// <summary>The disparity below which a share of the events' answers lie, px; NaN before the first event.</summary>
    /// <param name="share">0..1.</param>
    public double Quantile(double share) => _disparities.Weight > 0 ? _disparities.Quantile(share) : double.NaN;

    private void Add(DepthFrame frame)
    {
        Span<float> on = frame.LeftEvents.Channel(0), off = frame.LeftEvents.Channel(1);
        for (int i = 0; i < on.Length; i++)
        {
            float events = on[i] + off[i];
            if (events > 0)
            {
                _disparities.Add(focalBaselinePxMetres / frame.Depth.Metres[i], events);
            }
        }
    }
}
