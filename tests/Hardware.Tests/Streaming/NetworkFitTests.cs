using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class NetworkFitTests
{
    private static readonly StereoSpikeSettings Network = TestNetworks.Settings;

    [Fact]
    public void A_network_for_another_sensor_is_refused_with_both_sizes_and_a_way_out()
    {
        using var recording = new TestRecording(windows: 1);

        string message = Refusal(Network with { Width = 346, Height = 260 }, recording);

        Assert.StartsWith("net.safetensors: is for cameras of 346×260 px, and those of walk_data.hdf5 have 64×48.", message, StringComparison.Ordinal);
        Assert.Contains("train some on recordings of it", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DepthUnit.Metres)]
    [InlineData(DepthUnit.LogMetres)]
    public void A_network_that_answers_in_metres_is_refused_for_another_rig(DepthUnit unit)
    {
        using var recording = new TestRecording(windows: 1);   // f·b = 50 px · 0.2 m = 10 px·m

        string message = Refusal(Network with { Unit = unit, FocalBaselinePxMetres = 19.941772 }, recording);

        Assert.Contains("for a rig of f·b = 19.941772 px·m, and that of walk_data.hdf5 ('bench') has 10.", message, StringComparison.Ordinal);
        Assert.Contains("--calibration", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_that_answers_in_disparities_serves_any_rig_and_metres_one_within_half_a_percent()
    {
        using var recording = new TestRecording(windows: 1);

        NetworkFit.Check(Network with { Unit = DepthUnit.DisparityPx, FocalBaselinePxMetres = 19.941772 }, "net.safetensors", recording);
        NetworkFit.Check(Network with { FocalBaselinePxMetres = 10.04 }, "net.safetensors", recording);
    }

    [Theory]
    [InlineData("histogram:views=1", "'histogram:views=1' makes 2 channels where the network takes 4")]
    [InlineData("hologram", "There is no encoder 'hologram'")]
    public void An_encoder_that_does_not_fit_is_refused_by_name(string encoder, string said)
    {
        var failure = Assert.Throws<InvalidDataException>(() => NetworkFit.Encoder(Network with { Encoder = encoder }, "net.safetensors"));

        Assert.StartsWith("net.safetensors: encoder: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(said, failure.Message, StringComparison.Ordinal);
    }

    private static string Refusal(StereoSpikeSettings network, TestRecording recording) =>
        Assert.Throws<InvalidDataException>(() => new DepthPipeline(recording, new StubEngine(network), "net.safetensors")).Message;
}
