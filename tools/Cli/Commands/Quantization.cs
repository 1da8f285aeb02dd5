using System.CommandLine;
using StereoSpike.Hardware;

namespace StereoSpike.Cli;

/// <summary>The options of verbs that run a network in integers.</summary>
internal static class Quantization
{
    public static Option<int> Bits { get; } = new("--bits") { Description = "Bits of a weight with its sign, 2 to 16.", DefaultValueFactory = _ => 8 };

    public static Option<int> MembraneBits { get; } = new("--membrane-bits") { Description = "Bits of a membrane potential, 12 to 32.", DefaultValueFactory = _ => 32 };

    public static Option<bool> Fold { get; } = new("--fold")
    {
        Description = "Multiply each depthwise convolution into the pointwise one behind it: the same network with more weights, and nothing but spikes between its layers.",
    };

    /// <summary>The settings that the options ask for.</summary>
    public static QuantizationSettings Settings(ParseResult arguments) => new()
    {
        WeightBits = arguments.GetValue(Bits),
        MembraneBits = arguments.GetValue(MembraneBits),
        FoldSeparable = arguments.GetValue(Fold),
    };

    /// <summary>Loads the network and turns it into integers.</summary>
    public static SimulatedEngine Start(ParseResult arguments)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights);
        return new SimulatedEngine(Deployment.Load(weights), Settings(arguments), weights);
    }
}
