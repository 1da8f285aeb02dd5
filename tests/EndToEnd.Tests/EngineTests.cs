using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>The engines as a user chooses them.</summary>
public sealed class EngineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void A_golden_file_passes_with_the_event_engine_which_has_no_loss_and_no_gradients(string name)
    {
        JsonObject result = Program.Run("verify", Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz"), "--engine", "event", "--json").Good();

        Assert.True((bool)result["passed"]!);
        Assert.Equal(0, (int)result["spike_mismatches"]!);
        Assert.Null(result["loss_rel"]);
        Assert.Null(result["gradient_max_rel"]);
    }

    [Fact]
    public void The_event_engine_infers_where_there_is_no_libtorch_and_maps_none()
    {
        string recording = _folder.File("small_data.hdf5"), run = _folder.File("run"), weights = Path.Combine(run, "weights.safetensors");
        Program.Run("simulate", recording, "--rig", "custom", "--width", "64", "--height", "48", "--focal-px", "50", "--baseline-m", "0.1", "--seconds", "0.5", "--json").Good();
        Program.Run("train", "--data", recording, "--out", run, "--epochs", "1", "--channels", "0.0625", "--width", "64", "--height", "48", "--threads", "1", "--json").Good();

        Program.Answer torch = Program.RunWithoutLibTorch(_folder, "infer", recording, "--weights", weights, "--out", _folder.File("torch"), "--engine", "torch", "--json");
        Program.Answer inferred = Program.RunWithoutLibTorch(_folder, "infer", recording, "--weights", weights, "--out", _folder.File("event"), "--json");

        Assert.Equal(2, torch.ExitCode);   // proof that it was not there
        Assert.Equal("event", (string)inferred.Good()["engine"]!);
        Assert.NotEmpty(Directory.EnumerateFiles(_folder.File("event"), "*.png", SearchOption.AllDirectories));
        if (OperatingSystem.IsLinux())
        {
            string[] mapped = MappedWhileRunning("infer", recording, "--weights", weights, "--out", _folder.File("again"));
            Assert.Contains(mapped, file => file.Contains("libcoreclr", StringComparison.Ordinal));
            Assert.DoesNotContain(mapped, file => file.Contains("torch_cpu", StringComparison.Ordinal) || file.Contains("LibTorchSharp", StringComparison.Ordinal));
        }
    }

    /// <summary>Native libraries that a run ever mapped, looked up every few milliseconds: what is mapped stays so.</summary>
    private static string[] MappedWhileRunning(params string[] arguments)
    {
        using Process process = Program.Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        var mapped = new HashSet<string>();
        do
        {
            try
            {
                mapped.UnionWith(File.ReadLines($"/proc/{process.Id}/maps").Where(line => line.Contains(".so", StringComparison.Ordinal)).Select(line => line[line.IndexOf('/')..]));
            }
            catch (IOException)
            {
                break;   // it ended between the question and the look
            }
        }
        while (!process.WaitForExit(5));

        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result + output.Result);
        return [.. mapped];
    }
}
