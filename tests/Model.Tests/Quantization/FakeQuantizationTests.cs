using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Quantization;

[Collection(nameof(OneTorchThread))]
public class FakeQuantizationTests
{
    [Fact]
    public void The_forward_pass_sees_rounded_weights_and_the_gradient_goes_to_the_real_ones_but_for_what_is_cut_off()
    {
        // 2 bits: ŵ is −s, 0 or s. Σ (w − ŵ)² = (1 − s)² + 3·(0.5 − s)² is least at s = 2.5/4 = 0.625; of the lengths tried, 1, 0.95, …, both 0.65 and 0.6 give 0.19.
        // With L = Σ_i (i + 1)·ŵ_i the gradient of ŵ_i is i + 1; that of the weight 1, which is longer than s, is 0.
        var builder = new NetworkGraphBuilder(new FeatureShape(4, 1, 1));
        builder.Linear("out", builder.Input, new LinearOperation(1, "w", null));
        var weights = new Dictionary<string, WeightTensor> { ["w"] = new([1, 4], [1f, 0.5f, -0.5f, 0.5f]) };
        using var module = new GraphModule(builder.Build(), weights, weightBits: 2);
        using DisposeScope scope = NewDisposeScope();

        GraphRun run = module.Run(tensor(new[] { 1f, 2f, 3f, 4f }, 1, 4, 1, 1));
        run.Analog["out"].sum().backward();

        float s = module.ExportUsedWeights()["w"].Values[0];
        Assert.InRange(s, 0.5999f, 0.6501f);
        Assert.Equal([s, s, -s, s], module.ExportUsedWeights()["w"].Values);
        Assert.Equal(s * (1 + 2 - 3 + 4), run.Analog["out"].item<float>(), 1e-6f);
        float[] passed = [.. new[] { 1f, 0.5f, -0.5f, 0.5f }.Select((w, i) => Math.Abs(w) <= s ? i + 1f : 0f)];
        Assert.Equal(0f, passed[0]);
        Assert.Equal(passed, module.Tensors["w"].grad!.data<float>().ToArray());
        Assert.Equal([1f, 0.5f, -0.5f, 0.5f], module.ExportWeights()["w"].Values);
    }

    [Fact]
    public void A_network_computes_to_the_bit_what_it_would_with_the_rounded_weights_for_its_own()
    {
        NetworkGraph graph = Separable();
        IReadOnlyDictionary<string, WeightTensor> weights = UniformInitialization.Draw(graph, seed: 4);
        using var fake = new GraphModule(graph, weights, weightBits: 4);
        using var real = new GraphModule(graph, RoundedNetwork.Of(graph, weights, 4).Values(weights));
        using DisposeScope scope = NewDisposeScope();
        Tensor input = rand(1, 3, 9, 9).mul(3).floor();

        GraphRun a = fake.Run(input), b = real.Run(input);
        SequenceRun sequence = fake.RunSequence(input.unsqueeze(1));

        Assert.Equal(b.Spikes["fire"].data<float>().ToArray(), a.Spikes["fire"].data<float>().ToArray());
        Assert.Equal(b.Potentials["depth"][0].data<float>().ToArray(), a.Potentials["depth"][0].data<float>().ToArray());
        Assert.Equal(b.Spikes["fire"].data<float>().ToArray(), sequence.Spikes["fire"].data<float>().ToArray());
        Assert.True(a.Spikes["fire"].sum().item<float>() > 0);
    }

    [Fact]
    public void Rounded_weights_take_few_levels_a_channel_and_are_rounded_to_themselves()
    {
        NetworkGraph graph = Separable();
        IReadOnlyDictionary<string, WeightTensor> weights = UniformInitialization.Draw(graph, seed: 4), once = RoundedNetwork.Of(graph, weights, 3).Values(weights);

        RoundedNetwork first = RoundedNetwork.Of(graph, weights, 3), again = RoundedNetwork.Of(graph, once, 3);

        Assert.All(first.Layers, layer => Assert.Equal(layer.Value.Integers, again.Layers[layer.Key].Integers));
        Assert.All(first.Layers.Values, layer => Assert.All(layer.Integers, q => Assert.InRange(q, -3, 3)));   // 3 bits
    }

    [Fact]
    public void A_bias_without_weights_beside_it_keeps_its_value()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Linear("out", builder.Input, new LinearOperation(1, "w", "b"));
        var weights = new Dictionary<string, WeightTensor> { ["w"] = new([1, 1], [0f]), ["b"] = new([1], [0.3f]) };

        Assert.Equal(0.3f, RoundedNetwork.Of(builder.Build(), weights, 4).Values(weights)["b"].Values[0], 1e-6f);
    }

    [Fact]
    public void Passes_leave_no_tensor_behind()
    {
        NetworkGraph graph = Separable();
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, seed: 4), weightBits: 8);
        Pass();
        long before = Tensor.TotalCount;

        Pass();

        Assert.Equal(before, Tensor.TotalCount);

        void Pass()
        {
            using DisposeScope scope = NewDisposeScope();
            using GraphRun run = module.Run(ones(1, 3, 9, 9));
            run.Potentials["depth"][0].sum().backward();
        }
    }

    /// <summary>A separable layer of neurons and a separable head behind a resize, whose convolutions are worked out as one.</summary>
    private static NetworkGraph Separable()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(3, 9, 9));
        string depthwise = builder.Convolution("depthwise", builder.Input, new ConvolutionOperation(3, 3, 2, 1, 3, "d", null));
        string fire = builder.Fire("fire", builder.Convolution("pointwise", depthwise, new ConvolutionOperation(4, 1, 1, 0, 1, "p", null)), new NeuronSettings { InputGain = 4f });
        string head = builder.Convolution("head.depthwise", builder.NearestResize("resize", fire, 11, 11), new ConvolutionOperation(4, 3, 1, 0, 4, "hd", "hdb"));
        builder.Integrate("depth", [builder.Convolution("head", head, new ConvolutionOperation(1, 1, 1, 0, 1, "hp", "hpb"))], 1f);
        return builder.Build();
    }
}
