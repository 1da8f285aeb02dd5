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
    private readonly Ranks _ranks;
    private readonly RunLock? _lock;   // this and the log are the first rank's alone
    private RunLog? _log;
    private readonly TrainingSettings _settings;
    private readonly TrainingSet _training;
    private readonly TrainingSet _validation;
    private readonly BatchPlan _batches;
    private readonly string _folder;
    private readonly IStereoEncoder _encoder;
    private readonly GraphModule _module;
    private readonly AdamOptimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly GradientExchange? _exchange;
    private readonly IWorkProgress? _progress;
    private int _epoch;
    private int _batchesDone;
    private double _lossSum;
    private double _best = double.PositiveInfinity;
    private int _epochsSinceBest;
    private double _seconds;

    private Trainer(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, GraphModule module, RunPlace place)
    {
        (_lock, _ranks, _progress) = (place.Lock, place.Ranks, place.Progress);
        _settings = settings;
        _training = training;
        _validation = validation;
        _folder = folder;
        _module = module;
        _encoder = EncoderCatalogue.Create(settings.Network.Encoder);
        _batches = new BatchPlan(settings, training, _encoder, _ranks);
        _optimizer = new AdamOptimizer(module);
        _average = settings.AverageDecay > 0 ? new WeightAverage(module, settings.AverageDecay) : null;
        _exchange = _ranks.Size > 1 ? new GradientExchange(module, _ranks) : null;
    }

    /// <summary>Name of the file that a run resumes from.</summary>
    public const string LastCheckpoint = "last.safetensors";

    /// <summary>Name of the file with the best weights.</summary>
    public const string BestWeights = "weights.safetensors";

    /// <summary>Name of the file with the training set's mean depth map, a baseline to beat: array <c>mean_depth</c>, shape [H,W], metres.</summary>
    public const string MeanDepthFile = "mean_depth.npz";

    /// <summary>The settings in force, the readout's offset and scale filled in.</summary>
    public TrainingSettings Settings => _settings;

    private int BatchesPerEpoch => _batches.PerEpoch;

    /// <summary>Starts a run: draws the weights and scales them on real windows so that every layer fires.</summary>
    /// <param name="settings">All settings.</param>
    /// <param name="training">What to learn from.</param>
    /// <param name="validation">What to choose the best weights by; may be empty.</param>
    /// <param name="folder">The run's folder; made if needed.</param>
    /// <param name="progress">Told the steps done, if given.</param>
    /// <param name="ranks">The processes that share the work, each with the same settings and samples; null for this one alone. Only the first touches the folder.</param>
    /// <exception cref="IOException">The folder holds a run already, another trainer works in it, or it cannot be written.</exception>
    /// <exception cref="InvalidDataException">The samples hold no events to scale the weights on, or the ranks disagree on settings or samples.</exception>
    public static Trainer Start(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, IWorkProgress? progress = null, Ranks? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(training);
        return RunPlace.Take(folder, progress, ranks, place =>
        {
            if (place.IsFirst && File.Exists(Path.Combine(folder, LastCheckpoint)))
            {
                throw new IOException($"{folder}: holds a run already. Go on with it (stereospike train --resume {folder}) or choose another folder.");
            }

            Trainer trainer = settings.InitialWeights is { } file
                ? FromWeights(settings, StereoSpikeWeights.Load(file), file, training, validation, folder, place)
                : FromScratch(settings, training, validation, folder, place);
            if (place.IsFirst)
            {
                WholeFile.WriteText(Path.Combine(folder, "settings.json"), trainer.Settings.ToJson());
                trainer._log = RunLog.Start(folder);
                RunOrigin.Here().Save(folder);
                training.WriteMeanDepth(Path.Combine(folder, MeanDepthFile));
                trainer.SaveCheckpoint();
            }

            trainer.Agree();
            return trainer;
        });
    }

    /// <summary>Takes a run up where its checkpoint stands.</summary>
    /// <param name="checkpoint">The checkpoint, loaded.</param>
    /// <param name="training">The same samples as before.</param>
    /// <param name="validation">The same samples as before.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Told the steps done, if given.</param>
    /// <param name="ranks">The processes that share the work, as many as like; null for this one alone.</param>
    /// <exception cref="IOException">Another trainer works in the folder.</exception>
    /// <exception cref="InvalidDataException">The checkpoint's tensors are not those of its settings, or its steps are not those of so many samples.</exception>
    public static Trainer Resume(Checkpoint checkpoint, TrainingSet training, TrainingSet validation, string folder, IWorkProgress? progress = null, Ranks? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(training);
        string path = Path.Combine(folder, LastCheckpoint);
        if (checkpoint.Steps != ((long)checkpoint.Epoch * BatchPlan.Steps(BatchPlan.Batches(training, checkpoint.Settings), checkpoint.Settings)) + BatchPlan.Steps(checkpoint.BatchesDone, checkpoint.Settings))
        {
            throw BadFile.Error(
                path, "state", $"stands at step {checkpoint.Steps}, batch {checkpoint.BatchesDone} of epoch {checkpoint.Epoch}, which {training.Count} samples in batches of {checkpoint.Settings.BatchSize} do not come to",
                "Resume with the very data that the run began with.");
        }

        NetworkGraph graph = StereoSpikeNetwork.Build(checkpoint.Settings.Network);
        var weights = checkpoint.Tensors.Where(tensor => !AdamOptimizer.Owns(tensor.Key) && !WeightAverage.Owns(tensor.Key)).ToDictionary();
        return RunPlace.Take(folder, progress, ranks, place =>
        {
            var trainer = new Trainer(checkpoint.Settings, training, validation, folder, new GraphModule(graph, weights, path, weightBits: checkpoint.Settings.WeightBits), place)
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
            trainer._log = place.IsFirst ? RunLog.Resume(folder, checkpoint.Epoch) : null;
            trainer.Agree();
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
            BatchPrefetch ahead = _batches.Ahead(_epoch, _batchesDone);
            while (_batchesDone < BatchesPerEpoch)
            {
                Learn(ahead.Next());
                if (!StepIsWhole())
                {
                    continue;   // gradients under way are in no checkpoint
                }

                bool cancelled = _ranks.Any(cancellation.IsCancellationRequested);   // all stop after the same step
                if (cancelled || Stopwatch.GetElapsedTime(sinceCheckpoint).TotalSeconds > SecondsBetweenCheckpoints)
                {
                    SaveCheckpoint();
                    sinceCheckpoint = Stopwatch.GetTimestamp();
                }

                if (cancelled)
                {
                    throw new OperationCanceledException(cancellation);
                }
            }

            figures = FinishEpoch();
            SaveCheckpoint();
        }

        if (figures is not null && _ranks.IsFirst)
        {
            RunReport.Write(_folder);
        }

        return figures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _exchange?.Dispose();
        _average?.Dispose();
        _optimizer.Dispose();
        _module.Dispose();
        _lock?.Dispose();
    }

    private static Trainer FromScratch(TrainingSettings settings, TrainingSet training, TrainingSet validation, string folder, RunPlace place)
    {
        settings = settings with { Network = ReadoutScaling.Fit(settings, training) };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings.Network);
        var trainer = new Trainer(settings, training, validation, folder, new GraphModule(graph, UniformInitialization.Draw(graph, settings.Seed), weightBits: settings.WeightBits), place);
        trainer.InitializeWeights();
        return trainer;
    }

    /// <summary>Goes on from trained weights, whose readout offset and scale they need.</summary>
    private static Trainer FromWeights(
        TrainingSettings settings, StereoSpikeWeights start, string file, TrainingSet training, TrainingSet validation, string folder, RunPlace place)
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
            ? new Trainer(settings with { Network = network }, training, validation, folder, new GraphModule(StereoSpikeNetwork.Build(network), start.Tensors, file, weightBits: settings.WeightBits), place)
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
            throw new InvalidDataException($"The loss is {value} at step {_optimizer.Steps}, epoch {_epoch}, on {_batches.Names(_epoch, _batchesDone)}. {LastCheckpoint} keeps the last good state; nothing of this step is in it. Start again with a smaller --learning-rate, or with --set clip_norm=1.");
        }

        int batchesInStep = BatchesInStep();
        _batchesDone++;
        _exchange?.Begin(last: StepIsWhole());
        (_settings.AccumulatedBatches == 1 ? loss : loss / batchesInStep).backward();
        _lossSum += value;
        if (StepIsWhole())
        {
            Step(progress);
        }

        _seconds += Stopwatch.GetElapsedTime(started).TotalSeconds;
        long done = ((long)_epoch * BatchesPerEpoch) + _batchesDone;
        _progress?.Report(done, (long)_settings.Epochs * BatchesPerEpoch, _log?.Note(_epoch, _lossSum / _batchesDone, batch.WholeSize));
    }

    private void Step(double progress)
    {
        _exchange?.Finish();
        if (_settings.ClipNorm > 0)
        {
            _optimizer.ClipGradients(_settings.ClipNorm);
        }

        _optimizer.Step(_settings.LearningRateAt(_epoch, progress));
        _average?.Add(_optimizer.Steps);
    }

    /// <summary>Whether the gradients of the batches done have all gone into steps.</summary>
    private bool StepIsWhole() => _batchesDone % _settings.AccumulatedBatches == 0 || _batchesDone == BatchesPerEpoch;

    /// <summary>How many batches the step under way sums up; an epoch's last one may have fewer.</summary>
    private int BatchesInStep() => Math.Min(_settings.AccumulatedBatches, BatchesPerEpoch - (_batchesDone / _settings.AccumulatedBatches * _settings.AccumulatedBatches));

    /// <summary>The loss of the whole batch, of which this rank has a share.</summary>
    private Tensor Loss(Batch batch)
    {
        var sums = new BatchSums(_ranks, batch.IsSpare);
        _module.SumOverBatch = _ranks.Size > 1 ? sums.OfActivations : null;
        using DisposeScope scope = NewDisposeScope();
        using GraphRun run = _module.Run(Input(batch));
        return RunLoss.Of(_settings, _module.Graph, run, batch, _ranks.Size > 1 ? sums.OfLoss : null).MoveToOuterDisposeScope();
    }

    /// <summary>Makes sure that all ranks go on from one state, the first one's: they computed it alike, but for rounding where their processors differ.</summary>
    private void Agree()
    {
        _ranks.RequireSame("settings or samples", $"{_settings.ToJson()} {_training.Count} {_validation.Count} {_epoch} {_batchesDone}");
        using IDisposable noGradient = no_grad();
        foreach (Tensor state in _module.Tensors.Values.Concat(_optimizer.State).Concat(_average?.State ?? []))
        {
            _ranks.Broadcast(state.bytes);
        }
    }

    private EpochFigures FinishEpoch()
    {
        Agree();
        _module.eval();
        using IDisposable? averages = _average?.Show();
        Validation? scores = _validation.Count > 0 ? Validation.Score(_module, _settings.Network, _encoder, _validation, _ranks) : null;
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
            SaveBest(figures, scores);
        }

        _log?.Add(figures, scores?.Layers ?? []);
        _epoch++;
        _batchesDone = 0;
        _lossSum = 0;
        return figures;
    }

    private void SaveBest(EpochFigures figures, Validation? scores)
    {
        if (!_ranks.IsFirst)
        {
            return;
        }

        var notes = new Dictionary<string, string> { ["training"] = _settings.ToJson(), ["figures"] = $"{EpochFigures.CsvHeader}\n{figures.ToCsv()}" };
        new StereoSpikeWeights(_settings.Network, _module.ExportUsedWeights(), notes).Save(Path.Combine(_folder, BestWeights));
        if (scores is not null)
        {
            ExampleFile.Write(_folder, scores.Examples);
        }
    }

    private void SaveCheckpoint()
    {
        if (!_ranks.IsFirst)
        {
            return;
        }

        new Checkpoint
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
    }

    private void InitializeWeights()
    {
        int[] order = _batches.Order(-1);
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

    private Tensor Input(Batch batch) =>
        tensor(batch.Input, [batch.Size, _settings.Network.InputChannels, _settings.Network.Height, _settings.Network.Width]);
}
