using StereoSpike.Files;

namespace StereoSpike.Hardware;

/// <summary>Depth as a 16-bit grey PNG in millimetres, which most robotics and vision tools read as it is.</summary>
/// <remarks>0 is unknown; 1 to 65534 are millimetres, rounded to the nearest; 65535 stands for 65.535 m and everything farther.</remarks>
public static class DepthPng
{
    /// <summary>What the coding is, in one line, to print beside the files.</summary>
    public const string Coding = "16-bit grey PNG, millimetres; 0 unknown, 65535 is 65.535 m or farther";

    /// <summary>Saves a map, whole or not at all.</summary>
    /// <param name="path">Where the file belongs.</param>
    /// <param name="depth">Shape [H,W], metres, NaN where unknown.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, DepthMap depth)
    {
        ArgumentNullException.ThrowIfNull(depth);
        Png16.Write(path, depth.Sensor, Array.ConvertAll(depth.Metres, Millimetres));
    }

    /// <summary>One depth as it stands in the file.</summary>
    /// <param name="metres">Metres, greater than 0, or NaN.</param>
    public static ushort Millimetres(float metres) =>
        float.IsNaN(metres) ? (ushort)0 : (ushort)Math.Clamp(Math.Round(metres * 1000.0), 1, ushort.MaxValue);   // nearer than half a millimetre is still known
}
