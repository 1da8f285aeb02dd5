using System.Numerics;
using System.Runtime.Intrinsics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>The network's input with channels innermost, in the program's numbers, summed over blocks where the network asks for that, and where it is not 0.</summary>
internal sealed unsafe class InputFrame<T> : ITeamWork, IDisposable
    where T : unmanaged, INumber<T>
{
    private const int BandRows = 16;
    private readonly FeatureShape _input;
    private readonly int _pooling;
    private readonly SpikeMap _active;
    private readonly NativeBuffer<T> _values;
    private readonly Func<float, T> _number;
    private float* _frame;

    /// <summary>Prepares a frame.</summary>
    /// <param name="input">The input's shape.</param>
    /// <param name="shape">The shape after summing.</param>
    /// <param name="pooling">Rows and columns of a block.</param>
    /// <param name="number">What a value of the input is in the program's numbers.</param>
    public InputFrame(FeatureShape input, FeatureShape shape, int pooling, Func<float, T> number)
    {
        _input = input;
        _pooling = pooling;
        _number = number;
        _active = new SpikeMap("input", shape);
        _values = new NativeBuffer<T>(shape.Count);
        Source = new EventSource<T>(_active, _values.Pointer);
    }

    public EventSource<T> Source { get; }

    /// <summary>Takes the input of a run.</summary>
    /// <param name="input">Shape [C,H,W].</param>
    /// <param name="team">The threads.</param>
    public void Fill(ReadOnlySpan<float> input, WorkTeam team)
    {
        _active.Fired = 0;
        fixed (float* frame = input)
        {
            _frame = frame;
            team.Run(this, (_active.Shape.Height + BandRows - 1) / BandRows);
        }
    }

    public void Do(int part, int worker)
    {
        FeatureShape shape = _active.Shape;
        int fired = 0;
        for (int y = part * BandRows; y < Math.Min(shape.Height, (part + 1) * BandRows); y++)
        {
            T* row = _values.Pointer + ((long)y * shape.Width * shape.Channels);
            ushort* bits = _active.Bits + ((long)y * shape.Width * _active.Blocks);
            new Span<T>(row, shape.Width * shape.Channels).Clear();
            new Span<ushort>(bits, shape.Width * _active.Blocks).Clear();
            for (int c = 0; c < shape.Channels; c++)
            {
                for (int inner = 0; inner < _pooling && (y * _pooling) + inner < _input.Height; inner++)
                {
                    fired += AddRow(_frame + (((long)((c * _input.Height) + (y * _pooling) + inner)) * _input.Width), c, row, bits);
                }
            }
        }

        Interlocked.Add(ref _active.Fired, fired);
    }

    public void Dispose()
    {
        _active.Dispose();
        _values.Dispose();
    }

    /// <summary>Adds a channel's row; most of it is 0, so 16 values are looked at together.</summary>
    private int AddRow(float* from, int channel, T* row, ushort* bits)
    {
        int x = 0, fired = 0;
        for (; x + Vector512<float>.Count <= _input.Width; x += Vector512<float>.Count)
        {
            for (ulong set = ~Vector512.Equals(Vector512.Load(from + x), Vector512<float>.Zero).ExtractMostSignificantBits() & ushort.MaxValue; set != 0; set &= set - 1)
            {
                fired += Add(from, x + BitOperations.TrailingZeroCount(set), channel, row, bits);
            }
        }

        for (; x < _input.Width; x++)
        {
            fired += from[x] == 0f ? 0 : Add(from, x, channel, row, bits);
        }

        return fired;
    }

    private int Add(float* from, int x, int channel, T* row, ushort* bits)
    {
        int pixel = x / _pooling;
        row[(pixel * _active.Shape.Channels) + channel] += _number(from[x]);
        ref ushort word = ref bits[(pixel * _active.Blocks) + (channel / SpikeMap.BlockChannels)];
        ushort bit = (ushort)(1 << (channel % SpikeMap.BlockChannels));
        int added = (word & bit) == 0 ? 1 : 0;
        word |= bit;
        return added;
    }
}
