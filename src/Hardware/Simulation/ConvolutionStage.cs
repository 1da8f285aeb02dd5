using System.Numerics;
using System.Runtime.InteropServices;
using StereoSpike.Model;

namespace StereoSpike.Hardware;

/// <summary>A convolution by events: each adds its row of weights, one a target channel, to every target pixel that it reaches.</summary>
internal sealed class ConvolutionStage<T> : IStage<T>
    where T : struct, INumber<T>
{
    private readonly NodeOutput<T> _source;
    private readonly RoutingTable _rows;
    private readonly RoutingTable _columns;
    private readonly T[] _weights;
    private readonly int _kernel;
    private readonly int _channelsOfGroup;
    private readonly int _targetsOfGroup;

    /// <param name="conv">The operation.</param>
    /// <param name="source">Where events come from.</param>
    /// <param name="made">Shape of the output.</param>
    /// <param name="weights">[Out, In/Groups, k, k].</param>
    public ConvolutionStage(ConvolutionOperation conv, NodeOutput<T> source, FeatureShape made, T[] weights)
    {
        _source = source;
        _kernel = conv.Kernel;
        _channelsOfGroup = source.Shape.Channels / conv.Groups;
        _targetsOfGroup = made.Channels / conv.Groups;
        _rows = RoutingTable.OfKernel(source.Shape.Height, made.Height, conv.Kernel, conv.Stride, conv.Padding);
        _columns = RoutingTable.OfKernel(source.Shape.Width, made.Width, conv.Kernel, conv.Stride, conv.Padding);
        int taps = conv.Kernel * conv.Kernel;
        _weights = new T[weights.Length];
        for (int c = 0; c < source.Shape.Channels; c++)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                for (int o = 0; o < _targetsOfGroup; o++)
                {
                    int target = (c / _channelsOfGroup * _targetsOfGroup) + o;
                    _weights[(((c * taps) + tap) * _targetsOfGroup) + o] = weights[(((target * _channelsOfGroup) + (c % _channelsOfGroup)) * taps) + tap];
                }
            }
        }
    }

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        AddressEvents<T> events = _source.Events();
        ReadOnlySpan<int> neurons = events.Neurons;
        ReadOnlySpan<T> counts = events.Counts;
        int pixels = _source.Pixels, width = _source.Shape.Width, channels = output.Shape.Channels, outWidth = output.Shape.Width;
        for (int e = 0; e < neurons.Length; e++)
        {
            int c = neurons[e] / pixels, pixel = neurons[e] % pixels;
            (int Tap, int Target)[] rows = _rows[pixel / width], columns = _columns[pixel % width];
            foreach ((int i, int y) in rows)
            {
                foreach ((int j, int x) in columns)
                {
                    int target = (y * outWidth) + x;
                    output.Touch(target);
                    AddScaled(
                        output.Sums.AsSpan((target * channels) + (c / _channelsOfGroup * _targetsOfGroup), _targetsOfGroup),
                        _weights.AsSpan(((((c * _kernel) + i) * _kernel) + j) * _targetsOfGroup, _targetsOfGroup), counts[e]);
                }
            }

            Counted(activity, counts[e], (long)rows.Length * columns.Length * _targetsOfGroup);
        }
    }

    /// <summary>sums += count · weights.</summary>
    internal static void AddScaled(Span<T> sums, ReadOnlySpan<T> weights, T count)
    {
        var scale = new Vector<T>(count);
        ref T sum = ref MemoryMarshal.GetReference(sums);
        ref T weight = ref MemoryMarshal.GetReference(weights[..sums.Length]);
        int i = 0;
        for (; i <= sums.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            (Vector.LoadUnsafe(ref sum, (nuint)i) + (Vector.LoadUnsafe(ref weight, (nuint)i) * scale)).StoreUnsafe(ref sum, (nuint)i);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += count * weights[i];
        }
    }

    internal static void Counted(NodeActivity activity, T count, long reached)
    {
        double spikes = double.CreateTruncating(T.Abs(count));
        activity.Events++;
        activity.Spikes += spikes;
        activity.SynapticOperations += reached;
        activity.SerialOperations += spikes * reached;
    }
}
