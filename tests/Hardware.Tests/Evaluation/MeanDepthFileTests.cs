using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class MeanDepthFileTests
{
    private static readonly SensorSize Sensor = new(3, 2);

    [Fact]
    public void A_map_reads_back()
    {
        float[] metres = [1, 2, 3, 4, 5, 6];

        Assert.Equal(metres, Read("mean_depth", metres, 2, 3).Metres);
    }

    [Theory]
    [InlineData("depth", new float[] { 1, 1, 1, 1, 1, 1 }, 2, 3, "holds depth and no array \"mean_depth\"")]
    [InlineData("mean_depth", new float[] { 1, 1, 1, 1, 1, 1 }, 3, 2, "has shape [3, 2] where the network needs [2, 3]")]
    [InlineData("mean_depth", new float[] { 1, 1, 1, 1, 0, 1 }, 2, 3, "is 0 m at x = 1, y = 1")]
    [InlineData("mean_depth", new float[] { 1, 1, float.NaN, 1, 1, 1 }, 2, 3, "is NaN m at x = 2, y = 0")]
    public void A_file_of_something_else_is_refused(string name, float[] metres, int rows, int columns, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidDataException>(() => Read(name, metres, rows, columns)).Message, StringComparison.Ordinal);

    private static DepthMap Read(string name, float[] metres, int rows, int columns)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("mean_depth.npz");
        NpzFile.Write(path, new Dictionary<string, NpyArray> { [name] = NpyArray.From(metres, rows, columns) });
        return MeanDepthFile.Read(path, Sensor);
    }
}
