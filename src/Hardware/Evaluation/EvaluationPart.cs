using System.Text;
using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>The score of a range of a recording's labels, before any mean is taken: ranges scored apart, anywhere, join to the very figures of one run over all of them.</summary>
/// <remarks>
/// Sums are kept image by image and joined in the order of the labels, since sums of binary64 depend on their order. What needs the truth alone (constants, the training set's mean) is left to who joins.
/// In a file they are npz arrays: <c>definition</c> and <c>layers</c> (UTF-8), <c>labels</c>, <c>images</c>, <c>absolute_errors</c>, <c>bias_below</c>, <c>bias_above</c>,
/// <c>events</c> (left read, left dropped, right read, right dropped) and <c>firing_rates</c> (of the layers, then their mean).
/// </remarks>
public sealed record EvaluationPart
{
    private const long MostBytes = 1L << 30;

    /// <summary>The definition of the figures; only parts of one definition join.</summary>
    public required string Definition { get; init; }

    /// <summary>The labels scored, in their order.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>The network's errors.</summary>
    public required DepthErrorArrays Errors { get; init; }

    /// <summary>Predicted below true disparity: a histogram, shape [bins, 2].</summary>
    public required NpyArray BiasBelow { get; init; }

    /// <summary>Predicted from true disparity on.</summary>
    public required NpyArray BiasAbove { get; init; }

    /// <summary>The left camera's events.</summary>
    public required EventTally Left { get; init; }

    /// <summary>The right camera's events.</summary>
    public required EventTally Right { get; init; }

    /// <summary>Share of neurons that fired, by layer in the network's order, then as <c>mean</c>, 0..1, over the windows of <see cref="Labels"/>.</summary>
    public required IReadOnlyList<KeyValuePair<string, double>> FiringRates { get; init; }

    /// <summary>Firing rates over the windows of all parts.</summary>
    /// <param name="parts">At least one, of one network.</param>
    /// <exception cref="InvalidDataException">They are of different networks.</exception>
    public static IReadOnlyList<KeyValuePair<string, double>> JoinFiringRates(IReadOnlyList<EvaluationPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        double windows = parts.Sum(part => part.Labels.Count);
        string[] layers = [.. parts[0].FiringRates.Select(rate => rate.Key)];
        return parts.All(part => part.FiringRates.Select(rate => rate.Key).SequenceEqual(layers))
            ? [.. layers.Select((layer, i) => KeyValuePair.Create(layer, parts.Sum(part => part.FiringRates[i].Value * part.Labels.Count) / windows))]
            : throw new InvalidDataException("The parts are of networks with different layers. Score all ranges with the same weights.");
    }

    /// <summary>Writes it whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => NpzFile.Write(path, new Dictionary<string, NpyArray>
    {
        ["definition"] = Text(Definition),
        ["labels"] = NpyArray.From([.. Labels], Labels.Count),
        ["images"] = Errors.Images,
        ["absolute_errors"] = Errors.AbsoluteErrors,
        ["bias_below"] = BiasBelow,
        ["bias_above"] = BiasAbove,
        ["events"] = NpyArray.From([Left.Read, Left.Dropped, Right.Read, Right.Dropped], 4),
        ["layers"] = Text(string.Join('\n', FiringRates.Select(rate => rate.Key))),
        ["firing_rates"] = NpyArray.From([.. FiringRates.Select(rate => rate.Value)], FiringRates.Count),
    });

    /// <summary>Reads one.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="InvalidDataException">It is no such file.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static EvaluationPart Load(string path)
    {
        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(path, MostBytes);
        long[] events = Array("events").ToInt64s();
        string[] layers = Read("layers").Split('\n');
        double[] rates = Array("firing_rates").ToDoubles();
        long[] labels = Array("labels").ToInt64s();
        return events.Length == 4 && layers.Length == rates.Length && labels.Length > 0 && labels.All(label => label is >= 0 and <= int.MaxValue)
            ? new EvaluationPart
            {
                Definition = Read("definition"),
                Labels = [.. labels.Select(label => (int)label)],
                Errors = new DepthErrorArrays { Images = Array("images"), AbsoluteErrors = Array("absolute_errors") },
                BiasBelow = Array("bias_below"),
                BiasAbove = Array("bias_above"),
                Left = new EventTally(events[0], events[1]),
                Right = new EventTally(events[2], events[3]),
                FiringRates = [.. layers.Zip(rates, KeyValuePair.Create)],
            }
            : throw Bad("its arrays do not fit one another");

        NpyArray Array(string name) => arrays.TryGetValue(name, out NpyArray? array) ? array : throw Bad($"lacks the array {name}");
        string Read(string name) => Encoding.UTF8.GetString(Array(name).Bytes);
        InvalidDataException Bad(string found) => BadFile.Error(path, "", found, "Make it again with stereospike evaluate --part.");
    }

    private static NpyArray Text(string text) => NpyArray.From(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetByteCount(text));
}
