using StereoSpike.Readout;
using StereoSpike.Training.Tests.Runs;

namespace StereoSpike.Training.Tests.Samples;

public class TrainingSetTests
{
    [Fact]
    public void The_last_recordings_validate_and_a_single_recordings_end_does()
    {
        (TrainingSet training, TrainingSet validation) = Load(5, TinyRun.Settings);
        Assert.Equal((16, 4), (training.Count, validation.Count));   // 5 recordings of 4 labels, a fifth for validation

        (training, validation) = Load(1, TinyRun.Settings with { ValidationShare = 0.25 });
        Assert.Equal((3, 1), (training.Count, validation.Count));
    }

    [Fact]
    public void A_label_takes_the_events_of_the_window_that_ends_at_it()
    {
        (TrainingSet training, _) = Load(1, TinyRun.Settings with { ValidationShare = 0 });

        LabelledWindow second = training[1];

        Assert.Equal(new TimeWindow(50_000, 100_000), second.Window.Window);
        Assert.Equal(40, second.Window.Left.Length);    // 40 dots a label, each once
        Assert.Equal(40, second.Window.Right.Length);
        Assert.All(second.Window.Left.ToArray(), e => Assert.True(second.Window.Window.Contains(e.TimestampUs)));
        Assert.Equal(30, second.FocalBaselinePxMetres, 1e-9);
    }

    [Fact]
    public void Truths_that_only_an_augmentation_needs_are_read_only_for_it()
    {
        LabelledWindow with = Load(1, TinyRun.Settings with { ValidationShare = 0, Augmentation = new AugmentationSettings { HorizontalFlip = 0.5, TimeMirror = 0.5 } }).Training[1];
        LabelledWindow without = Load(1, TinyRun.Settings with { ValidationShare = 0, Augmentation = new AugmentationSettings() }).Training[1];

        using var recording = new DotRecording(0);
        AssertEqualInHalfPrecision(recording.ReadDepth(1, Camera.Right), with.RightTruth!);
        AssertEqualInHalfPrecision(recording.ReadDepth(0), with.StartTruth!);   // the label at the window's start, 50 ms
        Assert.Null(without.RightTruth);
        Assert.Null(without.StartTruth);
    }

    [Fact]
    public void Recordings_that_leave_nothing_to_learn_from_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => Load(2, TinyRun.Settings with { ValidationShare = 0.9 }));
        Assert.StartsWith("All 8 samples fall to validation.", error.Message, StringComparison.Ordinal);

        error = Assert.Throws<InvalidDataException>(() => TrainingSet.Load([() => new DotRecording(0) { LabelTimesUs = [] }], TinyRun.Settings));
        Assert.StartsWith("There is no labelled sample to train on.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_of_another_sensor_is_refused_with_both_sizes()
    {
        var error = Assert.Throws<InvalidDataException>(() => TrainingSet.Load([() => new DotRecording(3, new SensorSize(40, 24))], TinyRun.Settings));

        Assert.StartsWith("dots 3: its cameras are 40×24 px and the network is for 32×24.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readout_is_fitted_to_the_disparities_under_the_left_events()
    {
        (TrainingSet training, _) = Load(3, TinyRun.Settings with { ValidationShare = 0 });

        StereoSpikeSettings network = ReadoutScaling.Fit(TinyRun.Settings, training);

        double[] disparities = [.. Enumerable.Range(0, training.Count).SelectMany(i => training[i].Window.Left.ToArray()
            .Select(e => 30.0 / training[i].Truth.Metres[(e.Y * 32) + e.X])).Where(d => !double.IsNaN(d))];
        double mean = disparities.Average();
        Assert.Equal(mean, network.ReadoutOffset, 1e-3);
        Assert.Equal(Math.Sqrt(disparities.Average(d => (d - mean) * (d - mean))), network.ReadoutScale, 1e-3);
        Assert.Equal((0f, 1f), ReadoutScaling.Fit(TinyRun.Settings with { Loss = LossKind.Paper }, training) is var paper ? (paper.ReadoutOffset, paper.ReadoutScale) : default);
    }

    /// <summary>Samples are kept in half precision: 11 bits, so 1 part in 2048.</summary>
    private static void AssertEqualInHalfPrecision(DepthMap expected, DepthMap found) =>
        Assert.All(expected.Metres.Zip(found.Metres), pair => Assert.True(pair.First.Equals(pair.Second) || MathF.Abs(pair.First - pair.Second) <= pair.First / 2048f, $"{pair}"));

    private static (TrainingSet Training, TrainingSet Validation) Load(int recordings, TrainingSettings settings) =>
        TrainingSet.Load([.. Enumerable.Range(0, recordings).Select(seed => (Func<DotRecording>)(() => new DotRecording(seed)))], settings);
}
