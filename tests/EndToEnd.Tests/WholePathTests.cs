using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>From a simulated recording on disk to a trained network's depth maps, command by command.</summary>
public sealed class WholePathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mvsec", 346, 260)]
    [InlineData("davis240", 240, 180)]
    public void A_simulated_recording_is_written_described_learned_scored_and_inferred(string rig, int width, int height)
    {
        string recording = _folder.File("sim_data.hdf5"), run = _folder.File("run"), weights = Path.Combine(run, "weights.safetensors"), depth = _folder.File("depth");

        JsonObject made = Program.Run("simulate", recording, "--rig", rig, "--seconds", "0.4", "--seed", "3", "--json").Good();
        JsonObject info = Program.Run("info", recording, "--json").Good();
        JsonObject trained = Program.Run(
            "train", "--preset", "sim-small", "--data", recording, "--out", run, "--epochs", "1", "--channels", "0.0625", "--threads", "1", "--json",
            "--width", Text(width), "--height", Text(height)).Good();
        JsonObject scored = Program.Run("evaluate", recording, "--weights", weights, "--matchers", "--gate-windows", "2", "--threads", "1", "--json").Good();
        JsonObject inferred = Program.Run("infer", recording, "--weights", weights, "--out", depth, "--threads", "1", "--json").Good();

        string page = Path.Combine(run, "report.html");
        File.Delete(page);
        JsonObject reported = Program.Run("report", run, "--json").Good();
        Assert.Equal(page, (string)reported["report"]!);
        Assert.Contains("seed 1", File.ReadAllText(page), StringComparison.Ordinal);

        Assert.Equal(("mvsec", width, height, 8), ((string)info["format"]!, (int)info["width"]!, (int)info["height"]!, (int)info["labels"]!));
        Assert.Equal((long)made["events"]!["left"]!, (long)info["events"]!["left"]!);
        Assert.Equal((long)made["events"]!["right"]!, (long)info["events"]!["right"]!);
        foreach (string camera in (string[])["left", "right"])
        {
            JsonNode behaviour = info[camera]!;
            Assert.Equal((0, 0), ((long)behaviour["steps_back"]!, (long)behaviour["farthest_back_us"]!));
            Assert.Contains('█', (string)behaviour["rate"]!);
            Assert.True((double)behaviour["events_per_second"]! <= (double)behaviour["peak_events_per_second"]!);
        }

        Assert.Equal(0, (int)trained["epoch"]!);
        foreach (string key in (string[])[
            "frames", "pixels", "mean_depth_error_cm", "mean_depth_error_pixelwise_cm", "median_depth_error_cm", "mean_disparity_error_px", "one_pixel_accuracy",
            "abs_rel", "rmse_m", "silog", "delta1", "delta2", "delta3", "firing_rate", "baselines", "gates"])
        {
            Assert.NotNull(scored[key]);
        }

        foreach (string matcher in (string[])["count_ncc", "time_surface", "coincidence", "coincidence_left_right"])
        {
            Assert.InRange((double)scored["baselines"]![matcher]!["answered_share"]!, 0.1, 1.0);
            Assert.InRange((double)scored["baselines"]![matcher]!["mean_disparity_error_px"]!, 0.01, 10.0);
        }

        Assert.Equal("0.8 to 1.2", (string)scored["gates"]!["shift_slope"]!["expected"]!);
        Assert.InRange((double)scored["firing_rate"]!["mean"]!, 0.001, 1.0);
        foreach (string key in (string[])["frames", "frame_ms_p50", "frame_ms_p95", "frame_ms_p99", "events_per_second", "firing_rate"])
        {
            Assert.NotNull(inferred[key]);
        }

        Assert.NotEmpty(Directory.EnumerateFiles(depth, "*.png", SearchOption.AllDirectories));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories), file => file.EndsWith(".part", StringComparison.Ordinal) || file.EndsWith(".spool", StringComparison.Ordinal));
    }

    [Fact]
    public void Prepared_scenes_train_like_simulated_ones_and_a_cache_is_filled_once()
    {
        const string Scenes = "sim:boxes?rig=64x48,46,0.1&scenes=2&seconds=0.3";
        string[] network = ["--width", "64", "--height", "48", "--channels", "0.0625", "--epochs", "1", "--threads", "1", "--json"];
        string cache = _folder.File("cache");

        JsonObject prepared = Program.Run("prepare", "simulated", Scenes, "--out", _folder.File("set"), "--json").Good();
        JsonObject fromSet = Program.Run(["train", "--data", _folder.File("set"), "--out", _folder.File("a"), .. network]).Good();
        JsonObject fromCache = Program.Run(["train", "--data", Scenes, "--cache", cache, "--out", _folder.File("b"), .. network]).Good();

        Assert.Equal((2, 10), ((int)prepared["recordings"]!, (int)prepared["samples"]!));   // labels at 50 to 300 ms; the first window begins before the first event
        Assert.Equal((double)fromSet["training_loss"]!, (double)fromCache["training_loss"]!);
        Assert.Equal(2, Directory.GetFiles(cache, "*.samples").Length);
    }

    [Fact]
    public void Weights_of_another_sensor_are_refused_by_name()
    {
        string small = _folder.File("small_data.hdf5"), large = _folder.File("large_data.hdf5"), run = _folder.File("run");
        Program.Run("simulate", small, "--rig", "custom", "--width", "64", "--height", "48", "--focal-px", "50", "--baseline-m", "0.1", "--seconds", "0.3", "--json").Good();
        Program.Run("simulate", large, "--rig", "davis240", "--seconds", "0.1", "--json").Good();
        Program.Run("train", "--data", small, "--out", run, "--epochs", "1", "--channels", "0.0625", "--width", "64", "--height", "48", "--threads", "1", "--json").Good();

        Program.Answer answer = Program.Run("evaluate", large, "--weights", Path.Combine(run, "weights.safetensors"));

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("240×180", answer.Errors, StringComparison.Ordinal);
        Assert.Contains("64×48", answer.Errors, StringComparison.Ordinal);
        Assert.Single(answer.Errors.Trim().Split('\n'));
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
