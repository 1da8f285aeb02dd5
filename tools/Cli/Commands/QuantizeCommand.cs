using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike quantize RECORDING --weights FILE</c></summary>
internal static class QuantizeCommand
{
    private static readonly Option<string> Widths = new("--widths") { Description = "Bits of a weight to try, separated by commas.", DefaultValueFactory = _ => "16,8,6,4" };
    private static readonly Option<int> Every = new("--every") { Description = "Score every N-th labelled window.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string?> Out = new("--out") { Description = "Also write the network with weights rounded to --bits (.safetensors), for any engine." };

    public static Command Make()
    {
        var command = new Command("quantize", "What rounding a network's weights to a few bits costs in depth error: the integer network at several widths beside the float network.")
        {
            Deployment.Recording, Deployment.Weights, Deployment.Calibration, Every, Widths, Out, Quantization.Bits, Quantization.MembraneBits, Quantization.Fold, Quantization.Calibrate, Quantization.CalibrationWindows,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        string path = arguments.GetRequiredValue(Deployment.Weights);
        StereoSpikeWeights weights = Deployment.Load(path);
        int[] widths = [.. arguments.GetRequiredValue(Widths).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) ? bits : throw new ArgumentException($"--widths {arguments.GetRequiredValue(Widths)}: \"{text}\" is no number of bits."))];
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        if (recording.LabelTimesUs.Count == 0)
        {
            throw new ArgumentException($"{recording.Name}: it has no depth to score against; quantize needs a labelled recording.");
        }

        if (arguments.GetValue(Quantization.Fold) && arguments.GetValue(Out) is not null)
        {
            throw new ArgumentException("--out writes a network of the same layers, and --fold makes others of them: give one of the two.");
        }

        if (arguments.GetValue(Quantization.Calibrate) is not null && arguments.GetValue(Out) is not null)
        {
            throw new ArgumentException("--out writes weights, and --calibrate changes thresholds, which that file does not hold: give one of the two.");
        }

        var rows = new JsonArray();
        using (IDepthEngine engine = EngineCatalogue.Make(EngineCatalogue.Names[0], weights, arguments.GetValue(CommonOptions.Threads), path))
        {
            rows.Add(Row("float32", recording, engine, arguments, cancellation));
        }

        foreach (int bits in widths)
        {
            using var engine = Quantization.Start(arguments, weights, Quantization.Settings(arguments) with { WeightBits = bits }, path);
            rows.Add(Row($"int{bits}", recording, engine, arguments, cancellation));
        }

        var result = new JsonObject { ["widths"] = rows };
        if (arguments.GetValue(Out) is { } file)
        {
            var settings = Quantization.Settings(arguments) with { FoldSeparable = false };
            IntegerProgram program = IntegerProgram.Compile(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, settings, path);
            (weights with { Tensors = program.RoundedWeights(weights.Tensors) }).Save(file);
            result["file"] = file;
            result["bits"] = settings.WeightBits;
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }

    private static JsonObject Row(string name, IStereoRecording recording, IDepthEngine engine, ParseResult arguments, CancellationToken cancellation)
    {
        var score = new RecordingScore(recording, engine.Settings.WindowUs);
        var pipeline = new DepthPipeline(recording, engine, arguments.GetRequiredValue(Deployment.Weights));
        FrameRequest[] requests = [.. FrameRequest.ForAll(recording, engine.Settings.WindowUs).Where((_, i) => i % Guard.AtLeast(arguments.GetValue(Every), 1, "--every") == 0)];
        using (var progress = new TerminalProgress(name.PadRight(8)))
        {
            foreach (DepthFrame frame in pipeline.Run(requests, cancellation))
            {
                score.Add(frame);
                progress.Report(frame.Index + 1, requests.Length);
            }
        }

        DepthReport report = score.Finish(cancellation).Network;
        return new JsonObject
        {
            ["weights"] = name,
            ["frames"] = report.Frames,
            ["mean_depth_error_cm"] = Answer.Number(report.MeanDepthErrorCm, 3),
            ["median_depth_error_cm"] = Answer.Number(report.MedianDepthErrorCm, 3),
            ["mean_disparity_error_px"] = Answer.Number(report.MeanDisparityErrorPx, 4),
            ["one_pixel_accuracy"] = Answer.Number(report.OnePixelAccuracy),
            ["firing_rate_mean"] = Answer.Number(engine.MeanFiringRate),
            ["sum_bits"] = (engine as SimulatedEngine)?.Program.SumBits,
        };
    }
}
