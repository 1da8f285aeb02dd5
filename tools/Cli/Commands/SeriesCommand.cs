using System.CommandLine;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series train|evaluate|infer|study|generate|listen</c></summary>
internal static class SeriesCommand
{
    public static Option<string> Task { get; } = new("--task") { Description = $"What the series are: {string.Join(", ", SeriesTasks.Names)}.", Required = true };

    public static Option<string?> Question { get; } = new("--question") { Description = "What is asked, where a task knows several: for eeg seizure, sets or eyes; for traffic sessions or flows; for forecast hour or day. The first if left out." };

    public static Option<string?> Encoder { get; } = new("--encoder") { Description = "How inputs are made, where a task knows several: for eeg band-power or delta. The first if left out." };

    public static Option<string> Data { get; } = new("--data") { Description = "File or folder with the task's data; docs/series.md says what each task reads.", Required = true };

    public static Option<string> Weights { get; } = new("--weights") { Description = "weights.safetensors of series train.", Required = true };

    public static Option<string?> Split { get; } = new("--split") { Description = "How samples are split into those to learn from and those to be judged by; the task's usual way if left out, and a wrong name lists all." };

    public static Option<string?> Fold { get; } = new("--fold") { Description = "Which part of a split with several is judged, such as a speaker's name; the first if left out." };

    public static Command Make() =>
        new("series", "Time series with spiking networks: sound, internet traffic, EEG.")
        {
            SeriesTrainCommand.Make(), SeriesEvaluateCommand.Make(), SeriesInferCommand.Make(), SeriesStudyCommand.Make(), SeriesGenerateCommand.Make(), SeriesListenCommand.Make(),
        };
}
