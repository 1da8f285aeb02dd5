using System.Globalization;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Which digit is said: the Free Spoken Digit Dataset.</summary>
public sealed class AudioTask : ISeriesTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "audio";

    private const string Official = "official", Speaker = "speaker";

    /// <summary>How sound is encoded.</summary>
    public LogMelSettings Encoder { get; init; } = new() { WindowSamples = 256, HopSamples = 100, Frames = 64 };

    /// <summary>Channels of each of the three layers.</summary>
    public int Channels { get; init; } = 16;

    /// <summary>Whether no layer looks into the future.</summary>
    public bool Causal { get; init; }

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Encoding => SeriesEncoding.Write(Encoder);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Splits { get; } = new Dictionary<string, string>
    {
        [Official] = $"takes 0 to {SpokenDigits.TestTakes - 1} of every speaker are judged: the dataset's own",
        [Speaker] = "every speaker is left out once",
    };

    /// <inheritdoc/>
    /// <remarks>Three dilated convolutions over time and frequency: T. Pellegrini, R. Zimmer, T. Masquelier, SLT 2021 (arXiv:2011.06846), with fewer channels.</remarks>
    public SeriesSettings Network => new()
    {
        Task = TaskName,
        Steps = Encoder.Frames,
        Bands = Encoder.Bands,
        Inputs = LogMelEncoder.Channels,
        Outputs = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture))],
        Layers = [.. new[] { (1, 1), (4, 3), (16, 9) }.Select(dilation => new SeriesLayerSettings
        {
            Channels = Channels,
            Kernel = new TemporalKernel { Steps = 4, Bands = 3, StepDilation = dilation.Item1, BandDilation = dilation.Item2, Causal = Causal },
        })],
    };

    /// <inheritdoc/>
    public SeriesTrainingSettings Training { get; } = new()
    {
        Epochs = 20,
        ActivityPenalty = 10f,
        ActivityTarget = 0.045f,
        LearningRate = 5e-3,
        Augmentation = new SeriesAugmentation { ShiftSteps = 3, ShiftBands = 1, Stretch = 0.1f, StretchBands = 0.08f },
    };

    /// <inheritdoc/>
    public SeriesSet Load(string path)
    {
        IReadOnlyList<SpokenDigit> digits = SpokenDigits.Load(path);
        var encoder = new LogMelEncoder(Encoder);
        var inputs = new List<SeriesInput>();
        foreach (SpokenDigit digit in digits)
        {
            var input = new float[encoder.Values];
            encoder.Encode(digit.Clip, input);
            inputs.Add(SeriesInput.Of(input));
        }

        return new SeriesSet(inputs, [.. digits.Select(digit => digit.Digit)], [], [.. digits.Select(digit => $"{digit.Speaker}/{digit.Take}")]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<SeriesFold> Folds(SeriesSet samples, string split, int seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        switch (split)
        {
            case Official:
                (SeriesSet training, SeriesSet test) = samples.Split(sample => int.Parse(samples.Groups[sample].Split('/')[1], CultureInfo.InvariantCulture) < SpokenDigits.TestTakes);
                return [new SeriesFold(Official, training, test)];
            case Speaker:
                return SeriesTasks.LeaveOneOut(samples, group => group.Split('/')[0]);
            default:
                throw SeriesTasks.NoSplit(this, split);
        }
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
        var encoder = new LogMelEncoder(Encoder);
        var input = new float[encoder.Values];
        encoder.Encode(WavFile.Read(file), input);
        return [(Path.GetFileName(file), input)];
    }
}
