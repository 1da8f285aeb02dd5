namespace StereoSpike.Model;

/// <summary>A layer's weights and bias as integers times a scale an output channel.</summary>
/// <param name="Integers">q, the weights' shape, [Out, …]; −Q … Q.</param>
/// <param name="Start">The bias in units of the layer's sums, shape [Out]; 0 without one.</param>
/// <param name="Scale">What one unit of the layer's sums stands for, shape [Out].</param>
/// <param name="Steps">What one unit of a weight stands for by itself, the weights' shape: the channel's scale over that of the input it multiplies.</param>
public sealed record RoundedLayer(short[] Integers, long[] Start, double[] Scale, double[] Steps)
{
    /// <summary>The float weights that the integers stand for.</summary>
    public float[] Weights => [.. Integers.Zip(Steps, (q, step) => (float)(q * step))];

    /// <summary>The float bias that its integers stand for, shape [Out].</summary>
    public float[] Bias => [.. Start.Zip(Scale, (q, scale) => (float)(q * scale))];

    /// <summary>Rounds a layer; the scales of the input's channels are folded into the weights first, so that nothing need be rounded between two layers of sums.</summary>
    /// <param name="weights">Shape [Out, …].</param>
    /// <param name="bias">Shape [Out]; null for none.</param>
    /// <param name="inputScale">What one unit of each input channel stands for.</param>
    /// <param name="groups">Groups of a convolution; 1 for a linear layer.</param>
    /// <param name="taps">Weights of an output channel that read the same input channel.</param>
    /// <param name="bits">2 to 16.</param>
    internal static RoundedLayer Of(WeightTensor weights, float[]? bias, double[] inputScale, int groups, int taps, int bits)
    {
        float[] values = weights.Values;
        int outputs = weights.Shape[0], row = values.Length / outputs, channelsOfGroup = row / taps;
        var (integers, starts, scales, steps) = (new short[values.Length], new long[outputs], new double[outputs], new double[values.Length]);
        var folded = new double[row];
        for (int o = 0; o < outputs; o++)
        {
            int firstChannel = o / (outputs / groups) * channelsOfGroup;
            for (int i = 0; i < row; i++)
            {
                folded[i] = values[(o * row) + i] * inputScale[firstChannel + (i / taps)];
            }

            float start = bias is null ? 0 : bias[o];
            scales[o] = folded.All(w => w == 0) && start != 0 ? Math.Abs(start) / SymmetricQuantization.Largest(bits) : SymmetricQuantization.Scale(folded, bits);
            starts[o] = checked((long)Math.Round(start / scales[o], MidpointRounding.ToEven));
            for (int i = 0; i < row; i++)
            {
                integers[(o * row) + i] = (short)SymmetricQuantization.Quantize(folded[i], scales[o], bits);
                steps[(o * row) + i] = scales[o] / inputScale[firstChannel + (i / taps)];
            }
        }

        return new RoundedLayer(integers, starts, scales, steps);
    }
}
