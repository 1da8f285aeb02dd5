using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>One matcher's errors: where it answers, and everywhere.</summary>
internal sealed class MatcherErrors
{
    private readonly StereoRig _rig;
    private readonly BlockMatcher _matcher;
    private readonly DepthErrors _everywhere;
    private readonly DepthErrors _answered;
    private readonly float[] _disparities;

    public MatcherErrors(StereoRig rig, BlockMatcherSettings matcher, DepthErrorSettings errors)
    {
        _rig = rig;
        _matcher = new BlockMatcher(rig.Sensor, matcher);
        (_everywhere, _answered) = (new DepthErrors(errors), new DepthErrors(errors));
        _disparities = new float[rig.Sensor.Pixels];
    }

    public void Add(in StereoWindow window, DepthMap truth, ReadOnlySpan<float> counts)
    {
        _matcher.Match(window, _disparities);
        float[] whereAnswered = [.. truth.Metres.Zip(_disparities, (metres, disparity) => float.IsNaN(disparity) ? float.NaN : metres)];
        float middle = (_matcher.Settings.MinimumDisparityPx + _matcher.Settings.MaximumDisparityPx) / 2f;
        DisparityFilling.Fill(_disparities, _rig.Sensor, middle);
        var depth = new DepthMap(_rig.Sensor, [.. _disparities.Select(disparity => (float)_rig.DepthMetres(disparity))]);
        _everywhere.Add(depth, truth, counts);
        _answered.Add(depth, new DepthMap(_rig.Sensor, whereAnswered), counts);
    }

    public BaselineReport Report()
    {
        DepthReport everywhere = _everywhere.Report();
        DepthReport? answered = _answered.Frames > 0 ? _answered.Report() : null;
        return new BaselineReport(_matcher.Settings.Name, null, everywhere)
        {
            Answered = answered,
            AnsweredShare = answered is null ? 0 : answered.Weight / everywhere.Weight,
        };
    }
}
