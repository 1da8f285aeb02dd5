using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike export onnx FILE --weights FILE</c></summary>
internal static class ExportCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "The file to write." };

    private static readonly Option<bool> Whole = new("--whole") { Description = "Write the part that upsamples, too." };

    public static Command Make()
    {
        var command = new Command("export", "Write a trained network for other systems.");
        command.Add(Kind("onnx", "An ONNX model: event counts [N,C,H,W] in, potential and depth out, any batch. The spikes are the same.", static (path, weights) =>
        {
            OnnxExport.Write(path, weights);
            return [];
        }));
        var c = new Command("c", "A C header of the integer network with a plain loop that gives the same bits: to port, and to test a port against.") { File, Deployment.Weights, Quantization.Bits, Quantization.MembraneBits, Quantization.Fold, Quantization.Calibrate, Quantization.CalibrationWindows };
        c.SetAction(WriteC);
        command.Add(c);
        var nir = new Command("nir", "A NIR graph for other frameworks: the network up to where it upsamples, which NIR cannot say; --whole writes that, too, with an extension that only this program reads.")
        {
            File, Deployment.Weights, Whole, Quantization.Fold,
        };
        nir.SetAction(WriteNir);
        command.Add(nir);
        return command;
    }

    private static int WriteC(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(File);
        using SimulatedEngine engine = Quantization.Start(arguments);
        IntegerProgram program = engine.Program;
        CExport.Write(path, program);
        Answer.Print(arguments, new JsonObject { ["file"] = path, ["bytes"] = new FileInfo(path).Length, ["bits"] = program.Settings.WeightBits, ["input_maximum"] = program.InputMaximum });
        return Shell.Done;
    }

    private static int WriteNir(ParseResult arguments)
    {
        string path = arguments.GetRequiredValue(File);
        StereoSpikeWeights weights = Deployment.Load(arguments.GetRequiredValue(Deployment.Weights));
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);
        IReadOnlyDictionary<string, WeightTensor> tensors = weights.Tensors;
        if (arguments.GetValue(Quantization.Fold))
        {
            (graph, tensors) = (SeparableFolding.Fold(graph), SeparableFolding.Fold(graph, tensors));
        }

        IReadOnlyList<string> left = NirExport.Write(path, graph, tensors, weights.Settings.WindowUs * 1e-6, arguments.GetValue(Whole));
        Answer.Print(arguments, new JsonObject
        {
            ["file"] = path,
            ["bytes"] = new FileInfo(path).Length,
            ["left_out"] = new JsonArray([.. left.Select(node => (JsonNode)node)]),
            ["needs_type_check_off"] = graph.Nodes.Any(node => node.Operation is ConvolutionOperation { Groups: > 1 }),
        });
        return Shell.Done;
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
