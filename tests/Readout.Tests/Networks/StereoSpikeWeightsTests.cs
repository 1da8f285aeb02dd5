using StereoSpike.Model;
using StereoSpike.Tests;

namespace StereoSpike.Readout.Tests.Networks;

public sealed class StereoSpikeWeightsTests : IDisposable
{
    private static readonly StereoSpikeSettings Tiny = new() { Width = 32, Height = 24, Channels = 1.0 / 16 };
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Settings_tensors_and_notes_read_back_the_same()
    {
        IReadOnlyDictionary<string, WeightTensor> drawn = Draw(Tiny);
        new StereoSpikeWeights(Tiny, drawn, new Dictionary<string, string> { ["seed"] = "1" }).Save(Path);

        StereoSpikeWeights read = StereoSpikeWeights.Load(Path);

        Assert.Equal(Tiny.ToJson(), read.Settings.ToJson());
        Assert.Equal(new Dictionary<string, string> { ["seed"] = "1" }, read.Notes);
        Assert.All(drawn, pair => Assert.Equal(pair.Value.Values, read.Tensors[pair.Key].Values));
    }

    [Fact]
    public void Weights_of_another_width_are_refused_with_tensor_and_both_shapes()
    {
        // 1/16 of 32 channels is 2, 1/8 is 4.
        new StereoSpikeWeights(Tiny with { Channels = 0.125 }, Draw(Tiny), new Dictionary<string, string>()).Save(Path);

        var error = Assert.Throws<InvalidDataException>(() => StereoSpikeWeights.Load(Path));

        Assert.Equal(
            $"{Path}: bottom.weight: has shape [2, 4, 5, 5] where the network needs [4, 4, 5, 5]. The weights belong to another architecture: check kind, neuron, channels, views, heads and sensor size.",
            error.Message);
    }

    [Fact]
    public void Weights_that_lack_a_tensor_or_have_one_too_many_are_refused_by_its_name()
    {
        new StereoSpikeWeights(Tiny with { Neuron = NeuronKind.Plif }, Draw(Tiny), new Dictionary<string, string>()).Save(Path);
        Assert.StartsWith($"{Path}: bottom.w: is missing.", Assert.Throws<InvalidDataException>(() => StereoSpikeWeights.Load(Path)).Message, StringComparison.Ordinal);

        new StereoSpikeWeights(Tiny, Draw(Tiny with { Neuron = NeuronKind.Plif }), new Dictionary<string, string>()).Save(Path);
        Assert.Contains(".w: is not part of the network.", Assert.Throws<InvalidDataException>(() => StereoSpikeWeights.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_refused_by_its_name()
    {
        IReadOnlyDictionary<string, WeightTensor> drawn = Draw(Tiny);
        drawn["deconv2.weight"].Values[7] = float.NaN;
        new StereoSpikeWeights(Tiny, drawn, new Dictionary<string, string>()).Save(Path);

        var error = Assert.Throws<InvalidDataException>(() => StereoSpikeWeights.Load(Path));

        Assert.StartsWith($"{Path}: deconv2.weight: holds a value that is not finite.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_weights_file_of_something_else_is_refused_for_its_missing_settings()
    {
        SafetensorsFile.Write(Path, Draw(Tiny), new Dictionary<string, string>());

        var error = Assert.Throws<InvalidDataException>(() => StereoSpikeWeights.Load(Path));

        Assert.StartsWith($"{Path}: __metadata__: has no \"stereospike\" entry", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyDictionary<string, WeightTensor> Draw(StereoSpikeSettings settings) => UniformInitialization.Draw(StereoSpikeNetwork.Build(settings), seed: 1);
}
