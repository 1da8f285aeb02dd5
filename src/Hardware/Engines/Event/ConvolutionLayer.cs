using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A dense convolution, with a nearest resize before it or without, into neurons.</summary>
/// <remarks>
/// Without a resize, an output sums the weight rows of the events under its kernel. Behind a resize, the kernel's rows are folded (<see cref="TapPattern"/>) and the
/// k products of every source column are worked out once, [column, tap, channel]; an output then sums k of them. That costs (rows folded)·(columns at the small size)
/// in place of k² taps at the large one: 7.5 in place of 25 for a 5×5 kernel after a doubling.
/// <para>Where few inputs are active their weight rows are added (<see cref="GatherKernel"/>); above <see cref="DenseAbove"/> all are multiplied (<see cref="ProductKernel"/>).</para>
/// <para>Weights lie in slabs, one a row pattern and group of output channels, in the order in which they are read. Where all slabs fit into a core's cache, a thread takes a row
/// and all slabs; else it takes a slab and all rows, so that each weight is fetched from memory once a frame.</para>
/// </remarks>
internal sealed unsafe class ConvolutionLayer<TVector, TLanes> : IEventLayer
    where TVector : unmanaged
    where TLanes : struct, IFloatLanes<TVector>
{
    /// <summary>Events an element above which multiplying everything should be faster: reasoned from the two loops, not measured.</summary>
    public const double DenseAbove = 0.6;

    private const long CachedBytes = 1 << 20;
    private readonly LayerShape _shape;
    private readonly EventSource _source;
    private readonly ScratchMemory _scratch;
    private readonly RowRange[] _ranges;
    private readonly SlabWeights _slabs;
    private readonly bool _slabBySlab;
    private readonly int _parts;
    private readonly int _listCapacity;
    private readonly int _rangeRows;
    private readonly NativeBuffer<int>? _places;
    private readonly NativeBuffer<int>? _starts;
    private readonly NativeBuffer<int> _columnTaps;
    private readonly NativeBuffer<int> _columnTapStarts;
    private readonly ListAll _listAll;
    private bool _dense;

    public ConvolutionLayer(LayerShape shape, WeightTensor weights, FiringRule neurons, ScratchMemory scratch)
    {
        _shape = shape;
        _source = shape.Source;
        _scratch = scratch;
        Neurons = neurons;
        _ranges = [.. shape.Ranges()];
        _rangeRows = _ranges.Max(range => range.Rows);
        _slabs = new SlabWeights(shape, weights, neurons.Channels, maximumVectors: sizeof(TVector) >= 64 ? 4 : 8, vectorFloats: sizeof(TVector) / sizeof(float));
        _listCapacity = EventList.Capacity(_source, _rangeRows);
        _slabBySlab = _source.Values == null && _slabs.BytesOfAPattern > CachedBytes;
        _parts = _slabBySlab ? _slabs.Patterns * _slabs.Groups : _ranges.Length;
        if (_slabBySlab)
        {
            _places = new NativeBuffer<int>((long)_listCapacity * _ranges.Length, cleared: false);
            _starts = new NativeBuffer<int>((long)(_source.Shape.Width + 1) * _ranges.Length);
        }

        (_columnTaps, _columnTapStarts) = ColumnTaps();
        _listAll = new ListAll(this);
    }

    public FiringRule Neurons { get; }

    public long ScratchBytes =>
        Scratch.Bytes<int>(_listCapacity) + Scratch.Bytes<int>(_source.Shape.Width + 1) + Scratch.Bytes<float>(_source.Values == null ? 0 : _listCapacity)
        + Scratch.Bytes<float>(DenseFloats) + Scratch.Bytes<float>((long)_source.Shape.Width * _slabs.RowFloats) + Scratch.Bytes<float>((long)_shape.Columns.Outputs * _slabs.GroupChannels);

    private int Margin => _shape.Resized ? 0 : Math.Max(0, Math.Max(-_shape.Columns.First(0), _shape.Columns.First(_shape.Columns.Outputs - 1) + _shape.Kernel - _source.Shape.Width));

    private long DenseFloats => ((_source.Shape.Width + (2L * Margin)) * _rangeRows * _source.Shape.Channels) + DenseRows.Slack;

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        _dense = _source.Density > DenseAbove;
        if (_slabBySlab && !_dense)
        {
            team.Run(_listAll, _ranges.Length);
        }

        team.Run(this, _parts);
    }

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        int width = _source.Shape.Width;
        var list = new EventList { Places = scratch.Take<int>(_listCapacity), ColumnStarts = scratch.Take<int>(width + 1), Values = _source.Values == null ? null : scratch.Take<float>(_listCapacity) };
        float* dense = scratch.Take<float>(DenseFloats), products = scratch.Take<float>((long)width * _slabs.RowFloats), sums = scratch.Take<float>((long)_shape.Columns.Outputs * _slabs.GroupChannels);
        if (!_slabBySlab)
        {
            Prepare(_ranges[part], list, dense);
            for (int i = 0; i < _ranges[part].Outputs; i++)
            {
                for (int group = 0; group < _slabs.Groups; group++)
                {
                    WorkOut(_ranges[part], _ranges[part].FirstOutput + i, group, list, dense, products, sums);
                }
            }

            return;
        }

        (int pattern, int slab) = Math.DivRem(part, _slabs.Groups);
        for (int r = 0; r < _ranges.Length; r++)
        {
            bool prepared = false;
            for (int y = _ranges[r].FirstOutput; y < _ranges[r].FirstOutput + _ranges[r].Outputs; y++)
            {
                if (_shape.Rows.Pattern(y) != pattern)
                {
                    continue;
                }

                if (_dense && !prepared)
                {
                    Prepare(_ranges[r], list, dense);
                    prepared = true;
                }

                WorkOut(_ranges[r], y, slab, _dense ? list : Listed(r), dense, products, sums);
            }
        }
    }

    public void Dispose()
    {
        Neurons.Dispose();
        _slabs.Dispose();
        _places?.Dispose();
        _starts?.Dispose();
        _columnTaps.Dispose();
        _columnTapStarts.Dispose();
    }

    private EventList Listed(int range) => new()
    {
        Places = _places!.Pointer + ((long)range * _listCapacity),
        ColumnStarts = _starts!.Pointer + ((long)range * (_source.Shape.Width + 1)),
    };

    private void Prepare(RowRange range, EventList list, float* dense)
    {
        if (_dense)
        {
            DenseRows.Fill(_source, range.FirstRow, range.Rows, _source.Shape.Channels, Margin, dense);
        }
        else
        {
            list.Build(_source, range.FirstRow, range.Rows, _slabs.RowFloats * sizeof(float), eachColumnApart: !_shape.Resized);
        }
    }

    /// <summary>One output row and one group of channels.</summary>
    private void WorkOut(RowRange range, int y, int group, EventList list, float* dense, float* products, float* sums)
    {
        byte* weights = (byte*)_slabs.Of(_shape.Rows.Pattern(y), group);
        byte* first = (byte*)(_shape.Resized ? products : sums);
        int columnFloats = range.Rows * _source.Shape.Channels, outputs = _shape.Resized ? _source.Shape.Width : _shape.Columns.Outputs;
        int start = _shape.Resized ? 0 : _shape.Columns.First(0), step = _shape.Resized || outputs == 1 ? 1 : _shape.Columns.First(1) - start, span = _shape.Resized ? 1 : _shape.Kernel;
        int rowBytes = _slabs.RowFloats * sizeof(float);
        if (_dense)
        {
            var product = new ProductKernel
            {
                Inputs = dense + ((long)(Margin + start) * columnFloats),
                Step = (long)step * columnFloats,
                Depth = span * columnFloats,
                Weights = weights,
                Sums = first,
                RowBytes = rowBytes,
                Outputs = outputs,
            };
            product.Multiply<TVector, TLanes>();
        }
        else
        {
            var gather = new GatherKernel
            {
                Places = list.Places,
                Values = list.Values,
                ColumnStarts = list.ColumnStarts,
                Columns = _source.Shape.Width,
                First = start,
                Step = step,
                Span = span,
                ColumnBytes = _shape.Resized ? 0 : (long)columnFloats * rowBytes,
                Weights = weights,
                Sums = first,
                RowBytes = rowBytes,
                Outputs = outputs,
            };
            if (list.Values == null)
            {
                gather.Sum<TVector, TLanes>();
            }
            else
            {
                gather.SumProducts<TVector, TLanes>();
            }
        }

        if (_shape.Resized)
        {
            var combine = new GatherKernel
            {
                Places = _columnTaps.Pointer,
                ColumnStarts = _columnTapStarts.Pointer,
                Columns = _shape.Columns.Outputs,
                Step = 1,
                Span = 1,
                Weights = (byte*)products,
                Sums = (byte*)sums,
                RowBytes = _slabs.GroupChannels * sizeof(float),
                Outputs = _shape.Columns.Outputs,
            };
            combine.Sum<TVector, TLanes>();
        }

        Neurons.Fire<TVector, TLanes>(y, group * _slabs.GroupChannels, _slabs.GroupChannels, sums);
    }

    /// <summary>For each output column the places of the products it sums: [source column, tap], as bytes.</summary>
    private (NativeBuffer<int> Places, NativeBuffer<int> Starts) ColumnTaps()
    {
        int outputs = _shape.Columns.Outputs, kernel = _shape.Kernel, count = 0;
        var places = new NativeBuffer<int>((long)outputs * kernel);
        var starts = new NativeBuffer<int>(outputs + 1);
        for (int x = 0; x < outputs; x++)
        {
            for (int j = 0; j < kernel; j++)
            {
                if (_shape.Columns.Source(x, j) is >= 0 and int column)
                {
                    places.Pointer[count++] = ((column * kernel) + j) * _slabs.GroupChannels * sizeof(float);
                }
            }

            starts.Pointer[x + 1] = count;
        }

        return (places, starts);
    }

    /// <summary>Lists the events of all ranges, for threads that take a slab and all rows.</summary>
    private sealed class ListAll(ConvolutionLayer<TVector, TLanes> layer) : ITeamWork
    {
        public void Do(int part, int worker) => layer.Prepare(layer._ranges[part], layer.Listed(part), dense: null);
    }
}
