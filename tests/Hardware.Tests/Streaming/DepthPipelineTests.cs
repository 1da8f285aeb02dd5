using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using static TorchSharp.torch;

namespace StereoSpike.Hardware.Tests;

public class DepthPipelineTests
{
    [Fact]
    public void Its_answers_equal_those_of_doing_one_step_after_the_other()
    {
        using var recording = new TestRecording(windows: 6);
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        using var engine = new TorchEngine(weights);
        var samples = new StereoSampleReader(recording, new PolarityHistogramEncoder(), TestRecording.WindowUs);
        using var module = new GraphModule(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors);
        var readout = new DepthReadout(weights.Settings, recording.Rig.FocalBaselinePxMetres);

        List<float[]> answers = [.. new DepthPipeline(recording, engine).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)).Select(frame => frame.Depth.Metres)];

        Assert.Equal(6, answers.Count);
        for (int label = 0; label < answers.Count; label++)
        {
            using IDisposable noGradient = no_grad();
            using Tensor input = tensor(samples.Read(label).Frame.Values, [1, 4, weights.Settings.Height, weights.Settings.Width]);
            using GraphRun run = module.Run(input);
            float[] potentials = run.Potentials[StereoSpikeNetwork.Readout][^1].data<float>().ToArray();
            Assert.Equal(readout.Read(potentials).Metres, answers[label]);
            Assert.True(potentials.Distinct().Count() > 100, "spikes must reach the readout, or the comparison says nothing");
        }
    }

    [Fact]
    public void Frames_end_at_the_labels_own_times_and_bring_their_truth()
    {
        using var recording = new TestRecording(windows: 3) { LabelTimesUs = [61_234, 99_999] };

        var frames = Run(recording, frame => (frame.Request.Window, frame.LeftCount, Truth: frame.Truth!.Metres[0]));

        // Events come every 25 µs from 0: [11234, 61234) and [49999, 99999) hold 2000 each.
        Assert.Equal([(new TimeWindow(11_234, 61_234), 2000, 1f), (new TimeWindow(49_999, 99_999), 2000, 1.01f)], frames);
    }

    [Fact]
    public void Without_labels_frames_come_every_50_ms_whatever_the_windows_length()
    {
        using var recording = new TestRecording(windows: 2, labelled: false);

        TimeWindow[] windows = [.. FrameRequest.ForAll(recording, 150_000).Select(request => request.Window)];

        Assert.Equal([new TimeWindow(0, 150_000), new TimeWindow(50_000, 200_000)], windows);
    }

    [Fact]
    public void Counters_count_frames_and_every_event_read()
    {
        using var recording = new TestRecording(windows: 5);
        var pipeline = new DepthPipeline(recording, new StubEngine(TestNetworks.Settings));

        foreach (DepthFrame frame in pipeline.Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)))
        {
            Assert.Equal(frame.Index + 1, pipeline.Counters.Frames);
        }

        Assert.Equal((5, 10_000, 10_000), (pipeline.Counters.Frames, pipeline.Counters.Left.Read, pipeline.Counters.Right.Read));
        Assert.Equal(0, pipeline.Counters.Left.DroppedShare);
        Assert.True(pipeline.Counters.Frame.P50Ms <= pipeline.Counters.Frame.P99Ms);
        Assert.True(pipeline.Counters.EventsPerSecond > 0);
    }

    [Fact]
    public void Allocation_per_frame_is_the_depth_map_and_little_more()
    {
        // 300 frames of 64·48·4 = 12,288 bytes of depth; buffers of one more frame a step would be 12,288·(4 + 2 + 1).
        const int Frames = 300;
        using var recording = new TestRecording(Frames + 10);
        var pipeline = new DepthPipeline(recording, new StubEngine(TestNetworks.Settings, potential: 1));
        FrameRequest[] requests = [.. FrameRequest.ForAll(recording, TestRecording.WindowUs).Select(request => request with { Label = null })];
        foreach (DepthFrame _ in pipeline.Run(requests.Take(10)))
        {
            // warm: code compiled, buffers grown
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        foreach (DepthFrame _ in pipeline.Run(requests.Skip(10)))
        {
            // drive it
        }

        long perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / Frames;
        Assert.InRange(perFrame, 12_288, 2 * 12_288);   // the rest is a task a frame
    }

    [Fact]
    public void An_error_of_the_recording_reaches_the_caller_after_the_frames_before_it()
    {
        using var recording = new TestRecording(windows: 5) { DamagedLabel = 2 };
        var seen = new List<int>();

        var failure = Assert.Throws<InvalidDataException>(() => Run(recording, frame =>
        {
            seen.Add(frame.Index);
            return 0;
        }));

        Assert.Equal("walk_data.hdf5: label 2 is damaged.", failure.Message);
        Assert.Equal([0, 1], seen);
    }

    [Fact]
    public void A_caller_who_leaves_early_may_dispose_of_the_recording_at_once()
    {
        // The pipeline reads label 1 ahead while the caller looks at label 0, and waits for that before it lets go.
        using var recording = new TestRecording(windows: 50) { ReadPause = TimeSpan.FromMilliseconds(50) };

        DepthFrame first = new DepthPipeline(recording, new StubEngine(TestNetworks.Settings)).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)).First();

        int finished = recording.ReadsFinished;
        Assert.NotNull(first);
        Assert.Equal((2, 2), (recording.ReadsStarted, finished));
    }

    [Fact]
    public void Cancelling_ends_the_run_between_two_frames()
    {
        using var recording = new TestRecording(windows: 50);
        using var cancellation = new CancellationTokenSource();
        var engine = new StubEngine(TestNetworks.Settings)
        {
            OnRun = run =>
            {
                if (run == 3)
                {
                    cancellation.Cancel();
                }
            },
        };

        Assert.Throws<OperationCanceledException>(() =>
            new DepthPipeline(recording, engine).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs), cancellation.Token).Count());
        Assert.Equal(4, engine.Runs);
    }

    private static List<T> Run<T>(TestRecording recording, Func<DepthFrame, T> look) =>
        [.. new DepthPipeline(recording, new StubEngine(TestNetworks.Settings)).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)).Select(look)];
}
