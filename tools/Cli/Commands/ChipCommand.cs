using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike chip map|run|profiles</c></summary>
internal static class ChipCommand
{
    private static readonly Option<string> Profile = new("--profile")
    {
        Description = $"The chip: {string.Join(", ", ChipProfiles.All.Select(profile => profile.Name))}, or a JSON file like those that chip profiles prints.",
        DefaultValueFactory = _ => "generic",
    };

    private static readonly Option<string?> Picture = new("--picture") { Description = "Draw which core holds what to this file (.png)." };
    private static readonly Option<int> Every = new("--every") { Description = "Take every N-th window.", DefaultValueFactory = _ => 1 };

    public static Command Make() => new("chip", "Place a network on a neuromorphic chip, or run it event by event as a chip would. Nothing runs on silicon.")
    {
        MakeMap(), MakeRun(), MakeProfiles(),
    };

    private static readonly Option<string> Network = new("--weights") { Description = $"{Deployment.Weights.Description} Or any network in a NIR file (.nir).", Required = true };

    private static Command MakeMap()
    {
        var command = new Command("map", "Place a network on a chip: cores, or which limit fails, by how much and what would fix it. Exit code 1 if it does not fit.") { Network, Profile, Picture, Quantization.Bits, Quantization.Fold };
        command.SetAction(arguments =>
        {
            string file = arguments.GetRequiredValue(Network);
            (NetworkGraph graph, IReadOnlyDictionary<string, WeightTensor> weights) = Load(file);
            ChipMap map = ChipMap.Place(graph, weights, ChipProfiles.Get(arguments.GetRequiredValue(Profile)),
                new QuantizationSettings { WeightBits = arguments.GetValue(Quantization.Bits), FoldSeparable = arguments.GetValue(Quantization.Fold) });
            if (arguments.GetValue(Picture) is { } picture)
            {
                ChipPicture.Draw(map).Save(picture);
            }

            Answer.Print(arguments, new JsonObject
            {
                ["profile"] = map.Profile.Name,
                ["fits"] = map.Fits,
                ["cores_used"] = map.CoresUsed,
                ["cores"] = map.Profile.Cores.Sum(kind => kind.Count),
                ["violations"] = new JsonArray([.. map.Violations.Select(violation => new JsonObject
                {
                    ["limit"] = violation.Limit,
                    ["allowed"] = violation.Allowed,
                    ["found"] = violation.Found,
                    ["layer"] = violation.Layer,
                    ["remedy"] = violation.Remedy,
                })]),
                ["layers"] = new JsonArray([.. map.Placements.Select(placement => new JsonObject
                {
                    ["name"] = placement.Population.Name,
                    ["first_core"] = placement.FirstCore,
                    ["channel_parts"] = placement.ChannelParts,
                    ["row_parts"] = placement.RowParts,
                    ["neurons_per_core"] = placement.NeuronsPerCore,
                    ["weights_per_core"] = placement.WeightsPerCore,
                    ["counts"] = placement.Population.Projections.Any(projection => projection.IsSerial(map.Profile.PayloadBits)) ? "serial"
                        : placement.Population.Projections.Any(projection => projection.LargestCount > 1) ? "payload" : "single",
                    ["fill"] = placement.Fill is { } fill ? Answer.Number(fill, 4) : null,
                })]),
                ["source"] = map.Profile.Source,
            });
            return map.Fits ? Shell.Done : Shell.CheckFailed;
        });
        return command;
    }

    private static (NetworkGraph Graph, IReadOnlyDictionary<string, WeightTensor> Weights) Load(string file)
    {
        if (Path.GetExtension(file) == ".nir")
        {
            NirNetwork network = NirImport.Read(file);
            return (network.Graph, network.Weights);
        }

        StereoSpikeWeights weights = Deployment.Load(file);
        return (StereoSpikeNetwork.Build(weights.Settings), weights.Tensors);
    }

    private static Command MakeRun()
    {
        var command = new Command("run", "Run a recording through the integer network event by event: spikes, synaptic operations and traffic of each layer, and the accuracy that is left.")
        {
            Deployment.Recording, Deployment.Weights, Deployment.Calibration, Every, Quantization.Bits, Quantization.MembraneBits, Quantization.Fold, Quantization.Calibrate, Quantization.CalibrationWindows,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static Command MakeProfiles()
    {
        var command = new Command("profiles", "Print the profile of a chip as JSON, to start a profile of your own from.") { Profile };
        command.SetAction(arguments =>
        {
            Console.WriteLine(ChipProfiles.Get(arguments.GetRequiredValue(Profile)).ToJson());
            return Shell.Done;
        });
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        using SimulatedEngine engine = Quantization.Start(arguments);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        var score = new RecordingScore(recording, engine.Settings.WindowUs);
        PipelineCounters counters = Simulate(arguments, recording, engine, arguments.GetValue(Every), score.Add, cancellation);
        int frames = engine.Network.Steps;
        var layers = new JsonArray();
        foreach (IntegerNode node in engine.Program.Nodes.Skip(1))
        {
            NodeActivity activity = engine.Network.Activity[node.Node.Name];
            layers.Add(new JsonObject
            {
                ["name"] = node.Node.Name,
                ["events_in"] = Answer.Number((double)activity.Events / frames, 1),
                ["synaptic_operations"] = Answer.Number((double)activity.SynapticOperations / frames, 1),
                ["neuron_updates"] = Answer.Number((double)activity.NeuronUpdates / frames, 1),
                ["spikes_out"] = Answer.Number((double)activity.Fired / frames, 1),
                ["bits"] = node.Bits,
            });
        }

        var result = new JsonObject
        {
            ["frames"] = frames,
            ["bits"] = engine.Program.Settings.WeightBits,
            ["sum_bits"] = engine.Program.SumBits,
            ["input_maximum"] = engine.Program.InputMaximum,
            ["inputs_cut"] = engine.CutInputs,
            ["frame_ms_p50"] = Answer.Number(counters.Engine.P50Ms, 1),
            ["firing_rate"] = Deployment.FiringRate(engine),
            ["layers_per_frame"] = layers,
        };
        if (recording.LabelTimesUs.Count > 0)
        {
            Deployment.AddErrors(result, score.Finish(cancellation).Network);
        }

        Answer.Print(arguments, result);
        return Shell.Done;
    }

    /// <summary>Runs a recording's windows through the simulation.</summary>
    public static PipelineCounters Simulate(ParseResult arguments, IStereoRecording recording, SimulatedEngine engine, int every, Func<DepthFrame, double>? use, CancellationToken cancellation)
    {
        var pipeline = new DepthPipeline(recording, engine, arguments.GetRequiredValue(Deployment.Weights));
        FrameRequest[] requests = [.. FrameRequest.ForAll(recording, engine.Settings.WindowUs).Where((_, i) => i % Guard.AtLeast(every, 1, "--every") == 0)];
        if (requests.Length == 0)
        {
            throw new InvalidDataException($"{recording.Name}: it holds no event and no label, so there is nothing to run. Check it with stereospike info.");
        }

        using var progress = new TerminalProgress("events");
        foreach (DepthFrame frame in pipeline.Run(requests, cancellation))
        {
            use?.Invoke(frame);
            progress.Report(frame.Index + 1, requests.Length);
        }

        return pipeline.Counters;
    }
}
