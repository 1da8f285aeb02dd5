using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike train</c></summary>
internal static class TrainCommand
{
    private static readonly Option<string> Preset = new("--preset")
    {
        Description = "Where the settings start: " + string.Join("; ", TrainingPresets.Purposes.Select(pair => $"{pair.Key} – {pair.Value}")) + ".",
        DefaultValueFactory = _ => "sim-small",
    };

    private static readonly Option<string[]> Data = new("--data")
    {
        Description = "Folders of recordings in MVSEC layout, single X_data.hdf5 files, one folder made by stereospike prepare, or simulated sets: \"sim:boxes?rig=davis240&scenes=400&seconds=0.8&seed=1&truth=per-event\".",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Out = new("--out") { Description = "The run's folder: weights.safetensors (best on validation), last.safetensors (to resume), log.csv, settings.json." };
    private static readonly Option<string?> Resume = new("--resume") { Description = "Go on with the run in this folder; no other option is needed." };
    private static readonly Option<string?> SettingsFile = new("--settings") { Description = "A settings.json to take instead of a preset." };
    private static readonly Option<string?> Init = new("--init") { Description = "Weights to start from, of the same network, or one that ships: mvsec or davis240; sensor size, window and rig may differ. Fresh ones if left out." };
    private static readonly Option<int?> QuantizeBits = new("--quantize-bits")
    {
        Description = "Compute with weights rounded to so many bits, 2 to 16, while the real ones learn (straight-through estimator); weights.safetensors then holds rounded weights, for quantize, chip and export. Best from trained weights: --init.",
    };
    private static readonly Option<string?> Initialization = new("--initialization") { Description = $"How weights start: rates (drawn, then scaled until each layer fires), {InitializationRecipe.Grammar}." };
    private static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over the data." };
    private static readonly Option<int?> Batch = new("--batch") { Description = "Samples a step; under mpirun or srun, of each rank." };
    private static readonly Option<double?> LearningRate = new("--learning-rate") { Description = "Adam's step." };
    private static readonly Option<double?> Channels = new("--channels") { Description = "Channel multiplier; 1 is the paper's 32 to 512 channels." };
    private static readonly Option<ConvolutionKind?> Kind = new("--kind") { Description = "dense (5×5, arXiv v2) or separable (7×7, journal)." };
    private static readonly Option<NeuronKind?> Neuron = new("--neuron") { Description = "if, lif or plif." };
    private static readonly Option<int?> Width = new("--width") { Description = "Sensor columns; the preset's unless given." };
    private static readonly Option<int?> Height = new("--height") { Description = "Sensor rows; the preset's unless given." };
    private static readonly Option<int?> Downsample = new("--downsample") { Description = "Sum the input over N×N blocks first; heads answer at full size." };
    private static readonly Option<string?> Encoder = new("--encoder") { Description = "histogram, voxel, time-surface or coincidence, with settings: coincidence:disparities=32,step=1." };
    private static readonly Option<string?> FrontEnd = new("--front-end") { Description = "What stands before the network: coincidence (AND neurons over 32 disparities, docs/concepts.md), coincidence:disparities=20, or none (StereoSpike as published: polarity counts alone)." };
    private static readonly Option<double?> WindowMs = new("--window-ms") { Description = "Length of a window of events, ms." };
    private static readonly Option<DepthUnit?> Unit = new("--unit") { Description = "What the readout learns: metres, logmetres or disparitypx." };
    private static readonly Option<LossKind?> Loss = new("--loss") { Description = "eventweighted (absolute, where events are) or paper." };
    private static readonly Option<float?> Background = new("--background-weight") { Description = "Weight of pixels without events in the eventweighted loss, 0..1." };
    private static readonly Option<float?> Edges = new("--edge-weight") { Description = "Weight of edges in the eventweighted loss; 0 where truth is sparse." };
    private static readonly Option<float?> Penalty = new("--penalty") { Description = "β of the spike penalty; 0.5 in the paper." };
    private static readonly Option<float?> TargetRate = new("--target-rate") { Description = "Mean firing rate above which the network pays, such as 0.05; 0 for none." };
    private static readonly Option<float?> RateFloor = new("--rate-floor") { Description = "Firing rate below which a layer pays, such as 0.03." };
    private static readonly Option<string?> Heads = new("--heads") { Description = "Prediction heads in use, 1 (finest) to 4 (coarsest): 1,2,3,4." };
    private static readonly Option<bool> NoSkips = new("--no-skips") { Description = "The decoder does without the encoder's spikes." };
    private static readonly Option<bool> Monocular = new("--monocular") { Description = "The left camera alone: shows what the right one is worth." };
    private static readonly Option<ActivationKind?> Twin = new("--twin") { Description = "The analog twin: sigmoid, tanh or leakyrelu for neurons, with batch normalisation and biases." };
    private static readonly Option<int?> Accumulate = new("--accumulate") { Description = "Batches whose gradients make one step." };
    private static readonly Option<int?> Patience = new("--patience") { Description = "Stop after so many epochs without a better validation score; 0 to go on." };
    private static readonly Option<int?> LabelStride = new("--label-stride") { Description = "Take every so many-th label." };

    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "Any other setting, named as in a run's settings.json: --set clip_norm=1 network.tau_steps=2 layer_penalties.bottom=0.1 average_decay=0.999.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Make()
    {
        var command = new Command("train", "Train a network on recordings with depth, or on simulated scenes. Ctrl-C keeps all that is done; --resume goes on. Under mpirun or srun all ranks train one network (docs/scale.md).")
        {
            Preset, Data, Out, Resume, SettingsFile, Init, Initialization, QuantizeBits, Epochs, Batch, LearningRate, Channels, Kind, Neuron, Width, Height, Downsample, Encoder, FrontEnd, WindowMs, Unit, Loss, Background, Edges, Penalty, TargetRate, RateFloor, Heads, NoSkips, Monocular, Twin, Accumulate, Patience, LabelStride, Set, TrainingSamples.Cache,
        };
        command.SetAction((arguments, cancellation) => RankedCommand.RunAsync(arguments, ranks => Run(arguments, ranks, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, Ranks ranks, CancellationToken cancellation)
    {
        CommonOptions.StartTorch(arguments, ranks);
        string? resumed = arguments.GetValue(Resume);
        Checkpoint? checkpoint = resumed is null ? null : Checkpoint.Load(Path.Combine(resumed, Trainer.LastCheckpoint), ranks);
        TrainingSettings settings = checkpoint?.Settings ?? SettingsOf(arguments, ranks);
        string folder = resumed ?? arguments.GetValue(Out) ?? throw new ArgumentException("Name the run's folder with --out RUN, or go on with one by --resume RUN.");

        TrainingSet training, validation;
        using (TerminalProgress? reading = ranks.IsFirst ? new TerminalProgress("reading ") : null)
        {
            (training, validation) = TrainingSamples.Load(settings, arguments.GetValue(TrainingSamples.Cache), reading, ranks, cancellation);
        }

        using TerminalProgress? progress = ranks.IsFirst ? new TerminalProgress("training") : null;
        using Trainer trainer = checkpoint is null
            ? Trainer.Start(settings, training, validation, folder, progress, ranks)
            : Trainer.Resume(checkpoint, training, validation, folder, progress, ranks);
        EpochFigures? figures = trainer.Run(cancellation);
        if (ranks.IsFirst)
        {
            Answer.Print(arguments, Result(folder, training.Count, validation.Count, training.Tally, figures, ranks));
        }

        return Shell.Done;
    }

    private static JsonObject Result(string folder, int training, int validation, SampleTally tally, EpochFigures? figures, Ranks ranks)
    {
        var result = new JsonObject { ["run"] = folder, ["training_samples"] = training, ["validation_samples"] = validation, ["skipped_labels"] = tally.Skipped };
        if (ranks.Size > 1)
        {
            result["ranks"] = ranks.Size;
        }

        if (figures is not null)
        {
            result["epoch"] = figures.Epoch;
            result["steps"] = figures.Steps;
            result["training_loss"] = Answer.Number(figures.TrainingLoss);
            result["mean_depth_error_cm"] = Answer.Number(figures.MeanDepthErrorCm, 2);
            result["event_mean_disparity_error_px"] = Answer.Number(figures.MeanDisparityErrorPx, 3);
            result["event_one_pixel_accuracy"] = Answer.Number(figures.OnePixelAccuracy, 4);
            result["firing_rate"] = Answer.Number(figures.FiringRate, 4);
            result["seconds"] = Answer.Number(figures.Seconds, 0);
        }

        return result;
    }

    private static TrainingSettings SettingsOf(ParseResult arguments, Ranks ranks)
    {
        TrainingSettings start = arguments.GetValue(SettingsFile) is { } file
            ? TrainingSettings.FromJson(File.ReadAllText(file), file)
            : TrainingPresets.Named(arguments.GetRequiredValue(Preset));
        string[] data = arguments.GetValue(Data) ?? [];
        StereoSpikeSettings network = start.Network;
        string encoder = arguments.GetValue(Encoder) ?? FrontEndOf(arguments) ?? network.Encoder;
        encoder = arguments.GetValue(Monocular) ? EncoderCatalogue.Monocular(encoder) : encoder;
        TrainingSettings settings = start with
        {
            Data = data.Length > 0 ? data : start.Data.Count > 0 ? start.Data : throw new ArgumentException("Name what to train on with --data; see stereospike train --help."),
            Initialization = arguments.GetValue(Initialization) ?? start.Initialization,
            InitialWeights = (arguments.GetValue(Init) is { } init ? Deployment.Resolve(init) : null) ?? start.InitialWeights,
            WeightBits = arguments.GetValue(QuantizeBits) ?? start.WeightBits,
            Seed = arguments.GetValue(CommonOptions.Seed),
            Epochs = arguments.GetValue(Epochs) ?? start.Epochs,
            AccumulatedBatches = arguments.GetValue(Accumulate) ?? start.AccumulatedBatches,
            PatienceEpochs = arguments.GetValue(Patience) ?? start.PatienceEpochs,
            BatchSize = (arguments.GetValue(Batch) ?? start.BatchSize) * ranks.Size,
            LearningRate = arguments.GetValue(LearningRate) ?? start.LearningRate,
            Loss = arguments.GetValue(Loss) ?? start.Loss,
            BackgroundWeight = arguments.GetValue(Background) ?? start.BackgroundWeight,
            EdgeWeight = arguments.GetValue(Edges) ?? start.EdgeWeight,
            PenaltyWeight = arguments.GetValue(Penalty) ?? start.PenaltyWeight,
            TargetRate = arguments.GetValue(TargetRate) ?? start.TargetRate,
            RateFloor = arguments.GetValue(RateFloor) ?? start.RateFloor,
            LabelStride = arguments.GetValue(LabelStride) ?? start.LabelStride,
            Network = network with
            {
                Channels = arguments.GetValue(Channels) ?? network.Channels,
                Kind = arguments.GetValue(Kind) ?? network.Kind,
                Neuron = arguments.GetValue(Neuron) ?? network.Neuron,
                Width = arguments.GetValue(Width) ?? network.Width,
                Height = arguments.GetValue(Height) ?? network.Height,
                Heads = arguments.GetValue(Heads) is { } heads ? HeadsOf(heads) : network.Heads,
                Skips = network.Skips && !arguments.GetValue(NoSkips),
                Twin = arguments.GetValue(Twin) ?? network.Twin,
                Downsample = arguments.GetValue(Downsample) ?? network.Downsample,
                Unit = arguments.GetValue(Unit) ?? network.Unit,
                WindowUs = arguments.GetValue(WindowMs) is { } ms ? (long)(ms * 1000) : network.WindowUs,
                Encoder = encoder,
                InputChannels = EncoderCatalogue.Create(encoder).Channels,
            },
        };
        return (arguments.GetValue(Set) ?? []).Aggregate(settings, (changed, assignment) => changed.With(assignment));
    }

    private static string? FrontEndOf(ParseResult arguments) => arguments.GetValue(FrontEnd) switch
    {
        null => null,
        "none" => "histogram",
        var name when name.Split(':')[0] == "coincidence" => EncoderCatalogue.Create(name).Name,
        var name => throw new ArgumentException($"\"{name}\" is no front end; --front-end takes coincidence, with settings if you like (coincidence:disparities=20,step=1), or none."),
    };

    private static int[] HeadsOf(string text) => [.. text.Split(',').Select(head => int.TryParse(head, out int number)
        ? number
        : throw new ArgumentException($"--heads takes numbers of heads joined by commas, such as 1,2,3,4; not \"{text}\"."))];
}
