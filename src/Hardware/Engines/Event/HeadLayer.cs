using System.Numerics;
using System.Runtime.Intrinsics;

namespace StereoSpike.Hardware;

/// <summary>A prediction head and its integrator: a convolution to one channel, worked out at the source's size, added to the head before it.</summary>
/// <remarks>
/// The sums of <c>UpsampledHead</c>, event by event: P[q, i, j] = Σ_c K[c, i, j]·in[c, q] where something is active, then over the rows, then over the columns:
/// <code>
/// sum[y, x] = Σ_j Σ_i P[row(y, i), column(x, j), i, j]
/// </code>
/// A <see cref="HeadReadout{T}"/> takes the sums row by row.
/// </remarks>
internal sealed unsafe class HeadLayer<T> : IEventLayer<T>
    where T : unmanaged, INumber<T>
{
    private const int BandRows = 32, Quad = 4;
    private readonly LayerShape<T> _shape;
    private readonly EventSource<T> _source;
    private readonly Kernels<T> _kernels;
    private readonly ScratchMemory _scratch;
    private readonly NativeBuffer<T> _weights;
    private readonly NativeBuffer<int> _columns;
    private readonly HeadReadout<T> _readout;
    private readonly int _head;
    private readonly int _tapRowElements;
    private readonly int _rowElements;
    private readonly int _listCapacity;
    private readonly int _ring;

    /// <summary>Prepares a head.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="weights">Shape [C, k, k]: with a depthwise convolution between, the products of its weights and the pointwise ones.</param>
    /// <param name="readout">Takes the sums.</param>
    /// <param name="head">Which of its heads this is.</param>
    /// <param name="kernels">The instructions to use.</param>
    /// <param name="scratch">Scratch memory.</param>
    public HeadLayer(LayerShape<T> shape, ReadOnlySpan<T> weights, HeadReadout<T> readout, int head, Kernels<T> kernels, ScratchMemory scratch)
    {
        (_shape, _source, _kernels, _scratch) = (shape, shape.Source, kernels, scratch);
        (_readout, _head) = (readout, head);
        int kernel = shape.Kernel, channels = _source.Shape.Channels;
        _tapRowElements = (kernel + Quad - 1) / Quad * Quad;
        _rowElements = ((kernel * _tapRowElements) + SpikeMap.BlockChannels - 1) / SpikeMap.BlockChannels * SpikeMap.BlockChannels;
        _listCapacity = EventList<T>.Capacity(_source, 1);
        _ring = shape.Rows.Patterns.Max(pattern => pattern.Span);   // source rows that an output row may need at once
        _weights = new NativeBuffer<T>((long)channels * _rowElements);
        for (int i = 0; i < weights.Length; i++)
        {
            (int c, int tap) = Math.DivRem(i, kernel * kernel);
            _weights.Pointer[((long)c * _rowElements) + (tap / kernel * _tapRowElements) + (tap % kernel)] = weights[i];
        }

        _columns = new NativeBuffer<int>((long)shape.Columns.Outputs * kernel);
        for (int i = 0; i < _columns.Length; i++)
        {
            (int x, int j) = Math.DivRem(i, kernel);
            int column = shape.Columns.Source(x, j);
            _columns.Pointer[i] = column < 0 ? _source.Shape.Width * _tapRowElements : (column * _tapRowElements) + j;   // behind the last column stands a 0
        }
    }

    public FiringRule<T>? Neurons => null;

    public long ScratchBytes =>
        Scratch.Bytes<int>(_listCapacity) + Scratch.Bytes<int>(_source.Shape.Width + 1) + Scratch.Bytes<T>(_source.Values == null ? 0 : _listCapacity)
        + Scratch.Bytes<T>(_ring * SourceRowElements) + Scratch.Bytes<T>(SummedElements) + Scratch.Bytes<T>(_shape.Columns.Outputs);

    private long SourceRowElements => (long)_source.Shape.Width * _rowElements;

    private long SummedElements => ((long)_source.Shape.Width * _tapRowElements) + Quad;

    public void Run(WorkTeam team) => team.Run(this, (_shape.Rows.Outputs + BandRows - 1) / BandRows);

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        var list = new EventList<T> { Places = scratch.Take<int>(_listCapacity), ColumnStarts = scratch.Take<int>(_source.Shape.Width + 1), Values = _source.Values == null ? null : scratch.Take<T>(_listCapacity) };
        T* ring = scratch.Take<T>(_ring * SourceRowElements), summed = scratch.Take<T>(SummedElements), sums = scratch.Take<T>(_shape.Columns.Outputs);
        int done = -1;
        for (int y = part * BandRows; y < Math.Min(_shape.Rows.Outputs, (part + 1) * BandRows); y++)
        {
            for (int i = 0; i < _shape.Kernel; i++)
            {
                int row = _shape.Rows.Source(y, i);
                if (row > done)   // taps only ever move down
                {
                    Multiply(row, list, ring + (row % _ring * SourceRowElements));
                    done = row;
                }
            }

            SumRows(y, ring, summed);
            SumColumns(summed, sums);
            _readout.Take(_head, y, sums);
        }
    }

    public void Dispose()
    {
        _weights.Dispose();
        _columns.Dispose();
    }

    /// <summary>P of a source row: shape [W, k rows, k columns filled up].</summary>
    private void Multiply(int row, EventList<T> list, T* products)
    {
        list.Build(_source, row, 1, _rowElements * sizeof(T), eachColumnApart: false);
        var gather = new GatherKernel<T>
        {
            Places = list.Places,
            Values = list.Values,
            ColumnStarts = list.ColumnStarts,
            Columns = _source.Shape.Width,
            Step = 1,
            Span = 1,
            Weights = (byte*)_weights.Pointer,
            Sums = products,
            Channels = _rowElements,
            Outputs = _source.Shape.Width,
            Limit = int.MaxValue,
        };
        if (list.Values == null)
        {
            _kernels.Gather(gather, narrow: false);
        }
        else
        {
            _kernels.GatherProducts(gather);
        }
    }

    private void SumRows(int y, T* ring, T* summed)
    {
        new Span<T>(summed, (int)SummedElements).Clear();
        for (int i = 0; i < _shape.Kernel; i++)
        {
            int row = _shape.Rows.Source(y, i);
            if (row < 0)
            {
                continue;
            }

            T* from = ring + (row % _ring * SourceRowElements) + (i * _tapRowElements), to = summed;
            for (int q = 0; q < _source.Shape.Width; q++, from += _rowElements, to += _tapRowElements)
            {
                for (int j = 0; j < _tapRowElements; j += Quad)
                {
                    (Vector128.Load(to + j) + Vector128.Load(from + j)).Store(to + j);
                }
            }
        }
    }

    private void SumColumns(T* summed, T* sums)
    {
        int columns = _shape.Columns.Outputs, kernel = _shape.Kernel;
        int* place = _columns.Pointer;
        for (int x = 0; x < columns; x++)
        {
            T sum = T.Zero;
            for (int j = 0; j < kernel; j++)
            {
                sum += summed[*place++];
            }

            sums[x] = sum;
        }
    }
}
