using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Questions about electroencephalograms: the Bonn collection and EEG Eye State.</summary>
/// <remarks>Bonn is split by recording, Eye State by contiguous blocks of time. Random rows or windows of one recording on both sides of a split would be neighbours of each other, and the figures worth nothing.</remarks>
public sealed class EegTask : ISeriesTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "eeg";

    private const string Recordings = "recordings", Blocks = "blocks";
    private const int FoldCount = 5;
    private static readonly int[] BandDilations = [1, 4], EventDilations = [1, 4, 16];

    /// <summary>How samples are made.</summary>
    public EegEncoding Samples { get; init; } = new();

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Encoding => SeriesEncoding.Write(Samples);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Splits => Samples.Question == EegQuestion.Eyes
        ? new Dictionary<string, string> { [Blocks] = "five blocks of time, each judged once; windows that touch it are not learned from" }
        : new Dictionary<string, string> { [Recordings] = "five parts with the same share of every set, each judged once" };

    /// <inheritdoc/>
    public SeriesSettings Network
    {
        get
        {
            bool bands = Samples.Input == EegInput.BandPower;
            return new SeriesSettings
            {
                Task = TaskName,
                Steps = bands ? Samples.BandPower.Frames : Samples.Delta.Steps,
                Bands = bands ? Samples.BandPower.Bands : 1,
                Inputs = Samples.Channels * (bands ? 1 : Samples.Delta.Channels),
                Outputs = Samples.Question switch { EegQuestion.Seizure => ["no seizure", "seizure"], EegQuestion.Sets => ["A", "B", "C", "D", "E"], _ => ["open", "closed"] },
                Layers = [.. (bands ? BandDilations : EventDilations).Select(dilation => new SeriesLayerSettings
                {
                    Channels = bands ? 16 : 32,
                    Kernel = new TemporalKernel { Steps = 4, Bands = bands ? 3 : 1, StepDilation = dilation, Causal = true },
                })],
            };
        }
    }

    /// <inheritdoc/>
    public SeriesTrainingSettings Training => new()
    {
        Epochs = 20,
        BatchSize = 16,
        ActivityPenalty = 3f,
        ActivityTarget = 0.05f,
        ValidationShare = Samples.Question == EegQuestion.Eyes ? 0 : 0.1,   // windows held back at random would be neighbours of those learned from
        Augmentation = new SeriesAugmentation { ShiftSteps = Samples.Question == EegQuestion.Eyes ? 1 : 4, Scale = 0.1f },
    };

    /// <inheritdoc/>
    public SeriesSet Load(string path) => Samples.Question == EegQuestion.Eyes ? LoadEyes(path) : LoadBonn(path);

    /// <inheritdoc/>
    public IReadOnlyList<SeriesFold> Folds(SeriesSet samples, string split, int seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return !Splits.ContainsKey(split) ? throw SeriesTasks.NoSplit(this, split) : split == Blocks ? TimeBlocks(samples) : SeriesTasks.Stratified(samples, FoldCount, seed);
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
        ArgumentNullException.ThrowIfNull(file);
        IReadOnlyList<EegSignal> signals = Path.GetExtension(file).ToUpperInvariant() switch
        {
            ".EDF" => EdfFile.Read(file),
            ".CSV" => EyeStateTable.Load(file).Signals,
            _ => [BonnFiles.ReadText(file)],
        };
        string name = Path.GetFileNameWithoutExtension(file);
        if (Samples.Channels > 1)
        {
            return [.. Windows(signals, file).Select(window => ($"{name} {window.Start / Samples.SampleRateHz:F1} s", window.Input))];
        }

        return [.. signals.SelectMany(signal => Windows([signal], file).Select(window => ($"{name} {signal.Name} {window.Start / Samples.SampleRateHz:F1} s", window.Input)))];
    }

    private SeriesSet LoadBonn(string path)
    {
        IReadOnlyList<BonnSegment> segments = BonnFiles.Load(path);
        return new SeriesSet(
            [.. segments.Select(segment => SeriesInput.Of(Windows([segment.Signal], $"{path}: {segment.Signal.Name}")[0].Input))],
            [.. segments.Select(segment => Samples.Question == EegQuestion.Sets ? segment.Set - 'A' : segment.Set == 'E' ? 1 : 0)], [], [.. segments.Select(segment => segment.Signal.Name)]);
    }

    private SeriesSet LoadEyes(string path)
    {
        EyeStateTable table = EyeStateTable.Load(path);
        (int Start, float[] Input)[] windows = [.. Windows(table.Signals, path).Where(window => Range(window.Start).All(sample => table.Closed[sample] == table.Closed[window.Start]))];   // one state throughout
        return new SeriesSet([.. windows.Select(window => SeriesInput.Of(window.Input))], [.. windows.Select(window => table.Closed[window.Start] ? 1 : 0)], [],
            [.. windows.Select(window => window.Start.ToString(System.Globalization.CultureInfo.InvariantCulture))]);

        IEnumerable<int> Range(int start) => Enumerable.Range(start, Samples.WindowSamples);
    }

    /// <summary>Cuts signals into windows and encodes them.</summary>
    private (int Start, float[] Input)[] Windows(IReadOnlyList<EegSignal> signals, string source)
    {
        if (signals.Count != Samples.Channels)
        {
            throw BadFile.Error(source, "", $"has {signals.Count} electrodes where {Samples.Channels} are needed", "Take a recording of the same montage.");
        }

        EegSignal first = signals[0];
        if (Math.Abs(first.SampleRateHz - Samples.SampleRateHz) > 0.01 * Samples.SampleRateHz)
        {
            throw BadFile.Error(source, first.Name, $"has {first.SampleRateHz:F2} samples a second where {Samples.SampleRateHz:F2} are needed", "Resample the recording, or train on recordings of its rate.");
        }

        int count = (signals.Min(signal => signal.Samples.Length) - Samples.WindowSamples) / Samples.WindowHopSamples;
        return signals.Min(signal => signal.Samples.Length) >= Samples.WindowSamples
            ? [.. Enumerable.Range(0, count + 1).Select(window => (window * Samples.WindowHopSamples, Input(signals, window * Samples.WindowHopSamples)))]
            : throw BadFile.Error(source, first.Name, $"is {first.Samples.Length} samples long where a window takes {Samples.WindowSamples}", "Take a longer recording.");
    }

    private float[] Input(IReadOnlyList<EegSignal> signals, int start)
    {
        SeriesSettings network = Network;
        var input = new float[network.Steps * network.InputWidth];
        var encoder = Samples.Input == EegInput.BandPower ? new BandPowerEncoder(Samples.BandPower, Samples.SampleRateHz) : null;
        for (int channel = 0; channel < signals.Count; channel++)
        {
            float[] window = signals[channel].Samples[start..(start + Samples.WindowSamples)];
            float median = window.Order().ElementAt(window.Length / 2);
            for (int i = 0; i < window.Length; i++)
            {
                window[i] = Math.Clamp(window[i] - median, -Samples.LimitUv, Samples.LimitUv);
            }

            if (encoder is not null)
            {
                encoder.Encode(window, input, channel, signals.Count);
                continue;
            }

            var events = new float[Samples.Delta.Steps * Samples.Delta.Channels];
            new DeltaModulationEncoder(Samples.Delta).Encode(window, events);
            for (int i = 0; i < events.Length; i++)
            {
                int step = i / Samples.Delta.Channels, at = i % Samples.Delta.Channels;
                input[(((step * signals.Count) + channel) * Samples.Delta.Channels) + at] = events[i];
            }
        }

        return input;
    }

    /// <summary>Five blocks of time; a window belongs to the block of its start, and one that reaches into the judged block, or that a judged one reaches into, is not learned from.</summary>
    private SeriesFold[] TimeBlocks(SeriesSet samples)
    {
        int[] starts = [.. samples.Groups.Select(start => int.Parse(start, System.Globalization.CultureInfo.InvariantCulture))];
        int end = starts.Max() + 1;
        return [.. Enumerable.Range(0, FoldCount).Select(block =>
        {
            (int from, int to) = ((int)((long)end * block / FoldCount), (int)((long)end * (block + 1) / FoldCount));
            bool Judged(int sample) => starts[sample] >= from && starts[sample] < to;
            bool Learned(int sample) => starts[sample] + Samples.WindowSamples <= from || starts[sample] >= to + Samples.WindowSamples;
            return new SeriesFold($"block{block + 1}", samples.Part(Enumerable.Range(0, samples.Count).Where(Learned)), samples.Part(Enumerable.Range(0, samples.Count).Where(Judged)));
        })];
    }
}
