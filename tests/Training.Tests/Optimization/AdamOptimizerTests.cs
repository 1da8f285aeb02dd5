using CsCheck;
using StereoSpike.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training.Tests.Optimization;

[Collection(nameof(OneTorchThread))]
public class AdamOptimizerTests
{
    [Fact]
    public void Three_steps_are_those_of_the_papers_algorithm()
    {
        // lr 0.1, gradients 1, 1, −2 of one weight that starts at 1. β₁ = 0.9, β₂ = 0.999.
        // t=1: m = 0.1, v = 0.001:                    m̂ = 1,               v̂ = 1:                  w = 1 − 0.1 = 0.9
        // t=2: m = 0.19, v = 0.001999:                m̂ = 0.19/0.19 = 1,   v̂ = 1:                  w = 0.8
        // t=3: m = 0.171 − 0.2 = −0.029, v = 0.001997001 + 0.004 = 0.005997001; 1 − 0.729 = 0.271, 1 − 0.997002999 = 0.002997001:
        //      m̂ = −0.10701107, v̂ = 2.00100066, √v̂ = 1.41456731:           w = 0.8 + 0.1·0.07564933 = 0.80756493
        using GraphModule module = Scalar(1f);
        using var adam = new AdamOptimizer(module);
        float[] found = [.. new[] { 1f, 1f, -2f }.Select(gradient =>
        {
            Learn(module, adam, [gradient], 0.1);
            return module.Tensors["w"].item<float>();
        })];

        Assert.Equal(0.9f, found[0], 1e-6f);
        Assert.Equal(0.8f, found[1], 1e-6f);
        Assert.Equal(0.80756493f, found[2], 1e-6f);
        Assert.Equal(3, adam.Steps);
    }

    [Fact]
    public void It_steps_as_libtorchs_own_Adam() => Gen.Select(Gen.Float[-1f, 1f].Array[12], Gen.Float[-10f, 10f].Array[12].Array[1, 8], Gen.Double[1e-5, 0.1]).Sample((start, gradients, rate) =>
    {
        using GraphModule module = Linear(start);
        using var ours = new AdamOptimizer(module);
        using DisposeScope scope = NewDisposeScope();
        var twin = new TorchSharp.Modules.Parameter(tensor(start, [3, 4]));
        using TorchSharp.Modules.Adam theirs = optim.Adam([twin], rate);
        foreach (float[] gradient in gradients)
        {
            Learn(module, ours, gradient, rate);
            theirs.zero_grad();
            (twin * tensor(gradient, [3, 4])).sum().backward();
            theirs.step();
        }

        // ε stands outside the bias correction in both; they round in other places.
        float[] found = module.Tensors["w"].data<float>().ToArray(), expected = twin.data<float>().ToArray();
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 2e-6f));
    }, iter: 50, threads: 1);

    [Fact]
    public void Clipping_scales_the_joint_norm_to_the_bound_and_leaves_smaller_ones()
    {
        // (3, 4, 0, …) has norm 5: clipped to 1 it is (0.6, 0.8); with a bound of 10 it stays.
        using GraphModule module = Linear(new float[12]);
        using var adam = new AdamOptimizer(module);
        Backward(module, [3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

        Assert.Equal(5.0, adam.ClipGradients(10), 1e-5);
        Assert.Equal([3f, 4f], module.Tensors["w"].grad!.data<float>().ToArray()[..2]);
        Assert.Equal(5.0, adam.ClipGradients(1), 1e-5);
        Assert.All(new[] { 0.6f, 0.8f }.Zip(module.Tensors["w"].grad!.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void A_state_carried_over_goes_on_bit_for_bit()
    {
        using GraphModule first = Linear([.. Enumerable.Range(0, 12).Select(i => i / 12f)]);
        using var uninterrupted = new AdamOptimizer(first);
        Learn(first, uninterrupted, [.. Enumerable.Range(0, 12).Select(i => i - 5.3f)], 0.01);
        using var second = new GraphModule(first.Graph, first.ExportWeights());
        using var resumed = new AdamOptimizer(second);
        resumed.ImportState(uninterrupted.ExportState(), uninterrupted.Steps, "last");

        foreach ((GraphModule module, AdamOptimizer adam) in new[] { (first, uninterrupted), (second, resumed) })
        {
            Learn(module, adam, [.. Enumerable.Range(0, 12).Select(i => 0.7f * i)], 0.01);
        }

        Assert.Equal(first.ExportWeights()["w"].Values, second.ExportWeights()["w"].Values);
    }

    [Fact]
    public void A_state_of_another_network_is_refused_by_file_and_moment()
    {
        using GraphModule module = Linear(new float[12]);
        using var adam = new AdamOptimizer(module);

        var error = Assert.Throws<InvalidDataException>(() => adam.ImportState(new Dictionary<string, WeightTensor>(), 3, "run/last.safetensors"));

        Assert.StartsWith("run/last.safetensors: adam.m.w: the optimiser's moment is missing or not of shape [3, 4].", error.Message, StringComparison.Ordinal);
    }

    private static void Learn(GraphModule module, AdamOptimizer adam, float[] gradient, double rate)
    {
        adam.ZeroGradients();
        Backward(module, gradient);
        adam.Step(rate);
    }

    private static void Backward(GraphModule module, float[] gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w = module.Tensors["w"];
        (w * tensor(gradient, w.shape)).sum().backward();
    }

    private static GraphModule Scalar(float value) => Made(1, 1, [value]);

    private static GraphModule Linear(float[] values) => Made(4, 3, values);

    private static GraphModule Made(int inputs, int outputs, float[] values)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(inputs, 1, 1));
        builder.Linear("out", builder.Input, new LinearOperation(outputs, "w", null));
        return new GraphModule(builder.Build(), new Dictionary<string, WeightTensor> { ["w"] = new([outputs, inputs], values) });
    }
}
