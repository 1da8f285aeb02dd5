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
/// crosses the threshold again, and no list of the fired ones is asked. Where synapses take their time, an arrival adds its row to the neurons' slopes instead, and a step adds the slopes to the potentials.
/// </remarks>
public sealed class SingleSpikeLayer : ISingleSpikeLayer
{
    private const int Block = 64;   // neurons worked on at once: four registers of 16
    private readonly float[] _weights;
    private readonly float[] _potentials;
    private readonly float[] _slopes;          // what each potential rises by in a step; empty where charge comes at once
    private readonly float[] _firingSlopes;
    private readonly List<TimedSpike> _ramps = [];   // in the order of their arrival, which is their time here
    private int _ended;

    /// <summary>Makes a layer with weights 0.</summary>
    /// <param name="inputs">N, 1 to 65535.</param>
    /// <param name="neurons">K, 1 to 65535.</param>
    /// <param name="threshold">θ.</param>
    /// <param name="steps">T, 2 to 65535.</param>
    /// <param name="response">How charge reaches the membranes; at once if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is outside its range.</exception>
    public SingleSpikeLayer(int inputs, int neurons, float threshold, int steps, SynapticResponse response = default)
    {
        Inputs = Guard.Within(inputs, 1, ushort.MaxValue);
        Neurons = Guard.Within(neurons, 1, ushort.MaxValue);
        Steps = Guard.Within(steps, 2, ushort.MaxValue);
        Threshold = threshold;
        Stride = (neurons + Vector512<float>.Count - 1) / Vector512<float>.Count * Vector512<float>.Count;
        _weights = new float[checked(inputs * Stride)];
        _potentials = new float[Stride];
        Response = response.Shape == SynapticShape.Instantaneous ? response : response with { TauSteps = Guard.AtLeast(response.TauSteps, 1) };
        _slopes = new float[response.Shape == SynapticShape.Instantaneous ? 0 : Stride];
        _firingSlopes = new float[_slopes.Length];
    }

    /// <summary>N.</summary>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Neurons { get; }

    /// <summary>T.</summary>
    public int Steps { get; }

    /// <summary>θ.</summary>
    public float Threshold { get; set; }

    /// <summary>How charge reaches the membranes.</summary>
    public SynapticResponse Response { get; }

    /// <inheritdoc/>
    public bool Idle => _slopes.Length == 0 || _ramps.Count == _ended;

    /// <summary>What each neuron's potential rose by in the step in which it fired, shape [K]; of no meaning where it has not fired, and empty where charge comes at once.</summary>
    public ReadOnlySpan<float> FiringSlopes => _firingSlopes.AsSpan(0, Math.Min(Neurons, _firingSlopes.Length));

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
        Array.Clear(_slopes);
        _ramps.Clear();
        _ended = 0;
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

        if (_slopes.Length > 0)
        {
            return Charge(arrivals, step, fired);
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

    /// <summary>A step of synapses that take their time.</summary>
    private int Charge(ReadOnlySpan<TimedSpike> arrivals, int step, Span<TimedSpike> fired)
    {
        bool ramp = Response.Shape == SynapticShape.Ramp;
        float decay = MathF.Exp(-1f / Response.TauSteps), share = ramp ? 1f / Response.TauSteps : 1f - decay;
        for (; ramp && _ended < _ramps.Count && _ramps[_ended].Time + Response.TauSteps == step; _ended++)
        {
            AddRow(_ramps[_ended].Neuron, -share);
        }

        foreach (TimedSpike spike in arrivals)
        {
            AddRow(spike.Neuron, share);
            _ramps.Add(new TimedSpike((ushort)step, spike.Neuron));
        }

        Vector512<float> threshold = Vector512.Create(Threshold);
        int count = 0;
        for (int at = 0; at < Stride; at += Vector512<float>.Count)
        {
            Vector512<float> slope = Vector512.Create<float>(_slopes.AsSpan(at)), v = Vector512.Create<float>(_potentials.AsSpan(at)) + slope;
            v.CopyTo(_potentials.AsSpan(at));
            int before = count;
            count = Fire(Crossed(v, threshold), at, step, fired, count);
            foreach (TimedSpike spike in fired[before..count])
            {
                _firingSlopes[spike.Neuron] = _slopes[spike.Neuron];
            }

            if (!ramp)
            {
                (slope * decay).CopyTo(_slopes.AsSpan(at));
            }
        }

        return count;
    }

    private void AddRow(int input, float share)
    {
        ReadOnlySpan<float> row = _weights.AsSpan(input * Stride, Stride);
        Vector512<float> factor = Vector512.Create(share);
        for (int at = 0; at < Stride; at += Vector512<float>.Count)
        {
            (Vector512.Create<float>(_slopes.AsSpan(at)) + (Vector512.Create<float>(row[at..]) * factor)).CopyTo(_slopes.AsSpan(at));
        }
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
