using System.Globalization;
using System.Text.RegularExpressions;

namespace StereoSpike.Readout;

/// <summary>What a stage of a <see cref="TtfsNetwork"/> does.</summary>
public enum TtfsStageKind
{
    /// <summary>A convolution, and neurons that fire at most once.</summary>
    Convolution,

    /// <summary>The mean over blocks of pixels: passes every spike on, its weight divided by the block's size. Max pooling would pass on a second spike.</summary>
    AveragePooling,

    /// <summary>A fully connected layer, and neurons that fire at most once.</summary>
    FullyConnected,
}

/// <summary>One stage of a single-spike network.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Neurons">Neurons of a fully connected layer, or channels of a convolution; 0 for pooling.</param>
/// <param name="Size">Side of a convolution's kernel or of a pooled block; 1 for a fully connected layer.</param>
public readonly partial record struct TtfsStage(TtfsStageKind Kind, int Neurons, int Size)
{
    private const int MostNeurons = 4096, MostSize = 15, MostStages = 16;

    /// <summary>Reads a network's stages: <c>32C3</c> is a convolution to 32 channels with kernels of 3×3, <c>P2</c> the mean over 2×2, <c>128</c> a fully connected layer; joined by hyphens. Ten outputs follow by themselves.</summary>
    /// <exception cref="ArgumentException">It is no such text.</exception>
    public static IReadOnlyList<TtfsStage> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        TtfsStage[] stages = [.. text.Split('-').Select(part => One(part, text))];
        int connected = Array.FindIndex(stages, stage => stage.Kind == TtfsStageKind.FullyConnected);
        return stages.Length <= MostStages && (connected < 0 || Array.TrueForAll(stages[connected..], stage => stage.Kind == TtfsStageKind.FullyConnected))
            ? stages
            : throw new ArgumentException($"\"{text}\": at most {MostStages} stages, and none but fully connected ones after the first of these.", nameof(text));
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        TtfsStageKind.Convolution => string.Create(CultureInfo.InvariantCulture, $"{Neurons}C{Size}"),
        TtfsStageKind.AveragePooling => string.Create(CultureInfo.InvariantCulture, $"P{Size}"),
        _ => Neurons.ToString(CultureInfo.InvariantCulture),
    };

    private static TtfsStage One(string part, string text)
    {
        Match match = Written().Match(part);
        int neurons = match.Groups["n"].Success ? Number("n") : 0, kernel = match.Groups["k"].Success ? Number("k") : 0, block = match.Groups["p"].Success ? Number("p") : 0;
        TtfsStage? stage = (neurons, kernel, block) switch
        {
            ( >= 1 and <= MostNeurons, 0, 0) => new TtfsStage(TtfsStageKind.FullyConnected, neurons, 1),
            ( >= 1 and <= MostNeurons, >= 1 and <= MostSize, 0) when kernel % 2 == 1 => new TtfsStage(TtfsStageKind.Convolution, neurons, kernel),
            (0, 0, >= 2 and <= MostSize) => new TtfsStage(TtfsStageKind.AveragePooling, 0, block),
            _ => null,
        };
        return stage ?? throw new ArgumentException(
            $"\"{part}\" of the network \"{text}\" is no stage. Write 32C3 (1 to {MostNeurons} channels, odd kernels up to {MostSize}), P2 (means over 2×2) or 128 (fully connected), joined by hyphens.");

        int Number(string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^(?:(?<n>\d{1,5})(?:C(?<k>\d{1,3}))?|P(?<p>\d{1,3}))$")]
    private static partial Regex Written();
}
