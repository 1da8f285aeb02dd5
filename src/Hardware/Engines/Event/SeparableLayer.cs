using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A depthwise and a pointwise convolution, with a nearest resize before them or without, into neurons.</summary>
/// <remarks>
/// The depthwise sums are dense even where spikes are few (after a 7×7 at 5 % firing about 92 % are not 0), so both are worked out densely: the depthwise with all channels side by side and its taps
/// folded along both axes behind a resize (<see cref="TapPattern"/>), the pointwise as a matrix product. A thread takes a band of rows and keeps the source rows it
/// needs, written out, in a ring.
/// </remarks>
/// <typeparam name="T">Numbers of the pointwise sums.</typeparam>
/// <typeparam name="TElement">Numbers of the depthwise sums: the same, or 16 bits where integers fit; two channels are then multiplied at once.</typeparam>
internal sealed unsafe class SeparableLayer<T, TElement> : IEventLayer<T>
    where T : unmanaged, INumber<T>
    where TElement : unmanaged, INumber<TElement>
{
    private const int BandRows = 8, GroupChannelsAtMost = 64;
    private readonly LayerShape<T> _shape;
    private readonly Kernels<T> _kernels;
    private readonly ScratchMemory _scratch;
    private readonly int _inputChannels;
    private readonly int _margin;
    private readonly int _ring;
    private readonly int _groupChannels;
    private readonly NativeBuffer<TElement>[][] _depthwise;
    private readonly NativeBuffer<TElement> _depthwiseBias;
    private readonly NativeBuffer<byte>[] _pointwise;
    private readonly NativeBuffer<int> _first;
    private readonly NativeBuffer<int> _spans;
    private readonly NativeBuffer<nint>[] _columnWeights;

    /// <summary>Lays the two convolutions out.</summary>
    /// <param name="shape">The depthwise one.</param>
    /// <param name="depthwise">Its weights, shape [C, 1, k, k].</param>
    /// <param name="depthwiseBias">Shape [C]; empty for none.</param>
    /// <param name="pointwise">Shape [O, C, 1, 1].</param>
    /// <param name="neurons">What it ends in.</param>
    /// <param name="kernels">The instructions to use.</param>
    /// <param name="scratch">Scratch memory.</param>
    public SeparableLayer(LayerShape<T> shape, ReadOnlySpan<T> depthwise, ReadOnlySpan<T> depthwiseBias, ReadOnlySpan<T> pointwise, FiringRule<T> neurons, Kernels<T> kernels, ScratchMemory scratch)
    {
        (_shape, _kernels, _scratch) = (shape, kernels, scratch);
        Neurons = neurons;
        _inputChannels = shape.Source.Blocks * SpikeMap.BlockChannels;
        int columns = shape.Columns.Outputs, last = Enumerable.Range(0, columns).Max(x => shape.Columns.First(x) + shape.Columns.Patterns[shape.Columns.Pattern(x)].Span);
        _margin = Math.Max(0, Math.Max(-shape.Columns.First(0), last - shape.Source.Shape.Width));
        _ring = shape.Rows.Patterns.Max(pattern => pattern.Span);
        T[] spatial = depthwise.ToArray(), mixing = pointwise.ToArray();
        _depthwise = [.. shape.Rows.Patterns.Select(rows => shape.Columns.Patterns.Select(pattern => Fold(spatial, rows, pattern)).ToArray())];
        _depthwiseBias = new NativeBuffer<TElement>(_inputChannels);
        for (int c = 0; c < depthwiseBias.Length; c++)
        {
            _depthwiseBias.Pointer[c] = TElement.CreateChecked(depthwiseBias[c]);
        }

        _groupChannels = SpikeMap.BlockChannels;
        while (neurons.Channels % (2 * _groupChannels) == 0 && 2 * _groupChannels <= GroupChannelsAtMost)
        {
            _groupChannels *= 2;
        }

        _pointwise = [.. Enumerable.Range(0, neurons.Channels / _groupChannels).Select(group => LayPointwise(mixing, group))];
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

    public FiringRule<T> Neurons { get; }

    public long ScratchBytes =>
        Scratch.Bytes<nint>(_ring) + Scratch.Bytes<TElement>(RowElements * _ring) + Scratch.Bytes<TElement>((long)_shape.Columns.Outputs * _inputChannels)
        + Scratch.Bytes<T>((long)_shape.Columns.Outputs * _groupChannels);

    private static int ElementsAnInput => sizeof(T) / sizeof(TElement);

    private long RowElements => ((_shape.Source.Shape.Width + (2L * _margin)) * _inputChannels) + DenseRows.Slack;

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        team.Run(this, (_shape.Rows.Outputs + BandRows - 1) / BandRows);
    }

    public void Do(int part, int worker)
    {
        Scratch scratch = _scratch.Of(worker);
        TElement** rows = (TElement**)scratch.Take<nint>(_ring);
        TElement* ring = scratch.Take<TElement>(RowElements * _ring), depthwise = scratch.Take<TElement>((long)_shape.Columns.Outputs * _inputChannels);
        T* sums = scratch.Take<T>((long)_shape.Columns.Outputs * _groupChannels);
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
        foreach (IDisposable weights in _depthwise.SelectMany(patterns => patterns).Concat<IDisposable>(_pointwise))
        {
            weights.Dispose();
        }

        foreach (NativeBuffer<nint> weights in _columnWeights)
        {
            weights.Dispose();
        }
    }

    private TElement* InRing(TElement* ring, int row) => ring + (RowElements * (((row % _ring) + _ring) % _ring));

    private void WorkOut(int y, int pattern, int span, TElement** rows, TElement* depthwise, T* sums)
    {
        int columns = _shape.Columns.Outputs;
        SumTaps(new DepthwiseKernel<TElement>
        {
            SourceRows = rows,
            Rows = span,
            First = _first.Pointer,
            Weights = (TElement**)_columnWeights[pattern].Pointer,
            Spans = _spans.Pointer,
            Bias = _depthwiseBias.Pointer,
            Channels = _inputChannels,
            Sums = depthwise,
            Outputs = columns,
        });
        for (int group = 0; group < _pointwise.Length; group++)
        {
            _kernels.Multiply(
                new ProductKernel
                {
                    Inputs = (byte*)depthwise,
                    Step = (long)_inputChannels * sizeof(TElement),
                    Depth = (_shape.Source.Shape.Channels + ElementsAnInput - 1) / ElementsAnInput,
                    Weights = _pointwise[group].Pointer,
                    Sums = (byte*)sums,
                    RowBytes = _groupChannels * sizeof(T),
                    Outputs = columns,
                },
                pairs: ElementsAnInput == 2);
            _kernels.Fire(Neurons, y, 0, columns, group * _groupChannels, _groupChannels, sums);
        }
    }

    private void SumTaps(in DepthwiseKernel<TElement> work)
    {
        if (work is DepthwiseKernel<T> same)
        {
            _kernels.Sum(same);
        }
        else if (work is DepthwiseKernel<short> narrow)
        {
            _kernels.Sum(narrow);
        }
    }

    /// <summary>[C, 1, k, k] to [span of rows, span of columns, C].</summary>
    private NativeBuffer<TElement> Fold(T[] weights, TapPattern rows, TapPattern columns)
    {
        int taps = rows.Span * columns.Span;
        T[] folded = columns.Fold<T>(rows.Fold<T>(weights, _shape.Kernel), 1);
        var laid = new NativeBuffer<TElement>((long)taps * _inputChannels);
        for (int i = 0; i < folded.Length; i++)
        {
            laid.Pointer[((long)(i % taps) * _inputChannels) + (i / taps)] = TElement.CreateChecked(folded[i]);
        }

        return laid;
    }

    /// <summary>[O, C, 1, 1] to [C, the group's channels], or to [C/2, the group's channels, 2].</summary>
    private NativeBuffer<byte> LayPointwise(T[] weights, int group)
    {
        int outputs = Neurons.Node.Shape.Channels, inputs = _shape.Source.Shape.Channels, pair = ElementsAnInput;
        var laid = new NativeBuffer<byte>((inputs + 1L) * _groupChannels * sizeof(T));
        var places = (TElement*)laid.Pointer;
        for (int o = group * _groupChannels; o < Math.Min(outputs, (group + 1) * _groupChannels); o++)
        {
            for (int c = 0; c < inputs; c++)
            {
                places[((((long)(c / pair) * _groupChannels) + (o % _groupChannels)) * pair) + (c % pair)] = TElement.CreateChecked(weights[(o * inputs) + c]);
            }
        }

        return laid;
    }
}
