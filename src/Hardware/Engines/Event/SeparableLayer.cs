using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A depthwise and a pointwise convolution, with a nearest resize before them or without, into neurons.</summary>
/// <remarks>
/// The depthwise sums are dense even where spikes are few (after a 7×7 at 5 % firing about 92 % are not 0), so both are worked out densely: the depthwise with all channels side by side and its taps
/// folded along both axes behind a resize (<see cref="TapPattern"/>), the pointwise as a matrix product. A thread takes a band of rows and keeps the source rows it
/// needs, written out, in a ring.
/// </remarks>
internal sealed unsafe class SeparableLayer<TVector, TLanes> : IEventLayer
    where TVector : unmanaged
    where TLanes : struct, IFloatLanes<TVector>
{
    private const int BandRows = 8, GroupChannelsAtMost = 64;
    private readonly LayerShape _shape;
    private readonly ScratchMemory _scratch;
    private readonly int _inputChannels;
    private readonly int _margin;
    private readonly int _ring;
    private readonly int _groupChannels;
    private readonly NativeBuffer<float>[][] _depthwise;
    private readonly NativeBuffer<float> _depthwiseBias;
    private readonly NativeBuffer<float>[] _pointwise;
    private readonly NativeBuffer<int> _first;
    private readonly NativeBuffer<int> _spans;
    private readonly NativeBuffer<nint>[] _columnWeights;

    public SeparableLayer(LayerShape shape, WeightTensor depthwise, WeightTensor? depthwiseBias, WeightTensor pointwise, FiringRule neurons, ScratchMemory scratch)
    {
        _shape = shape;
        _scratch = scratch;
        Neurons = neurons;
        _inputChannels = shape.Source.Blocks * SpikeMap.BlockChannels;
        int columns = shape.Columns.Outputs, last = Enumerable.Range(0, columns).Max(x => shape.Columns.First(x) + shape.Columns.Patterns[shape.Columns.Pattern(x)].Span);
        _margin = Math.Max(0, Math.Max(-shape.Columns.First(0), last - shape.Source.Shape.Width));
        _ring = shape.Rows.Patterns.Max(pattern => pattern.Span);
        _depthwise = [.. shape.Rows.Patterns.Select(rows => shape.Columns.Patterns.Select(pattern => Fold(depthwise, rows, pattern)).ToArray())];
        _depthwiseBias = new NativeBuffer<float>(_inputChannels);
        depthwiseBias?.Values.CopyTo(new Span<float>(_depthwiseBias.Pointer, depthwiseBias.Values.Length));
        _groupChannels = SpikeMap.BlockChannels;
        while (neurons.Channels % (2 * _groupChannels) == 0 && 2 * _groupChannels <= GroupChannelsAtMost)
        {
            _groupChannels *= 2;
        }

        _pointwise = [.. Enumerable.Range(0, neurons.Channels / _groupChannels).Select(group => LayPointwise(pointwise, group))];
        _first = new NativeBuffer<int>(columns);
        _spans = new NativeBuffer<int>(columns);
        _columnWeights = [.. shape.Rows.Patterns.Select(_ => new NativeBuffer<nint>(columns))];
        for (int x = 0; x < columns; x++)
        {
            _first.Pointer[x] = shape.Columns.First(x);
            _spans.Pointer[x] = shape.Columns.Patterns[shape.Columns.Pattern(x)].Span;
            for (int pattern = 0; pattern < _columnWeights.Length; pattern++)
            {
                _columnWeights[pattern].Pointer[x] = (nint)_depthwise[pattern][shape.Columns.Pattern(x)].Pointer;
            }
        }
    }

    public FiringRule Neurons { get; }

    public long ScratchBytes =>
        Scratch.Bytes<nint>(_ring) + Scratch.Bytes<float>(RowFloats * _ring) + Scratch.Bytes<float>((long)_shape.Columns.Outputs * _inputChannels)
        + Scratch.Bytes<float>((long)_shape.Columns.Outputs * _groupChannels);

    private long RowFloats => ((_shape.Source.Shape.Width + (2L * _margin)) * _inputChannels) + DenseRows.Slack;

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        team.Run(this, (_shape.Rows.Outputs + BandRows - 1) / BandRows);
    }

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        float** rows = (float**)scratch.Take<nint>(_ring);
        float* ring = scratch.Take<float>(RowFloats * _ring), depthwise = scratch.Take<float>((long)_shape.Columns.Outputs * _inputChannels);
        float* sums = scratch.Take<float>((long)_shape.Columns.Outputs * _groupChannels);
        int next = int.MinValue;
        for (int y = part * BandRows; y < Math.Min(_shape.Rows.Outputs, (part + 1) * BandRows); y++)
        {
            int first = _shape.Rows.First(y), pattern = _shape.Rows.Pattern(y), span = _shape.Rows.Patterns[pattern].Span;
            for (int row = Math.Max(first, next); row < first + span; row++)
            {
                DenseRows.Fill(_shape.Source, row, 1, _inputChannels, _margin, InRing(ring, row));
            }

            next = Math.Max(next, first + span);
            for (int u = 0; u < span; u++)
            {
                rows[u] = InRing(ring, first + u) + ((long)_margin * _inputChannels);
            }

            WorkOut(y, pattern, span, rows, depthwise, sums);
        }
    }

    public void Dispose()
    {
        Neurons.Dispose();
        _depthwiseBias.Dispose();
        _first.Dispose();
        _spans.Dispose();
        foreach (NativeBuffer<float> weights in _depthwise.SelectMany(patterns => patterns).Concat(_pointwise))
        {
            weights.Dispose();
        }

        foreach (NativeBuffer<nint> weights in _columnWeights)
        {
            weights.Dispose();
        }
    }

    private float* InRing(float* ring, int row) => ring + (RowFloats * (((row % _ring) + _ring) % _ring));

    private void WorkOut(int y, int pattern, int span, float** rows, float* depthwise, float* sums)
    {
        int columns = _shape.Columns.Outputs;
        var spatial = new DepthwiseKernel
        {
            SourceRows = rows,
            Rows = span,
            First = _first.Pointer,
            Weights = (float**)_columnWeights[pattern].Pointer,
            Spans = _spans.Pointer,
            Bias = _depthwiseBias.Pointer,
            Channels = _inputChannels,
            Sums = depthwise,
            Outputs = columns,
        };
        spatial.Sum<TVector, TLanes>();
        for (int group = 0; group < _pointwise.Length; group++)
        {
            var product = new ProductKernel
            {
                Inputs = depthwise,
                Step = _inputChannels,
                Depth = _shape.Source.Shape.Channels,
                Weights = (byte*)_pointwise[group].Pointer,
                Sums = (byte*)sums,
                RowBytes = _groupChannels * sizeof(float),
                Outputs = columns,
            };
            product.Multiply<TVector, TLanes>();
            Neurons.Fire<TVector, TLanes>(y, group * _groupChannels, _groupChannels, sums);
        }
    }

    /// <summary>[C, 1, k, k] to [span of rows, span of columns, C].</summary>
    private NativeBuffer<float> Fold(WeightTensor weights, TapPattern rows, TapPattern columns)
    {
        int channels = weights.Shape[0], taps = rows.Span * columns.Span;
        float[] folded = columns.Fold<float>(rows.Fold<float>(weights.Values, _shape.Kernel), 1);
        var laid = new NativeBuffer<float>((long)taps * _inputChannels);
        for (int i = 0; i < folded.Length; i++)
        {
            laid.Pointer[((long)(i % taps) * _inputChannels) + (i / taps)] = folded[i];
        }

        return laid;
    }

    /// <summary>[O, C, 1, 1] to [C, the group's channels].</summary>
    private NativeBuffer<float> LayPointwise(WeightTensor weights, int group)
    {
        int outputs = weights.Shape[0], inputs = weights.Shape[1];
        var laid = new NativeBuffer<float>((long)inputs * _groupChannels);
        for (int o = group * _groupChannels; o < Math.Min(outputs, (group + 1) * _groupChannels); o++)
        {
            for (int c = 0; c < inputs; c++)
            {
                laid.Pointer[((long)c * _groupChannels) + (o % _groupChannels)] = weights.Values[(o * inputs) + c];
            }
        }

        return laid;
    }
}
