using System.Runtime.Intrinsics;

namespace StereoSpike.Hardware;

/// <summary>A prediction head and its integrator: a convolution to one channel, worked out at the source's size, added to the head before it.</summary>
/// <remarks>
/// The sums of <c>UpsampledHead</c>, event by event: P[q, i, j] = Σ_c K[c, i, j]·in[c, q] where something is active, then over the rows, then over the columns:
/// <code>
/// potential[y, x] = before[y, x] + m·(bias + Σ_j Σ_i P[row(y, i), column(x, j), i, j])
/// </code>
/// </remarks>
internal sealed unsafe class HeadLayer<TVector, TLanes> : IEventLayer
    where TVector : unmanaged
    where TLanes : struct, IFloatLanes<TVector>
{
    private const int BandRows = 32, Quad = 4;
    private readonly LayerShape _shape;
    private readonly EventSource _source;
    private readonly ScratchMemory _scratch;
    private readonly NativeBuffer<float> _weights;
    private readonly NativeBuffer<int> _columns;
    private readonly float* _before;
    private readonly float _bias;
    private readonly float _gain;
    private readonly int _tapRowFloats;
    private readonly int _rowFloats;
    private readonly int _listCapacity;
    private readonly int _ring;

    /// <summary>Prepares a head.</summary>
    /// <param name="shape">The convolution.</param>
    /// <param name="weights">Shape [C, k, k]: with a depthwise convolution between, the products of its weights and the pointwise ones.</param>
    /// <param name="bias">What all pixels get.</param>
    /// <param name="gain">m.</param>
    /// <param name="before">The potentials after the head before this one, shape [H,W]; null for the first.</param>
    /// <param name="scratch">Scratch memory.</param>
    public HeadLayer(LayerShape shape, ReadOnlySpan<float> weights, float bias, float gain, float* before, ScratchMemory scratch)
    {
        _shape = shape;
        _source = shape.Source;
        _scratch = scratch;
        (_bias, _gain) = (bias, gain);
        _before = before;
        int kernel = shape.Kernel, channels = _source.Shape.Channels;
        _tapRowFloats = (kernel + Quad - 1) / Quad * Quad;
        _rowFloats = ((kernel * _tapRowFloats) + SpikeMap.BlockChannels - 1) / SpikeMap.BlockChannels * SpikeMap.BlockChannels;
        _listCapacity = EventList.Capacity(_source, 1);
        _ring = shape.Rows.Patterns.Max(pattern => pattern.Span);   // source rows that an output row may need at once
        _weights = new NativeBuffer<float>((long)channels * _rowFloats);
        for (int i = 0; i < weights.Length; i++)
        {
            (int c, int tap) = Math.DivRem(i, kernel * kernel);
            _weights.Pointer[((long)c * _rowFloats) + (tap / kernel * _tapRowFloats) + (tap % kernel)] = weights[i];
        }

        _columns = new NativeBuffer<int>((long)shape.Columns.Outputs * kernel);
        for (int i = 0; i < _columns.Length; i++)
        {
            (int x, int j) = Math.DivRem(i, kernel);
            int column = shape.Columns.Source(x, j);
            _columns.Pointer[i] = column < 0 ? _source.Shape.Width * _tapRowFloats : (column * _tapRowFloats) + j;   // behind the last column stands a 0
        }

        Potentials = new NativeBuffer<float>((long)shape.Rows.Outputs * shape.Columns.Outputs);
    }

    public FiringRule? Neurons => null;

    /// <summary>The integrator's potential after this head, shape [H,W].</summary>
    public NativeBuffer<float> Potentials { get; }

    public long ScratchBytes =>
        Scratch.Bytes<int>(_listCapacity) + Scratch.Bytes<int>(_source.Shape.Width + 1) + Scratch.Bytes<float>(_source.Values == null ? 0 : _listCapacity)
        + Scratch.Bytes<float>(_ring * SourceRowFloats) + Scratch.Bytes<float>(SummedFloats);

    private long SourceRowFloats => (long)_source.Shape.Width * _rowFloats;

    private long SummedFloats => ((long)_source.Shape.Width * _tapRowFloats) + Quad;

    public void Run(WorkTeam team) => team.Run(this, (_shape.Rows.Outputs + BandRows - 1) / BandRows);

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        var list = new EventList { Places = scratch.Take<int>(_listCapacity), ColumnStarts = scratch.Take<int>(_source.Shape.Width + 1), Values = _source.Values == null ? null : scratch.Take<float>(_listCapacity) };
        float* ring = scratch.Take<float>(_ring * SourceRowFloats), summed = scratch.Take<float>(SummedFloats);
        int done = -1;
        for (int y = part * BandRows; y < Math.Min(_shape.Rows.Outputs, (part + 1) * BandRows); y++)
        {
            for (int i = 0; i < _shape.Kernel; i++)
            {
                int row = _shape.Rows.Source(y, i);
                if (row > done)   // taps only ever move down
                {
                    Multiply(row, list, ring + (row % _ring * SourceRowFloats));
                    done = row;
                }
            }

            SumRows(y, ring, summed);
            SumColumns(y, summed);
        }
    }

    public void Dispose()
    {
        _weights.Dispose();
        _columns.Dispose();
        Potentials.Dispose();
    }

    /// <summary>P of a source row: shape [W, k rows, k columns filled up].</summary>
    private void Multiply(int row, EventList list, float* products)
    {
        list.Build(_source, row, 1, _rowFloats * sizeof(float), eachColumnApart: false);
        var gather = new GatherKernel
        {
            Places = list.Places,
            Values = list.Values,
            ColumnStarts = list.ColumnStarts,
            Columns = _source.Shape.Width,
            Step = 1,
            Span = 1,
            Weights = (byte*)_weights.Pointer,
            Sums = (byte*)products,
            RowBytes = _rowFloats * sizeof(float),
            Outputs = _source.Shape.Width,
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

    private void SumRows(int y, float* ring, float* summed)
    {
        new Span<float>(summed, (int)SummedFloats).Clear();
        for (int i = 0; i < _shape.Kernel; i++)
        {
            int row = _shape.Rows.Source(y, i);
            if (row < 0)
            {
                continue;
            }

            float* from = ring + (row % _ring * SourceRowFloats) + (i * _tapRowFloats), to = summed;
            for (int q = 0; q < _source.Shape.Width; q++, from += _rowFloats, to += _tapRowFloats)
            {
                for (int j = 0; j < _tapRowFloats; j += Quad)
                {
                    (Vector128.Load(to + j) + Vector128.Load(from + j)).Store(to + j);
                }
            }
        }
    }

    private void SumColumns(int y, float* summed)
    {
        int columns = _shape.Columns.Outputs, kernel = _shape.Kernel;
        float* potentials = Potentials.Pointer + ((long)y * columns), before = _before == null ? null : _before + ((long)y * columns);
        int* place = _columns.Pointer;
        for (int x = 0; x < columns; x++)
        {
            float sum = 0;
            for (int j = 0; j < kernel; j++)
            {
                sum += summed[*place++];
            }

            float arrived = (sum + _bias) * _gain;
            potentials[x] = before == null ? arrived : before[x] + arrived;
        }
    }
}
