using System.IO.Compression;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Reads stereo events from NumPy arrays <c>left</c> and <c>right</c>, each of shape (E, columns).</summary>
internal static class EventNpz
{
    /// <summary>Whether a zip file holds both arrays.</summary>
    public static bool HoldsStereo(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            return zip.GetEntry("left.npy") is not null && zip.GetEntry("right.npy") is not null;
        }
        catch (InvalidDataException)
        {
            return false;   // begins like a zip file and is none
        }
    }

    /// <summary>Reads both cameras; columns as <see cref="EventTextOptions.Order"/> says.</summary>
    public static StereoEventList Open(string path, EventTextOptions options)
    {
        if (options.Order.Contains('c'))
        {
            throw new ArgumentException($"{path}: the order {options.Order} has a camera column where each array is one camera's; write _ in its place.", nameof(options));
        }

        var collector = new EventCollector(options);
        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(path);
        EventTextCounts counts = default;
        foreach (Camera camera in Enum.GetValues<Camera>())
        {
            string name = camera == Camera.Left ? "left" : "right";
            counts += Read(path, name, arrays[name], options, options.SwapCameras ? 1 - camera : camera, collector);
        }

        return collector.ToStereo(path, counts);
    }

    private static EventTextCounts Read(string path, string name, NpyArray array, EventTextOptions options, Camera camera, EventCollector collector)
    {
        int columns = options.Order.Length;
        if (array.Shape.Length != 2 || array.Shape[1] != columns)
        {
            throw BadFile.Error(path, name, $"has the shape ({string.Join(", ", array.Shape)}) where (E, {columns}), {options.Order}, is needed", "Give the order of its columns, with _ for one to ignore.");
        }

        var table = new EventTable(path, name, options, array);
        SensorSize sensor = options.Sensor!.Value;   // the collector has asked for it
        long offSensor = 0, unknown = 0;
        bool touchesZero = false, touchesEnd = false;
        for (int row = 0; row < table.Rows; row++)
        {
            (long timeUs, int x, int y, Polarity polarity, float disparityPx) = table.Read(row);
            touchesZero |= x == 0 || y == 0;
            if (!sensor.Contains(x, y))
            {
                touchesEnd |= x == sensor.Width || y == sensor.Height;
                offSensor++;
                continue;
            }

            unknown += table.HasDisparity && float.IsNaN(disparityPx) ? 1 : 0;
            collector.Add([new StereoTextEvent(new DvsEvent(timeUs, (ushort)x, (ushort)y, polarity), camera, disparityPx)]);
        }

        return new EventTextCounts(table.Rows, offSensor, unknown, !options.OneBased && !touchesZero && touchesEnd);
    }
}
