using System.Globalization;
using CsCheck;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Calibration;

public sealed class StereoCalibrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_preset_has_mvsecs_geometry()
    {
        StereoRig rig = MvsecIndoorFlying.Rig;

        Assert.Equal(19.941772, rig.FocalBaselinePxMetres, 1e-6);
        Assert.Equal(199.653, rig.FocalPx, 1e-3);
        Assert.Equal((177.433, 126.812), (Math.Round(rig.CentreXPx, 3), Math.Round(rig.CentreYPx, 3)));
    }

    [Fact]
    public void A_point_in_space_lies_on_one_row_at_the_disparity_of_its_depth()
    {
        // A point 2 m ahead of the left camera: 19.941772 / 2 = 9.970886 px apart. Through both lenses and back, rows and disparity must hold.
        StereoCalibration calibration = MvsecIndoorFlying.Calibration;
        double disparity = calibration.ToRig().DisparityPx(2);
        (double leftX, double leftY) = calibration.Left.RectifiedToRaw(150, 100);
        (double rightX, double rightY) = calibration.Right.RectifiedToRaw(150 - disparity, 100);

        (double lx, double ly) = calibration.Left.RawToRectified(leftX, leftY);
        (double rx, double ry) = calibration.Right.RawToRectified(rightX, rightY);

        Assert.Equal(9.970886, lx - rx, 1e-6);
        Assert.Equal(ly, ry, 1e-9);
        Assert.NotEqual(leftY, rightY, 1.0);   // the raw cameras do not share rows: that is what rectifying is for
    }

    [Fact]
    public void A_folder_without_maps_gets_them_recomputed()
    {
        File.WriteAllText(_folder.File("camchain-imucam-tiny.yaml"), TinyChain());

        StereoRig rig = StereoCalibration.OpenFolder(_folder.Path);

        // Identity rotation, equal focal lengths and k = 0: column 7 of centre 5 lies 0.02 rad out, tan 0.02 · 100 = 2.000267 px from the centre.
        Assert.Equal("tiny", rig.Name);
        Assert.Equal(0.1, rig.BaselineMetres, 1e-12);
        Assert.Equal(7.000267f, rig.LeftMap!.X.Span[(4 * 10) + 7], 1e-5);
    }

    [Fact]
    public void Published_maps_are_taken_before_recomputed_ones()
    {
        File.WriteAllText(_folder.File("camchain-imucam-tiny.yaml"), TinyChain());
        WriteMaps("left_x", "left_y", "right_x", "right_y");

        StereoRig rig = StereoCalibration.OpenFolder(_folder.Path);

        Assert.Equal(3.25f, rig.LeftMap!.X.Span[0]);
        Assert.Equal(3.25f, rig.RightMap!.Y.Span[79]);
    }

    [Fact]
    public void Half_a_set_of_maps_is_refused()
    {
        File.WriteAllText(_folder.File("camchain-imucam-tiny.yaml"), TinyChain());
        WriteMaps("left_x", "left_y");

        var error = Assert.Throws<InvalidDataException>(() => StereoCalibration.OpenFolder(_folder.Path));

        Assert.Equal($"{_folder.Path}: lacks tiny_right_x_map.txt, tiny_right_y_map.txt beside the other maps. Add it, or remove all four to have them recomputed from the camera chain.", error.Message);
    }

    [Fact]
    public void A_folder_without_a_camera_chain_is_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => StereoCalibration.OpenFolder(_folder.Path));

        Assert.Contains("holds 0 files named camchain*.yaml", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("distortion_model: equidistant", "distortion_model: radtan", "cam0: distortion_model: is radtan where only equidistant is supported")]
    [InlineData("intrinsics: [100, 100, 5, 4]", "intrinsics: [100, 100, 5]", "cam0: intrinsics: holds 3 numbers where 4 are needed")]
    [InlineData("intrinsics: [100, 100, 5, 4]", "intrinsics: [100, .nan, 5, 4]", "holds \".nan\" where a finite number is needed")]
    [InlineData("intrinsics: [100, 100, 5, 4]", "intrinsics: [100, -3, 5, 4]", "focalYPx must be from 0.001")]
    [InlineData("resolution: [10, 8]", "resolution: [10, 8000000]", "height must be from 1 to 16384")]
    [InlineData("cam1:", "cam2:", "cam1: is missing")]
    [InlineData("[0, 0, 1]]", "[0, 0, 1.5]]", "does not belong to a rotation")]
    [InlineData("[100, 0, 5, -10]", "[100, 0, 5, 10]", "baselineMetres must be greater than 0")]
    [InlineData("[100, 0, 5, -10]", "[100, 0, 6, -10]", "both must share one focal length and centre")]
    [InlineData("resolution: [10, 8]", "resolution: [10, 8", "is not YAML")]
    public void A_camera_chain_that_cannot_be_used_is_named_with_the_entry(string good, string bad, string message)
    {
        string path = _folder.File("camchain.yaml");
        int place = TinyChain().IndexOf(good, StringComparison.Ordinal);
        File.WriteAllText(path, TinyChain().Remove(place, good.Length).Insert(place, bad));

        var error = Assert.Throws<InvalidDataException>(() => KalibrCalibration.Read(path));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_damaged_camera_chain_gives_a_bad_file_error_or_a_calibration_but_nothing_else()
    {
        string path = _folder.File("camchain.yaml");
        Gen.Select(Gen.Int[0, TinyChain().Length - 1], Gen.Char[" \t\n-[]{}:,'\"#&*!|>%@`0x\0"]).Array[1, 3].Sample(damage =>
        {
            char[] text = TinyChain().ToCharArray();
            foreach ((int place, char letter) in damage)
            {
                text[place] = letter;
            }

            File.WriteAllText(path, new string(text));
            try
            {
                KalibrCalibration.Read(path);
            }
            catch (InvalidDataException)
            {
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void A_file_of_brackets_is_refused_before_it_exhausts_the_stack()
    {
        string path = _folder.File("camchain.yaml");
        File.WriteAllText(path, "cam0: " + new string('[', 500_000));

        var error = Assert.Throws<InvalidDataException>(() => KalibrCalibration.Read(path));

        Assert.Contains("nests more deeply", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2\n3\n", "row 1: holds 1 numbers where 2 rows of 2 numbers are needed")]
    [InlineData("1 2\n3 4 5\n", "row 1: holds more than 2 numbers")]
    [InlineData("1 2\n", "holds 1 rows where 2 rows of 2 numbers are needed")]
    [InlineData("1 2\n3 4\n5 6\n", "row 2: goes on")]
    [InlineData("1 2\n3 nan\n", "row 1, column 1: holds \"nan\" where a finite number is needed")]
    [InlineData("1 2\n3 x4\n", "row 1, column 1: holds \"x4\"")]
    public void A_map_of_another_shape_or_with_gaps_is_refused(string text, string message)
    {
        string path = _folder.File("map.txt");
        File.WriteAllText(path, text);

        var error = Assert.Throws<InvalidDataException>(() => RectificationMapText.Read(path, path, new SensorSize(2, 2)));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [DataFact("mvsec-calib")]
    public void The_published_maps_agree_with_the_recomputed_ones()
    {
        StereoRig published = StereoCalibration.OpenFolder(TestData.Path("mvsec-calib"));
        StereoRig preset = MvsecIndoorFlying.Rig;

        Assert.Equal(preset with { LeftMap = null, RightMap = null }, published with { LeftMap = null, RightMap = null });
        // The published files hold four decimals; the right ones were made from a slightly different chain.
        Assert.InRange(LargestDifference(published.LeftMap!, preset.LeftMap!), 0, 1e-3);
        Assert.InRange(LargestDifference(published.RightMap!, preset.RightMap!), 0, 0.05);
    }

    private void WriteMaps(params string[] names)
    {
        string text = string.Concat(Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("3.25", 10)) + "\n", 8));
        foreach (string name in names)
        {
            File.WriteAllText(_folder.File($"tiny_{name}_map.txt"), text);
        }
    }

    private static double LargestDifference(RectificationMap a, RectificationMap b) => Math.Max(
        a.X.ToArray().Zip(b.X.ToArray(), (p, q) => Math.Abs((double)p - q)).Max(),
        a.Y.ToArray().Zip(b.Y.ToArray(), (p, q) => Math.Abs((double)p - q)).Max());

    private static string TinyChain() => Camera(0, 0) + Camera(1, -10);

    private static string Camera(int index, double offset) => string.Create(CultureInfo.InvariantCulture, $"""
        cam{index}:
          camera_model: pinhole
          distortion_model: equidistant
          distortion_coeffs: [0, 0, 0, 0]
          intrinsics: [100, 100, 5, 4]
          resolution: [10, 8]
          rectification_matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
          projection_matrix:
          - [100, 0, 5, {offset}]
          - [0, 100, 4, 0]
          - [0, 0, 1, 0]

        """);
}
