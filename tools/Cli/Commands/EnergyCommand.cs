using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Cli;

/// <summary><c>stereospike energy RECORDING --weights FILE</c></summary>
internal static class EnergyCommand
{
    private static readonly Option<int> Every = new("--every") { Description = "Take every N-th window.", DefaultValueFactory = _ => 1 };
    private static readonly Option<string> Arithmetic = new Option<string>("--arithmetic")
    {
        Description = "What an operation costs: int8, or float32 as most papers count.",
        DefaultValueFactory = _ => OperationEnergy.EightBit.Name,
    }.AcceptOnlyFromAmong(OperationEnergy.EightBit.Name, OperationEnergy.SinglePrecision.Name);

    private static readonly Option<double> Memory = new("--memory-kib") { Description = "Largest memory that a core reads weights and potentials from, KiB.", DefaultValueFactory = _ => 32 };

    public static Command Make()
    {
        var command = new Command("energy", "Count a network's operations on a recording, event by event, and price them beside its dense twin. An estimate from published costs; no chip is run.")
        {
            Deployment.Recording, Deployment.Weights, Deployment.Calibration, Every, Arithmetic, Memory, Quantization.Bits, Quantization.MembraneBits, Quantization.Fold, Quantization.Calibrate, Quantization.CalibrationWindows,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        using SimulatedEngine engine = Quantization.Start(arguments);
        using IStereoRecording recording = RecordingFiles.Open(arguments.GetRequiredValue(Deployment.Recording), arguments.GetValue(Deployment.Calibration));
        ChipCommand.Simulate(arguments, recording, engine, arguments.GetValue(Every), use: null, cancellation);
        OperationEnergy costs = arguments.GetRequiredValue(Arithmetic) == OperationEnergy.EightBit.Name ? OperationEnergy.EightBit : OperationEnergy.SinglePrecision;
        costs = costs with { LargestMemoryBytes = arguments.GetValue(Memory) * 1024 };
        EnergyReport report = EnergyEstimate.Of(engine.Program.Graph, engine.Network.Activity, engine.Network.Steps, costs);
        double footprint = report.Layers.Sum(layer => layer.WeightBytes);
        Answer.Print(arguments, new JsonObject
        {
            ["frames"] = engine.Network.Steps,
            ["bits"] = engine.Program.Settings.WeightBits,
            ["arithmetic"] = costs.Name,
            ["memory_kib"] = costs.LargestMemoryBytes / 1024,
            ["synaptic_operations"] = Answer.Number(report.SynapticOperations, 0),
            ["effective_acs"] = Answer.Number(report.Layers.Sum(layer => layer.Accumulates), 0),
            ["effective_macs"] = Answer.Number(report.Layers.Sum(layer => layer.Multiplies), 0),
            ["dense_operations"] = Answer.Number(report.Layers.Sum(layer => layer.Dense), 0),
            ["neuron_updates"] = Answer.Number(report.NeuronUpdates, 0),
            ["joules_operations"] = report.JoulesOperations,
            ["joules_with_memory"] = report.JoulesWithMemory,
            ["joules_quantised_twin_operations"] = report.JoulesTwinOperations,
            ["joules_quantised_twin"] = report.JoulesTwin,
            ["joules_at_loihi1_published_costs"] = report.JoulesAtLoihisPublishedCosts,
            ["firing_rate_mean"] = Answer.Number(report.MeanFiringRate),
            ["break_even_rate"] = report.BreakEvenRate is { } rate ? Answer.Number(rate) : null,
            ["activation_sparsity"] = Answer.Number(1 - report.MeanFiringRate),
            ["footprint_bytes"] = Answer.Number(footprint, 0),
            ["layers"] = new JsonArray([.. report.Layers.Select(layer => new JsonObject
            {
                ["name"] = layer.Name,
                ["input_density"] = Answer.Number(layer.InputDensity),
                ["effective_acs"] = Answer.Number(layer.Accumulates, 0),
                ["effective_macs"] = Answer.Number(layer.Multiplies, 0),
                ["dense_operations"] = Answer.Number(layer.Dense, 0),
                ["neuron_updates"] = Answer.Number(layer.NeuronUpdates, 0),
                ["firing_rate"] = layer.FiringRate is { } fired ? Answer.Number(fired) : null,
                ["joules_operations"] = layer.JoulesOperations,
                ["joules_with_memory"] = layer.JoulesWithMemory,
                ["joules_quantised_twin"] = layer.JoulesTwin,
            })]),
        });
        return Shell.Done;
    }
}
