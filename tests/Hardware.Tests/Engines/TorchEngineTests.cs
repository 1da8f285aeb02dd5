using StereoSpike.Ingest;
using TorchSharp;

namespace StereoSpike.Hardware.Tests;

public class TorchEngineTests
{
    [Fact]
    public void The_number_of_live_tensors_does_not_grow_with_the_frames()
    {
        using var recording = new TestRecording(windows: 12);
        using var engine = new TorchEngine(TestNetworks.Draw(TestNetworks.Settings));
        var pipeline = new DepthPipeline(recording, engine);
        var live = new List<long>();

        foreach (DepthFrame frame in pipeline.Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)))
        {
            live.Add(torch.Tensor.TotalCount);
        }

        Assert.Equal(12, live.Count);
        Assert.Equal(live[1], live[^1]);
    }

    [Fact]
    public void Firing_rates_are_shares_and_weigh_in_the_mean_by_their_neurons()
    {
        using var recording = new TestRecording(windows: 2);
        using var engine = new TorchEngine(TestNetworks.Draw(TestNetworks.Settings));
        var frame = new StereoSampleReader(recording, new PolarityHistogramEncoder(), TestRecording.WindowUs).Read(0).Frame;

        engine.Run(frame, new float[TestRecording.Sensor.Pixels]);

        Assert.Equal(13, engine.FiringRates.Count);   // five of the encoder, four of the residual blocks, four of the decoder
        Assert.All(engine.FiringRates.Values, rate => Assert.InRange(rate, 0, 1));
        Assert.InRange(engine.MeanFiringRate, engine.FiringRates.Values.Min(), engine.FiringRates.Values.Max());
        Assert.True(engine.FiringRates["bottom"] > 0);
    }

    [Fact]
    public void A_frame_of_another_size_is_refused_with_both_shapes()
    {
        using var engine = new TorchEngine(TestNetworks.Draw(TestNetworks.Settings));

        var refusal = Assert.Throws<ArgumentException>(() => engine.Run(new SpikeFrame(2, new SensorSize(64, 48)), new float[64 * 48]));

        Assert.Contains("[2, 48, 64] where the network takes [4, 48, 64]", refusal.Message, StringComparison.Ordinal);
    }
}
