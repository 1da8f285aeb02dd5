using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

/// <summary>Networks with drawn weights, strong enough that spikes reach the readout.</summary>
internal static class TestNetworks
{
    public static StereoSpikeSettings Settings { get; } = new()
    {
        Width = TestRecording.Sensor.Width,
        Height = TestRecording.Sensor.Height,
        Channels = 1.0 / 16,
        ReadoutOffset = 2,
        WindowUs = TestRecording.WindowUs,
    };

    public static StereoSpikeWeights Draw(StereoSpikeSettings settings)
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        IReadOnlyDictionary<string, WeightTensor> drawn = UniformInitialization.Draw(graph, seed: 3);
        return new StereoSpikeWeights(
            settings,
            drawn.ToDictionary(pair => pair.Key, pair => new WeightTensor(pair.Value.Shape, Array.ConvertAll(pair.Value.Values, value => 4 * value))),
            new Dictionary<string, string>());
    }
}
