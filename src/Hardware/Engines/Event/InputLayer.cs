using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>The first convolution, of stride 1, into neurons: each input value that is not 0 is scattered to the outputs it reaches.</summary>
/// <remarks>
/// The input has few channels, so an output has a handful of events, and a loop over them ends before a processor can guess when. A value's taps, though, are always k·k,
/// and side by side. An output row's sums fit the first cache:
/// <code>out[y, x, ·] += value·W[c, i, j, ·],   y = row + padding − i,  x = column + padding − j</code>
/// </remarks>
internal sealed unsafe class InputLayer<T> : IEventLayer<T>
    where T : unmanaged, INumber<T>
{
    private const int BandRows = 4;
    private readonly LayerShape<T> _shape;
    private readonly Kernels<T> _kernels;
    private readonly ScratchMemory _scratch;
    private readonly SlabWeights<T> _slabs;
    private readonly EventLists<T> _lists;

    /// <summary>Lays the convolution out.</summary>
    /// <param name="shape">The convolution, of stride 1 and without a resize.</param>
    /// <param name="weights">Shape [O, C, k, k].</param>
    /// <param name="neurons">What it ends in.</param>
    /// <param name="kernels">The instructions to use.</param>
    /// <param name="scratch">Scratch memory.</param>
    public InputLayer(LayerShape<T> shape, ReadOnlySpan<T> weights, FiringRule<T> neurons, Kernels<T> kernels, ScratchMemory scratch)
    {
        (_shape, _kernels, _scratch, Neurons) = (shape, kernels, scratch, neurons);
        _slabs = new SlabWeights<T>(weights, neurons.Node.Shape.Channels, shape.Kernel, tapsInRow: true, narrow: false, kernels.RowChannels(narrow: false), mostVectors: 4);
        _lists = new EventLists<T>(shape.Source, [.. Enumerable.Range(0, shape.Source.Shape.Height)], 1, _slabs.RowBytes, eachColumnApart: false);
    }

    public FiringRule<T> Neurons { get; }

    public long ScratchBytes => Scratch.Bytes<T>(SumElements);

    /// <summary>Columns on each side that no neuron stands at, so that no tap need be looked at before it is added.</summary>
    private int Margin => _shape.Kernel;

    private long SumElements => (_shape.Columns.Outputs + (2L * Margin) + _shape.Kernel) * _slabs.GroupChannels;

    /// <summary>Whether a convolution is of this form.</summary>
    public static bool Fits(LayerShape<T> shape) =>
        shape.Source.Values != null && !shape.Resized && Step(shape.Rows) == 1 && Step(shape.Columns) == 1
        && -shape.Columns.First(0) < shape.Kernel && shape.Source.Shape.Width <= shape.Columns.Outputs + shape.Kernel;

    public void Run(WorkTeam team)
    {
        Neurons.Spikes.Fired = 0;
        _lists.Build(team);
        team.Run(this, (_shape.Rows.Outputs + BandRows - 1) / BandRows);
    }

    public void Do(int part, int worker)
    {
        T* sums = _scratch.Of(worker).Take<T>(SumElements), first = sums + (Margin * _slabs.GroupChannels);
        for (int y = part * BandRows; y < Math.Min(_shape.Rows.Outputs, (part + 1) * BandRows); y++)
        {
            for (int group = 0; group < _slabs.Groups; group++)
            {
                new Span<T>(sums, (int)SumElements).Clear();
                for (int i = 0; i < _shape.Kernel; i++)
                {
                    if (_shape.Rows.Source(y, i) is >= 0 and int row)
                    {
                        Scatter(row, i, group, first);
                    }
                }

                _kernels.Fire(Neurons, y, 0, _shape.Columns.Outputs, group * _slabs.GroupChannels, _slabs.GroupChannels, first);
            }
        }
    }

    public void Dispose()
    {
        Neurons.Dispose();
        _slabs.Dispose();
        _lists.Dispose();
    }

    private static int Step(Model.AxisTaps taps) => taps.Outputs == 1 ? 0 : taps.First(1) - taps.First(0);

    private void Scatter(int row, int tapRow, int group, T* sums)
    {
        EventList<T> list = _lists.Of(row);
        _kernels.Scatter(new ScatterKernel<T>
        {
            Places = list.Places,
            Values = list.Values,
            ColumnStarts = list.ColumnStarts,
            Columns = _shape.Source.Shape.Width,
            First = -_shape.Columns.First(0) - _shape.Kernel + 1,
            Taps = _shape.Kernel,
            Weights = _slabs.Of(group) + ((long)tapRow * _shape.Kernel * _slabs.GroupChannels * sizeof(T)),
            Sums = sums,
            Channels = _slabs.GroupChannels,
        });
    }
}
