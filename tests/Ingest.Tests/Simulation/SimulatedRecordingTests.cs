using System.Numerics;
using StereoSpike.Ingest;

namespace StereoSpike.Tests.Simulation;

public class SimulatedRecordingTests
{
    private static readonly StereoRig Small = SimulatedRigs.Custom(new SensorSize(70, 44), 75, 0.2);

    [Theory]
    [InlineData(SceneKind.Room)]
    [InlineData(SceneKind.Boxes)]
    public void Equal_seeds_give_equal_recordings_on_one_thread_or_two(SceneKind kind)
    {
        (EventCameraModel left, EventCameraModel right) = EventCameraModel.DrawPair(5);
        SimulationSettings settings = new() { Seed = 5, Left = left, Right = right };
        using SimulatedRecording first = Make(5, settings), second = Make(5, settings with { TwoThreads = true });
        using SimulatedRecording other = Make(5, settings with { Seed = 6 }), elsewhere = Make(6, settings);

        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            Assert.True(first.EventArray(camera).Span.SequenceEqual(second.EventArray(camera).Span));
            Assert.True(first.DisparitiesPx(camera).SequenceEqual(second.DisparitiesPx(camera)));
            Assert.Equal(first.ReadDepth(1, camera).Metres, second.ReadDepth(1, camera).Metres);
            Assert.False(first.EventArray(camera).Span.SequenceEqual(other.EventArray(camera).Span));
            Assert.False(first.EventArray(camera).Span.SequenceEqual(elsewhere.EventArray(camera).Span));
        }

        SimulatedRecording Make(ulong scene, SimulationSettings with) =>
            SimulatedRecording.Make(SimulatedScene.Draw(kind, scene, Small), Small, with, 150_000);
    }

    [Fact]
    public void Labels_come_every_50_ms_with_depth_at_every_pixel_of_both_cameras()
    {
        using SimulatedRecording recording = SimulatedRecording.Make(SimulatedScene.Draw(SceneKind.Room, 8, Small), Small, new(), 220_000);

        Assert.Equal([50_000, 100_000, 150_000, 200_000], recording.LabelTimesUs);
        Assert.All(recording.LabelTimesUs.Select((_, label) => label), label =>
        {
            Assert.Equal(Small.Sensor.Pixels, recording.ReadDepth(label).KnownPixels);
            Assert.All(recording.ReadDepth(label, Camera.Right).Metres, depth => Assert.InRange(depth, 0.6f, 12f));   // 0.7 m kept clear, less the baseline
        });
    }

    [Fact]
    public void A_sink_gets_events_in_order_and_every_label_after_the_events_of_its_window()
    {
        var sink = new OrderedSink();

        StereoSimulator.Run(SimulatedScene.Draw(SceneKind.Room, 2, Small), Small, new() { Left = new() { NoiseHz = 5 } }, 200_000, sink);

        Assert.True(sink.Events > 1_000);
        Assert.Equal(8, sink.Labels);
    }

    [Fact]
    public void A_range_finder_returns_some_rows_and_there_most_pixels_unaltered()
    {
        SimulatedScene scene = SimulatedScene.Draw(SceneKind.Room, 4, Small);
        SimulationSettings settings = new() { Truth = SimulatedTruth.Lidar, LidarRowPitch = 4, LidarLoss = 0.25 };
        using SimulatedRecording dense = SimulatedRecording.Make(scene, Small, settings with { Truth = SimulatedTruth.Dense }, 50_000);
        using SimulatedRecording scanned = SimulatedRecording.Make(scene, Small, settings, 50_000);

        // 44 rows / 4 · 70 columns · 0.75 = 577.5 pixels, standard deviation √(770 · 0.25 · 0.75) = 12.
        DepthMap all = dense.ReadDepth(0), some = scanned.ReadDepth(0);
        Assert.InRange(some.KnownPixels, 577 - 48, 577 + 48);
        Assert.All(some.Metres.Zip(all.Metres), pair => Assert.True(float.IsNaN(pair.First) || pair.First == pair.Second));
        Assert.Equal(some.Metres, scanned.ReadDepth(0).Metres);
    }

    [Fact]
    public void Truth_by_event_holds_the_newest_event_of_each_pixel_and_no_noise()
    {
        // The plate at 15 px passes before the wall at 3 px; only its outline fires, and noise falls anywhere.
        SmoothPath path = TestScenes.Moving(new Vector3(-0.3f, 0, 2), new Vector3(1, 0, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(0.4f, 0.4f, path, 0.2f));
        SimulationSettings settings = TestScenes.Ideal() with
        {
            Truth = SimulatedTruth.PerEvent,
            Left = EventCameraModel.Ideal(0.2) with { NoiseHz = 1 },
        };
        using SimulatedRecording recording = SimulatedRecording.Make(scene, TestScenes.Rig, settings, 100_000);

        DepthMap truth = recording.ReadDepth(1);
        HashSet<int> expected = [];
        for (int i = 0; i < recording.Events(Camera.Left).Count; i++)
        {
            DvsEvent e = recording.EventArray(Camera.Left).Span[i];
            if (e.TimestampUs >= 50_000 && !recording.IsNoise(Camera.Left, i))
            {
                expected.Add((e.Y * 96) + e.X);
            }
        }

        Assert.True(recording.TruthIsPerEvent);
        Assert.Equal(50_000, recording.TruthWindowUs);
        Assert.Equal(expected.Count, truth.KnownPixels);
        Assert.All(expected, pixel => Assert.Equal(2f, truth.Metres[pixel], 1e-4));
    }

    [Theory]
    [InlineData(20_000)]    // each label is asked for before its window's last events
    [InlineData(-20_000)]   // and after the next window's first ones
    public void Truth_by_event_goes_by_each_cameras_own_clock(long lagUs)
    {
        SmoothPath path = TestScenes.Moving(new Vector3(-0.3f, 0, 2), new Vector3(1, 0, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(0.4f, 0.4f, path, 0.2f));
        using SimulatedRecording recording = SimulatedRecording.Make(scene, TestScenes.Rig, TestScenes.Ideal() with { Truth = SimulatedTruth.PerEvent, RightClockLagUs = lagUs }, 150_000);

        HashSet<int> expected = [.. recording.EventArray(Camera.Right).Span.ToArray().Where(e => e.TimestampUs is >= 50_000 and < 100_000).Select(e => (e.Y * 96) + e.X)];

        Assert.NotEmpty(expected);
        Assert.Equal(expected.Order(), Enumerable.Range(0, 96 * 64).Where(pixel => recording.ReadDepth(1, Camera.Right).Metres[pixel] > 0f));
    }

    [Fact]
    public void Where_there_is_only_sky_no_depth_is_known()
    {
        SimulatedScene scene = TestScenes.Scene(TestScenes.Plate(0.3f, 0.3f, TestScenes.Moving(new Vector3(0, 0, 3), Vector3.Zero), 0.2f));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, TestScenes.Rig, TestScenes.Ideal(), 50_000);

        Assert.Equal(100, recording.ReadDepth(0).KnownPixels);   // 0.3 m / 3 m · 100 px = 10 px each way
    }

    [Fact]
    public void Boxes_fire_like_the_cameras_of_a_real_recording_of_boxes()
    {
        // A DAVIS240C before one moving box: 8.2k and 11.6k events/s, 34 % ON, 1.4 to 1.5 events an active pixel in 50 ms.
        // One to four things of many speeds spread around that; the typical scene must not be far off.
        var rates = new List<double>();
        var on = new List<double>();
        for (ulong seed = 1; seed <= 9; seed++)
        {
            using SimulatedRecording recording = SimulatedRecording.Make(
                SimulatedScene.Draw(SceneKind.Boxes, seed, SimulatedRigs.Davis240), SimulatedRigs.Davis240, new() { Seed = seed }, 200_000);
            DvsEvent[] events = recording.EventArray(Camera.Left).Span.ToArray();
            rates.Add(events.Length / 0.2);
            on.Add((double)events.Count(e => e.Polarity == Polarity.On) / events.Length);
        }

        Assert.InRange(rates.Order().ElementAt(4), 4_000, 40_000);
        Assert.InRange(on.Average(), 0.27, 0.48);
    }

    [Fact]
    public void A_sensor_too_small_to_render_is_refused()
    {
        StereoRig tiny = SimulatedRigs.Custom(new SensorSize(15, 60), 20, 0.1);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => SimulatedRecording.Make(TestScenes.Scene(TestScenes.Wall(3, 1)), tiny, new(), 1_000));

        Assert.StartsWith("The sensor is 15×60 px; the simulator needs at least 16×8.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rig_without_a_name_is_refused_with_those_that_have_one()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => SimulatedRigs.Get("kinect"));

        Assert.StartsWith("There is no rig called \"kinect\"; there are mvsec, davis240, dvs128.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_simulation_stops()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(
            () => SimulatedRecording.Make(TestScenes.Scene(TestScenes.Wall(3, 1)), TestScenes.Rig, new(), 1_000_000, cancellation: stop.Token));
    }

    private sealed class OrderedSink : ISimulationSink
    {
        private readonly long[] _last = [long.MinValue, long.MinValue];
        private long _labelUs;

        public int Events { get; private set; }

        public int Labels { get; private set; }

        public void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx)
        {
            Assert.Equal(events.Length, disparitiesPx.Length);
            foreach (DvsEvent e in events)
            {
                Assert.True(e.TimestampUs >= _labelUs && e.TimestampUs >= _last[(int)camera]);
                Assert.True(Small.Sensor.Contains(e.X, e.Y));
                _last[(int)camera] = e.TimestampUs;
            }

            Events += events.Length;
        }

        public void TakeDepth(Camera camera, long timeUs, DepthMap depth)
        {
            Assert.All(_last, last => Assert.True(last < timeUs));
            _labelUs = timeUs;
            Labels++;
        }

        public void Complete() => Assert.True(Labels > 0);
    }
}
