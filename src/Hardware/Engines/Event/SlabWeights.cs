using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A dense convolution's weights in the order in which they are read: slabs [row pattern][group of output channels], each of rows of floats.</summary>
/// <remarks>
/// Without a resize a slab's row is that of (tap column j, tap row i, input channel c) and holds the group's output channels. Behind a resize it is that of (source row u, c) and
/// holds [tap column j, output channel], the tap rows folded.
/// </remarks>
internal sealed unsafe class SlabWeights : IDisposable
{
    private const int LargestSlabBytes = 1 << 20;   // about a core's second cache; half and a quarter more were no faster
    private readonly NativeBuffer<float>[] _slabs;

    /// <summary>Lays weights out.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="weights">Shape [O, C, k, k].</param>
    /// <param name="outputChannels">O, filled up to a multiple of 16.</param>
    /// <param name="maximumVectors">Most vectors a group of channels may fill.</param>
    /// <param name="vectorFloats">Floats a vector.</param>
    public SlabWeights(LayerShape shape, WeightTensor weights, int outputChannels, int maximumVectors, int vectorFloats)
    {
        int kernel = shape.Kernel, taps = shape.Resized ? kernel : 1;
        int largest = Math.Max(SpikeMap.BlockChannels, shape.Resized ? maximumVectors * vectorFloats / 2 : maximumVectors * vectorFloats);
        int rows = shape.Rows.Patterns.Max(pattern => pattern.Span) * (shape.Resized ? 1 : kernel) * shape.Source.Shape.Channels;
        GroupChannels = SpikeMap.BlockChannels;
        while (outputChannels % (2 * GroupChannels) == 0 && 2 * GroupChannels <= largest && (long)rows * taps * 2 * GroupChannels * sizeof(float) <= LargestSlabBytes)
        {
            GroupChannels *= 2;
        }

        RowFloats = taps * GroupChannels;
        Patterns = shape.Rows.Patterns.Count;
        Groups = outputChannels / GroupChannels;
        BytesOfAPattern = (long)rows * RowFloats * sizeof(float) * Groups;
        _slabs = [.. shape.Rows.Patterns.SelectMany(pattern => Lay(shape, weights, pattern))];
    }

    /// <summary>Output channels of a group, a multiple of 16.</summary>
    public int GroupChannels { get; }

    /// <summary>Floats of a weight row.</summary>
    public int RowFloats { get; }

    /// <summary>Ways in which tap rows fall on source rows.</summary>
    public int Patterns { get; }

    /// <summary>Groups of output channels.</summary>
    public int Groups { get; }

    /// <summary>Bytes of all groups of the largest pattern.</summary>
    public long BytesOfAPattern { get; }

    /// <summary>A slab.</summary>
    public float* Of(int pattern, int group) => _slabs[(pattern * Groups) + group].Pointer;

    public void Dispose()
    {
        foreach (NativeBuffer<float> slab in _slabs)
        {
            slab.Dispose();
        }
    }

    private NativeBuffer<float>[] Lay(LayerShape shape, WeightTensor weights, TapPattern pattern)
    {
        int kernel = shape.Kernel, outputs = weights.Shape[0], inputs = weights.Shape[1], span = pattern.Span;
        float[] folded = pattern.Fold<float>(weights.Values, kernel);   // [O, C, span, k]
        var slabs = new NativeBuffer<float>[Groups];
        for (int group = 0; group < Groups; group++)
        {
            slabs[group] = new NativeBuffer<float>((long)span * inputs * kernel * GroupChannels);
        }

        for (int o = 0; o < outputs; o++)
        {
            float* slab = slabs[o / GroupChannels].Pointer + (o % GroupChannels);
            for (int c = 0; c < inputs; c++)
            {
                for (int u = 0; u < span; u++)
                {
                    for (int j = 0; j < kernel; j++)
                    {
                        long place = shape.Resized ? ((((long)u * inputs) + c) * kernel) + j : (((long)j * span) + u) * inputs + c;
                        slab[place * GroupChannels] = folded[(((((o * inputs) + c) * span) + u) * kernel) + j];
                    }
                }
            }
        }

        return slabs;
    }
}
