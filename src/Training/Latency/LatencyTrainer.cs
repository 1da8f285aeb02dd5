using System.Diagnostics;
using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Trains a latency network: epochs, validation, the best weights, log.</summary>
/// <remarks>A run's folder holds <c>weights.safetensors</c> (the best epoch on validation, strictly scored; the last where there is no validation) and <c>log.csv</c>. Nothing here looks at test images.</remarks>
public sealed class LatencyTrainer
{
    /// <summary>Name of the file with the best weights.</summary>
    public const string BestWeights = "weights.safetensors";

    private const string Log = "log.csv";
    private readonly ILatencyRule _rule;
    private readonly LatencyAverage? _average;
    private readonly LatencyTrainingSettings _settings;
    private readonly EncodedImages _training;
    private readonly EncodedImages _validation;
    private readonly string _folder;
    private readonly Random _random;
    private readonly int[] _order;

    /// <summary>Prepares a run: encodes the images and draws the weights.</summary>
    /// <param name="network">Shape and constants of the network; the image size is the images' own.</param>
    /// <param name="settings">Constants of the training.</param>
    /// <param name="images">Training images; their last ones are held back for validation.</param>
    /// <param name="folder">The run's folder; made if needed.</param>
    /// <exception cref="ArgumentException">No image is left to learn from.</exception>
    /// <exception cref="IOException">The folder holds a run already, or cannot be written.</exception>
    public LatencyTrainer(LatencySettings network, LatencyTrainingSettings settings, LabelledImages images, string folder)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(images);
        int learned = images.Count - settings.ValidationImages;
        if (learned < 1)
        {
            throw new ArgumentException($"{images.Count} images, of which {settings.ValidationImages} are for validation, leave none to learn from.", nameof(images));
        }

        if (File.Exists(Path.Combine(folder, Log)))
        {
            throw new IOException($"{folder}: holds a run already. Choose another folder.");
        }

        network = network with { Height = images.Height, Width = images.Width };
        _training = EncodedImages.From(images.Part(0, learned), network.Steps);
        _settings = settings;
        if (settings.CalibrationShare is { } share)
        {
            network = network.Method != LatencyMethod.Bs4nn
                ? network with { HiddenThreshold = LatencyCalibration.HiddenThreshold(network, settings, _training, share) }
                : throw new ArgumentException("A binary network learns its thresholds; there is nothing to calibrate.", nameof(settings));
        }

        _rule = network.Method switch
        {
            LatencyMethod.S4nn => new S4nnRule(network, settings),
            LatencyMethod.Bs4nn => new Bs4nnRule(network, settings),
            _ => new StidiRule(network, settings),
        };
        _average = settings.AverageImages > 0 ? new LatencyAverage(_rule, settings.AverageImages) : null;
        _validation = EncodedImages.From(images.Part(learned, settings.ValidationImages), network.Steps);
        _folder = folder;
        _random = new Random(settings.Seed);
        _order = [.. Enumerable.Range(0, learned)];
        WholeFile.WriteText(Path.Combine(folder, Log), LatencyEpoch.CsvHeader + "\n");
    }

    /// <summary>Trains.</summary>
    /// <param name="progress">Told the images seen, if given.</param>
    /// <param name="cancellation">Stops within the epoch; the best weights of earlier epochs stay.</param>
    /// <returns>The best epoch's figures.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LatencyEpoch Run(IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        if (_settings.Epochs == 0)
        {
            ClassificationScore start = Score();
            var untrained = new LatencyEpoch(0, 0, double.NaN, 0, start.AccuracyInclusive, start.AccuracyStrict, 0);
            Save(untrained);
            return untrained;
        }

        LatencyEpoch? best = null;
        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            (LatencyEpoch figures, int[] dead) = RunEpoch(epoch, best, progress, cancellation);
            File.AppendAllText(Path.Combine(_folder, Log), figures.ToCsv() + "\n");
            if (best is null || !(figures.AccuracyStrict <= best.AccuracyStrict))   // without validation (NaN) the newest weights are the best known
            {
                best = figures;
                Save(figures);
            }

            foreach (int hidden in dead)   // only now: what was scored is what was saved
            {
                _rule.Redraw(hidden, _random);
            }
        }

        return best!;
    }

    private (LatencyEpoch Figures, int[] Dead) RunEpoch(int epoch, LatencyEpoch? best, IWorkProgress? progress, CancellationToken cancellation)
    {
        const int reportEvery = 1000;
        long started = Stopwatch.GetTimestamp();
        float learningRate = _settings.LearningRateAt(epoch);
        int[] firings = new int[_rule.Network.Hidden.Neurons];
        int learned = 0;
        if (_settings.Shuffle)
        {
            _random.Shuffle(_order);
        }

        for (int i = 0; i < _order.Length; i++)
        {
            learned += _rule.Learn(_training.Spikes(_order[i]), _training.Label(_order[i]), learningRate) ? 1 : 0;
            _average?.Add();
            foreach (TimedSpike spike in _rule.Network.HiddenSpikes)
            {
                firings[spike.Neuron]++;
            }

            if (i % reportEvery == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(((epoch - 1L) * _order.Length) + i, (long)_settings.Epochs * _order.Length, Note(epoch, best));
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int[] dead = [.. Enumerable.Range(0, firings.Length).Where(hidden => firings[hidden] < _settings.DeadShare * _order.Length)];
        ClassificationScore score = Score();
        return (new LatencyEpoch(epoch, learningRate, (double)learned / _order.Length, dead.Length, score.AccuracyInclusive, score.AccuracyStrict, seconds), dead);
    }

    private ClassificationScore Score()
    {
        LatencyNetwork network = _average is null || _settings.Epochs == 0 ? _rule.Network : Kept([]).Network();
        var score = new ClassificationScore();
        for (int i = 0; i < _validation.Count; i++)
        {
            score.Add(network.Decide(_validation.Spikes(i)), _rule.Network.Settings.LabelOrder, _validation.Label(i));
        }

        return score;
    }

    private void Save(LatencyEpoch figures)
    {
        var notes = new Dictionary<string, string> { ["training"] = _settings.ToString(), ["figures"] = $"{LatencyEpoch.CsvHeader}\n{figures.ToCsv()}" };
        Kept(notes).Save(Path.Combine(_folder, BestWeights));
    }

    private LatencyWeights Kept(Dictionary<string, string> notes) => new(_rule.ExportSettings(), _settings.Epochs > 0 && _average is not null ? _average.Export() : _rule.Export(), notes);

    private static string Note(int epoch, LatencyEpoch? best) => best is null || double.IsNaN(best.AccuracyStrict)
        ? $"epoch {epoch}"
        : string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}, best on validation {100 * best.AccuracyStrict:F2} %");
}
