using System.CommandLine;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify train|evaluate|infer|cross-validate|demo</c></summary>
internal static class ClassifyCommand
{
    public static Option<string> Data { get; } = new("--data")
    {
        Description = "Folder with the four IDX files of MNIST or Fashion-MNIST (train-images-idx3-ubyte, …), plain or .gz; for ttfs also N-MNIST's (Train/0 … Test/9, or recordings and lists).",
        Required = true,
    };

    public static Command Make()
    {
        var command = new Command("classify", "Images by the time of the first spike: every neuron fires at most once (S4NN and its family, and convolutions trained by surrogate gradients).")
        {
            ClassifyDemoCommand.Make(), ClassifyTrainCommand.Make(), ClassifyEvaluateCommand.Make(), ClassifyInferCommand.Make(), ClassifyFoldsCommand.Make(),
        };
        return command;
    }

    /// <summary>Reads images, or recordings as images.</summary>
    public static LabelledImages Load(ParseResult arguments, ImageSplit split)
    {
        string folder = arguments.GetRequiredValue(Data);
        if (!LabelledRecordings.AreIn(folder))
        {
            return LabelledImages.Load(folder, split);
        }

        return arguments.GetValue(LatencyFiles.Method) == ClassifyMethod.Ttfs
            ? LabelledRecordings.Load(folder, split)
            : throw new ArgumentException($"{folder} holds recordings, whose parts and polarities are channels; only --method ttfs takes more than one.");
    }
}
