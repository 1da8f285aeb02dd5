using StereoSpike.Ingest;
using StereoSpike.Model;

namespace StereoSpike.Training;

/// <summary>Images as spikes in the order of their times, made once for all epochs: 4 bytes a spike.</summary>
public sealed class EncodedImages
{
    private readonly TimedSpike[] _spikes;
    private readonly int[] _starts;
    private readonly byte[] _labels;

    private EncodedImages(TimedSpike[] spikes, int[] starts, byte[] labels) => (_spikes, _starts, _labels) = (spikes, starts, labels);

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Encodes images.</summary>
    /// <param name="images">The images.</param>
    /// <param name="steps">T.</param>
    public static EncodedImages From(LabelledImages images, int steps)
    {
        ArgumentNullException.ThrowIfNull(images);
        var encoder = new LatencyEncoder(steps);
        var order = new SpikeOrder(steps);
        var times = new ushort[images.Pixels];
        var sorted = new TimedSpike[images.Pixels];
        var spikes = new List<TimedSpike>(images.Count * images.Pixels / 4);
        var starts = new int[images.Count + 1];
        for (int i = 0; i < images.Count; i++)
        {
            encoder.Encode(images.Image(i), times);
            spikes.AddRange(sorted.AsSpan(0, order.Sort(times, sorted)));
            starts[i + 1] = spikes.Count;
        }

        return new EncodedImages([.. spikes], starts, images.Labels.ToArray());
    }

    /// <summary>Spikes of an image by time.</summary>
    public ReadOnlySpan<TimedSpike> Spikes(int image) => _spikes.AsSpan(_starts[image].._starts[image + 1]);

    /// <summary>Class of an image.</summary>
    public int Label(int image) => _labels[image];
}
