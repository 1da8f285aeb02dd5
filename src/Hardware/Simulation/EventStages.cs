using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A resize by events: an address becomes those of all pixels that repeat it.</summary>
internal sealed class ResizeStage<T>(NodeOutput<T> source, FeatureShape made) : IStage<T>
    where T : struct, INumber<T>
{
    private readonly RoutingTable _rows = RoutingTable.OfResize(source.Shape.Height, made.Height);
    private readonly RoutingTable _columns = RoutingTable.OfResize(source.Shape.Width, made.Width);

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = source.Events();
        for (int e = 0; e < events.Neurons.Length; e++)
        {
            int c = events.Neurons[e] / source.Pixels, pixel = events.Neurons[e] % source.Pixels;
            foreach ((_, int y) in _rows[pixel / source.Shape.Width])
            {
                foreach ((_, int x) in _columns[pixel % source.Shape.Width])
                {
                    output.Emit(made.Index(c, y, x), events.Counts[e]);
                }
            }
        }

        activity.Events += events.Neurons.Length;
    }
}

/// <summary>Events of one or several nodes, brought to new addresses and added up where they meet: pooling and adding.</summary>
/// <param name="sources">Where events come from, and what each is multiplied by, a channel.</param>
/// <param name="address">The new address of a source's address.</param>
/// <param name="count">Number of new addresses.</param>
internal sealed class MergeStage<T>((NodeOutput<T> Source, T[] Multipliers)[] sources, Func<int, int> address, int count) : IStage<T>
    where T : struct, INumber<T>
{
    private readonly T[] _sums = new T[count];
    private readonly List<int> _met = [];
    private readonly bool[] _isMet = new bool[count];

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        foreach ((NodeOutput<T> source, T[] multipliers) in sources)
        {
            AddressEvents<T> events = source.Events();
            for (int e = 0; e < events.Neurons.Length; e++)
            {
                int target = address(events.Neurons[e]);
                _sums[target] += events.Counts[e] * multipliers[events.Neurons[e] / source.Pixels];
                if (!_isMet[target])
                {
                    _isMet[target] = true;
                    _met.Add(target);
                }
            }

            activity.Events += events.Neurons.Length;
        }

        foreach (int target in _met)
        {
            if (_sums[target] != T.Zero)
            {
                output.Emit(target, _sums[target]);
            }

            _sums[target] = T.Zero;
            _isMet[target] = false;
        }

        _met.Clear();
    }
}

/// <summary>What a later node sent one step earlier: it has not begun its own step yet.</summary>
internal sealed class FeedbackStage<T>(Func<NodeOutput<T>> source) : IStage<T>
    where T : struct, INumber<T>
{
    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = source().Events();
        for (int e = 0; e < events.Neurons.Length; e++)
        {
            output.Emit(events.Neurons[e], events.Counts[e]);
        }

        activity.Events += events.Neurons.Length;
    }
}

/// <summary>A fully connected layer by events: each adds its row of weights to all outputs.</summary>
internal sealed class LinearStage<T>(NodeOutput<T> source, int outputs, T[] weights) : IStage<T>
    where T : struct, INumber<T>
{
    private readonly T[] _rows = Turned(weights, outputs);

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = source.Events();
        output.Touch(0);
        for (int e = 0; e < events.Neurons.Length; e++)
        {
            ConvolutionStage<T>.AddScaled(output.Sums.AsSpan(0, outputs), _rows.AsSpan(events.Neurons[e] * outputs, outputs), events.Counts[e]);
            ConvolutionStage<T>.Counted(activity, events.Counts[e], outputs);
        }
    }

    /// <summary>[K, N] to [N, K].</summary>
    private static T[] Turned(T[] weights, int outputs)
    {
        var turned = new T[weights.Length];
        int inputs = weights.Length / outputs;
        for (int i = 0; i < weights.Length; i++)
        {
            turned[(i % inputs * outputs) + (i / inputs)] = weights[i];
        }

        return turned;
    }
}

/// <summary>A stage whose potentials are an answer.</summary>
internal interface IReadoutStage<TReadout>
{
    /// <summary>Potentials after each input of the last step.</summary>
    TReadout[][] After { get; }

    void Rest();
}

/// <summary>Leaky readouts: elements that got nothing and hold nothing are passed over.</summary>
internal sealed class LeakyReadoutStage<T, TReadout>(NodeOutput<T> source, LeakyStep<TReadout> step, int count) : IStage<T>, IReadoutStage<TReadout>
    where T : struct, INumber<T>
    where TReadout : struct, INumber<TReadout>
{
    private readonly TReadout[] _potentials = new TReadout[count], _currents = new TReadout[count], _input = new TReadout[count];

    public TReadout[][] After { get; } = [new TReadout[count]];

    public void Rest()
    {
        Array.Clear(_potentials);
        Array.Clear(_currents);
    }

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        _potentials.CopyTo(After[0], 0);   // the step's value: its input shows two steps later
        AddressEvents<T> events = source.Events();
        for (int e = 0; e < events.Neurons.Length; e++)
        {
            _input[events.Neurons[e]] += TReadout.CreateTruncating(events.Counts[e]);
        }

        for (int i = 0; i < _potentials.Length; i++)
        {
            if (_input[i] != TReadout.Zero || _potentials[i] != TReadout.Zero || _currents[i] != TReadout.Zero)
            {
                step(_input[i], ref _potentials[i], ref _currents[i]);
                activity.NeuronUpdates++;
            }
        }

        Array.Clear(_input);
    }
}

/// <summary>A pool of integrators; what arrived is kept after each input.</summary>
internal sealed class IntegratorStage<T, TReadout>((NodeOutput<T> Source, TReadout[] Multipliers)[] sources, int count) : IStage<T>, IReadoutStage<TReadout>
    where T : struct, INumber<T>
    where TReadout : struct, INumber<TReadout>
{
    private readonly TReadout[] _potentials = new TReadout[count];

    public TReadout[][] After { get; } = [.. sources.Select(_ => new TReadout[count])];

    public void Rest() => Array.Clear(_potentials);

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        for (int i = 0; i < sources.Length; i++)
        {
            (NodeOutput<T> source, TReadout[] multipliers) = sources[i];
            AddressEvents<T> events = source.Events();
            for (int e = 0; e < events.Neurons.Length; e++)
            {
                _potentials[events.Neurons[e]] += TReadout.CreateTruncating(events.Counts[e]) * multipliers[events.Neurons[e] / source.Pixels];
            }

            activity.NeuronUpdates += events.Neurons.Length;
            _potentials.CopyTo(After[i], 0);
        }
    }
}
