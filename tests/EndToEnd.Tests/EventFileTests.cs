using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>What a user does with files of one camera's events.</summary>
public sealed class EventFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Windows_of_a_converted_camera_become_arrays_and_a_picture()
    {
        string text = _folder.File("events.csv"), raw = _folder.File("events.raw"), frames = _folder.File("frames.npz"), picture = _folder.File("voxel.png");
        File.WriteAllLines(text, ["t,x,y,p", .. Enumerable.Range(0, 100).Select(i => $"{100 + (i * 1000)},{i % 30},{i % 20},{i % 2}")]);

        JsonObject converted = Program.Run("convert", text, raw, "--width", "30", "--height", "20", "--json").Good();
        JsonObject represented = Program.Run("represent", raw, frames, "--as", "count", "--window-ms", "20", "--step-ms", "10", "--start-ms", "50", "--json").Good();
        JsonObject drawn = Program.Run("represent", raw, picture, "--as", "voxel:bins=2", "--window-events", "40", "--json").Good();

        // Fifty events a millisecond apart from 50.1 ms on: windows begin every 10 ms, and all but the first ten events and the last ten are in two.
        Assert.Equal(100, (int)converted["events_written"]!);
        Assert.Equal((5, 90), ((int)represented["windows"]!, (int)represented["events_in_windows"]!));
        Assert.Equal([1, 20, 30], represented["shape"]!.AsArray().Select(side => (int)side!));
        Assert.Equal((1, 40), ((int)drawn["windows"]!, (int)drawn["events_in_windows"]!));
        Assert.True(new FileInfo(frames).Length > 0 && new FileInfo(picture).Length > 1000);
    }
}
