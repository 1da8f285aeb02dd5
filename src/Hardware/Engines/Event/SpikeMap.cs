using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>Which neurons of a layer fired: a bit a neuron, channels innermost, 16 channels a word.</summary>
internal sealed unsafe class SpikeMap : IDisposable
{
    public const int BlockChannels = 16;
    private readonly NativeBuffer<ushort> _bits;

    public SpikeMap(string node, FeatureShape shape)
    {
        Node = node;
        Shape = shape;
        Blocks = (shape.Channels + BlockChannels - 1) / BlockChannels;
        _bits = new NativeBuffer<ushort>((long)shape.Height * shape.Width * Blocks);
    }

    /// <summary>The node whose spikes these are.</summary>
    public string Node { get; }

    public FeatureShape Shape { get; }

    /// <summary>Words a pixel.</summary>
    public int Blocks { get; }

    /// <summary>Shape [H, W, Blocks].</summary>
    public ushort* Bits => _bits.Pointer;

    /// <summary>Spikes of the last run.</summary>
    public long Fired;

    /// <summary>The spikes as 0 and 1, shape [C,H,W].</summary>
    public float[] ToArray()
    {
        var spikes = new float[Shape.Count];
        int pixels = Shape.Height * Shape.Width;
        for (int i = 0; i < spikes.Length; i++)
        {
            int c = i / pixels;
            spikes[i] = (Bits[((long)(i % pixels) * Blocks) + (c / BlockChannels)] >> (c % BlockChannels)) & 1;
        }

        return spikes;
    }

    /// <summary>Takes spikes over.</summary>
    /// <param name="spikes">0 or 1, shape [C,H,W].</param>
    public void Set(ReadOnlySpan<float> spikes)
    {
        _bits.Clear();
        int pixels = Shape.Height * Shape.Width;
        for (int i = 0; i < spikes.Length; i++)
        {
            if (spikes[i] != 0f)
            {
                int c = i / pixels;
                Bits[((long)(i % pixels) * Blocks) + (c / BlockChannels)] |= (ushort)(1 << (c % BlockChannels));
            }
        }

        Fired = 0;
        for (long i = 0; i < _bits.Length; i++)
        {
            Fired += BitOperations.PopCount(Bits[i]);
        }
    }

    public void Dispose() => _bits.Dispose();
}
