using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify infer --method M --weights FILE --data FOLDER --image N</c></summary>
internal static class ClassifyInferCommand
{
    private static readonly Option<int> Image = new("--image") { Description = "Which test image, from 0.", DefaultValueFactory = _ => 0 };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder for raster.png: who fired when; no picture if left out." };

    public static Command Make()
    {
        var command = new Command("infer", "Classify one test image, and show which neuron fired when.")
        {
            LatencyFiles.Method, LatencyFiles.Weights, ClassifyCommand.Data, LatencyFiles.Threshold, LatencyFiles.OutputThreshold, LatencyFiles.Steps, LatencyFiles.Ramp, LatencyFiles.LabelOrder, Image, Out,
        };
        command.SetAction((arguments, _) => MainThread.RunAsync(() => Run(arguments)));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        LabelledImages images = ClassifyCommand.Load(arguments, ImageSplit.Test);
        int index = Guard.Within(arguments.GetValue(Image), 0, images.Count - 1, "--image");
        JsonObject result = arguments.GetValue(LatencyFiles.Method) == ClassifyMethod.Ttfs
            ? TtfsRuns.Show(TtfsRuns.Load(arguments.GetRequiredValue(LatencyFiles.Weights), images), images, index, arguments.GetValue(Out))
            : Show(LatencyFiles.Load(arguments, images), images, index, arguments.GetValue(Out));
        Answer.Print(arguments, result);
        return Shell.Done;
    }

    /// <summary>Runs the whole window on one image, and draws it if a folder is given.</summary>
    public static JsonObject Show(LatencyWeights weights, LabelledImages images, int index, string? folder)
    {
        var reader = new LatencyReader(weights);
        ReadOnlySpan<StereoSpike.Model.TimedSpike> spikes = reader.Encode(images.Image(index));
        LatencyDecision decision = reader.Network.Run(spikes);
        IReadOnlyList<int> order = weights.Settings.LabelOrder;
        int decided = order[decision.Output];
        var result = new JsonObject
        {
            ["image"] = index,
            ["label"] = images.Labels[index],
            ["decision"] = decided,
            ["tied_with"] = new JsonArray([.. Enumerable.Range(0, order.Count).Where(o => o != decision.Output && decision.Includes(o)).Select(o => (JsonNode)order[o])]),
            ["decision_step"] = decision.Step,
            ["margin_steps"] = FirstSpikeReadout.MarginSteps(reader.Network.OutputTimes),
            ["silent"] = decision.Silent,
            ["output_steps"] = new JsonArray([.. reader.Network.OutputTimes.ToArray().Select(time => (JsonNode)(int)time)]),
        };
        if (folder is not null)
        {
            string path = Path.Combine(folder, "raster.png");
            SpikeRaster.Draw(reader.Network, spikes, images.Image(index), decision, $"Image {index}: a {images.Labels[index]}, taken for a {decided}").Save(path);
            result["raster"] = path;
        }

        return result;
    }
}
