using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A layer's neurons in their first step: from what a convolution comes to, which of them fire. See <see cref="IntegrateAndFire"/>.</summary>
/// <remarks><code>h = v_reset + m·(sum + bias)·leak;   fires where h ≥ threshold (or &gt;)</code>
/// The factors are applied one after another, as TorchSharp applies them, so that h rounds alike.</remarks>
internal sealed unsafe class FiringRule : IDisposable
{
    private readonly NeuronSettings _neuron;
    private readonly float _leak;
    private readonly bool _plain;
    private readonly NativeBuffer<float> _bias;
    private NativeBuffer<float>? _charged;

    /// <summary>Prepares a layer.</summary>
    /// <param name="node">The firing node.</param>
    /// <param name="bias">Shape [C], or null.</param>
    /// <param name="leak">1/τ of the layer; 1 for IF.</param>
    public FiringRule(GraphNode node, WeightTensor? bias, float leak)
    {
        _neuron = ((FiringOperation)node.Operation).Neuron;
        _leak = leak;
        _plain = bias is null && leak == 1f && _neuron is { InputGain: 1f, ResetPotential: 0f };   // h is the sum itself
        Node = node;
        Spikes = new SpikeMap(node.Name, node.Shape);
        _bias = new NativeBuffer<float>(Spikes.Blocks * SpikeMap.BlockChannels);
        bias?.Values.CopyTo(new Span<float>(_bias.Pointer, bias.Values.Length));
    }

    public GraphNode Node { get; }

    public SpikeMap Spikes { get; }

    /// <summary>Channels, filled up to whole words.</summary>
    public int Channels => Spikes.Blocks * SpikeMap.BlockChannels;

    /// <summary>Keeps the charged potentials of the runs to come, for comparisons.</summary>
    public void KeepPotentials() => _charged ??= new NativeBuffer<float>((long)Spikes.Shape.Height * Spikes.Shape.Width * Channels);

    /// <summary>The charged potentials of the last run, shape [C,H,W]; only after <see cref="KeepPotentials"/>.</summary>
    public float[] Potentials()
    {
        int pixels = Spikes.Shape.Height * Spikes.Shape.Width;
        return [.. Enumerable.Range(0, Spikes.Shape.Count).Select(i => _charged!.Pointer[((long)(i % pixels) * Channels) + (i / pixels)])];
    }

    /// <summary>Fires a piece of a row.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="firstChannel">First channel of the piece, a multiple of 16.</param>
    /// <param name="channels">Channels of the piece, a multiple of 16.</param>
    /// <param name="sums">What the convolution comes to, shape [W, channels].</param>
    public void Fire<TVector, TLanes>(int row, int firstChannel, int channels, float* sums)
        where TVector : unmanaged
        where TLanes : struct, IFloatLanes<TVector>
    {
        int width = Spikes.Shape.Width, lanes = sizeof(TVector) / sizeof(float), fired = 0;
        TVector gain = TLanes.Splat(_neuron.InputGain), leak = TLanes.Splat(_leak), rest = TLanes.Splat(_neuron.ResetPotential), threshold = TLanes.Splat(_neuron.Threshold);
        bool tie = _neuron.FiresAtEquality, plain = _plain && _charged is null;
        for (int x = 0; x < width; x++)
        {
            long pixel = ((long)row * width) + x;
            ushort* bits = Spikes.Bits + (pixel * Spikes.Blocks) + (firstChannel / SpikeMap.BlockChannels);
            for (int c = 0; c < channels; c += SpikeMap.BlockChannels, sums += SpikeMap.BlockChannels)
            {
                uint word = 0;
                for (int l = 0; l < SpikeMap.BlockChannels; l += lanes)
                {
                    if (plain)
                    {
                        TVector sum = TLanes.Load(sums + l);
                        word |= (tie ? TLanes.AtLeast(sum, threshold) : TLanes.Above(sum, threshold)) << l;
                        continue;
                    }

                    TVector x0 = TLanes.Multiply(TLanes.Add(TLanes.Load(sums + l), TLanes.Load(_bias.Pointer + firstChannel + c + l)), gain);
                    TVector h = TLanes.Add(TLanes.Multiply(x0, leak), rest);
                    word |= (tie ? TLanes.AtLeast(h, threshold) : TLanes.Above(h, threshold)) << l;
                    if (_charged is not null)
                    {
                        TLanes.Store(_charged.Pointer + (pixel * Channels) + firstChannel + c + l, h);
                    }
                }

                int left = Spikes.Shape.Channels - firstChannel - c;   // lanes beyond the last channel are no neurons
                word &= left >= SpikeMap.BlockChannels ? ushort.MaxValue : (1u << left) - 1;
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
        _charged?.Dispose();
    }
}
