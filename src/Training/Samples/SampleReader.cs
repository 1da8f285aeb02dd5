using StereoSpike.Ingest;

namespace StereoSpike.Training;

/// <summary>Turns a recording's labels into samples, one after another, and counts those that teach nothing.</summary>
internal sealed class SampleReader
{
    private const long SameInstantUs = 1000;
    private readonly IStereoRecording _recording;
    private readonly SampleSettings _settings;

    /// <summary>Takes a recording, which stays the caller's.</summary>
    /// <exception cref="InvalidDataException">Its cameras have another size, or it lacks a label that is asked for.</exception>
    public SampleReader(IStereoRecording recording, SampleSettings settings)
    {
        if (recording.Rig.Sensor != settings.Sensor)
        {
            throw new InvalidDataException($"{recording.Name}: its cameras are {recording.Rig.Sensor} px and the network is for {settings.Sensor}. Set --width and --height, or train on recordings of one size.");
        }

        if (settings.Labels is { Count: > 0 } labels && labels.Labels[^1] >= recording.LabelTimesUs.Count)
        {
            throw new InvalidDataException($"{recording.Name}: has {recording.LabelTimesUs.Count} depth maps, and label {labels.Labels[^1]} is asked for. Give the whole recording with its ground truth.");
        }

        (_recording, _settings) = (recording, settings);
    }

    /// <summary>What became of the labels read so far.</summary>
    public SampleTally Tally { get; private set; }

    /// <summary>Reads the samples, each when it is asked for.</summary>
    public IEnumerable<(int Label, PackedSample Sample)> ReadAll()
    {
        var windows = new StereoWindowReader(_recording);
        IReadOnlyList<long> labels = _recording.LabelTimesUs;
        bool right = _settings.RightTruth && _recording.HasDepth(Camera.Right);
        for (int label = 0; label < labels.Count; label += _settings.LabelStride)
        {
            if (_settings.Labels?.Contains(label) == false)
            {
                continue;
            }

            TimeWindow window = TimeWindow.EndingAt(labels[label], _settings.WindowUs);
            StereoWindow events = windows.Read(window);
            DepthMap truth = _recording.ReadDepth(label);
            SampleTally became = window.StartUs < _recording.Span.StartUs ? new(0, 1, 0, 0)
                : events.Left.Length + events.Right.Length == 0 ? new(0, 0, 1, 0)
                : truth.KnownPixels == 0 ? new(0, 0, 0, 1)
                : new(1, 0, 0, 0);
            Tally += became;
            if (became.Kept == 1)
            {
                int start = _settings.StartTruth ? LabelAt(labels, window.StartUs) : -1;
                yield return (label, new PackedSample(new LabelledWindow(
                    events, truth, right ? _recording.ReadDepth(label, Camera.Right) : null, start >= 0 ? _recording.ReadDepth(start) : null, _recording.Rig.FocalBaselinePxMetres)
                {
                    Name = SampleName(_recording.Name, label),
                }));
            }
        }
    }

    /// <summary>What messages call a sample.</summary>
    public static string SampleName(string recording, int label) => $"{recording}, label {label}";

    /// <summary>The label within a millisecond of a time, or −1.</summary>
    private static int LabelAt(IReadOnlyList<long> labels, long timeUs)
    {
        for (int i = 0; i < labels.Count && labels[i] <= timeUs + SameInstantUs; i++)
        {
            if (Math.Abs(labels[i] - timeUs) <= SameInstantUs)
            {
                return i;
            }
        }

        return -1;
    }
}
