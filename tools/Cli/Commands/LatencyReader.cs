using StereoSpike.Ingest;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary>From the pixels of an image to a decision: encoder, order, network.</summary>
internal sealed class LatencyReader
{
    private readonly LatencyEncoder _encoder;
    private readonly SpikeOrder _order;
    private readonly ushort[] _times;
    private readonly TimedSpike[] _spikes;

    public LatencyReader(LatencyWeights weights)
    {
        Network = weights.Network();
        _encoder = new LatencyEncoder(weights.Settings.Steps);
        _order = new SpikeOrder(weights.Settings.Steps);
        _times = new ushort[weights.Settings.Inputs];
        _spikes = new TimedSpike[weights.Settings.Inputs];
    }

    public LatencyNetwork Network { get; }

    /// <summary>The image's spikes by time.</summary>
    public ReadOnlySpan<TimedSpike> Encode(ReadOnlySpan<byte> pixels)
    {
        _encoder.Encode(pixels, _times);
        return _spikes.AsSpan(0, _order.Sort(_times, _spikes));
    }

    /// <summary>Stops at the first output spike.</summary>
    public LatencyDecision Decide(ReadOnlySpan<byte> pixels) => Network.Decide(Encode(pixels));
}
