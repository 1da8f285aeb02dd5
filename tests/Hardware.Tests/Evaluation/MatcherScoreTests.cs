using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class MatcherScoreTests
{
    private static readonly BlockMatcherSettings Matcher = new() { Name = "mine", BlockPx = 21, MaximumDisparityPx = 15, Subpixel = false };

    [Fact]
    public void Dots_that_move_by_whole_pixels_are_matched_without_error()
    {
        BaselineReport report = Score(ShiftedRecording.Make(8));

        Assert.Equal("mine", report.Name);
        Assert.Equal(1, report.AnsweredShare);
        Assert.Equal(8 * ShiftedRecording.EventsPerWindow, report.Report.Weight);
        Assert.Equal(1, report.Report.OnePixelAccuracy);
        Assert.Equal(0, report.Report.MeanDepthErrorCm, 1e-3);
        Assert.Equal(1, report.Answered!.OnePixelAccuracy);
    }

    [Fact]
    public void Windows_that_cannot_be_matched_count_everywhere_but_where_it_answered()
    {
        // In the first 2 of 8 windows, of 5 px, the right camera is silent: a quarter is unanswered and filled with the middle of 1 … 15 px, 8 px, 3 px off.
        BaselineReport report = Score(ShiftedRecording.Make(8, blindWindows: 2));

        Assert.Equal(0.75, report.AnsweredShare);
        Assert.Equal((6, 8), (report.Answered!.Frames, report.Report.Frames));
        Assert.Equal(1, report.Answered.OnePixelAccuracy);
        Assert.Equal(0.75, report.Report.OnePixelAccuracy);
        Assert.Equal(3 * 0.25, report.Report.MeanDisparityErrorPx, 1e-5);
    }

    [Fact]
    public void A_matcher_that_never_answers_has_figures_all_the_same()
    {
        BaselineReport report = Score(ShiftedRecording.Make(4, blindWindows: 4));

        Assert.Equal(0, report.AnsweredShare);
        Assert.Null(report.Answered);
        Assert.Equal(4, report.Report.Frames);
    }

    private static BaselineReport Score(StereoEventList recording)
    {
        DepthErrorSettings errors = new RecordingScore(recording, ShiftedRecording.WindowUs).Settings;
        return Assert.Single(new MatcherScore(recording, ShiftedRecording.WindowUs, errors).Score([Matcher], [.. Enumerable.Range(0, recording.LabelTimesUs.Count)]));
    }
}
