using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike prepare mvsec|dsec|simulated SOURCE… --out FOLDER</c></summary>
internal static class PrepareCommand
{
    private static readonly Argument<string[]> Recordings = new("RECORDINGS") { Description = "Folders of recordings in MVSEC layout, or single X_data.hdf5 files.", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string[]> Sequences = new("SEQUENCES") { Description = "Folders of DSEC sequences.", Arity = ArgumentArity.OneOrMore };
    private static readonly Argument<string[]> Scenes = new("SCENES") { Description = "Simulated sets: \"sim:room?rig=mvsec&scenes=100&seconds=1&seed=1\".", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Out = new("--out") { Description = "The folder; what is in it already and unchanged is not made again.", Required = true };
    private static readonly Option<int?> Split = new("--split") { Description = "Tulyakov's split of indoor_flying: 1, 2 or 3, the sequence that is tested. Without it all recordings are taken and the run splits them." };
    private static readonly Option<ValidationRule> Rule = new("--validation")
    {
        Description = "Of the tested sequence, what validates. tulyakov: the 200 labels drawn as published. blocked: its first 200 labels, then a second of neither.",
        DefaultValueFactory = _ => ValidationRule.Tulyakov,
    };

    private static readonly Option<double> WindowMs = new("--window-ms") { Description = "Length of a window of events, ms.", DefaultValueFactory = _ => 50 };
    private static readonly Option<int> LabelStride = new("--label-stride") { Description = "Take every so many-th label.", DefaultValueFactory = _ => 1 };
    private static readonly Option<bool> MirrorTruths = new("--mirror-truths") { Description = "Keep the depths too that horizontal_flip and time_mirror need." };

    /// <summary>What a fleet may set: a recording is prepared by itself, so there is no split.</summary>
    public static IReadOnlyList<Option> Settings { get; } = [WindowMs, LabelStride, MirrorTruths];

    public static Command Make()
    {
        var command = new Command("prepare", "Cut recordings or simulated scenes into samples once, for training runs that stream them from disk in bounded memory (train --data FOLDER).")
        {
            Kind("mvsec", "Recordings in MVSEC layout, split by name or not.", Recordings, Split, Rule),
            Kind("dsec", "DSEC sequences.", Sequences),
            Kind("simulated", "Scenes that are simulated now.", Scenes),
        };
        return command;
    }

    private static Command Kind(string name, string description, Argument<string[]> sources, params Option[] more)
    {
        var command = new Command(name, description) { sources, Out, WindowMs, LabelStride, MirrorTruths };
        foreach (Option option in more)
        {
            command.Add(option);
        }

        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Answer.Of(arguments, Work, cancellation)));
        return command;
    }

    /// <summary>The kind that a source belongs to: the word after <c>prepare</c>.</summary>
    public static string KindOf(string source) => source.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal) ? "simulated" : DsecRecording.IsSequence(source) ? "dsec" : "mvsec";

    /// <summary>Prepares, and returns what the command prints.</summary>
    public static JsonObject Work(ParseResult arguments, Stage stage, CancellationToken cancellation)
    {
        bool simulated = arguments.GetResult(Scenes) is not null;
        string[] names = arguments.GetRequiredValue(simulated ? Scenes : arguments.GetResult(Sequences) is not null ? Sequences : Recordings);
        if (names.FirstOrDefault(name => name.StartsWith(SimulatedSet.Prefix, StringComparison.Ordinal) != simulated) is { } misplaced)
        {
            throw new ArgumentException(simulated
                ? $"{misplaced}: is no simulated set, which starts with {SimulatedSet.Prefix}. Recordings belong to stereospike prepare mvsec or dsec."
                : $"{misplaced}: is a simulated set and belongs to stereospike prepare simulated.");
        }

        IReadOnlyList<RecordingSource> sources = RecordingFiles.OpenAll(names);
        DataSplit? split = arguments.GetValue(Split) is { } number ? MvsecSplit.IndoorFlying(number, arguments.GetValue(Rule)) : null;
        string folder = arguments.GetRequiredValue(Out);
        var settings = new SampleSettings
        {
            Sensor = SensorOf(sources[0], simulated ? names[0] : null),
            WindowUs = (long)(arguments.GetValue(WindowMs) * 1000),
            LabelStride = arguments.GetValue(LabelStride),
            RightTruth = arguments.GetValue(MirrorTruths),
            StartTruth = arguments.GetValue(MirrorTruths),
        };
        PreparedSet set;
        using (TerminalProgress progress = stage("preparing"))
        {
            set = PreparedSet.Make(folder, sources, settings, split, progress, cancellation);
        }

        return new JsonObject
        {
            ["out"] = folder,
            ["split"] = set.Split,
            ["recordings"] = set.Recordings.Count,
            ["samples"] = set.Recordings.Sum(recording => recording.Samples),
            ["skipped_labels"] = set.Recordings.Sum(recording => recording.SkippedLabels),
            ["megabytes"] = Answer.Number(set.Recordings.Sum(recording => new FileInfo(Path.Combine(folder, recording.File)).Length) / 1e6, 1),
        };
    }

    private static SensorSize SensorOf(RecordingSource source, string? simulated)
    {
        if (simulated is not null)
        {
            return SimulatedSet.Parse(simulated).Sensor;
        }

        using IStereoRecording recording = source.Open();
        return recording.Rig.Sensor;
    }
}
