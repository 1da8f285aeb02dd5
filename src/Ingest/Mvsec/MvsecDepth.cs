using PureHDF;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>One camera's depth maps in an MVSEC ground-truth file: <c>depth_image_rect</c> [T,H,W] float32 metres, NaN without a return, and their times.</summary>
internal sealed class MvsecDepth : IDisposable
{
    private const long MostLabels = 100_000_000;
    private readonly Hdf5File _file;
    private readonly Hdf5Rows<float> _maps;
    private readonly string _name;

    private MvsecDepth(Hdf5File file, string name)
    {
        _file = file;
        _name = name;
        IH5Dataset maps = file.Dataset(name);
        ulong[] shape = maps.Space.Dimensions;
        if (shape.Length != 3 || shape[1] is 0 or > SensorSize.MaximumSide || shape[2] is 0 or > SensorSize.MaximumSide || shape[0] > MostLabels
            || !Hdf5Element<float>.Fits(maps.Type))
        {
            throw file.Misshapen(name, maps, "[T, H, W] of float32");
        }

        Sensor = new SensorSize((int)shape[2], (int)shape[1]);
        _maps = new Hdf5Rows<float>(file, name, Sensor.Height, Sensor.Width);
        ClockTimesUs = ReadTimes(file, name + "_ts", (long)shape[0]);
    }

    /// <summary>H and W.</summary>
    public SensorSize Sensor { get; }

    /// <summary>When each map was measured, µs of the file's clock, ascending.</summary>
    public long[] ClockTimesUs { get; }

    /// <summary>Opens a camera's maps; null where the file has none.</summary>
    public static MvsecDepth? Open(Hdf5File file, Camera camera)
    {
        string name = $"davis/{(camera == Camera.Left ? "left" : "right")}/depth_image_rect";
        return file.Has(name) ? new MvsecDepth(file, name) : null;
    }

    /// <summary>Reads a map.</summary>
    public DepthMap Read(int label)
    {
        float[] metres = _maps.At(label, 1).ToArray();
        int bad = Array.FindIndex(metres, depth => depth <= 0f || float.IsPositiveInfinity(depth));
        return bad < 0
            ? new DepthMap(Sensor, metres)
            : throw BadFile.Error(
                _file.Path, $"{_name}, map {label}, x = {bad % Sensor.Width}, y = {bad / Sensor.Width}", $"holds {metres[bad]} m where a depth is greater than 0 and finite, or NaN",
                "Write NaN where there is no return.");
    }

    public void Dispose() => _maps.Dispose();

    private static long[] ReadTimes(Hdf5File file, string name, long count)
    {
        IH5Dataset dataset = file.Dataset(name);
        if (dataset.Space.Dimensions is not [var length] || (long)length != count || dataset.Type.Class != H5DataTypeClass.FloatingPoint || dataset.Type.Size != sizeof(double))
        {
            throw file.Misshapen(name, dataset, $"[{count}] of float64");
        }

        double[] seconds = count == 0 ? [] : file.Guarded(name, () => dataset.Read<double[]>());
        var times = new long[seconds.Length];
        for (int i = 0; i < times.Length; i++)
        {
            times[i] = MvsecEvents.ClockUs(file, name, i, seconds[i]);
            if (i > 0 && times[i] < times[i - 1])
            {
                throw BadFile.Error(file.Path, $"{name}, row {i}", $"is {seconds[i]:F6} s, before the label above it", "Labels must be in the order of time.");
            }
        }

        return times;
    }
}
