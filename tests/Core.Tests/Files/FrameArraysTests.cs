using StereoSpike.Files;
using StereoSpike.Tests;

namespace StereoSpike.Core.Tests.Files;

public sealed class FrameArraysTests
{
    private static readonly (TimeWindow, ReadOnlyMemory<float>)[] Frames =
        [(new TimeWindow(0, 10), new float[] { 1, 2, 3, 4, 5, 6 }), (new TimeWindow(10, 20), new float[] { 7, 8, 9, 10, 11, 12 })];

    [Fact]
    public void Frames_become_one_array_and_their_windows_two_more()
    {
        using var folder = new TemporaryFolder();

        int count = FrameArrays.Write(folder.File("a.npz"), [1, 2, 3], Frames);
        IReadOnlyDictionary<string, NpyArray> arrays = NpzFile.Read(folder.File("a.npz"));

        Assert.Equal(2, count);
        Assert.Equal(["end_us", "frames", "start_us"], arrays.Keys.Order());
        Assert.Equal([2, 1, 2, 3], arrays["frames"].Shape);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (float)i), arrays["frames"].ToSingles());
        Assert.Equal([0L, 10L], arrays["start_us"].ToInt64s());
        Assert.Equal([10L, 20L], arrays["end_us"].ToInt64s());
        Assert.Single(Directory.GetFiles(folder.Path));   // nothing is left beside it
    }

    [Fact]
    public void A_npy_holds_the_frames_alone_and_may_hold_none()
    {
        using var folder = new TemporaryFolder();

        FrameArrays.Write(folder.File("a.npy"), [6], Frames);
        FrameArrays.Write(folder.File("none.npy"), [6], []);

        Assert.Equal([2, 6], NpyFile.Read(folder.File("a.npy")).Shape);
        Assert.Equal(12f, NpyFile.Read(folder.File("a.npy")).ToSingles()[^1]);
        Assert.Equal([0, 6], NpyFile.Read(folder.File("none.npy")).Shape);
    }

    [Fact]
    public void A_frame_of_another_size_leaves_no_file()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<ArgumentException>(() => FrameArrays.Write(folder.File("a.npz"), [5], Frames));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
