using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class EventEngineTests
{
    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void A_golden_files_spikes_are_met_exactly_and_its_depths_to_a_ten_thousandth(string name)
    {
        ReferenceReport report = EngineVerification.Verify(ReferenceFile.Load(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz")), "event", threads: 2);

        Assert.Equal((0, 0), (report.SpikeMismatches, report.SpikeTies));
        Assert.InRange(report.DepthMaxAbs, 0, 1e-4);
        Assert.True(report.Passed);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    [InlineData(0.9)]   // dense enough that the first layer changes over to products
    public void Potentials_and_firing_rates_are_those_of_the_trainable_network(double share)
    {
        StereoSpikeSettings settings = TestNetworks.Settings;
        SpikeFrame frame = SyntheticNetwork.Frame(settings, share, seed: 2);
        StereoSpikeWeights weights = TestNetworks.Draw(settings);
        using var engine = new EventEngine(weights, threads: 2);
        using var torch = new TorchEngine(weights);
        float[] found = new float[settings.Sensor.Pixels], expected = new float[settings.Sensor.Pixels];

        engine.Run(frame, found);
        torch.Run(frame, expected);

        // A neuron on its threshold may fall on either side of it; such a spike moves a few pixels.
        Assert.True(found.Zip(expected).Count(pair => Math.Abs(pair.First - pair.Second) > 1e-3f) < 0.02 * found.Length);
        Assert.All(torch.FiringRates, layer => Assert.Equal(layer.Value, engine.FiringRates[layer.Key], 0.002));
        Assert.Equal(torch.MeanFiringRate, engine.MeanFiringRate, 0.002);
        Assert.True(engine.MeanFiringRate > 0.001);
    }

    [Fact]
    public void A_drawn_network_fires_at_the_rate_it_was_drawn_for_in_every_layer()
    {
        SpikeFrame frame = SyntheticNetwork.Frame(TestNetworks.Settings, 0.1, seed: 2);
        using var engine = new EventEngine(SyntheticNetwork.Draw(TestNetworks.Settings, frame, 0.1, seed: 3));

        engine.Run(frame, new float[TestNetworks.Settings.Sensor.Pixels]);

        Assert.All(engine.FiringRates, layer => Assert.InRange(layer.Value, 0.05, 0.15));   // of the smallest layers' 384 neurons several lie on the threshold
    }

    [Theory]
    [InlineData(ConvolutionKind.Dense, 1)]
    [InlineData(ConvolutionKind.Separable, 1)]
    [InlineData(ConvolutionKind.Dense, 2)]
    public void A_run_allocates_nothing(ConvolutionKind kind, int threads)
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Kind = kind };
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.1, seed: 2);
        using var engine = new EventEngine(SyntheticNetwork.Draw(settings, frame, 0.1, seed: 3), threads);
        var potentials = new float[settings.Sensor.Pixels];
        // A team of one does every part on this thread, so this thread's count is that of all the work.
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            engine.Run(frame, potentials);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_hot_pixel_counts_as_often_as_it_reported()
    {
        StereoSpikeSettings settings = TestNetworks.Settings;
        StereoSpikeWeights weights = TestNetworks.Draw(settings);
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.05, seed: 4);
        frame.Values[1234] = 70_000;
        using var engine = new EventEngine(weights);
        using var torch = new TorchEngine(weights);
        float[] found = new float[settings.Sensor.Pixels], expected = new float[settings.Sensor.Pixels];

        engine.Run(frame, found);
        torch.Run(frame, expected);

        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void A_frame_of_another_size_is_refused_with_both_shapes()
    {
        using var engine = new EventEngine(TestNetworks.Draw(TestNetworks.Settings));

        var refusal = Assert.Throws<ArgumentException>(() => engine.Run(new SpikeFrame(2, new SensorSize(64, 48)), new float[64 * 48]));

        Assert.Contains("[2, 48, 64] where the network takes [4, 48, 64]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_with_it_says_what_one_with_the_trainable_network_says()
    {
        using var recording = new TestRecording(windows: 4);
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        using var engine = new EventEngine(weights);
        using var torch = new TorchEngine(weights);

        float[][] found = [.. Depths(engine)], expected = [.. Depths(torch)];

        Assert.Equal(4, found.Length);
        Assert.All(found.Zip(expected), pair => Assert.True(pair.First.Zip(pair.Second).Count(pixel => Math.Abs(pixel.First - pixel.Second) > 1e-3f) < 0.02 * pair.First.Length));

        IEnumerable<float[]> Depths(IDepthEngine with) =>
            new DepthPipeline(recording, with).Run(FrameRequest.ForAll(recording, TestRecording.WindowUs)).Select(frame => frame.Depth.Metres);
    }
}
