using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;

namespace StereoSpike.Hardware.Tests;

public class AddressEventNetworkTests
{
    [Fact]
    public void In_integers_it_equals_the_reference_to_the_bit_over_several_steps()
    {
        Gen.Select(RandomGraphs.Cases(steps: 5), Gen.OneOf(3, 4, 8)).Sample((graphCase, bits) =>
        {
            IntegerProgram program = IntegerProgram.Compile(graphCase.Graph, graphCase.Weights, new QuantizationSettings { WeightBits = bits, MembraneBits = bits == 4 ? 16 : 32 });
            AddressEventNetwork<int, long> events = AddressEventSimulation.Of(program);
            AddressEventNetwork<long, long> wide = AddressEventSimulation.OfWide(program);
            var reference = new IntegerReference(program);
            foreach (float[] step in graphCase.Steps)
            {
                var input = new int[step.Length];
                program.QuantizeInput(step, input);
                reference.Step(input);
                events.Step(input);
                wide.Step(Array.ConvertAll(input, x => (long)x));
                foreach (IntegerNode node in program.Nodes)
                {
                    string name = node.Node.Name;
                    if (node.IsReadout)
                    {
                        Assert.Equal(reference.Values(name).ToArray(), events.Readouts(name)[^1]);
                        Assert.Equal(reference.Values(name).ToArray(), wide.Readouts(name)[^1]);
                        continue;
                    }

                    Assert.Equal(reference.Values(name).ToArray(), Array.ConvertAll(events.Values(name), x => (long)x));
                    Assert.Equal(reference.Values(name).ToArray(), wide.Values(name));
                    if (node.Neurons is not null)
                    {
                        Assert.Equal(reference.Potentials(name).ToArray(), events.Potentials(name).ToArray());
                    }
                }
            }
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void Sixteen_bit_weights_need_wide_sums_and_equal_the_reference_with_them()
    {
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings with { Kind = ConvolutionKind.Separable });
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);
        IntegerProgram program = IntegerProgram.Compile(graph, weights.Tensors, new QuantizationSettings { WeightBits = 16 });
        var input = new int[graph.Input.Shape.Count];
        for (int i = 0; i < input.Length; i += 7)
        {
            input[i] = 1 + (i % 3);
        }

        var reference = new IntegerReference(program);
        AddressEventNetwork<long, long> wide = AddressEventSimulation.OfWide(program);
        reference.Step(input);
        wide.Step(Array.ConvertAll(input, x => (long)x));

        Assert.Contains("bits", Assert.Throws<InvalidDataException>(() => AddressEventSimulation.Of(program)).Message, StringComparison.Ordinal);
        Assert.Equal(reference.Values(StereoSpikeNetwork.Readout).ToArray(), wide.Readouts(StereoSpikeNetwork.Readout)[^1]);
        Assert.True(wide.Activity["bottom"].Fired > 0);
    }

    [Fact]
    public void Sums_are_as_wide_as_the_widest_node_asks_for_and_the_bits_stay_those_of_the_reference()
    {
        Gen.Select(RandomGraphs.Cases(steps: 3), Gen.OneOf(4, 8, 16), Gen.Bool).Sample((graphCase, bits, fold) =>
        {
            IntegerProgram program = IntegerProgram.Compile(graphCase.Graph, graphCase.Weights, new QuantizationSettings { WeightBits = bits, FoldSeparable = fold });
            var (simulation, reference) = (new IntegerSimulation(program), new IntegerReference(program));
            foreach (float[] step in graphCase.Steps)
            {
                var input = new int[step.Length];
                program.QuantizeInput(step, input);
                reference.Step(input);
                simulation.Step(input);
                foreach (IntegerNode node in program.Nodes)
                {
                    string name = node.Node.Name;
                    Assert.Equal(reference.Values(name).ToArray(), node.IsReadout ? simulation.Readouts(name)[^1] : simulation.Values(name));
                }
            }
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void In_float_its_spikes_are_those_of_plain_sums()
    {
        RandomGraphs.Cases().Sample(graphCase =>
        {
            AddressEventNetwork<float, float> events = AddressEventSimulation.Of(graphCase.Graph, graphCase.Weights);
            events.Step(graphCase.Steps[0]);

            PlainNetwork plain = new PlainNetwork(graphCase.Graph, graphCase.Weights).Run(graphCase.Steps[0], node => events.Values(node));

            Assert.All(graphCase.Graph.FiringNodes, node => plain.AssertSpikes(node.Name, events.Values(node.Name), 1e-5));
            foreach ((string name, List<double[]> after) in plain.Readouts)
            {
                double largest = Math.Max(1, after.Max(potentials => potentials.Max(Math.Abs)));
                foreach ((double[] expected, float[] found) in after.Zip(events.Readouts(name)))
                {
                    Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-5 * largest));
                }
            }
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void In_float_it_follows_TorchSharp_over_several_steps_with_any_neurons_and_loops()
    {
        // TorchSharp goes on with the simulation's spikes. A neuron within float rounding of its threshold may fire in one and not in the other, which happens once in some thousand cases.
        int parted = 0;
        RandomGraphs.Cases(steps: 5).Sample(graphCase =>
        {
            AddressEventNetwork<float, float> events = AddressEventSimulation.Of(graphCase.Graph, graphCase.Weights);
            FeatureShape shape = graphCase.Graph.Input.Shape;
            var spikes = new List<Dictionary<string, float[]>>();
            foreach (float[] step in graphCase.Steps)
            {
                events.Step(step);
                spikes.Add(graphCase.Graph.FiringNodes.ToDictionary(node => node.Name, node => events.Values(node.Name)));
            }

            using var module = new GraphModule(graphCase.Graph, graphCase.Weights);
            torch.Tensor[] steps = [.. graphCase.Steps.Select(step => torch.tensor(step, [1, shape.Channels, shape.Height, shape.Width]))];
            var done = graphCase.Graph.FiringNodes.ToDictionary(node => node.Name, _ => 0);
            bool same = true;
            using GraphRun run = module.Run(steps, afterFiring: (node, _, fired) =>
            {
                float[] expected = spikes[done[node.Name]++][node.Name];
                same &= expected.AsSpan().SequenceEqual(fired.data<float>().ToArray());
                return torch.tensor(expected, fired.shape);
            });
            parted += same ? 0 : 1;
            foreach ((string name, IReadOnlyList<torch.Tensor> after) in run.Potentials)
            {
                float[] expected = after[^1].data<float>().ToArray();
                Assert.All(expected.Zip(events.Readouts(name)[^1]), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * Math.Max(1, expected.Max(Math.Abs))));
            }
        }, iter: 100, threads: 1);

        Assert.InRange(parted, 0, 2);
    }

    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void In_float_it_gives_the_spikes_and_depths_of_the_reference_file(string name)
    {
        ReferenceFile reference = ReferenceFile.Load(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz"));
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(StereoSpikeNetwork.Build(reference.Settings), reference.Weights);
        events.Step(reference.Input);

        ReferenceReport report = new ReferenceComparison(reference).Report(events.Values, events.Readouts(StereoSpikeNetwork.Readout));

        Assert.True(report.Passed, $"{report.SpikeMismatches} mismatches, depth {report.DepthMaxAbs}");
    }

    [Fact]
    public void Operations_are_counted_as_by_hand()
    {
        // A 3×3 kernel of stride 1 and padding 1 on 3×3 pixels, two output channels. The corner reaches 2×2 pixels, the centre 3×3; its count of 2 is two spikes.
        // Operations: (4 + 9)·2 = 26; one after another: (4 + 2·9)·2 = 44. All 9 pixels of both channels got a weight: 18 neurons.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 3, 3));
        string conv = builder.Convolution("conv", builder.Input, new ConvolutionOperation(2, 3, 1, 1, 1, "w", null));
        builder.Fire("fire", conv, new NeuronSettings { Threshold = 100 });
        var weights = new Dictionary<string, WeightTensor> { ["w"] = new([2, 1, 3, 3], [.. Enumerable.Repeat(1f, 18)]) };
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(builder.Build(), weights);

        events.Step([1, 0, 0, 0, 2, 0, 0, 0, 0]);

        NodeActivity activity = events.Activity["conv"];
        Assert.Equal((2, 3, 26, 44), (activity.Events, activity.Spikes, activity.SynapticOperations, activity.SerialOperations));
        Assert.Equal((18, 0), (events.Activity["fire"].NeuronUpdates, events.Activity["fire"].Fired));
    }

    [Fact]
    public void A_stride_leaves_out_the_synapses_that_it_steps_over()
    {
        // 5×5 pixels, kernel 3, stride 2, no padding: 2×2 outputs. Per axis pixel 0 and 1 are read by output 0, pixel 2 by 0 and 1, pixels 3 and 4 by 1: 1, 1, 2, 1, 1.
        // The pixel (2, 2) has 4 synapses, (2, 0) has 2, (0, 0) has 1.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 5, 5));
        builder.Convolution("conv", builder.Input, new ConvolutionOperation(1, 3, 2, 0, 1, "w", null));
        var weights = new Dictionary<string, WeightTensor> { ["w"] = new([1, 1, 3, 3], [.. Enumerable.Repeat(1f, 9)]) };
        AddressEventNetwork<float, float> events = AddressEventSimulation.Of(builder.Build(), weights);
        var input = new float[25];
        (input[(2 * 5) + 2], input[2 * 5], input[0]) = (1, 1, 1);

        events.Step(input);

        Assert.Equal(4 + 2 + 1, events.Activity["conv"].SynapticOperations);
    }

    [Fact]
    public void The_operations_of_any_network_are_the_products_that_plain_sums_would_not_find_zero()
    {
        // Oracle: count, for every output and every tap, the inputs that are not 0.
        RandomGraphs.Cases().Sample(graphCase =>
        {
            AddressEventNetwork<float, float> events = AddressEventSimulation.Of(graphCase.Graph, graphCase.Weights);
            events.Step(graphCase.Steps[0]);
            foreach (GraphNode node in graphCase.Graph.Nodes.Where(node => node.Operation is ConvolutionOperation))
            {
                var conv = (ConvolutionOperation)node.Operation;
                FeatureShape read = graphCase.Graph[node.Inputs[0]].Shape;
                float[] present = Array.ConvertAll(events.Values(node.Inputs[0]), x => x != 0 ? 1f : 0f);
                var ones = new Dictionary<string, WeightTensor> { ["w"] = new([conv.OutChannels, read.Channels / conv.Groups, conv.Kernel, conv.Kernel], [.. Enumerable.Repeat(1f, conv.OutChannels * read.Channels / conv.Groups * conv.Kernel * conv.Kernel)]) };
                var builder = new NetworkGraphBuilder(read);
                builder.Convolution("conv", builder.Input, conv with { Weight = "w", Bias = null });
                double products = new PlainNetwork(builder.Build(), ones).Run(present).Values["conv"].Sum();

                Assert.Equal(products, events.Activity[node.Name].SynapticOperations);
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void Silence_costs_nothing()
    {
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings);
        IntegerProgram program = IntegerProgram.Compile(StereoSpikeNetwork.Build(weights.Settings), weights.Tensors, new QuantizationSettings());
        AddressEventNetwork<int, long> events = AddressEventSimulation.Of(program);

        events.Step(new int[program.Graph.Input.Shape.Count]);

        Assert.All(program.Graph.FiringNodes, node => Assert.Equal((0, 0), (events.Activity[node.Name].NeuronUpdates, events.Activity[node.Name].Fired)));
        Assert.All(events.Activity.Values, activity => Assert.Equal(0, activity.SynapticOperations));
    }
}
