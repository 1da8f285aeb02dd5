using CsCheck;
using StereoSpike.Model;
using StereoSpike.Readout;

namespace StereoSpike.Hardware.Tests;

public class IntegerEngineTests
{
    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void A_golden_network_in_integers_is_the_integer_reference_to_the_bit(string name)
    {
        ReferenceFile file = ReferenceFile.Load(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz"));
        NetworkGraph graph = StereoSpikeNetwork.Build(file.Settings);

        AssertSame(IntegerProgram.Compile(graph, file.Weights, new QuantizationSettings()), file.Input, StereoSpikeNetwork.Readout);
        AssertSame(IntegerProgram.Compile(graph, file.Weights, new QuantizationSettings { FoldSeparable = true }), file.Input, StereoSpikeNetwork.Readout);
        AssertSame(IntegerProgram.Compile(graph, file.Weights, new QuantizationSettings { WeightBits = file.Settings.Kind == ConvolutionKind.Dense ? 12 : 6, MembraneBits = 20 }), file.Input, StereoSpikeNetwork.Readout);
    }

    [Theory]
    [InlineData(ConvolutionKind.Dense)]
    [InlineData(ConvolutionKind.Separable)]
    public void At_full_size_every_spike_and_depth_is_that_of_the_simulated_chip(ConvolutionKind kind)
    {
        // The simulation equals the reference to the bit (its own tests) and does not take minutes. A hot pixel passes 8 bits.
        var settings = new StereoSpikeSettings { Kind = kind, Channels = 0.25 };
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.05, seed: 2);
        frame.Values[54_321] = 70_000;
        var program = IntegerProgram.Compile(StereoSpikeNetwork.Build(settings), SyntheticNetwork.Draw(settings, frame, 0.05, seed: 3).Tensors, new QuantizationSettings());
        using var chip = new SimulatedEngine(settings, program);
        using var engine = new EventEngine(settings, program, threads: 2);
        float[] expected = new float[settings.Sensor.Pixels], found = new float[settings.Sensor.Pixels];

        chip.Run(frame, expected);
        EngineTrace trace = engine.Trace(frame.Values);
        engine.Run(frame, found);

        Assert.Equal((260, 346), (settings.Height, settings.Width));
        Assert.Equal(expected, found);
        Assert.All(program.Graph.FiringNodes, node => Assert.Equal(chip.Network.Values(node.Name), Array.ConvertAll(trace.Values[node.Name], spike => (long)spike)));
        Assert.Equal(chip.MeanFiringRate, engine.MeanFiringRate, 1e-12);
        Assert.InRange(engine.MeanFiringRate, 0.03, 0.08);
    }

    [Fact]
    public void Any_network_at_every_vector_width_and_any_number_of_threads_is_the_integer_reference_to_the_bit()
    {
        long spikes = 0;
        FusableGraphs.All.Sample(made =>
        {
            int bits = 4 + (made.Input.Length % 9);   // 4 to 12: rows of 8 bits, and rows of 32
            var program = IntegerProgram.Compile(made.Graph, made.Weights, new QuantizationSettings { WeightBits = bits });
            if (program.SumBits > 32)   // refused, see below
            {
                return;
            }

            IntegerReference reference = Reference(program, made.Input);
            foreach ((VectorWidth width, int threads) in ((VectorWidth, int)[])[(VectorWidth.Scalar, 1), (VectorWidth.Bits128, 1), (VectorWidth.Bits256, 2), (VectorWidth.Bits512, 3)])
            {
                spikes += AssertSame(program, reference, made.Input, "depth", width, threads);
            }
        }, iter: 40, threads: 1);
        Assert.True(spikes > 20_000);   // the networks were not silent
    }

    [Fact]
    public void More_weights_than_16_bits_can_hold_are_summed_in_full()
    {
        // 2,000 inputs that all fire, each with the largest weight: 2,000·127 = 254,000 is reached in portions of 258 rows.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 6, 6));
        string wide = builder.Fire("wide", builder.Convolution("first", builder.Input, new ConvolutionOperation(2_000, 1, 1, 0, 1, "first", null)), new NeuronSettings { Threshold = 0.5f });
        string same = builder.Fire("same", builder.Convolution("second", wide, new ConvolutionOperation(3, 1, 1, 0, 1, "second", null)), new NeuronSettings { Threshold = 2_000f });
        string resized = builder.NearestResize("resize", wide, 14, 14);
        string large = builder.Fire("large", builder.Convolution("third", resized, new ConvolutionOperation(3, 3, 1, 0, 1, "third", null)), new NeuronSettings { Threshold = 18_000f });
        builder.Integrate("depth", [Head(builder, "head0", same), Head(builder, "head1", large)], gain: 1f);
        NetworkGraph graph = builder.Build();
        Dictionary<string, WeightTensor> ones = graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, [.. Enumerable.Repeat(1f, parameter.Count)]));
        float[] input = [.. Enumerable.Repeat(1f, 36)];

        long spikes = AssertSame(IntegerProgram.Compile(graph, ones, new QuantizationSettings()), input, "depth");

        // At sums of exactly their thresholds all fire: 2,000 + 3 channels of 36 pixels, 3 of 144.
        Assert.Equal((2_003 * 36) + (3 * 144), spikes);

        static string Head(NetworkGraphBuilder builder, string name, string from) =>
            builder.Convolution(name, builder.NearestResize($"{name}.resize", from, 6, 6), new ConvolutionOperation(1, 1, 1, 0, 1, name, null));
    }

    [Fact]
    public void A_network_whose_sums_pass_32_bits_is_refused_by_name()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(TestNetworks.Settings with { Kind = ConvolutionKind.Separable });
        var program = IntegerProgram.Compile(graph, UniformInitialization.Draw(graph, 1), new QuantizationSettings { WeightBits = 16 });

        var refusal = Assert.Throws<NotSupportedException>(() => new EventEngine(TestNetworks.Settings, program));

        Assert.Matches("cannot run node .* in integers: its sums need [0-9]+ bits where 32 are added", refusal.Message);
    }

    [Fact]
    public void The_catalogue_folds_a_separable_network_whose_sums_pass_32_bits()
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Kind = ConvolutionKind.Separable };
        StereoSpikeWeights weights = TestNetworks.Draw(settings);
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.1, seed: 2);
        var wide = new QuantizationSettings { WeightBits = 14 };
        using IDepthEngine engine = EngineCatalogue.Make("event", weights, threads: 1, integers: wide);
        using var chip = new SimulatedEngine(weights, wide with { FoldSeparable = true });
        float[] found = new float[settings.Sensor.Pixels], expected = new float[settings.Sensor.Pixels];

        engine.Run(frame, found);
        chip.Run(frame, expected);

        Assert.Equal(expected, found);
        Assert.True(new SimulatedEngine(weights, wide).Program.SumBits > 32);
        Assert.Contains("runs floats only", Assert.Throws<ArgumentException>(() => EngineCatalogue.Make("onnx", weights, integers: wide)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConvolutionKind.Dense)]
    [InlineData(ConvolutionKind.Separable)]
    public void A_run_in_integers_allocates_nothing(ConvolutionKind kind)
    {
        StereoSpikeSettings settings = TestNetworks.Settings with { Kind = kind };
        SpikeFrame frame = SyntheticNetwork.Frame(settings, 0.1, seed: 2);
        using var engine = new EventEngine(settings, IntegerProgram.Compile(StereoSpikeNetwork.Build(settings), TestNetworks.Draw(settings).Tensors, new QuantizationSettings()), threads: 1);
        var potentials = new float[settings.Sensor.Pixels];
        engine.Run(frame, potentials);
        long before = GC.GetAllocatedBytesForCurrentThread();   // a team of one does every part on this thread
        for (int i = 0; i < 20; i++)
        {
            engine.Run(frame, potentials);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static IntegerReference Reference(IntegerProgram program, float[] input)
    {
        var reference = new IntegerReference(program);
        var integers = new int[input.Length];
        program.QuantizeInput(input, integers);
        reference.Step(integers);
        return reference;
    }

    private static long AssertSame(IntegerProgram program, float[] input, string readout) => AssertSame(program, Reference(program, input), input, readout, Kernels<int>.Widest, threads: 2);

    private static long AssertSame(IntegerProgram program, IntegerReference reference, float[] input, string readout, VectorWidth width, int threads)
    {
        long fired = 0;
        using EventProgram<int> compiled = EventProgram<int>.Compile(new IntegerNumbers(program, width), threads);
        using var team = new WorkTeam(threads);
        compiled.Run(input, team, (node, _, spikes) =>
        {
            fired += (long)spikes.Sum();
            Assert.Equal(reference.Values(node.Name).ToArray(), Array.ConvertAll(spikes, spike => (long)spike));
            return null;
        });
        IReadOnlyList<float[]> expected = reference.Readouts(readout);
        Assert.Equal(expected.Count, compiled.Heads);
        Assert.All(expected, (potentials, head) => Assert.Equal(potentials, compiled.PotentialsAfter(head).ToArray()));
        return fired;
    }
}
