using System.IO.Compression;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

public class VerifyTests
{
    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz");

    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void A_golden_file_passes_with_exit_code_0(string name)
    {
        var result = Program.Run("verify", Golden(name), "--threads", "1", "--json").Good();

        Assert.True((bool)result["passed"]!);
        Assert.Equal(0, (int)result["spike_mismatches"]!);
        Assert.InRange((double)result["depth_max_abs"]!, 0, 1e-4);
        Assert.InRange((double)result["loss_rel"]!, 0, 1e-5);
        Assert.InRange((double)result["penalty_rel"]!, 0, 1e-5);
        Assert.InRange((double)result["gradient_max_rel"]!, 0, 1e-3);
    }

    [Theory]
    [InlineData("onnx", "dense-if")]
    [InlineData("onnx", "dense-plif")]
    [InlineData("onnx", "separable-plif")]
    [InlineData("onnx", "monocular-dense-if")]
    public void Another_engine_gives_the_same_spikes_and_depths_and_has_no_gradients(string engine, string name)
    {
        var result = Program.Run("verify", Golden(name), "--engine", engine, "--threads", "1", "--json").Good();

        Assert.Equal(0, (int)result["spike_mismatches"]!);
        Assert.InRange((double)result["depth_max_abs"]!, 0, 1e-4);
        Assert.Null(result["gradient_max_rel"]);
    }

    [Fact]
    public void A_file_with_one_spike_turned_over_fails_with_exit_code_1_and_still_prints_its_result()
    {
        using var folder = new TemporaryFolder();
        string tampered = folder.File("tampered.npz");
        File.Copy(Golden("dense-if"), tampered);
        using (ZipArchive zip = ZipFile.Open(tampered, ZipArchiveMode.Update))
        {
            ZipArchiveEntry entry = zip.GetEntry("spikes.conv1.npy")!;
            var bytes = new byte[entry.Length];
            using (Stream stream = entry.Open())
            {
                stream.ReadExactly(bytes);
            }

            float last = BitConverter.ToSingle(bytes, bytes.Length - 4);
            BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), 1f - last);
            entry.Delete();
            using Stream written = zip.CreateEntry("spikes.conv1.npy").Open();
            written.Write(bytes);
        }

        Program.Answer answer = Program.Run("verify", tampered, "--threads", "1", "--json");

        Assert.Equal(1, answer.ExitCode);
        Assert.False((bool)answer.Json["passed"]!);
        Assert.True((int)answer.Json["spike_mismatches"]! >= 1);
    }
}
