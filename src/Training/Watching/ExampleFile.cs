using StereoSpike.Files;

namespace StereoSpike.Training;

/// <summary>A few predictions of a run's best weights on its validation set, kept so that a report can be drawn without the data.</summary>
/// <remarks><c>examples.npz</c>: for each of <c>best</c>, <c>median</c> and <c>worst</c> (by the image's mean depth error) <c>NAME.events</c> [2,H,W] (left ON and OFF counts),
/// <c>NAME.truth</c> [H,W] and <c>NAME.prediction</c> [H,W], metres, and <c>NAME.sample</c>, the sample's name in UTF-8.</remarks>
internal static class ExampleFile
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "examples.npz";

    private static readonly string[] Ranks = ["best", "median", "worst"];

    /// <summary>Writes the file.</summary>
    public static void Write(string folder, IReadOnlyList<Example> examples) => NpzFile.Write(
        Path.Combine(folder, FileName), examples.SelectMany(example => (KeyValuePair<string, NpyArray>[])
        [
            new($"{example.Rank}.events", NpyArray.From(example.Events.Values, 2, example.Truth.Sensor.Height, example.Truth.Sensor.Width)),
            new($"{example.Rank}.truth", Map(example.Truth)),
            new($"{example.Rank}.prediction", Map(example.Prediction)),
            new($"{example.Rank}.sample", NpyArray.From(System.Text.Encoding.UTF8.GetBytes(example.Sample), System.Text.Encoding.UTF8.GetByteCount(example.Sample))),
        ]).ToDictionary());

    /// <summary>Reads the file; nothing where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static IReadOnlyList<Example> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return [];
        }

        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(path, maximumBytes: 1L << 30);
        try
        {
            return [.. Ranks.Where(rank => arrays.ContainsKey($"{rank}.truth")).Select(rank =>
            {
                NpyArray truth = arrays[$"{rank}.truth"];
                var sensor = new SensorSize(truth.Shape[1], truth.Shape[0]);
                var events = new SpikeFrame(2, sensor);
                arrays[$"{rank}.events"].ToSingles().CopyTo(events.Values, 0);
                return new Example(
                    rank, System.Text.Encoding.UTF8.GetString(arrays[$"{rank}.sample"].Bytes), events,
                    new DepthMap(sensor, truth.ToSingles()), new DepthMap(sensor, arrays[$"{rank}.prediction"].ToSingles()));
            })];
        }
        catch (Exception cause) when (cause is ArgumentException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw BadFile.Error(path, "", $"holds no examples of a run ({cause.Message})", "Delete it: only the report reads it.", cause);
        }
    }

    private static NpyArray Map(DepthMap map) => NpyArray.From(map.Metres, map.Sensor.Height, map.Sensor.Width);
}
