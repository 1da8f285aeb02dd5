using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class EnergyEstimateTests
{
    [Fact]
    public void A_network_of_two_layers_costs_what_it_does_by_hand()
    {
        // Two pixels in a row, one channel. Layer 1: a 1×1 weight of 1 to 2 channels, so both neurons of a pixel fire where its count is at least 1. Layer 2: 1×1, 2 to 3 channels, silent.
        // Input (2, 0): layer 1 reads numbers: 1 event · 2 synapses = 2 MACs. Its 2 neurons at the first pixel are worked out and fire.
        // Layer 2 reads 2 spikes · 3 synapses = 6 ACs, and works 3 neurons out.
        // Dense: 2 pixels · 1 · 2 = 4 and 2 · 2 · 3 = 12 products.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 2));
        string first = builder.Fire("fire1", builder.Convolution("conv1", builder.Input, new ConvolutionOperation(2, 1, 1, 0, 1, "a", null)), new NeuronSettings());
        builder.Fire("fire2", builder.Convolution("conv2", first, new ConvolutionOperation(3, 1, 1, 0, 1, "b", null)), new NeuronSettings { Threshold = 100 });
        var weights = new Dictionary<string, WeightTensor> { ["a"] = new([2, 1, 1, 1], [1, 1]), ["b"] = new([3, 2, 1, 1], [1, 1, 1, 1, 1, 1]) };
        NetworkGraph graph = builder.Build();
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(graph, weights);
        events.Step([2, 0]);

        EnergyReport report = EnergyEstimate.Of(graph, events.Activity, frames: 1, OperationEnergy.EightBit);

        Assert.Equal([2, 0], report.Layers.Select(layer => layer.Multiplies));
        Assert.Equal([0, 6], report.Layers.Select(layer => layer.Accumulates));
        Assert.Equal([4, 12], report.Layers.Select(layer => layer.Dense));
        Assert.Equal([2, 3], report.Layers.Select(layer => layer.NeuronUpdates));
        Assert.Equal([0.5, 0.5], report.Layers.Select(layer => layer.InputDensity));
        Assert.Equal((8, 5), (report.SynapticOperations, report.NeuronUpdates));
        // Operations: 2 MACs of 0.23 pJ, 6 ACs and 5 neurons of 0.03 pJ = 0.46 + 0.33 = 0.79 pJ. Twin: 16 · 0.23 = 3.68 pJ.
        Assert.Equal(0.79e-12, report.JoulesOperations, 1e-18);
        Assert.Equal(3.68e-12, report.JoulesTwinOperations, 1e-18);
        // Memory, all under 8 KB, 10/64 pJ a bit: 8 operations · (8 + 2·16) bits + 5 neurons · 2·16 bits = 480 bits = 75 pJ.
        Assert.Equal(75.79e-12, report.JoulesWithMemory, 1e-17);
        // Twin: weights (2 + 6)·8 bits, activations read (2 + 4)·8 and written (4 + 6)·8: 192 bits = 30 pJ.
        Assert.Equal(33.68e-12, report.JoulesTwin, 1e-17);
    }

    [Fact]
    public void Sums_of_spikes_count_as_so_many_spikes()
    {
        // A layer added to itself sends counts of 2: one event, two additions a synapse.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        string fire = builder.Fire("fire", builder.Convolution("conv1", builder.Input, new ConvolutionOperation(1, 1, 1, 0, 1, "a", null)), new NeuronSettings());
        string sum = builder.Add("sum", fire, fire);
        builder.Convolution("conv2", sum, new ConvolutionOperation(5, 1, 1, 0, 1, "b", null));
        var weights = new Dictionary<string, WeightTensor> { ["a"] = new([1, 1, 1, 1], [1]), ["b"] = new([5, 1, 1, 1], [1, 1, 1, 1, 1]) };
        NetworkGraph graph = builder.Build();
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(graph, weights);
        events.Step([1]);

        LayerEnergy layer = EnergyEstimate.Of(graph, events.Activity, 1, OperationEnergy.EightBit).Layers[1];

        Assert.True(layer.ReadsSpikes);
        Assert.Equal(10, layer.Accumulates);
        Assert.Equal(5, events.Activity["conv2"].SynapticOperations);
    }

    [Fact]
    public void Below_the_break_even_rate_the_spiking_network_costs_less_and_above_it_more()
    {
        // The break-even rate scales the spikes' share of the cost linearly; at that rate fixed + share·factor is the twin's cost.
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        using var engine = new SimulatedEngine(weights);
        float[] input = [.. Enumerable.Range(0, 4 * weights.Settings.Sensor.Pixels).Select(i => i % 40 == 0 ? 1f : 0f)];
        engine.Run(new SpikeFrame(4, weights.Settings.Sensor, input), new float[weights.Settings.Sensor.Pixels]);

        EnergyReport report = EnergyEstimate.Of(engine.Program.Graph, engine.Network.Activity, 1, OperationEnergy.EightBit);

        double spikes = report.Layers.Where(layer => layer.ReadsSpikes).Sum(layer => layer.JoulesWithMemory);
        if (report.BreakEvenRate is { } rate and < 1)
        {
            Assert.Equal(report.JoulesTwin, report.JoulesWithMemory - spikes + (spikes * rate / report.MeanFiringRate), report.JoulesTwin * 1e-9);
        }

        Assert.Equal(engine.MeanFiringRate, report.MeanFiringRate, 1e-12);
        Assert.Equal(report.JoulesWithMemory > report.JoulesTwin, report.BreakEvenRate is null || report.BreakEvenRate < report.MeanFiringRate);
    }

    [Theory]
    [InlineData(8 << 10, 10)]
    [InlineData((8 << 10) + 1, 20)]
    [InlineData(32 << 10, 20)]
    [InlineData(5 << 20, 20)]   // in several memories of 32 KiB
    public void A_bit_of_a_larger_memory_costs_more(double bytes, double picojoulesOf64Bits)
    {
        Assert.Equal(picojoulesOf64Bits * 1e-12 / 64, OperationEnergy.EightBit.MemoryJoulesPerBit(bytes), 1e-20);
        Assert.Equal(bytes > 32 << 10 ? 100e-12 / 64 : picojoulesOf64Bits * 1e-12 / 64, (OperationEnergy.EightBit with { LargestMemoryBytes = 64 << 20 }).MemoryJoulesPerBit(bytes), 1e-20);
    }
}
