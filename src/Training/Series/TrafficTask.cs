using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Which windows of a flow are samples.</summary>
public enum TrafficQuestion
{
    /// <summary>Windows whose packets span 40 s at least, as published.</summary>
    Sessions,

    /// <summary>All with ten packets or more: short flows too.</summary>
    Flows,
}

/// <summary>What a flow of internet traffic is for, from times and sizes of its packets alone: captures in folders named by class.</summary>
/// <remarks>300 size bins, 100 leaky neurons, leaky outputs whose mean decides: A. Rasteh et al., Neurocomputing 503 (2022), arXiv:2101.09818. Windows of one flow overlap by three quarters, so a split by windows, which the
/// publication uses, judges what was nearly learned by heart; the split by flows does not.</remarks>
public sealed class TrafficTask : ISeriesTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "traffic";

    private const string ByFlow = "flows", ByWindow = "windows";
    private const int FoldCount = 5;
    private IReadOnlyList<string> _classes = ["?"];

    /// <summary>How flows become histograms.</summary>
    public FlowHistogramSettings Encoder { get; init; } = new();

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Encoding => SeriesEncoding.Write(Encoder);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Splits { get; } = new Dictionary<string, string>
    {
        [ByFlow] = "a fifth of the flows of every class, five times",
        [ByWindow] = "a fifth of the windows, five times, as published: neighbours of the judged ones are learned from",
    };

    /// <inheritdoc/>
    /// <remarks>The classes are known once data is loaded.</remarks>
    public SeriesSettings Network => new()
    {
        Task = TaskName,
        Steps = Encoder.Steps,
        Inputs = FlowHistogramEncoder.Channels,
        Outputs = _classes,
        ReadoutBeta = 0.7f,
        Layers = [new SeriesLayerSettings { Channels = 100 }],
    };

    /// <inheritdoc/>
    public SeriesTrainingSettings Training { get; } = new() { Epochs = 15, BatchSize = 32, LearningRate = 3e-3, ActivityPenalty = 1f, ActivityTarget = 0.05f, BalanceClasses = true };

    /// <inheritdoc/>
    public SeriesSet Load(string path)
    {
        string[] classes = Directory.Exists(path) ? [.. Directory.GetDirectories(path).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)] : [];
        var inputs = new List<SeriesInput>();
        var labels = new List<int>();
        var groups = new List<string>();
        foreach (string name in classes)
        {
            foreach (string file in Directory.GetFiles(Path.Combine(path, name)).Where(IsCapture).Order(StringComparer.Ordinal))
            {
                foreach ((TrafficFlow flow, _, float[] histogram) in Windows(file))
                {
                    inputs.Add(SeriesInput.Of(histogram));
                    labels.Add(Array.IndexOf(classes, name));
                    groups.Add($"{name}/{Path.GetFileName(file)}: {flow.Name}");
                }
            }
        }

        if (labels.Distinct().Count() < 2)
        {
            throw BadFile.Error(path, "", $"holds {inputs.Count} windows of {labels.Distinct().Count()} classes", "Put captures (.pcap, .pcapng) into one folder a class, at least two: stereospike series generate makes such folders. --question flows takes short flows too.");
        }

        int[] present = [.. labels.Distinct().Order()];
        _classes = [.. present.Select(label => classes[label])];
        return new SeriesSet(inputs, [.. labels.Select(label => Array.IndexOf(present, label))], [], groups);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SeriesFold> Folds(SeriesSet samples, string split, int seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return split switch
        {
            ByFlow => SeriesTasks.Stratified(samples, FoldCount, seed),
            ByWindow => SeriesTasks.Stratified(samples with { Groups = [.. Enumerable.Range(0, samples.Count).Select(sample => sample.ToString(CultureInfo.InvariantCulture))] }, FoldCount, seed),
            _ => throw SeriesTasks.NoSplit(this, split),
        };
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Baselines(SeriesFold fold) => new Dictionary<string, double>
    {
        ["majority"] = SeriesTasks.Majority(fold),
        ["nearest_class_mean"] = SeriesTasks.NearestMean(fold),
    };

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, float[] Input)> Encode(string file)
    {
        (string Name, float[] Input)[] windows = [.. Windows(file).Select(window => ($"{window.Flow.Name} {(window.StartUs - window.Flow.Packets[0].TimestampUs) / 1e6:F0} s", window.Histogram))];
        return windows.Length > 0 ? windows
            : throw BadFile.Error(file, "", $"holds no window of {Encoder.MinimumPackets} packets over {Encoder.MinimumSpanUs / 1e6:F0} s in one flow", "Take a longer capture, or a network trained with --question flows.");
    }

    private IEnumerable<(TrafficFlow Flow, long StartUs, float[] Histogram)> Windows(string file)
    {
        var counts = new CaptureCounts();
        var encoder = new FlowHistogramEncoder(Encoder);
        return FlowTable.Sort(CaptureFile.Read(file, counts), file).SelectMany(flow => encoder.Encode(flow).Select(window => (flow, window.StartUs, window.Histogram)));
    }

    private static bool IsCapture(string file) => file.EndsWith(".pcap", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".pcapng", StringComparison.OrdinalIgnoreCase);
}
