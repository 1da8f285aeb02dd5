using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>What the gates add up over windows.</summary>
internal sealed class GateSums(DepthErrorSettings settings)
{
    private double _down;
    private double _up;
    private double _events;

    public DepthErrors All { get; } = new(settings);

    public DepthErrors Scrambled { get; } = new(settings);

    public DepthErrors Blank { get; } = new(settings);

    public DepthErrors Near { get; } = new(settings);

    public DepthErrors Far { get; } = new(settings);

    public DisparityBias Bias { get; } = new(settings);

    /// <summary>Mean change of predicted disparity over left events when every disparity shrinks, px; NaN without events.</summary>
    public double ShiftDownPx => _down / _events;

    /// <summary>The same when every disparity grows.</summary>
    public double ShiftUpPx => _up / _events;

    /// <summary>Adds a window's answer, whole and by halves of the truth.</summary>
    /// <param name="answer">Shape [H,W], metres.</param>
    /// <param name="truth">Shape [H,W], metres.</param>
    /// <param name="middleMetres">Truth up to here is the near half.</param>
    /// <param name="counts">Left events at each pixel, shape [H,W].</param>
    public void AddTruth(DepthMap answer, DepthMap truth, double middleMetres, ReadOnlySpan<float> counts)
    {
        All.Add(answer, truth, counts);
        Bias.Add(answer, truth, counts);
        Near.Add(answer, Where(truth, metres => metres <= middleMetres), counts);
        Far.Add(answer, Where(truth, metres => metres > middleMetres), counts);
    }

    /// <summary>Adds a window's changes, summed over its events.</summary>
    public void AddShift(double downPx, double upPx, int events)
    {
        _down += downPx;
        _up += upPx;
        _events += events;
    }

    public static double DisparityErrorPx(DepthErrors errors) => errors.Frames > 0 ? errors.Report().MeanDisparityErrorPx : double.NaN;

    public static double DepthErrorCm(DepthErrors errors) => errors.Frames > 0 ? errors.Report().MeanDepthErrorCm : double.NaN;

    private static DepthMap Where(DepthMap truth, Func<float, bool> stays) =>
        new(truth.Sensor, [.. truth.Metres.Select(metres => stays(metres) ? metres : float.NaN)]);
}
