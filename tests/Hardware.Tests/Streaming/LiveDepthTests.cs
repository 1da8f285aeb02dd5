using System.Diagnostics;
using StereoSpike.Ingest;

namespace StereoSpike.Hardware.Tests;

/// <summary>The live pipeline: on time, accounted for, and the same depths as the pipeline on recordings.</summary>
public sealed class LiveDepthTests : IDisposable
{
    private static readonly StereoRig Rig = SimulatedRigs.Custom(TestRecording.Sensor, focalPx: 50, baselineMetres: 0.2);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));

    public void Dispose() => _limit.Dispose();

    [Theory]
    [InlineData("histogram")]
    [InlineData("coincidence:disparities=8,step=1")]
    public async Task Live_answers_are_those_of_the_recording(string encoder)
    {
        using var recording = new TestRecording(windows: 5);
        int channels = EncoderCatalogue.Create(encoder).Channels;
        var weights = TestNetworks.Draw(TestNetworks.Settings with { Encoder = encoder, InputChannels = channels });
        using EventEngine offline = new(weights, threads: 1), live = new(weights, threads: 1);
        List<float[]> expected = [.. new DepthPipeline(recording, offline).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)).Select(frame => frame.Depth.Metres)];
        var pipeline = new LiveDepth(live);

        var answers = new Dictionary<long, float[]>();
        await foreach (LiveFrame frame in pipeline.Run(Fast(recording), new LiveSettings { StepUs = 10_000, Queue = QueuePolicy.Lossless }, _limit.Token))
        {
            answers.Add(frame.TimeUs, frame.Depth.Metres);
            Assert.Equal(frame.Counts.Channel(0).ToArray().Sum() + frame.Counts.Channel(1).ToArray().Sum(), frame.LeftCount);
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => i * 10_000L), answers.Keys);   // every 10 ms, the first from what there is
        Assert.All(expected, (metres, i) => Assert.Equal(metres, answers[(i + 1) * TestRecording.WindowUs]));
        Assert.Equal(new StreamTally(In: 20_000, Used: 20_000, 0, 0, 0, 0), pipeline.Counters!.Events);
    }

    [Fact]
    public async Task The_firing_of_each_window_is_told_not_a_mean_over_all()
    {
        using var recording = new TestRecording(windows: 3);
        var weights = TestNetworks.Draw(TestNetworks.Settings);
        using EventEngine live = new(weights, threads: 1), alone = new(weights, threads: 1);
        KeyValuePair<string, double>[] last = [];
        double mean = 0;
        var input = new SpikeFrame(4, TestRecording.Sensor);
        await foreach (LiveFrame frame in new LiveDepth(live).Run(Fast(recording), new LiveSettings { Queue = QueuePolicy.Lossless }, _limit.Token))
        {
            (last, mean) = ([.. frame.FiringRates], frame.MeanFiringRate);
            frame.Counts.Values.CopyTo(input.Values, 0);
        }

        alone.Run(input, new float[TestRecording.Sensor.Pixels]);   // the last window only

        Assert.NotEmpty(last);
        Assert.All(last, rate => Assert.Equal(alone.FiringRates[rate.Key], rate.Value, 1e-9));
        Assert.Equal(alone.MeanFiringRate, mean, 1e-9);
        Assert.True(mean > 0);
    }

    [Fact]
    public async Task An_engine_that_is_too_slow_skips_windows_and_stays_live()
    {
        // 20 windows of 50 ms at 10 times the speed, 5 ms each, and 25 ms an answer: some four of five are left out, and an answer is never older than about two of them.
        using var recording = new TestRecording(windows: 20);
        using var replay = new ReplaySource(recording) { Speed = 10 };
        var pipeline = new LiveDepth(new StubEngine(TestNetworks.Settings, 1) { OnRun = _ => Thread.Sleep(25) });

        long previous = -1;
        await foreach (LiveFrame frame in pipeline.Run(replay, cancellation: _limit.Token))
        {
            Assert.True(frame.TimeUs > previous);
            previous = frame.TimeUs;
        }

        LiveCounters counters = pipeline.Counters!;
        Assert.Equal(20, counters.Windows);
        Assert.True(counters.SkippedWindows >= 5, $"{counters.SkippedWindows} of 20 were skipped");
        Assert.Equal(20, counters.Answered + counters.SkippedWindows);
        Assert.Equal((80_000, 0), (counters.Events.In, counters.Events.Waiting));
        Assert.Equal(counters.SkippedWindows * 4_000, counters.Events.Skipped);   // windows that do not overlap: each skipped one drops its own
        Assert.True(counters.Events.Balances);
        Assert.Equal(20 * 50_000, previous);   // the newest is always answered
    }

    [Fact]
    public async Task Where_nothing_may_be_lost_the_source_waits()
    {
        using var recording = new TestRecording(windows: 10);
        using var replay = new ReplaySource(recording) { Speed = 100 };
        var pipeline = new LiveDepth(new StubEngine(TestNetworks.Settings, 1) { OnRun = _ => Thread.Sleep(5) });

        int answers = await pipeline.Run(replay, new LiveSettings { Queue = QueuePolicy.Lossless }, _limit.Token).CountAsync();

        Assert.Equal(10, answers);
        Assert.Equal((0, 40_000), (pipeline.Counters!.SkippedWindows, pipeline.Counters.Events.Used));
        Assert.True(pipeline.Counters.LatencyMs(0.99) > 5);
    }

    [Fact]
    public async Task A_run_that_is_left_or_cancelled_accounts_for_its_events_and_another_may_follow()
    {
        using var recording = new TestRecording(windows: 10);
        var pipeline = new LiveDepth(new StubEngine(TestNetworks.Settings, 1));

        await foreach (LiveFrame _ in pipeline.Run(Fast(recording), new LiveSettings { Queue = QueuePolicy.Lossless }, _limit.Token))
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipeline.Run(Fast(recording)).CountAsync());
            break;
        }

        StreamTally left = pipeline.Counters!.Events;
        Assert.True(left.Balances);
        Assert.Equal((0, 4_000), (left.Waiting, left.Used));

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        using var paused = new ReplaySource(recording) { Paused = true };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pipeline.Run(paused, cancellation: stop.Token).CountAsync());

        Assert.Equal(10, await pipeline.Run(Fast(recording), new LiveSettings { Queue = QueuePolicy.Lossless }, _limit.Token).CountAsync());
    }

    [Fact]
    public async Task What_a_source_fails_of_reaches_the_reader_and_the_pipeline_serves_on()
    {
        var pipeline = new LiveDepth(new StubEngine(TestNetworks.Settings, 1));
        using var damaged = new PacketSource(new MemoryStream(new byte[100]), "pipe", Rig);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await pipeline.Run(damaged).CountAsync());

        using var recording = new TestRecording(windows: 2);
        Assert.Equal(2, await pipeline.Run(Fast(recording), new LiveSettings { Queue = QueuePolicy.Lossless }, _limit.Token).CountAsync());
    }

    [Fact]
    public void A_source_of_another_sensor_and_an_encoder_that_needs_times_are_refused()
    {
        using var recording = new TestRecording(windows: 1, rig: SimulatedRigs.Custom(new SensorSize(32, 24), 50, 0.2) with { Name = "small" });

        string sensor = Assert.Throws<InvalidDataException>(() => new LiveDepth(new StubEngine(TestNetworks.Settings)).Run(Fast(recording))).Message;
        string encoder = Assert.Throws<InvalidDataException>(() => new LiveDepth(new StubEngine(TestNetworks.Settings with { Encoder = "voxel:bins=2,views=2" }), "w")).Message;

        Assert.Equal("weights: is for cameras of 64×48 px, and those of walk_data.hdf5 have 32×24. Use weights trained at that size, or train some on recordings of it (stereospike train --data …).", sensor);
        Assert.StartsWith("w: encoder: 'voxel:bins=2,views=2' looks at each event's time, and live streams are kept as counts. ", encoder, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_that_stalls_repeats_reorders_and_jumps_loses_no_count_and_does_not_grow()
    {
        using var flood = new FloodSource(Rig, eventsPerSecond: 5e6, seed: 3);
        var pipeline = new LiveDepth(new StubEngine(TestNetworks.Settings, 1));
        using var stop = new CancellationTokenSource();
        long began = Stopwatch.GetTimestamp(), early = 0;
        try
        {
            await foreach (LiveFrame frame in pipeline.Run(flood, new LiveSettings { StepUs = 10_000 }, stop.Token))
            {
                double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
                early = early == 0 && seconds > 1 ? GC.GetTotalMemory(forceFullCollection: true) : early;
                if (seconds > 3)
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // as asked
        }

        LiveCounters counters = pipeline.Counters!;
        StreamTally events = counters.Events;
        Assert.True(events.Balances);
        Assert.Equal(0, events.Waiting);
        Assert.Equal(flood.Sent, events.In + flood.Faults.RepeatedEvents);
        Assert.True(events is { Late: > 0, OffSensor: > 0, Used: > 10_000 }, events.ToString());
        Assert.True(flood.Faults is { MalformedPackets: > 0, LostPackets: > 0, RepeatedEvents: > 0 });
        Assert.Equal(counters.Windows, counters.Answered + counters.SkippedWindows);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - early, long.MinValue, 4 << 20);
    }

    private static ReplaySource Fast(IStereoRecording recording) => new(recording) { Speed = double.PositiveInfinity };
}
