using System.Globalization;
using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Checks a network against the limits of a chip that do not depend on where its layers lie.</summary>
internal static class ChipLimits
{
    private const int SumBits = 16;   // about what the sums of 8-bit weights times spikes take

    public static IEnumerable<ChipViolation> Check(NetworkGraph graph, IReadOnlyList<Population> populations, ChipProfile chip, int weightBits)
    {
        if (weightBits > chip.WeightBits)
        {
            yield return new("weight_bits", Text(chip.WeightBits), Text(weightBits), "", $"Quantise to {chip.WeightBits} bits (--bits {chip.WeightBits}).");
        }

        if (graph.Input.Shape.Count > chip.Inputs)
        {
            yield return new("inputs", Text(chip.Inputs.Value), Text(graph.Input.Shape.Count), "input", $"Reduce the input to {chip.Inputs} values: this chip is for signals, not for images.");
        }

        long neurons = populations.Sum(population => (long)population.Shape.Count);
        if (neurons > chip.Neurons)
        {
            yield return new("neurons", Text(chip.Neurons.Value), Text(neurons), "", Narrower(neurons, chip.Neurons.Value, "neurons"));
        }

        foreach (ChipViolation violation in populations.SelectMany(population => OfPopulation(population, chip)))
        {
            yield return violation;
        }
    }

    /// <summary>Layers whose thresholds do not fit a quarter of the membranes' range, so that sums would have to be rounded before they are compared.</summary>
    public static IEnumerable<ChipViolation> OfMembranes(IntegerProgram program, ChipProfile chip) => program.Nodes
        .Where(node => node.Neurons is not null && MembraneBits(node.Neurons) > chip.MembraneBits)
        .Select(node => new ChipViolation(
            "membrane_bits", Text(chip.MembraneBits), Text(MembraneBits(node.Neurons!)), node.Node.Name,
            "Quantise weights to fewer bits (--bits), or fold separable convolutions (--fold): thresholds shrink with both."));

    /// <summary>The narrowest membrane, bits with the sign, whose quarter of the range holds every threshold: t ≤ 2^(bits − 2).</summary>
    private static int MembraneBits(IntegerNeurons neurons) => 2 + 64 - BitOperations.LeadingZeroCount((ulong)Math.Max(neurons.FromRest.Max(Math.Abs) - 1, 0));

    private static IEnumerable<ChipViolation> OfPopulation(Population population, ChipProfile chip)
    {
        FeatureShape shape = population.Shape;
        if (Math.Max(shape.Height, shape.Width) > chip.OutputSide)
        {
            yield return new("output_side", Text(chip.OutputSide.Value), Sides(shape), population.Name, Smaller(shape, chip.OutputSide.Value));
        }

        if (shape.Channels > chip.Channels)
        {
            yield return new("channels", Text(chip.Channels.Value), Text(shape.Channels), population.Name, $"Take --channels {Share((double)chip.Channels.Value / shape.Channels)} of the present multiplier.");
        }

        if (population.Destinations.Count > chip.Destinations)
        {
            yield return new(
                "destinations", Text(chip.Destinations.Value), $"{population.Destinations.Count}: {string.Join(", ", population.Destinations)}", population.Name,
                "Leave out skips or prediction heads that read it, or repeat its spikes in another layer.");
        }

        foreach (ChipViolation violation in population.Projections.SelectMany(projection => OfProjection(projection, chip)))
        {
            yield return violation;
        }
    }

    private static IEnumerable<ChipViolation> OfProjection(Projection projection, ChipProfile chip)
    {
        string layer = projection.Node.Name;
        FeatureShape read = projection.Read;
        if (Math.Max(read.Height, read.Width) > chip.InputSide)
        {
            yield return new("input_side", Text(chip.InputSide.Value), Sides(read), layer, Smaller(read, chip.InputSide.Value));
        }

        if (projection.Upsampled && !chip.Upsampling)
        {
            yield return new("upsampling", "none", $"{Sides(read)} to {Sides(projection.Node.Shape)}", layer, "Predict at the small size and resize the depth on the host, or train a transposed convolution in its place.");
        }

        if (projection.ReadsSums && chip.PayloadBits < SumBits)
        {
            yield return new("payload_bits", Text(chip.PayloadBits), "sums of a convolution, about 16 bits", layer, "Fold the depthwise into the pointwise convolution (--fold), or let neurons fire between them.");
        }

        if (projection.Pooling > 1 && chip.PoolingSizes is { } sizes && !sizes.Contains(projection.Pooling))
        {
            yield return new("pooling_sizes", string.Join(", ", sizes), Text(projection.Pooling), layer, "Pool by one of the chip's sizes, or stride instead.");
        }

        if (projection.Node.Operation is not ConvolutionOperation conv)
        {
            yield break;
        }

        if (!chip.Convolutions)
        {
            yield return new("convolutions", "none", $"{conv.Kernel}×{conv.Kernel}", layer, "Use a fully connected network; this chip stores every synapse.");
        }

        if (conv.Kernel > chip.KernelSide)
        {
            yield return new("kernel_side", Text(chip.KernelSide.Value), Text(conv.Kernel), layer, $"Take kernels of at most {chip.KernelSide} px.");
        }

        if (chip.Strides is { } strides && !strides.Contains(conv.Stride))
        {
            yield return new("strides", string.Join(", ", strides), Text(conv.Stride), layer, "Take one of the chip's strides.");
        }

        if (conv.Padding > chip.Padding)
        {
            yield return new("padding", Text(chip.Padding.Value), Text(conv.Padding), layer, "Take a smaller kernel, or pad less.");
        }
    }

    /// <summary>What makes something smaller by a factor.</summary>
    internal static string Narrower(double found, double allowed, string what) => string.Create(
        CultureInfo.InvariantCulture, $"It has {found / allowed:0.##} times the {what}: take a channel multiplier of {allowed / found:0.###} of the present one or less, or crop or sum the input.");

    private static string Smaller(FeatureShape shape, int side) =>
        $"Crop it to {side}×{side} px, or sum blocks of {(Math.Max(shape.Height, shape.Width) + side - 1) / side} px first (downsample); or stride earlier.";

    private static string Sides(FeatureShape shape) => $"{shape.Width}×{shape.Height}";

    private static string Share(double share) => share.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
