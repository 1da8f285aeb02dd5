using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify evaluate --method M --weights FILE --data FOLDER</c></summary>
internal static class ClassifyEvaluateCommand
{
    private static readonly Option<ImageSplit> Split = new("--split") { Description = "test or train.", DefaultValueFactory = _ => ImageSplit.Test };
    private static readonly Option<string?> Pictures = new("--out") { Description = "Folder for confusion.png; no picture if left out." };

    public static Command Make()
    {
        var command = new Command("evaluate", "Score a network. accuracy_inclusive counts a tie as right if the class is among the first outputs, as S4NN's own code does; accuracy_strict counts a tie of k as 1/k.")
        {
            LatencyFiles.Method, LatencyFiles.Weights, ClassifyCommand.Data, LatencyFiles.Threshold, LatencyFiles.OutputThreshold, LatencyFiles.Steps, LatencyFiles.Ramp, LatencyFiles.LabelOrder, Split, Pictures,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        LabelledImages images = ClassifyCommand.Load(arguments, arguments.GetValue(Split));
        JsonObject result;
        ClassificationScore score;
        if (arguments.GetValue(LatencyFiles.Method) == ClassifyMethod.Ttfs)
        {
            result = TtfsRuns.Evaluate(TtfsRuns.Load(arguments.GetRequiredValue(LatencyFiles.Weights), images), images, out score, cancellation);
        }
        else
        {
            (score, double seconds) = LatencyFiles.Score(LatencyFiles.Load(arguments, images), images, cancellation);
            result = LatencyFiles.Result(score, seconds);
        }

        if (arguments.GetValue(Pictures) is { } folder)
        {
            string path = Path.Combine(folder, "confusion.png");
            ConfusionPicture.Draw(score).Save(path);
            result["confusion"] = path;
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }
}
