namespace StereoSpike.Model;

/// <summary>Writes a plane in a layout of its own.</summary>
/// <param name="plane">Index n·C + c.</param>
/// <param name="target">Zero at first, or this layout's earlier plane.</param>
internal unsafe delegate void PlaneSpreader(int plane, float* target);

/// <summary>Planes [N,C] laid out for vector loops: all at once, or one at a time in memory that is used again.</summary>
internal sealed unsafe class PlaneSet : IDisposable
{
    private readonly int _channels, _size;
    private readonly PlaneSpreader? _spread;
    private readonly Scratch? _memory;
    private readonly bool _shared;

    /// <summary>Memory for all planes, to be filled by the caller.</summary>
    public PlaneSet(int channels, int size, int images)
    {
        (_channels, _size) = (channels, size);
        _memory = new Scratch((long)images * channels * size);
    }

    /// <summary>A recipe for one plane at a time; <see cref="Local"/> gives it memory.</summary>
    public PlaneSet(int channels, int size, PlaneSpreader spread)
    {
        (_channels, _size, _spread) = (channels, size, spread);
    }

    private PlaneSet(PlaneSet other)
    {
        (_channels, _size, _spread) = (other._channels, other._size, other._spread);
        _shared = other._memory is not null;
        _memory = other._memory ?? new Scratch(_size);
    }

    /// <summary>These planes for one thread.</summary>
    public PlaneSet Local() => new(this);

    /// <summary>A plane; if it is one at a time, valid until the next.</summary>
    public float* At(int image, int channel)
    {
        int plane = (image * _channels) + channel;
        if (_spread is null)
        {
            return _memory!.Start + ((long)plane * _size);
        }

        _spread(plane, _memory!.Start);
        return _memory.Start;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_shared)
        {
            _memory?.Dispose();
        }
    }
}
