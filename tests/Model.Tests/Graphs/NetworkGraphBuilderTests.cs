namespace StereoSpike.Model.Tests.Graphs;

public class NetworkGraphBuilderTests
{
    private readonly NetworkGraphBuilder _builder = new(new FeatureShape(4, 9, 12));

    [Theory]
    [InlineData(5, 1, 2, 9, 12)]   // same padding
    [InlineData(5, 2, 2, 5, 6)]    // (9 + 4 - 5)/2 + 1 = 5, (12 + 4 - 5)/2 + 1 = 6
    [InlineData(3, 1, 0, 7, 10)]   // valid
    public void A_convolution_infers_its_size(int kernel, int stride, int padding, int height, int width)
    {
        _builder.Convolution("conv", _builder.Input, new ConvolutionOperation(8, kernel, stride, padding, 1, "w", null));

        Assert.Equal(new FeatureShape(8, height, width), _builder.Shape("conv"));
    }

    [Fact]
    public void Parameters_are_listed_with_shape_and_fan_in()
    {
        _builder.Convolution("depthwise", _builder.Input, new ConvolutionOperation(4, 7, 1, 3, 4, "d", "d.bias"));
        _builder.Fire("fire", "depthwise", new NeuronSettings { Kind = NeuronKind.Plif });
        _builder.Linear("out", "fire", new LinearOperation(10, "l", null));

        // A depthwise kernel sums 1·7·7 = 49 inputs, the linear layer 4·9·12 = 432.
        Assert.Equal(
            ["d [4,1,7,7] 49", "d.bias [4] 0", "fire.w [] 0", "l [10,432] 432"],
            _builder.Build().Parameters.Select(parameter => $"{parameter.Name} [{string.Join(',', parameter.Shape)}] {parameter.FanIn}"));
    }

    [Fact]
    public void Mistakes_are_told_with_both_culprits()
    {
        _builder.NearestResize("small", _builder.Input, 3, 3);

        Assert.Equal("Node sum cannot add input [4, 9, 12] and small [4, 3, 3]: their shapes differ.", Message(() => _builder.Add("sum", _builder.Input, "small")));
        Assert.Equal("Node conv: 3 groups do not divide 4 input and 6 output channels.", Message(() => _builder.Convolution("conv", _builder.Input, new ConvolutionOperation(6, 3, 1, 1, 3, "w", null))));
        Assert.Equal("Node conv: a kernel of 11 px does not fit into its input of [4, 9, 12] with padding 0.", Message(() => _builder.Convolution("conv", _builder.Input, new ConvolutionOperation(6, 11, 1, 0, 1, "w", null))));
        Assert.Equal("There is no node \"later\" yet; add a node after the nodes it reads.", Message(() => _builder.Fire("fire", "later", new NeuronSettings())));
        Assert.Equal("There is a node \"small\" already.", Message(() => _builder.NearestResize("small", _builder.Input, 2, 2)));
        Assert.Equal("Node pool needs inputs of one shape; it was given input [4, 9, 12], small [4, 3, 3].", Message(() => _builder.Integrate("pool", [_builder.Input, "small"], 1f)));
    }

    [Fact]
    public void A_node_that_is_not_there_is_named_with_those_that_are()
    {
        _builder.Fire("fire", _builder.Input, new NeuronSettings());

        var error = Assert.Throws<KeyNotFoundException>(() => _builder.Build()["fier"]);

        Assert.Equal("The network has no node \"fier\"; it has input, fire.", error.Message);
    }

    private static string Message(Action mistake) => Assert.Throws<ArgumentException>(mistake).Message;
}
