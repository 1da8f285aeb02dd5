using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>Samples side by side, encoded, ready to become tensors.</summary>
/// <param name="Size">N.</param>
/// <param name="Input">Shape [N,C,H,W].</param>
/// <param name="Truth">Targets in units of the potential, shape [N,1,H,W]; NaN where unknown.</param>
/// <param name="LeftEvents">Left events at each pixel, shape [N,1,H,W].</param>
public sealed record Batch(int Size, float[] Input, float[] Truth, float[] LeftEvents)
{
    /// <summary>Samples of the whole batch, where other ranks hold some of it; else <see cref="Size"/>.</summary>
    public int WholeSize { get; init; } = Size;

    /// <summary>Whether the whole batch has no sample for this rank, and the one here must count 0.</summary>
    public bool IsSpare { get; init; }

    /// <summary>Encodes samples.</summary>
    /// <param name="samples">The samples, augmented already.</param>
    /// <param name="encoder">Makes the input.</param>
    /// <param name="network">The network's size, unit, offset and scale.</param>
    public static Batch Of(IReadOnlyList<LabelledWindow> samples, IStereoEncoder encoder, StereoSpikeSettings network)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(network);
        int pixels = network.Sensor.Pixels, inputSize = encoder.Channels * pixels;
        var batch = new Batch(samples.Count, new float[samples.Count * inputSize], new float[samples.Count * pixels], new float[samples.Count * pixels]);
        for (int n = 0; n < samples.Count; n++)
        {
            LabelledWindow sample = samples[n];
            encoder.Encode(sample.Window, batch.Input.AsSpan(n * inputSize, inputSize));
            var readout = new DepthReadout(network, sample.FocalBaselinePxMetres);
            Span<float> truth = batch.Truth.AsSpan(n * pixels, pixels);
            for (int i = 0; i < pixels; i++)
            {
                truth[i] = (readout.Target(sample.Truth.Metres[i]) - network.ReadoutOffset) / network.ReadoutScale;
            }

            foreach (DvsEvent e in sample.Window.Left.Span)
            {
                batch.LeftEvents[(n * pixels) + (e.Y * network.Width) + e.X]++;
            }
        }

        return batch;
    }
}
