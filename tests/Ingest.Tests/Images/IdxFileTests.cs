using System.Buffers.Binary;
using System.IO.Compression;
using StereoSpike.Tests;

namespace StereoSpike.Ingest.Tests.Images;

public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Images_and_labels_come_back_as_they_were_written_plain_or_zipped(bool zipped)
    {
        Write("train-images-idx3-ubyte", Idx([2, 1, 3], 1, 2, 3, 4, 5, 6), zipped);
        Write("train-labels-idx1-ubyte", Idx([2], 7, 9), zipped);

        LabelledImages images = LabelledImages.Load(_folder.Path, ImageSplit.Train);

        Assert.Equal((2, 1, 3), (images.Count, images.Height, images.Width));
        Assert.Equal([4, 5, 6], images.Image(1).ToArray());
        Assert.Equal([7, 9], images.Labels.ToArray());
    }

    [Fact]
    public void A_file_with_another_number_of_axes_is_refused_by_its_magic_number()
    {
        string path = Write("x", Idx([2], 7, 9));

        Refused(path, axes: 3, "magic number", "2049", "2051");
    }

    [Fact]
    public void A_file_of_another_element_type_is_refused()
    {
        byte[] floats = Idx([1], 0);
        floats[2] = 0x0D;

        Refused(Write("x", floats), axes: 1, "magic number");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_ends_early_is_refused(bool zipped) => Refused(Write("x", Idx([3], 1, 2), zipped), axes: 1, "element 2", "is missing");

    [Fact]
    public void A_file_that_ends_within_its_header_is_refused() => Refused(Write("x", [0, 0, 8, 1, 0, 0]), axes: 1, "cut short");

    [Fact]
    public void A_file_that_goes_on_after_its_elements_is_refused() => Refused(Write("x", Idx([2], 1, 2, 3)), axes: 1, "goes on");

    [Fact]
    public void A_damaged_gzip_file_is_refused()
    {
        string path = Write("x", Idx([40], [.. Enumerable.Range(0, 40).Select(i => (byte)i)]), zipped: true);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);

        Refused(path, axes: 1);
    }

    [Fact]
    public void A_claim_of_more_elements_than_are_allowed_is_refused_before_memory_is_asked_for() =>
        Refused(Write("x", Idx([70_000, 30_000, 30_000])), axes: 3, "at most");

    [Fact]
    public void A_claim_below_the_limit_asks_for_no_more_memory_than_the_file_delivers()
    {
        string path = Write("x", Idx([1_000_000_000], 1));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Refused(path, axes: 1, "element 1");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Images_and_labels_of_different_number_are_refused()
    {
        Write("t10k-images-idx3-ubyte", Idx([2, 1, 1], 1, 2));
        Write("t10k-labels-idx1-ubyte", Idx([3], 1, 2, 3));

        var refusal = Assert.Throws<InvalidDataException>(() => LabelledImages.Load(_folder.Path, ImageSplit.Test));

        Assert.Contains("3 labels", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_outside_the_classes_is_refused_by_its_place()
    {
        Write("t10k-images-idx3-ubyte", Idx([2, 1, 1], 1, 2));
        Write("t10k-labels-idx1-ubyte", Idx([2], 1, 10));

        var refusal = Assert.Throws<InvalidDataException>(() => LabelledImages.Load(_folder.Path, ImageSplit.Test));

        Assert.Contains("label 1: is 10", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var refusal = Assert.Throws<FileNotFoundException>(() => LabelledImages.Load(_folder.Path, ImageSplit.Test));

        Assert.Contains("t10k-images-idx3-ubyte", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shuffled_labels_keep_how_often_each_class_occurs()
    {
        var images = new LabelledImages(new byte[100], [.. Enumerable.Range(0, 100).Select(i => (byte)(i % 10))], 1, 1);

        LabelledImages shuffled = images.WithShuffledLabels(1);

        Assert.NotEqual(images.Labels.ToArray(), shuffled.Labels.ToArray());
        Assert.Equal(images.Labels.ToArray().Order(), shuffled.Labels.ToArray().Order());
    }

    private static void Refused(string path, int axes, params string[] saying)
    {
        var refusal = Assert.Throws<InvalidDataException>(() => IdxFile.Read(path, axes));
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.All(saying, text => Assert.Contains(text, refusal.Message, StringComparison.Ordinal));
    }

    /// <summary>An IDX file of bytes.</summary>
    private static byte[] Idx(int[] shape, params byte[] elements)
    {
        var file = new byte[4 + (4 * shape.Length) + elements.Length];
        file[2] = 8;
        file[3] = (byte)shape.Length;
        for (int i = 0; i < shape.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 + (4 * i)), shape[i]);
        }

        elements.CopyTo(file, 4 + (4 * shape.Length));
        return file;
    }

    private string Write(string name, byte[] content, bool zipped = false)
    {
        string path = _folder.File(zipped ? name + ".gz" : name);
        using Stream file = File.Create(path);
        using Stream target = zipped ? new GZipStream(file, CompressionLevel.Fastest) : file;
        target.Write(content);
        return path;
    }
}
