using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Cli;

/// <summary><c>stereospike init-report</c></summary>
internal static class InitReportCommand
{
    private static readonly Option<string[]> Data = new("--data") { Description = "StereoSpike on these windows: recordings or simulated sets, as for train.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Preset = new("--preset") { Description = "StereoSpike's settings, as for train.", DefaultValueFactory = _ => "sim-small" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "Report on these trained weights, as they are." };
    private static readonly Option<ConvolutionKind?> Kind = new("--kind") { Description = "dense or separable." };
    private static readonly Option<NeuronKind?> Neuron = new("--neuron") { Description = "if, lif or plif." };
    private static readonly Option<double?> Channels = new("--channels") { Description = "Channel multiplier." };
    private static readonly Option<int?> Width = new("--width") { Description = "Sensor columns; the preset's unless given." };
    private static readonly Option<int?> Height = new("--height") { Description = "Sensor rows; the preset's unless given." };
    private static readonly Option<float?> InputGain = new("--input-gain") { Description = "m; the paper has 1 with IF, 10 with PLIF." };
    private static readonly Option<string?> Network = new("--network") { Description = "Instead of StereoSpike, a fully connected network of current-based neurons on Poisson spikes: 700-128x10 is 700 inputs and ten layers of 128." };
    private static readonly Option<double> PoissonHz = new("--poisson-hz") { Description = "Rate of each Poisson input.", DefaultValueFactory = _ => 15.8 };
    private static readonly Option<int> Steps = new("--steps") { Description = "Steps of a sequence.", DefaultValueFactory = _ => 350 };
    private static readonly Option<double> StepMs = new("--step-ms") { Description = "Length of a step, ms.", DefaultValueFactory = _ => 2 };
    private static readonly Option<double> MembraneMs = new("--membrane-ms") { Description = "Membrane time constant, ms.", DefaultValueFactory = _ => 20 };
    private static readonly Option<double> SynapseMs = new("--synapse-ms") { Description = "Synaptic time constant, ms.", DefaultValueFactory = _ => 10 };
    private static readonly Option<bool> Recurrent = new("--recurrent") { Description = "Each layer hears itself." };
    private static readonly Option<bool> Dale = new("--dale") { Description = "Layers of an excitatory and an inhibitory population; take distribution=exponential or lognormal." };
    private static readonly Option<string> Initialization = new("--initialization") { Description = $"How the weights are drawn: {InitializationRecipe.Grammar}.", DefaultValueFactory = _ => "fluctuation" };
    private static readonly Option<int> Samples = new("--samples") { Description = "Samples to draw and measure on.", DefaultValueFactory = _ => 16 };
    private static readonly Option<string?> Plot = new("--plot") { Description = "Also draw the report into this PNG." };

    public static Command Make()
    {
        var command = new Command("init-report", "Say how a network stands before training, layer by layer: what fluctuation-driven theory predicts of its potentials, and what real inputs do to them.")
        {
            Data, Preset, Weights, Kind, Neuron, Channels, Width, Height, InputGain, Network, PoissonHz, Steps, StepMs, MembraneMs, SynapseMs, Recurrent, Dale, Initialization, Samples, Plot,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        CommonOptions.StartTorch(arguments);
        using DisposeScope scope = NewDisposeScope();
        (GraphModule network, Tensor batch, double stepSeconds) = arguments.GetValue(Network) is { } layers ? Sequences(arguments, layers) : Stereo(arguments, cancellation);
        using GraphModule module = network;
        string? trained = arguments.GetValue(Weights);
        string recipe = trained is null ? arguments.GetRequiredValue(Initialization) : Path.GetFileName(trained);
        double seconds = double.NaN;
        if (trained is null)
        {
            long started = Stopwatch.GetTimestamp();
            InitializationRecipe.Parse(recipe, stepSeconds, arguments.GetValue(CommonOptions.Seed)).Apply(module, batch);
            seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        InitializationReport report = InitializationReport.Measure(module, batch, stepSeconds, activeOnly: batch.shape[1] == 1);
        if (arguments.GetValue(Plot) is { } picture)
        {
            InitializationPicture.Draw(report, recipe).Save(picture);
        }

        if (arguments.GetValue(CommonOptions.Json))
        {
            Answer.Print(arguments, Result(report, recipe, seconds));
        }
        else
        {
            PrintTable(report);
        }

        return Shell.Done;
    }

    private static (GraphModule Module, Tensor Batch, double StepSeconds) Stereo(ParseResult arguments, CancellationToken cancellation)
    {
        string[] data = arguments.GetValue(Data) ?? [];
        if (data.Length == 0)
        {
            throw new ArgumentException("Name the windows to measure on with --data, such as \"sim:room?scenes=4&seconds=1\", or a network of sequences with --network.");
        }

        TrainingSettings settings = TrainingPresets.Named(arguments.GetRequiredValue(Preset));
        StereoSpikeWeights? trained = arguments.GetValue(Weights) is { } file ? StereoSpikeWeights.Load(file) : null;
        StereoSpikeSettings network = trained?.Settings ?? settings.Network with
        {
            Kind = arguments.GetValue(Kind) ?? settings.Network.Kind,
            Neuron = arguments.GetValue(Neuron) ?? settings.Network.Neuron,
            Channels = arguments.GetValue(Channels) ?? settings.Network.Channels,
            Width = arguments.GetValue(Width) ?? settings.Network.Width,
            Height = arguments.GetValue(Height) ?? settings.Network.Height,
            InputGain = arguments.GetValue(InputGain) ?? settings.Network.InputGain,
        };
        settings = settings with { Network = network, ValidationShare = 0 };
        using var reading = new TerminalProgress("reading ");
        (TrainingSet windows, _) = TrainingSet.Load(RecordingFiles.OpenAll(data), settings, cache: null, reading, cancellation: cancellation);
        int count = Math.Min(windows.Count, arguments.GetValue(Samples));
        Batch batch = Batch.Of([.. Enumerable.Range(0, count).Select(i => windows[i * windows.Count / count])], EncoderCatalogue.Create(network.Encoder), network);
        NetworkGraph graph = StereoSpikeNetwork.Build(network);
        var module = new GraphModule(graph, trained?.Tensors ?? UniformInitialization.Draw(graph, arguments.GetValue(CommonOptions.Seed)));
        return (module, tensor(batch.Input, [count, 1, network.InputChannels, network.Height, network.Width]), 1);
    }

    private static (GraphModule Module, Tensor Batch, double StepSeconds) Sequences(ParseResult arguments, string layers)
    {
        double stepMs = Guard.Above(arguments.GetValue(StepMs), 0.0, "--step-ms");
        (int inputs, int[] hidden) = Widths(layers);
        NetworkGraph graph = CurrentBasedNetwork.Build(new CurrentBasedSettings
        {
            Inputs = inputs,
            Hidden = hidden,
            TauSteps = ((float)(arguments.GetValue(MembraneMs) / stepMs), (float)(arguments.GetValue(SynapseMs) / stepMs)),
            Recurrent = arguments.GetValue(Recurrent),
            Dale = arguments.GetValue(Dale),
        });
        Tensor batch = SequenceTasks.Poisson(
            arguments.GetValue(Samples), arguments.GetValue(Steps), inputs, arguments.GetValue(PoissonHz) * stepMs / 1000, arguments.GetValue(CommonOptions.Seed));
        return (new GraphModule(graph, UniformInitialization.Draw(graph, arguments.GetValue(CommonOptions.Seed))), batch, stepMs / 1000);
    }

    /// <summary>Reads 700-128x10-64: inputs, then widths, each perhaps so many times.</summary>
    private static (int Inputs, int[] Hidden) Widths(string text)
    {
        int[][] parts = [.. text.Split('-').Select(part => part.Split('x') switch
        {
            [var width] when int.TryParse(width, out int neurons) => (int[])[neurons],
            [var width, var times] when int.TryParse(width, out int neurons) && int.TryParse(times, out int count) && count is > 0 and <= 1000 => [.. Enumerable.Repeat(neurons, count)],
            _ => throw new ArgumentException($"\"{text}\" is no network: write inputs and widths, such as 700-128x10."),
        })];
        return parts.Length >= 2 && parts[0].Length == 1
            ? (parts[0][0], [.. parts.Skip(1).SelectMany(part => part)])
            : throw new ArgumentException($"\"{text}\" is no network: write inputs and widths, such as 700-128x10.");
    }

    private static JsonObject Result(InitializationReport report, string recipe, double seconds) => new()
    {
        ["initialization"] = recipe,
        ["samples"] = report.Samples,
        ["steps"] = report.Steps,
        ["initialization_seconds"] = Answer.Number(seconds, 2),
        ["layers"] = new JsonArray([.. report.Layers.Select(Layer)]),
        ["warnings"] = new JsonArray([.. report.Warnings.Select(warning => (JsonNode)warning)]),
    };

    private static JsonNode Layer(LayerStatistics layer) => new JsonObject
    {
        ["name"] = layer.Name,
        ["neurons"] = layer.Neurons,
        ["fan_in"] = Answer.Number(layer.FanIn, 2),
        ["nu"] = Answer.Number(layer.PresynapticRateHz),
        ["mu_w"] = Answer.Number(layer.MeanWeight),
        ["sigma_w"] = Answer.Number(layer.WeightDeviation),
        ["predicted_mu_u"] = Answer.Number(layer.PredictedMeanPotential),
        ["measured_mu_u"] = Answer.Number(layer.MeasuredMeanPotential),
        ["predicted_sigma_u"] = Answer.Number(layer.PredictedDeviation),
        ["measured_sigma_u"] = Answer.Number(layer.MeasuredDeviation),
        ["spread_mu_u"] = Answer.Number(layer.Spread),
        ["predicted_xi"] = Answer.Number(layer.PredictedXi, 3),
        ["measured_xi"] = Answer.Number(layer.MeasuredXi, 3),
        ["rate"] = Answer.Number(layer.RatePerStep),
        ["rate_hz"] = Answer.Number(layer.RateHz, 3),
        ["silent_share"] = Answer.Number(layer.SilentShare),
        ["saturated_share"] = Answer.Number(layer.SaturatedShare),
        ["support_share"] = Answer.Number(layer.SupportShare),
        ["afferents"] = new JsonArray([.. layer.Afferents.Select(afferent => (JsonNode)new JsonObject
        {
            ["name"] = afferent.Weights,
            ["fan_in"] = Answer.Number(afferent.Drive.FanIn, 2),
            ["nu"] = Answer.Number(afferent.Drive.RateHz),
            ["mu_w"] = Answer.Number(afferent.Moments.Mean),
            ["sigma_w"] = Answer.Number(afferent.Moments.Deviation),
            ["variance_share"] = Answer.Number(afferent.VarianceShare),
        })]),
    };

    private static void PrintTable(InitializationReport report)
    {
        bool sequences = report.Steps > 1;
        string[] head = ["layer", "N", sequences ? "ν Hz" : "ν a step", "μ_w", "σ_w", "μ_U theory", "measured", "σ_U theory", "measured", "ξ", sequences ? "fires Hz" : "fires", "silent", "saturated", "in support"];
        CommandTable.Print(head, report.Layers.Select(layer => (string[])
        [
            layer.Name, Text(layer.FanIn, "0"), Text(layer.PresynapticRateHz, "0.###"), Text(layer.MeanWeight, "0.####"), Text(layer.WeightDeviation, "0.####"),
            Text(layer.PredictedMeanPotential, "0.00"), Text(layer.MeasuredMeanPotential, "0.00"), Text(layer.PredictedDeviation, "0.000"), Text(layer.MeasuredDeviation, "0.000"), Text(layer.MeasuredXi, "0.0"),
            sequences ? Text(layer.RateHz, "0.0") : Text(layer.RatePerStep, "0.000"), Text(layer.SilentShare, "0 %"), Text(layer.SaturatedShare, "0 %"), Text(layer.SupportShare, "0 %"),
        ]));
        foreach (string warning in report.Warnings)
        {
            Console.WriteLine($"! {warning}");
        }
    }

    private static string Text(double value, string format) => !double.IsFinite(value) ? "–"
        : value.ToString(format, CultureInfo.InvariantCulture) is var text && text.Trim('-', '0', '.').Length == 0 ? text.TrimStart('-')   // no minus before nothing
        : text;
}
