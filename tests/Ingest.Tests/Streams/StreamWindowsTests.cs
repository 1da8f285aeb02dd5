using CsCheck;

namespace StereoSpike.Ingest.Tests.Streams;

public class StreamWindowsTests
{
    private static readonly SensorSize Sensor = new(8, 6);
    private static readonly StereoRig Rig = SimulatedRigs.Custom(Sensor, focalPx: 10, baselineMetres: 0.1);

    [Fact]
    public void Windows_overlap_and_each_holds_exactly_its_own_events()
    {
        // Steps of 10 µs, windows of 20: the event at 5 is in the windows that end at 10 and 20, the one at 12 in those that end at 20 and 30.
        var windows = new StreamWindows(Rig, new StreamWindowSettings { WindowUs = 20, StepUs = 10, MaximumSkewUs = 0 });
        var seen = new List<(long End, float First, float Second)>();

        Take(windows, Batch(Camera.Left, At(5, 1, 2), At(12, 3, 4)), seen);
        Take(windows, StreamBatch.Clock(Camera.Left, 40, 0), seen);

        Assert.Equal([(10, 1f, 0f), (20, 1f, 1f), (30, 0f, 1f), (40, 0f, 0f)], seen);
        Assert.Equal(new StreamTally(In: 2, Used: 2, 0, 0, 0, 0), windows.Tally);

        static void Take(StreamWindows windows, StreamBatch batch, List<(long, float, float)> seen)
        {
            foreach (CountWindow window in windows.Add(batch))
            {
                seen.Add((window.Window.EndUs, window.Counts.Channel(0)[(2 * 8) + 1], window.Counts.Channel(0)[(4 * 8) + 3]));
                window.Answered();
            }
        }
    }

    [Fact]
    public void A_window_waits_for_the_slower_camera_but_not_longer_than_the_skew()
    {
        var settings = new StreamWindowSettings { WindowUs = 100, StepUs = 100, MaximumSkewUs = 50 };

        // Both cameras past the end: closed at once, by the second of them.
        var both = new StreamWindows(Rig, settings);
        Assert.Equal(0, Answer(both, Batch(Camera.Left, At(10), At(101))));
        Assert.Equal(1, Answer(both, Batch(Camera.Right, At(20), At(102))));

        // One camera alone: its clock must be 50 µs past the end.
        var one = new StreamWindows(Rig, settings);
        Assert.Equal(0, Answer(one, Batch(Camera.Left, At(10), At(149))));
        Assert.Equal(1, Answer(one, Batch(Camera.Left, At(150))));

        // What the other camera says of that window now is late.
        Assert.Equal(0, Answer(one, Batch(Camera.Right, At(99))));
        Assert.Equal(1, one.Tally.Late);
    }

    [Fact]
    public void Events_may_be_out_of_order_by_what_is_allowed()
    {
        var windows = new StreamWindows(Rig, new StreamWindowSettings { WindowUs = 100, StepUs = 100, MaximumSkewUs = 50, ReorderUs = 30 });

        int made = Answer(windows, Batch(Camera.Left, At(10), At(129)), Batch(Camera.Right, At(129), At(99)), Batch(Camera.Left, At(90)));

        Assert.Equal(0, made);   // 129 is not yet 30 past the end, so 99 and 90 are in time
        Assert.Equal(1, Answer(windows, Batch(Camera.Left, At(130)), Batch(Camera.Right, At(130))));
        Assert.Equal(0, windows.Tally.Late);
        Assert.Equal(3, windows.Tally.Used);   // 10, 99 and 90; the others belong to the next
    }

    [Fact]
    public void A_jump_in_time_closes_what_is_open_and_begins_anew_without_windows_between()
    {
        var windows = new StreamWindows(Rig, new StreamWindowSettings { WindowUs = 100, StepUs = 100, MaximumSkewUs = 0, RestartUs = 1_000 });

        Assert.Equal(1, Answer(windows, Batch(Camera.Left, At(10), At(1_000_000))));
        Assert.Equal(1, Answer(windows, Batch(Camera.Left, At(20))));
        Assert.Single(windows.Finish().Select(Answered));
        Assert.Equal(2, windows.Restarts);
        Assert.Equal(new StreamTally(In: 3, Used: 3, 0, 0, 0, 0), windows.Tally);
    }

    [Fact]
    public void Rectification_moves_events_and_counts_those_that_leave()
    {
        // Every pixel moves one column to the left; the first column leaves.
        float[] x = [.. Enumerable.Range(0, Sensor.Pixels).Select(i => (float)((i % 8) - 1))], y = [.. Enumerable.Range(0, Sensor.Pixels).Select(i => (float)(i / 8))];
        var windows = new StreamWindows(Rig with { LeftMap = new RectificationMap(Sensor, x, y) }, new StreamWindowSettings { WindowUs = 100, StepUs = 100, MaximumSkewUs = 0 });
        DvsEvent off = new(7, 8, 0, Polarity.On);   // and this one is on no sensor

        CountWindow window = windows.Add(Batch(Camera.Left, At(5, 3, 2), At(6, 0, 2), off)).Concat(windows.Finish()).Single();

        Assert.Equal(1f, window.Counts.Channel(0)[(2 * 8) + 2]);
        Assert.Equal(1f, window.Counts.Values.Sum());
        window.Answered();
        Assert.Equal(new StreamTally(In: 3, Used: 1, Skipped: 0, OffSensor: 2, 0, 0), windows.Tally);
    }

    [Fact]
    public void Contradicting_settings_are_refused_with_what_to_take()
    {
        var failure = Assert.Throws<ArgumentException>(() => new StreamWindows(Rig, new StreamWindowSettings { WindowUs = 50_000, StepUs = 20_000 }));

        Assert.Equal("A window of 50000 µs is not 1 to 64 whole steps of 20000 µs. Take a step that divides it, such as 50000 or 10000.", failure.Message);
    }

    [Fact]
    public void No_event_is_ever_lost_or_counted_twice_and_windows_count_what_brute_force_counts()
    {
        // Any batches of any order, any of the windows left out, an end at any time: in = used + skipped + off the sensor + late, nothing waiting;
        // and where nothing is late, each window holds what counting the events one by one gives.
        Gen<DvsEvent> anyEvent = Gen.Select(Gen.Long[0, 3_000], Gen.Int[0, 9], Gen.Int[0, 5], Gen.Bool, (t, x, y, on) => new DvsEvent(t, (ushort)x, (ushort)y, on ? Polarity.On : Polarity.Off));
        Gen<StreamBatch> anyBatch = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1], Gen.Long[0, 3_000], anyEvent.Array[0, 30], (kind, camera, time, events) =>
            kind == 0 ? StreamBatch.Restart(time, 0) : kind == 1 ? StreamBatch.Clock((Camera)camera, time, 0) : StreamBatch.Of((Camera)camera, events, 0));
        Gen.Select(anyBatch.Array[1, 20], Gen.Bool, Gen.Int[1, 4], Gen.Int[0, 300], Gen.Int[0, 6], Gen.Bool).Sample((batches, sorted, steps, skew, skipOf, abandon) =>
        {
            if (sorted)   // one epoch, both cameras in order: nothing can be late
            {
                DvsEvent[][] cameras = [.. Enumerable.Range(0, 2).Select(camera => batches.Where(batch => batch.Kind == BatchKind.Events && (int)batch.Camera == camera)
                    .SelectMany(batch => batch.Events.ToArray()).OrderBy(e => e.TimestampUs).ToArray())];
                batches = [.. cameras[0].Select(e => (Camera.Left, e)).Concat(cameras[1].Select(e => (Camera.Right, e))).OrderBy(pair => pair.e.TimestampUs)
                    .Select(pair => StreamBatch.Of(pair.Item1, new[] { pair.e }, 0))];
            }

            var windows = new StreamWindows(Rig, new StreamWindowSettings { WindowUs = 100 * steps, StepUs = 100, MaximumSkewUs = skew, RestartUs = sorted ? 1_000_000 : 1_000 });
            var held = new Queue<CountWindow>();
            int made = 0, seen = 0;
            foreach (CountWindow window in batches.SelectMany(windows.Add))
            {
                Check(window);
                Assert.True(windows.Tally.Balances);
                if (abandon && ++seen == 5)
                {
                    break;   // cut short, perhaps within a batch
                }
            }

            if (abandon)
            {
                windows.Abandon();
            }
            else
            {
                foreach (CountWindow window in windows.Finish())
                {
                    Check(window);
                }
            }

            while (held.TryDequeue(out CountWindow? window))
            {
                Resolve(window);
            }

            StreamTally tally = windows.Tally;
            Assert.True(tally.Balances);
            Assert.Equal(0, tally.Waiting);
            Assert.True(seen == 5 || tally.In == batches.Sum(batch => batch.Events.Length));
            Assert.Equal(sorted ? 0 : tally.Late, tally.Late);

            void Check(CountWindow window)
            {
                if (sorted)
                {
                    Assert.Equal(Brute(batches, window.Window), window.Counts.Values);
                }

                held.Enqueue(window);
                if (held.Count > 3)
                {
                    Resolve(held.Dequeue());
                }
            }

            void Resolve(CountWindow window)
            {
                if (skipOf > 0 && made++ % skipOf == 0)
                {
                    window.Skip();
                }
                else
                {
                    window.Answered();
                }
            }
        }, iter: 3_000);

        static float[] Brute(StreamBatch[] batches, TimeWindow window)
        {
            var counts = new float[4 * Sensor.Pixels];
            foreach (StreamBatch batch in batches)
            {
                foreach (DvsEvent e in batch.Events.ToArray().Where(e => window.Contains(e.TimestampUs) && e.X < 8))
                {
                    counts[(((2 * (int)batch.Camera) + (e.Polarity == Polarity.On ? 0 : 1)) * Sensor.Pixels) + (e.Y * 8) + e.X]++;
                }
            }

            return counts;
        }
    }

    private static DvsEvent At(long timeUs, int x = 0, int y = 0) => new(timeUs, (ushort)x, (ushort)y, Polarity.On);

    private static StreamBatch Batch(Camera camera, params DvsEvent[] events) => StreamBatch.Of(camera, events, 0);

    private static int Answer(StreamWindows windows, params StreamBatch[] batches) => batches.SelectMany(windows.Add).Select(Answered).Count();

    private static CountWindow Answered(CountWindow window)
    {
        window.Answered();
        return window;
    }
}
