using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>The labelled windows of a set of recordings, held in memory as events: 8 bytes an event and 2 bytes a pixel of truth.</summary>
public sealed class TrainingSet
{
    private const int MeanDepthSamples = 2000;
    private readonly PackedSample[] _samples;

    private TrainingSet(PackedSample[] samples) => _samples = samples;

    /// <summary>Number of samples.</summary>
    public int Count => _samples.Length;

    /// <summary>A sample, unpacked anew at each call.</summary>
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
        IReadOnlyList<Func<IStereoRecording>> recordings, TrainingSettings settings, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(recordings);
        ArgumentNullException.ThrowIfNull(settings);
        var perRecording = new List<List<PackedSample>>();
        foreach (Func<IStereoRecording> open in recordings)
        {
            cancellation.ThrowIfCancellationRequested();
            using IStereoRecording recording = open();
            perRecording.Add(Read(recording, settings));
            progress?.Report(perRecording.Count, recordings.Count, $"{perRecording.Sum(samples => samples.Count)} samples");
        }

        if (perRecording.Count == 0 || perRecording.All(samples => samples.Count == 0))
        {
            throw new InvalidDataException("There is no labelled sample to train on. Name folders with recordings that have depth (X_data.hdf5 and X_gt.hdf5).");
        }

        (TrainingSet training, TrainingSet validation) = Split(perRecording, settings);
        return training.Count > 0
            ? (training, validation)
            : throw new InvalidDataException($"All {validation.Count} samples fall to validation. Name more recordings, or lower validation_share from {settings.ValidationShare}.");
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

    private static (TrainingSet Training, TrainingSet Validation) Split(List<List<PackedSample>> recordings, TrainingSettings settings)
    {
        if (recordings.Count == 1)   // one recording: its end is held back
        {
            List<PackedSample> all = recordings[0];
            int kept = all.Count - (int)Math.Round(all.Count * settings.ValidationShare);
            return (new TrainingSet([.. all.Take(kept)]), new TrainingSet([.. all.Skip(kept)]));
        }

        int train = recordings.Count - (int)Math.Round(recordings.Count * settings.ValidationShare);
        PackedSample[] validation = [.. recordings.Skip(train).SelectMany(samples => samples)];
        return (new TrainingSet([.. recordings.Take(train).SelectMany(samples => samples)]), new TrainingSet(Spread(validation, settings.ValidationSamples)));
    }

    private static PackedSample[] Spread(PackedSample[] samples, int most) => samples.Length <= most
        ? samples
        : [.. Enumerable.Range(0, most).Select(i => samples[(int)((long)i * samples.Length / most)])];

    private static List<PackedSample> Read(IStereoRecording recording, TrainingSettings settings)
    {
        if (recording.Rig.Sensor != settings.Network.Sensor)
        {
            throw new InvalidDataException($"{recording.Name}: its cameras are {recording.Rig.Sensor} px and the network is for {settings.Network.Sensor}. Set --width and --height, or train on recordings of one size.");
        }

        var windows = new StereoWindowReader(recording);
        var samples = new List<PackedSample>();
        IReadOnlyList<long> labels = recording.LabelTimesUs;
        bool hasRight = recording.HasDepth(Camera.Right);
        for (int label = 0; label < labels.Count; label += settings.LabelStride)
        {
            TimeWindow window = TimeWindow.EndingAt(labels[label], settings.Network.WindowUs);
            if (window.StartUs < recording.Span.StartUs)
            {
                continue;   // the cameras were not yet running for the whole window
            }

            StereoWindow events = windows.Read(window);
            int start = FindLabel(labels, window.StartUs);
            samples.Add(new PackedSample(new LabelledWindow(
                events,
                recording.ReadDepth(label),
                hasRight && settings.Augmentation.HorizontalFlip > 0 ? recording.ReadDepth(label, Camera.Right) : null,
                start >= 0 && settings.Augmentation.TimeMirror > 0 ? recording.ReadDepth(start) : null,
                recording.Rig.FocalBaselinePxMetres)
            {
                Name = $"{recording.Name}, label {label}",
            }));
        }

        return samples;
    }

    /// <summary>The label within a millisecond of a time, or −1.</summary>
    private static int FindLabel(IReadOnlyList<long> labels, long timeUs)
    {
        for (int i = 0; i < labels.Count && labels[i] <= timeUs + 1000; i++)
        {
            if (Math.Abs(labels[i] - timeUs) <= 1000)
            {
                return i;
            }
        }

        return -1;
    }
}
