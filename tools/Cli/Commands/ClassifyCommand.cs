using System.CommandLine;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify train|evaluate|infer|demo</c></summary>
internal static class ClassifyCommand
{
    public static Option<string> Data { get; } = new("--data")
    {
        Description = "Folder with the four IDX files of MNIST or Fashion-MNIST (train-images-idx3-ubyte, …), plain or .gz.",
        Required = true,
    };

    public static Command Make()
    {
        var command = new Command("classify", "Images by the time of the first spike: every neuron fires at most once, and the first output to fire is the answer (S4NN and its family).")
        {
            ClassifyDemoCommand.Make(), ClassifyTrainCommand.Make(), ClassifyEvaluateCommand.Make(), ClassifyInferCommand.Make(),
        };
        return command;
    }
}
