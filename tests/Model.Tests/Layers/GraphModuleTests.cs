using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Layers;

[Collection(nameof(OneTorchThread))]
public class GraphModuleTests
{
    [Fact]
    public void Neurons_and_integrators_keep_their_potentials_from_step_to_step()
    {
        // One pixel, a pointwise weight of 1/2, IF neurons, and an integrator with gain 2 over the same currents.
        // Inputs 1, 0.5, 1: currents 0.5, 0.25, 0.5; the neuron's potential 0.5, 0.75, 1.25: only the third step fires.
        // The integrator ends at 2·(0.5 + 0.25 + 0.5) = 2.5.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Convolution("conv", builder.Input, new ConvolutionOperation(1, 1, 1, 0, 1, "conv.weight", null));
        builder.Fire("fire", "conv", new NeuronSettings());
        builder.Integrate("sum", ["conv"], gain: 2f);
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor> { ["conv.weight"] = new([1, 1, 1, 1], [0.5f]) });
        using DisposeScope scope = NewDisposeScope();

        GraphRun two = module.Run([Pixel(1f), Pixel(0.5f)]), three = module.Run([Pixel(1f), Pixel(0.5f), Pixel(1f)]);

        Assert.Equal((0f, 1f), (two.Spikes["fire"].item<float>(), three.Spikes["fire"].item<float>()));
        Assert.Equal(2.5f, three.Potentials["sum"][^1].item<float>());
    }

    [Fact]
    public void Pooling_sums_blocks_and_what_is_left_of_them_at_the_edge()
    {
        // 3×3 numbered 1 to 9, blocks of 2: 1+2+4+5, 3+6, 7+8, 9; the linear layer picks each by a power of ten: 12·1 + 9·10 + 15·100 + 9·1000.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 3, 3));
        builder.SumPooling("pool", builder.Input, 2);
        builder.Linear("out", "pool", new LinearOperation(1, "out.weight", "out.bias"));
        var weights = new Dictionary<string, WeightTensor> { ["out.weight"] = new([1, 4], [1, 10, 100, 1000]), ["out.bias"] = new([1], [0.5f]) };
        using var module = new GraphModule(builder.Build(), weights);
        using DisposeScope scope = NewDisposeScope();

        GraphRun run = module.Run(arange(1, 10).to_type(ScalarType.Float32).reshape(1, 1, 3, 3));

        Assert.Equal(12f + 90f + 1500f + 9000f + 0.5f, run.Analog["out"].item<float>());
    }

    [Fact]
    public void Batch_normalisation_takes_the_batchs_moments_in_training_and_the_kept_ones_after()
    {
        // Values 1 and 3: mean 2, variance 1 (over n). (1 − 2)/√1 = −1 and 1; scaled by 2 and shifted by 1: −1 and 3; leaky ReLU: −0.01 and 3.
        // Kept: mean 0.9·0 + 0.1·2 = 0.2, variance 0.9·1 + 0.1·2 = 1.1 (over n − 1: 2). After: (1 − 0.2)/√1.1·2 + 1.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 2));
        builder.Activate("out", builder.BatchNorm("norm", builder.Input), ActivationKind.LeakyRelu);
        var weights = new Dictionary<string, WeightTensor> { ["norm.scale"] = new([1], [2f]), ["norm.shift"] = new([1], [1f]), ["norm.mean"] = new([1], [0f]), ["norm.variance"] = new([1], [1f]) };
        using var module = new GraphModule(builder.Build(), weights);
        using DisposeScope scope = NewDisposeScope();
        Tensor input = tensor([1f, 3f], [1, 1, 1, 2]);

        module.train();
        float[] training = module.Run(input).Analog["out"].data<float>().ToArray();
        module.eval();
        float[] after = module.Run(input).Analog["out"].data<float>().ToArray();

        Assert.Equal(-0.01f, training[0], 1e-4f);   // ε = 1e-5 under the root
        Assert.Equal(3f, training[1], 1e-4f);
        Assert.Equal((2 * 0.8f / MathF.Sqrt(1.1f)) + 1, after[0], 1e-4f);
        Assert.Equal(1.1f, module.ExportWeights()["norm.variance"].Values[0], 1e-6f);
        Assert.False(module.Tensors["norm.mean"].requires_grad);
    }

    [Theory]
    [InlineData(ActivationKind.Sigmoid, 0.5f, 0.62245933f)]   // 1/(1 + e^−0.5)
    [InlineData(ActivationKind.Tanh, 0.5f, 0.46211716f)]      // (e − 1)/(e + 1)
    [InlineData(ActivationKind.LeakyRelu, -0.5f, -0.005f)]
    public void Activations_are_the_functions_they_are_called(ActivationKind kind, float x, float expected)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Activate("out", builder.Input, kind);
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor>());
        using DisposeScope scope = NewDisposeScope();

        Assert.Equal(expected, module.Run(Pixel(x)).Analog["out"].item<float>(), 1e-6f);
    }

    [Fact]
    public void An_input_of_another_shape_is_refused_with_both_shapes()
    {
        using GraphModule module = Chain();
        using Tensor wrong = zeros(1, 2, 5, 4);

        var error = Assert.Throws<ArgumentException>(() => module.Run(wrong));

        Assert.Equal("The network takes inputs of shape [N, 2, 4, 5] and was given [1, 2, 5, 4].", error.Message);
    }

    [Fact]
    public void Weights_of_another_shape_are_refused_with_both_shapes()
    {
        NetworkGraph graph = ChainGraph();
        var weights = new Dictionary<string, WeightTensor> { ["conv.weight"] = new([3, 2, 5, 5], new float[150]) };

        var error = Assert.Throws<InvalidDataException>(() => new GraphModule(graph, weights, "other.safetensors"));

        Assert.StartsWith("other.safetensors: conv.weight: has shape [3, 2, 5, 5] where the network needs [3, 2, 3, 3].", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Firing_rates_are_shares_of_neurons_and_the_mean_weighs_layers_by_their_neurons()
    {
        // a: 1 channel of 4×5 driven by channel 0, 5 of 20 pixels at 1: 0.25. b: 3 channels of the same, all of weight 0: 0.
        // Mean: (0.25·20 + 0·60) / 80 = 0.0625; b is the quietest.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 4, 5));
        builder.Fire("a", builder.Convolution("conv", builder.Input, new ConvolutionOperation(1, 1, 1, 0, 1, "a.weight", null)), new NeuronSettings());
        builder.Fire("b", builder.Convolution("conv2", "a", new ConvolutionOperation(3, 1, 1, 0, 1, "b.weight", null)), new NeuronSettings());
        NetworkGraph graph = builder.Build();
        using var module = new GraphModule(graph, new Dictionary<string, WeightTensor> { ["a.weight"] = new([1, 1, 1, 1], [1f]), ["b.weight"] = new([3, 1, 1, 1], new float[3]) });
        using DisposeScope scope = NewDisposeScope();
        Tensor input = zeros(1, 1, 4, 5);
        input[0, 0, 1] = tensor(1f);
        var rates = new FiringRates(graph);

        rates.Add(module.Run(input));
        rates.Add(module.Run(input));

        Assert.Equal([("a", 0.25), ("b", 0.0)], rates.ByLayer.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal((0.0625, 0.0), (rates.Mean, rates.Lowest));
    }

    [Fact]
    public void Runs_leave_no_tensor_behind()
    {
        using GraphModule module = Chain();   // once: TorchSharp counts the wrapper that a Parameter empties for ever
        using Tensor input = ones(1, 2, 4, 5);
        RunOnce();   // what libtorch makes once
        long before = Tensor.TotalCount;

        for (int i = 0; i < 20; i++)
        {
            RunOnce();
        }

        Assert.Equal(before, Tensor.TotalCount);

        void RunOnce()
        {
            using GraphRun run = module.Run([input, input]);
            run.Spikes["fire"].sum().Dispose();
        }
    }

    [Fact]
    public void Exported_weights_are_copies_of_what_was_given()
    {
        NetworkGraph graph = ChainGraph();
        IReadOnlyDictionary<string, WeightTensor> drawn = UniformInitialization.Draw(graph, seed: 3);
        using var module = new GraphModule(graph, drawn);

        WeightTensor exported = module.ExportWeights()["conv.weight"];

        Assert.Equal(drawn["conv.weight"].Values, exported.Values);
        Assert.Equal([3, 2, 3, 3], exported.Shape);
        Assert.NotSame(drawn["conv.weight"].Values, exported.Values);
    }

    private static NetworkGraph ChainGraph()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 4, 5));
        string conv = builder.Convolution("conv", builder.Input, new ConvolutionOperation(3, 3, 1, 1, 1, "conv.weight", null));
        builder.Fire("fire", conv, new NeuronSettings());
        return builder.Build();
    }

    private static GraphModule Chain() => new(ChainGraph(), UniformInitialization.Draw(ChainGraph(), seed: 1));

    private static Tensor Pixel(float value) => full([1, 1, 1, 1], value);
}
