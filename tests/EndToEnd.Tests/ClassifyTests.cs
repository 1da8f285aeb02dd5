using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

public sealed class ClassifyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_learns_from_the_images_that_ship_and_leaves_pictures()
    {
        JsonObject result = Program.Run("classify", "demo", "--out", _folder.Path, "--json").Good();

        Assert.Equal(200, result["images"]!.GetValue<int>());
        double strict = result["accuracy_strict"]!.GetValue<double>(), inclusive = result["accuracy_inclusive"]!.GetValue<double>();
        Assert.InRange(strict, 0.4, inclusive);   // ten classes, 40 images of each to learn from; chance is 0.1, and this seed reaches 0.46
        Assert.All(["confusion", "raster"], key => Assert.True(new FileInfo(result[key]!.GetValue<string>()).Length > 1000));
    }

    [Fact]
    public void A_folder_without_images_is_refused_by_the_name_of_the_file_it_lacks()
    {
        Program.Answer answer = Program.Run("classify", "train", "--data", _folder.Path, "--out", _folder.File("run"));

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("train-images-idx3-ubyte", answer.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_order_that_is_no_permutation_is_refused()
    {
        string assets = Path.Combine(Path.GetDirectoryName(Program.Assembly)!, "Assets", "fashion-mnist");
        File.WriteAllText(_folder.File("w.npz"), "");

        Program.Answer answer = Program.Run("classify", "evaluate", "--weights", _folder.File("w.npz"), "--data", assets, "--label-order", "0,1,2");

        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("label order", answer.Errors, StringComparison.Ordinal);
    }
}
