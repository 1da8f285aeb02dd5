using System.Numerics;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>What a node hands on in a step: address events, or sums of weights with the pixels that got any.</summary>
internal sealed class NodeOutput<T>
    where T : struct, INumber<T>
{
    private static readonly int Slack = 4 * Vector<T>.Count;   // a vector may reach past the last sum, adding 0 there
    private readonly bool[] _isTouched;
    private readonly List<int> _touched = [];
    private readonly AddressEvents<T> _events = new();
    private readonly T[]? _start;
    private bool _listed;

    private NodeOutput(FeatureShape shape, T[]? sums, bool channelsInnermost, T[]? start)
    {
        Shape = shape;
        Sums = sums;
        ChannelsInnermost = channelsInnermost;
        _start = start;
        _isTouched = new bool[sums is null ? 0 : Pixels];
    }

    public FeatureShape Shape { get; }

    /// <summary>The sums, [H,W,C] or [C,H,W], and some slack for vectors behind them; null for a node that makes events.</summary>
    public T[]? Sums { get; }

    /// <summary>Whether sums are laid out [H,W,C].</summary>
    public bool ChannelsInnermost { get; }

    public int Pixels => Shape.Height * Shape.Width;

    /// <summary>Whether every pixel has sums: a bias reaches all.</summary>
    public bool AllTouched => _start is not null;

    public IReadOnlyList<int> Touched => _touched;

    public static NodeOutput<T> OfEvents(FeatureShape shape) => new(shape, null, false, null);

    /// <param name="shape">The node's.</param>
    /// <param name="channelsInnermost">The layout.</param>
    /// <param name="bias">What each channel starts from; all 0 for none.</param>
    public static NodeOutput<T> OfSums(FeatureShape shape, bool channelsInnermost, T[] bias)
    {
        var output = new NodeOutput<T>(shape, new T[shape.Count + Slack], channelsInnermost, bias.Any(b => b != T.Zero) ? bias : null);
        output.Begin();
        return output;
    }

    /// <summary>Forgets the last step.</summary>
    public void Begin()
    {
        _events.Clear();
        _listed = Sums is null;
        if (Sums is null)
        {
            return;
        }

        if (_start is not null)
        {
            Fill(_start);
        }
        else if (ChannelsInnermost)
        {
            foreach (int pixel in _touched)
            {
                Sums.AsSpan(pixel * Shape.Channels, Shape.Channels).Clear();
                _isTouched[pixel] = false;
            }

            _touched.Clear();
        }
        else
        {
            Array.Clear(Sums);
        }
    }

    public void Touch(int pixel)
    {
        if (!_isTouched[pixel])
        {
            _isTouched[pixel] = true;
            _touched.Add(pixel);
        }
    }

    public bool IsTouched(int pixel) => AllTouched || !ChannelsInnermost || _isTouched[pixel];

    public void Emit(int neuron, T count) => _events.Add(neuron, count);

    public T Sum(int channel, int pixel) => ChannelsInnermost ? Sums![(pixel * Shape.Channels) + channel] : Sums![(channel * Pixels) + pixel];

    /// <summary>The events; of sums, one for each that is not 0.</summary>
    public AddressEvents<T> Events()
    {
        if (!_listed)
        {
            _listed = true;
            if (ChannelsInnermost && !AllTouched)
            {
                foreach (int pixel in _touched)
                {
                    List(pixel);
                }
            }
            else
            {
                for (int pixel = 0; pixel < Pixels; pixel++)
                {
                    List(pixel);
                }
            }
        }

        return _events;

        void List(int pixel)
        {
            for (int c = 0; c < Shape.Channels; c++)
            {
                T sum = Sum(c, pixel);
                if (sum != T.Zero)
                {
                    _events.Add((c * Pixels) + pixel, sum);
                }
            }
        }
    }

    /// <summary>All values, [C,H,W].</summary>
    public T[] ToDense()
    {
        var dense = new T[Shape.Count];
        AddressEvents<T> events = Events();
        for (int i = 0; i < events.Neurons.Length; i++)
        {
            dense[events.Neurons[i]] += events.Counts[i];
        }

        return dense;
    }

    private void Fill(T[] start)
    {
        for (int c = 0; c < start.Length; c++)
        {
            for (int pixel = 0; pixel < Pixels; pixel++)
            {
                Sums![ChannelsInnermost ? (pixel * start.Length) + c : (c * Pixels) + pixel] = start[c];
            }
        }
    }
}
