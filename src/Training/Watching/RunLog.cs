using System.Diagnostics;
using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>What a run writes down of each epoch: a line in <c>log.csv</c>, a line a layer in <c>layers.csv</c>, a record in a TensorBoard file; and the words beside the progress bar.</summary>
/// <remarks>A run killed between these lines and its checkpoint does that epoch's end again; <see cref="Resume"/> cuts all three back to the checkpoint's epoch, so that no line stands twice or torn.</remarks>
internal sealed class RunLog
{
    /// <summary>Name of the file with a line an epoch.</summary>
    public const string EpochsFile = "log.csv";

    /// <summary>Name of the file with a line for each layer of each epoch.</summary>
    public const string LayersFile = "layers.csv";

    /// <summary>Name of the TensorBoard file, which must hold the word tfevents.</summary>
    public const string EventsFile = "events.out.tfevents.0.stereospike";

    /// <summary>First line of <see cref="LayersFile"/>.</summary>
    public const string LayersHeader = "epoch,layer,kind,elements,active_share,mean_count";

    private readonly string _epochs;
    private readonly string _layers;
    private readonly string _events;
    private string _validation = "";
    private long _rateFrom;
    private int _rateEpoch = -1;
    private long _rateSamples;

    private RunLog(string folder)
    {
        _epochs = Path.Combine(folder, EpochsFile);
        _layers = Path.Combine(folder, LayersFile);
        _events = Path.Combine(folder, EventsFile);
    }

    /// <summary>Starts the files of a new run.</summary>
    public static RunLog Start(string folder)
    {
        var log = new RunLog(folder);
        WholeFile.WriteText(log._epochs, EpochFigures.CsvHeader + "\n");
        WholeFile.WriteText(log._layers, LayersHeader + "\n");
        TensorBoardFile.Create(log._events, Now());
        return log;
    }

    /// <summary>Takes a run's files up at an epoch, of which and of later ones they forget what they hold.</summary>
    public static RunLog Resume(string folder, int epoch)
    {
        var log = new RunLog(folder);
        string? last = Forget(log._epochs, EpochFigures.CsvHeader, epoch);
        Forget(log._layers, LayersHeader, epoch);
        if (!File.Exists(log._events))
        {
            TensorBoardFile.Create(log._events, Now());
        }

        TensorBoardFile.ForgetFrom(log._events, epoch);
        if (last is not null)
        {
            log._validation = ValidationWords(last);
        }

        return log;
    }

    /// <summary>Writes an epoch down.</summary>
    /// <param name="figures">What it came to.</param>
    /// <param name="layers">Activity of each layer on the validation set; empty without one.</param>
    public void Add(EpochFigures figures, IReadOnlyList<LayerFigures> layers)
    {
        string line = figures.ToCsv();
        File.AppendAllText(_epochs, line + "\n");
        File.AppendAllText(_layers, string.Concat(layers.Select(layer => string.Create(
            CultureInfo.InvariantCulture, $"{figures.Epoch},{layer.Layer},{(layer.Fires ? "neurons" : "sum")},{layer.Elements},{layer.ActiveShare:F5},{layer.MeanCount:F5}\n"))));
        TensorBoardFile.Append(_events, figures.Epoch, Now(),
        [
            .. Named(line).Skip(1).Select(pair => ($"run/{pair.Name}", pair.Value)),
            .. layers.Select(layer => (layer.Fires ? $"firing_rate/{layer.Layer}" : $"density/{layer.Layer}", layer.ActiveShare)),
            .. layers.Select(layer => ($"mean_count/{layer.Layer}", layer.MeanCount)),
        ]);
        _validation = ValidationWords(line);
    }

    /// <summary>The words beside the progress bar: epoch, loss, what the last validation found, speed.</summary>
    /// <param name="epoch">0-based.</param>
    /// <param name="loss">Mean of the epoch so far.</param>
    /// <param name="samples">Samples learned since the last call.</param>
    public string Note(int epoch, double loss, int samples)
    {
        if (epoch != _rateEpoch)
        {
            (_rateEpoch, _rateFrom, _rateSamples, samples) = (epoch, Stopwatch.GetTimestamp(), 0, 0);   // the first step's own time is not known
        }

        _rateSamples += samples;
        double rate = _rateSamples / Stopwatch.GetElapsedTime(_rateFrom).TotalSeconds;
        string speed = _rateSamples > 0 ? string.Create(CultureInfo.InvariantCulture, $", {rate:F1} samples/s") : "";
        return string.Create(CultureInfo.InvariantCulture, $"epoch {epoch + 1}, loss {loss:F4}{_validation}{speed}");
    }

    private static string ValidationWords(string line)
    {
        Dictionary<string, double> figures = Named(line).ToDictionary(pair => pair.Name, pair => pair.Value);
        return Words("mean_depth_error_cm", 1, "depth error", "cm") + Words("firing_rate", 100, "firing", "%");

        string Words(string column, double factor, string name, string unit) => figures.TryGetValue(column, out double value) && double.IsFinite(value)
            ? string.Create(CultureInfo.InvariantCulture, $", {name} {factor * value:F1} {unit}")
            : "";
    }

    private static IEnumerable<(string Name, double Value)> Named(string line) => EpochFigures.CsvHeader.Split(',').Zip(
        line.Split(','), (name, text) => (name, double.TryParse(text, CultureInfo.InvariantCulture, out double value) ? value : double.NaN));

    /// <returns>The last line that stays; null if there is none.</returns>
    private static string? Forget(string path, string header, int epoch)
    {
        int columns = header.Split(',').Length;
        string[] kept = [.. (File.Exists(path) ? File.ReadAllLines(path) : []).Where(line =>
            line.Split(',') is var fields && fields.Length == columns && int.TryParse(fields[0], out int lines) && lines < epoch)];
        WholeFile.WriteText(path, string.Join('\n', kept.Prepend(header)) + "\n");
        return kept.LastOrDefault();
    }

    private static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
}
