using System.Text;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class DepthBytesTests
{
    private static readonly StereoRig Rig = SimulatedRigs.Custom(new SensorSize(3, 2), focalPx: 2, baselineMetres: 0.1);   // its centre is (1, 0.5)
    private static readonly DepthMap Depth = new(Rig.Sensor, [1f, 2f, float.NaN, 4f, 5f, 6f]);

    [Fact]
    public void A_png_holds_millimetres_and_0_where_unknown() =>
        Assert.Equal([1000, 2000, 0, 4000, 5000, 6000], Png16.Decode(DepthBytes.Encode(DepthFormat.Png, Depth, Rig), "depth").Values);

    [Fact]
    public void An_npy_holds_metres_row_by_row()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("depth.npy"), DepthBytes.Encode(DepthFormat.Npy, Depth, Rig));

        NpyArray array = NpyFile.Read(folder.File("depth.npy"));

        Assert.Equal([2, 3], array.Shape);
        Assert.Equal(Depth.Metres, array.ToSingles());
    }

    [Fact]
    public void A_pfm_has_its_rows_from_the_bottom_and_infinity_where_unknown()
    {
        byte[] file = DepthBytes.Encode(DepthFormat.Pfm, Depth, Rig);
        byte[] head = Encoding.ASCII.GetBytes("Pf\n3 2\n-1.0\n");

        Assert.Equal(head, file[..head.Length]);
        Assert.Equal([4f, 5f, 6f, 1f, 2f, float.PositiveInfinity], Singles(file.AsSpan(head.Length)));
    }

    [Fact]
    public void A_cloud_has_a_point_a_known_pixel_where_the_pinhole_puts_it()
    {
        // z = depth, x = (column − 1) z / 2, y = (row − 0.5) z / 2.
        byte[] file = DepthBytes.Encode(DepthFormat.Ply, Depth, Rig);
        byte[] head = Encoding.ASCII.GetBytes("ply\nformat binary_little_endian 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\nend_header\n");

        Assert.Equal(head, file[..head.Length]);
        Assert.Equal([-0.5f, -0.25f, 1f, 0f, -0.5f, 2f, -2f, 1f, 4f, 0f, 1.25f, 5f, 3f, 1.5f, 6f], Singles(file.AsSpan(head.Length)));
    }

    [Fact]
    public void Support_reaches_so_many_pixels_along_both_axes()
    {
        var counts = new SpikeFrame(4, new SensorSize(7, 5));
        counts.Channel(1)[(1 * 7) + 2] = 3;     // an OFF event at x = 2, y = 1
        counts.Channel(2)[(4 * 7) + 6] = 1;     // the right camera's do not count
        var supported = new byte[35];

        EventSupport.Mark(counts, reachPx: 1, supported);

        Assert.Equal("0111000 0111000 0111000 0000000 0000000", string.Join(' ', supported.Chunk(7).Select(row => string.Concat(row))));
    }

    private static float[] Singles(ReadOnlySpan<byte> bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
