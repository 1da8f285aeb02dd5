using CsCheck;

namespace StereoSpike.Ingest.Tests.Calibration;

public class EquidistantCameraTests
{
    private static readonly double[] Identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];

    [Fact]
    public void An_ideal_fisheye_lens_maps_the_angle_to_the_distance_from_the_centre()
    {
        // k = 0: a raw pixel at 100·π/4 px from the centre sees 45° off the axis, and tan 45° = 1 puts it at 200 px in a pinhole of focal 200 px.
        EquidistantCamera camera = Camera([0, 0, 0, 0]);

        (double x, double y) = camera.RawToRectified(50 + (100 * Math.PI / 4), 40);

        Assert.Equal(260, x, 1e-9);
        Assert.Equal(30, y, 1e-9);
    }

    [Fact]
    public void The_centre_stays_the_centre()
    {
        EquidistantCamera camera = Camera([0.1, 0.1, 0.1, 0.1]);

        Assert.Equal((60.0, 30.0), camera.RawToRectified(50, 40));
        Assert.Equal((50.0, 40.0), camera.RectifiedToRaw(60, 30));
    }

    [Fact]
    public void The_distortion_is_the_polynomial_in_the_angle()
    {
        // θ = π/4 with k1 = 1 only: θd = θ(1 + θ²) = 0.785398 · 1.616850 = 1.269871, so 126.9871 px from the raw centre.
        (double x, double y) = Camera([1, 0, 0, 0]).RectifiedToRaw(260, 30);

        Assert.Equal(176.9871, x, 1e-4);
        Assert.Equal(40, y, 1e-9);
    }

    [Fact]
    public void A_rotation_about_the_axis_turns_the_picture()
    {
        // R turns x into y: what the raw camera sees to the right, the rectified one sees below.
        EquidistantCamera camera = Camera([0, 0, 0, 0], [0, -1, 0, 1, 0, 0, 0, 0, 1]);

        (double x, double y) = camera.RawToRectified(50 + (100 * Math.PI / 4), 40);

        Assert.Equal(60, x, 1e-9);
        Assert.Equal(230, y, 1e-9);
    }

    [Fact]
    public void Every_raw_pixel_of_mvsec_leads_to_the_rectified_plane_and_back()
    {
        foreach (EquidistantCamera camera in new[] { MvsecIndoorFlying.Calibration.Left, MvsecIndoorFlying.Calibration.Right })
        {
            for (int y = 0; y < camera.Sensor.Height; y++)
            {
                for (int x = 0; x < camera.Sensor.Width; x++)
                {
                    (double toX, double toY) = camera.RawToRectified(x, y);
                    (double backX, double backY) = camera.RectifiedToRaw(toX, toY);
                    Assert.Equal(x, backX, 1e-9);
                    Assert.Equal(y, backY, 1e-9);
                }
            }
        }
    }

    [Fact]
    public void Whatever_the_lens_the_way_back_undoes_the_way_there_or_both_say_they_cannot()
    {
        Gen.Select(Gen.Double[-0.5, 0.5].Array[4], Gen.Double[-500, 500], Gen.Double[-500, 500]).Sample((k, x, y) =>
        {
            EquidistantCamera camera = Camera(k);
            (double rawX, double rawY) = camera.RectifiedToRaw(x, y);
            if (double.IsNaN(rawX))
            {
                return double.IsNaN(rawY);
            }

            (double backX, double backY) = camera.RawToRectified(rawX, rawY);
            // Where the polynomial is nearly flat its inverse is steep, so the tolerance is on the raw side.
            (double againX, double againY) = camera.RectifiedToRaw(backX, backY);
            return Math.Abs(againX - rawX) < 1e-6 && Math.Abs(againY - rawY) < 1e-6;
        }, iter: 5000);
    }

    [Fact]
    public void A_lens_on_which_Newton_goes_to_and_fro_is_undone_too()
    {
        EquidistantCamera camera = Camera([0, 1.0 / 91, 0.41055979723546376, -0.22082649711835267]);
        (double rawX, double rawY) = camera.RectifiedToRaw(387, 3);

        (double x, double y) = camera.RawToRectified(rawX, rawY);

        Assert.Equal(387, x, 1e-9);
        Assert.Equal(3, y, 1e-9);
    }

    [Fact]
    public void Pixels_beyond_the_lens_model_are_not_a_number_and_dropped_by_the_map()
    {
        // k1 = −1: θd = θ − θ³ grows up to θ = 1/√3 only, where it is 0.3849, 38.49 px from the centre; column 89 is 39 px from it.
        EquidistantCamera camera = Camera([-1, 0, 0, 0]);

        Assert.True(double.IsNaN(camera.RawToRectified(89, 40).X));
        Assert.True(double.IsNaN(camera.RectifiedToRaw(1000, 30).X));
        Assert.False(camera.ToMap().TryMap(89, 40, out _, out _));
        Assert.True(camera.ToMap().TryMap(50, 40, out ushort x, out ushort y));
        Assert.Equal((60, 30), (x, y));
    }

    [Fact]
    public void A_matrix_that_mirrors_or_stretches_is_refused()
    {
        var mirrored = Assert.Throws<ArgumentException>(() => Camera([0, 0, 0, 0], [-1, 0, 0, 0, 1, 0, 0, 0, 1]));
        Assert.StartsWith("Row 0 of the rectification matrix, (-1, 0, 0), does not belong to a rotation.", mirrored.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Camera([0, 0, 0, 0], [2, 0, 0, 0, 1, 0, 0, 0, 1]));
        Assert.Throws<ArgumentException>(() => Camera([double.NaN, 0, 0, 0]));
    }

    private static EquidistantCamera Camera(double[] distortion, double[]? rotation = null) => new(
        new SensorSize(100, 80), new PinholeIntrinsics(100, 100, 50, 40), distortion, rotation ?? Identity, new PinholeIntrinsics(200, 200, 60, 30));
}
