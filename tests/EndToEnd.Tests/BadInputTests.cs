using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>Whatever is wrong with the input: one clear line that names it, exit code 2, nothing half-written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_not_there() => Refused("nope_data.hdf5", "info", _folder.File("nope_data.hdf5"));

    [Fact]
    public void A_file_that_is_no_recording() => Refused("not an HDF5 file", "info", Write("x_data.hdf5", "hello"));

    [Fact]
    public void A_text_whose_columns_are_unknown() => Refused("--order", "convert", Write("x.txt", "hello world\n"), _folder.File("out"));

    [Fact]
    public void Weights_that_are_no_weights() => Refused("weights.safetensors", "evaluate", "sim:boxes?rig=davis240&seconds=0.1", "--weights", Write("weights.safetensors", "not weights"));

    [Fact]
    public void A_reference_file_that_is_none() => Refused("x.npz", "verify", Write("x.npz", "PK"));

    [Fact]
    public void An_unknown_preset() => Refused("sim-small", "train", "--preset", "huge", "--data", "sim:room", "--out", _folder.File("run"));

    [Fact]
    public void An_unknown_option() => Refused("--help", "simulate", "--colour");

    [Fact]
    public void A_run_that_cannot_be_resumed() => Refused("last.safetensors", "train", "--resume", _folder.File("run"));

    private void Refused(string named, params string[] arguments)
    {
        string[] before = Files();

        Program.Answer answer = Program.Run(arguments);

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(named, answer.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Errors, StringComparison.Ordinal);
        Assert.Equal("", answer.Output);
        Assert.Equal(before, Files());
    }

    private string[] Files() => [.. Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Order()];

    private string Write(string name, string content)
    {
        File.WriteAllText(_folder.File(name), content);
        return _folder.File(name);
    }
}
