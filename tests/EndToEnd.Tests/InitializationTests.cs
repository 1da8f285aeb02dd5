using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>How a network stands before training, and what a start is worth, as commands.</summary>
public sealed class InitializationTests : IDisposable
{
    private const string Scenes = "sim:boxes?rig=64x48,46,0.1&scenes=2&seconds=0.3";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_tells_of_every_layer_of_StereoSpike_and_draws_it()
    {
        string picture = _folder.File("layers.png");

        JsonObject report = Program.Run(
            "init-report", "--data", Scenes, "--width", "64", "--height", "48", "--channels", "0.25", "--neuron", "plif", "--initialization", "fluctuation:calibrate=0.1", "--samples", "8", "--plot", picture, "--threads", "1", "--json").Good();

        JsonObject[] layers = [.. report["layers"]!.AsArray().Select(layer => layer!.AsObject())];
        Assert.Equal(13, layers.Length);
        foreach (string key in (string[])["name", "fan_in", "nu", "mu_w", "sigma_w", "predicted_mu_u", "measured_mu_u", "predicted_sigma_u", "measured_sigma_u", "rate", "silent_share"])
        {
            Assert.All(layers, layer => Assert.NotNull(layer[key]));
        }

        Assert.All(layers, layer => Assert.InRange((double)layer["rate"]!, 0.097, 0.103));   // bisection stops within 3 %
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture)[..4]);
    }

    [Fact]
    public void A_trained_network_is_reported_as_it_is()
    {
        string run = _folder.File("run");
        Program.Run("train", "--data", Scenes, "--out", run, "--epochs", "1", "--channels", "0.0625", "--width", "64", "--height", "48", "--initialization", "fluctuation:sigma=0.8", "--threads", "1", "--json").Good();

        JsonObject report = Program.Run("init-report", "--data", Scenes, "--weights", Path.Combine(run, "weights.safetensors"), "--samples", "4", "--threads", "1", "--json").Good();

        Assert.Equal(("weights.safetensors", 4), ((string)report["initialization"]!, (int)report["samples"]!));
        Assert.Null(report["initialization_seconds"]);
    }

    [Fact]
    public void A_study_compares_starts()
    {
        JsonObject study = Program.Run(
            "init-study", "--initialization", "default", "fluctuation", "--layers", "2", "--neurons", "32", "--samples", "200", "--test-samples", "100", "--epochs", "2", "--seeds", "2", "--threads", "1", "--json").Good();

        JsonArray starts = study["starts"]!.AsArray();
        Assert.Equal(["default", "fluctuation"], starts.Select(start => (string)start!["initialization"]!));
        Assert.Equal(0.1, (double)starts[0]!["test_accuracy"]!, 1e-9);   // silent: the first of ten classes takes every sample
        Assert.All(starts, start => Assert.Equal([1, 2], start!["runs"]!.AsArray().Select(run => (int)run!["seed"]!)));
        Assert.All(starts[1]!["runs"]!.AsArray(), run => Assert.All(run!["start_rates_hz"]!.AsArray(), rate => Assert.InRange((double)rate!, 1, 100)));
    }

    [Theory]
    [InlineData("is no initialisation", "--network", "20-32", "--initialization", "wish")]
    [InlineData("cannot be reached", "--network", "20-32", "--initialization", "fluctuation:mu=0.9,xi=9")]
    [InlineData("is no network", "--network", "20x32")]
    [InlineData("--data")]
    public void What_cannot_be_is_refused_in_one_line(string named, params string[] arguments)
    {
        Program.Answer answer = Program.Run(["init-report", .. arguments]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Output));
        Assert.Contains(named, answer.Errors, StringComparison.Ordinal);
        Assert.Single(answer.Errors.Trim().Split('\n'));
    }
}
