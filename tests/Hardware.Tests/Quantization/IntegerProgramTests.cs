using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;

namespace StereoSpike.Hardware.Tests;

public class IntegerProgramTests
{
    private const double FloatRounding = 1e-4;   // relative to a layer's largest |potential|: float32 sums of some hundred terms
    private const double MultiplierRounding = 1.0 / 128;   // sums of two convolutions: multipliers of 8 bits, each off by at most 2^-9 of an input that may be twice the sum

    [Fact]
    public void A_convolution_is_worked_out_as_by_hand()
    {
        // Two output channels of one tap each: weights 0.5 and −1.27. 8 bits: scales 0.5/127 and 0.01, integers 127 and −127.
        // Input 3: sums 381 and −381, which stand for 1.5 and −3.81.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Convolution("conv", builder.Input, new ConvolutionOperation(2, 1, 1, 0, 1, "w", null));
        var program = Compile(builder, ("w", [2, 1, 1, 1], [0.5f, -1.27f]));
        var reference = new IntegerReference(program);

        reference.Step([3]);

        Assert.Equal([127, -127], program["conv"].Weights);
        Assert.Equal([381L, -381L], reference.Values("conv").ToArray());
        Assert.Equal(1.5, 381 * program["conv"].Scale[0], 1e-6);
        Assert.Equal(-3.81, -381 * program["conv"].Scale[1], 1e-6);
    }

    [Fact]
    public void A_pointwise_convolution_takes_the_depthwise_scales_into_its_weights()
    {
        // Depthwise weights 1 and 2 of two channels have scales 1/127 and 2/127. Pointwise weights 1 and 0.5 become 1/127 and 1/127 before rounding: both 127.
        // Input 1, 1: depthwise sums 127 and 127; pointwise 2·127·127, which stands for 1·1 + 0.5·2 = 2.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 1, 1));
        string depthwise = builder.Convolution("depthwise", builder.Input, new ConvolutionOperation(2, 1, 1, 0, 2, "d", null));
        builder.Convolution("pointwise", depthwise, new ConvolutionOperation(1, 1, 1, 0, 1, "p", null));
        var program = Compile(builder, ("d", [2, 1, 1, 1], [1f, 2f]), ("p", [1, 2, 1, 1], [1f, 0.5f]));
        var reference = new IntegerReference(program);

        reference.Step([1, 1]);

        Assert.Equal([127, 127], program["pointwise"].Weights);
        Assert.Equal([2L * 127 * 127], reference.Values("pointwise").ToArray());
        Assert.Equal(2, 2 * 127 * 127 * program["pointwise"].Scale[0], 1e-6);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(16)]
    public void Weights_keep_within_their_bits_and_within_half_a_step_unless_cut(int bits)
    {
        Gen.Double[-1, 1].Array[1, 40].Sample(weights =>
        {
            double scale = SymmetricQuantization.Scale(weights, bits), reach = scale * SymmetricQuantization.Largest(bits);
            foreach (double w in weights)
            {
                int q = SymmetricQuantization.Quantize(w, scale, bits);
                Assert.InRange(q, -SymmetricQuantization.Largest(bits), SymmetricQuantization.Largest(bits));
                Assert.True(Math.Abs((q * scale) - Math.Clamp(w, -reach, reach)) <= scale * 0.5000001);
            }
        }, iter: 200);
    }

    [Fact]
    public void Its_spikes_are_those_of_the_float_network_with_the_rounded_weights()
    {
        // TorchSharp is the oracle: it is given scale · integer for every weight. A neuron within float rounding of its threshold may fire in one and not in the other;
        // TorchSharp then goes on with the integers' spike.
        RandomGraphs.Cases().Sample(graphCase =>
        {
            IntegerProgram program = Compile(graphCase, bits: 8);
            IntegerReference reference = Run(program, graphCase.Steps);
            using var module = new GraphModule(graphCase.Graph, program.RoundedWeights(graphCase.Weights));
            using torch.Tensor input = torch.tensor(graphCase.Steps[0], [1, .. Sides(graphCase.Graph.Input.Shape)]);
            using GraphRun run = module.Run([input], afterFiring: (node, current, spikes) => Compared(reference, module, node, current, spikes));
            foreach ((string name, IReadOnlyList<torch.Tensor> steps) in run.Potentials)
            {
                AssertClose(steps.Select(step => step.data<float>().ToArray()), reference.Readouts(name));
            }
        }, iter: 150, threads: 1);
    }

    [Fact]
    public void Current_based_layers_and_a_leaky_readout_follow_TorchSharp_with_the_rounded_weights()
    {
        // 20 steps; what decays is rounded to 2^-16 of itself and half a unit a step, which the time constants hold for some ten steps: well under a thousandth of the largest potential.
        var builder = new NetworkGraphBuilder(new FeatureShape(3, 1, 1));
        string fire = builder.Fire("fire", builder.Linear("linear", builder.Input, new LinearOperation(8, "a", null)), NeuronSettings.CurrentBased(5, 3));
        builder.LeakyIntegrate("leaky", builder.Linear("classes", fire, new LinearOperation(4, "b", null)), 10, 4);
        NetworkGraph graph = builder.Build();
        IReadOnlyDictionary<string, WeightTensor> weights = UniformInitialization.Draw(graph, seed: 5).ToDictionary(
            pair => pair.Key, pair => new WeightTensor(pair.Value.Shape, Array.ConvertAll(pair.Value.Values, w => 6 * w)));
        var random = new Random(2);
        float[][] steps = [.. Enumerable.Range(0, 20).Select(_ => new float[] { random.Next(3), random.Next(3), random.Next(3) })];
        IntegerProgram program = IntegerProgram.Compile(graph, weights, new QuantizationSettings());
        IntegerReference reference = Run(program, steps);
        using var module = new GraphModule(graph, program.RoundedWeights(weights));

        using GraphRun run = module.Run([.. steps.Select(step => torch.tensor(step, [1, 3, 1, 1]))]);

        float[] expected = run.Potentials["leaky"][0].data<float>().ToArray();
        Assert.All(expected.Zip(reference.Readouts("leaky")[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * expected.Max(Math.Abs)));
        Assert.True(expected.Max(Math.Abs) > 0.01);
    }

    [Fact]
    public void Heads_of_very_different_weights_stay_within_62_bits_at_16_bits_a_weight()
    {
        var settings = new StereoSpikeSettings { Width = 64, Height = 48, Kind = ConvolutionKind.Separable, Channels = 0.25, InputChannels = 36, Downsample = 2 };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        IReadOnlyDictionary<string, WeightTensor> weights = UniformInitialization.Draw(graph, seed: 1).ToDictionary(
            pair => pair.Key, pair => new WeightTensor(pair.Value.Shape, Array.ConvertAll(pair.Value.Values, w => pair.Key.StartsWith("predict1", StringComparison.Ordinal) ? w / 64 : w)));

        IntegerProgram program = IntegerProgram.Compile(graph, weights, new QuantizationSettings { WeightBits = 16 });

        Assert.InRange(program[StereoSpikeNetwork.Readout].Bits, 50, 62);
    }

    [Fact]
    public void Nothing_may_follow_a_readout()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Fire("late", builder.LeakyIntegrate("leaky", builder.Input, 2, 2), new NeuronSettings());

        string message = Assert.Throws<NotSupportedException>(() => IntegerProgram.Compile(builder.Build(), new Dictionary<string, WeightTensor>(), new QuantizationSettings())).Message;

        Assert.Contains("late reads leaky", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rounding_rounded_weights_again_changes_nothing()
    {
        RandomGraphs.Cases().Sample(graphCase =>
        {
            IntegerProgram once = Compile(graphCase, bits: 6);
            IntegerProgram twice = IntegerProgram.Compile(graphCase.Graph, once.RoundedWeights(graphCase.Weights), once.Settings);

            Assert.All(once.Nodes, node => Assert.Equal(node.Weights, twice[node.Node.Name].Weights));
        }, iter: 50, threads: 1);
    }

    [Fact]
    public void No_value_ever_exceeds_its_bound()
    {
        RandomGraphs.Cases(steps: 4).Sample(graphCase =>
        {
            IntegerProgram program = Compile(graphCase, bits: 5);
            IntegerReference reference = new(program);
            var random = new Random(graphCase.Steps.Length);
            var extreme = new int[graphCase.Graph.Input.Shape.Count];
            for (int t = 0; t < 4; t++)
            {
                for (int i = 0; i < extreme.Length; i++)
                {
                    extreme[i] = random.Next(2) == 0 ? program.InputMaximum : -program.InputMaximum;
                }

                reference.Step(extreme);
                foreach (IntegerNode node in program.Nodes.Where(node => !node.IsReadout))
                {
                    int pixels = node.Node.Shape.Height * node.Node.Shape.Width;
                    long[] values = reference.Values(node.Node.Name).ToArray();
                    Assert.All(Enumerable.Range(0, values.Length), i => Assert.True(Math.Abs(values[i]) <= node.Bound[i / pixels]));
                    Assert.True(node.Node.Operation is FiringOperation || node.Bits <= 32, $"{node.Node.Name}: {node.Bits} bits");
                }
            }
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void A_sequence_starts_again_from_rest_when_told()
    {
        RandomGraphs.Cases(steps: 4).Sample(graphCase =>
        {
            IntegerProgram program = Compile(graphCase, bits: 8);
            IntegerReference once = Run(program, graphCase.Steps), twice = Run(program, graphCase.Steps);
            twice.Rest();
            foreach (float[] step in graphCase.Steps)
            {
                twice.Step(Integers(program, step));
            }

            Assert.All(program.Nodes, node => Assert.Equal(once.Values(node.Node.Name).ToArray(), twice.Values(node.Node.Name).ToArray()));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void Counts_beyond_255_stay_exact_and_a_count_beyond_the_maximum_is_cut_and_reported()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(TestNetworks.Settings);
        IntegerProgram program = IntegerProgram.Compile(graph, TestNetworks.Draw(TestNetworks.Settings).Tensors, new QuantizationSettings());
        var input = new float[graph.Input.Shape.Count];
        (input[0], input[1], input[2]) = (300, program.InputMaximum, program.InputMaximum + 1000f);
        var integers = new int[input.Length];

        Assert.Equal(1, program.QuantizeInput(input, integers));

        Assert.Equal([300, program.InputMaximum, program.InputMaximum], integers[..3]);
        Assert.True(program.InputMaximum > 255);
    }

    [Fact]
    public void An_input_that_is_not_a_number_is_refused()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(TestNetworks.Settings);
        IntegerProgram program = IntegerProgram.Compile(graph, TestNetworks.Draw(TestNetworks.Settings).Tensors, new QuantizationSettings());
        var input = new float[graph.Input.Shape.Count];
        input[5] = float.NaN;

        Assert.Contains("value 5", Assert.Throws<ArgumentException>(() => program.QuantizeInput(input, new int[input.Length])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_bits_bring_the_readout_nearer_to_the_float_networks()
    {
        StereoSpikeWeights weights = TestNetworks.Draw(TestNetworks.Settings with { Heads = [1, 2, 3, 4] });
        NetworkGraph graph = StereoSpikeNetwork.Build(weights.Settings);
        float[] input = [.. Enumerable.Range(0, graph.Input.Shape.Count).Select(i => i % 7 == 0 ? 1f + (i % 3) : 0f)];
        using var engine = new TorchEngine(weights);
        var expected = new float[weights.Settings.Sensor.Pixels];
        engine.Run(new SpikeFrame(4, weights.Settings.Sensor, input), expected);

        double[] errors = [.. new[] { 3, 6, 12 }.Select(bits =>
        {
            IntegerProgram program = IntegerProgram.Compile(graph, weights.Tensors, new QuantizationSettings { WeightBits = bits });
            float[] found = Run(program, [input]).Readouts(StereoSpikeNetwork.Readout)[^1];
            return found.Zip(expected, (a, b) => Math.Abs((double)a - b)).Average();
        })];

        Assert.True(errors[0] > errors[1] && errors[1] > errors[2], string.Join(", ", errors));
        Assert.True(errors[2] < 0.01, string.Join(", ", errors));
    }

    private static IntegerProgram Compile(NetworkGraphBuilder builder, params (string Name, int[] Shape, float[] Values)[] weights) => IntegerProgram.Compile(
        builder.Build(), weights.ToDictionary(w => w.Name, w => new WeightTensor(w.Shape, w.Values)), new QuantizationSettings());

    private static IntegerProgram Compile(RandomGraphs.Case graphCase, int bits) =>
        IntegerProgram.Compile(graphCase.Graph, graphCase.Weights, new QuantizationSettings { WeightBits = bits });

    private static IntegerReference Run(IntegerProgram program, float[][] steps)
    {
        var reference = new IntegerReference(program);
        foreach (float[] step in steps)
        {
            reference.Step(Integers(program, step));
        }

        return reference;
    }

    private static int[] Integers(IntegerProgram program, float[] step)
    {
        var integers = new int[step.Length];
        program.QuantizeInput(step, integers);
        return integers;
    }

    private static long[] Sides(FeatureShape shape) => [shape.Channels, shape.Height, shape.Width];

    /// <summary>Asserts that a layer's spikes differ only at the threshold, and returns the integers'.</summary>
    private static torch.Tensor Compared(IntegerReference reference, GraphModule module, GraphNode node, torch.Tensor current, torch.Tensor spikes)
    {
        var firing = (FiringOperation)node.Operation;
        float leak = IntegrateAndFire.Leak(firing.Neuron, firing.LeakWeight is null ? 0f : module.Tensors[firing.LeakWeight].item<float>());
        float[] potentials = [.. current.data<float>().Select(x => firing.Neuron.ResetPotential + (leak * firing.Neuron.InputGain * x))];
        float[] floats = spikes.data<float>().ToArray(), integers = Array.ConvertAll(reference.Values(node.Name).ToArray(), spike => (float)spike);
        float largest = Math.Max(1f, potentials.Max(Math.Abs));
        double rounding = module.Graph[node.Inputs[0]].Operation is AddOperation ? MultiplierRounding : FloatRounding;
        for (int i = 0; i < floats.Length; i++)
        {
            Assert.True(
                floats[i] == integers[i] || Math.Abs(potentials[i] - firing.Neuron.Threshold) < rounding * largest,
                $"{node.Name}[{i}]: potential {potentials[i]}, integer spike {integers[i]}");
        }

        return torch.tensor(integers, spikes.shape);
    }

    private static void AssertClose(IEnumerable<float[]> expected, IReadOnlyList<float[]> found)
    {
        foreach ((float[] e, float[] f) in expected.Zip(found))
        {
            float largest = Math.Max(1f, e.Max(Math.Abs));
            Assert.All(e.Zip(f), pair => Assert.Equal(pair.First, pair.Second, FloatRounding * largest));
        }
    }
}
