using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike series infer --task T --weights FILE --input FILE</c></summary>
internal static class SeriesInferCommand
{
    private static readonly Option<string> Input = new("--input") { Description = "A file of the task's kind, such as a WAV.", Required = true };
    private static readonly Option<string?> Out = new("--out") { Description = "Folder for a picture of each input: what went in, who fired when, how the outputs' potentials went; none if left out." };

    public static Command Make()
    {
        var command = new Command("infer", "Say what one file is.")
        {
            SeriesCommand.Task, SeriesCommand.Weights, Input, Out,
        };
        command.SetAction((arguments, _) => Task.Run(() => Run(arguments), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments)
    {
        (SeriesNetwork network, ISeriesTask task, _) = SeriesFigures.Load(arguments);
        SeriesTrace trace = network.Trace();
        var answers = new JsonArray();
        foreach ((string name, float[] input) in task.Encode(arguments.GetRequiredValue(Input)))
        {
            network.Forward(input, trace);
            var answer = new JsonObject { ["input"] = name };
            if (network.Settings.IsClassifier)
            {
                answer["decision"] = network.Settings.Outputs[trace.Decision];
                answer["confidence"] = Answer.Number(trace.Confidence, 4);
            }
            else
            {
                answer["values"] = new JsonArray([.. task.Predict(input, trace.Scores).Select(value => Answer.Number(value, 4))]);
            }

            answer["activity"] = Answer.Number(Enumerable.Range(0, network.Settings.Layers.Count).Select(trace.Activity).DefaultIfEmpty().Average(), 4);
            if (arguments.GetValue(Out) is { } folder)
            {
                string path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{answers.Count}.png");
                SeriesPicture.Draw(network.Settings, input, trace, network.Settings.IsClassifier ? $"{name}: taken for \"{network.Settings.Outputs[trace.Decision]}\"" : name).Save(path);
                answer["picture"] = path;
            }

            answers.Add(answer);
        }

        Answer.Print(arguments, new JsonObject { ["answers"] = answers });
        return Shell.Done;
    }
}
