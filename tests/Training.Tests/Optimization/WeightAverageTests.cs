using StereoSpike.Model;
using static TorchSharp.torch;

namespace StereoSpike.Training.Tests.Optimization;

[Collection(nameof(OneTorchThread))]
public class WeightAverageTests
{
    [Fact]
    public void It_follows_the_formula_first_fast_then_at_its_decay()
    {
        // Starts at 8. t=1: d = min(0.5, 2/11) = 2/11: a = 2/11·8 + 9/11·19 = 187/11 = 17. t=100: d = min(0.5, 101/110) = 0.5: a = (17 + 3)/2 = 10.
        using GraphModule module = One(8f);
        using var average = new WeightAverage(module, 0.5);

        Set(module, 19f);
        average.Add(1);
        Assert.Equal(17f, Kept(average), 1e-5f);

        Set(module, 3f);
        average.Add(100);
        Assert.Equal(10f, Kept(average), 1e-5f);
    }

    [Fact]
    public void It_is_shown_in_the_weights_place_and_gives_the_place_back()
    {
        using GraphModule module = One(8f);
        using var average = new WeightAverage(module, 0.5);
        Set(module, 3f);

        using (average.Show())
        {
            Assert.Equal(8f, module.Tensors["w"].item<float>());
        }

        Assert.Equal((3f, 8f), (module.Tensors["w"].item<float>(), Kept(average)));
    }

    private static float Kept(WeightAverage average) => average.ExportState()["average.w"].Values.Single();

    private static void Set(GraphModule module, float value)
    {
        using IDisposable noGradient = no_grad();
        module.Tensors["w"].fill_(value);
    }

    private static GraphModule One(float value)
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Linear("out", builder.Input, new LinearOperation(1, "w", null));
        return new GraphModule(builder.Build(), new Dictionary<string, WeightTensor> { ["w"] = new([1, 1], [value]) });
    }
}
