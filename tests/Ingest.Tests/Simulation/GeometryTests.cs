using System.Numerics;
using StereoSpike.Ingest;

namespace StereoSpike.Tests.Simulation;

public class GeometryTests
{
    [Fact]
    public void A_plane_at_10_px_fires_in_the_right_camera_10_px_further_left()
    {
        // Depth 3 m at f·b = 30 px·m: a whole number of pixels, so both cameras see the same picture, shifted.
        SceneBody plane = new([TestScenes.Rectangle(12, 12, TextureKind.Speckle)], TestScenes.Moving(new Vector3(0, 0, 3), new Vector3(1.5f, 0.3f, 0)), 0);

        using SimulatedRecording recording = SimulatedRecording.Make(TestScenes.Scene(plane), TestScenes.Rig, TestScenes.Ideal(0.1), 200_000);

        int[,] left = Counts(recording, Camera.Left), right = Counts(recording, Camera.Right);
        Assert.All(recording.DisparitiesPx(Camera.Left).ToArray(), d => Assert.Equal(10f, d, 1e-3));
        Assert.Equal(10, Enumerable.Range(0, 21).MaxBy(shift => Agreement(left, right, shift)));

        // All but the few whose level comes within rounding of a threshold.
        int total = 0, different = 0;
        for (int y = 0; y < 64; y++)
        {
            for (int x = 10; x < 96; x++)
            {
                total += left[y, x];
                different += Math.Abs(left[y, x] - right[y, x - 10]);
            }
        }

        Assert.True(total > 2_000, $"only {total} events");
        Assert.InRange(different, 0, total / 200);
    }

    [Theory]
    [InlineData(SceneKind.Room, 3)]
    [InlineData(SceneKind.Room, 6)]
    [InlineData(SceneKind.Boxes, 5)]
    [InlineData(SceneKind.Boxes, 9)]
    public void The_disparity_of_every_event_is_that_of_a_surface_seen_where_it_fell(SceneKind kind, ulong seed)
    {
        StereoRig rig = SimulatedRigs.Custom(new SensorSize(120, 90), 125, 0.24);
        SimulationSettings settings = new() { Seed = seed, LabelPeriodUs = 5_000, Truth = SimulatedTruth.Dense };

        using SimulatedRecording recording = SimulatedRecording.Make(SimulatedScene.Draw(kind, seed, rig), rig, settings, 120_000);

        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            ReadOnlySpan<DvsEvent> events = recording.EventArray(camera).Span;
            ReadOnlySpan<float> disparities = recording.DisparitiesPx(camera);
            int judged = 0, wrong = 0;
            for (int i = 0; i < events.Length; i++)
            {
                int after = (int)(events[i].TimestampUs / 5_000), before = after - 1;
                if (before < 0 || recording.IsNoise(camera, i))
                {
                    continue;
                }

                // Seen within two pixels, in the label before or after: the pixel's footprint, and a pixel of motion. 2 % for slopes.
                (float low, float high) = Range(recording, camera, rig, [before, after], events[i].X, events[i].Y);
                judged++;
                wrong += disparities[i] < 0.98f * low || disparities[i] > 1.02f * high ? 1 : 0;
            }

            Assert.True(judged > 50, $"only {judged} events");
            Assert.InRange(wrong, 0, judged / 200);   // parts of outlines thinner than half a pixel have no depth of their own
        }
    }

    [Fact]
    public void Outlines_belong_to_the_nearer_surface_on_both_of_their_sides()
    {
        // Wall and plate have no texture, so every event is an outline's. The plate is at 30/2 = 15 px, the wall at 3 px.
        SmoothPath path = TestScenes.Moving(new Vector3(-0.3f, 0.05f, 2), new Vector3(1f, 0.4f, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(0.5f, 0.4f, path, 0.2f));

        using SimulatedRecording recording = SimulatedRecording.Make(
            scene, TestScenes.Rig, TestScenes.Ideal(0.05) with { OpticalBlurPx = 1.5f }, 300_000);

        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            float[] disparities = recording.DisparitiesPx(camera).ToArray();
            Assert.True(disparities.Length > 2_000);
            Assert.All(disparities, d => Assert.Equal(15f, d, 1e-3));
        }
    }

    [Fact]
    public void The_outline_of_a_person_belongs_to_the_person()
    {
        SceneSurface person = TestScenes.Rectangle(0.6f, 1.2f) with { Mask = SilhouetteMask.Person(4), Dark = 0.2f, Bright = 0.2f };
        var body = new SceneBody([person], TestScenes.Moving(new Vector3(-0.2f, 0, 3), new Vector3(0.9f, 0, 0)), 1);

        using SimulatedRecording recording = SimulatedRecording.Make(
            TestScenes.Scene(TestScenes.Wall(10, 0.8f), body), TestScenes.Rig, TestScenes.Ideal(0.05), 300_000);

        float[] disparities = recording.DisparitiesPx(Camera.Left).ToArray();
        Assert.True(disparities.Length > 2_000);
        Assert.InRange((double)disparities.Count(d => Math.Abs(d - 10f) < 1e-3) / disparities.Length, 0.995, 1);
    }

    [Fact]
    public void Two_faces_of_one_grey_meet_without_a_seam()
    {
        // A box of one intensity turned by 45°: its nearest joint is in the middle of the view, where nothing may fire as it moves.
        var paint = new SurfacePaint(SceneTextures.Get(TextureKind.Clouds, 0), 100, Vector2.Zero, 0.2f, 0.2f);
        SmoothPath path = TestScenes.Moving(new Vector3(0, 0, 3), new Vector3(0.3f, 0, 0)) with { StartRadians = new Vector3(0, MathF.PI / 4, 0) };
        SceneBody box = SceneBody.Box(new Vector3(0.8f, 6, 0.8f), inside: false, (_, _) => paint, path, layer: 1);

        using SimulatedRecording recording = SimulatedRecording.Make(
            TestScenes.Scene(TestScenes.Wall(10, 0.8f), box), TestScenes.Rig, TestScenes.Ideal(0.05), 200_000);

        // Half diagonal 0.566 m: outlines at about ±18.9 px and the joint at 0 px from the middle, 47.5; all move by up to 2 px.
        int[] columns = [.. recording.EventArray(Camera.Left).Span.ToArray().Select(e => (int)e.X)];
        Assert.NotEmpty(columns);
        Assert.DoesNotContain(columns, column => Math.Abs(column - 48.5) < 10);
    }

    [Fact]
    public void Raw_events_fall_where_the_rectified_camera_sees_the_thing_that_made_them()
    {
        // A lens that draws the picture together: the raw pixel at radius r from the middle looks where the rectified one at r(1 + r²/160²) does.
        SensorSize sensor = TestScenes.Rig.Sensor;
        var x = new float[sensor.Pixels];
        var y = new float[sensor.Pixels];
        for (int i = 0; i < x.Length; i++)
        {
            float dx = (i % 96) - 47.5f, dy = (i / 96) - 31.5f, stretch = 1 + (((dx * dx) + (dy * dy)) / 25_600f);
            (x[i], y[i]) = (47.5f + (dx * stretch), 31.5f + (dy * stretch));
        }

        var map = new RectificationMap(sensor, x, y);
        StereoRig rig = TestScenes.Rig with { LeftMap = map, RightMap = map };
        SmoothPath path = TestScenes.Moving(new Vector3(-1, 0, 3), new Vector3(2, 0, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(40, 40, path with { StartMetres = new Vector3(-21, 0, 3) }, 0.2f));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, rig, TestScenes.Ideal(), 900_000);

        // The plate's right edge stands at (-1 + 2t) m / 3 m · 100 px from the middle, 10 px less in the right camera.
        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            int moved = 0;
            foreach (DvsEvent e in recording.EventArray(camera).Span)
            {
                if (map.TryMap(e.X, e.Y, out ushort column, out _))
                {
                    double edge = 47.5 + ((-1 + (2e-6 * e.TimestampUs)) * 100 / 3) - (camera == Camera.Right ? 10 : 0);
                    Assert.InRange(column, edge - 1.7, edge + 1.7);   // half a stretched pixel of outline, half one of rounding
                    moved += column != e.X ? 1 : 0;
                }
            }

            Assert.True(moved > 500, $"only {moved} events lie where the lens matters");
        }
    }

    [Fact]
    public void Raw_events_of_the_mvsec_rig_are_rectified_onto_what_made_them()
    {
        // The right edge of a wide plate at 2 m stands at (-1.6 + 4t) m / 2 m · 199.65 px from the principal point, 9.97 px less in the right camera.
        StereoRig rig = SimulatedRigs.Get("mvsec");
        SmoothPath path = TestScenes.Moving(new Vector3(-21.6f, 0, 2), new Vector3(4, 0, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(40, 40, path, 0.2f));

        using SimulatedRecording recording = SimulatedRecording.Make(scene, rig, TestScenes.Ideal(0.3), 800_000);

        foreach (Camera camera in (Camera[])[Camera.Left, Camera.Right])
        {
            int rectified = 0;
            double furthest = 0;
            foreach (DvsEvent e in recording.EventArray(camera).Span)
            {
                if (rig.Map(camera)!.TryMap(e.X, e.Y, out ushort column, out _))
                {
                    double edge = rig.CentreXPx + ((-1.6 + (4e-6 * e.TimestampUs)) / 2 * rig.FocalPx) - (camera == Camera.Right ? rig.DisparityPx(2) : 0);
                    Assert.InRange(column, edge - 2, edge + 2);   // half an outline, half a pixel of rounding, raw pixels of up to 1.7 rectified ones
                    furthest = Math.Max(furthest, Math.Abs(column - e.X));
                    rectified++;
                }
            }

            Assert.True(rectified > 50_000 && furthest > 5, $"{rectified} events, moved by up to {furthest} px");
        }
    }

    [Fact]
    public void A_rig_that_is_not_quite_rectified_sees_lower_and_later_on_the_right()
    {
        SmoothPath path = TestScenes.Moving(new Vector3(0, -0.6f, 3), new Vector3(0, 2, 0));
        SimulatedScene scene = TestScenes.Scene(TestScenes.Wall(10, 0.8f), TestScenes.Plate(10, 0.3f, path, 0.2f));

        using SimulatedRecording recording = SimulatedRecording.Make(
            scene, TestScenes.Rig, TestScenes.Ideal() with { RightRowOffsetPx = 2, RightClockLagUs = 7_000 }, 300_000);

        // What the left camera sees in column 60, row 30, the right one sees in column 50, row 32, with 7 ms on its clock.
        long[] left = Times(Camera.Left, 60, 30), right = Times(Camera.Right, 50, 32);
        Assert.NotEmpty(left);
        Assert.Equal(left.Length, right.Length);
        Assert.All(left.Zip(right), pair => Assert.InRange(pair.Second - pair.First, 7_000 - 50, 7_000 + 50));

        long[] Times(Camera camera, int x, int y) =>
            [.. recording.EventArray(camera).Span.ToArray().Where(e => (e.X, e.Y) == (x, y)).Select(e => e.TimestampUs)];
    }

    private static (float Low, float High) Range(SimulatedRecording recording, Camera camera, StereoRig rig, int[] labels, int x, int y)
    {
        (float low, float high) = (float.PositiveInfinity, 0);
        foreach (int label in labels.Where(label => label < recording.LabelTimesUs.Count))
        {
            DepthMap depth = recording.ReadDepth(label, camera);
            for (int row = Math.Max(0, y - 2); row <= Math.Min(rig.Sensor.Height - 1, y + 2); row++)
            {
                for (int column = Math.Max(0, x - 2); column <= Math.Min(rig.Sensor.Width - 1, x + 2); column++)
                {
                    float disparity = (float)rig.DisparityPx(depth.Metres[(row * rig.Sensor.Width) + column]);
                    (low, high) = (Math.Min(low, disparity), Math.Max(high, disparity));
                }
            }
        }

        return (low, high);
    }

    private static int[,] Counts(SimulatedRecording recording, Camera camera)
    {
        var counts = new int[64, 96];
        foreach (DvsEvent e in recording.EventArray(camera).Span)
        {
            counts[e.Y, e.X]++;
        }

        return counts;
    }

    private static int Agreement(int[,] left, int[,] right, int shift)
    {
        int sum = 0;
        for (int y = 0; y < 64; y++)
        {
            for (int x = 21; x < 96; x++)
            {
                sum += left[y, x] * right[y, x - shift];
            }
        }

        return sum;
    }
}
