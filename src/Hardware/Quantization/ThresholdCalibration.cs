using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Sets a rounded network's thresholds on samples, so that every channel fires as often as it does in float.</summary>
/// <remarks>
/// Rounded weights shift and widen a channel's sums x; few bits do so enough to change what fires. Layer by layer from the input, the layers before being set already, with n the spikes that
/// the channel fires in float on all samples together and x₁ ≥ x₂ ≥ … its sums there:
/// <code>
/// the threshold t nearest to the present one with #{x ≥ t} = n, that is x_{n+1} &lt; t ≤ x_n; among equal sums, the t whose count is nearest to n
/// </code>
/// A threshold stays at least 1, so that a neuron without input stays silent. Only thresholds change: what a chip computes, and what it costs otherwise, is the same.
/// Memory holds a layer's sums on all samples, 8 bytes each: 370 MB for the largest layer of the full network and 16 samples.
/// Ours; thresholds balanced by what samples do are Diehl et al., "Fast-classifying, high-accuracy spiking deep networks through weight and threshold balancing", IJCNN 2015.
/// </remarks>
public static class ThresholdCalibration
{
    /// <summary>Sets the thresholds.</summary>
    /// <param name="program">A network of one step without feedback, whose neurons fire in the step that charges them.</param>
    /// <param name="inputs">Samples, each of shape [C,H,W], at least one.</param>
    /// <param name="original">The same network in float.</param>
    /// <param name="layerDone">Told the layers done and their number.</param>
    /// <returns>The same program with other thresholds.</returns>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    /// <exception cref="NotSupportedException">A layer is fed back or fires a step later.</exception>
    public static IntegerProgram Apply(IntegerProgram program, IReadOnlyList<float[]> inputs, ITracedEngine original, Action<int, int>? layerDone = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(original);
        Guard.AtLeast(inputs.Count, 1, nameof(inputs));
        if (program.Nodes.FirstOrDefault(node => node.Node.Operation is FeedbackOperation || node.Neurons?.RetainedCurrent is not null) is { } late)
        {
            throw new NotSupportedException($"Node {late.Node.Name} answers in a later step; thresholds are set on samples in networks of one step only.");
        }

        GraphNode[] layers = [.. program.Graph.FiringNodes];
        Dictionary<string, long[]> wanted = Fired(layers, inputs, original);
        for (int i = 0; i < layers.Length; i++)
        {
            program = program.With(layers[i].Name, program[layers[i].Name].Neurons!.WithFromRest(Thresholds(program, layers[i], inputs, wanted[layers[i].Name])));
            layerDone?.Invoke(i + 1, layers.Length);
        }

        return program;
    }

    /// <summary>The threshold that so many sums reach.</summary>
    /// <param name="sums">All sums, in any order; they are sorted.</param>
    /// <param name="count">How many are to reach it, 0 to their number.</param>
    /// <param name="present">The threshold so far.</param>
    internal static long Threshold(Span<long> sums, int count, long present)
    {
        sums.Sort();
        long atMost = count == 0 ? long.MaxValue : sums[^count], above = count == sums.Length ? long.MinValue : sums[^(count + 1)];
        if (above < atMost)   // any threshold between the two sums has the wanted count
        {
            return Math.Max(1, Math.Clamp(present, above + 1, atMost));
        }

        long least = atMost;
        int reach = sums.Length - LowerBound(sums, least), exceed = sums.Length - LowerBound(sums, least + 1);
        return Math.Max(1, reach - count < count - exceed ? least : least + 1);
    }

    private static int LowerBound(ReadOnlySpan<long> sorted, long value)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static long[] Thresholds(IntegerProgram program, GraphNode layer, IReadOnlyList<float[]> inputs, long[] wanted)
    {
        int channels = layer.Shape.Channels, pixels = layer.Shape.Height * layer.Shape.Width;
        var sums = new long[channels][];
        for (int c = 0; c < channels; c++)
        {
            sums[c] = new long[inputs.Count * pixels];
        }

        var simulation = new IntegerSimulation(program);
        var integers = new int[program.Graph.Input.Shape.Count];
        for (int n = 0; n < inputs.Count; n++)
        {
            program.QuantizeInput(inputs[n], integers);
            simulation.Rest();
            simulation.Step(integers);
            long[] drive = simulation.Values(layer.Inputs[0]);
            for (int c = 0; c < channels; c++)
            {
                drive.AsSpan(c * pixels, pixels).CopyTo(sums[c].AsSpan(n * pixels));
            }
        }

        long[] present = program[layer.Name].Neurons!.FromRest;
        return [.. Enumerable.Range(0, channels).Select(c => Threshold(sums[c], (int)wanted[c], present[c]))];
    }

    private static Dictionary<string, long[]> Fired(GraphNode[] layers, IReadOnlyList<float[]> inputs, ITracedEngine engine)
    {
        var fired = layers.ToDictionary(layer => layer.Name, layer => new long[layer.Shape.Channels]);
        foreach (float[] input in inputs)
        {
            EngineTrace trace = engine.Trace(input);
            foreach (GraphNode layer in layers)
            {
                float[] spikes = trace.Values[layer.Name];
                int pixels = layer.Shape.Height * layer.Shape.Width;
                for (int i = 0; i < spikes.Length; i++)
                {
                    fired[layer.Name][i / pixels] += spikes[i] > 0 ? 1 : 0;
                }
            }
        }

        return fired;
    }
}
