using System.Buffers.Binary;
using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Tests.Pictures;

public class AnimatedPngTests
{
    [Fact]
    public void Later_pictures_store_only_what_changed_and_chunks_are_numbered_in_order()
    {
        // The dot moves from (1, 1) to (4, 2): the changed part is 4×2 px at (1, 1). The third picture equals the second.
        using var folder = new TemporaryFolder();
        string path = folder.File("dot.png");
        AnimatedPng.Save(path, [Dot(1, 1), Dot(4, 2), Dot(4, 2)], 50);
        IReadOnlyList<PngChunk> chunks = PngChunk.ReadAll(File.ReadAllBytes(path), path);

        Assert.Equal(["IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT", "IEND"], chunks.Select(chunk => chunk.Name));
        Assert.Equal([3, 0], Numbers(chunks[1], 2));
        Assert.Equal([0, 6, 5, 0, 0], Numbers(chunks[2], 5));
        Assert.Equal([1, 4, 2, 1, 1], Numbers(chunks[4], 5));
        Assert.Equal([2], Numbers(chunks[5], 1));
        Assert.Equal([3, 1, 1, 0, 0], Numbers(chunks[6], 5));
        Assert.Equal([4], Numbers(chunks[7], 1));
        Assert.Equal([0, 50, 3, 232, 0, 0], chunks[2].Data[20..].ToArray());   // 50/1000 s; keep, replace
    }

    [Fact]
    public void Pictures_of_different_size_and_no_picture_are_refused_and_leave_no_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("bad.png");
        var refusal = Assert.Throws<ArgumentException>(() => AnimatedPng.Save(path, [Dot(1, 1), new Picture(2, 2)], 50));
        Assert.Contains("2×2 px follows one of 6×5", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AnimatedPng.Save(path, [], 50));
        Assert.Throws<ArgumentOutOfRangeException>(() => AnimatedPng.Save(path, [Dot(1, 1)], 0));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static Picture Dot(int x, int y) => new(6, 5) { [x, y] = EventPicture.On };

    private static int[] Numbers(PngChunk chunk, int count) =>
        [.. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadInt32BigEndian(chunk.Data.Span[(4 * i)..]))];
}
