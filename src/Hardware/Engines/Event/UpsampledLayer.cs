using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>A dense convolution behind a nearest resize, into neurons: the products of every source pixel with all taps, once, and their sums at the large size.</summary>
/// <remarks>
/// Nearest upsampling repeats pixels, so a source pixel's product with a tap is worked out once and added wherever the two meet:
/// <code>
/// P[q, i, j, o] = Σ_c W[o, c, i, j]·in[c, q]                            at the small size, by events
/// out[y, x, o]  = Σ_j Σ_i P[(row(y, i), column(x, j)), i, j, o]         first over the tap rows, then over the tap columns
/// </code>
/// After a doubling that is a quarter of the weight rows, 6.25 in place of 25 an output and event for a 5×5 kernel, and the weights are stored once, as they are: folding kernels instead
/// (<see cref="Model.TapPattern"/>) needs weights for each of five patterns an axis, wider than 8 bits.
/// A thread takes a group of output channels and a tile of the picture, whose products stay in its cache.
/// </remarks>
internal sealed unsafe class UpsampledLayer<T> : IEventLayer<T>
    where T : unmanaged, INumber<T>
{
    private const long TileBytes = 384 << 10;   // of products: with a slab about what a core's second cache holds
    private const int LeastBandRows = 16, WantedParts = 8;
    private readonly LayerShape<T> _shape;
    private readonly EventSource<T> _source;
    private readonly Kernels<T> _kernels;
    private readonly ScratchMemory _scratch;
    private readonly SlabWeights<T> _slabs;
    private readonly EventLists<T> _lists;
    private readonly Tile[] _tiles;
    private readonly bool _narrow;
    private readonly int _ring;
    private readonly int _bandRows;
    private readonly int _tileColumns;
    private readonly int _sourceColumns;
    private bool _dense;

    /// <summary>Lays a convolution out.</summary>
    /// <inheritdoc cref="ConvolutionLayer{T}(LayerShape{T}, ReadOnlySpan{T}, bool, FiringRule{T}, Kernels{T}, ScratchMemory)" path="/param"/>
    public UpsampledLayer(LayerShape<T> shape, ReadOnlySpan<T> weights, bool narrow, FiringRule<T> neurons, Kernels<T> kernels, ScratchMemory scratch)
    {
        (_shape, _source, _kernels, _scratch, Neurons) = (shape, shape.Source, kernels, scratch, neurons);
        _narrow = narrow && _source.Values == null;
        _slabs = new SlabWeights<T>(weights, neurons.Node.Shape.Channels, shape.Kernel, tapsInRow: true, _narrow, kernels.RowChannels(_narrow), mostVectors: 1);
        _lists = new EventLists<T>(_source, [.. Enumerable.Range(0, _source.Shape.Height)], 1, _slabs.RowBytes, eachColumnApart: false);
        _ring = shape.Rows.Patterns.Max(pattern => pattern.Span);   // source rows that an output row may need at once
        int outputs = shape.Columns.Outputs, wanted = (int)Math.Max(1, TileBytes / ((long)_ring * _slabs.RowChannels * sizeof(T)));   // source columns
        int tiles = Math.Max(1, (_source.Shape.Width + wanted - 1) / wanted);
        _tileColumns = (outputs + tiles - 1) / tiles;
        _tiles = [.. Enumerable.Range(0, (outputs + _tileColumns - 1) / _tileColumns).Select(i => new Tile(shape, i * _tileColumns, Math.Min(outputs, (i + 1) * _tileColumns), _slabs.GroupChannels))];
        _sourceColumns = _tiles.Max(tile => tile.SourceColumns);
        int bands = Math.Clamp(WantedParts / (_tiles.Length * _slabs.Groups), 1, Math.Max(1, shape.Rows.Outputs / LeastBandRows));
        _bandRows = (shape.Rows.Outputs + bands - 1) / bands;
    }

    public FiringRule<T> Neurons { get; }

    public long ScratchBytes =>
        Scratch.Bytes<T>(DenseElements) + Scratch.Bytes<T>(_ring * ProductElements) + Scratch.Bytes<T>((long)_sourceColumns * _shape.Kernel * _slabs.GroupChannels)
        + Scratch.Bytes<T>((long)_tileColumns * _slabs.GroupChannels) + Scratch.Bytes<nint>(_shape.Kernel);

    private int Bands => (_shape.Rows.Outputs + _bandRows - 1) / _bandRows;

    private long DenseElements => ((long)_source.Shape.Width * _source.Shape.Channels) + DenseRows.Slack;

    private long ProductElements => (long)_sourceColumns * _slabs.RowChannels;

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        _dense = !_narrow && _source.Density > ConvolutionLayer<T>.DenseAbove;
        if (!_dense)
        {
            _lists.Build(team);
        }

        team.Run(this, _slabs.Groups * Bands * _tiles.Length);
    }

    public void Do(int part, int worker)
    {
        (int rest, int tileIndex) = Math.DivRem(part, _tiles.Length);
        (int group, int band) = Math.DivRem(rest, Bands);   // groups outermost: threads that run side by side read the same slab
        Tile tile = _tiles[tileIndex];
        Scratch scratch = _scratch.Of(worker);
        T* dense = scratch.Take<T>(DenseElements), ring = scratch.Take<T>(_ring * ProductElements);
        T* summed = scratch.Take<T>((long)_sourceColumns * _shape.Kernel * _slabs.GroupChannels), sums = scratch.Take<T>((long)_tileColumns * _slabs.GroupChannels);
        T** rows = (T**)scratch.Take<nint>(_shape.Kernel);
        int done = -1;
        for (int y = band * _bandRows; y < Math.Min(_shape.Rows.Outputs, (band + 1) * _bandRows); y++)
        {
            int count = 0;
            for (int i = 0; i < _shape.Kernel; i++)
            {
                int row = _shape.Rows.Source(y, i);
                if (row < 0)
                {
                    continue;
                }

                T* products = ring + (row % _ring * ProductElements);
                if (row > done)   // taps only ever move down
                {
                    Multiply(row, group, tile, dense, products);
                    done = row;
                }

                rows[count++] = products + (i * _shape.Kernel * _slabs.GroupChannels);
            }

            Combine(tile, rows, count, summed, sums);
            _kernels.Fire(Neurons, y, tile.First, tile.Columns, group * _slabs.GroupChannels, _slabs.GroupChannels, sums);
        }
    }

    public void Dispose()
    {
        Neurons.Dispose();
        _slabs.Dispose();
        _lists.Dispose();
        foreach (Tile tile in _tiles)
        {
            tile.Dispose();
        }
    }

    /// <summary>P of a tile's part of a source row, shape [columns, k, k, group's channels].</summary>
    private void Multiply(int row, int group, Tile tile, T* dense, T* products)
    {
        if (_dense)
        {
            DenseRows.Fill(_source, row, 1, _source.Shape.Channels, 0, dense);
            _kernels.Multiply(
                new ProductKernel
                {
                    Inputs = (byte*)(dense + ((long)tile.FirstSource * _source.Shape.Channels)),
                    Step = (long)_source.Shape.Channels * sizeof(T),
                    Depth = _source.Shape.Channels,
                    Weights = _slabs.Of(group),
                    Sums = (byte*)products,
                    RowBytes = _slabs.RowBytes,
                    Outputs = tile.SourceColumns,
                },
                pairs: false);
            return;
        }

        EventList<T> list = _lists.Of(row);
        var gather = new GatherKernel<T>
        {
            Places = list.Places,
            Values = list.Values,
            ColumnStarts = list.ColumnStarts,
            Columns = _source.Shape.Width,
            First = tile.FirstSource,
            Step = 1,
            Span = 1,
            Weights = _slabs.Of(group),
            Sums = products,
            Channels = _slabs.RowChannels,
            Outputs = tile.SourceColumns,
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

    private void Combine(Tile tile, T** rows, int count, T* summed, T* sums)
    {
        _kernels.Add(new RowSums<T> { Rows = rows, Count = count, Stride = _slabs.RowChannels, Columns = tile.SourceColumns, Channels = _shape.Kernel * _slabs.GroupChannels, Sums = summed });
        var columns = new GatherKernel<T>
        {
            Places = tile.Places,
            ColumnStarts = tile.Starts,
            Columns = tile.Columns,
            Step = 1,
            Span = 1,
            Weights = (byte*)summed,
            Sums = sums,
            Channels = _slabs.GroupChannels,
            Outputs = tile.Columns,
            Limit = int.MaxValue,
        };
        _kernels.Gather(columns, narrow: false);
    }

    /// <summary>Some output columns, and for each the places of the sums it adds: [source column, tap], as bytes.</summary>
    private sealed class Tile : IDisposable
    {
        private readonly NativeBuffer<int> _places;
        private readonly NativeBuffer<int> _starts;

        public Tile(LayerShape<T> shape, int first, int end, int channels)
        {
            (First, Columns) = (first, end - first);
            int[] sources = [.. Enumerable.Range(first, Columns).SelectMany(x => Enumerable.Range(0, shape.Kernel).Select(j => shape.Columns.Source(x, j))).Where(column => column >= 0).DefaultIfEmpty(0)];
            FirstSource = sources.Min();
            SourceColumns = sources.Max() + 1 - FirstSource;
            _places = new NativeBuffer<int>((long)Columns * shape.Kernel);
            _starts = new NativeBuffer<int>(Columns + 1);
            int count = 0;
            for (int x = 0; x < Columns; x++)
            {
                for (int j = 0; j < shape.Kernel; j++)
                {
                    if (shape.Columns.Source(first + x, j) is >= 0 and int column)
                    {
                        _places.Pointer[count++] = (((column - FirstSource) * shape.Kernel) + j) * channels * sizeof(T);
                    }
                }

                _starts.Pointer[x + 1] = count;
            }
        }

        /// <summary>First output column.</summary>
        public int First { get; }

        /// <summary>Output columns.</summary>
        public int Columns { get; }

        /// <summary>First source column that an output reads.</summary>
        public int FirstSource { get; }

        /// <summary>Source columns from the first that is read to the last.</summary>
        public int SourceColumns { get; }

        public int* Places => _places.Pointer;

        public int* Starts => _starts.Pointer;

        public void Dispose()
        {
            _places.Dispose();
            _starts.Dispose();
        }
    }
}
