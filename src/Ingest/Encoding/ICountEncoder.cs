namespace StereoSpike.Ingest;

/// <summary>An encoder that looks at how often each pixel reported, and not at when: live streams, which are kept as counts, can be encoded by it.</summary>
public interface ICountEncoder : IStereoEncoder
{
    /// <summary>Encodes a window that was counted. The answer is that of <see cref="IStereoEncoder.Encode"/> for the same events.</summary>
    /// <param name="counts">Events at each pixel, shape [4,H,W]: L ON, L OFF, R ON, R OFF.</param>
    /// <param name="destination">Receives the tensor, shape [C,H,W]; overwritten whole.</param>
    /// <exception cref="ArgumentException">The counts have other channels, or the destination another size.</exception>
    void EncodeCounts(SpikeFrame counts, Span<float> destination);
}
