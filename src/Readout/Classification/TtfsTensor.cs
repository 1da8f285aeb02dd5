using StereoSpike.Model;

namespace StereoSpike.Readout;

/// <summary>A tensor of a <see cref="TtfsNetwork"/>, and how its place in a file and in memory belong together: files have neurons and channels first, memory has them innermost.</summary>
internal sealed class TtfsTensor
{
    private readonly int _places, _channels, _channelStride, _stride;

    private TtfsTensor(string name, float[] memory, IReadOnlyList<int> shape, int places, int channels, int channelStride, int stride)
    {
        (Name, Memory, Shape) = (name, memory, shape);
        (_places, _channels, _channelStride, _stride) = (places, channels, channelStride, stride);
    }

    public string Name { get; }

    public float[] Memory { get; }

    public IReadOnlyList<int> Shape { get; }

    /// <summary>All tensors of a network, from the input on.</summary>
    public static IEnumerable<TtfsTensor> All(TtfsNetwork network)
    {
        int channels = network.Settings.Channels, channelStride = channels;
        for (int l = 0; l < network.Layers.Count; l++)
        {
            RampLayer layer = network.Layers[l];
            bool connected = layer.Height * layer.Width == 1;
            int places = connected ? layer.Channels / channelStride : layer.Kernel * layer.Kernel;
            IReadOnlyList<int> shape = connected ? [layer.Neurons, channels * places] : [layer.Neurons, channels, layer.Kernel, layer.Kernel];
            yield return new TtfsTensor($"layer{l + 1}.weight", layer.Weights, shape, places, channels, channelStride, layer.Stride);
            yield return new TtfsTensor($"layer{l + 1}.bias", layer.Bias, [layer.Neurons], 1, 1, 1, layer.Stride);
            (channels, channelStride) = (layer.Neurons, layer.Stride);
        }
    }

    /// <summary>Visits every element: its index in the file, and in memory.</summary>
    public void Walk(Action<int, int> visit)
    {
        int file = 0;
        for (int j = 0; j < Shape[0]; j++)
        {
            for (int c = 0; c < _channels; c++)
            {
                for (int place = 0; place < _places; place++)
                {
                    visit(file++, (((place * _channelStride) + c) * _stride) + j);
                }
            }
        }
    }
}
