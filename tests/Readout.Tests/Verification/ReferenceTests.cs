using StereoSpike.Files;
using StereoSpike.Model;
using StereoSpike.Tests;
using TorchSharp;

namespace StereoSpike.Readout.Tests.Verification;

[Collection(nameof(OneTorchThread))]
public sealed class ReferenceTests : IDisposable
{
    private static readonly StereoSpikeSettings Settings = new() { Width = 24, Height = 16, Channels = 0.1, Kind = ConvolutionKind.Separable, Neuron = NeuronKind.Plif, InputGain = 10f };
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("reference.npz");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Kind_neuron_gain_views_size_and_channels_are_read_off_the_arrays()
    {
        Write(OwnAnswers());

        StereoSpikeSettings read = ReferenceFile.Load(Path).Settings;

        Assert.Equal((ConvolutionKind.Separable, NeuronKind.Plif, 10f), (read.Kind, read.Neuron, read.InputGain));
        Assert.Equal((24, 16, 4), (read.Width, read.Height, read.InputChannels));
        Assert.Equal([3, 6, 13, 26, 51], new[] { "bottom", "conv1", "conv2", "conv3", "conv4" }.Select(node => StereoSpikeNetwork.Build(read)[node].Shape.Channels));   // 3.2, 6.4, 12.8, 25.6, 51.2
    }

    [Fact]
    public void The_networks_own_answers_pass()
    {
        Write(OwnAnswers());

        ReferenceReport report = Compare();

        Assert.True(report.Passed, report.ToString());
        Assert.Equal((0L, 0L, 0.0), (report.SpikeMismatches, report.SpikeTies, report.DepthMaxAbs));
        Assert.Null(report.LossRel);
    }

    [Fact]
    public void One_spike_too_many_is_counted_and_fails()
    {
        Dictionary<string, NpyArray> answers = OwnAnswers();
        float[] spikes = answers["spikes.bottom"].ToSingles();
        spikes[5] = 1f - spikes[5];
        answers["spikes.bottom"] = NpyArray.From(spikes, answers["spikes.bottom"].Shape);
        Write(answers);

        ReferenceReport report = Compare();

        // Counted in bottom, and once more where the decoder's sum less the skip no longer is what deconv1 fired.
        Assert.False(report.Passed);
        Assert.InRange(report.SpikeMismatches, 1, 10_000);
        Assert.Equal(0, report.SpikeTies);
    }

    [Fact]
    public void A_depth_off_by_more_than_the_tolerance_fails()
    {
        Dictionary<string, NpyArray> answers = OwnAnswers();
        float[] depth = answers["depth1"].ToSingles();
        depth[^1] += 1f;
        answers["depth1"] = NpyArray.From(depth, answers["depth1"].Shape);
        Write(answers);

        ReferenceReport report = Compare();

        Assert.False(report.Passed);
        Assert.Equal(1.0, report.DepthMaxAbs, 1e-4);
    }

    [Theory]
    [InlineData("input")]
    [InlineData("multiply")]
    [InlineData("weights.conv3.pointwise")]
    [InlineData("weights.deconv2.w")]
    public void A_missing_array_is_refused_by_file_and_name(string array)
    {
        Dictionary<string, NpyArray> answers = OwnAnswers();
        answers.Remove(array);
        Write(answers);

        var error = Assert.Throws<InvalidDataException>(() => ReferenceFile.Load(Path));

        Assert.StartsWith(Path, error.Message, StringComparison.Ordinal);
        Assert.Contains(array.Replace("weights.deconv2", "deconv2", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    private ReferenceReport Compare()
    {
        ReferenceFile reference = ReferenceFile.Load(Path);
        var comparison = new ReferenceComparison(reference);
        using var module = new GraphModule(StereoSpikeNetwork.Build(reference.Settings), reference.Weights);
        using GraphRun run = ModuleComparison.Run(module, reference, comparison);
        return ModuleComparison.Report(run, comparison);
    }

    private void Write(Dictionary<string, NpyArray> arrays) => NpzFile.Write(Path, arrays);

    /// <summary>A reference file that our own engine fills: it proves the comparison, not the network.</summary>
    private static Dictionary<string, NpyArray> OwnAnswers()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        NetworkGraph graph = StereoSpikeNetwork.Build(Settings);
        using var module = new GraphModule(graph, UniformInitialization.Draw(graph, 4));
        torch.Tensor input = torch.rand([1, 4, 16, 24], generator: new torch.Generator(5)).gt(0.7f).to_type(torch.ScalarType.Float32);
        RateScaling.Apply(module, input, _ => 0.2f);
        GraphRun run = module.Run(input);
        var arrays = new Dictionary<string, NpyArray>
        {
            ["input"] = NpyArray.From(input.data<float>().ToArray(), 1, 4, 16, 24),
            ["multiply"] = NpyArray.From([10f]),
            ["loss"] = NpyArray.From([1f]),
            ["penalty"] = NpyArray.From([1f]),
        };
        foreach (string node in (string[])["bottom", "conv1", "conv2", "conv3", "conv4", "bottleneck", "add4", "add3", "add2", "add1"])
        {
            FeatureShape shape = graph[node].Shape;
            arrays[$"spikes.{node}"] = NpyArray.From(run.Spikes[node].data<float>().ToArray(), 1, shape.Channels, shape.Height, shape.Width);
        }

        for (int i = 0; i < 4; i++)
        {
            arrays[$"depth{4 - i}"] = NpyArray.From(run.Potentials[StereoSpikeNetwork.Readout][i].data<float>().ToArray(), 1, 1, 16, 24);
        }

        foreach ((string name, WeightTensor weight) in module.ExportWeights())
        {
            arrays[$"weights.{name}"] = NpyArray.From(weight.Values, [.. weight.Shape]);
        }

        return arrays;
    }
}
