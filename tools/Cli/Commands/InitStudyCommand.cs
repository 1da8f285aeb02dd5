using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Cli;

/// <summary><c>stereospike init-study</c></summary>
internal static class InitStudyCommand
{
    private const int SamplesToStartOn = 500;
    private static readonly Option<string> Task = new Option<string>("--task") { Description = "randman: ten random manifolds of 20 units; mnist: images as spike times.", DefaultValueFactory = _ => "randman" }.AcceptOnlyFromAmong("randman", "mnist");
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of MNIST's or Fashion-MNIST's four files." };
    private static readonly Option<string[]> Initializations = new("--initialization") { Description = $"Starts to compare; quote each. {InitializationRecipe.Grammar}.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Layers = new("--layers") { Description = "Hidden layers.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Width = new("--neurons") { Description = "Neurons of each.", DefaultValueFactory = _ => 128 };
    private static readonly Option<int> Steps = new("--steps") { Description = "Steps of a sequence.", DefaultValueFactory = _ => 40 };
    private static readonly Option<double> StepMs = new("--step-ms") { Description = "Length of a step, ms.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> MembraneMs = new("--membrane-ms") { Description = "Membrane time constant, ms.", DefaultValueFactory = _ => 10 };
    private static readonly Option<double> SynapseMs = new("--synapse-ms") { Description = "Synaptic time constant, ms.", DefaultValueFactory = _ => 5 };
    private static readonly Option<bool> Recurrent = new("--recurrent") { Description = "Each layer hears itself." };
    private static readonly Option<int> Samples = new("--samples") { Description = "Training samples.", DefaultValueFactory = _ => 5000 };
    private static readonly Option<int> TestSamples = new("--test-samples") { Description = "Test samples.", DefaultValueFactory = _ => 2000 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Passes over them.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Prime = new("--prime") { Description = "Passes of homeostatic priming before.", DefaultValueFactory = _ => 0 };
    private static readonly Option<double> LearningRate = new("--learning-rate") { Description = "Adam's step.", DefaultValueFactory = _ => 5e-3 };
    private static readonly Option<int> Seeds = new("--seeds") { Description = "Runs of each start, from --seed on.", DefaultValueFactory = _ => 3 };

    public static Command Make()
    {
        var command = new Command("init-study", "Train small deep networks from several starts and compare what they reach: what a start is worth.")
        {
            Task, Data, Initializations, Layers, Width, Steps, StepMs, MembraneMs, SynapseMs, Recurrent, Samples, TestSamples, Epochs, Prime, LearningRate, Seeds,
        };
        command.SetAction((arguments, cancellation) => System.Threading.Tasks.Task.Run(() => Run(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        CommonOptions.StartTorch(arguments);
        string[] recipes = arguments.GetValue(Initializations) is { Length: > 0 } given ? given : ["default", "fluctuation"];
        int seeds = Guard.AtLeast(arguments.GetValue(Seeds), 1, "--seeds"), first = arguments.GetValue(CommonOptions.Seed), epochs = Guard.AtLeast(arguments.GetValue(Epochs), 1, "--epochs");
        (SpikeTimeSet training, SpikeTimeSet test, int classes) = Sets(arguments);
        using var progress = new TerminalProgress("learning");
        var results = new JsonArray();
        for (int i = 0; i < recipes.Length; i++)
        {
            var runs = new List<(double Accuracy, double Seconds, double[] RatesHz)>();
            for (int seed = first; seed < first + seeds; seed++)
            {
                int done = ((i * seeds) + seed - first) * epochs;
                runs.Add(Learn(arguments, recipes[i], seed, training, test, classes, epoch => progress.Report(done + epoch, recipes.Length * seeds * epochs, recipes[i]), cancellation));
            }

            results.Add(Result(recipes[i], [.. runs]));
        }

        if (arguments.GetValue(CommonOptions.Json))
        {
            Answer.Print(arguments, new JsonObject { ["task"] = arguments.GetValue(Task), ["seeds"] = seeds, ["runs"] = results });
        }
        else
        {
            foreach (JsonNode? result in results)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{result!["initialization"]!.GetValue<string>(),-40} test accuracy {100 * result["accuracy_mean"]!.GetValue<double>():F1} ± {100 * result["accuracy_std"]!.GetValue<double>():F1} %   {result["seconds_mean"]!.GetValue<double>():F0} s a run"));
            }
        }

        return Shell.Done;
    }

    private static (double Accuracy, double Seconds, double[] RatesHz) Learn(
        ParseResult arguments, string recipe, int seed, SpikeTimeSet training, SpikeTimeSet test, int classes, Action<int> report, CancellationToken cancellation)
    {
        double stepMs = Guard.Above(arguments.GetValue(StepMs), 0.0, "--step-ms");
        NetworkGraph graph = CurrentBasedNetwork.Build(new CurrentBasedSettings
        {
            Inputs = training.Units,
            Hidden = [.. Enumerable.Repeat(arguments.GetValue(Width), arguments.GetValue(Layers))],
            Outputs = classes,
            TauSteps = ((float)(arguments.GetValue(MembraneMs) / stepMs), (float)(arguments.GetValue(SynapseMs) / stepMs)),
            ReadoutTauSteps = training.Steps,
            Recurrent = arguments.GetValue(Recurrent),
        });
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, seed));
        using DisposeScope scope = NewDisposeScope();
        int count = Math.Min(SamplesToStartOn, training.Count);
        (Tensor batch, _) = training.Batch([.. Enumerable.Range(0, count).Select(i => (int)((long)i * training.Count / count))]);
        InitializationRecipe.Parse(recipe, stepMs / 1000, seed).Apply(module, batch);
        double[] rates = [.. InitializationReport.Measure(module, batch, stepMs / 1000, activeOnly: false).Layers.Select(layer => layer.RateHz)];
        batch.Dispose();
        int priming = arguments.GetValue(Prime);
        using var learning = new SequenceLearning(module, CurrentBasedNetwork.Readout, new SequenceLearningSettings
        {
            LearningRate = arguments.GetValue(LearningRate),
            Seed = seed,
            Bounds = priming > 0 ? new ActivityBoundSettings { LowerStrength = 100, LowerSpikes = 1, UpperStrength = 0.1 } : new ActivityBoundSettings(),
        });
        for (int epoch = 0; epoch < priming; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            learning.Prime(training, -1 - epoch);
        }

        for (int epoch = 0; epoch < arguments.GetValue(Epochs); epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            learning.Epoch(training, epoch);
            report(epoch + 1);
        }

        return (learning.Accuracy(test), learning.Seconds, rates);
    }

    private static (SpikeTimeSet Training, SpikeTimeSet Test, int Classes) Sets(ParseResult arguments)
    {
        const int RandmanClasses = 10, RandmanUnits = 20;
        int samples = arguments.GetValue(Samples), testSamples = arguments.GetValue(TestSamples), steps = arguments.GetValue(Steps);
        if (arguments.GetValue(Task) == "mnist")
        {
            string folder = arguments.GetValue(Data) ?? throw new ArgumentException("Name the folder of the four MNIST files with --data.");
            return (SequenceTasks.Images(LabelledImages.Load(folder, ImageSplit.Train), samples, steps), SequenceTasks.Images(LabelledImages.Load(folder, ImageSplit.Test), testSamples, steps), LabelledImages.Classes);
        }

        var manifolds = new RandomManifolds(RandmanClasses, RandmanUnits, dimensions: 1, alpha: 1, arguments.GetValue(CommonOptions.Seed));
        return (SequenceTasks.Manifolds(manifolds, Math.Max(2, samples / RandmanClasses), steps, seed: 1), SequenceTasks.Manifolds(manifolds, Math.Max(2, testSamples / RandmanClasses), steps, seed: 2), RandmanClasses);
    }

    private static JsonNode Result(string recipe, (double Accuracy, double Seconds, double[] RatesHz)[] runs)
    {
        double mean = runs.Average(run => run.Accuracy);
        double deviation = runs.Length > 1 ? Math.Sqrt(runs.Sum(run => (run.Accuracy - mean) * (run.Accuracy - mean)) / (runs.Length - 1)) : 0;
        return new JsonObject
        {
            ["initialization"] = recipe,
            ["accuracy_mean"] = Answer.Number(mean, 4),
            ["accuracy_std"] = Answer.Number(deviation, 4),
            ["accuracies"] = new JsonArray([.. runs.Select(run => Answer.Number(run.Accuracy, 4))]),
            ["seconds_mean"] = Answer.Number(runs.Average(run => run.Seconds), 1),
            ["start_rates_hz"] = new JsonArray([.. runs[0].RatesHz.Select(rate => Answer.Number(rate, 2))]),
        };
    }
}
