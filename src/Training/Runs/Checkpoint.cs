using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using StereoSpike.Files;
using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>Where a run stands: weights, optimiser, settings and place in the data; all that a resumed run needs to go on bit for bit.</summary>
/// <remarks>One <c>.safetensors</c> file, renamed into place when it is whole: a run killed at any moment leaves the checkpoint before.
/// Checksums tell a damaged file from a whole one. Order and augmentation are drawn from seed, epoch and index, so no generator's state needs keeping.</remarks>
public sealed record Checkpoint
{
    private const string SettingsKey = "training", StateKey = "state", ChecksumsKey = "crc32c";

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

    /// <summary>Weights, the optimiser's moments and, where there is one, the weights' average.</summary>
    public required IReadOnlyDictionary<string, WeightTensor> Tensors { get; init; }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string path)
    {
        string state = string.Join(' ', Texts(Epoch, BatchesDone, Steps, LossSum, Best, Seconds, EpochsSinceBest));
        string settings = Settings.ToJson();
        SafetensorsFile.Write(path, Tensors, new Dictionary<string, string> { [SettingsKey] = settings, [StateKey] = state, [ChecksumsKey] = string.Join(' ', Checksums(settings, state, Tensors).Select(part => part.Checksum)) });

        static IEnumerable<string> Texts(params IFormattable[] values) => values.Select(value => value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="FileNotFoundException">There is none at that place.</exception>
    /// <exception cref="InvalidDataException">It is damaged or no checkpoint.</exception>
    public static Checkpoint Load(string path)
    {
        Check(path);
        using FileStream file = File.OpenRead(path);
        return Load(path, file);
    }

    /// <summary>Reads a checkpoint on the first rank and gives it to all, so that the others need not see the folder.</summary>
    /// <inheritdoc cref="Load(string)"/>
    public static Checkpoint Load(string path, Ranks ranks)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        if (ranks.Size == 1)
        {
            return Load(path);
        }

        if (ranks.IsFirst)
        {
            Check(path);
        }

        using var copy = new MemoryStream(ranks.BroadcastBytes(ranks.IsFirst ? File.ReadAllBytes(path) : null));
        return Load(path, copy);
    }

    private static void Check(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no checkpoint to resume. Start the run with stereospike train --data … --out RUN.", path);
        }
    }

    private static Checkpoint Load(string path, Stream stream)
    {
        (IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string> metadata) = SafetensorsFile.Read(stream, path);
        if (!metadata.TryGetValue(SettingsKey, out string? settings) || !metadata.TryGetValue(StateKey, out string? state))
        {
            throw Bad(path, "holds weights but no state of a run");
        }

        if (metadata.TryGetValue(ChecksumsKey, out string? checksums))   // checkpoints before version 0.2 have none
        {
            Check(path, Checksums(settings, state, tensors), checksums.Split(' '));
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

    private static (string Part, string Checksum)[] Checksums(string settings, string state, IReadOnlyDictionary<string, WeightTensor> tensors) =>
    [
        ("the run's settings and state", Hexadecimal(Encoding.UTF8.GetBytes(settings + state))),
        .. tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => ($"tensor {pair.Key}", Hexadecimal(MemoryMarshal.AsBytes(pair.Value.Values.AsSpan())))),
    ];

    private static string Hexadecimal(ReadOnlySpan<byte> bytes) => Crc32C.Of(bytes).ToString("x8", CultureInfo.InvariantCulture);

    private static void Check(string path, (string Part, string Checksum)[] found, string[] kept)
    {
        int wrong = found.Length != kept.Length ? 0 : Enumerable.Range(0, kept.Length).FirstOrDefault(i => found[i].Checksum != kept[i], -1);
        if (wrong >= 0)
        {
            throw Bad(path, $"is damaged: {(found.Length == kept.Length ? found[wrong].Part : "the number of tensors")} is not as it was written");
        }
    }

    private static InvalidDataException Bad(string path, string found, Exception? cause = null) =>
        BadFile.Error(path, "", found, "Resume with a run's last.safetensors; infer and evaluate take its weights.safetensors.", cause);
}
