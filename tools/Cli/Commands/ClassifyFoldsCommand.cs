using System.CommandLine;
using System.Text.Json.Nodes;
using StereoSpike.Ingest;
using StereoSpike.Readout;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike classify cross-validate --method ttfs --data FOLDER --out RUN</c></summary>
internal static class ClassifyFoldsCommand
{
    private static readonly Option<string> Out = new("--out") { Description = "Folder for a run a fold, and confusion.png of them all.", Required = true };
    private static readonly Option<int> FoldCount = new("--folds") { Description = "Number of folds.", DefaultValueFactory = _ => 5 };

    public static Command Make()
    {
        var command = new Command("cross-validate", "For small sets: train and test images are thrown together and cut into folds, every class spread evenly; each fold is judged once by a network that learned from the others, after its last epoch.")
        {
            LatencyFiles.Method, ClassifyCommand.Data, Out, FoldCount, ClassifyTrainCommand.Epochs, ClassifyTrainCommand.LearningRate, ClassifyTrainCommand.ShuffledLabels,
            TtfsRuns.Network, TtfsRuns.Steps, TtfsRuns.Batch, TtfsRuns.Shift, TtfsRuns.Smoothing,
        };
        command.SetAction((arguments, cancellation) => MainThread.RunAsync(() => Run(arguments, cancellation)));
        return command;
    }

    private static int Run(ParseResult arguments, CancellationToken cancellation)
    {
        if (arguments.GetValue(LatencyFiles.Method) != ClassifyMethod.Ttfs)
        {
            throw new ArgumentException("cross-validate trains networks of --method ttfs.");
        }

        LabelledImages images = ClassifyCommand.Load(arguments, ImageSplit.Train).With(ClassifyCommand.Load(arguments, ImageSplit.Test));
        (TtfsSettings network, TtfsTrainingSettings settings) = TtfsRuns.Settings(arguments, images);
        int folds = arguments.GetValue(FoldCount), seed = arguments.GetValue(CommonOptions.Seed);
        int[] assigned = Folds.Stratified(images.Labels, folds, seed);
        string folder = arguments.GetRequiredValue(Out);
        var all = new ClassificationScore();
        var accuracies = new JsonArray();
        for (int fold = 0; fold < folds; fold++)
        {
            int[] learned = [.. Enumerable.Range(0, images.Count).Where(i => assigned[i] != fold)], judged = [.. Enumerable.Range(0, images.Count).Where(i => assigned[i] == fold)];
            LabelledImages training = images.Chosen(learned);
            string run = Path.Combine(folder, $"fold{fold + 1}");
            using (var progress = new TerminalProgress($"fold {fold + 1} of {folds}"))
            {
                new TtfsTrainer(network, settings with { ValidationImages = 0 }, arguments.GetValue(ClassifyTrainCommand.ShuffledLabels) ? training.WithShuffledLabels(seed) : training, run).Run(progress, cancellation);
            }

            ClassificationScore score = TtfsRuns.Score(TtfsWeights.Load(Path.Combine(run, TtfsTrainer.BestWeights)), images.Chosen(judged), cancellation).Score;
            accuracies.Add(Answer.Number(score.AccuracyStrict));
            all.Add(score);
        }

        (double low, double high) = ShareInterval.Wilson(all.AccuracyStrict, all.Images);
        string confusion = Path.Combine(folder, "confusion.png");
        ConfusionPicture.Draw(all).Save(confusion);
        Answer.Print(arguments, new JsonObject
        {
            ["images"] = all.Images,
            ["folds"] = folds,
            ["accuracy_inclusive"] = Answer.Number(all.AccuracyInclusive),
            ["accuracy_strict"] = Answer.Number(all.AccuracyStrict),
            ["accuracy_low95"] = Answer.Number(low),
            ["accuracy_high95"] = Answer.Number(high),
            ["fold_accuracies"] = accuracies,
            ["silent_share"] = Answer.Number(all.SilentShare),
            ["mean_decision_step"] = Answer.Number(all.MeanDecisionStep, 3),
            ["confusion"] = confusion,
        });
        return Shell.Done;
    }
}
