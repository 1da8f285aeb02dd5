using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>The network's input with channels innermost, summed over blocks where the network asks for that, and where it is not 0.</summary>
internal sealed unsafe class InputFrame : IDisposable
{
    private readonly FeatureShape _input;
    private readonly int _pooling;
    private readonly SpikeMap _active;
    private readonly NativeBuffer<float> _values;

    public InputFrame(FeatureShape input, FeatureShape shape, int pooling)
    {
        _input = input;
        _pooling = pooling;
        _active = new SpikeMap("input", shape);
        _values = new NativeBuffer<float>(shape.Count);
        Source = new EventSource(_active, _values.Pointer);
    }

    public EventSource Source { get; }

    /// <summary>Takes the input of a run.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    public void Fill(ReadOnlySpan<float> input)
    {
        FeatureShape shape = _active.Shape;
        long fired = 0;
        for (int y = 0; y < shape.Height; y++)
        {
            float* row = _values.Pointer + ((long)y * shape.Width * shape.Channels);
            new Span<float>(row, shape.Width * shape.Channels).Clear();
            for (int c = 0; c < shape.Channels; c++)
            {
                for (int inner = 0; inner < _pooling && (y * _pooling) + inner < _input.Height; inner++)
                {
                    AddRow(input.Slice(((c * _input.Height) + (y * _pooling) + inner) * _input.Width, _input.Width), row + c, shape.Channels);
                }
            }

            fired += Mark(y, row);
        }

        _active.Fired = fired;
    }

    public void Dispose()
    {
        _active.Dispose();
        _values.Dispose();
    }

    private void AddRow(ReadOnlySpan<float> from, float* to, int channels)
    {
        if (_pooling == 1)
        {
            for (int x = 0; x < from.Length; x++)
            {
                to[x * channels] = from[x];
            }

            return;
        }

        for (int x = 0; x < from.Length; x++)
        {
            to[x / _pooling * channels] += from[x];
        }
    }

    private int Mark(int y, float* row)
    {
        FeatureShape shape = _active.Shape;
        ushort* bits = _active.Bits + ((long)y * shape.Width * _active.Blocks);
        int marked = 0;
        for (int x = 0; x < shape.Width; x++, row += shape.Channels, bits += _active.Blocks)
        {
            for (int b = 0; b < _active.Blocks; b++)
            {
                int word = 0, first = b * SpikeMap.BlockChannels, last = Math.Min(shape.Channels, first + SpikeMap.BlockChannels);
                for (int c = first; c < last; c++)
                {
                    int set = row[c] == 0f ? 0 : 1;
                    word |= set << (c - first);
                    marked += set;
                }

                bits[b] = (ushort)word;
            }
        }

        return marked;
    }
}
