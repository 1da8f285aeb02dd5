using System.Globalization;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>Where a run stands: weights, optimiser, settings and place in the data; all that a resumed run needs to go on bit for bit.</summary>
/// <remarks>One <c>.safetensors</c> file, renamed into place when it is whole: a run killed at any moment leaves the checkpoint before.
/// Order and augmentation are drawn from seed, epoch and index, so no generator's state needs keeping.</remarks>
public sealed record Checkpoint
{
    private const string SettingsKey = "training", StateKey = "state";

    /// <summary>The run's settings, the network's readout offset and scale filled in.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>Epoch under way, 0-based.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batches of that epoch that are done.</summary>
    public required int BatchesDone { get; init; }

    /// <summary>Steps the optimiser has taken.</summary>
    public required long Steps { get; init; }

    /// <summary>Sum of the losses of the epoch under way.</summary>
    public required double LossSum { get; init; }

    /// <summary>The best validation score so far; infinite before the first.</summary>
    public required double Best { get; init; }

    /// <summary>Epochs since that score.</summary>
    public required int EpochsSinceBest { get; init; }

    /// <summary>Seconds of training so far.</summary>
    public required double Seconds { get; init; }

    /// <summary>Weights and the optimiser's moments.</summary>
    public required IReadOnlyDictionary<string, WeightTensor> Tensors { get; init; }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path)
    {
        string state = string.Join(' ', Texts(Epoch, BatchesDone, Steps, LossSum, Best, Seconds, EpochsSinceBest));
        SafetensorsFile.Write(path, Tensors, new Dictionary<string, string> { [SettingsKey] = Settings.ToJson(), [StateKey] = state });

        static IEnumerable<string> Texts(params IFormattable[] values) => values.Select(value => value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FileNotFoundException">There is none at that place.</exception>
    /// <exception cref="InvalidDataException">It is damaged or no checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no checkpoint to resume. Start the run with stereospike train --data … --out RUN.", path);
        }

        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(path);
        if (!metadata.TryGetValue(SettingsKey, out string? settings) || !metadata.TryGetValue(StateKey, out string? state))
        {
            throw Bad(path, "holds weights but no state of a run");
        }

        try
        {
            string[] fields = state.Split(' ');
            return new Checkpoint
            {
                Settings = TrainingSettings.FromJson(settings, path),
                Epoch = Guard.AtLeast(int.Parse(fields[0], CultureInfo.InvariantCulture), 0),
                BatchesDone = Guard.AtLeast(int.Parse(fields[1], CultureInfo.InvariantCulture), 0),
                Steps = long.Parse(fields[2], CultureInfo.InvariantCulture),
                LossSum = double.Parse(fields[3], CultureInfo.InvariantCulture),
                Best = double.Parse(fields[4], CultureInfo.InvariantCulture),
                Seconds = double.Parse(fields[5], CultureInfo.InvariantCulture),
                EpochsSinceBest = fields.Length > 6 ? Guard.AtLeast(int.Parse(fields[6], CultureInfo.InvariantCulture), 0) : 0,   // checkpoints before early stopping lack it
                Tensors = tensors,
            };
        }
        catch (Exception cause) when (cause is FormatException or IndexOutOfRangeException or OverflowException or ArgumentOutOfRangeException)
        {
            throw Bad(path, $"has a state that cannot be read (\"{state}\")", cause);
        }
    }

    private static InvalidDataException Bad(string path, string found, Exception? cause = null) =>
        BadFile.Error(path, "", found, "Resume with a run's last.safetensors; infer and evaluate take its weights.safetensors.", cause);
}
