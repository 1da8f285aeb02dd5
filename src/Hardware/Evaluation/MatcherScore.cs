using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Scores classical matchers on a recording, with the very metrics, pixels and weights of the network's score.</summary>
/// <remarks>A matcher gets the window that the network gets. It answers where events support it; figures stand for those pixels alone, and for all of them after <see cref="DisparityFilling"/>.</remarks>
public sealed class MatcherScore
{
    private readonly IStereoRecording _recording;
    private readonly long _windowUs;
    private readonly DepthErrorSettings _errors;

    /// <summary>Takes a recording.</summary>
    /// <param name="recording">With depth of its left camera.</param>
    /// <param name="windowUs">Length of the window before each label, µs, at least 1: the network's.</param>
    /// <param name="errors">The definition of the figures, such as <see cref="RecordingScore.Settings"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty.</exception>
    public MatcherScore(IStereoRecording recording, long windowUs, DepthErrorSettings errors)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(errors);
        (_recording, _windowUs, _errors) = (recording, Guard.AtLeast(windowUs, 1L), errors);
    }

    /// <summary>Matches and scores labels.</summary>
    /// <param name="matchers">What to try.</param>
    /// <param name="labels">Indices of the labels, of which at least one has a valid pixel.</param>
    /// <param name="progress">Told after each label; may be null.</param>
    /// <param name="cancellation">Stops between two labels.</param>
    /// <returns>One report a matcher, in their order.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged.</exception>
    public IReadOnlyList<BaselineReport> Score(
        IReadOnlyList<BlockMatcherSettings> matchers, IReadOnlyList<int> labels, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(matchers);
        ArgumentNullException.ThrowIfNull(labels);
        StereoRig rig = _recording.Rig;
        var windows = new StereoWindowReader(_recording);
        var truths = new TruthReader(_recording, _windowUs);
        var counts = new float[rig.Sensor.Pixels];
        MatcherErrors[] scores = [.. matchers.Select(matcher => new MatcherErrors(rig, matcher, _errors))];
        for (int i = 0; i < labels.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            DepthMap truth = truths.Read(labels[i], counts);
            StereoWindow window = windows.Read(TimeWindow.EndingAt(_recording.LabelTimesUs[labels[i]], _windowUs));
            foreach (MatcherErrors score in scores)
            {
                score.Add(window, truth, counts);
            }

            progress?.Report(i + 1, labels.Count);
        }

        return [.. scores.Select(score => score.Report())];
    }
}
