using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Hardware;

/// <summary>How a depth map is written for others.</summary>
public enum DepthFormat
{
    /// <summary>16-bit grey PNG, millimetres (see <see cref="DepthPng"/>).</summary>
    Png,

    /// <summary>NumPy array [H,W], float32, metres, NaN where unknown.</summary>
    Npy,

    /// <summary>Portable float map, metres, rows from the bottom, infinity where unknown: as Middlebury's stereo sets have it.</summary>
    Pfm,

    /// <summary>Point cloud, binary PLY: x to the right, y downwards, z ahead of the left camera, metres; unknown pixels are left out.</summary>
    Ply,
}

/// <summary>A depth map as the bytes of a file. Files one after another on a stream can be told apart: each says by its head how long it is.</summary>
public static class DepthBytes
{
    /// <summary>The ending of such a file's name, with its dot.</summary>
    public static string Ending(DepthFormat format) => format switch
    {
        DepthFormat.Png => ".png",
        DepthFormat.Npy => ".npy",
        DepthFormat.Pfm => ".pfm",
        _ => ".ply",
    };

    /// <summary>Encodes a map.</summary>
    /// <param name="format">How.</param>
    /// <param name="depth">Shape [H,W], metres, NaN where unknown.</param>
    /// <param name="rig">The cameras; a point cloud needs them.</param>
    public static byte[] Encode(DepthFormat format, DepthMap depth, StereoRig rig)
    {
        ArgumentNullException.ThrowIfNull(depth);
        ArgumentNullException.ThrowIfNull(rig);
        return format switch
        {
            DepthFormat.Png => Png16.Encode(depth.Sensor, Array.ConvertAll(depth.Metres, DepthPng.Millimetres)),
            DepthFormat.Npy => NpyFile.Encode(NpyArray.From<float>(depth.Metres, depth.Sensor.Height, depth.Sensor.Width)),
            DepthFormat.Pfm => Pfm(depth),
            _ => Ply(depth, rig),
        };
    }

    private static byte[] Pfm(DepthMap depth)
    {
        (int width, int height) = (depth.Sensor.Width, depth.Sensor.Height);
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Pf\n{width} {height}\n-1.0\n"));   // a negative scale says little endian
        var file = new byte[head.Length + (sizeof(float) * depth.Metres.Length)];
        head.CopyTo(file, 0);
        Span<byte> at = file.AsSpan(head.Length);
        for (int y = height - 1; y >= 0; y--)
        {
            foreach (float metres in depth.Metres.AsSpan(y * width, width))
            {
                BinaryPrimitives.WriteSingleLittleEndian(at, float.IsNaN(metres) ? float.PositiveInfinity : metres);
                at = at[sizeof(float)..];
            }
        }

        return file;
    }

    /// <remarks><code>z = depth,  x = (column − c_x) z / f,  y = (row − c_y) z / f</code></remarks>
    private static byte[] Ply(DepthMap depth, StereoRig rig)
    {
        var points = new List<float>(3 * depth.Metres.Length);
        for (int i = 0; i < depth.Metres.Length; i++)
        {
            double z = depth.Metres[i];
            if (!double.IsNaN(z))
            {
                points.Add((float)(((i % depth.Sensor.Width) - rig.CentreXPx) * z / rig.FocalPx));
                points.Add((float)(((i / depth.Sensor.Width) - rig.CentreYPx) * z / rig.FocalPx));
                points.Add((float)z);
            }
        }

        string head = string.Create(CultureInfo.InvariantCulture,
            $"ply\nformat binary_little_endian 1.0\nelement vertex {points.Count / 3}\nproperty float x\nproperty float y\nproperty float z\nend_header\n");
        return [.. Encoding.ASCII.GetBytes(head), .. MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(points))];
    }
}
