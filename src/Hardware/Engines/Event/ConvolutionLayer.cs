using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>A dense convolution without a resize before it, into neurons: an output sums the weight rows of the events under its kernel.</summary>
/// <remarks>
/// Where few inputs are active their weight rows are added (<see cref="GatherKernel{T}"/>); where weights have 32 bits and more than <see cref="DenseAbove"/> is active, all are multiplied (<see cref="ProductKernel"/>).
/// Where all slabs fit into a core's cache, a thread takes a row and all slabs; else it takes a slab and all rows, so that each weight is fetched from memory once a frame.
/// </remarks>
internal sealed unsafe class ConvolutionLayer<T> : IEventLayer<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Events an element above which multiplying everything should be faster: reasoned from the two loops, not measured.</summary>
    public const double DenseAbove = 0.6;

    private const long CachedBytes = 1 << 20;
    private const int MostVectors = 8;
    private readonly LayerShape<T> _shape;
    private readonly EventSource<T> _source;
    private readonly Kernels<T> _kernels;
    private readonly ScratchMemory _scratch;
    private readonly SlabWeights<T> _slabs;
    private readonly EventLists<T> _lists;
    private readonly bool _narrow;
    private readonly bool _slabBySlab;
    private bool _dense;

    /// <summary>Lays a convolution out.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="weights">Shape [O, C, k, k].</param>
    /// <param name="narrow">Whether they fit 8 bits.</param>
    /// <param name="neurons">What it ends in.</param>
    /// <param name="kernels">The instructions to use.</param>
    /// <param name="scratch">Scratch memory.</param>
    public ConvolutionLayer(LayerShape<T> shape, ReadOnlySpan<T> weights, bool narrow, FiringRule<T> neurons, Kernels<T> kernels, ScratchMemory scratch)
    {
        (_shape, _source, _kernels, _scratch, Neurons) = (shape, shape.Source, kernels, scratch, neurons);
        _narrow = narrow && _source.Values == null;
        _slabs = new SlabWeights<T>(weights, neurons.Node.Shape.Channels, shape.Kernel, tapsInRow: false, _narrow, kernels.RowChannels(_narrow), MostVectors);
        _lists = new EventLists<T>(_source, [.. Enumerable.Range(0, shape.Rows.Outputs).Select(shape.Rows.First)], shape.Kernel, _slabs.RowBytes, eachColumnApart: true);
        _slabBySlab = _slabs.Bytes > CachedBytes;
    }

    public FiringRule<T> Neurons { get; }

    public long ScratchBytes => Scratch.Bytes<T>(DenseElements) + Scratch.Bytes<T>((long)_shape.Columns.Outputs * _slabs.GroupChannels);

    private int Margin => Math.Max(0, Math.Max(-_shape.Columns.First(0), _shape.Columns.First(_shape.Columns.Outputs - 1) + _shape.Kernel - _source.Shape.Width));

    private long DenseElements => ((_source.Shape.Width + (2L * Margin)) * _shape.Kernel * _source.Shape.Channels) + DenseRows.Slack;

    private int Step => _shape.Columns.Outputs == 1 ? 1 : _shape.Columns.First(1) - _shape.Columns.First(0);

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        _dense = !_narrow && _source.Density > DenseAbove;
        if (!_dense)
        {
            _lists.Build(team);
        }

        team.Run(this, _slabBySlab ? _slabs.Groups : _shape.Rows.Outputs);
    }

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        T* dense = scratch.Take<T>(DenseElements), sums = scratch.Take<T>((long)_shape.Columns.Outputs * _slabs.GroupChannels);
        (int firstRow, int lastRow) = _slabBySlab ? (0, _shape.Rows.Outputs - 1) : (part, part);
        (int firstGroup, int lastGroup) = _slabBySlab ? (part, part) : (0, _slabs.Groups - 1);
        for (int y = firstRow; y <= lastRow; y++)
        {
            if (_dense)
            {
                DenseRows.Fill(_source, _shape.Rows.First(y), _shape.Kernel, _source.Shape.Channels, Margin, dense);
            }

            for (int group = firstGroup; group <= lastGroup; group++)
            {
                WorkOut(y, group, dense, sums);
                _kernels.Fire(Neurons, y, 0, _shape.Columns.Outputs, group * _slabs.GroupChannels, _slabs.GroupChannels, sums);
            }
        }
    }

    public void Dispose()
    {
        Neurons.Dispose();
        _slabs.Dispose();
        _lists.Dispose();
    }

    /// <summary>One output row and one group of channels.</summary>
    private void WorkOut(int y, int group, T* dense, T* sums)
    {
        int columnElements = _shape.Kernel * _source.Shape.Channels, first = _shape.Columns.First(0);
        if (_dense)
        {
            _kernels.Multiply(
                new ProductKernel
                {
                    Inputs = (byte*)(dense + ((long)(Margin + first) * columnElements)),
                    Step = (long)Step * columnElements * sizeof(T),
                    Depth = _shape.Kernel * columnElements,
                    Weights = _slabs.Of(group),
                    Sums = (byte*)sums,
                    RowBytes = _slabs.RowBytes,
                    Outputs = _shape.Columns.Outputs,
                },
                pairs: false);
            return;
        }

        EventList<T> list = _lists.Of(y);
        var gather = new GatherKernel<T>
        {
            Places = list.Places,
            Values = list.Values,
            ColumnStarts = list.ColumnStarts,
            Columns = _source.Shape.Width,
            First = first,
            Step = Step,
            Span = _shape.Kernel,
            ColumnBytes = (long)columnElements * _slabs.RowBytes,
            Weights = _slabs.Of(group),
            Sums = sums,
            Channels = _slabs.RowChannels,
            Outputs = _shape.Columns.Outputs,
            Limit = _slabs.Limit,
        };
        if (list.Values == null)
        {
            _kernels.Gather(gather, _narrow);
        }
        else
        {
            _kernels.GatherProducts(gather);
        }
    }
}
