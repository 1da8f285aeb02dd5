using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class EngineComparisonTests
{
    [Theory]
    [InlineData(ConvolutionKind.Dense, 0.95)]   // the same rounded weights; what the heads come to is rounded to 8 bits
    [InlineData(ConvolutionKind.Separable, 0.3)]   // so are the sums between its two convolutions, layer after layer: of a drawn network little is left
    public void The_8_bit_ONNX_model_that_is_timed_does_the_networks_work(ConvolutionKind kind, double least)
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Kind = kind };
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.1, seed: 2);
        StereoSpikeWeights weights = SyntheticNetwork.Draw(settings, frame, 0.1, seed: 3);
        float[] expected = new float[settings.Sensor.Pixels], found = new float[settings.Sensor.Pixels];
        using var engine = new EventEngine(settings, IntegerProgram.Compile(StereoSpikeNetwork.Build(settings), weights.Tensors, new QuantizationSettings()), threads: 1);
        using var model = new OnnxModelEngine(OnnxQuantizedModel.Write(weights), settings, threads: 1);

        engine.Run(frame, expected);
        model.Run(frame, found);

        Assert.InRange(Correlation(expected, found), least, 1);
    }

    [Fact]
    public void Every_engine_is_timed_on_the_same_frame_and_told_by_its_best_round()
    {
        EngineBench bench = EngineBench.Draw(TestNetworks.Settings, rate: 0.1, seed: 1);

        IReadOnlyList<EngineTime> times = EngineComparison.Run(bench, ["event", "event-int8", "onnx", "onnx-int8"], threads: 1, frames: 3, rounds: 2);

        Assert.Equal(["event", "event-int8", "onnx", "onnx-int8"], times.Select(time => time.Engine));
        Assert.All(times, time => Assert.True(time.MedianMs > 0 && time.P99Ms >= time.MedianMs && time.ProcessorMs > 0 && time.WorkingSetMb >= 0));
        Assert.Throws<ArgumentException>(() => EngineComparison.Run(bench, ["abacus"], threads: 1, frames: 1, rounds: 1));
    }

    [Fact]
    public void Steps_of_a_network_are_timed_in_its_order()
    {
        EngineBench bench = EngineBench.Draw(TestNetworks.Settings, rate: 0.1, seed: 1);
        using var engine = new EventEngine(bench.Weights, threads: 1);

        IReadOnlyList<(string Layer, double Milliseconds)> times = bench.LayerTimes(engine, frames: 3);

        Assert.Equal(["input", .. engine.FiringRates.Keys], times.Select(time => time.Layer).Take(1 + engine.FiringRates.Count));
        Assert.All(times, time => Assert.True(time.Milliseconds > 0));
    }

    private static double Correlation(float[] a, float[] b)
    {
        double meanA = a.Average(), meanB = b.Average();
        double Product(float[] x, double meanX, float[] y, double meanY) => x.Zip(y, (p, q) => (p - meanX) * (q - meanY)).Sum();
        return Product(a, meanA, b, meanB) / Math.Sqrt(Product(a, meanA, a, meanA) * Product(b, meanB, b, meanB));
    }
}
