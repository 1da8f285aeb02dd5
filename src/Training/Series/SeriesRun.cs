using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>One training of a series network, and its files: <c>weights.safetensors</c> (the best epoch) and <c>log.csv</c>.</summary>
public static class SeriesRun
{
    /// <summary>Name of the file with the weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    /// <summary>Key of the text that says how inputs are made.</summary>
    public const string EncodingNote = "encoding";

    /// <summary>Keys of the texts that say which samples were kept out of training.</summary>
    public const string SplitNote = "split", FoldNote = "fold", SeedNote = "seed";

    private const string Log = "log.csv";

    /// <summary>Trains a network on a fold's training samples.</summary>
    /// <param name="settings">The network.</param>
    /// <param name="training">How it learns; its seed draws the weights too.</param>
    /// <param name="fold">The samples; those to be judged by are not looked at.</param>
    /// <param name="epochDone">Told every epoch's figures, if given.</param>
    /// <param name="progress">Told how far it has come, if given.</param>
    /// <param name="cancellation">Stops within an epoch.</param>
    public static (SeriesNetwork Network, SeriesEpoch Best) Train(
        SeriesSettings settings, SeriesTrainingSettings training, SeriesFold fold, Action<SeriesEpoch>? epochDone = null, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(fold);
        var network = new SeriesNetwork(settings, training.Seed);
        (SeriesSet learned, SeriesSet held) = fold.Training.HoldBack(training.ValidationShare, training.Seed);
        return (network, new SeriesTrainer(network, learned, held, training).Run(progress, epochDone, cancellation));
    }

    /// <summary>Trains a network and writes its files.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">The network.</param>
    /// <param name="training">How it learns.</param>
    /// <param name="split">Name of the split that the fold is of.</param>
    /// <param name="fold">The samples.</param>
    /// <param name="folder">Where the files go; made if needed.</param>
    /// <param name="progress">Told how far it has come, if given.</param>
    /// <param name="cancellation">Stops within an epoch.</param>
    /// <exception cref="IOException">The folder holds a run already, or cannot be written.</exception>
    public static (SeriesNetwork Network, SeriesEpoch Best) Train(
        ISeriesTask task, SeriesSettings settings, SeriesTrainingSettings training, string split, SeriesFold fold, string folder, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        string log = Path.Combine(folder, Log);
        if (File.Exists(log))
        {
            throw new IOException($"{folder}: holds a run already. Choose another folder.");
        }

        WholeFile.WriteText(log, SeriesEpoch.CsvHeader + "\n");
        (SeriesNetwork network, SeriesEpoch best) = Train(settings, training, fold, epoch => File.AppendAllText(log, epoch.ToCsv() + "\n"), progress, cancellation);
        SeriesWeights.Save(Path.Combine(folder, WeightsFile), network, new Dictionary<string, string>
        {
            [EncodingNote] = task.Encoding,
            [SplitNote] = split,
            [FoldNote] = fold.Name,
            [SeedNote] = training.Seed.ToString(CultureInfo.InvariantCulture),
            ["training"] = training.ToString(),
            ["figures"] = $"{SeriesEpoch.CsvHeader}\n{best.ToCsv()}",
        });
        return (network, best);
    }
}
