using StereoSpike.Files;

namespace StereoSpike.Hardware;

/// <summary>The training set's mean depth map in a file: array <c>mean_depth</c>, shape [H,W], metres, in an <c>.npz</c> beside the weights.</summary>
public static class MeanDepthFile
{
    /// <summary>Its name beside the weights.</summary>
    public const string Name = "mean_depth.npz";

    private const string Key = "mean_depth";
    private const long LongestHeader = 1 << 16;
    private const string Remedy = "Training writes one beside its weights; leave it out, and that baseline is left out.";

    /// <summary>Reads the map.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sensor">The network's H and W.</param>
    /// <returns>Known everywhere.</returns>
    /// <exception cref="InvalidDataException">It is damaged, of another size, or not a depth everywhere.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static DepthMap Read(string path, SensorSize sensor)
    {
        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(path, maximumBytes: ((long)sensor.Pixels * sizeof(double)) + LongestHeader);
        if (!arrays.TryGetValue(Key, out NpyArray? array))
        {
            throw BadFile.Error(path, "", $"holds {string.Join(", ", arrays.Keys.Order())} and no array \"{Key}\"", Remedy);
        }

        if (!array.Shape.SequenceEqual([sensor.Height, sensor.Width]))
        {
            throw BadFile.Error(path, Key, $"has shape [{string.Join(", ", array.Shape)}] where the network needs [{sensor.Height}, {sensor.Width}]", Remedy);
        }

        float[] metres = array.ToSingles();
        int bad = Array.FindIndex(metres, depth => !(depth > 0f && float.IsFinite(depth)));
        return bad < 0
            ? new DepthMap(sensor, metres)
            : throw BadFile.Error(path, Key, $"is {metres[bad]} m at x = {bad % sensor.Width}, y = {bad / sensor.Width}; a mean depth is finite and greater than 0", Remedy);
    }
}
