namespace StereoSpike.Model;

/// <summary>A fully connected layer of non-leaky integrate-and-fire neurons that fire at most once, as plain arithmetic: the definition that the fast layers are tested against.</summary>
/// <remarks><code>
/// V_j(t) = Σ over i with t_i ≤ t of w_ji · ε(t + 1 − t_i)     no leak; ε is the synapses' response, 1 for S4NN
/// t_j    = 1 + the first t with V_j(t) > θ                    one step of delay; strictly above
/// t_j    = T  if there is none before T − 1                   never: a crossing in the last step comes too late
/// </code>
/// Source: Kheradpisheh and Masquelier, "S4NN: temporal backpropagation for spiking neural networks with one spike per neuron", Int. J. Neural Systems 2020 (arXiv:1910.09495).
/// The delay of a layer is not in the paper's text; it is in the authors' code, whose times these are.
/// </remarks>
public static class SingleSpike
{
    /// <summary>Times of a layer's spikes.</summary>
    /// <param name="inputTimes">When each input fires, in steps; T or more for never; shape [N].</param>
    /// <param name="weights">Shape [K,N].</param>
    /// <param name="threshold">θ.</param>
    /// <param name="steps">T.</param>
    /// <param name="times">Receives each neuron's time, 1 to T − 1, or T for never; shape [K].</param>
    /// <param name="response">ε; at once if left out.</param>
    /// <exception cref="ArgumentException">The weights do not hold K·N elements.</exception>
    public static void FirstSpikes(ReadOnlySpan<ushort> inputTimes, ReadOnlySpan<float> weights, float threshold, int steps, Span<ushort> times, SynapticResponse response = default)
    {
        Guard.Length(weights.Length, inputTimes.Length * times.Length, nameof(weights));
        for (int j = 0; j < times.Length; j++)
        {
            ReadOnlySpan<float> row = weights.Slice(j * inputTimes.Length, inputTimes.Length);
            times[j] = (ushort)steps;
            for (int t = 0; t < steps - 1 && times[j] == steps; t++)
            {
                times[j] = Potential(inputTimes, row, t, response) > threshold ? (ushort)(t + 1) : times[j];
            }
        }
    }

    private static float Potential(ReadOnlySpan<ushort> inputTimes, ReadOnlySpan<float> row, int t, SynapticResponse response)
    {
        double sum = 0;
        for (int i = 0; i < row.Length; i++)
        {
            sum += inputTimes[i] <= t ? (double)row[i] * response.After(t + 1 - inputTimes[i]) : 0;
        }

        return (float)sum;
    }
}
