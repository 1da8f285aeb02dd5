using StereoSpike.Model;
using StereoSpike.Tests;

namespace StereoSpike.Readout.Tests.Series;

public sealed class SeriesWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static readonly SeriesSettings Settings = new()
    {
        Task = "audio",
        Steps = 5,
        Bands = 3,
        Inputs = 2,
        Outputs = ["yes", "no"],
        Layers = [new SeriesLayerSettings { Channels = 4, Recurrent = true, Adaptation = 0.5f, Surrogate = "atan:2" }],
        Readout = SeriesReadoutKind.Max,
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_comes_back_from_its_file_with_the_same_answers()
    {
        var network = new SeriesNetwork(Settings, 9);
        float[] input = [.. Enumerable.Range(0, 30).Select(i => i % 7 * 0.5f)];
        SeriesTrace before = network.Trace();
        network.Forward(input, before);

        SeriesWeights.Save(_folder.File("w.safetensors"), network, new Dictionary<string, string> { ["encoding"] = "{}" });
        (SeriesNetwork read, IReadOnlyDictionary<string, string> notes) = SeriesWeights.Load(_folder.File("w.safetensors"), "audio");

        SeriesTrace after = read.Trace();
        read.Forward(input, after);
        Assert.Equal(before.Scores, after.Scores);
        Assert.Equal("{}", notes["encoding"]);
        Assert.Equal(Settings.ToJson(), read.Settings.ToJson());
    }

    [Fact]
    public void A_network_for_another_task_is_refused()
    {
        SeriesWeights.Save(_folder.File("w.safetensors"), new SeriesNetwork(Settings, 1), new Dictionary<string, string>());

        Assert.Contains("is for audio, not eeg", Assert.Throws<InvalidDataException>(() => SeriesWeights.Load(_folder.File("w.safetensors"), "eeg")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"steps\":5", "\"steps\":-1")]
    [InlineData("\"steps\":5", "\"steps\":65536,\"nonsense\":1")]
    [InlineData("\"channels\":4", "\"channels\":4000000")]
    [InlineData("\"surrogate\":\"atan:2\"", "\"surrogate\":\"magic\"")]
    public void Settings_out_of_range_are_refused_before_anything_is_allocated(string from, string to)
    {
        string json = Settings.ToJson().Replace(from, to, StringComparison.Ordinal);

        Assert.StartsWith("w.safetensors: network settings", Assert.Throws<InvalidDataException>(() => SeriesSettings.FromJson(json, "w.safetensors")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_too_large_for_any_sequence_is_refused()
    {
        string json = (Settings with { Steps = 60000, Bands = 4000 }).ToJson();

        Assert.Contains("values a sequence", Assert.Throws<InvalidDataException>(() => SeriesSettings.FromJson(json, "w")).Message, StringComparison.Ordinal);
    }
}
