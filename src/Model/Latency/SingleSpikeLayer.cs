using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Model;

/// <summary>The layer of <see cref="SingleSpike"/>, driven by events: it works where spikes arrive and nowhere else.</summary>
/// <remarks>
/// Weights lie input by input, so that a spike adds one row to all potentials. A neuron that has fired stands at −∞: whatever is added to it, it never
/// crosses the threshold again, and no list of the fired ones is asked.
/// </remarks>
public sealed class SingleSpikeLayer : ISingleSpikeLayer
{
    private const int Block = 64;   // neurons worked on at once: four registers of 16
    private readonly float[] _weights;
    private readonly float[] _potentials;

    /// <summary>Makes a layer with weights 0.</summary>
    /// <param name="inputs">N, 1 to 65535.</param>
    /// <param name="neurons">K, 1 to 65535.</param>
    /// <param name="threshold">θ.</param>
    /// <param name="steps">T, 2 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public SingleSpikeLayer(int inputs, int neurons, float threshold, int steps)
    {
        Inputs = Guard.Within(inputs, 1, ushort.MaxValue);
        Neurons = Guard.Within(neurons, 1, ushort.MaxValue);
        Steps = Guard.Within(steps, 2, ushort.MaxValue);
        Threshold = threshold;
        Stride = (neurons + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;
        _weights = new float[checked(inputs * Stride)];
        _potentials = new float[Stride];
    }

    /// <summary>N.</summary>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Neurons { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>θ.</summary>
    public float Threshold { get; set; }

    /// <summary>Length of a row of weights: K, rounded up to a multiple of 16. What lies behind K is not used.</summary>
    public int Stride { get; }

    /// <summary>The weights by input, shape [N,Stride].</summary>
    public Span<float> Weights => _weights;

    /// <summary>Membrane potentials, shape [K]; −∞ where a neuron has fired.</summary>
    public ReadOnlySpan<float> Potentials => _potentials.AsSpan(0, Neurons);

    /// <summary>Takes weights in the order of a file.</summary>
    /// <param name="weights">Shape [K,N].</param>
    /// <exception cref="ArgumentException">There are not K·N of them.</exception>
    public void Import(ReadOnlySpan<float> weights)
    {
        Guard.Length(weights.Length, Neurons * Inputs, nameof(weights));
        for (int i = 0; i < Inputs; i++)
        {
            for (int j = 0; j < Neurons; j++)
            {
                _weights[(i * Stride) + j] = weights[(j * Inputs) + i];
            }
        }
    }

    /// <summary>The weights in the order of a file, shape [K,N].</summary>
    public float[] Export()
    {
        var weights = new float[Neurons * Inputs];
        for (int i = 0; i < Inputs; i++)
        {
            for (int j = 0; j < Neurons; j++)
            {
                weights[(j * Inputs) + i] = _weights[(i * Stride) + j];
            }
        }

        return weights;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _potentials.AsSpan(0, Neurons).Clear();
        _potentials.AsSpan(Neurons).Fill(float.NegativeInfinity);   // lanes without a neuron never fire
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // a run may be over before the first, slow version were replaced
    public int Step(ReadOnlySpan<TimedSpike> arrivals, int step, Span<TimedSpike> fired)
    {
        foreach (TimedSpike spike in arrivals)
        {
            if (spike.Neuron >= Inputs)
            {
                ThrowOutside(spike, Inputs);
            }
        }

        ref float potentials = ref MemoryMarshal.GetArrayDataReference(_potentials);
        ref float weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        Vector512<float> threshold = Vector512.Create(Threshold);
        int stride = Stride, at = 0, count = 0;
        for (; at + Block <= stride; at += Block)
        {
            ref float here = ref Unsafe.Add(ref potentials, at);
            Vector512<float> v0 = Vector512.LoadUnsafe(ref here), v1 = Vector512.LoadUnsafe(ref here, 16), v2 = Vector512.LoadUnsafe(ref here, 32), v3 = Vector512.LoadUnsafe(ref here, 48);
            foreach (TimedSpike spike in arrivals)
            {
                ref float row = ref Unsafe.Add(ref weights, (spike.Neuron * stride) + at);
                v0 += Vector512.LoadUnsafe(ref row);
                v1 += Vector512.LoadUnsafe(ref row, 16);
                v2 += Vector512.LoadUnsafe(ref row, 32);
                v3 += Vector512.LoadUnsafe(ref row, 48);
            }

            ulong low = Crossed(v0, threshold) | (Crossed(v1, threshold) << 16), high = Crossed(v2, threshold) | (Crossed(v3, threshold) << 16);
            v0.StoreUnsafe(ref here);
            v1.StoreUnsafe(ref here, 16);
            v2.StoreUnsafe(ref here, 32);
            v3.StoreUnsafe(ref here, 48);
            count = Fire(low | (high << 32), at, step, fired, count);
        }

        for (; at < stride; at += Vector512<float>.Count)
        {
            ref float here = ref Unsafe.Add(ref potentials, at);
            Vector512<float> v = Vector512.LoadUnsafe(ref here);
            foreach (TimedSpike spike in arrivals)
            {
                v += Vector512.LoadUnsafe(ref Unsafe.Add(ref weights, (spike.Neuron * stride) + at));
            }

            v.StoreUnsafe(ref here);
            count = Fire(Crossed(v, threshold), at, step, fired, count);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Crossed(Vector512<float> potentials, Vector512<float> threshold) => Vector512.GreaterThan(potentials, threshold).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Fire(ulong crossed, int at, int step, Span<TimedSpike> fired, int count)
    {
        while (crossed != 0)
        {
            int neuron = at + BitOperations.TrailingZeroCount(crossed);
            crossed &= crossed - 1;
            _potentials[neuron] = float.NegativeInfinity;
            fired[count++] = new TimedSpike((ushort)(step + 1), (ushort)neuron);
        }

        return count;
    }

    [DoesNotReturn, StackTraceHidden]
    private static void ThrowOutside(TimedSpike spike, int inputs) => throw new ArgumentException($"{spike} comes from outside the layer's {inputs} inputs.");
}
