using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>The labelled windows of a set of recordings: in memory at 8 bytes an event and 2 bytes a pixel of truth, or in prepared files and read when they are asked for.</summary>
public sealed class TrainingSet
{
    private const int MeanDepthSamples = 2000;
    private readonly ISample[] _samples;

    internal TrainingSet(ISample[] samples) => _samples = samples;

    /// <summary>What became of the labels of all recordings, those of the other set too; nothing is known of a set that a split was prepared for.</summary>
    public SampleTally Tally { get; private init; }

    /// <summary>Number of samples.</summary>
    public int Count => _samples.Length;

    /// <summary>A sample, unpacked anew at each call; may be called from several threads at once.</summary>
    public LabelledWindow this[int index] => _samples[index].Unpack();

    /// <summary>At most so many of the samples, evenly spread.</summary>
    public TrainingSet Spread(int most) => new(Spread(_samples, Guard.AtLeast(most, 1)));

    /// <summary>Reads every recording's labels and splits off a validation set.</summary>
    /// <param name="recordings">Recordings with depth, in the order of their names; each is disposed after it was read.</param>
    /// <param name="settings">Window, stride and validation share.</param>
    /// <param name="progress">Told the recordings read.</param>
    /// <param name="cancellation">Stops between recordings.</param>
    /// <exception cref="InvalidDataException">A recording has another sensor or no depth, or no label is left to train on.</exception>
    public static (TrainingSet Training, TrainingSet Validation) Load(
        IReadOnlyList<Func<IStereoRecording>> recordings, TrainingSettings settings, IWorkProgress? progress = null, CancellationToken cancellation = default) =>
        Load([.. recordings.Select(open => new RecordingSource("", "", open))], settings, cache: null, progress, ranks: null, cancellation);

    /// <summary>Reads every recording's labels, or finds them in a cache, and splits off a validation set.</summary>
    /// <param name="sources">Recordings with depth, in the order of their names.</param>
    /// <param name="settings">Window, stride and validation share.</param>
    /// <param name="cache">Where samples are kept from run to run and streamed from; null to hold them in memory.</param>
    /// <param name="progress">Told the recordings read.</param>
    /// <param name="ranks">The processes that share the run, each of which fills a part of the cache first; null for this one alone.</param>
    /// <param name="cancellation">Stops between recordings.</param>
    /// <exception cref="InvalidDataException">A recording has another sensor or no depth, no label is left to train on, or a file of the cache is damaged.</exception>
    public static (TrainingSet Training, TrainingSet Validation) Load(
        IReadOnlyList<RecordingSource> sources, TrainingSettings settings, SampleCache? cache, IWorkProgress? progress = null, Ranks? ranks = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(settings);
        SampleSettings wanted = SampleSettings.Of(settings);
        var recordings = new List<(IReadOnlyList<ISample> Samples, SampleTally Tally)>();
        for (int own = ranks?.Rank ?? sources.Count; own < sources.Count; own += ranks!.Size)
        {
            cache?.Get(sources[own], wanted, cancellation);
        }

        foreach (RecordingSource source in sources)
        {
            cancellation.ThrowIfCancellationRequested();
            recordings.Add(cache?.Get(source, wanted, cancellation) is { } file ? (file.Samples, file.Tally) : Read(source, wanted));
            progress?.Report(recordings.Count, sources.Count, $"{recordings.Sum(recording => recording.Samples.Count)} samples");
        }

        return Split(recordings, settings);
    }

    /// <summary>Writes the mean of the samples' depth maps: the best guess of who has seen the training set and not the scene.</summary>
    /// <param name="path">Where the .npz file belongs.</param>
    public void WriteMeanDepth(string path)
    {
        var mean = new MeanDepth(_samples[0].Unpack().Truth.Sensor);
        int stride = Math.Max(1, Count / MeanDepthSamples);
        for (int i = 0; i < Count; i += stride)
        {
            mean.Add(_samples[i].Unpack().Truth);
        }

        DepthMap map = mean.ToMap();
        NpzFile.Write(path, new Dictionary<string, NpyArray> { ["mean_depth"] = NpyArray.From(map.Metres, map.Sensor.Height, map.Sensor.Width) });
    }

    /// <summary>Splits samples by the run's settings: the last recordings validate, or the end of a single one.</summary>
    /// <exception cref="InvalidDataException">Nothing is left to train on.</exception>
    internal static (TrainingSet Training, TrainingSet Validation) Split(IReadOnlyList<(IReadOnlyList<ISample> Samples, SampleTally Tally)> recordings, TrainingSettings settings)
    {
        SampleTally tally = recordings.Aggregate(default(SampleTally), (sum, recording) => sum + recording.Tally);
        if (tally.Kept == 0)
        {
            throw new InvalidDataException(
                $"There is no labelled sample to train on{(tally.Skipped > 0 ? $" ({tally})" : "")}. Name folders with recordings that have depth (X_data.hdf5 and X_gt.hdf5).");
        }

        ISample[] training, validation;
        if (recordings.Count == 1)   // one recording: its end is held back
        {
            IReadOnlyList<ISample> all = recordings[0].Samples;
            int kept = all.Count - (int)Math.Round(all.Count * settings.ValidationShare);
            (training, validation) = ([.. all.Take(kept)], [.. all.Skip(kept)]);
        }
        else
        {
            int train = recordings.Count - (int)Math.Round(recordings.Count * settings.ValidationShare);
            training = [.. recordings.Take(train).SelectMany(recording => recording.Samples)];
            validation = Spread([.. recordings.Skip(train).SelectMany(recording => recording.Samples)], settings.ValidationSamples);
        }

        return training.Length > 0
            ? (new TrainingSet(training) { Tally = tally }, new TrainingSet(validation) { Tally = tally })
            : throw new InvalidDataException($"All {validation.Length} samples fall to validation. Name more recordings, or lower validation_share from {settings.ValidationShare}.");
    }

    private static (IReadOnlyList<ISample> Samples, SampleTally Tally) Read(RecordingSource source, SampleSettings settings)
    {
        using IStereoRecording recording = source.Open();
        var reader = new SampleReader(recording, settings);
        return ([.. reader.ReadAll().Select(pair => (ISample)pair.Sample)], reader.Tally);
    }

    private static ISample[] Spread(ISample[] samples, int most) => samples.Length <= most
        ? samples
        : [.. Enumerable.Range(0, most).Select(i => samples[(int)((long)i * samples.Length / most)])];
}
