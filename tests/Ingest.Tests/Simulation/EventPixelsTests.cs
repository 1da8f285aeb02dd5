using System.Numerics;
using StereoSpike.Ingest;

namespace StereoSpike.Tests.Simulation;

public class EventPixelsTests
{
    [Fact]
    public void A_step_of_brightness_makes_as_many_events_as_thresholds_fit_into_it()
    {
        // A plate e^-0.75 times as bright as the wall slides over the pixel and off again.
        // Coming: ln I falls by 0.75, thresholds 0.2: floor(3.75) = 3 OFF, the level stands at -0.6.
        // Going: ln I rises to 0, 0.6 above the level, thresholds 0.25: floor(2.4) = 2 ON.
        EventCameraModel camera = EventCameraModel.Ideal(0.2) with { ThresholdOn = 0.25 };
        SmoothPath path = TestScenes.Moving(new Vector3(-0.9f, 0, 3), new Vector3(3, 0, 0));   // 100 px/s; 13.3 px wide
        SimulatedScene scene = TestScenes.Scene(
            TestScenes.Wall(10, 0.8f), TestScenes.Plate(0.4f, 40, path, 0.8f * MathF.Exp(-0.75f)));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, TestScenes.Rig, TestScenes.Ideal() with { Left = camera }, 800_000);

        DvsEvent[] pixel = [.. recording.EventArray(Camera.Left).Span.ToArray().Where(e => (e.X, e.Y) == (47, 31))];
        Assert.Equal(
            [Polarity.Off, Polarity.Off, Polarity.Off, Polarity.On, Polarity.On],
            pixel.Select(e => e.Polarity));
    }

    [Fact]
    public void Events_are_dated_between_two_renderings_by_how_far_the_brightness_had_gone()
    {
        // The plate's right edge starts at (-0.9 + 0.2) m / 3 m · 100 px = -23.33 px from the middle and moves at 100 px/s.
        // It runs into pixel 47, at -0.5 px, when it is 0.5 px from its middle, at -1 px: after 223.3 ms; a pixel later it covers it.
        SmoothPath path = TestScenes.Moving(new Vector3(-0.9f, 0, 3), new Vector3(3, 0, 0));
        SimulatedScene scene = TestScenes.Scene(
            TestScenes.Wall(10, 0.8f), TestScenes.Plate(0.4f, 40, path, 0.8f * MathF.Exp(-0.75f)));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, TestScenes.Rig, TestScenes.Ideal() with { MaximumMotionPx = 0.05 }, 300_000);

        // Coverage c gives ln I = ln(1 - c(1 - e^-0.75)); it is -0.2, -0.4, -0.6 at c = 0.3436, 0.6248, 0.8551.
        long[] times = [.. recording.EventArray(Camera.Left).Span.ToArray().Where(e => (e.X, e.Y) == (47, 31)).Select(e => e.TimestampUs)];
        Assert.Equal(3, times.Length);
        Assert.InRange(times[0], 223_333 + 3_436 - 60, 223_333 + 3_436 + 60);   // within a tenth of a step of 0.5 ms
        Assert.InRange(times[1], 223_333 + 6_248 - 60, 223_333 + 6_248 + 60);
        Assert.InRange(times[2], 223_333 + 8_551 - 60, 223_333 + 8_551 + 60);
    }

    [Fact]
    public void Pixels_that_do_not_fill_a_vector_fire_like_their_neighbours_that_do()
    {
        // 19 · 9 = 171 = 21 · 8 + 3: the last three pixels of the last row go through the scalar loop. A level outline passes all of a row at once.
        StereoRig rig = SimulatedRigs.Custom(new SensorSize(19, 9), 20, 0.1);
        SimulatedScene scene = TestScenes.Scene(
            TestScenes.Wall(10, 0.8f), TestScenes.Plate(20, 20, TestScenes.Moving(new Vector3(0, -10.6f, 2), new Vector3(0, 2, 0)), 0.3f));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, rig, TestScenes.Ideal(), 700_000);

        long[][] last = [.. recording.EventArray(Camera.Left).Span.ToArray().Where(e => e.Y == 8)
            .GroupBy(e => e.X).OrderBy(pixel => pixel.Key).Select(pixel => pixel.Select(e => e.TimestampUs).ToArray())];
        Assert.Equal(19, last.Length);
        Assert.Equal(4, last[0].Length);   // floor(ln(0.8 / 0.3) / 0.2) = floor(4.904)
        Assert.All(last, times => Assert.All(times.Zip(last[0]), pair => Assert.InRange(pair.First - pair.Second, -1, 1)));
        Assert.All(last, times => Assert.Equal(4, times.Length));
    }

    [Fact]
    public void A_pixel_is_silent_for_its_refractory_time()
    {
        SceneBody plane = new([TestScenes.Rectangle(12, 4, TextureKind.Checker)], TestScenes.Moving(new Vector3(0, 0, 3), new Vector3(6, 0, 0)), 0);

        Assert.InRange(ShortestInterval(refractoryUs: 0), 0, 3_999);
        Assert.InRange(ShortestInterval(refractoryUs: 4_000), 4_000, long.MaxValue);

        long ShortestInterval(long refractoryUs)
        {
            SimulationSettings settings = TestScenes.Ideal(0.1) with { Left = EventCameraModel.Ideal(0.1) with { RefractoryUs = refractoryUs } };
            using SimulatedRecording recording = SimulatedRecording.Make(TestScenes.Scene(plane), TestScenes.Rig, settings, 100_000);
            return recording.EventArray(Camera.Left).Span.ToArray().GroupBy(e => (e.X, e.Y))
                .SelectMany(pixel => pixel.Zip(pixel.Skip(1), (first, second) => second.TimestampUs - first.TimestampUs)).Min();
        }
    }

    [Fact]
    public void Nothing_that_moves_makes_no_event()
    {
        SceneBody plane = new([TestScenes.Rectangle(12, 12, TextureKind.Speckle)], new SmoothPath { StartMetres = new Vector3(0, 0, 3) }, 0);
        SimulationSettings settings = new() { Left = new() { NoiseHz = 0, ThresholdDrift = 0.3 }, Right = new() { NoiseHz = 0 } };

        using SimulatedRecording recording = SimulatedRecording.Make(TestScenes.Scene(plane), TestScenes.Rig, settings, 2_000_000);

        Assert.Equal(0, recording.Events(Camera.Left).Count);
        Assert.Equal(0, recording.Events(Camera.Right).Count);
    }

    [Fact]
    public void Noise_comes_at_its_rate_everywhere_and_is_marked()
    {
        // 96 · 64 pixels · 0.5 Hz · 4 s = 12288 events, standard deviation √12288 = 111; ON 0.25 of them.
        SimulationSettings settings = TestScenes.Ideal() with { Left = EventCameraModel.Ideal(0.2) with { NoiseHz = 0.5, NoiseOnShare = 0.25 } };

        using SimulatedRecording recording = SimulatedRecording.Make(TestScenes.Scene(TestScenes.Wall(3, 1)), TestScenes.Rig, settings, 4_000_000);

        DvsEvent[] events = recording.EventArray(Camera.Left).Span.ToArray();
        Assert.InRange(events.Length, 12_288 - 444, 12_288 + 444);
        Assert.InRange((double)events.Count(e => e.Polarity == Polarity.On) / events.Length, 0.234, 0.266);
        Assert.InRange((double)events.Count(e => e.X < 48) / events.Length, 0.48, 0.52);
        Assert.All(Enumerable.Range(0, events.Length), i => Assert.True(recording.IsNoise(Camera.Left, i)));
        Assert.Equal(0, recording.Events(Camera.Right).Count);
    }

    [Fact]
    public void Hot_pixels_fire_at_their_own_rate()
    {
        // Two pixels · 100 Hz · 5 s = 1000 events, standard deviation 32.
        SimulationSettings settings = TestScenes.Ideal() with { Left = EventCameraModel.Ideal(0.2) with { HotPixels = 2, HotPixelHz = 100 } };

        using SimulatedRecording recording = SimulatedRecording.Make(TestScenes.Scene(TestScenes.Wall(3, 1)), TestScenes.Rig, settings, 5_000_000);

        DvsEvent[] events = recording.EventArray(Camera.Left).Span.ToArray();
        Assert.InRange(events.Length, 872, 1128);
        Assert.Equal(2, events.Select(e => (e.X, e.Y)).Distinct().Count());
    }
}
