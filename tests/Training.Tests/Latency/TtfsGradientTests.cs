using StereoSpike.Model;
using StereoSpike.Readout;
using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Training.Tests.Latency;

[Collection(nameof(OneTorchThread))]
public class TtfsGradientTests
{
    private const int Steps = 8, Images = 3;

    [Fact]
    public void Loss_and_gradients_of_a_whole_network_are_libtorchs()
    {
        OneTorchThread.Start();
        var random = new Random(5);
        var network = new TtfsNetwork(new TtfsSettings { Channels = 2, Height = 8, Width = 6, Steps = Steps, Network = "20C3-P2-16C3-12" }, Images);
        var times = new ushort[Images][];
        for (int i = 0; i < Images; i++)
        {
            times[i] = [.. Enumerable.Range(0, 2 * 8 * 6).Select(_ => (ushort)random.Next(Steps + 1))];
            network.Show(i, times[i]);
        }

        TtfsStart.Draw(network, Images, deviation: 0.5f, seed: 4);
        network.Forward(Images);
        double loss = Enumerable.Range(0, Images).Sum(i => CrossEntropy.Loss(network.Potentials(i), i, 0.1f, 1f / Images, network.Errors(i))) / Images;
        network.Backward(Images);

        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, WeightTensor> tensors = TtfsWeights.Of(network, new Dictionary<string, string>()).Tensors;
        Dictionary<string, Tensor> torchs = tensors.ToDictionary(pair => pair.Key, pair => tensor(pair.Value.Values, [.. pair.Value.Shape.Select(side => (long)side)]).requires_grad_());
        using Tensor input = tensor(times.SelectMany(image => image.Select(time => (Steps - time) / (float)Steps)).ToArray(), [Images, 2, 8, 6]);
        Tensor v = nn.functional.conv2d(input, torchs["layer1.weight"], torchs["layer1.bias"], padding: [1L, 1L]);
        v = nn.functional.avg_pool2d(Fire(v), 2);
        v = Fire(nn.functional.conv2d(v, torchs["layer2.weight"], torchs["layer2.bias"], padding: [1L, 1L]));
        v = Fire(nn.functional.linear(v.flatten(1), torchs["layer3.weight"], torchs["layer3.bias"]));
        v = nn.functional.linear(v, torchs["layer4.weight"], torchs["layer4.bias"]);
        using Tensor targets = full([Images, 10], 0.1f / 9f);
        for (int i = 0; i < Images; i++)
        {
            targets[i, i] = 0.9f;
        }

        using Tensor torchLoss = -(targets * nn.functional.log_softmax(v, 1)).sum() / Images;
        torchLoss.backward();

        Assert.Equal(torchLoss.item<float>(), loss, 1e-5);
        TtfsWeights gradients = Gradients(network);
        Assert.All(torchs, pair =>
        {
            float[] expected = pair.Value.grad!.data<float>().ToArray(), found = gradients.Tensors[pair.Key].Values;
            double most = expected.Max(Math.Abs);
            Assert.All(expected.Zip(found), both => Assert.InRange(both.Second - both.First, -1e-4 * most, 1e-4 * most));
            Assert.True(most > 0, $"{pair.Key} gets no gradient.");
        });
    }

    /// <summary>⌊V·T + ½⌋/T within 0 to 1; the way back takes it for V between 0 and 1.</summary>
    private static Tensor Fire(Tensor v)
    {
        using Tensor open = v.gt(0f).logical_and(v.lt(1f)).to_type(ScalarType.Float32).detach();
        Tensor through = v * open, level = (((v * Steps) + 0.5f).floor() / Steps).clamp(0, 1);
        return through + (level - through).detach();
    }

    /// <summary>The gradients in a file's order: they lie as the weights do, so a network that holds them for weights puts them there.</summary>
    private static TtfsWeights Gradients(TtfsNetwork network)
    {
        foreach (RampLayer layer in network.Layers)
        {
            layer.WeightGradients.CopyTo(layer.Weights, 0);
            layer.BiasGradients.CopyTo(layer.Bias, 0);
        }

        return TtfsWeights.Of(network, new Dictionary<string, string>());
    }
}
