using StereoSpike.Model;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace StereoSpike.Readout.Tests.Networks;

[Collection(nameof(OneTorchThread))]
public class StereoSpikeNetworkTests
{
    private static readonly string[] Encoder = ["bottom", "conv1", "conv2", "conv3", "conv4"];

    /// <summary>Each stride of 2 with same padding halves a side, rounded up.</summary>
    public static TheoryData<int, int, int[], int[]> Sizes => new()
    {
        { 346, 260, [346, 173, 87, 44, 22], [260, 130, 65, 33, 17] },
        { 240, 180, [240, 120, 60, 30, 15], [180, 90, 45, 23, 12] },
        { 87, 65, [87, 44, 22, 11, 6], [65, 33, 17, 9, 5] },
        { 1, 1, [1, 1, 1, 1, 1], [1, 1, 1, 1, 1] },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sizes_halve_on_the_way_down_and_come_back_on_the_way_up(int width, int height, int[] columns, int[] rows)
    {
        foreach (ConvolutionKind kind in Enum.GetValues<ConvolutionKind>())
        {
            NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Width = width, Height = height, Kind = kind });

            int[] channels = [32, 64, 128, 256, 512];
            for (int i = 0; i < Encoder.Length; i++)
            {
                var shape = new FeatureShape(channels[i], rows[i], columns[i]);
                Assert.Equal(shape, graph[Encoder[i]].Shape);
                if (i < 4)
                {
                    Assert.Equal(shape, graph[$"add{i + 1}"].Shape);
                    Assert.Equal(new FeatureShape(1, height, width), graph[kind == ConvolutionKind.Dense ? $"predict{i + 1}.conv" : $"predict{i + 1}.pointwise"].Shape);
                }
            }

            Assert.Equal(new FeatureShape(512, rows[4], columns[4]), graph["bottleneck"].Shape);
            Assert.Equal(new FeatureShape(1, height, width), graph[StereoSpikeNetwork.Readout].Shape);
        }
    }

    [Fact]
    public void Thirteen_layers_fire()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings());

        Assert.Equal(
            ["bottom", "conv1", "conv2", "conv3", "conv4", "bottleneck0.conv1", "bottleneck0.conv2", "bottleneck1.conv1", "bottleneck1.conv2", "deconv4", "deconv3", "deconv2", "deconv1"],
            graph.FiringNodes.Select(node => node.Name));
    }

    [Fact]
    public void The_dense_network_has_as_many_weights_as_the_paper_gives_it()
    {
        // bottom 25·4·32 = 3,200; conv1..4 25·(32·64 + 64·128 + 128·256 + 256·512) = 25·174,080 = 4,352,000; the four deconvs the same;
        // bottleneck 4 · 9·512·512 = 9,437,184; heads 9·(256 + 128 + 64 + 32) + 4 = 4,324.
        // 3,200 + 2·4,352,000 + 9,437,184 + 4,324 = 18,148,708.
        Assert.Equal(18_148_708, Count(new StereoSpikeSettings()));
        Assert.Equal(18_148_708 + 13, Count(new StereoSpikeSettings { Neuron = NeuronKind.Plif }));   // one w a firing layer
        Assert.Equal(18_148_708 - (25 * 2 * 32), Count(new StereoSpikeSettings { InputChannels = 2 }));
    }

    [Fact]
    public void The_separable_network_has_as_many_weights_as_the_journal_gives_it()
    {
        // Depthwise 49·C_in, pointwise C_in·C_out.
        // bottom 49·4 + 4·32 = 324; conv1..4 49·(32 + 64 + 128 + 256) + 174,080 = 197,600; deconv4..1 49·(512 + 256 + 128 + 64) + 174,080 = 221,120;
        // bottleneck 4·(49·512 + 512·512) = 1,148,928; heads (49 + 1 bias + 1)·(256 + 128 + 64 + 32) + 4 = 24,484.
        Assert.Equal(324 + 197_600 + 221_120 + 1_148_928 + 24_484, Count(new StereoSpikeSettings { Kind = ConvolutionKind.Separable }));
    }

    [Theory]
    [InlineData(0.125, 4, 8, 16, 32, 64)]
    [InlineData(0.3, 10, 19, 38, 77, 154)]   // 9.6, 19.2, 38.4, 76.8, 153.6
    [InlineData(0.015625, 1, 1, 2, 4, 8)]    // 0.5 rounds to even, 0, and is lifted to 1
    public void Widths_are_rounded_and_never_fall_under_one(double multiplier, params int[] widths)
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Channels = multiplier });

        Assert.Equal(widths, Encoder.Select(node => graph[node].Shape.Channels));
    }

    [Fact]
    public void Heads_are_read_coarse_to_fine_and_only_those_asked_for()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Heads = [1, 3] });

        Assert.Equal(["predict3.conv", "predict1.conv"], graph[StereoSpikeNetwork.Readout].Inputs);
        Assert.False(graph.Contains("predict2.conv"));
        Assert.DoesNotContain(graph.Parameters, parameter => parameter.Name.StartsWith("predict2", StringComparison.Ordinal) || parameter.Name.StartsWith("predict4", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_skips_the_decoder_adds_nothing_but_the_bottleneck_still_does()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Skips = false });

        Assert.Equal(["bottleneck0.add", "bottleneck"], graph.Nodes.Where(node => node.Operation is AddOperation).Select(node => node.Name));
        Assert.Equal(["deconv3.resize", "predict4.resize"], graph.Consumers["deconv4"].Select(node => node.Name).Order());
    }

    [Fact]
    public void Downsampling_runs_the_body_on_summed_blocks_and_answers_at_full_size()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Width = 87, Height = 65, Downsample = 2 });

        Assert.Equal(new FeatureShape(32, 33, 44), graph["bottom"].Shape);
        Assert.Equal(new FeatureShape(1, 65, 87), graph[StereoSpikeNetwork.Readout].Shape);
    }

    [Theory]
    [InlineData(ConvolutionKind.Dense)]
    [InlineData(ConvolutionKind.Separable)]
    public void The_bias_alone_of_each_head_reaches_the_readout_of_a_silent_network(ConvolutionKind kind)
    {
        // No events, so every spike is 0 and V_reset is left: m·Σ of the biases, in the separable network pointwise·depthwise bias too.
        // m = 10, 2, 1, 1 and 1 channels' worth of heads: all weights 1. Dense: biases 1, one more a head: 10, 20, 30, 40.
        // Separable: each head adds C depthwise biases of 1, with 4 (coarsest), 2, 1, 1 channels: 10·(4 + 1), + 10·(2 + 1), + 10·2, + 10·2.
        var settings = new StereoSpikeSettings { Width = 24, Height = 16, Kind = kind, Channels = 1.0 / 64, Neuron = NeuronKind.Plif, InputGain = 10f };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        Dictionary<string, WeightTensor> ones = graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => new WeightTensor(parameter.Shape, [.. Enumerable.Repeat(1f, parameter.Count)]));
        using var module = new GraphModule(graph, ones);
        using torch.Tensor silence = torch.zeros(1, 4, 16, 24);

        using GraphRun run = module.Run(silence);

        float[] expected = kind == ConvolutionKind.Dense ? [10, 20, 30, 40] : [50, 80, 100, 120];
        Assert.Equal(expected, run.Potentials[StereoSpikeNetwork.Readout].Select(potential => potential[0, 0, 7, 11].item<float>()));
        Assert.All(run.Potentials[StereoSpikeNetwork.Readout], potential => Assert.Equal(potential.min().item<float>(), potential.max().item<float>()));
    }

    [Fact]
    public void The_sums_of_spikes_stay_within_their_integers()
    {
        // The bottleneck adds two blocks to conv4's spikes: 0 to 3; the skips add one to one: 0 to 2.
        var settings = new StereoSpikeSettings { Width = 48, Height = 32, Channels = 0.25 };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, 2));
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor events = torch.rand([1, 4, 32, 48], generator: new torch.Generator(2)).gt(0.6f).to_type(torch.ScalarType.Float32) * 3f;
        RateScaling.Apply(module, events, _ => 0.3f);

        GraphRun run = module.Run(events);

        foreach ((string node, float most) in (IEnumerable<(string, float)>)[("bottleneck", 3f), ("add4", 2f), ("add1", 2f), ("deconv1", 1f), ("bottom", 1f)])
        {
            float[] found = [.. run.Spikes[node].data<float>().ToArray().Distinct().Order()];
            Assert.All(found, value => Assert.InRange(value, 0f, most));
            Assert.All(found, value => Assert.Equal(MathF.Round(value), value));
            Assert.True(found.Length > 1, $"{node} never fires");
        }
    }

    private static int Count(StereoSpikeSettings settings) => StereoSpikeNetwork.Build(settings).Parameters.Sum(parameter => parameter.Count);

    [Theory]
    [InlineData(ConvolutionKind.Dense)]
    [InlineData(ConvolutionKind.Separable)]
    public void The_analog_twin_has_a_bias_a_norm_and_a_function_where_the_network_has_neurons(ConvolutionKind kind)
    {
        var settings = new StereoSpikeSettings { Width = 32, Height = 24, Channels = 1.0 / 16, Kind = kind };
        NetworkGraph spiking = StereoSpikeNetwork.Build(settings), twin = StereoSpikeNetwork.Build(settings with { Twin = ActivationKind.Tanh });

        Assert.Empty(twin.FiringNodes);
        Assert.Equal(spiking.FiringNodes.Select(node => (node.Name, node.Shape)), twin.Nodes.Where(node => node.Operation is ActivationOperation).Select(node => (node.Name, node.Shape)));
        Assert.Equal(13, twin.Nodes.Count(node => node.Operation is BatchNormOperation));
        Assert.All(twin.Nodes.Select(node => node.Operation).OfType<ConvolutionOperation>(), conv => Assert.NotNull(conv.Bias));
    }

    [Theory]
    [InlineData(ConvolutionKind.Dense)]
    [InlineData(ConvolutionKind.Separable)]
    public void Our_own_kernels_and_libtorchs_give_the_whole_network_the_same_spikes_depths_and_gradients(ConvolutionKind kind)
    {
        var settings = new StereoSpikeSettings { Width = 52, Height = 38, Channels = 1.0 / 8, Kind = kind };
        NetworkGraph graph = StereoSpikeNetwork.Build(settings);
        IReadOnlyDictionary<string, WeightTensor> start = UniformInitialization.Draw(graph, seed: 4);
        using var own = new GraphModule(graph, start);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = rand([2, 4, 38, 52], generator: new Generator(5)).gt(0.9f).to_type(ScalarType.Float32) * 2f;
        RateScaling.Apply(own, input, _ => 0.15f);
        using (no_grad())
        {
            foreach (Parameter tensor in own.Tensors.Values)
            {
                tensor.mul_(1.0137f);   // scaling puts one neuron of each layer on its very threshold, where rounding would decide
            }
        }

        using var plain = new GraphModule(graph, own.ExportWeights(), plain: true);

        GraphRun ownRun = own.Run(input), plainRun = plain.Run(input);
        Loss(ownRun).backward();
        Loss(plainRun).backward();

        Assert.All(plainRun.Spikes, pair => Assert.Equal(0f, (pair.Value - ownRun.Spikes[pair.Key]).abs().max().item<float>()));
        AssertNear(plainRun.Potentials[StereoSpikeNetwork.Readout][^1], ownRun.Potentials[StereoSpikeNetwork.Readout][^1]);
        Assert.All(plain.Tensors, pair => AssertNear(pair.Value.grad!, own.Tensors[pair.Key].grad!));

        static Tensor Loss(GraphRun run) => run.Potentials[StereoSpikeNetwork.Readout].Select(depth => (depth - 1f).square().mean()).Aggregate((a, b) => a + b);

        // To 1e-4 of the largest: sums of thousands of floats, in another order.
        static void AssertNear(Tensor expected, Tensor found) =>
            Assert.True((expected - found).abs().max().item<float>() <= (1e-4f * expected.abs().max().item<float>()) + 1e-7f);
    }
}
