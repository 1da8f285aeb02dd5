using System.CommandLine;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

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

    public static Option<string?> Calibrate { get; } = new("--calibrate")
    {
        Description = "Set thresholds on windows of this recording, so that each channel fires as often as in float. Take another recording than the one that is scored; \"sim:room?seed=900\" will do.",
    };

    public static Option<int> CalibrationWindows { get; } = new("--calibration-windows") { Description = "Windows of --calibrate to take, at equal distances.", DefaultValueFactory = _ => 8 };

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
        string path = arguments.GetRequiredValue(Deployment.Weights);
        return Start(arguments, Deployment.Load(path), Settings(arguments), path);
    }

    /// <summary>Turns a network into integers, with thresholds set on samples where the options ask for it.</summary>
    public static SimulatedEngine Start(ParseResult arguments, StereoSpikeWeights weights, QuantizationSettings settings, string path)
    {
        var engine = new SimulatedEngine(weights, settings, path);
        if (arguments.GetValue(Calibrate) is not { } source)
        {
            return engine;
        }

        using IStereoRecording recording = RecordingFiles.Open(source, calibrationFolder: null);
        IReadOnlyList<float[]> inputs = RecordedInputs.Spread(recording, weights.Settings, arguments.GetValue(CalibrationWindows), path);
        using var original = new EventEngine(weights, arguments.GetValue(CommonOptions.Threads), path);
        using var progress = new TerminalProgress("thresholds");
        return new SimulatedEngine(weights.Settings, ThresholdCalibration.Apply(engine.Program, inputs, original, (done, all) => progress.Report(done, all)));
    }
}
