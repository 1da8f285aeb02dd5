using StereoSpike.Model;
using static TorchSharp.torch;

namespace StereoSpike.Readout.Tests.Pictures;

[Collection(nameof(OneTorchThread))]
public class InitializationPictureTests
{
    [Fact]
    public void A_layer_that_fires_leaves_a_bar_and_a_silent_one_none()
    {
        // Two layers of one IF neuron each; the second's weight is 0. In the middle chart, 22 px above its base, only the first slot is filled.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        string first = builder.Fire("first", builder.Linear("a", builder.Input, new LinearOperation(1, "a.weight", null)), new NeuronSettings());
        builder.Fire("second", builder.Linear("b", first, new LinearOperation(1, "b.weight", null)), new NeuronSettings());
        using var module = new GraphModule(builder.Build(), new Dictionary<string, WeightTensor> { ["a.weight"] = new([1, 1], [1f]), ["b.weight"] = new([1, 1], [0f]) });
        using Tensor input = ones([1, 4, 1, 1, 1]);

        Picture picture = InitializationPicture.Draw(InitializationReport.Measure(module, input, 1e-3, activeOnly: false), "start");

        int y = 76 + 150 + 64 + 128;
        Colour paper = picture[1, y];
        int slot = (picture.Width - 144) / 2;
        Assert.NotEqual(paper, picture[72 + (slot / 2), y]);
        Assert.Equal(paper, picture[72 + slot + (slot / 2), y]);
    }
}
