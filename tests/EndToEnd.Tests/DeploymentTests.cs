using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>From trained weights to a chip and to other systems, as a user goes.</summary>
public sealed class DeploymentTests(DeploymentTests.SmallNetwork small) : IClassFixture<DeploymentTests.SmallNetwork>
{
    [Fact]
    public void A_network_is_placed_on_a_chip_or_told_what_keeps_it_off_and_what_to_do()
    {
        string picture = small.Folder.File("cores.png"), profile = small.Folder.File("chip.json");

        JsonObject fits = Program.Run("chip", "map", "--weights", small.Weights, "--profile", "generic", "--picture", picture, "--json").Good();
        Program.Answer speck = Program.Run("chip", "map", "--weights", small.Weights, "--profile", "speck", "--json");
        File.WriteAllText(profile, Program.Run("chip", "profiles", "--profile", "generic").Output);
        JsonObject own = Program.Run("chip", "map", "--weights", small.Weights, "--profile", profile, "--fold", "--json").Good();

        Assert.True((bool)fits["fits"]!);
        Assert.Equal(fits["layers"]!.AsArray().Sum(layer => (int)layer!["channel_parts"]! * (int)layer["row_parts"]!), (int)fits["cores_used"]!);
        Assert.True(new FileInfo(picture).Length > 1000);
        Assert.Equal(1, speck.ExitCode);
        Assert.Contains(speck.Json["violations"]!.AsArray(), violation => (string)violation!["limit"]! == "upsampling");
        Assert.All(speck.Json["violations"]!.AsArray(), violation => Assert.NotEqual("", (string)violation!["remedy"]!));
        Assert.True((int)own["cores_used"]! < (int)fits["cores_used"]!);   // folded, no core holds sums
    }

    [Fact]
    public void A_recording_runs_event_by_event_at_any_width_and_folded_and_is_priced()
    {
        JsonObject eight = Run("chip", "run", small.Recording, "--weights", small.Weights), sixteen = Run("chip", "run", small.Recording, "--weights", small.Weights, "--bits", "16");
        JsonObject folded = Run("chip", "run", small.Recording, "--weights", small.Weights, "--fold"), energy = Run("energy", small.Recording, "--weights", small.Weights);

        Assert.True((int)eight["frames"]! > 0);
        Assert.True((int)sixteen["sum_bits"]! > 32);   // and it runs
        Assert.True((int)folded["sum_bits"]! < (int)eight["sum_bits"]!);
        Assert.True((double)eight["mean_depth_error_cm"]! > 0);
        JsonNode bottom = eight["layers_per_frame"]!.AsArray().Single(layer => (string)layer!["name"]! == "bottom")!;
        Assert.Equal((double)bottom["spikes_out"]! / (8 * 64 * 48), (double)eight["firing_rate"]!["bottom"]!, 1e-4);   // a quarter of 32 channels
        Assert.True((double)energy["joules_with_memory"]! > (double)energy["joules_operations"]!);
        Assert.True((double)energy["joules_quantised_twin"]! > 0);
        Assert.Equal((double)energy["synaptic_operations"]!, (double)energy["effective_acs"]! + (double)energy["effective_macs"]!, 1.0);
    }

    [Fact]
    public void Rounded_weights_are_scored_beside_the_float_network_and_saved_for_any_engine()
    {
        string rounded = small.Folder.File("rounded.safetensors");

        JsonObject result = Run("quantize", small.Recording, "--weights", small.Weights, "--widths", "8,4", "--bits", "4", "--out", rounded);
        JsonObject evaluated = Run("evaluate", small.Recording, "--weights", rounded);

        JsonArray rows = result["widths"]!.AsArray();
        Assert.Equal(["float32", "int8", "int4"], rows.Select(row => (string)row!["weights"]!));
        // The float engine with rounded weights and the integer engine sum in different orders: a neuron on its threshold may differ.
        Assert.Equal((double)rows[2]!["mean_depth_error_cm"]!, (double)evaluated["mean_depth_error_cm"]!, 0.5);
    }

    [Fact]
    public void Weights_are_tuned_with_rounding_in_the_loop_and_come_out_rounded()
    {
        string run = small.Folder.File("tuned"), weights = Path.Combine(run, "weights.safetensors");

        Run("train", "--data", small.Recording, "--out", run, "--epochs", "1", "--init", small.Weights, "--quantize-bits", "4", "--kind", "separable", "--channels", "0.25", "--downsample", "1", "--width", "64", "--height", "48");
        JsonArray rows = Run("quantize", small.Recording, "--weights", weights, "--widths", "4")["widths"]!.AsArray();

        Assert.Equal((double)rows[0]!["firing_rate_mean"]!, (double)rows[1]!["firing_rate_mean"]!, 1e-3);   // 4 bits are all that the float engine has, too
        Assert.Equal((double)rows[0]!["mean_depth_error_cm"]!, (double)rows[1]!["mean_depth_error_cm"]!, 0.5);
    }

    [Fact]
    public void A_network_is_written_for_other_systems()
    {
        string onnx = small.Folder.File("n.onnx"), nir = small.Folder.File("n.nir"), c = small.Folder.File("n.h");

        Run("export", "onnx", onnx, "--weights", small.Weights);
        JsonObject portable = Run("export", "nir", nir, "--weights", small.Weights);
        JsonObject folded = Run("export", "nir", small.Folder.File("folded.nir"), "--weights", small.Weights, "--fold");
        JsonObject header = Run("export", "c", c, "--weights", small.Weights, "--bits", "4");
        JsonObject map = Run("chip", "map", "--weights", nir);

        Assert.Contains("deconv4", portable["left_out"]!.AsArray().Select(node => (string)node!));
        Assert.Equal((true, false), ((bool)portable["needs_type_check_off"]!, (bool)folded["needs_type_check_off"]!));
        Assert.True((bool)map["fits"]!);   // what was written is read
        Assert.Equal(4, (int)header["bits"]!);
        Assert.Contains($"#define SS_INPUTS {4 * 48 * 64}", File.ReadAllText(c), StringComparison.Ordinal);
        Assert.True(new FileInfo(onnx).Length > 10_000);
    }

    [Fact]
    public void ONNX_Runtime_infers_the_depths_of_the_event_engine()
    {
        string ours = small.Folder.File("event"), theirs = small.Folder.File("onnx");

        JsonObject a = Run("infer", small.Recording, "--weights", small.Weights, "--out", ours, "--engine", "event", "--pictures", "0");
        JsonObject b = Run("infer", small.Recording, "--weights", small.Weights, "--out", theirs, "--engine", "onnx", "--pictures", "0");

        Assert.Equal("onnx", (string)b["engine"]!);
        Assert.Equal((int)a["frames"]!, (int)b["frames"]!);
        Assert.Equal((double)a["firing_rate"]!["mean"]!, (double)b["firing_rate"]!["mean"]!, 1e-4);
        Assert.Equal((double)a["event_disparity_px"]!["p50"]!, (double)b["event_disparity_px"]!["p50"]!, 0.02);
    }

    private static JsonObject Run(params string[] arguments) => Program.Run([.. arguments, "--threads", "1", "--json"]).Good();

    /// <summary>A recording of 64×48 px and a separable network that learned from it for one epoch.</summary>
    public sealed class SmallNetwork : IDisposable
    {
        public SmallNetwork()
        {
            Recording = Folder.File("small_data.hdf5");
            string run = Folder.File("run");
            Weights = Path.Combine(run, "weights.safetensors");
            Program.Run("simulate", Recording, "--rig", "custom", "--width", "64", "--height", "48", "--focal-px", "50", "--baseline-m", "0.1", "--seconds", "0.5", "--json").Good();
            Run("train", "--data", Recording, "--out", run, "--epochs", "1", "--kind", "separable", "--channels", "0.25", "--downsample", "1", "--width", "64", "--height", "48");
        }

        internal TemporaryFolder Folder { get; } = new();

        public string Recording { get; }

        public string Weights { get; }

        public void Dispose() => Folder.Dispose();
    }
}
