using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>A dense convolution's weights in the order in which they are read: a slab a group of output channels, each of weight rows.</summary>
/// <remarks>
/// Without a resize a slab's row is that of (tap column j, tap row i, input channel c) and holds the group's output channels. Behind a resize it is that of c and holds
/// [tap row i, tap column j, output channel].
/// </remarks>
internal sealed unsafe class SlabWeights<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private const int LargestSlabBytes = 1 << 20;   // about a core's second cache; half and a quarter more were no faster
    private readonly NativeBuffer<byte>[] _slabs;

    /// <summary>Lays weights out.</summary>
    /// <param name="weights">Shape [O, C, k, k].</param>
    /// <param name="outputs">O.</param>
    /// <param name="kernel">k.</param>
    /// <param name="tapsInRow">Whether a row holds all taps.</param>
    /// <param name="narrow">Whether to store 8 bits a weight.</param>
    /// <param name="vectorChannels">Channels a vector.</param>
    /// <param name="mostVectors">Most vectors a group of channels may fill.</param>
    public SlabWeights(ReadOnlySpan<T> weights, int outputs, int kernel, bool tapsInRow, bool narrow, int vectorChannels, int mostVectors)
    {
        int taps = kernel * kernel, unit = Math.Max(SpikeMap.BlockChannels, vectorChannels), filled = (outputs + unit - 1) / unit * unit;
        int inputs = weights.Length / (outputs * taps);
        WeightBytes = narrow ? sizeof(sbyte) : sizeof(T);
        GroupChannels = unit;
        while (filled % (2 * GroupChannels) == 0 && 2 * GroupChannels <= mostVectors * vectorChannels && (long)inputs * taps * 2 * GroupChannels * WeightBytes <= LargestSlabBytes)
        {
            GroupChannels *= 2;
        }

        RowChannels = tapsInRow ? taps * GroupChannels : GroupChannels;
        Bytes = (long)inputs * taps * filled * WeightBytes;
        int largest = 1;
        _slabs = new NativeBuffer<byte>[filled / GroupChannels];
        for (int group = 0; group < _slabs.Length; group++)
        {
            _slabs[group] = new NativeBuffer<byte>((long)inputs * taps * GroupChannels * WeightBytes);
        }

        for (int place = 0; place < weights.Length; place++)
        {
            (int channels, int tap) = Math.DivRem(place, taps);
            (int o, int c) = Math.DivRem(channels, inputs);
            int turned = (tap % kernel * kernel) + (tap / kernel);
            long row = tapsInRow ? ((long)c * taps) + tap : ((long)turned * inputs) + c;
            Write(_slabs[o / GroupChannels].Pointer + (((row * GroupChannels) + (o % GroupChannels)) * WeightBytes), weights[place]);
            largest = narrow ? Math.Max(largest, Math.Abs(int.CreateChecked(weights[place]))) : largest;
        }

        Limit = narrow ? short.MaxValue / largest : int.MaxValue;
    }

    /// <summary>Output channels of a group, whole vectors and whole words.</summary>
    public int GroupChannels { get; }

    /// <summary>Weights of a row.</summary>
    public int RowChannels { get; }

    /// <summary>Bytes of a weight.</summary>
    public int WeightBytes { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => RowChannels * WeightBytes;

    /// <summary>Groups of output channels.</summary>
    public int Groups => _slabs.Length;

    /// <summary>Bytes of all slabs.</summary>
    public long Bytes { get; }

    /// <summary>Rows whose sum 16 bits hold for certain where weights have 8: 258 of weights up to 127.</summary>
    public int Limit { get; }

    /// <summary>A slab.</summary>
    public byte* Of(int group) => _slabs[group].Pointer;

    public void Dispose()
    {
        foreach (NativeBuffer<byte> slab in _slabs)
        {
            slab.Dispose();
        }
    }

    private void Write(byte* to, T weight)
    {
        if (WeightBytes == sizeof(sbyte))
        {
            *(sbyte*)to = sbyte.CreateChecked(weight);
        }
        else
        {
            *(T*)to = weight;
        }
    }
}
