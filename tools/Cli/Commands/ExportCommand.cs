using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike export onnx FILE --weights FILE</c></summary>
internal static class ExportCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "The file to write." };

    public static Command Make()
    {
        var command = new Command("export", "Write a trained network for other systems.");
        command.Add(Kind("onnx", "An ONNX model: event counts [N,C,H,W] in, potential and depth out, any batch. The spikes are the same.", static (path, weights) =>
        {
            OnnxExport.Write(path, weights);
            return [];
        }));
        return command;
    }

    private static Command Kind(string name, string description, Func<string, StereoSpikeWeights, JsonObject> write)
    {
        var command = new Command(name, description) { File, Deployment.Weights };
        command.SetAction(arguments =>
        {
            string path = arguments.GetRequiredValue(File);
            JsonObject result = write(path, Deployment.Load(arguments.GetRequiredValue(Deployment.Weights)));
            result.Insert(0, "file", path);
            result.Insert(1, "bytes", new FileInfo(path).Length);
            Answer.Print(arguments, result);
            return Shell.Done;
        });
        return command;
    }
}
