using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A layer's neurons in their first step: from what a convolution comes to, which of them fire. See <see cref="IntegrateAndFire"/> and <see cref="IntegerNeurons"/>.</summary>
/// <remarks><code>
/// floats     h = v_reset + m·(sum + bias)·leak;   fires where h ≥ threshold (or &gt;)
/// integers   fires where sum ≥ threshold of the channel, in which everything else is folded
/// </code>
/// The factors are applied one after another, as TorchSharp applies them, so that h rounds alike.</remarks>
internal sealed unsafe class FiringRule<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private readonly NativeBuffer<T> _bias;
    private readonly NativeBuffer<T> _threshold;
    private readonly bool _tie;
    private readonly bool _plain;
    private readonly T _gain;
    private readonly T _leak;
    private readonly T _rest;
    private NativeBuffer<T>? _charged;

    /// <summary>Neurons that compare a sum with their channel's threshold and fire at a tie.</summary>
    /// <param name="node">The firing node.</param>
    /// <param name="thresholds">Shape [C].</param>
    public FiringRule(GraphNode node, ReadOnlySpan<T> thresholds)
        : this(node)
    {
        (_tie, _plain, _gain, _leak, _rest) = (true, true, T.One, T.One, T.Zero);
        thresholds.CopyTo(new Span<T>(_threshold.Pointer, thresholds.Length));
    }

    /// <summary>Neurons that charge first.</summary>
    /// <param name="node">The firing node.</param>
    /// <param name="neuron">Its constants.</param>
    /// <param name="bias">Shape [C]; empty for none.</param>
    /// <param name="leak">1/τ of the layer; 1 for IF.</param>
    public FiringRule(GraphNode node, NeuronSettings neuron, ReadOnlySpan<T> bias, float leak)
        : this(node)
    {
        (_gain, _leak, _rest) = (T.CreateChecked(neuron.InputGain), T.CreateChecked(leak), T.CreateChecked(neuron.ResetPotential));
        _tie = neuron.FiresAtEquality;
        _plain = bias.IsEmpty && leak == 1f && neuron is { InputGain: 1f, ResetPotential: 0f };   // h is the sum itself
        bias.CopyTo(new Span<T>(_bias.Pointer, bias.Length));
        new Span<T>(_threshold.Pointer, Channels).Fill(T.CreateChecked(neuron.Threshold));
    }

    private FiringRule(GraphNode node)
    {
        Node = node;
        Spikes = new SpikeMap(node.Name, node.Shape);
        _bias = new NativeBuffer<T>(Channels);
        _threshold = new NativeBuffer<T>(Channels);
    }

    public GraphNode Node { get; }

    public SpikeMap Spikes { get; }

    /// <summary>Channels, filled up to whole words.</summary>
    public int Channels => Spikes.Blocks * SpikeMap.BlockChannels;

    /// <summary>Keeps the charged potentials of the runs to come, for comparisons.</summary>
    public void KeepPotentials() => _charged ??= new NativeBuffer<T>((long)Spikes.Shape.Height * Spikes.Shape.Width * Channels);

    /// <summary>The charged potentials of the last run, shape [C,H,W]; of integers the sums. Only after <see cref="KeepPotentials"/>.</summary>
    public float[] Potentials()
    {
        int pixels = Spikes.Shape.Height * Spikes.Shape.Width;
        return [.. Enumerable.Range(0, Spikes.Shape.Count).Select(i => float.CreateTruncating(_charged!.Pointer[((long)(i % pixels) * Channels) + (i / pixels)]))];
    }

    /// <summary>Fires a piece of a row.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="firstColumn">First column of the piece.</param>
    /// <param name="columns">Columns of the piece.</param>
    /// <param name="firstChannel">First channel of the piece, a multiple of 16.</param>
    /// <param name="channels">Channels of the piece, a multiple of 16; those beyond the layer's are passed over.</param>
    /// <param name="sums">What the convolution comes to, shape [columns, channels].</param>
    public void Fire<TVector, TLanes>(int row, int firstColumn, int columns, int firstChannel, int channels, T* sums)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        int fired = 0, here = Math.Min(channels, Channels - firstChannel), lastWord = Spikes.Shape.Channels - firstChannel - SpikeMap.BlockChannels;
        T* thresholds = _threshold.Pointer + firstChannel;
        bool plain = _plain && _charged is null;
        for (int x = firstColumn; x < firstColumn + columns; x++, sums += channels)
        {
            long pixel = ((long)row * Spikes.Shape.Width) + x;
            ushort* bits = Spikes.Bits + (pixel * Spikes.Blocks) + (firstChannel / SpikeMap.BlockChannels);
            for (int c = 0; c < here; c += SpikeMap.BlockChannels)
            {
                uint word = plain ? Above<TVector, TLanes>(sums + c, thresholds + c) : Charged<TVector, TLanes>(pixel, firstChannel + c, sums + c);
                word &= c <= lastWord ? ushort.MaxValue : (1u << (lastWord + SpikeMap.BlockChannels - c)) - 1;   // lanes beyond the last channel are no neurons
                bits[c / SpikeMap.BlockChannels] = (ushort)word;
                fired += BitOperations.PopCount(word);
            }
        }

        Interlocked.Add(ref Spikes.Fired, fired);
    }

    public void Dispose()
    {
        Spikes.Dispose();
        _bias.Dispose();
        _threshold.Dispose();
        _charged?.Dispose();
    }

    private uint Above<TVector, TLanes>(T* potentials, T* thresholds)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        uint word = 0;
        for (int l = 0; l < SpikeMap.BlockChannels; l += TLanes.Channels)
        {
            TVector h = TLanes.Load(potentials + l), threshold = TLanes.Load(thresholds + l);
            word |= (_tie ? TLanes.AtLeast(h, threshold) : TLanes.Above(h, threshold)) << l;
        }

        return word;
    }

    private uint Charged<TVector, TLanes>(long pixel, int channel, T* sums)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector, T>
    {
        TVector gain = TLanes.Splat(_gain), leak = TLanes.Splat(_leak), rest = TLanes.Splat(_rest);
        T* potentials = stackalloc T[SpikeMap.BlockChannels];
        for (int l = 0; l < SpikeMap.BlockChannels; l += TLanes.Channels)
        {
            TVector x = TLanes.Multiply(TLanes.Add(TLanes.Load(sums + l), TLanes.Load(_bias.Pointer + channel + l)), gain);
            TLanes.Store(potentials + l, TLanes.Add(TLanes.Multiply(x, leak), rest));
        }

        if (_charged is not null)
        {
            new Span<T>(potentials, SpikeMap.BlockChannels).CopyTo(new Span<T>(_charged.Pointer + (pixel * Channels) + channel, SpikeMap.BlockChannels));
        }

        return Above<TVector, TLanes>(potentials, _threshold.Pointer + channel);
    }
}
