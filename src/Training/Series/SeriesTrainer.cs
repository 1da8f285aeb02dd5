using System.Diagnostics;
using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Trains a series network by back-propagation through time on plain arrays; chooses the epoch by samples that it does not learn from.</summary>
/// <remarks>A batch is cut into eight pieces, whatever the number of threads, whose gradients are added in order: results do not depend on threads.</remarks>
public sealed class SeriesTrainer
{
    private const int Pieces = 8;
    private readonly SeriesNetwork _network;
    private readonly SeriesTrainingSettings _settings;
    private readonly SeriesSet _training, _validation;
    private readonly SeriesAdam _optimizer;
    private readonly Piece[] _pieces;
    private readonly float[] _classWeights;
    private readonly int _stepsAnEpoch;
    private int _steps;

    /// <summary>Prepares to train.</summary>
    /// <param name="network">The network; changed in place.</param>
    /// <param name="training">Samples to learn from.</param>
    /// <param name="validation">Samples that only choose the epoch; may be empty, then the last epoch is taken.</param>
    /// <param name="settings">How.</param>
    /// <exception cref="ArgumentException">There is nothing to learn from.</exception>
    public SeriesTrainer(SeriesNetwork network, SeriesSet training, SeriesSet validation, SeriesTrainingSettings settings)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(settings);
        (_network, _training, _validation, _settings) = (network, training.Count > 0 ? training : throw new ArgumentException("There is no sample to learn from.", nameof(training)), validation, settings);
        _stepsAnEpoch = (training.Count + settings.BatchSize - 1) / settings.BatchSize;
        _optimizer = new SeriesAdam(network.Parameters);
        _pieces = [.. Enumerable.Range(0, Pieces).Select(_ => new Piece(network))];
        _classWeights = ClassWeights(training, network.Settings.Outputs.Count, settings.BalanceClasses);
    }

    /// <summary>Trains, and leaves the network as it was after its best epoch.</summary>
    /// <param name="progress">Told the epochs done, if given.</param>
    /// <param name="epochDone">Told every epoch's figures, if given.</param>
    /// <param name="cancellation">Stops within an epoch; the network keeps the best weights so far.</param>
    /// <returns>The best epoch's figures.</returns>
    /// <exception cref="InvalidDataException">The loss stopped being a number.</exception>
    public SeriesEpoch Run(IWorkProgress? progress = null, Action<SeriesEpoch>? epochDone = null, CancellationToken cancellation = default)
    {
        SeriesEpoch? best = null;
        float[][] kept = [];
        try
        {
            for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
            {
                long started = Stopwatch.GetTimestamp();
                double loss = Pass(epoch, progress, cancellation);
                double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                SeriesScore? score = _validation.Count > 0 ? Score(_network, _validation, _settings.Threads) : null;
                var figures = new SeriesEpoch(epoch, loss, score?.Loss ?? double.NaN, score?.Accuracy ?? double.NaN, score?.Activity ?? double.NaN, seconds);
                epochDone?.Invoke(figures);
                if (best is null || score is null || IsBetter(figures, best))
                {
                    best = figures;
                    kept = [.. _network.Parameters.Select(parameter => (float[])parameter.Values.Clone())];
                }
            }
        }
        finally
        {
            for (int p = 0; p < kept.Length; p++)
            {
                kept[p].CopyTo(_network.Parameters[p].Values, 0);
            }
        }

        return best!;
    }

    /// <summary>Scores a network on samples.</summary>
    /// <param name="network">The network.</param>
    /// <param name="set">The samples.</param>
    /// <param name="threads">Threads to use.</param>
    public static SeriesScore Score(SeriesNetwork network, SeriesSet set, int threads)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(set);
        int layers = network.Settings.Layers.Count;
        var scores = new float[set.Count][];
        var losses = new double[set.Count];
        var activity = new double[set.Count, Math.Max(layers, 1)];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            SeriesTrace trace = network.Trace();
            float[] gradient = new float[trace.Scores.Length], input = new float[network.Settings.Steps * network.Settings.InputWidth];
            for (int sample = thread; sample < set.Count; sample += threads)
            {
                set.Inputs[sample].CopyTo(input);
                network.Forward(input, trace);
                scores[sample] = [.. trace.Scores];
                losses[sample] = SeriesLoss.Of(set, sample, trace.Scores, gradient);
                for (int layer = 0; layer < layers; layer++)
                {
                    activity[sample, layer] = trace.Activity(layer);
                }
            }
        });
        double[] means = [.. Enumerable.Range(0, layers).Select(layer => Enumerable.Range(0, set.Count).Average(sample => activity[sample, layer]))];
        double neurons = network.Settings.Layers.Sum(layer => layer.Channels), mean = Enumerable.Range(0, layers).Sum(layer => means[layer] * network.Settings.Layers[layer].Channels / neurons);
        var score = new SeriesScore(losses.Average(), double.NaN, mean, means, scores);
        return set.Labels.Count == 0 ? score : score with { Accuracy = score.Decisions.Where((decision, sample) => decision == set.Labels[sample]).Count() / (double)set.Count };
    }

    private static bool IsBetter(SeriesEpoch epoch, SeriesEpoch best) =>
        epoch.ValidationAccuracy > best.ValidationAccuracy || ((epoch.ValidationAccuracy == best.ValidationAccuracy || double.IsNaN(epoch.ValidationAccuracy)) && epoch.ValidationLoss < best.ValidationLoss);

    private static float[] ClassWeights(SeriesSet set, int classes, bool balance)
    {
        if (!balance || set.Labels.Count == 0)
        {
            return [.. Enumerable.Repeat(1f, classes)];
        }

        int present = set.Labels.Distinct().Count();
        return [.. Enumerable.Range(0, classes).Select(label => set.Labels.Count(other => other == label) is > 0 and int members ? (float)set.Count / members / present : 0f)];
    }

    private double Pass(int epoch, IWorkProgress? progress, CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, _training.Count)];
        new Random(SampleSeed.Mix(_settings.Seed, epoch, -1)).Shuffle(order);
        double sum = 0;
        int done = 0;
        foreach (int[] batch in order.Chunk(_settings.BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            _steps++;
            double loss = Step(batch, epoch);
            if (!double.IsFinite(loss))
            {
                throw new InvalidDataException($"The loss is {loss} in epoch {epoch}. Take a smaller learning rate.");
            }

            sum += loss;
            done += batch.Length;
            progress?.Report(((epoch - 1L) * order.Length) + done, (long)_settings.Epochs * order.Length, $"epoch {epoch}, loss {sum / done:F3}");
        }

        return sum / order.Length;
    }

    /// <summary>The learning rate as a share of its largest: a straight line up over the first epoch, if there are more, then a cosine down to 0.</summary>
    private double RateShare(double epochs)
    {
        double warmUp = _settings.Epochs > 1 ? 1 : 0;
        return epochs <= warmUp ? epochs : 0.5 * (1 + Math.Cos(Math.PI * (epochs - warmUp) / (_settings.Epochs - warmUp)));
    }

    /// <summary>One step.</summary>
    /// <returns>Sum of the samples' losses.</returns>
    private double Step(int[] batch, int epoch)
    {
        double epochs = (double)_steps / _stepsAnEpoch;
        float penalty = _settings.ActivityPenalty * (float)Math.Min(1.0, 2 * epochs / _settings.Epochs);
        Parallel.For(0, Pieces, new ParallelOptions { MaxDegreeOfParallelism = _settings.Threads }, piece =>
        {
            _pieces[piece].Clear();
            for (int i = piece; i < batch.Length; i += Pieces)
            {
                Learn(_pieces[piece], batch[i], epoch, batch.Length, penalty);
            }
        });
        foreach (Piece other in _pieces.Skip(1))
        {
            _pieces[0].Add(other);
        }

        _optimizer.Step(_pieces[0].Gradients, _settings.LearningRate * RateShare(epochs), _settings.ClipValue);
        return _pieces.Sum(piece => piece.Loss);
    }

    private void Learn(Piece piece, int sample, int epoch, int batch, float penalty)
    {
        float[] input = piece.Input;
        _training.Inputs[sample].CopyTo(input);
        if (_settings.Augmentation.Active)
        {
            _settings.Augmentation.Apply(input, _network.Settings.Bands, _network.Settings.Inputs, new Random(SampleSeed.Mix(_settings.Seed, epoch, sample)), piece.Varied);
            input = piece.Varied;
        }

        _network.Forward(input, piece.Trace);
        piece.Loss += SeriesLoss.Of(_training, sample, piece.Trace.Scores, piece.ScoreGradient);
        float weight = (_training.Labels.Count > 0 ? _classWeights[_training.Labels[sample]] : 1f) / batch;
        foreach (ref float gradient in piece.ScoreGradient.AsSpan())
        {
            gradient *= weight;
        }

        _network.Backward(input, piece.Trace, piece.ScoreGradient, penalty / batch, _settings.ActivityTarget, piece.Gradients);
    }

    /// <summary>What one piece of a batch works with.</summary>
    private sealed class Piece(SeriesNetwork network)
    {
        public SeriesTrace Trace { get; } = network.Trace();

        public float[] Input { get; } = new float[network.Settings.Steps * network.Settings.InputWidth];

        public float[] Varied { get; } = new float[network.Settings.Steps * network.Settings.InputWidth];

        public float[] ScoreGradient { get; } = new float[network.Settings.Outputs.Count];

        public float[][] Gradients { get; } = [.. network.Parameters.Select(parameter => new float[parameter.Values.Length])];

        public double Loss { get; set; }

        public void Clear()
        {
            Loss = 0;
            Array.ForEach(Gradients, Array.Clear);
        }

        public void Add(Piece other)
        {
            for (int p = 0; p < Gradients.Length; p++)
            {
                for (int i = 0; i < Gradients[p].Length; i++)
                {
                    Gradients[p][i] += other.Gradients[p][i];
                }
            }
        }
    }
}
