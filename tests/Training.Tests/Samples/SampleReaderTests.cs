using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Samples;

public class SampleReaderTests
{
    [Fact]
    public void Labels_that_teach_nothing_are_left_out_and_counted_each_for_its_reason()
    {
        // Four labels of DotRecording at 50, 100, 150, 200 ms; one at 40 ms (its window begins before the recording), one at 400 ms (after the last event),
        // and the truth of the one at 150 ms blanked.
        using var recording = new DotRecording(0) { LabelTimesUs = [40_000, 100_000, 150_000, 400_000] };
        Array.Fill(recording.ReadDepth(2).Metres, float.NaN);
        var settings = TinyRun.Settings with { ValidationShare = 0 };

        (TrainingSet training, _) = TrainingSet.Load([() => recording], settings);

        Assert.Equal(new SampleTally(Kept: 1, BeforeRecording: 1, WithoutEvents: 1, WithoutTruth: 1), training.Tally);
        Assert.Equal("dots 0, label 1", training[0].Name);
        Assert.Equal("1 samples; left out 1 labels before the recording, 1 without events, 1 without a known depth", training.Tally.ToString());
    }

    [Fact]
    public void A_recording_of_which_no_label_teaches_anything_is_refused_with_the_reasons()
    {
        var error = Assert.Throws<InvalidDataException>(() => TrainingSet.Load([() => new DotRecording(0) { LabelTimesUs = [400_000, 450_000] }], TinyRun.Settings));

        Assert.StartsWith("There is no labelled sample to train on (0 samples; left out 0 labels before the recording, 2 without events, 0 without a known depth).", error.Message, StringComparison.Ordinal);
    }
}
