using System.Diagnostics;
using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Trains a single-spike network by surrogate gradients: epochs, validation, the best weights, log.</summary>
/// <remarks>A run's folder holds <c>weights.safetensors</c> (the best epoch on validation; the last where there is no validation) and <c>log.csv</c>. Nothing here looks at test images.</remarks>
public sealed class TtfsTrainer
{
    /// <summary>Name of the file with the best weights.</summary>
    public const string BestWeights = LatencyTrainer.BestWeights;

    private const string Log = "log.csv";
    private readonly TtfsTrainingSettings _settings;
    private readonly LabelledImages _training, _validation;
    private readonly string _folder;
    private readonly TtfsNetwork _network;
    private readonly TtfsAdam _optimizer;
    private readonly LatencyEncoder _encoder;
    private readonly ushort[] _times;
    private readonly int[] _order;
    private readonly Random _random;

    /// <summary>Prepares a run: draws the weights, to suit the first images.</summary>
    /// <param name="network">Shape of the network; the image size is the images' own.</param>
    /// <param name="settings">Constants of the training.</param>
    /// <param name="images">Training images; their last ones are held back for validation.</param>
    /// <param name="folder">The run's folder; made if needed.</param>
    /// <exception cref="ArgumentException">No image is left to learn from, or the network does not fit the images.</exception>
    /// <exception cref="IOException">The folder holds a run already, or cannot be written.</exception>
    public TtfsTrainer(TtfsSettings network, TtfsTrainingSettings settings, LabelledImages images, string folder)
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

        (_settings, _folder) = (settings, folder);
        _network = new TtfsNetwork(network with { Channels = images.Channels, Height = images.Height, Width = images.Width }, settings.Batch);
        _training = images.Part(0, learned);
        _validation = images.Part(learned, settings.ValidationImages);
        _encoder = new LatencyEncoder(network.Steps);
        _times = new ushort[images.Pixels];
        _order = [.. Enumerable.Range(0, learned)];
        _random = new Random(settings.Seed);
        int shown = Math.Min(learned, settings.Batch);
        for (int i = 0; i < shown; i++)
        {
            Show(i, _training.Image(i), 0, 0, false);
        }

        TtfsStart.Draw(_network, shown, settings.StartDeviation, settings.Seed);
        _optimizer = new TtfsAdam(_network, settings.Decay);
        WholeFile.WriteText(Path.Combine(folder, Log), TtfsEpoch.CsvHeader + "\n");
    }

    /// <summary>Trains.</summary>
    /// <param name="progress">Told the images seen, if given.</param>
    /// <param name="cancellation">Stops within the epoch; the best weights of earlier epochs stay.</param>
    /// <returns>The best epoch's figures.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TtfsEpoch Run(IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        if (_settings.Epochs == 0)
        {
            var untrained = new TtfsEpoch(0, 0, double.NaN, double.NaN, Validate(), 0);
            Save(untrained);
            return untrained;
        }

        TtfsEpoch? best = null;
        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            TtfsEpoch figures = RunEpoch(epoch, best, progress, cancellation);
            File.AppendAllText(Path.Combine(_folder, Log), figures.ToCsv() + "\n");
            if (best is null || !(figures.Accuracy <= best.Accuracy))   // without validation (NaN) the newest weights are the best known
            {
                best = figures;
                Save(figures);
            }
        }

        return best!;
    }

    private void Save(TtfsEpoch figures)
    {
        var notes = new Dictionary<string, string> { ["training"] = _settings.ToString(), ["figures"] = $"{TtfsEpoch.CsvHeader}\n{figures.ToCsv()}" };
        TtfsWeights.Of(_network, notes).Save(Path.Combine(_folder, BestWeights));
    }

    private TtfsEpoch RunEpoch(int epoch, TtfsEpoch? best, IWorkProgress? progress, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        double loss = 0, learningRate = 0;
        int right = 0;
        _random.Shuffle(_order);
        for (int first = 0; first < _order.Length; first += _settings.Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(((epoch - 1L) * _order.Length) + first, (long)_settings.Epochs * _order.Length, Note(epoch, best));
            ReadOnlySpan<int> batch = _order.AsSpan(first, Math.Min(_settings.Batch, _order.Length - first));
            learningRate = _settings.LearningRateAt((epoch - 1 + ((double)(first + batch.Length) / _order.Length)) / _settings.Epochs);
            loss += Learn(batch, learningRate, ref right);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new TtfsEpoch(epoch, learningRate, loss / _order.Length, (double)right / _order.Length, Validate(), seconds);
    }

    private double Learn(ReadOnlySpan<int> batch, double learningRate, ref int right)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            int down = _random.Next(-_settings.Shift, _settings.Shift + 1), across = _random.Next(-_settings.Shift, _settings.Shift + 1);
            Show(i, _training.Image(batch[i]), down, across, _settings.Mirror && _random.Next(2) == 0);
        }

        _network.Forward(batch.Length);
        double loss = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            int label = _training.Labels[batch[i]];
            ReadOnlySpan<float> potentials = _network.Potentials(i);
            loss += CrossEntropy.Loss(potentials, label, _settings.LabelSmoothing, 1f / batch.Length, _network.Errors(i));
            right += TemporalDecoding.Decide(potentials, _network.DecisionSteps).Output == label ? 1 : 0;
        }

        _network.Backward(batch.Length);
        _optimizer.Step(learningRate);
        return loss;
    }

    private double Validate()
    {
        var score = new ClassificationScore();
        for (int first = 0; first < _validation.Count; first += _settings.Batch)
        {
            int count = Math.Min(_settings.Batch, _validation.Count - first);
            for (int i = 0; i < count; i++)
            {
                Show(i, _validation.Image(first + i), 0, 0, false);
            }

            _network.Forward(count);
            for (int i = 0; i < count; i++)
            {
                score.Add(TemporalDecoding.Decide(_network.Potentials(i), _network.DecisionSteps), TemporalDecoding.Order, _validation.Labels[first + i]);
            }
        }

        return score.AccuracyStrict;
    }

    private void Show(int place, ReadOnlySpan<byte> pixels, int down, int right, bool mirror)
    {
        _encoder.Encode(pixels, _times);
        _network.Show(place, _times, down, right, mirror);
    }

    private static string Note(int epoch, TtfsEpoch? best) => best is null || double.IsNaN(best.Accuracy)
        ? $"epoch {epoch}"
        : string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}, best on validation {100 * best.Accuracy:F2} %");
}
