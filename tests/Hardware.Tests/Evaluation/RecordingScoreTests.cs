using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class RecordingScoreTests
{
    [Fact]
    public void The_network_and_its_baselines_are_scored_alike()
    {
        // Three labels of 1, 1.01 and 1.02 m everywhere, and a network that says 2 m: 100, 99 and 98 cm off.
        // The best constant is the middle label's, 1.01 m (known to one part in a thousand): off by 1, 0 and 1 cm. The mean map says 1.02 m: 2, 1 and 0.
        using var recording = new TestRecording(windows: 3);

        RecordingReport report = Score(recording, ConstantDepth.Map(TestRecording.Sensor, 1.02));

        Assert.Equal((3, 3 * 64 * 48), (report.Network.Frames, report.Network.Pixels));
        Assert.Equal(99, report.Network.MeanDepthErrorCm, 1e-4);
        BaselineReport constant = report.Baselines.Single(baseline => baseline.Name == BaselineReport.BestConstant);
        Assert.Equal(1.01, constant.Metres!.Value, 1.1e-3);
        Assert.Equal(2.0 / 3, constant.Report.MeanDepthErrorCm, 0.1);
        Assert.Equal(1, report.Baselines.Single(baseline => baseline.Name == BaselineReport.TrainingMean).Report.MeanDepthErrorCm, 1e-4);
        Assert.Equal(4, report.Baselines.Count);
    }

    [Fact]
    public void The_median_disparity_bias_has_a_sign()
    {
        // f·b = 10 px·m: 2 m is 5 px, and the truths are 10, 9.901 and 9.804 px, so the network is 4.901 px short in the median.
        using var recording = new TestRecording(windows: 3);

        Assert.Equal(-4.901, Score(recording).MedianDisparityBiasPx, 0.005);
    }

    [Fact]
    public void A_bias_to_both_sides_is_weighed_across_zero()
    {
        // f·b = 10 px·m, prediction 1 m = 10 px; truths of 11, 9, 8 and 8 px give −1, +1, +2 and +2. With weights 4, 1, 1 and 1 half of the weight is 3.5: −1.
        // With weights 1, 3, 1 and 1 it is 3: +1.
        Assert.Equal(-1, Bias(4, 1, 1, 1), 0.002);
        Assert.Equal(1, Bias(1, 3, 1, 1), 0.002);

        static double Bias(params float[] weights)
        {
            var sensor = new SensorSize(4, 1);
            var bias = new DisparityBias(new DepthErrorSettings { FocalBaselinePxMetres = 10, Weighting = PixelWeighting.ByEvents });
            bias.Add(ConstantDepth.Map(sensor, 1), new DepthMap(sensor, [10f / 11, 10f / 9, 10f / 8, 10f / 8]), weights);
            return bias.MedianPx;
        }
    }

    [Fact]
    public void Truth_of_events_weighs_pixels_by_the_events_of_its_own_window()
    {
        // The truth's window is 10 ms, in which a camera sends 400 of the network's 2000 events: 3 · 400 in all.
        using var recording = new TestRecording(windows: 3) { TruthIsPerEvent = true, TruthWindowUs = 10_000 };

        RecordingReport report = Score(recording);

        Assert.Equal(1200, report.Network.Weight);
        Assert.Contains("weighted by their events", report.Network.Definition, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_without_depth_is_refused_with_a_way_out()
    {
        using var recording = new TestRecording(windows: 1, labelled: false);

        var failure = Assert.Throws<InvalidDataException>(() => new RecordingScore(recording, TestRecording.WindowUs));

        Assert.StartsWith("walk_data.hdf5: it has no depth of its left camera", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ranges_scored_apart_and_joined_give_the_figures_of_one_run_to_the_last_bit(bool perEvent)
    {
        using var recording = new TestRecording(windows: 7) { TruthIsPerEvent = perEvent, TruthWindowUs = perEvent ? 10_000 : null };
        DepthMap mean = ConstantDepth.Map(TestRecording.Sensor, 1.02);
        RecordingReport whole = Score(recording, mean);
        using var folder = new TemporaryFolder();
        string[] files = [folder.File("0"), folder.File("1"), folder.File("2")];
        foreach ((string file, int first, int last) in ((string, int, int)[])[(files[2], 5, 6), (files[0], 0, 0), (files[1], 1, 4)])
        {
            Part(recording, first, last).Save(file);
        }

        EvaluationPart[] parts = [.. files.Select(EvaluationPart.Load)];
        var joined = new RecordingScore(recording, TestRecording.WindowUs, meanDepth: mean);
        Array.ForEach(parts, part => joined.Add(part));
        RecordingReport report = joined.Finish();

        Assert.Equal(whole.Network, report.Network);
        Assert.Equal(whole.MedianDisparityBiasPx, report.MedianDisparityBiasPx);
        Assert.Equal(whole.Baselines, report.Baselines);
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], joined.Labels);
    }

    [Fact]
    public void Parts_that_overlap_or_are_of_another_definition_do_not_join()
    {
        using var recording = new TestRecording(windows: 3);
        EvaluationPart part = Part(recording, 0, 1);
        var score = new RecordingScore(recording, TestRecording.WindowUs);
        score.Add(part);

        Assert.Contains("a part holds label 0, which is in another part already", Assert.Throws<InvalidDataException>(() => score.Add(part)).Message, StringComparison.Ordinal);
        var near = new RecordingScore(recording, TestRecording.WindowUs, nearerThanMetres: 3);
        Assert.Contains("cannot join", Assert.Throws<InvalidDataException>(() => near.Add(part)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Firing_rates_of_parts_weigh_by_their_windows()
    {
        // One window at 0.1 and two at 0.4: (0.1 + 2 · 0.4) / 3 = 0.3.
        using var recording = new TestRecording(windows: 3);
        EvaluationPart[] parts = [Part(recording, 0, 0) with { FiringRates = [new("mean", 0.1)] }, Part(recording, 1, 2) with { FiringRates = [new("mean", 0.4)] }];

        Assert.Equal(0.3, Assert.Single(EvaluationPart.JoinFiringRates(parts)).Value, 1e-12);
    }

    private static EvaluationPart Part(TestRecording recording, int first, int last)
    {
        var score = new RecordingScore(recording, TestRecording.WindowUs, keepsImages: true);
        var engine = new StubEngine(TestNetworks.Settings);
        var pipeline = new DepthPipeline(recording, engine);
        foreach (DepthFrame frame in pipeline.Run(FrameRequest.ForAll(recording, TestRecording.WindowUs).Skip(first).Take(last - first + 1)))
        {
            score.Add(frame);
        }

        return score.Save(engine, pipeline.Counters);
    }

    private static RecordingReport Score(TestRecording recording, DepthMap? meanDepth = null)
    {
        var score = new RecordingScore(recording, TestRecording.WindowUs, meanDepth: meanDepth);
        foreach (DepthFrame frame in new DepthPipeline(recording, new StubEngine(TestNetworks.Settings)).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)))
        {
            score.Add(frame);
        }

        return score.Finish();
    }
}
