using System.Diagnostics;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training;

/// <summary>Trains a StereoSpike network: batches, losses, steps, validation, checkpoints, log.</summary>
/// <remarks>A run's folder holds <c>settings.json</c>, <c>last.safetensors</c> (to resume), <c>weights.safetensors</c> (the best on validation), <c>mean_depth.npz</c>
/// <c>origin.json</c>, <c>examples.npz</c>, <c>report.html</c> at the end, and what <see cref="RunLog"/> writes. One trainer at a time works in it.</remarks>
public sealed class Trainer : IDisposable
{
    private const double SecondsBetweenCheckpoints = 60;
    private const int BatchesAhead = 3;
    private readonly RunLock _lock;
    private RunLog? _log;
    private readonly TrainingSettings _settings;
    private readonly TrainingSet _training;
    private readonly TrainingSet _validation;
    private readonly string _folder;
    private readonly IStereoEncoder _encoder;
    private readonly GraphModule _module;
    private readonly AdamOptimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly IWorkProgress? _progress;
    private int _epoch;
    private int _batchesDone;
    private double _lossSum;
    private double _best = double.PositiveInfinity;
    private int _epochsSinceBest;
    private double _seconds;

    private Trainer(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, GraphModule module, RunLock runLock, IWorkProgress? progress)
    {
        _lock = runLock;
        _settings = settings;
        _training = training;
        _validation = validation;
        _folder = folder;
        _module = module;
        _encoder = EncoderCatalogue.Create(settings.Network.Encoder);
        _optimizer = new AdamOptimizer(module);
        _average = settings.AverageDecay > 0 ? new WeightAverage(module, settings.AverageDecay) : null;
        _progress = progress;
    }

    /// <summary>Name of the file that a run resumes from.</summary>
    public const string LastCheckpoint = "last.safetensors";

    /// <summary>Name of the file with the best weights.</summary>
    public const string BestWeights = "weights.safetensors";

    /// <summary>Name of the file with the training set's mean depth map, a baseline to beat: array <c>mean_depth</c>, shape [H,W], metres.</summary>
    public const string MeanDepthFile = "mean_depth.npz";

    /// <summary>The settings in force, the readout's offset and scale filled in.</summary>
    public TrainingSettings Settings => _settings;

    private int BatchesPerEpoch => Batches(_training, _settings);

    /// <summary>Starts a run: draws the weights and scales them on real windows so that every layer fires.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to choose the best weights by; may be empty.</param>
    /// <param name="folder">The run's folder; made if needed.</param>
    /// <param name="progress">Told the steps done, if given.</param>
    /// <exception cref="IOException">The folder holds a run already, another trainer works in it, or it cannot be written.</exception>
    /// <exception cref="InvalidDataException">The samples hold no events to scale the weights on.</exception>
    public static Trainer Start(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, IWorkProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(training);
        return Locked(folder, runLock =>
        {
            if (File.Exists(Path.Combine(folder, LastCheckpoint)))
            {
                throw new IOException($"{folder}: holds a run already. Go on with it (stereospike train --resume {folder}) or choose another folder.");
            }

            Trainer trainer = settings.InitialWeights is { } file
                ? FromWeights(settings, StereoSpikeWeights.Load(file), file, training, validation, folder, runLock, progress)
                : FromScratch(settings, training, validation, folder, runLock, progress);
            WholeFile.WriteText(Path.Combine(folder, "settings.json"), trainer.Settings.ToJson());
            trainer._log = RunLog.Start(folder);
            RunOrigin.Here().Save(folder);
            training.WriteMeanDepth(Path.Combine(folder, MeanDepthFile));
            trainer.SaveCheckpoint();
            return trainer;
        });
    }

    /// <summary>Takes a run up where its checkpoint stands.</summary>
    /// <param name="checkpoint">The checkpoint, loaded.</param>
    /// <param name="training">The same samples as before.</param>
    /// <param name="validation">The same samples as before.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Told the steps done, if given.</param>
    /// <exception cref="IOException">Another trainer works in the folder.</exception>
    /// <exception cref="InvalidDataException">The checkpoint's tensors are not those of its settings, or its steps are not those of so many samples.</exception>
    public static Trainer Resume(Checkpoint checkpoint, TrainingSet training, TrainingSet validation, string folder, IWorkProgress? progress = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(training);
        string path = Path.Combine(folder, LastCheckpoint);
        if (checkpoint.Steps != ((long)checkpoint.Epoch * StepsOf(Batches(training, checkpoint.Settings), checkpoint.Settings)) + StepsOf(checkpoint.BatchesDone, checkpoint.Settings))
        {
            throw BadFile.Error(
                path, "state", $"stands at step {checkpoint.Steps}, batch {checkpoint.BatchesDone} of epoch {checkpoint.Epoch}, which {training.Count} samples in batches of {checkpoint.Settings.BatchSize} do not come to",
                "Resume with the very data that the run began with.");
        }

        NetworkGraph graph = StereoSpikeNetwork.Build(checkpoint.Settings.Network);
        var weights = checkpoint.Tensors.Where(tensor => !AdamOptimizer.Owns(tensor.Key) && !WeightAverage.Owns(tensor.Key)).ToDictionary();
        return Locked(folder, runLock =>
        {
            var trainer = new Trainer(checkpoint.Settings, training, validation, folder, new GraphModule(graph, weights, path, weightBits: checkpoint.Settings.WeightBits), runLock, progress)
            {
                _epoch = checkpoint.Epoch,
                _batchesDone = checkpoint.BatchesDone,
                _lossSum = checkpoint.LossSum,
                _best = checkpoint.Best,
                _epochsSinceBest = checkpoint.EpochsSinceBest,
                _seconds = checkpoint.Seconds,
            };
            trainer._optimizer.ImportState(checkpoint.Tensors, checkpoint.Steps, path);
            trainer._average?.ImportState(checkpoint.Tensors, path);
            trainer._log = RunLog.Resume(folder, checkpoint.Epoch);
            return trainer;
        });
    }

    /// <summary>Trains to the end of the last epoch, or until cancelled; then everything done is in the checkpoint.</summary>
    /// <param name="cancellation">Stops after the step under way.</param>
    /// <returns>The last epoch's figures; null if none was finished.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the checkpoint is written.</exception>
    /// <exception cref="InvalidDataException">The loss stopped being a number.</exception>
    public EpochFigures? Run(CancellationToken cancellation = default)
    {
        EpochFigures? figures = null;
        long sinceCheckpoint = Stopwatch.GetTimestamp();
        while (_epoch < _settings.Epochs && (_settings.PatienceEpochs == 0 || _epochsSinceBest < _settings.PatienceEpochs))
        {
            int[] order = Order(_epoch);
            int epoch = _epoch;
            var ahead = new BatchPrefetch(batch => Prepare(order, epoch, batch), _batchesDone, BatchesPerEpoch, BatchesAhead);
            while (_batchesDone < BatchesPerEpoch)
            {
                Learn(ahead.Next());
                if (!StepIsWhole())
                {
                    continue;   // gradients under way are in no checkpoint
                }

                if (cancellation.IsCancellationRequested || Stopwatch.GetElapsedTime(sinceCheckpoint).TotalSeconds > SecondsBetweenCheckpoints)
                {
                    SaveCheckpoint();
                    sinceCheckpoint = Stopwatch.GetTimestamp();
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            figures = FinishEpoch();
            SaveCheckpoint();
        }

        if (figures is not null)
        {
            RunReport.Write(_folder);
        }

        return figures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _average?.Dispose();
        _optimizer.Dispose();
        _module.Dispose();
        _lock.Dispose();
    }

    /// <summary>Makes a trainer that holds the folder's lock from before its first look into it until it is disposed.</summary>
    private static Trainer Locked(string folder, Func<RunLock, Trainer> make)
    {
        RunLock runLock = RunLock.Take(folder);
        try
        {
            return make(runLock);
        }
        catch
        {
            runLock.Dispose();
            throw;
        }
    }

    private static Trainer FromScratch(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, RunLock runLock, IWorkProgress? progress)
    {
        settings = settings with { Network = ReadoutScaling.Fit(settings, training) };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings.Network);
        var trainer = new Trainer(settings, training, validation, folder, new GraphModule(graph, UniformInitialization.Draw(graph, settings.Seed), weightBits: settings.WeightBits), runLock, progress);
        trainer.InitializeWeights();
        return trainer;
    }

    /// <summary>Goes on from trained weights, whose readout offset and scale they need.</summary>
    private static Trainer FromWeights(
        TrainingSettings settings, StereoSpikeWeights start, string file, TrainingSet training, TrainingSet validation, string folder, RunLock runLock, IWorkProgress? progress)
    {
        StereoSpikeSettings network = settings.Network with
        {
            ReadoutOffset = start.Settings.ReadoutOffset,
            ReadoutScale = start.Settings.ReadoutScale,
            FocalBaselinePxMetres = training[0].FocalBaselinePxMetres,
        };

        // Convolutions know neither the sensor's size nor the window's length nor the rig: weights of one begin well on another.
        StereoSpikeSettings same = start.Settings with { Width = network.Width, Height = network.Height, WindowUs = network.WindowUs, FocalBaselinePxMetres = network.FocalBaselinePxMetres };
        return network.ToJson() == same.ToJson()
            ? new Trainer(settings with { Network = network }, training, validation, folder, new GraphModule(StereoSpikeNetwork.Build(network), start.Tensors, file, weightBits: settings.WeightBits), runLock, progress)
            : throw BadFile.Error(file, "", $"is of another network than the one to train: {start.Settings.ToJson()} against {network.ToJson()}", "Give train the settings that the weights were made with.");
    }

    /// <summary>One step of the optimiser on one batch.</summary>
    private void Learn(Batch batch)
    {
        long started = Stopwatch.GetTimestamp();
        using var pause = new CollectionPause();
        using DisposeScope scope = NewDisposeScope();
        double progress = (_epoch + ((double)(_batchesDone - (_batchesDone % _settings.AccumulatedBatches)) / BatchesPerEpoch)) / _settings.Epochs;
        _module.train();
        if (_batchesDone % _settings.AccumulatedBatches == 0)
        {
            _optimizer.ZeroGradients();
        }

        Tensor loss = Loss(batch);
        double value = loss.item<float>();
        if (!double.IsFinite(value))
        {
            throw new InvalidDataException($"The loss is {value} at step {_optimizer.Steps}, epoch {_epoch}, on {string.Join("; ", batch.Samples)}. {LastCheckpoint} keeps the last good state; nothing of this step is in it. Start again with a smaller --learning-rate, or with --set clip_norm=1.");
        }

        (_settings.AccumulatedBatches == 1 ? loss : loss / BatchesInStep()).backward();
        _lossSum += value;
        _batchesDone++;
        if (StepIsWhole())
        {
            if (_settings.ClipNorm > 0)
            {
                _optimizer.ClipGradients(_settings.ClipNorm);
            }

            _optimizer.Step(_settings.LearningRateAt(_epoch, progress));
            _average?.Add(_optimizer.Steps);
        }

        _seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        long done = ((long)_epoch * BatchesPerEpoch) + _batchesDone;
        _progress?.Report(done, (long)_settings.Epochs * BatchesPerEpoch, _log!.Note(_epoch, _lossSum / _batchesDone, batch.Size));
    }

    /// <summary>Whether the gradients of the batches done have all gone into steps.</summary>
    private bool StepIsWhole() => _batchesDone % _settings.AccumulatedBatches == 0 || _batchesDone == BatchesPerEpoch;

    /// <summary>How many batches the step under way sums up; an epoch's last one may have fewer.</summary>
    private int BatchesInStep() => Math.Min(_settings.AccumulatedBatches, BatchesPerEpoch - (_batchesDone / _settings.AccumulatedBatches * _settings.AccumulatedBatches));

    private Tensor Loss(Batch batch)
    {
        StereoSpikeSettings network = _settings.Network;
        using DisposeScope scope = NewDisposeScope();
        using GraphRun run = _module.Run(Input(batch));
        Tensor truth = tensor(batch.Truth, [batch.Size, 1, network.Height, network.Width]);
        IReadOnlyList<Tensor> readouts = run.Potentials[StereoSpikeNetwork.Readout];
        Tensor loss = _settings.Loss == LossKind.Paper
            ? PaperLoss.Of(readouts, truth)
            : EventWeightedLoss.Of(readouts, truth, tensor(batch.LeftEvents, truth.shape), _settings.BackgroundWeight, _settings.EdgeWeight);
        if (_settings.PenaltyWeight > 0)
        {
            loss = loss + (_settings.PenaltyWeight * ActivityLoss.Penalty(run, StereoSpikeNetwork.PenalisedNodes));
        }

        if (_settings.LayerPenalties.Count > 0)
        {
            loss = loss + ActivityLoss.Penalty(run, _settings.LayerPenalties);
        }

        if (_settings.TargetRate > 0)
        {
            loss = loss + (_settings.TargetRateWeight * ActivityLoss.AboveTarget(run, _module.Graph, _settings.TargetRate));
        }

        if (_settings.RateFloorWeight > 0)
        {
            loss = loss + (_settings.RateFloorWeight * ActivityLoss.RateFloor(run, _module.Graph, _settings.RateFloor));
        }

        return loss.MoveToOuterDisposeScope();
    }

    private EpochFigures FinishEpoch()
    {
        _module.eval();
        using IDisposable? averages = _average?.Show();
        Validation? scores = _validation.Count > 0 ? Validation.Score(_module, _settings.Network, _encoder, _validation) : null;
        var figures = new EpochFigures(
            _epoch, _optimizer.Steps, _settings.LearningRateAt(_epoch, (_epoch + 1.0) / _settings.Epochs), _lossSum / _batchesDone,
            scores?.All.MeanDepthErrorCm ?? double.NaN, scores?.AtEvents.MeanDisparityErrorPx ?? double.NaN, scores?.AtEvents.OnePixelAccuracy ?? double.NaN,
            scores?.FiringRate ?? double.NaN, scores?.LowestLayerRate ?? double.NaN, _seconds);
        _epochsSinceBest++;
        double score = scores?.Criterion(_settings) ?? figures.TrainingLoss;
        if (!(score >= _best))   // where no validation pixel can be scored (NaN), the newest weights are the best known
        {
            _best = score;
            _epochsSinceBest = 0;
            SaveWeights(figures);
            if (scores is not null)
            {
                ExampleFile.Write(_folder, scores.Examples);
            }
        }

        _log!.Add(figures, scores?.Layers ?? []);
        _epoch++;
        _batchesDone = 0;
        _lossSum = 0;
        return figures;
    }

    private void SaveWeights(EpochFigures figures)
    {
        var notes = new Dictionary<string, string> { ["training"] = _settings.ToJson(), ["figures"] = $"{EpochFigures.CsvHeader}\n{figures.ToCsv()}" };
        new StereoSpikeWeights(_settings.Network, _module.ExportUsedWeights(), notes).Save(Path.Combine(_folder, BestWeights));
    }

    private void SaveCheckpoint() => new Checkpoint
    {
        Settings = _settings,
        Epoch = _epoch,
        BatchesDone = _batchesDone,
        Steps = _optimizer.Steps,
        LossSum = _lossSum,
        Best = _best,
        EpochsSinceBest = _epochsSinceBest,
        Seconds = _seconds,
        Tensors = _module.ExportWeights().Concat(_optimizer.ExportState()).Concat(_average?.ExportState() ?? new Dictionary<string, WeightTensor>()).ToDictionary(),
    }.Save(Path.Combine(_folder, LastCheckpoint));

    private void InitializeWeights()
    {
        int[] order = Order(-1);
        LabelledWindow[] busiest = [.. order.Take(_settings.ScalingSamples * 4)
            .Select(i => _training[i]).OrderByDescending(sample => sample.Window.Left.Length).Take(_settings.ScalingSamples)];
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Input(Batch.Of(busiest, _encoder, _settings.Network));
        if (_settings.Initialization == TrainingSettings.ScaledRates)
        {
            RateScaling.Apply(_module, input, layer => layer == "bottom" ? _settings.InitialBottomRate : _settings.InitialRate);
        }
        else
        {
            InitializationRecipe.Parse(_settings.Initialization, stepSeconds: 1, _settings.Seed).Apply(_module, input.unsqueeze(1));
        }
    }

    private static int StepsOf(int batches, TrainingSettings settings) => (batches + settings.AccumulatedBatches - 1) / settings.AccumulatedBatches;

    private static int Batches(TrainingSet training, TrainingSettings settings) => (training.Count + settings.BatchSize - 1) / settings.BatchSize;

    private Tensor Input(Batch batch) =>
        tensor(batch.Input, [batch.Size, _settings.Network.InputChannels, _settings.Network.Height, _settings.Network.Width]);

    private Batch Prepare(int[] order, int epoch, int batch)
    {
        IEnumerable<LabelledWindow> samples = order.Skip(batch * _settings.BatchSize).Take(_settings.BatchSize).Select(sample =>
            Augmentation.Vary(_training[sample], _settings.Augmentation, new Random(SampleSeed.Mix(_settings.Seed, epoch, sample))));
        return Batch.Of([.. samples], _encoder, _settings.Network);
    }

    private int[] Order(int epoch)
    {
        int[] order = [.. Enumerable.Range(0, _training.Count)];
        new Random(SampleSeed.Mix(_settings.Seed, epoch, -1)).Shuffle(order);
        return order;
    }
}
