using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class SeparableFoldingTests
{
    [Fact]
    public void Weights_and_biases_are_multiplied_as_by_hand()
    {
        // Depthwise taps of 1 px: 2 and 3, biases 1 and −1. Pointwise row (5, 7), bias 0.5.
        // Folded: 5·2 = 10 and 7·3 = 21; bias 0.5 + 5·1 − 7·1 = −1.5.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 4, 4));
        string depthwise = builder.Convolution("depthwise", builder.Input, new ConvolutionOperation(2, 1, 2, 0, 2, "d", "db"));
        builder.Convolution("pointwise", depthwise, new ConvolutionOperation(1, 1, 1, 0, 1, "p", "pb"));
        NetworkGraph graph = builder.Build();
        var weights = new Dictionary<string, WeightTensor>
        {
            ["d"] = new([2, 1, 1, 1], [2, 3]),
            ["db"] = new([2], [1, -1]),
            ["p"] = new([1, 2, 1, 1], [5, 7]),
            ["pb"] = new([1], [0.5f]),
        };

        NetworkGraph folded = SeparableFolding.Fold(graph);
        IReadOnlyDictionary<string, WeightTensor> tensors = SeparableFolding.Fold(graph, weights);

        Assert.Equal(["input", "pointwise"], folded.Nodes.Select(node => node.Name));
        Assert.Equal(new ConvolutionOperation(1, 1, 2, 0, 1, "p", "pb"), folded["pointwise"].Operation);
        Assert.Equal([10, 21], tensors["p"].Values);
        Assert.Equal([-1.5f], tensors["pb"].Values);
        Assert.Equal(["p", "pb"], tensors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folded_network_fires_and_reads_out_as_before()
    {
        // Oracle: plain sums of the network before folding, in double precision.
        RandomGraphs.Cases().Sample(graphCase =>
        {
            NetworkGraph folded = SeparableFolding.Fold(graphCase.Graph);
            IReadOnlyDictionary<string, WeightTensor> weights = SeparableFolding.Fold(graphCase.Graph, graphCase.Weights);
            AddressEventNetwork<float, float> events = AddressEventSimulation.Of(folded, weights);
            events.Step(graphCase.Steps[0]);
            PlainNetwork plain = new PlainNetwork(graphCase.Graph, graphCase.Weights).Run(graphCase.Steps[0], node => events.Values(node));

            Assert.All(graphCase.Graph.FiringNodes, node => plain.AssertSpikes(node.Name, events.Values(node.Name), 1e-5));
            foreach ((string name, List<double[]> after) in plain.Readouts)
            {
                double largest = Math.Max(1, after.Max(potentials => potentials.Max(Math.Abs)));
                Assert.All(after[^1].Zip(events.Readouts(name)[^1]), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
            }
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void The_separable_network_has_no_depthwise_layer_left_and_the_dense_one_stays_itself()
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Kind = ConvolutionKind.Separable };
        NetworkGraph folded = SeparableFolding.Fold(StereoSpikeNetwork.Build(settings)), dense = StereoSpikeNetwork.Build(TestNetworks.Settings);

        Assert.All(folded.Nodes.Select(node => node.Operation).OfType<ConvolutionOperation>(), conv => Assert.Equal((7, 1), (conv.Kernel, conv.Groups)));
        Assert.Equal(dense.Nodes, SeparableFolding.Fold(dense).Nodes);
    }

    [Fact]
    public void A_layer_that_two_read_is_left_alone()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 4, 4));
        string depthwise = builder.Convolution("depthwise", builder.Input, new ConvolutionOperation(2, 3, 1, 1, 2, "d", null));
        builder.Convolution("one", depthwise, new ConvolutionOperation(1, 1, 1, 0, 1, "p", null));
        builder.Convolution("two", depthwise, new ConvolutionOperation(1, 1, 1, 0, 1, "q", null));

        Assert.True(SeparableFolding.Fold(builder.Build()).Contains("depthwise"));
    }
}
