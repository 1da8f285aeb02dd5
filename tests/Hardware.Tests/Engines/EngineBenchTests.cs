namespace StereoSpike.Hardware.Tests;

public class EngineBenchTests
{
    [Fact]
    public void Every_frame_is_timed_and_densities_are_those_of_what_layers_read()
    {
        EngineBench bench = EngineBench.Draw(TestNetworks.Settings, rate: 0.1, seed: 1);
        using var engine = new EventEngine(bench.Weights);

        (StageTimes times, double processorMs) = bench.Run(engine, frames: 7);
        IReadOnlyDictionary<string, double> densities = bench.InputDensities();

        Assert.True(times.P50Ms > 0 && times.P99Ms >= times.P50Ms && processorMs > 0);
        Assert.InRange(densities["input"], 0.09, 0.11);
        Assert.Equal(engine.FiringRates["bottom"], densities["bottom"], 1e-6);
        Assert.Equal(engine.FiringRates["conv4"] + engine.FiringRates["bottleneck0.conv2"] + engine.FiringRates["bottleneck1.conv2"], densities["bottleneck"], 1e-6);   // three terms
        Assert.DoesNotContain("deconv4", densities.Keys);   // only its sum with the skip is read
    }
}
