using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike init-study</c></summary>
internal static class InitStudyCommand
{
    private const int ManifoldClasses = 10, ManifoldUnits = 20;
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of MNIST's or Fashion-MNIST's four files: images as spike times. Without it, ten random manifolds (Randman) of 20 units, which need no data." };
    private static readonly Option<string[]> Initializations = new("--initialization") { Description = $"Starts to compare; quote each. {InitializationRecipe.Grammar}.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<int> Layers = new("--layers") { Description = "Hidden layers.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Neurons = new("--neurons") { Description = "Neurons of each.", DefaultValueFactory = _ => 128 };
    private static readonly Option<int> Steps = new("--steps") { Description = "Steps of a sequence; images fire in the first 60 % of them, manifolds in all.", DefaultValueFactory = _ => 40 };
    private static readonly Option<double> StepMs = new("--step-ms") { Description = "Length of a step, ms.", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> MembraneMs = new("--membrane-ms") { Description = "Membrane time constant, ms.", DefaultValueFactory = _ => 10 };
    private static readonly Option<double> SynapseMs = new("--synapse-ms") { Description = "Synaptic time constant, ms.", DefaultValueFactory = _ => 5 };
    private static readonly Option<bool> Recurrent = new("--recurrent") { Description = "Each layer hears itself." };
    private static readonly Option<bool> Dale = new("--dale") { Description = "Layers of an excitatory and an inhibitory population; take distribution=exponential or lognormal." };
    private static readonly Option<int> Samples = new("--samples") { Description = "Training samples.", DefaultValueFactory = _ => 5000 };
    private static readonly Option<int> TestSamples = new("--test-samples") { Description = "Test samples.", DefaultValueFactory = _ => 2000 };
    private static readonly Option<int> Epochs = new("--epochs") { Description = "Passes over them; 0 scores the untrained network.", DefaultValueFactory = _ => 6 };
    private static readonly Option<int> Prime = new("--prime") { Description = "Passes of homeostatic priming before.", DefaultValueFactory = _ => 0 };
    private static readonly Option<double> LearningRate = new("--learning-rate") { Description = "Adam's step.", DefaultValueFactory = _ => 5e-3 };
    private static readonly Option<bool> ShuffledLabels = new("--shuffled-labels") { Description = "Learn labels dealt out at random, a control: the test accuracy must be chance." };
    private static readonly Option<int> Seeds = new("--seeds") { Description = "Runs of each start, from --seed on.", DefaultValueFactory = _ => 3 };

    public static Command Make()
    {
        var command = new Command("init-study", "Train small deep networks of current-based neurons from several starts and compare what they reach: what a start is worth.")
        {
            Data, Initializations, Layers, Neurons, Steps, StepMs, MembraneMs, SynapseMs, Recurrent, Dale, Samples, TestSamples, Epochs, Prime, LearningRate, ShuffledLabels, Seeds,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        CommonOptions.StartTorch(arguments);
        string[] recipes = arguments.GetValue(Initializations) is { Length: > 0 } given ? given : ["default", "fluctuation"];
        int seeds = Guard.AtLeast(arguments.GetValue(Seeds), 1, "--seeds"), first = arguments.GetValue(CommonOptions.Seed);
        StartStudySettings settings = SettingsOf(arguments);
        int passes = Math.Max(1, settings.Epochs + settings.PrimingEpochs), done = 0;
        StartStudy study = Study(arguments, settings);
        var scores = new List<StartScore>();
        using (var progress = new TerminalProgress("learning"))
        {
            foreach ((string recipe, int seed) in recipes.SelectMany(recipe => Enumerable.Range(first, seeds).Select(seed => (recipe, seed))))
            {
                scores.Add(study.Run(recipe, seed, pass => progress.Report(done + pass, recipes.Length * seeds * passes, $"{recipe}, seed {seed}"), cancellation));
                done += passes;
            }
        }

        if (arguments.GetValue(CommonOptions.Json))
        {
            Answer.Print(arguments, Result(scores));
        }
        else
        {
            PrintTable(scores);
        }

        return Shell.Done;
    }

    private static StartStudySettings SettingsOf(ParseResult arguments)
    {
        int priming = arguments.GetValue(Prime);
        return new StartStudySettings
        {
            StepSeconds = Guard.Above(arguments.GetValue(StepMs), 0.0, "--step-ms") / 1000,
            Epochs = arguments.GetValue(Epochs),
            PrimingEpochs = priming,
            Learning = new SequenceLearningSettings
            {
                LearningRate = arguments.GetValue(LearningRate),
                Bounds = priming > 0 ? ActivityBoundSettings.Priming : new ActivityBoundSettings(),
            },
        };
    }

    private static StartStudy Study(ParseResult arguments, StartStudySettings settings)
    {
        (SpikeTimeSet training, SpikeTimeSet test, int classes) = Sets(arguments);
        double stepMs = settings.StepSeconds * 1000;
        NetworkGraph graph = CurrentBasedNetwork.Build(new CurrentBasedSettings
        {
            Inputs = training.Units,
            Hidden = [.. Enumerable.Repeat(arguments.GetValue(Neurons), Guard.AtLeast(arguments.GetValue(Layers), 1, "--layers"))],
            Outputs = classes,
            TauSteps = ((float)(arguments.GetValue(MembraneMs) / stepMs), (float)(arguments.GetValue(SynapseMs) / stepMs)),
            ReadoutTauSteps = training.Steps,
            Recurrent = arguments.GetValue(Recurrent),
            Dale = arguments.GetValue(Dale),
        });
        return new StartStudy(graph, arguments.GetValue(ShuffledLabels) ? training.WithShuffledLabels(arguments.GetValue(CommonOptions.Seed)) : training, test, settings);
    }

    private static (SpikeTimeSet Training, SpikeTimeSet Test, int Classes) Sets(ParseResult arguments)
    {
        int samples = arguments.GetValue(Samples), testSamples = arguments.GetValue(TestSamples), steps = arguments.GetValue(Steps);
        if (arguments.GetValue(Data) is { } folder)
        {
            return (SequenceTasks.Images(LabelledImages.Load(folder, ImageSplit.Train), samples, steps), SequenceTasks.Images(LabelledImages.Load(folder, ImageSplit.Test), testSamples, steps), LabelledImages.Classes);
        }

        var manifolds = new RandomManifolds(ManifoldClasses, ManifoldUnits, dimensions: 1, alpha: 1, arguments.GetValue(CommonOptions.Seed));
        int training = Math.Max(1, samples / ManifoldClasses), test = Math.Max(1, testSamples / ManifoldClasses);
        (SpikeTimeSet first, SpikeTimeSet rest) = SequenceTasks.Manifolds(manifolds, training + test, steps, arguments.GetValue(CommonOptions.Seed)).Split(training);
        return (first, rest, ManifoldClasses);
    }

    private static JsonObject Result(List<StartScore> scores) => new()
    {
        ["starts"] = new JsonArray([.. scores.GroupBy(score => score.Initialization).Select(runs => (JsonNode)new JsonObject
        {
            ["initialization"] = runs.Key,
            ["test_accuracy"] = Answer.Number(runs.Average(run => run.TestAccuracy), 4),
            ["test_accuracy_std"] = Answer.Number(Deviation(runs), 4),
            ["runs"] = new JsonArray([.. runs.Select(run => (JsonNode)new JsonObject
            {
                ["seed"] = run.Seed,
                ["test_accuracy"] = Answer.Number(run.TestAccuracy, 4),
                ["training_accuracy"] = Answer.Number(run.TrainingAccuracy, 4),
                ["losses"] = new JsonArray([.. run.Losses.Select(loss => Answer.Number(loss, 4))]),
                ["start_rates_hz"] = new JsonArray([.. run.Start.Layers.Select(layer => Answer.Number(layer.RateHz, 2))]),
                ["start_silent_shares"] = new JsonArray([.. run.Start.Layers.Select(layer => Answer.Number(layer.SilentShare, 3))]),
                ["initialization_seconds"] = Answer.Number(run.InitializationSeconds, 2),
                ["training_seconds"] = Answer.Number(run.TrainingSeconds, 1),
            })]),
        })]),
        ["warnings"] = new JsonArray([.. Warnings(scores).Select(warning => (JsonNode)warning)]),
    };

    private static void PrintTable(List<StartScore> scores)
    {
        CommandTable.Print(
            ["start", "test accuracy, %", "seeds", "on training samples, %", "fires at the start, Hz, layer by layer", "s a run"],
            scores.GroupBy(score => score.Initialization).Select(runs => (string[])
            [
                runs.Key,
                string.Create(CultureInfo.InvariantCulture, $"{100 * runs.Average(run => run.TestAccuracy):F1} ± {100 * Deviation(runs):F1}"),
                string.Join(", ", runs.Select(run => (100 * run.TestAccuracy).ToString("F1", CultureInfo.InvariantCulture))),
                (100 * runs.Average(run => run.TrainingAccuracy)).ToString("F1", CultureInfo.InvariantCulture),
                string.Join(" ", Enumerable.Range(0, runs.First().Start.Layers.Count).Select(layer => runs.Average(run => run.Start.Layers[layer].RateHz).ToString("F0", CultureInfo.InvariantCulture))),
                runs.Average(run => run.InitializationSeconds + run.TrainingSeconds).ToString("F0", CultureInfo.InvariantCulture),
            ]));
        foreach (string warning in Warnings(scores))
        {
            Console.WriteLine($"! {warning}");
        }
    }

    /// <summary>What is short about the window is the same for every start and said once; silent and saturated layers stand among the rates.</summary>
    private static IEnumerable<string> Warnings(List<StartScore> scores) => scores.Select(score => score.Start.WindowWarning).OfType<string>().Distinct();

    private static double Deviation(IEnumerable<StartScore> runs)
    {
        double[] accuracies = [.. runs.Select(run => run.TestAccuracy)];
        double mean = accuracies.Average();
        return accuracies.Length > 1 ? Math.Sqrt(accuracies.Sum(accuracy => (accuracy - mean) * (accuracy - mean)) / (accuracies.Length - 1)) : 0;
    }
}
