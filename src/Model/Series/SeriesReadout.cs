namespace StereoSpike.Model;

/// <summary>From what a network's output layer did at each step to one score an output.</summary>
public static class SeriesReadout
{
    /// <summary>Share of steps to score: what a softmax can work with.</summary>
    private const float SpikeGain = 10f;

    /// <summary>Works scores out.</summary>
    /// <param name="kind">Mean, max or last potential of <see cref="SeriesNeuronKind.Integrating"/> outputs; count or first spike of <see cref="SeriesNeuronKind.Spiking"/> ones.</param>
    /// <param name="output">The output layer's output, shape [T,K].</param>
    /// <param name="scores">Receives a score an output, shape [K].</param>
    public static void Read(SeriesReadoutKind kind, ReadOnlySpan<float> output, Span<float> scores)
    {
        int outputs = scores.Length, steps = output.Length / outputs;
        for (int k = 0; k < outputs; k++)
        {
            scores[k] = kind switch
            {
                SeriesReadoutKind.Mean => Sum(output, k, outputs) / steps,
                SeriesReadoutKind.Count => SpikeGain * Sum(output, k, outputs) / steps,
                SeriesReadoutKind.Last => output[((steps - 1) * outputs) + k],
                SeriesReadoutKind.Max => output[(Largest(output, k, outputs) * outputs) + k],
                _ => First(output, k, outputs) is >= 0 and int t ? SpikeGain * (steps - t) / steps : 0f,
            };
        }
    }

    /// <summary>Writes the gradient of the output layer's output.</summary>
    /// <param name="kind">As in <see cref="Read"/>.</param>
    /// <param name="trace">The output layer's trace.</param>
    /// <param name="scoreGradient">Gradient of the scores, shape [K].</param>
    /// <remarks>A first spike hands its gradient to the step in which it came, times (T − t)/T; a silent output to the step of its highest potential, so that it can be brought to fire.</remarks>
    public static void Backward(SeriesReadoutKind kind, SeriesLayerTrace trace, ReadOnlySpan<float> scoreGradient)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Span<float> gradient = trace.OutputGradient;
        int outputs = scoreGradient.Length, steps = gradient.Length / outputs;
        gradient.Clear();
        for (int k = 0; k < outputs; k++)
        {
            float g = scoreGradient[k];
            switch (kind)
            {
                case SeriesReadoutKind.Mean or SeriesReadoutKind.Count:
                    for (int t = 0; t < steps; t++)
                    {
                        gradient[(t * outputs) + k] = (kind == SeriesReadoutKind.Count ? SpikeGain : 1f) * g / steps;
                    }

                    break;
                case SeriesReadoutKind.Last:
                    gradient[((steps - 1) * outputs) + k] = g;
                    break;
                case SeriesReadoutKind.Max:
                    gradient[(Largest(trace.Output, k, outputs) * outputs) + k] = g;
                    break;
                default:
                    int first = First(trace.Output, k, outputs), at = first >= 0 ? first : Largest(trace.Potentials, k, outputs);
                    gradient[(at * outputs) + k] = g * SpikeGain * (steps - at) / steps;
                    break;
            }
        }
    }

    /// <summary>The step of an output's first spike; −1 if it never fires.</summary>
    /// <param name="output">Shape [T,K].</param>
    /// <param name="k">Which output.</param>
    /// <param name="outputs">K.</param>
    public static int First(ReadOnlySpan<float> output, int k, int outputs)
    {
        for (int at = k; at < output.Length; at += outputs)
        {
            if (output[at] > 0f)
            {
                return at / outputs;
            }
        }

        return -1;
    }

    private static float Sum(ReadOnlySpan<float> output, int k, int outputs)
    {
        float sum = 0f;
        for (int at = k; at < output.Length; at += outputs)
        {
            sum += output[at];
        }

        return sum;
    }

    private static int Largest(ReadOnlySpan<float> output, int k, int outputs)
    {
        int best = k;
        for (int at = k; at < output.Length; at += outputs)
        {
            best = output[at] > output[best] ? at : best;
        }

        return best / outputs;
    }
}
