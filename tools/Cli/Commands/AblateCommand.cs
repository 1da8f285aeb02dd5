using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Files;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike ablate</c></summary>
internal static class AblateCommand
{
    /// <summary>Folder of a benchmark set's training scenes.</summary>
    public const string TrainFolder = "train";

    /// <summary>Folder of a benchmark set's test scenes.</summary>
    public const string TestFolder = "test";

    private static readonly Option<string?> Data = new("--data") { Description = "A benchmark set: a folder with train and test, as stereospike simulate --benchmark writes it." };
    private static readonly Option<string> Out = new("--out") { Description = "Where runs, table.md and results.json belong; runs there are taken up again.", DefaultValueFactory = _ => Path.Combine("runs", "ablation") };
    private static readonly Option<string?> Variants = new("--variants") { Description = "Names joined by commas; all unless given." };
    private static readonly Option<string> Seeds = new("--seeds") { Description = "Seeds joined by commas.", DefaultValueFactory = _ => "1" };
    private static readonly Option<string> Preset = new("--preset") { Description = "The network unchanged and its training; see stereospike train --help.", DefaultValueFactory = _ => "sim-bench" };
    private static readonly Option<ConvolutionKind?> Kind = new("--kind") { Description = "dense or separable convolutions for all variants; the preset's unless given." };
    private static readonly Option<int?> Epochs = new("--epochs") { Description = "Passes over the data." };
    private static readonly Option<bool> List = new("--list") { Description = "Name the variants and stop." };

    public static Command Make()
    {
        var command = new Command("ablate", "Train variants of a network on one set and compare them on scenes that none has seen. Ctrl-C keeps all that is done.") { Data, Out, Variants, Seeds, Preset, Kind, Epochs, List };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(List))
        {
            Answer.Print(arguments, new JsonObject(AblationVariant.All.Select(variant => new KeyValuePair<string, JsonNode?>(variant.Name, variant.Purpose))));
            return Shell.Done;
        }

        AblationVariant[] variants = arguments.GetValue(Variants) is { } names ? [.. names.Split(',').Select(AblationVariant.Named)] : [.. AblationVariant.All];
        int[] seeds = [.. arguments.GetRequiredValue(Seeds).Split(',').Select(seed => int.TryParse(seed, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new ArgumentException($"\"{seed}\" is no seed; --seeds takes whole numbers joined by commas, such as 1,2,3."))];
        string data = arguments.GetValue(Data) ?? throw new ArgumentException("Name the benchmark set with --data; make one with stereospike simulate bench --benchmark.");
        CommonOptions.StartTorch(arguments);
        TrainingSettings settings = TrainingPresets.Named(arguments.GetRequiredValue(Preset));
        settings = settings with { Epochs = arguments.GetValue(Epochs) ?? settings.Epochs, Data = [Path.Combine(data, TrainFolder)], Network = settings.Network with { Kind = arguments.GetValue(Kind) ?? settings.Network.Kind } };
        string folder = arguments.GetRequiredValue(Out);
        AblationStudy study = Load(settings, data, folder, cancellation);
        (DepthReport constant, DepthReport mean) = study.Baselines();
        var scores = new List<AblationScore>();
        foreach ((AblationVariant variant, int seed) in seeds.SelectMany(seed => variants.Select(variant => (variant, seed))))
        {
            using (var progress = new TerminalProgress($"{variant.Name} ({seed})"))
            {
                scores.Add(study.Run(variant, seed, progress, cancellation));
            }

            Write(folder, scores, constant, mean);
        }

        if (arguments.GetValue(CommonOptions.Json))
        {
            Answer.Print(arguments, Results(scores, constant, mean));
        }
        else
        {
            Console.Write(File.ReadAllText(Path.Combine(folder, "table.md")));
        }

        return Shell.Done;
    }

    private static AblationStudy Load(TrainingSettings settings, string data, string folder, CancellationToken cancellation)
    {
        using var reading = new TerminalProgress("reading ");
        (TrainingSet training, TrainingSet validation) = TrainingSet.Load(RecordingFiles.OpenAll(settings.Data), settings, cache: null, reading, cancellation: cancellation);
        (TrainingSet test, _) = TrainingSet.Load(RecordingFiles.OpenAll([Path.Combine(data, TestFolder)]), settings with { ValidationShare = 0 }, cache: null, reading, cancellation: cancellation);
        return new AblationStudy(settings, training, validation, test, folder);
    }

    private static void Write(string folder, IReadOnlyList<AblationScore> scores, DepthReport constant, DepthReport mean)
    {
        string baselines = string.Create(
            CultureInfo.InvariantCulture,
            $"\nWithout looking at an event: best constant depth {constant.MeanDepthErrorCm:F1} cm, training set's mean depth map {mean.MeanDepthErrorCm:F1} cm.\n");
        WholeFile.WriteText(Path.Combine(folder, "table.md"), AblationScore.Table(scores) + baselines);
        WholeFile.WriteText(Path.Combine(folder, "results.json"), Results(scores, constant, mean).ToJsonString());
    }

    private static JsonObject Results(IReadOnlyList<AblationScore> scores, DepthReport constant, DepthReport mean) => new()
    {
        ["constant_depth_error_cm"] = Answer.Number(constant.MeanDepthErrorCm, 2),
        ["mean_depth_map_error_cm"] = Answer.Number(mean.MeanDepthErrorCm, 2),
        ["runs"] = new JsonArray([.. scores.Select(score => new JsonObject
        {
            ["variant"] = score.Variant,
            ["seed"] = score.Seed,
            ["mean_depth_error_cm"] = Answer.Number(score.MeanDepthErrorCm, 2),
            ["event_mean_disparity_error_px"] = Answer.Number(score.EventDisparityErrorPx, 3),
            ["event_one_pixel_accuracy"] = Answer.Number(score.EventOnePixelAccuracy, 4),
            ["firing_rate"] = Answer.Number(score.FiringRate, 4),
            ["training_depth_error_cm"] = Answer.Number(score.TrainingDepthErrorCm, 2),
            ["parameters"] = score.Parameters,
            ["seconds"] = Answer.Number(score.Seconds, 0),
        })]),
    };
}
