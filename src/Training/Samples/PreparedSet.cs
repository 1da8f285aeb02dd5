using System.Text.Json;
using StereoSpike.Files;
using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>A folder of prepared samples: <c>prepared.json</c>, which says what it was made of and which labels are for what, and a file a recording.</summary>
/// <remarks>Training streams from it: memory holds an index of a few bytes a sample, and the batches under way.</remarks>
public sealed record PreparedSet
{
    /// <summary>Name of the file that makes a folder a prepared set.</summary>
    public const string FileName = "prepared.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
    };

    /// <summary>Sensor columns.</summary>
    public required int Width { get; init; }

    /// <summary>Sensor rows.</summary>
    public required int Height { get; init; }

    /// <summary>Length of a window, µs.</summary>
    public required long WindowUs { get; init; }

    /// <summary>Every how many labels one was taken.</summary>
    public required int LabelStride { get; init; }

    /// <summary>Whether the truths are there that a horizontal flip and a time mirror need.</summary>
    public required bool MirrorTruths { get; init; }

    /// <summary>The split in words; null where the run's settings split by recordings.</summary>
    public required string? Split { get; init; }

    /// <summary>The recordings, in the order that a run takes them.</summary>
    public required IReadOnlyList<PreparedRecording> Recordings { get; init; }

    /// <summary>One recording of a <see cref="PreparedSet"/>.</summary>
    /// <param name="Name">The recording's name.</param>
    /// <param name="File">Its samples, beside <see cref="FileName"/>.</param>
    /// <param name="Samples">How many there are.</param>
    /// <param name="SkippedLabels">Labels that teach nothing and were left out.</param>
    /// <param name="Training">Labels to learn from, as ranges; null where the run's settings decide.</param>
    /// <param name="Validation">Labels to choose the best weights by.</param>
    /// <param name="Test">Labels to report; their samples are not in the file, since <c>evaluate</c> reads the recording.</param>
    public sealed record PreparedRecording(string Name, string File, int Samples, int SkippedLabels, string? Training, string? Validation, string? Test);

    /// <summary>Whether a folder is a prepared set.</summary>
    public static bool IsAt(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Prepares recordings. What is there already and unchanged is not made again, so that a stopped preparation goes on where it was.</summary>
    /// <param name="folder">Where the files belong.</param>
    /// <param name="sources">The recordings; with a split, at least those it names.</param>
    /// <param name="settings">Which samples to make.</param>
    /// <param name="split">Which labels are for what; null to leave that to the run.</param>
    /// <param name="progress">Told the recordings done.</param>
    /// <param name="cancellation">Stops between samples.</param>
    /// <exception cref="InvalidDataException">A recording that the split names is missing, or one does not fit the settings.</exception>
    public static PreparedSet Make(
        string folder, IReadOnlyList<RecordingSource> sources, SampleSettings settings, DataSplit? split, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(settings);
        var cache = new SampleCache(folder);
        (RecordingSource Source, DataSplit.Part? Part)[] work = split is null
            ? [.. sources.Select(source => (source, (DataSplit.Part?)null))]
            : [.. split.Parts.Select(part => (Named(sources, part.Recording), (DataSplit.Part?)part))];
        var recordings = new List<PreparedRecording>();
        foreach ((RecordingSource source, DataSplit.Part? part) in work)
        {
            SampleSettings wanted = part is null ? settings : settings with { Labels = new LabelSet(part.Training.Labels.Concat(part.Validation.Labels)) };
            SampleFile file = cache.Get(source, wanted, cancellation);
            recordings.Add(new PreparedRecording(
                file.Recording, Path.GetFileName(file.Path), file.Count, file.Tally.Skipped, part?.Training.ToString(), part?.Validation.ToString(), part?.Test.ToString()));
            progress?.Report(recordings.Count, work.Length, $"{recordings.Sum(recording => recording.Samples)} samples");
        }

        var set = new PreparedSet
        {
            Width = settings.Sensor.Width,
            Height = settings.Sensor.Height,
            WindowUs = settings.WindowUs,
            LabelStride = settings.LabelStride,
            MirrorTruths = settings is { RightTruth: true, StartTruth: true },
            Split = split?.Definition,
            Recordings = recordings,
        };
        WholeFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(set, Json));
        return set;
    }

    /// <summary>Opens a folder for a training run.</summary>
    /// <param name="folder">A prepared set.</param>
    /// <param name="settings">The run's settings.</param>
    /// <exception cref="InvalidDataException">The set was prepared for other windows, another sensor or without the truths that the run's augmentation needs, or a file is damaged.</exception>
    /// <exception cref="IOException">A file is missing.</exception>
    public static (TrainingSet Training, TrainingSet Validation) Load(string folder, TrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        PreparedSet set = Read(Path.Combine(folder, FileName));
        set.CheckFit(folder, settings);
        var files = set.Recordings.Select(recording => (recording, File: SampleFile.Open(Path.Combine(folder, Path.GetFileName(recording.File))))).ToList();
        if (set.Split is null)
        {
            return TrainingSet.Split([.. files.Select(pair => (pair.File.Samples, pair.File.Tally))], settings);
        }

        return (Of(recording => recording.Training), Of(recording => recording.Validation));

        TrainingSet Of(Func<PreparedRecording, string?> part) => new([.. files.SelectMany(pair =>
        {
            LabelSet labels = Labels(folder, part(pair.recording));
            return pair.File.Samples.Where((_, index) => labels.Contains(pair.File.Label(index)));
        })]);
    }

    private static LabelSet Labels(string folder, string? text)
    {
        try
        {
            return LabelSet.Parse(text ?? "");
        }
        catch (FormatException cause)
        {
            throw BadFile.Error(Path.Combine(folder, FileName), "", cause.Message, "Prepare the set again.", cause);
        }
    }

    private static RecordingSource Named(IReadOnlyList<RecordingSource> sources, string name) => sources.FirstOrDefault(source => source.Name == name)
        ?? throw new InvalidDataException($"The split needs {name} (its {name}_data.hdf5 and {name}_gt.hdf5), which is not among {string.Join(", ", sources.Select(source => source.Name).DefaultIfEmpty("nothing"))}. Name a folder that holds it.");

    private static PreparedSet Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<PreparedSet>(File.ReadAllText(path), Json) ?? throw new JsonException("empty");
        }
        catch (JsonException cause)
        {
            throw BadFile.Error(path, "", $"cannot be used ({cause.Message})", "Prepare the set again.", cause);
        }
    }

    private void CheckFit(string folder, TrainingSettings settings)
    {
        string path = Path.Combine(folder, FileName);
        SampleSettings wanted = SampleSettings.Of(settings);
        if ((Width, Height, WindowUs) != (wanted.Sensor.Width, wanted.Sensor.Height, wanted.WindowUs))
        {
            throw BadFile.Error(path, "", $"holds windows of {WindowUs} µs of {Width}×{Height} px, and the run asks for {wanted.WindowUs} µs of {wanted.Sensor} px", "Choose another preset, --window-ms, --width and --height, or prepare the set for these.");
        }

        if (settings.LabelStride != 1 && settings.LabelStride != LabelStride)
        {
            throw BadFile.Error(path, "", $"holds every {LabelStride}. label, and the run asks for every {settings.LabelStride}.", "Leave --label-stride out, or prepare the set with it.");
        }

        if ((wanted.RightTruth || wanted.StartTruth) && !MirrorTruths)
        {
            throw BadFile.Error(path, "", "was prepared without the truths that horizontal_flip and time_mirror need", "Prepare it with --mirror-truths, or set both to 0.");
        }
    }
}
