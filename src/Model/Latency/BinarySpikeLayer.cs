using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StereoSpike.Model;

/// <summary>The layer of <see cref="SingleSpike"/> with weights of −1 and +1, one bit each: 512 neurons are counted at once.</summary>
/// <remarks>
/// After n spikes, of which a neuron's weights were +1 for p, its potential is p − (n − p), so it fires when p reaches the least count c with 2c − n &gt; θ.
/// The counts are kept upright: word b of a block holds bit b of the counts of 512 neurons (a vertical or bit-sliced counter). A spike adds one row of bits
/// with carries, in 2 operations a bit for all 512; the comparison with c, which is the same for all, takes one operation a bit.
/// Source of the counting: Harley's and Seal's carry-save population count, in H. S. Warren, "Hacker's Delight", 2nd edition, 2012, section 5–1.
/// </remarks>
public sealed class BinarySpikeLayer : ISingleSpikeLayer
{
    private const int Lanes = 512;
    private const int Words = Lanes / 64;
    private readonly ulong[] _weights;
    private readonly ulong[] _counts;
    private readonly ulong[] _waiting;
    private readonly int _blocks;
    private readonly int _bits;
    private int _arrived;

    /// <summary>Packs weights.</summary>
    /// <param name="weights">−1 or +1, shape [K,N].</param>
    /// <param name="inputs">N, 1 to 65535.</param>
    /// <param name="neurons">K, 1 to 65535.</param>
    /// <param name="threshold">θ, at least 0.</param>
    /// <exception cref="ArgumentException">A weight is neither, or there are not K·N of them.</exception>
    public BinarySpikeLayer(ReadOnlySpan<float> weights, int inputs, int neurons, float threshold)
    {
        Inputs = Guard.Within(inputs, 1, ushort.MaxValue);
        Neurons = Guard.Within(neurons, 1, ushort.MaxValue);
        Threshold = Guard.AtLeast(threshold, 0f);
        Guard.Length(weights.Length, checked(inputs * neurons), nameof(weights));
        _blocks = (neurons + Lanes - 1) / Lanes;
        _bits = BitOperations.Log2((uint)inputs) + 1;
        _weights = new ulong[inputs * _blocks * Words];
        _counts = new ulong[_blocks * _bits * Words];
        _waiting = new ulong[_blocks * Words];
        for (int j = 0; j < neurons; j++)
        {
            for (int i = 0; i < inputs; i++)
            {
                float weight = weights[(j * inputs) + i];
                _weights[(i * _blocks * Words) + (j / 64)] |= weight == 1f ? 1UL << j
                    : weight == -1f ? 0UL
                    : throw new ArgumentException($"The weight from input {i} to neuron {j} is {weight}; one bit holds −1 or +1.", nameof(weights));
            }
        }
    }

    /// <summary>N.</summary>
    public int Inputs { get; }

    /// <inheritdoc/>
    public int Neurons { get; }

    /// <summary>θ.</summary>
    public float Threshold { get; }

    /// <inheritdoc/>
    public bool Idle => true;

    /// <summary>Memory that the weights take, bytes.</summary>
    public long WeightBytes => _weights.LongLength * sizeof(ulong);

    /// <inheritdoc/>
    public void Reset()
    {
        Array.Clear(_counts);
        _arrived = 0;
        for (int word = 0; word < _waiting.Length; word++)
        {
            int neurons = Math.Clamp(Neurons - (64 * word), 0, 64);
            _waiting[word] = neurons == 64 ? ulong.MaxValue : (1UL << neurons) - 1;   // lanes without a neuron never fire
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]   // as SingleSpikeLayer.Step
    public int Step(ReadOnlySpan<TimedSpike> arrivals, int step, Span<TimedSpike> fired)
    {
        foreach (TimedSpike spike in arrivals)
        {
            if (spike.Neuron >= Inputs || _arrived + arrivals.Length > Inputs)   // more spikes than inputs would overflow the counts
            {
                ThrowOutside(spike, Inputs);
            }
        }

        _arrived += arrivals.Length;
        int bits = BitOperations.Log2((uint)Math.Max(1, _arrived)) + 1;
        int needed = (int)MathF.Floor((Threshold + _arrived) / 2f) + 1;
        int count = 0;
        for (int block = 0; block < _blocks; block++)
        {
            ref ulong counts = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_counts), block * _bits * Words);
            Add(arrivals, block, ref counts, bits);
            if (needed <= _arrived)   // no count exceeds the spikes that have arrived
            {
                count = Fire(Reached(ref counts, bits, needed), block, step, fired, count);
            }
        }

        return count;
    }

    /// <summary>Adds one row of bits a spike to the upright counts of a block; two rows at a time share their carries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(ReadOnlySpan<TimedSpike> arrivals, int block, ref ulong counts, int bits)
    {
        ref ulong weights = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_weights), block * Words);
        int stride = _blocks * Words, i = 0;
        for (; i + 1 < arrivals.Length; i += 2)
        {
            Vector512<ulong> a = Vector512.LoadUnsafe(ref Unsafe.Add(ref weights, arrivals[i].Neuron * stride)), b = Vector512.LoadUnsafe(ref Unsafe.Add(ref weights, arrivals[i + 1].Neuron * stride));
            Vector512<ulong> ones = Vector512.LoadUnsafe(ref counts);
            (ones ^ a ^ b).StoreUnsafe(ref counts);
            Carry((a & b) | (ones & (a | b)), 1, ref counts, bits);
        }

        if (i < arrivals.Length)
        {
            Carry(Vector512.LoadUnsafe(ref Unsafe.Add(ref weights, arrivals[i].Neuron * stride)), 0, ref counts, bits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(Vector512<ulong> carry, int bit, ref ulong counts, int bits)
    {
        for (; bit < bits; bit++)
        {
            ref ulong here = ref Unsafe.Add(ref counts, bit * Words);
            Vector512<ulong> sum = Vector512.LoadUnsafe(ref here);
            (sum ^ carry).StoreUnsafe(ref here);
            carry &= sum;
        }
    }

    /// <summary>The neurons of a block whose counts have reached a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Reached(ref ulong counts, int bits, int number)
    {
        Vector512<ulong> reached = Vector512<ulong>.AllBitsSet;   // from the lowest bit up: a higher bit that differs overrules all below
        for (int bit = 0; bit < bits; bit++)
        {
            Vector512<ulong> here = Vector512.LoadUnsafe(ref Unsafe.Add(ref counts, bit * Words));
            reached = (number >> bit & 1) != 0 ? here & reached : here | reached;
        }

        return reached;
    }

    private int Fire(Vector512<ulong> reached, int block, int step, Span<TimedSpike> fired, int count)
    {
        Span<ulong> waiting = _waiting.AsSpan(block * Words, Words);
        Vector512<ulong> still = Vector512.Create<ulong>(waiting), now = reached & still;
        if (now == Vector512<ulong>.Zero)
        {
            return count;
        }

        (still & ~now).CopyTo(waiting);
        for (int word = 0; word < Words; word++)
        {
            for (ulong rest = now.GetElement(word); rest != 0; rest &= rest - 1)
            {
                fired[count++] = new TimedSpike((ushort)(step + 1), (ushort)((block * Lanes) + (64 * word) + BitOperations.TrailingZeroCount(rest)));
            }
        }

        return count;
    }

    [DoesNotReturn, StackTraceHidden]
    private static void ThrowOutside(TimedSpike spike, int inputs) => throw new ArgumentException($"{spike} comes from outside the layer's {inputs} inputs, or one of them fires twice.");
}
