using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>How a network stands before training, layer by layer: the theory's predictions beside what real inputs do to it.</summary>
public sealed class InitializationReport
{
    private InitializationReport(IReadOnlyList<LayerStatistics> layers, string? windowWarning, int samples, int steps, double stepSeconds)
    {
        (Layers, WindowWarning, Samples, Steps, StepSeconds) = (layers, windowWarning, samples, steps, stepSeconds);
    }

    /// <summary>The firing layers, in the network's order.</summary>
    public IReadOnlyList<LayerStatistics> Layers { get; }

    /// <summary>Says with both numbers that the window is too short for the depth; null if it is not.</summary>
    public string? WindowWarning { get; }

    /// <summary>What training will suffer from, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => [.. WindowWarning is null ? [] : (string[])[WindowWarning], .. SilenceWarning is { } silence ? (string[])[silence] : [], .. Layers.Select(SaturationWarning).OfType<string>()];

    /// <summary>N.</summary>
    public int Samples { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>dt, s.</summary>
    public double StepSeconds { get; }

    /// <summary>Runs a network with the weights it has and measures it.</summary>
    /// <param name="module">The network.</param>
    /// <param name="batch">Real inputs, shape [N,T,C,H,W].</param>
    /// <param name="stepSeconds">dt, s, greater than 0; 1 makes rates of one-step networks shares.</param>
    /// <param name="activeOnly">As <see cref="FluctuationSettings.ActiveOnly"/>.</param>
    public static InitializationReport Measure(GraphModule module, Tensor batch, double stepSeconds, bool activeOnly)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(batch);
        Guard.Above(stepSeconds, 0.0);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        SequenceEvaluation evaluation = module.BeginSequence(batch);
        int samples = (int)batch.shape[0], steps = (int)batch.shape[1];
        var layers = new Dictionary<string, LayerStatistics>();
        foreach (GraphNode[] unit in module.Plan.Units.Where(unit => unit.Any(node => node.Operation is FiringOperation || module.Plan.BeforeNeurons.Contains(node.Name))))
        {
            evaluation.Evaluate(unit);
            foreach (GraphNode node in unit.Where(node => node.Operation is FiringOperation))
            {
                layers.Add(node.Name, Layer(module, node, evaluation, steps, stepSeconds, activeOnly));
                evaluation.Forget(Afferent.DriveNodes(module.Graph, node).Where(drive => module.Graph.Consumers[drive.Name].Count() == 1));
            }
        }

        LayerStatistics[] ordered = [.. module.Graph.FiringNodes.Select(node => layers[node.Name])];
        return new InitializationReport(ordered, WarningOfWindow(module.Graph, batch, stepSeconds), samples, steps, stepSeconds);
    }

    private static LayerStatistics Layer(GraphModule module, GraphNode node, SequenceEvaluation evaluation, int steps, double stepSeconds, bool activeOnly)
    {
        using DisposeScope scope = NewDisposeScope();
        NeuronSettings neuron = ((FiringOperation)node.Operation).Neuron;
        float leak = module.Leak(node);
        SynapticKernel kernel = LayerWeights.KernelOf(neuron, leak, stepSeconds, steps);
        PotentialStatistics activity = PotentialStatistics.Measure(neuron, leak, evaluation.Value(node.Inputs[0]));
        IReadOnlyList<Afferent> afferents = Afferent.Of(module.Graph, node);
        (Afferent Afferent, AfferentDrive Drive, WeightMoments Moments)[] all = [.. afferents.Select(afferent => (
            afferent, DriveMeasurement.Of(module.Graph, afferent, evaluation, steps, stepSeconds, activeOnly), MomentsOf(module, afferent)))];
        double variance = all.Sum(c => c.Drive.Variance(c.Moments.Mean, c.Moments.Deviation, kernel));
        return new LayerStatistics
        {
            Name = node.Name,
            Neurons = node.Shape.Count,
            Threshold = neuron.Threshold - neuron.ResetPotential,
            Afferents = [.. all.Select(c => new AfferentStatistics(
                c.Afferent.Weights.Name, c.Drive, c.Moments, c.Drive.Variance(c.Moments.Mean, c.Moments.Deviation, kernel) / variance))],
            PredictedMeanPotential = all.Length == 0 ? double.NaN : all.Sum(c => c.Drive.MeanGain(kernel) * c.Moments.Mean),
            PredictedDeviation = all.Length == 0 ? double.NaN : Math.Sqrt(variance),
            MeasuredMeanPotential = activity.MeanPotential,
            MeasuredDeviation = activity.Deviation,
            Spread = activity.Spread,
            RatePerStep = activity.RatePerStep,
            RateHz = activity.RatePerStep / stepSeconds,
            SilentShare = activity.SilentShare,
            SaturatedShare = activity.SaturatedShare,
            SupportShare = activity.SupportShare,
        };
    }

    /// <summary>Mean and deviation of a connection's weights, those of a depthwise pair multiplied out.</summary>
    private static WeightMoments MomentsOf(GraphModule module, Afferent afferent)
    {
        Tensor weight = module.Tensors[afferent.Tensors.Weight];
        double mean = weight.mean().item<float>(), square = weight.square().mean().item<float>();
        if (afferent.Depthwise is { } depthwise)
        {
            Tensor kernel = module.Tensors[Afferent.TensorsOf(depthwise).Weight].flatten(1), pointwise = weight.flatten(1);
            mean = (pointwise * kernel.mean([1])).mean().item<float>();
            square = (pointwise.square() * kernel.square().mean([1])).mean().item<float>();
        }

        return new WeightMoments(mean, Math.Sqrt(Math.Max(0, square - (mean * mean))));
    }

    private string? SilenceWarning => Layers.Where(layer => layer.SilentShare == 1).Select(layer => layer.Name).ToArray() switch
    {
        [] => null,
        [var only] => $"{only} is silent: nothing behind it can fire or learn from what it sees.",
        [var first, .. var others] => $"{first} and {others.Length} layers after it are silent: nothing behind them can fire or learn from what they see.",
    };

    private static string? SaturationWarning(LayerStatistics layer) => layer.SaturatedShare > 0.5
        ? string.Create(CultureInfo.InvariantCulture, $"{layer.Name} is saturated: {100 * layer.SaturatedShare:F0} % of its neurons fire in more than half of all steps.")
        : null;

    /// <summary>Each layer answers a peak time after the one before; a window shorter than the input and all those together ends before the last layer has its say.</summary>
    private static string? WarningOfWindow(NetworkGraph graph, Tensor batch, double stepSeconds)
    {
        int steps = (int)batch.shape[1];
        bool[] active = batch.ne(0).flatten(2).any(2).any(0).data<bool>().ToArray();
        double input = (Array.LastIndexOf(active, true) + 1) * stepSeconds, path = LongestPath(graph, stepSeconds), window = steps * stepSeconds;
        bool everActive = active.Contains(true), throughout = active[^1];   // an input that goes on to the end has no end to wait for
        double needed = path + (throughout ? 0 : input);
        return steps > 1 && everActive && window < needed
            ? string.Create(CultureInfo.InvariantCulture, $"The window of {window:G4} s is short for this depth: the input lasts {input:G4} s and the deepest path answers {path:G4} s later, {needed:G4} s in all. The last layers may starve, and no weights mend that: run more steps or take fewer layers.")
            : null;
    }

    private static double LongestPath(NetworkGraph graph, double stepSeconds)
    {
        var delays = new Dictionary<string, double>();
        foreach (GraphNode node in graph.Nodes)
        {
            double before = node.Inputs.Select(input => delays[input]).DefaultIfEmpty(0).Max();
            delays[node.Name] = before + (node.Operation is FiringOperation firing ? SynapticKernel.PeakSeconds(firing.Neuron, stepSeconds) : 0);
        }

        return delays.Values.Max();
    }
}
