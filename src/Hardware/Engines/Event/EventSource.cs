using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>What a layer reads: a sum of spike maps, or the network's input with a value a channel and pixel.</summary>
internal sealed unsafe class EventSource<T>
    where T : unmanaged
{
    private readonly SpikeMap[] _parts;

    /// <summary>A sum of spikes: each neuron counts once for each map in which it fired.</summary>
    public EventSource(IReadOnlyList<SpikeMap> parts)
    {
        _parts = [.. parts];
        Shape = parts[0].Shape;
        Blocks = parts[0].Blocks;
        Nodes = [.. parts.Select(part => part.Node)];
    }

    /// <summary>The network's input; its map says where it is not 0.</summary>
    public EventSource(SpikeMap active, T* values)
        : this([active]) => Values = values;

    public FeatureShape Shape { get; }

    public int Blocks { get; }

    /// <summary>Nodes that are summed.</summary>
    public IReadOnlyList<string> Nodes { get; }

    public int Parts => _parts.Length;

    /// <summary>Values of the input, shape [H, W, C]; null for spikes, which are 1.</summary>
    public T* Values { get; }

    /// <summary>Events an element, 0 to <see cref="Parts"/>: what the work of a list is proportional to.</summary>
    public double Density
    {
        get
        {
            long fired = 0;
            foreach (SpikeMap part in _parts)
            {
                fired += part.Fired;
            }

            return (double)fired / Shape.Count;
        }
    }

    /// <summary>The words of a pixel in one part, shape [Blocks].</summary>
    public ushort* Bits(int part, int row, int column) => _parts[part].Bits + ((((long)row * Shape.Width) + column) * Blocks);
}
